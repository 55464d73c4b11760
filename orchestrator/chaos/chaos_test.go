package chaos_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/jsonschema-go/jsonschema"

	"banyan/orchestrator"
	"banyan/orchestrator/chaos"
)

// parcels is a service that counts its calls.
type parcels struct {
	mu    sync.Mutex // guards what follows
	calls int
	data  map[string]any
	err   error
}

func (p *parcels) Describe(context.Context) (orchestrator.Description, error) {
	return orchestrator.Description{Name: "parcels", Version: "1.0.0", Contract: 1, Era: orchestrator.Modern, Intents: []orchestrator.Intent{
		{Name: "get_parcel", Effect: orchestrator.Read, Result: parcelSchema()},
		{Name: "send_parcel", Effect: orchestrator.Write, Result: parcelSchema()},
		{Name: "get_anything", Effect: orchestrator.Read},
	}}, nil
}

func (p *parcels) Call(context.Context, orchestrator.Call) (orchestrator.Result, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.calls++
	return orchestrator.Result{Data: p.data, State: map[string]any{"parcel 7": "sent"}}, p.err
}

func (p *parcels) Find(context.Context, orchestrator.Call) (orchestrator.Result, bool, error) {
	return orchestrator.Result{}, true, nil
}

func (p *parcels) CanDryRun(intent string) bool { return intent == "send_parcel" }

func parcelSchema() *jsonschema.Schema {
	most := 5000.0
	return &jsonschema.Schema{
		Type: "object",
		Properties: map[string]*jsonschema.Schema{
			"parcel_id": {Type: "string", Pattern: "^[0-9]{3}$"},
			"state":     {Type: "string", Enum: []any{"packed", "sent", "lost"}},
			"sent":      {Type: "string", Format: "date-time"},
			"due":       {Type: "string", Format: "date"},
			"note":      {Type: "string"},
			"postage":   {Type: "number", Extra: map[string]any{"x-unit": "SEK"}},
			"insured":   {Type: "number", Maximum: &most},
			"weight":    {Type: "number", Extra: map[string]any{"x-unit": "kg"}},
			"stops":     {Type: "array", Items: &jsonschema.Schema{Type: "string"}},
			"count":     {Type: "integer"},
		},
		Required:             []string{"parcel_id", "state", "sent", "due", "postage", "insured", "weight", "stops", "count"},
		AdditionalProperties: &jsonschema.Schema{Not: &jsonschema.Schema{}},
	}
}

func parcel() map[string]any {
	return map[string]any{
		"parcel_id": "007", "state": "lost", "sent": "2028-02-28T23:59:59+01:00", "due": "2028-12-31", "note": "2028-01-01 is a nice day",
		"postage": 12.5, "insured": 100.0, "weight": 2.5, "stops": []any{"Umeå", "Oslo", "Bergen"}, "count": 3.0,
	}
}

