package offline

import (
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"banyan/orchestrator"
)

// suiteAtLeast is the share of turns that must be right. The figure wanted is
// 0.95; this stands a little below what is reached, for drift.
const suiteAtLeast = 0.955

var suiteDir = flag.String("suite", "", "another folder of conversations that TestSuiteScore plays and only counts")

// TestSuiteScore plays the conversation suite, whose format testdata/suite/README.md
// describes, lists every turn that is not as the files say, and prints the score.
// With -v it does so also when enough is right; -run TestSuiteScore/TOPIC plays
// one file.
func TestSuiteScore(t *testing.T) {
	dir := "testdata/suite"
	if *suiteDir != "" {
		dir = *suiteDir
	}
	backends := map[string]*Backend{} // one per catalog: each learns once
	byTopic, byCatalog, all := map[string]suiteScore{}, map[string]suiteScore{}, suiteScore{}
	for _, topic := range mustSuite(t, dir) {
		t.Run(topic.name, func(t *testing.T) {
			for catalog, s := range playTopic(t, dir, topic, backends) {
				byTopic[topic.name] = byTopic[topic.name].plus(s)
				byCatalog[catalog] = byCatalog[catalog].plus(s)
				all = all.plus(s)
			}
		})
	}
	var out strings.Builder
	for _, table := range []map[string]suiteScore{byTopic, byCatalog, {"all": all}} {
		for _, name := range slices.Sorted(maps.Keys(table)) {
			fmt.Fprintf(&out, "%-24s %s\n", name, table[name])
		}
		out.WriteByte('\n')
	}
	t.Logf("conversation suite, turns that are right\n%s", out.String())
	if *suiteDir == "" && all.share() < suiteAtLeast {
		t.Errorf("%.1f %% of the turns are right, at least %.1f %% must be", 100*all.share(), 100*suiteAtLeast)
	}
}

// suiteScore counts turns.
type suiteScore struct {
	right, turns int
	// overreached are those of the wrong ones that change, or propose to change,
	// something else than was asked for.
	overreached int
}

func (s suiteScore) plus(o suiteScore) suiteScore {
	return suiteScore{s.right + o.right, s.turns + o.turns, s.overreached + o.overreached}
}

func (s suiteScore) share() float64 { return float64(s.right) / float64(max(s.turns, 1)) }

func (s suiteScore) String() string {
	return fmt.Sprintf("%5.1f %%  %4d of %4d, %3d with a change that was not asked for", 100*s.share(), s.right, s.turns, s.overreached)
}

// playTopic plays the conversations of one file and returns the score by catalog.
func playTopic(t *testing.T, dir string, topic suiteTopic, backends map[string]*Backend) map[string]suiteScore {
	t.Helper()
	score := map[string]suiteScore{}
	catalogs := map[string]*suiteCatalog{}
	catalog, conversation := "", ""
	var w *suiteWorld
	var user orchestrator.User
	asked := false
	for _, l := range topic.lines {
		switch {
		case l.catalog != "":
			catalog, w = l.catalog, nil
			if catalogs[catalog] == nil {
				catalogs[catalog] = mustSuiteCatalog(t, dir, catalog)
			}
			if backends[catalog] == nil {
				backends[catalog] = New()
			}
		case l.speaker != "":
			if catalogs[catalog] == nil {
				t.Fatalf("%s:%d: no catalog", topic.name, l.at)
			}
			c := catalogs[catalog]
			var err error
			if user, err = suiteFolk(c.People).Lookup(t.Context(), l.speaker); err != nil {
				t.Fatalf("%s:%d: %v", topic.name, l.at, err)
			}
			asked = false
			w = mustSuiteWorld(t, c, (&suiteHoldings{all: c.Holdings}).clone(t), saturday, backends[catalog])
			conversation = w.kernel.NewConversation()
		case w == nil:
			t.Fatalf("%s:%d: nobody speaks", topic.name, l.at)
		case l.nextDay:
			w.now, asked = w.now.AddDate(0, 0, 1), false
			conversation = w.kernel.NewConversation()
		default:
			turn, err := w.kernel.Turn(t.Context(), orchestrator.Request{Conversation: conversation, User: user, Message: l.message})
			if err != nil {
				t.Fatal(err)
			}
			s := score[catalog]
			s.turns++
			got := &suiteTurn{Turn: turn, user: user, asked: asked, catalog: w.kernel.Catalog(), args: func(s orchestrator.StepRecord) map[string]any {
				if s.Args == nil && s.Status != orchestrator.StepDone {
					return w.args(t, user, turn, s.ID)
				}
				return s.Args
			}}
			if problem := got.judge(l.want); problem == "" {
				s.right++
			} else {
				wrong := "wrong"
				if got.overreaches(l.want) {
					s.overreached++
					wrong = "wrong, a change that was not asked for"
				}
				t.Logf("%s.txt:%d (%s) > %s\n  %s: %s\n     %s", topic.name, l.at, catalog, l.message, wrong, problem, strings.Join(got.show(), "\n     "))
			}
			score[catalog] = s
			asked = turn.Kind == orchestrator.KindConfirmation
		}
	}
	return score
}

// TestSuiteJudge shows that what is wrong is called wrong.
func TestSuiteJudge(t *testing.T) {
	met := true
	read := func(lines ...string) []suiteWant {
		w := []suiteWant{{}}
		for _, l := range lines {
			if l == "or" {
				w = append(w, suiteWant{})
			} else if problem := w[len(w)-1].add(l); problem != "" {
				t.Fatal(problem)
			}
		}
		return w
	}
	catalog, errs := orchestrator.NewCatalog([]orchestrator.Offered{{Description: orchestrator.Description{
		Name: "shop", Version: "1", Contract: orchestrator.ContractVersion, Era: orchestrator.Modern,
		Intents: []orchestrator.Intent{{Name: "get", Effect: orchestrator.Read}, {Name: "drop", Effect: orchestrator.Destructive}},
	}}})
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	turn := &suiteTurn{catalog: catalog, args: func(s orchestrator.StepRecord) map[string]any { return s.Args }, Turn: orchestrator.Turn{
		Kind: orchestrator.KindConfirmation,
		Steps: []orchestrator.StepRecord{
			{Intent: "get", Status: orchestrator.StepDone, Lookup: true},
			{
				Intent: "drop", Status: orchestrator.StepWaiting, Args: map[string]any{"id": "7", "why": "It is broken."},
				Condition: &orchestrator.Decided{Expr: `steps.get.state == "new"`, Met: &met},
			},
		},
	}}
	for _, lines := range [][]string{
		{"drop id=7 why~broken when met reads state"},
		{"confirmation", `drop id=6|7 why="it is broken" waiting when met`},
		{"refusal", "or", "drop id=7 why? when met"},
		{"maybe get", "drop id=7 other?=3 why? when met"},
	} {
		if p := turn.judge(read(lines...)); p != "" {
			t.Errorf("%v: %s", lines, p)
		}
	}
	for _, lines := range [][]string{
		{"answer"},
		{"confirmation"},
		{"drop id=7 why?"},
		{"drop id=8 why? when met"},
		{"drop id=7 when met"},
		{"drop id=7 why? when not met"},
		{"drop id=7 why? when met reads price"},
		{"drop id=7 why=- when met"},
		{"drop id=7 why? when met", "get"},
		{"drop id=7 why? more=1 when met"},
		{"asks id"},
		{"done"},
	} {
		if turn.judge(read(lines...)) == "" {
			t.Errorf("%v: nothing is found wrong", lines)
		}
	}
}
