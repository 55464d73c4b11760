package offline

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"banyan/orchestrator"
	"banyan/orchestrator/conformance"
)

func TestConformance(t *testing.T) {
	conformance.Backend(t, func(testing.TB) orchestrator.Backend { return New() })
}

// seeds are the messages of all case files.
func seeds(tb testing.TB) []string {
	tb.Helper()
	files, err := filepath.Glob("testdata/cases/*.txt")
	if err != nil {
		tb.Fatal(err)
	}
	var out []string
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			tb.Fatal(err)
		}
		for line := range strings.Lines(string(raw)) {
			if m, ok := strings.CutPrefix(strings.TrimSpace(line), "> "); ok {
				out = append(out, m)
			}
		}
	}
	return out
}

func mustCatalogOf(tb testing.TB, name string) *orchestrator.Catalog {
	tb.Helper()
	ds, _ := MustCatalog(tb, name)
	var offered []orchestrator.Offered
	for _, d := range ds {
		offered = append(offered, orchestrator.Offered{Service: &desk{d: d}, Description: d})
	}
	c, errs := orchestrator.NewCatalog(offered)
	if len(errs) > 0 {
		tb.Fatal(errs)
	}
	return c
}

// FuzzPlan plans any message, after any other, and checks that what comes out is a
// plan: a text where one is needed, steps of the catalog with IDs of their own,
// waits and references for steps that stand before.
func FuzzPlan(f *testing.F) {
	all := seeds(f)
	for i, m := range all {
		f.Add(m, all[(i*7+3)%len(all)])
	}
	f.Add("", "")
	f.Add("if unless otherwise and, then \x00 \xff", "“’'\"")
	b := New()
	var catalogs []*orchestrator.Catalog
	for _, name := range []string{"shop", "library", "rooms", "garage"} {
		catalogs = append(catalogs, mustCatalogOf(f, name))
	}
	f.Fuzz(func(t *testing.T, first, second string) {
		if len(first) > 2000 || len(second) > 2000 {
			return
		}
		for _, c := range catalogs {
			req := orchestrator.PlanRequest{Message: first, User: everybody[0], Subject: everybody[0], Catalog: c, Now: saturday}
			one, err := b.Plan(t.Context(), req)
			if err != nil {
				t.Fatal(err)
			}
			mustBePlan(t, c, one.Plan)
			kind := orchestrator.KindConfirmation
			if one.Plan.Kind == orchestrator.PlanQuestion {
				kind = orchestrator.KindQuestion
			}
			req.Message = second
			req.Conversation = []orchestrator.Turn{{Message: first, Kind: kind, Plan: &one.Plan, At: saturday}}
			two, err := b.Plan(t.Context(), req)
			if err != nil {
				t.Fatal(err)
			}
			mustBePlan(t, c, two.Plan)
		}
	})
}

func mustBePlan(t *testing.T, c *orchestrator.Catalog, p orchestrator.Plan) {
	t.Helper()
	if p.Kind == "" || p.Kind != orchestrator.PlanSteps && strings.TrimSpace(p.Text) == "" {
		t.Fatalf("kind %q, text %q", p.Kind, p.Text)
	}
	if p.Kind == orchestrator.PlanSteps && len(p.Steps) == 0 {
		t.Fatal("a plan of no steps")
	}
	before := map[string]bool{}
	for _, s := range p.Steps {
		if c.Intent(s.Intent) == nil || before[s.ID] || s.ID == "" || len(s.ID) > 32 {
			t.Fatalf("step %q of intent %q", s.ID, s.Intent)
		}
		exprs := []string{}
		if s.When != nil {
			exprs = append(exprs, s.When.Expr)
			if s.When.Expr == "" && (s.When.Text == "" || p.Kind == orchestrator.PlanSteps) {
				t.Fatalf("step %s: a condition without an expression", s.ID)
			}
		}
		for name, a := range s.Args {
			exprs = append(exprs, a.Ref)
			if name == c.Intent(s.Intent).Subject || c.Intent(s.Intent).Params.Properties[name] == nil {
				t.Fatalf("step %s fills %q", s.ID, name)
			}
			if a.Ref == "" && a.Value == nil {
				t.Fatalf("step %s: %s has no value", s.ID, name)
			}
		}
		for _, e := range exprs {
			for _, part := range strings.Split(e, "steps.")[1:] {
				id, _, _ := strings.Cut(part, ".")
				if strings.Contains(e, "\x00") || !before[id] {
					t.Fatalf("step %s refers to %q, which does not stand before it", s.ID, id)
				}
			}
		}
		for _, id := range s.After {
			if !before[id] {
				t.Fatalf("step %s waits for %q, which does not stand before it", s.ID, id)
			}
		}
		before[s.ID] = true
	}
	if p.Missing != nil && !before[p.Missing.Step] {
		t.Fatalf("the question asks for step %q", p.Missing.Step)
	}
}

// TestPrepare shows that training happens once, also when messages and the
// preparation come together, and that the same request gives the same plan.
func TestPrepare(t *testing.T) {
	b := New()
	c := mustCatalogOf(t, "shop")
	done := make(chan struct{})
	go func() {
		defer close(done)
		b.Prepare(t.Context(), c)
	}()
	req := orchestrator.PlanRequest{Message: "cancel my latest order if it has not shipped, otherwise where is it?", User: everybody[0], Subject: everybody[0], Catalog: c, Now: saturday}
	var texts [4]string
	ends := make(chan int)
	for i := range texts {
		go func() {
			r, err := b.Plan(context.Background(), req)
			raw, _ := json.Marshal(r.Plan)
			texts[i] = string(raw)
			if err != nil {
				texts[i] = err.Error()
			}
			ends <- i
		}()
	}
	for range texts {
		<-ends
	}
	<-done
	for _, text := range texts[1:] {
		if text != texts[0] {
			t.Errorf("two plans for one request:\n%s\n%s", texts[0], text)
		}
	}
	if len(b.lessons) != 1 {
		t.Errorf("%d trainings for one catalog", len(b.lessons))
	}
}

// TestPlanWaits shows that Plan does not outlive its context while another
// training is under way.
func TestPlanWaits(t *testing.T) {
	b := New()
	c := mustCatalogOf(t, "garage")
	b.lessons[c.Version()] = &lesson{done: make(chan struct{})}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := b.Plan(ctx, orchestrator.PlanRequest{Message: "hello", Catalog: c, Now: time.Now()}); err == nil {
		t.Error("no error from a cancelled context")
	}
}

func BenchmarkPlan(b *testing.B) {
	back := New()
	c := mustCatalogOf(b, "shop")
	back.Prepare(b.Context(), c)
	for _, m := range []string{
		"what's the status of my latest order?",
		"cancel my latest order if it hasn't shipped yet",
		"change my phone number to +47 400 00 123 and where is my kettle?",
		"cancel my order unless it already shipped, otherwise tell me where it is",
		"what's the weather in Oslo?",
	} {
		b.Run(strings.ReplaceAll(m, " ", "_"), func(b *testing.B) {
			b.ReportAllocs()
			req := orchestrator.PlanRequest{Message: m, User: everybody[0], Subject: everybody[0], Catalog: c, Now: saturday}
			for b.Loop() {
				if _, err := back.Plan(b.Context(), req); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkLearn(b *testing.B) {
	c := mustCatalogOf(b, "shop")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := learn(b.Context(), "", c); err != nil {
			b.Fatal(err)
		}
	}
}