// MustWrap returns a described service on a new board.
func MustWrap(tb testing.TB, inner orchestrator.Service) (*chaos.Board, orchestrator.Service) {
	tb.Helper()
	b := chaos.New(1, func() time.Time { return time.Date(2028, 1, 1, 0, 0, 0, 0, time.UTC) })
	s := b.Wrap(inner)
	if _, err := s.Describe(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	return b, s
}

// MustInject breaks the parcels.
func MustInject(tb testing.TB, b *chaos.Board, f orchestrator.Fault) {
	tb.Helper()
	if f.Service == "" {
		f.Service = "parcels"
	}
	if err := b.Inject(tb.Context(), f); err != nil {
		tb.Fatalf("Inject(%+v): %v", f, err)
	}
}

func read() orchestrator.Call { return orchestrator.Call{Intent: "get_parcel"} }

func TestWholeIsPassedThrough(t *testing.T) {
	p := &parcels{data: parcel()}
	_, s := MustWrap(t, p)
	res, err := s.Call(t.Context(), read())
	if err != nil || fmt.Sprint(res.Data) != fmt.Sprint(parcel()) {
		t.Errorf("%v, %v", res.Data, err)
	}
}

func TestAbilitiesStay(t *testing.T) {
	_, s := MustWrap(t, &parcels{})
	a := orchestrator.AbilitiesOf(s)
	if a.DryRunner == nil || a.Finder == nil || a.Playbook != nil || a.Closer != nil {
		t.Errorf("of DryRunner and Finder became %+v", a)
	}
	if !a.DryRunner.CanDryRun("send_parcel") || a.DryRunner.CanDryRun("get_parcel") {
		t.Error("another answer to CanDryRun")
	}
}

func TestOutage(t *testing.T) {
	p := &parcels{}
	b, s := MustWrap(t, p)
	MustInject(t, b, orchestrator.Fault{Outage: true})
	_, err := s.Call(t.Context(), read())
	if !errors.Is(err, orchestrator.ErrNotSent) || !errors.Is(err, chaos.ErrInjected) {
		t.Errorf("Call: %v, want ErrNotSent and ErrInjected", err)
	}
	var no *orchestrator.Error
	if errors.As(err, &no) {
		t.Errorf("an outage is taken for a no of the business: %v", no)
	}
	if _, _, err := s.(orchestrator.Finder).Find(t.Context(), read()); !errors.Is(err, chaos.ErrInjected) {
		t.Errorf("Find: %v, want ErrInjected", err)
	}
	if d, err := s.Describe(t.Context()); err != nil || d.Name != "parcels" {
		t.Errorf("Describe: %v, %v", d, err)
	}
	if p.calls > 0 {
		t.Error("a call reached the service")
	}
	if err := b.Heal(t.Context(), "parcels"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Call(t.Context(), read()); err != nil || p.calls != 1 {
		t.Errorf("after healing: %v, %d calls", err, p.calls)
	}
	if _, found, err := s.(orchestrator.Finder).Find(t.Context(), read()); err != nil || !found {
		t.Errorf("Find after healing: %v, %v", found, err)
	}
}

func TestLatency(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &parcels{}
		b, s := MustWrap(t, p)
		MustInject(t, b, orchestrator.Fault{Latency: 300 * time.Millisecond})
		began := time.Now()
		if _, err := s.Call(t.Context(), read()); err != nil || time.Since(began) != 300*time.Millisecond {
			t.Errorf("%v after %s", err, time.Since(began))
		}
		for _, lost := range []bool{false, true} {
			p.calls = 0
			MustInject(t, b, orchestrator.Fault{Latency: time.Second, Lost: lost, ErrorRate: 0.0001})
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			began = time.Now()
			_, err := s.Call(ctx, read())
			cancel()
			if !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != 100*time.Millisecond {
				t.Errorf("lost %v: %v after %s", lost, err, time.Since(began))
			}
			// Who lost the answer does not know that nothing was done.
			if sent := !errors.Is(err, orchestrator.ErrNotSent); sent != lost || (p.calls == 1) != lost {
				t.Errorf("lost %v: sent %v, %d calls", lost, sent, p.calls)
			}
		}
	})
}

// failures calls n times and says which calls failed.
func failures(tb testing.TB, s orchestrator.Service, n int) string {
	tb.Helper()
	var out strings.Builder
	for range n {
		_, err := s.Call(tb.Context(), read())
		switch {
		case err == nil:
			out.WriteByte('.')
		case errors.Is(err, chaos.ErrInjected) && !errors.Is(err, orchestrator.ErrNotSent):
			out.WriteByte('x')
		default:
			tb.Fatalf("another error: %v", err)
		}
	}
	return out.String()
}

func TestErrorRate(t *testing.T) {
	const n = 20000
	sequences := map[string]bool{}
	for _, rate := range []float64{0.005, 0.2, 0.5, 1} {
		for seed := range uint64(3) {
			p := &parcels{}
			b, s := MustWrap(t, p)
			MustInject(t, b, orchestrator.Fault{ErrorRate: rate, Seed: seed})
			got := failures(t, s, n)
			share := float64(strings.Count(got, "x")) / n
			if math.Abs(share-rate) > 4*math.Sqrt(rate*(1-rate)/n)+1e-9 {
				t.Errorf("rate %v, seed %d: %v failed", rate, seed, share)
			}
			if p.calls != strings.Count(got, ".") {
				t.Errorf("rate %v: %d calls reached the service, %d were well", rate, p.calls, strings.Count(got, "."))
			}
			MustInject(t, b, orchestrator.Fault{ErrorRate: rate, Seed: seed})
			if again := failures(t, s, n); again != got {
				t.Errorf("rate %v, seed %d: another sequence the second time", rate, seed)
			}
			if seed != 1 { // a fault without a seed has that of the board, which is 1
				sequences[got] = true
			}
		}
	}
	if len(sequences) != 3*2+1 {
		t.Errorf("%d different sequences, want one for each seed and rate below 1, and one for 1", len(sequences))
	}
}

