package orchestrator

import (
	"errors"
	"fmt"
	"maps"
	"testing"
	"testing/synctest"
)

// vaultCase is one way for a plan of four changes to go wrong.
type vaultCase struct {
	keys, finds bool
	recovery    Recovery
	noUndo      string
	partly      bool
	faults      map[string]callFault // by intent
}

func (c vaultCase) String() string {
	return fmt.Sprintf("keys=%t finds=%t recovery=%q no undo=%q partly=%t faults=%v", c.keys, c.finds, c.recovery, c.noUndo, c.partly, c.faults)
}

// TestFaultMatrix goes through every fault at every change of a plan of four, and
// at every undo that follows from it, for services that keep keys or not, can be
// asked or not, and every way to recover. Wherever the process dies, another takes
// over. At the end the turn is stored once, nothing is open in the journal, no
// change was made twice, and the turn says of every change how it stands, or flags
// it for a person.
func TestFaultMatrix(t *testing.T) {
	n := 0
	run := func(c vaultCase) {
		n++
		var wrong []string
		synctest.Test(t, func(t *testing.T) { wrong = playVault(t, c) })
		for _, w := range wrong {
			t.Errorf("%v: %s", c, w)
		}
	}
	for _, service := range []vaultCase{{keys: true, finds: true}, {keys: true}, {}} {
		for _, recovery := range []Recovery{RecoverComplete, RecoverUndo, RecoverFlag} {
			for _, partly := range []bool{false, true} {
				c := service
				c.recovery, c.partly = recovery, partly
				run(c)
				for i, slot := range vaultSlots {
					for _, fault := range callFaults {
						c.faults, c.noUndo = map[string]callFault{"set_" + slot: fault}, ""
						run(c)
						if fault != refuses && fault != failsAlways {
							continue
						}
						for _, earlier := range vaultSlots[:i] { // an undo follows, and goes wrong as well
							c.noUndo = earlier
							run(c)
							c.noUndo = ""
							for _, second := range callFaults {
								c.faults = map[string]callFault{"set_" + slot: fault, "unset_" + earlier: second}
								run(c)
							}
						}
					}
				}
			}
		}
	}
	t.Logf("%d cases", n)
}

// playVault plays one case, with as many processes as it takes.
func playVault(t *testing.T, c vaultCase) (wrong []string) {
	t.Helper()
	v, d := newVault(), newDesk()
	v.keys, v.finds, v.recovery, v.noUndo = c.keys, c.finds, c.recovery, c.noUndo
	maps.Copy(v.faults, c.faults)
	first := &process{vault: v, died: make(chan struct{})}
	if err := first.start(t.Context(), d, c.partly); err != nil {
		t.Fatal(c, err)
	}
	dead := first
	if _, err := first.kernel.Turn(t.Context(), Request{Conversation: "one", User: ann, Message: "set all", Yes: true}); err != nil && !first.isDead() {
		t.Fatal(c, err)
	}
	for range 4 {
		if !dead.isDead() {
			break
		}
		dead = &process{vault: v, died: make(chan struct{})}
		if err := dead.start(t.Context(), d, c.partly); err != nil && !dead.isDead() {
			t.Fatal(c, err)
		}
	}
	return checkVault(c, v, d)
}

// checkVault holds what the turn says against what is so.
func checkVault(c vaultCase, v *vault, d *desk) (wrong []string) {
	say := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(d.turns) != 1 || len(d.open) != 0 {
		say("%d turns stored, %d open", len(d.turns), len(d.open))
		return wrong
	}
	for key, n := range v.effects {
		if n > 1 {
			say("the change %s was made %d times", key, n)
		}
	}
	turn := d.turns[0]
	flags, set := 0, 0
	for _, s := range turn.Steps {
		slot := s.ID
		if v.set[slot] {
			set++
		}
		switch {
		case s.Flag != "":
			flags++
		case (s.Status == StepDone) != v.set[slot]:
			say("step %s is %s, and the slot is set: %t", s.ID, s.Status, v.set[slot])
		case s.Status != StepDone && s.Status != StepFailed && s.Status != StepUndone:
			say("step %s ended as %s", s.ID, s.Status)
		}
	}
	want := OutcomeUndone
	switch {
	case flags > 0:
		want = OutcomeFlagged
	case set == len(vaultSlots):
		want = OutcomeDone
	case set > 0 && c.partly:
		want = OutcomePartly
	case set > 0:
		say("all or nothing, and %d are set", set)
	}
	if turn.Outcome != want {
		say("the outcome is %q, want %q", turn.Outcome, want)
	}
	if c.keys && c.finds && c.noUndo == "" && len(c.faults) == 1 && flags > 0 && c.recovery == RecoverComplete {
		for _, f := range c.faults {
			if f != hangsAlways {
				say("flagged, although the service could be asked")
			}
		}
	}
	return wrong
}

// TestJournalThatCannotBeRead has a journal of which only a part can be read: the
// program starts, finishes what it knows and says what it does not.
func TestJournalThatCannotBeRead(t *testing.T) {
	v, d := newVault(), newDesk()
	v.faults["set_b"] = diesAfter
	first := &process{vault: v, died: make(chan struct{})}
	if err := first.start(t.Context(), d, false); err != nil {
		t.Fatal(err)
	}
	_, _ = first.kernel.Turn(t.Context(), Request{Conversation: "one", User: ann, Message: "set all", Yes: true}) // it dies
	d.unreadable = errors.New("a page is damaged")
	next := &process{vault: v, died: make(chan struct{})}
	if err := next.start(t.Context(), d, false); err != nil {
		t.Fatal(err)
	}
	if got := next.kernel.Recovered(); len(got) != 1 || got[0].Outcome != OutcomeDone || !got[0].Recovered {
		t.Errorf("recovered %+v", got)
	}
	if got := next.kernel.Problems(); len(got) != 1 || !errors.Is(got[0], d.unreadable) {
		t.Errorf("problems %v", got)
	}
}
