package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"banyan/memory"
	"banyan/orchestrator"
)

// kills is how often the program is killed while it changes things; `make soak`
// says 2000.
var kills = flag.Int("kills", 60, "how often TestKillChanges kills a process")

// asTill makes the test binary be a process that changes things all the time.
const asTill = "BANYAN_TEST_BE_THE_TILL"

// till is a service whose every effect is a row in a file of its own, written in
// the transaction that keeps the key.
type till struct {
	db  *bbolt.DB
	rng func(n int) int
}

const (
	tillEffects = "effects" // sequence → key and intent
	tillKeys    = "keys"    // key → intent
)

func (*till) Describe(context.Context) (orchestrator.Description, error) {
	params, err := orchestrator.SchemaFor[struct {
		Fate string `json:"fate"`
	}]()
	if err != nil {
		return orchestrator.Description{}, err
	}
	d := orchestrator.Description{Name: "till", Version: "1.0.0", Contract: orchestrator.ContractVersion, Era: orchestrator.Modern, Keys: true}
	for _, slot := range []string{"a", "b", "c", "d"} {
		take := orchestrator.Intent{Name: "take_" + slot, Access: "true", Summary: "Take " + slot, Params: params, Effect: orchestrator.Write}
		if slot != "b" {
			take.Undo = &orchestrator.Undo{Intent: "give_" + slot, Args: map[string]string{"fate": "'well'"}}
		}
		d.Intents = append(d.Intents, take,
			orchestrator.Intent{Name: "give_" + slot, Summary: "Give " + slot, Params: params, Effect: orchestrator.Write, Access: "true"})
	}
	return d, nil
}

func (t *till) pause() { time.Sleep(time.Duration(t.rng(1500)) * time.Microsecond) }

func (t *till) Call(_ context.Context, call orchestrator.Call) (orchestrator.Result, error) {
	t.pause()
	fate := call.Args["fate"]
	if fate == "refused" {
		return orchestrator.Result{}, orchestrator.Errorf("refused", "No.")
	}
	if fate == "broken" && t.rng(2) == 0 {
		return orchestrator.Result{}, errors.New("the drawer is stuck")
	}
	err := t.db.Update(func(tx *bbolt.Tx) error {
		keys, effects := tx.Bucket([]byte(tillKeys)), tx.Bucket([]byte(tillEffects))
		if keys.Get([]byte(call.Key)) != nil {
			return nil
		}
		n, err := effects.NextSequence()
		if err != nil {
			return err
		}
		return errors.Join(
			keys.Put([]byte(call.Key), []byte(call.Intent)),
			effects.Put([]byte(strconv.FormatUint(n, 10)), []byte(call.Key+" "+call.Intent)))
	})
	t.pause()
	if fate == "silent" && t.rng(2) == 0 {
		return orchestrator.Result{}, errors.New("the drawer jammed afterwards")
	}
	return orchestrator.Result{}, err
}

func (t *till) Find(_ context.Context, call orchestrator.Call) (res orchestrator.Result, found bool, err error) {
	err = t.db.View(func(tx *bbolt.Tx) error {
		found = tx.Bucket([]byte(tillKeys)).Get([]byte(call.Key)) != nil
		return nil
	})
	return res, found, err
}

func openTill(dir string) (*till, error) {
	db, err := bbolt.Open(filepath.Join(dir, "till.db"), 0o600, &bbolt.Options{Timeout: 5 * time.Second})
	if err != nil {
		return nil, err
	}
	return &till{db: db, rng: rand.IntN}, db.Update(func(tx *bbolt.Tx) error {
		_, err := tx.CreateBucketIfNotExists([]byte(tillEffects))
		_, err2 := tx.CreateBucketIfNotExists([]byte(tillKeys))
		return errors.Join(err, err2)
	})
}

// tillPlanner plans what the message lists: "take a:well b:refused".
type tillPlanner struct{}

