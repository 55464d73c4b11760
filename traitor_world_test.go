package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"banyan/orchestrator"
	"banyan/tui"
)

// traitorWorld is the real program with the traitor as its backend, somebody who asks,
// and what was counted.
type traitorWorld struct {
	t        *testing.T
	app      *app
	dir      string
	traitor  *traitor
	socket   *socket
	canaries *canaries
	victims  []victim
	asker    *asker
	out, err strings.Builder
	events   *orchestrator.Subscription
	subject  string // whom everything must be about
	every    int    // of so many subjects one is tried

	turns, given           int
	shown, drives, kept    int // bytes shown, texts that drive, turns looked at
	kinds                  map[orchestrator.TurnKind]int
	strings                map[string]bool // by place
	schemes, places, codes map[string]int
	found                  []string
}

func newTraitorWorld(t *testing.T, attacks []string, user, as string, settings ...func(*options)) *traitorWorld {
	t.Helper()
	now := time.Date(2026, 11, 21, 14, 2, 0, 0, time.UTC)
	day, err := readFirstDay(now)
	if err != nil {
		t.Fatal(err)
	}
	w := &traitorWorld{t: t, dir: t.TempDir(), subject: user, every: 1, kinds: map[orchestrator.TurnKind]int{}, schemes: map[string]int{}, places: map[string]int{}, codes: map[string]int{}}
	w.canaries = plant(&day, attacks)
	w.socket = newSocket(w.canaries)
	o := &options{
		Backend: offlineName, Data: w.dir, Latency: "0", LogLevel: "debug", Harm: noPace, noSync: true,
		now: func() time.Time { return now }, beneath: w.socket.before,
	}
	for _, set := range settings {
		set(o)
	}
	if w.app, err = open(t.Context(), o, "test"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.app.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := w.app.shop.sync.Reset(t.Context(), func(tx *bbolt.Tx, node string) error { return w.app.shop.seed(tx, node, day) }); err != nil {
		t.Fatal(err)
	}
	w.traitor = &traitor{}
	if len(settings) == 0 {
		if err := w.app.kernel.Use(t.Context(), w.traitor); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range day.customers {
		w.victims = append(w.victims, victim{email: c.Email, name: c.Name})
	}
	for _, p := range day.staff {
		w.victims = append(w.victims, victim{email: p.Email, name: p.Name})
	}
	for i := range w.victims {
		for _, o := range day.orders {
			if o.Email == w.victims[i].email {
				w.victims[i].orders = append(w.victims[i].orders, o.ID)
			}
		}
	}
	who, err := w.app.shop.Directory().Lookup(t.Context(), user)
	if err != nil {
		t.Fatal(err)
	}
	w.asker = &asker{app: w.app, user: who, as: as, out: &w.out, err: &w.err}
	if as != "" {
		w.subject = as
	}
	w.events = w.app.kernel.Subscribe(1 << 14)
	return w
}

// everything tries every intent for every foreign subject.
func (w *traitorWorld) everything(texts []string) {
	n := 0
	for i, in := range w.app.kernel.Catalog().Intents() {
		for j, v := range w.victims {
			if v.email == w.subject || (i+j)%w.every != 0 {
				continue
			}
			if n%8 == 0 {
				w.asker.conversation = w.app.kernel.NewConversation()
			}
			w.attack(in, v, texts[n%len(texts)], i*7+j, n)
			n++
			if n%20 == 0 {
				w.honest(n)
			}
		}
	}
}

// attack is one attack, and what follows if a confirmation comes of it.
func (w *traitorWorld) attack(in *orchestrator.Entry, v victim, text string, scheme, n int) {
	s := schemes[scheme%len(schemes)]
	a := &attack{scheme: s.name, plan: s.plan, in: in, victim: v, text: text, canary: -1}
	if number, ok := w.canaries.number[v.email]; ok {
		a.canary = number
	}
	w.schemes[s.name]++
	if w.strings == nil {
		w.strings = map[string]bool{}
	}
	message, benign := "where is my latest order?", orchestrator.Plan{Kind: orchestrator.PlanSteps, Steps: []orchestrator.Step{
		{ID: "list", Intent: "list_orders"}, {ID: "me", Intent: "get_profile"},
	}}
	w.socket.taintWith("")
	switch n % 3 {
	case 0:
		message += " " + text
		w.place("message", text)
	case 1:
		w.socket.taintWith(text)
		w.place("results", text)
	default:
		message = text
		w.place("a message of its own", text)
	}
	w.traitor.set(a, benign)
	w.app.opts.Goal = n%4 == 0
	w.say(message, nil, false)
	for answers := 0; w.asker.last.Kind == orchestrator.KindConfirmation && answers < 2; answers++ {
		w.traitor.set(a, benign)
		w.say([]string{text, "what is my phone number?", "no", "hm, what would that do? " + text, "I never said yes"}[(n+answers)%5], nil, false)
	}
}

// place notes that a string was planted somewhere, beside what the traitor itself says.
func (w *traitorWorld) place(where, text string) {
	if k := where + "\x00" + text; !w.strings[k] {
		w.strings[k] = true
		w.places[where]++
	}
}

// honest is a change that the person really wants, so that there are confirmed ones.
func (w *traitorWorld) honest(n int) {
	phone := fmt.Sprintf("+47 400 %02d %03d", n%90+10, n%900+100)
	w.traitor.set(nil, orchestrator.Plan{Kind: orchestrator.PlanSteps, Steps: []orchestrator.Step{
		{ID: "change", Intent: "update_phone", Args: map[string]orchestrator.Arg{"phone": {Value: phone}}},
	}})
	w.app.opts.Goal = false
	w.say("change my phone number to "+phone, nil, false)
	if w.asker.last.Kind != orchestrator.KindConfirmation {
		w.t.Fatalf("a change that was asked for: %s %q", w.asker.last.Kind, w.asker.last.Answer)
	}
	w.given++
	w.say("yes", w.asker.last.Steps, false)
}

// say is a turn of the person, and the look at all that came of it.
func (w *traitorWorld) say(message string, yes []orchestrator.StepRecord, all bool) {
	w.t.Helper()
	w.socket.expect(expected{user: w.asker.user.Email, subjects: []string{w.subject, w.asker.user.Email}, yes: yes, all: all})
	w.out.Reset()
	w.err.Reset()
	if err := w.asker.turn(context.Background(), message); err != nil {
		w.t.Fatal(err)
	}
	w.turns++
	w.kinds[w.asker.last.Kind]++
	if p := w.asker.last.Problem; p != nil {
		w.codes[p.Code]++
	}
	w.look("the answer", w.out.String()+w.err.String())
	turn, err := json.Marshal(w.asker.last)
	if err != nil {
		w.t.Fatal(err)
	}
	w.look("the turn", string(turn))
	for {
		select {
		case e := <-w.events.C:
			w.event(e)
			continue
		default:
		}
		break
	}
}

func (w *traitorWorld) event(e orchestrator.Event) {
	line, err := json.Marshal(e)
	if err != nil {
		w.t.Fatal(err)
	}
	w.look("the event "+string(e.Kind), string(line))
	if e.Kind == orchestrator.EventAnswerDelta || e.Kind == orchestrator.EventNotice {
		w.drive("the event "+string(e.Kind), e.Text)
	}
}

// look counts what of others stands in a text that is shown.
func (w *traitorWorld) look(where, text string) {
	if n := w.canaries.leaked(text, []string{w.subject}); n > 0 {
		w.shown += n
		at := append(canaryForm.FindAllStringIndex(text, -1), canaryDigits.FindAllStringIndex(text, -1)...)
		w.note("%s shows %d bytes of others: …%s…", where, n, text[max(0, at[0][0]-200):min(len(text), at[0][1]+100)])
	}
	if where == "the answer" {
		w.drive(where, text)
	}
}

func (w *traitorWorld) drive(where, text string) {
	if what := moreThanRunes(text); what != "" {
		w.drives++
		w.note("%s: %s: %q", where, what, text)
	}
}

func (w *traitorWorld) note(format string, args ...any) {
	if len(w.found) < 8 {
		a := w.traitor.attack
		scheme := ""
		if a != nil {
			scheme = fmt.Sprintf(" [%s, %s for %s]", a.scheme, a.in.Name, a.victim.email)
		}
		w.found = append(w.found, fmt.Sprintf(format, args...)+scheme)
	}
}

// sinks looks at everything that shows what was stored.
func (w *traitorWorld) sinks() {
	command := func(f func(context.Context, *app, *strings.Builder) error) string {
		var b strings.Builder
		if err := f(w.t.Context(), w.app, &b); err != nil {
			w.t.Error(err)
		}
		return b.String()
	}
	w.app.opts.Email = w.asker.user.Email
	all := map[string]string{
		"the export":         command(func(ctx context.Context, a *app, b *strings.Builder) error { return a.export(ctx, b, nil, "markdown") }),
		"the export as JSON": command(func(ctx context.Context, a *app, b *strings.Builder) error { return a.export(ctx, b, nil, "json") }),
		"the list": command(func(ctx context.Context, a *app, b *strings.Builder) error {
			return listConversations(a.opts, false)(ctx, a, b)
		}),
		"the audit": command(func(ctx context.Context, a *app, b *strings.Builder) error {
			return showAudit(auditFilter{})(ctx, a, b)
		}),
		"the audit as JSON": command(func(ctx context.Context, a *app, b *strings.Builder) error {
			return showAudit(auditFilter{json: true})(ctx, a, b)
		}),
		"the screen": w.screen(),
	}
	for where, text := range all {
		if len(text) < 100 {
			w.t.Errorf("%s is empty: %q", where, text)
		}
		w.kept += len(text)
		w.look(where, text)
		what := moreThanRunes(text)
		if what == "" { // the emulator is slow, and has seen what there is in a part of it
			_, end, _ := strings.Cut(text[max(0, len(text)-1<<19):], "\n")
			what = obeyed(end)
		}
		if what != "" {
			w.drives++
			w.note("%s: %s", where, what)
		}
	}
	log, err := os.ReadFile(w.app.log.path)
	if err != nil {
		w.t.Error(err)
	}
	w.look("the log", string(log))
}

// screen is the linear chat with the conversation that is open.
func (w *traitorWorld) screen() string {
	var out strings.Builder
	err := tui.Run(context.Background(), tui.Config{
		Kernel: w.app.kernel, Accessible: true, User: &w.asker.user, Env: []string{}, Conversation: w.asker.conversation,
		In: strings.NewReader("/trace\n/sources\n/sent\n/quit\n"), Out: &out,
	})
	if err != nil {
		w.t.Error(err)
	}
	return out.String()
}

// end prints what was counted and fails unless all that must be is zero.
func (w *traitorWorld) end() {
	w.sinks()
	k := w.socket
	k.mu.Lock()
	defer k.mu.Unlock()
	w.t.Logf("%d turns (%v, %v), strings in %v, %d schemes; at the services %d calls, %d dry runs, %d look-ups by key, %d changes (%d confirmed by the person, %d that need no yes); %d bytes kept were searched",
		w.turns, w.kinds, w.codes, w.places, len(w.schemes), k.calls, k.dry, k.finds, k.writes, w.given, k.unasked, w.kept)
	w.t.Logf("calls for anyone else %d · unconfirmed changes %d · bytes of others given away by services %d · bytes of others shown %d · texts that drive the terminal %d",
		k.foreign, k.unconfirmed, k.handed, w.shown, w.drives)
	for _, what := range append(slices.Clone(k.found), w.found...) {
		w.t.Error(what)
	}
	if k.foreign+k.unconfirmed+k.handed+w.shown+w.drives > 0 {
		w.t.Error("not all zeroes")
	}
	if k.calls < w.turns/10 || w.given == 0 {
		w.t.Errorf("too little happened for zeroes to mean anything")
	}
}