func TestLost(t *testing.T) {
	p := &parcels{}
	b, s := MustWrap(t, p)
	MustInject(t, b, orchestrator.Fault{ErrorRate: 0.5, Lost: true})
	got := failures(t, s, 200)
	if p.calls != 200 {
		t.Errorf("of 200 calls %d were made", p.calls)
	}
	if n := strings.Count(got, "x"); n < 70 || n > 130 {
		t.Errorf("of 200 answers %d were lost", n)
	}
}

func TestErrorsOfTheBusinessStay(t *testing.T) {
	no := orchestrator.Errorf("too_late", "It is too late.")
	p := &parcels{err: no}
	b, s := MustWrap(t, p)
	MustInject(t, b, orchestrator.Fault{Bug: "off_by_one_date"})
	if _, err := s.Call(t.Context(), read()); !errors.Is(err, no) {
		t.Errorf("%v, want %v", err, no)
	}
}

func TestInjectRefuses(t *testing.T) {
	b, _ := MustWrap(t, &parcels{})
	for name, tt := range map[string]struct {
		fault      orchestrator.Fault
		code, says string
	}{
		"UnknownService": {orchestrator.Fault{Service: "parcel", Outage: true}, orchestrator.CodeNotFound, "There is parcels"},
		"NoService":      {orchestrator.Fault{Outage: true}, orchestrator.CodeInvalid, "which service"},
		"Negative":       {orchestrator.Fault{Service: "parcels", ErrorRate: -0.1}, orchestrator.CodeInvalid, "between 0 and 100 %"},
		"Percent":        {orchestrator.Fault{Service: "parcels", ErrorRate: 20}, orchestrator.CodeInvalid, "between 0 and 100 %"},
		"NaN":            {orchestrator.Fault{Service: "parcels", ErrorRate: math.NaN()}, orchestrator.CodeInvalid, "between 0 and 100 %"},
		"Faster":         {orchestrator.Fault{Service: "parcels", Latency: -1}, orchestrator.CodeInvalid, "slower by up to"},
		"Forever":        {orchestrator.Fault{Service: "parcels", Latency: time.Hour}, orchestrator.CodeInvalid, "slower by up to"},
		"UnknownBug":     {orchestrator.Fault{Service: "parcels", Bug: "off_by_one"}, orchestrator.CodeInvalid, "off_by_one_date, "},
		"LostInOutage":   {orchestrator.Fault{Service: "parcels", Outage: true, Lost: true}, orchestrator.CodeInvalid, "outage"},
		"LostNothing":    {orchestrator.Fault{Service: "parcels", Lost: true}, orchestrator.CodeInvalid, "share"},
		"Nothing":        {orchestrator.Fault{Service: "parcels"}, orchestrator.CodeInvalid, "do nothing"},
	} {
		t.Run(name, func(t *testing.T) {
			err := b.Inject(t.Context(), tt.fault)
			var e *orchestrator.Error
			if !errors.As(err, &e) || e.Code != tt.code || !strings.Contains(e.Message, tt.says) {
				t.Errorf("%v, want the code %s and %q", err, tt.code, tt.says)
			}
			if got := b.Faults(); len(got) > 0 {
				t.Errorf("it is broken all the same: %v", got)
			}
		})
	}
	if err := b.Heal(t.Context(), "parcel"); err == nil {
		t.Error("an unknown service was healed")
	}
	if err := b.Heal(t.Context(), "parcels"); err != nil {
		t.Errorf("healing what is well: %v", err)
	}
}