func (tillPlanner) Describe(context.Context) (orchestrator.BackendInfo, error) {
	return orchestrator.BackendInfo{Name: "till", Version: "1.0.0", Contract: orchestrator.ContractVersion, Local: true}, nil
}

func (tillPlanner) Plan(_ context.Context, req orchestrator.PlanRequest) (orchestrator.PlanReply, error) {
	plan := orchestrator.Plan{Kind: orchestrator.PlanSteps}
	for _, word := range strings.Fields(req.Message)[1:] {
		slot, fate, _ := strings.Cut(word, ":")
		plan.Steps = append(plan.Steps, orchestrator.Step{ID: slot, Intent: "take_" + slot, Args: map[string]orchestrator.Arg{"fate": {Value: fate}}})
	}
	return orchestrator.PlanReply{Plan: plan}, nil
}

func (tillPlanner) Judge(context.Context, orchestrator.JudgeRequest) (orchestrator.Verdict, error) {
	return orchestrator.Verdict{}, nil
}

func (tillPlanner) Respond(_ context.Context, _ orchestrator.RespondRequest, emit func(string)) (orchestrator.Reply, error) {
	emit("So it is.")
	return orchestrator.Reply{Text: "So it is."}, nil
}

type tillFolk struct{}

func (tillFolk) Lookup(context.Context, string) (orchestrator.User, error) { return tillUser, nil }

func (tillFolk) Mentioned(context.Context, string) ([]orchestrator.User, error) { return nil, nil }

var tillUser = orchestrator.User{Email: "ada@example.com", Name: "Ada Adler", Role: orchestrator.Customer}

// openTillKernel opens what the processes share; opening finishes what the last one
// left.
func openTillKernel(ctx context.Context, dir string) (*orchestrator.Kernel, *till, *memory.Store, error) {
	t, err := openTill(dir)
	if err != nil {
		return nil, nil, nil, err
	}
	store, err := memory.Open(filepath.Join(dir, "banyan.db"), memory.Options{})
	if err != nil {
		return nil, nil, nil, err
	}
	k, err := orchestrator.New(ctx, orchestrator.Config{
		Services: []orchestrator.Service{t}, Backend: tillPlanner{}, Store: store, Directory: tillFolk{}, Logger: slog.New(slog.DiscardHandler),
	})
	return k, t, store, err
}

// beTill runs turns that change things until it is killed, and prints every turn
// that has ended.
func beTill(dir string) int {
	ctx := context.Background()
	k, _, _, err := openTillKernel(ctx, dir)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	out := json.NewEncoder(os.Stdout)
	fmt.Println("open")
	for {
		conversation := k.NewConversation()
		words := []string{"take"}
		for _, slot := range []string{"a", "b", "c", "d"}[:1+rand.IntN(4)] {
			words = append(words, slot+":"+[]string{"well", "well", "well", "refused", "broken", "silent"}[rand.IntN(6)])
		}
		for _, message := range []string{strings.Join(words, " "), "yes"} {
			turn, err := k.Turn(ctx, orchestrator.Request{Conversation: conversation, User: tillUser, Message: message})
			if err != nil {
				fmt.Fprintln(os.Stderr, err)
				return 1
			}
			if err := out.Encode(turn); err != nil {
				return 1
			}
		}
	}
}

