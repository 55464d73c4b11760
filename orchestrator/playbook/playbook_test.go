package playbook

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"banyan/orchestrator"
)

// library is a service with a few intents, described and never called.
type library struct{ down bool }

type loanParams struct {
	Reader string `json:"reader"`
	LoanID string `json:"loan_id" title:"loan number" pattern:"^[0-9]{3}$"`
}

type extendParams struct {
	Reader string `json:"reader"`
	LoanID string `json:"loan_id" pattern:"^[0-9]{3}$"`
	Weeks  int    `json:"weeks" min:"1" max:"4"`
	Note   string `json:"note,omitempty"`
}

type loan struct {
	LoanID string    `json:"loan_id"`
	Status string    `json:"status" enum:"out,back"`
	Due    time.Time `json:"due"`
	Times  int       `json:"times"`
}

type loans struct {
	Loans []loan `json:"loans"`
}

type reader struct {
	Reader string `json:"reader"`
}

func schemas[P, R any](t testing.TB, in orchestrator.Intent) orchestrator.Intent {
	t.Helper()
	var err, bad error
	in.Params, err = orchestrator.SchemaFor[P]()
	in.Result, bad = orchestrator.SchemaFor[R]()
	if err := errors.Join(err, bad); err != nil {
		t.Fatal(err)
	}
	return in
}

func intents(t testing.TB) []orchestrator.Intent {
	return []orchestrator.Intent{
		schemas[reader, loans](t, orchestrator.Intent{Name: "list_loans", Summary: "List", Effect: orchestrator.Read, Subject: "reader"}),
		schemas[loanParams, loan](t, orchestrator.Intent{Name: "get_loan", Summary: "Show", Effect: orchestrator.Read, Subject: "reader"}),
		schemas[extendParams, loan](t, orchestrator.Intent{Name: "extend_loan", Summary: "Extend", Effect: orchestrator.Write, Subject: "reader"}),
		schemas[loanParams, loan](t, orchestrator.Intent{Name: "lose_book", Summary: "Lose", Effect: orchestrator.Destructive, Subject: "reader"}),
	}
}

type shelf struct {
	library
	d orchestrator.Description
}

func newShelf(t testing.TB) *shelf {
	return &shelf{d: orchestrator.Description{
		Name: "library", Version: "1.0.0", Contract: orchestrator.ContractVersion, Era: orchestrator.Legacy, Intents: intents(t),
	}}
}

func (s *shelf) Describe(context.Context) (orchestrator.Description, error) {
	if s.down {
		return orchestrator.Description{}, errors.New("closed")
	}
	return s.d, nil
}

func (*shelf) Call(context.Context, orchestrator.Call) (orchestrator.Result, error) {
	return orchestrator.Result{}, errors.New("not called in these tests")
}

const good = `# extends what is due
name: extend_soon
summary: Extend a loan that is due
examples: [extend what is due]
params:
  loan_id:
    pattern: "^[0-9]{3}$"
    required: true
    question: Which loan?
  weeks: {type: integer, title: weeks, min: 1, max: 4}
  why:
    enum: [slow, ill]
    synonyms: {slow: [slowly, not done yet]}
    question: Why?
steps:
  - id: loan
    intent: get_loan
    args: {loan_id: =params.loan_id}
    lookup: true
  - id: more
    intent: extend_loan
    text: extend it
    when:
      text: it is due within a week
      expr: steps.loan.due - now < days(7) && params.why != "steps.loan"
    args:
      loan_id: {ref: steps.loan.loan_id, text: the loan}
      weeks: =params.weeks
      note: ="because " + params.why
  - id: list
    intent: list_loans
    otherwise: more
  - id: each_one
    intent: get_loan
    for_each: =steps.list.loans.filter(l, l.times > 1)
    max: 5
    after: list
    args: {loan_id: =each.loan_id}
partly: true
answer: "Done with {{.args.loan_id}}."
`

func set(t testing.TB, files map[string]string) *Set {
	t.Helper()
	return New([]orchestrator.Service{newShelf(t)}, Source{FS: folder(files), Folder: "books"})
}

func folder(files map[string]string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return fsys
}