func TestFaultsAreShown(t *testing.T) {
	b, _ := MustWrap(t, &parcels{})
	f := orchestrator.Fault{Service: "parcels", ErrorRate: 0.25, Latency: time.Second, Bug: "stale", By: orchestrator.Actor{Email: "pia@example.com", Why: "to show it"}}
	MustInject(t, b, f)
	f.Seed, f.At = 1, time.Date(2028, 1, 1, 0, 0, 0, 0, time.UTC)
	if got := b.Faults(); len(got) != 1 || got[0] != f {
		t.Errorf("%+v, want %+v", got, f)
	}
	if err := b.Heal(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	if got := b.Faults(); len(got) != 0 {
		t.Errorf("after healing: %v", got)
	}
}

func TestKeep(t *testing.T) {
	state := orchestrator.NewState()
	b, _ := MustWrap(t, &parcels{})
	MustKeep(t, b, state)
	MustInject(t, b, orchestrator.Fault{ErrorRate: 0.5})

	// After a restart the fault is there, before the service is.
	next := chaos.New(2, time.Now)
	MustKeep(t, next, state)
	if got := next.Faults(); len(got) != 1 || got[0] != b.Faults()[0] {
		t.Fatalf("after a restart: %+v, want %+v", got, b.Faults())
	}
	s := next.Wrap(&parcels{})
	if _, err := s.Describe(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := failures(t, s, 100); !strings.Contains(got, "x") {
		t.Error("after a restart nothing fails")
	}
	if err := next.Heal(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	if got := failures(t, s, 100); strings.Contains(got, "x") {
		t.Error("after healing calls fail")
	}
	if keys, err := state.Keys(t.Context(), ""); err != nil || len(keys) > 0 {
		t.Errorf("left in the state: %q, %v", keys, err)
	}
}

// Two boards on one State see what the other does.
func TestKeepFollows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		state := orchestrator.NewState()
		one, _ := MustWrap(t, &parcels{})
		two, s := MustWrap(t, &parcels{})
		MustKeep(t, one, state)
		MustKeep(t, two, state)
		MustInject(t, one, orchestrator.Fault{ErrorRate: 0.5})
		synctest.Wait()
		first := failures(t, s, 50)
		if !strings.Contains(first, "x") {
			t.Fatalf("the other board does not follow: %v", two.Faults())
		}
		MustInject(t, two, orchestrator.Fault{Bug: "stale"})
		synctest.Wait()
		if got := one.Faults(); len(got) != 1 || got[0].Bug != "stale" {
			t.Errorf("the first board has %v", got)
		}
		if err := one.Heal(t.Context(), ""); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if got := two.Faults(); len(got) != 0 {
			t.Errorf("the second board still has %v", got)
		}
		if err := errors.Join(one.Close(), two.Close()); err != nil {
			t.Error(err)
		}
	})
}

// The echo of its own change must not begin the sequence of a fault again.
func TestKeepGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		alone, s := MustWrap(t, &parcels{})
		MustInject(t, alone, orchestrator.Fault{ErrorRate: 0.5})
		want := failures(t, s, 60)

		kept, s := MustWrap(t, &parcels{})
		MustKeep(t, kept, orchestrator.NewState())
		MustInject(t, kept, orchestrator.Fault{ErrorRate: 0.5})
		got := failures(t, s, 30)
		synctest.Wait()
		if got += failures(t, s, 30); got != want {
			t.Errorf("%s, want %s", got, want)
		}
		if err := kept.Close(); err != nil {
			t.Error(err)
		}
	})
}

// MustKeep keeps a board's faults until the end of the test.
func MustKeep(tb testing.TB, b *chaos.Board, state orchestrator.State) {
	tb.Helper()
	if err := b.Keep(tb.Context(), state); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := b.Close(); err != nil {
			tb.Error(err)
		}
	})
}

func TestWholeCostsNothing(t *testing.T) {
	_, s := MustWrap(t, &still{})
	ctx, call := t.Context(), read()
	if n := testing.AllocsPerRun(100, func() { _, _ = s.Call(ctx, call) }); n > 0 {
		t.Errorf("a call of a service that is whole allocates %v times", n)
	}
}

func TestConcurrent(t *testing.T) {
	b, s := MustWrap(t, &parcels{data: parcel()})
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for n := range 50 {
				switch i {
				case 0:
					if err := b.Inject(context.Background(), orchestrator.Fault{Service: "parcels", Bug: chaos.Bugs()[n%len(chaos.Bugs())].Name}); err != nil {
						t.Error(err)
					}
				case 1:
					if err := b.Heal(context.Background(), ""); err != nil {
						t.Error(err)
					}
					b.Faults()
				default:
					if _, err := s.Call(context.Background(), read()); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	wg.Wait()
}

// still is parcels whose calls do nothing.
type still struct{ parcels }

func (s *still) Call(context.Context, orchestrator.Call) (orchestrator.Result, error) {
	return orchestrator.Result{}, nil
}

func BenchmarkCall(b *testing.B) {
	ctx, call := context.Background(), read()
	inner := &still{}
	board, wrapped := MustWrap(b, inner)
	run := func(name string, s orchestrator.Service) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := s.Call(ctx, call); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	run("Unwrapped", inner)
	run("Whole", wrapped)
	MustInject(b, board, orchestrator.Fault{ErrorRate: 1e-12})
	run("Broken", wrapped)
}