// TestKillChanges kills a process at random moments of turns with one to four
// changes, of which some are refused, fail or do not say what they did. At the end
// every change was made once or not at all, as the turn says; all or none of a
// turn's changes stand; no turn that was printed is lost; and none is open.
func TestKillChanges(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	printed := map[string]orchestrator.Turn{}
	for range *kills {
		for _, turn := range killOnce(t, dir) {
			printed[turn.ID] = turn
		}
	}
	k, till, store, err := openTillKernel(t.Context(), dir)
	if err != nil {
		t.Fatalf("after %d kills: %v", *kills, err)
	}
	defer func() { _, _ = till.db.Close(), k.Close() }()
	open, err := store.Unfinished(t.Context())
	if err != nil || len(open) != 0 {
		t.Errorf("%d turns are open, %v", len(open), err)
	}
	effects := map[string]int{} // by key
	if err := till.db.View(func(tx *bbolt.Tx) error {
		return tx.Bucket([]byte(tillEffects)).ForEach(func(_, v []byte) error {
			key, _, _ := strings.Cut(string(v), " ")
			effects[key]++
			return nil
		})
	}); err != nil {
		t.Fatal(err)
	}
	tally := map[string]int{}
	for turn, err := range store.All(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		if was, ok := printed[turn.ID]; ok && was.Outcome != turn.Outcome {
			t.Errorf("turn %s was printed as %q and is stored as %q", turn.ID, was.Outcome, turn.Outcome)
		}
		delete(printed, turn.ID)
		if turn.Recovered {
			tally["recovered"]++
		}
		if turn.Settles != "" {
			tally[string(turn.Outcome)]++
			checkTillTurn(t, turn, effects)
		}
	}
	if len(printed) > 0 {
		t.Errorf("%d printed turns are lost", len(printed))
	}
	for key, n := range effects {
		t.Errorf("the change %s was made %d times more than any turn says", key, n)
	}
	t.Logf("%d kills: %v", *kills, tally)
	if tally["done"] == 0 || tally["undone"] == 0 || tally["recovered"] == 0 || tally["flagged"] == 0 && *kills >= 500 {
		t.Errorf("the kills did not meet all that can happen: %v", tally)
	}
}

// checkTillTurn holds a turn against the effects, which it takes away.
func checkTillTurn(t *testing.T, turn orchestrator.Turn, effects map[string]int) {
	t.Helper()
	stand, changes, flags := 0, 0, 0
	for _, s := range turn.Steps {
		changes++
		made, back := effects[s.Key], effects[s.Key+"/undo"]
		delete(effects, s.Key)
		delete(effects, s.Key+"/undo")
		if made > 1 || back > made {
			t.Errorf("turn %s: step %s was made %d times and taken back %d times", turn.ID, s.ID, made, back)
		}
		stand += made - back
		want := 0
		if s.Status == orchestrator.StepDone {
			want = 1
		}
		switch {
		case s.Flag != "":
			flags++
		case made-back != want:
			t.Errorf("turn %s: step %s is %s, and stands %d times", turn.ID, s.ID, s.Status, made-back)
		}
	}
	switch turn.Outcome {
	case orchestrator.OutcomeDone:
		if stand != changes || flags > 0 {
			t.Errorf("turn %s is done, and %d of %d changes stand", turn.ID, stand, changes)
		}
	case orchestrator.OutcomeUndone:
		if stand != 0 || flags > 0 {
			t.Errorf("turn %s is undone, and %d changes stand", turn.ID, stand)
		}
	case orchestrator.OutcomeFlagged:
		if flags == 0 {
			t.Errorf("turn %s is flagged, and no step of it", turn.ID)
		}
	default:
		t.Errorf("turn %s ended as %q", turn.ID, turn.Outcome)
	}
}

// killOnce starts a process, kills it a random time after it has opened, and
// returns the turns that it printed.
func killOnce(t *testing.T, dir string) []orchestrator.Turn {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = []string{asTill + "=" + dir, "HOME=" + dir, "PATH=" + os.Getenv("PATH")}
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(out)
	if line, err := lines.ReadString('\n'); line != "open\n" {
		_ = cmd.Wait()
		t.Fatalf("%q %v %s", line, err, errs.String())
	}
	timer := time.AfterFunc(time.Duration(rand.IntN(25_000))*time.Microsecond, func() { _ = cmd.Process.Kill() })
	defer timer.Stop()
	var turns []orchestrator.Turn
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			if !errors.Is(err, io.EOF) {
				t.Fatal(err)
			}
			break
		}
		turns = append(turns, mustTurn(t, line))
	}
	_ = cmd.Wait() // it was killed
	if errs.Len() > 0 {
		t.Fatal(errs.String())
	}
	return turns
}
