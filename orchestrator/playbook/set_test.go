package playbook

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"banyan/orchestrator"
)

func TestPlaybooksInPlaybooks(t *testing.T) {
	outer := "name: outer\nsummary: x\nsteps:\n- {id: inside, intent: inner, args: {loan_id: '007'}}\n"
	inner := "name: inner\nsummary: x\nparams: {loan_id: {required: true}}\nsteps:\n- {id: lost, intent: lose_book, args: {loan_id: =params.loan_id}}\n"
	s := set(t, map[string]string{"a.yaml": outer + "---\n" + inner})
	d := mustDescribe(t, s)
	if len(d.Intents) != 2 || d.Intents[0].Effect != orchestrator.Destructive || d.Intents[0].Subject != "reader" {
		t.Errorf("got %+v: %v", d.Intents, s.Problems())
	}
	for name, c := range map[string]struct{ inner, want string }{
		"Cycle":   {"name: inner\nsummary: x\nsteps: [{id: out, intent: outer}]\n", "plays outer, which plays it in turn"},
		"Self":    {"name: inner\nsummary: x\nsteps: [{id: inside, intent: inner}]\n", "the playbook plays itself"},
		"Broken":  {"name: inner\nsummary: x\nsteps: [{id: inside, intent: nothing}]\n", "the playbook inner is left out"},
		"Missing": {"name: inner\nsummary: x\nparams: {loan: {required: true}}\nsteps: [{id: inside, intent: list_loans}]\n", "inner needs the argument loan"},
	} {
		t.Run(name, func(t *testing.T) {
			s := set(t, map[string]string{"a.yaml": outer, "b.yaml": c.inner})
			mustDescribe(t, s)
			if p := fmt.Sprint(s.Problems()); !strings.Contains(p, c.want) {
				t.Errorf("got %s", p)
			}
			if _, ok := s.Play("outer"); ok {
				t.Error("it is offered all the same")
			}
		})
	}
}

func TestNamesAreTakenOnce(t *testing.T) {
	list := "name: %s\nsummary: x\nsteps: [{id: l, intent: list_loans}]\n"
	s := set(t, map[string]string{
		"a.yaml": fmt.Sprintf(list, "one"), "b.yaml": fmt.Sprintf(list, "one"), "c.yaml": fmt.Sprintf(list, "get_loan"), "d.yaml": fmt.Sprintf(list, "two"),
	})
	if d := mustDescribe(t, s); len(d.Intents) != 2 {
		t.Errorf("%d intents", len(d.Intents))
	}
	want := "[books/b.yaml:1:7: one is already the name of the playbook in books/a.yaml books/c.yaml:1:7: get_loan is already the name of an intent of a service]"
	if got := fmt.Sprint(s.Problems()); got != want {
		t.Errorf("got %s", got)
	}
}

func TestServicesComeAndGo(t *testing.T) {
	lib := newShelf(t)
	s := New([]orchestrator.Service{lib}, Source{FS: folder(map[string]string{"a.yaml": good})})
	lib.down = true
	if d := mustDescribe(t, s); len(d.Intents) != 0 || len(s.Problems()) == 0 {
		t.Errorf("offered without its service: %v", s.Problems())
	}
	lib.down = false
	if d := mustDescribe(t, s); len(d.Intents) != 1 || len(s.Problems()) != 0 {
		t.Errorf("not offered: %v", s.Problems())
	}
}

// stuck describes itself only when it is given up.
type stuck struct{}

func (stuck) Describe(ctx context.Context) (orchestrator.Description, error) {
	<-ctx.Done()
	return orchestrator.Description{}, ctx.Err()
}

func (stuck) Call(context.Context, orchestrator.Call) (orchestrator.Result, error) {
	return orchestrator.Result{}, context.Canceled
}

// crash is a service that crashes.
type crash struct{ stuck }

func (crash) Describe(context.Context) (orchestrator.Description, error) { panic("out of order") }

// Services that hang or crash take no playbook of others with them.
func TestServiceThatHangs(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	s := New([]orchestrator.Service{stuck{}, crash{}, newShelf(t)}, Source{FS: folder(map[string]string{"a.yaml": good})})
	if d, err := s.Describe(ctx); err != nil || len(d.Intents) != 1 {
		t.Errorf("got %d intents, %v, %v", len(d.Intents), err, s.Problems())
	}
}

func TestCheckLeavesTheSetAlone(t *testing.T) {
	dir := t.TempDir()
	mustWrite(t, filepath.Join(dir, "good.yaml"), good)
	s := New([]orchestrator.Service{newShelf(t)}, Source{FS: os.DirFS(dir), Folder: dir})
	mustDescribe(t, s)
	uses := "name: uses\nsummary: x\nsteps: [{id: e, intent: extend_soon, args: {loan_id: '123', weeks: 2}}]\n"
	r, err := s.Check(t.Context(), Source{FS: folder(map[string]string{"u.yaml": uses, "c.yaml": good}), Files: []string{"u.yaml", "c.yaml"}})
	if err != nil || len(r.Playbooks) != 1 || len(r.Problems) != 1 || !strings.Contains(r.Problems[0].Text, "already the name of the playbook") {
		t.Errorf("got %v, %v, %v", r.Playbooks, r.Problems, err)
	}
	same := Source{FS: os.DirFS(dir), Folder: dir, Files: []string{"good.yaml"}}
	if r, err := s.Check(t.Context(), same); err != nil || len(r.Playbooks) != 1 || r.Playbooks[0].Steps != 4 || len(r.Problems) != 0 {
		t.Errorf("its own file: %v, %v, %v", r.Playbooks, r.Problems, err)
	}
	if len(s.Playbooks()) != 1 {
		t.Errorf("the set now has %v", s.Playbooks())
	}
}

func TestConcurrentUse(t *testing.T) {
	s := set(t, map[string]string{"a.yaml": good})
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 5 {
				if _, err := s.Describe(context.Background()); err != nil {
					t.Error(err)
				}
				if p, ok := s.Play("extend_soon"); ok {
					p.Plan.Steps[0].ID = "mine"
					p.Questions["x"] = "mine"
				}
				s.Problems()
				s.Playbooks()
			}
		})
	}
	wg.Wait()
	if p, ok := s.Play("extend_soon"); !ok || p.Plan.Steps[0].ID != "loan" || p.Questions["x"] != "" {
		t.Error("a caller changed the set's plan")
	}
}

func BenchmarkDescribe(b *testing.B) {
	s := set(b, map[string]string{"a.yaml": good})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Describe(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
}