func mustDescribe(t testing.TB, s *Set) orchestrator.Description {
	t.Helper()
	d, err := s.Describe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestGoodPlaybook(t *testing.T) {
	s := set(t, map[string]string{"a.yaml": good, "notes.txt": "not read", ".hidden.yaml": "nor: this"})
	d := mustDescribe(t, s)
	if p := s.Problems(); len(p) > 0 {
		t.Fatal(p)
	}
	if d.Name != Name || d.Era != orchestrator.Modern || len(d.Intents) != 1 {
		t.Fatalf("got %+v", d)
	}
	in := d.Intents[0]
	if in.Name != "extend_soon" || in.Effect != orchestrator.Write || in.Subject != "reader" || in.Answer == "" {
		t.Errorf("got %+v", in)
	}
	if got := in.Params.PropertyOrder; !reflect.DeepEqual(got, []string{"reader", "loan_id", "weeks", "why"}) {
		t.Errorf("parameters %v", got)
	}
	if got := in.Params.Required; !reflect.DeepEqual(got, []string{"reader", "loan_id"}) {
		t.Errorf("required %v", got)
	}
	if w := in.Params.Properties["why"]; len(w.Enum) != 2 || len(orchestrator.Synonyms(w)["slow"]) != 2 || w.Title != "why" {
		t.Errorf("why is %+v", w)
	}
	play, ok := s.Play("extend_soon")
	if !ok || !play.Plan.Partly || play.Plan.Kind != orchestrator.PlanSteps {
		t.Fatalf("got %v, %+v", ok, play)
	}
	if want := map[string]string{"loan_id": "Which loan?", "why": "Why?"}; !reflect.DeepEqual(play.Questions, want) {
		t.Errorf("questions %v", play.Questions)
	}
	want := []orchestrator.Step{
		{ID: "loan", Intent: "get_loan", Lookup: true, Args: map[string]orchestrator.Arg{"loan_id": {Ref: "params.loan_id"}}},
		{
			ID: "more", Intent: "extend_loan", Text: "extend it",
			When: &orchestrator.Condition{Text: "it is due within a week", Expr: `steps.loan.due - now < days(7) && params.why != "steps.loan"`},
			Args: map[string]orchestrator.Arg{
				"loan_id": {Ref: "steps.loan.loan_id", Text: "the loan"}, "weeks": {Ref: "params.weeks"}, "note": {Ref: `"because " + params.why`},
			},
		},
		{ID: "list", Intent: "list_loans", Otherwise: "more", Args: map[string]orchestrator.Arg{}},
		{
			ID: "each_one", Intent: "get_loan", ForEach: "steps.list.loans.filter(l, l.times > 1)", Max: 5, After: []string{"list"},
			Args: map[string]orchestrator.Arg{"loan_id": {Ref: "each.loan_id"}},
		},
	}
	if !reflect.DeepEqual(play.Plan.Steps, want) {
		t.Errorf("got\n%+v\nwant\n%+v", play.Plan.Steps, want)
	}
	if _, ok := s.Play("get_loan"); ok {
		t.Error("an intent of a service is played")
	}
	var coded *orchestrator.Error
	if _, err := s.Call(t.Context(), orchestrator.Call{Intent: "extend_soon"}); !errors.As(err, &coded) || coded.Code != orchestrator.CodeInvalid {
		t.Errorf("called as a whole: %v", err)
	}
	if _, bad := orchestrator.NewCatalog([]orchestrator.Offered{{Service: newShelf(t), Description: newShelf(t).d}, {Service: s, Description: d}}); len(bad) > 0 {
		t.Errorf("the catalog refuses %v", bad)
	}
}

// TestMistakes reads the files of testdata/bad. A comment "# want: text" behind a line
// says that a problem stands in that line and contains the text; "column N:" before
// the text says where in it. Adding a case is adding a file.
func TestMistakes(t *testing.T) {
	files, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			s := set(t, map[string]string{"bad.yaml": string(data), "good.yaml": good})
			if d := mustDescribe(t, s); len(d.Intents) != 1 || d.Intents[0].Name != "extend_soon" {
				t.Errorf("the good one is not offered alone: %d intents", len(d.Intents))
			}
			found := s.Problems()
			for n, line := range strings.Split(string(data), "\n") {
				_, want, ok := strings.Cut(line, "# want: ")
				if !ok {
					continue
				}
				column := 0
				if _, err := fmt.Sscanf(want, "column %d:", &column); err == nil {
					_, want, _ = strings.Cut(want, ": ")
				}
				i := slices.IndexFunc(found, func(p Problem) bool {
					return p.Line == n+1 && (column == 0 || p.Column == column) && strings.Contains(p.Text, want)
				})
				if i < 0 {
					t.Errorf("line %d: no problem %q in %q", n+1, want, s.Problems())
					continue
				}
				found = slices.Delete(found, i, i+1)
			}
			for _, p := range found {
				t.Errorf("not expected: %v", p)
			}
		})
	}
}

// One file may hold several playbooks, and a playbook may play another, whichever
// stands first.
// A playbook is as good as the services are at the moment.
// Descriptions and plays may be asked for while files change.
