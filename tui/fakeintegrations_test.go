package tui

import (
	"context"
	"strings"
	"sync"

	"banyan/orchestrator"
)

// fakeIntegrations manages four backends that are nowhere. It counts its calls.
type fakeIntegrations struct {
	k *fakeKernel
	callCounter

	mu   sync.Mutex // guards what follows
	list []Integration
	errs map[string]error
	// hold, if set, is what Use and Test wait for.
	hold chan struct{}
	used []string
}

func newFakeIntegrations() *fakeIntegrations {
	return &fakeIntegrations{errs: map[string]error{}, list: []Integration{
		{Name: "offline", Version: "1.0.0", Contract: 1, Local: true, Active: true, State: StateUp, Calls: 12, P50MS: 2, P95MS: 4, Latencies: []float64{2, 2, 3, 2, 4, 2, 2}},
		{
			Name: "openai", Model: "gpt-5-mini", Version: "1.0.0", Contract: 1, State: StateUp, Capabilities: []string{"streaming", "json_schema", "tools", "stream_usage"},
			Calls: 128, Errors: 3, InputTokens: 40_100, OutputTokens: 5_020, CostUSD: 0.1234, PriceKnown: true, P50MS: 812, P95MS: 2_410,
			Latencies: []float64{700, 812, 650, 2410, 900, 812, 1200, 640, 700, 812, 850, 790}, LastError: "rate limited (429): the provider asks to wait 1.2 s",
		},
		{Name: "ollama", Model: "llama3.2:3b", Version: "1.0.0", Contract: 1, Local: true, State: StateSlow, Calls: 9, InputTokens: 3_100, OutputTokens: 812, P50MS: 4_100, P95MS: 9_800, Latencies: []float64{4100, 9800, 4000}},
		{Name: "groq", Model: "llama-3.3-70b-versatile", Version: "1.0.0", Contract: 1, State: StateNoKey},
		{Name: "mistral", Model: "mistral-small-latest", Version: "1.0.0", Contract: 1, State: StateOpen, Calls: 40, Errors: 21, InputTokens: 9_000, OutputTokens: 400, P50MS: 1_000, P95MS: 30_000, Latencies: []float64{900, 30000, 1000}, LastError: "the provider has a failure of its own (503)"},
	}}
}

func (f *fakeIntegrations) Backends() []Integration {
	f.called()
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]Integration(nil), f.list...)
}

// fail makes Use and Test of a backend fail.
func (f *fakeIntegrations) fail(name string, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.errs[name] = err
}

// wait is where Use and Test take their time.
func (f *fakeIntegrations) wait(ctx context.Context, name string) error {
	f.called()
	f.mu.Lock()
	hold, err := f.hold, f.errs[name]
	f.mu.Unlock()
	if hold != nil {
		select {
		case <-hold:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return err
}

func (f *fakeIntegrations) Use(ctx context.Context, name string) error {
	if err := f.wait(ctx, name); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.used = append(f.used, name)
	info := orchestrator.BackendInfo{Name: name, Version: "1.0.0", Contract: 1, Local: true}
	for i := range f.list {
		b := &f.list[i]
		b.Active = false
		for _, part := range strings.Split(name, ",") {
			if b.Name != part {
				continue
			}
			b.Active = true
			if info.Model == "" {
				info.Model = b.Model
			}
			info.Local = info.Local && b.Local
			if b.PriceKnown {
				info.Price = &orchestrator.Price{InputPerMTok: 1, OutputPerMTok: 4}
			}
		}
	}
	f.k.mu.Lock()
	defer f.k.mu.Unlock()
	f.k.backend = info
	return nil
}

func (f *fakeIntegrations) Test(ctx context.Context, name string) error { return f.wait(ctx, name) }

// slow sends a message whose turn stays under way, and waits for its first step.
func (d *driver) slow(text string) {
	d.t.Helper()
	d.typed(text)
	d.press("enter")
	d.until("the step", func() bool { e := d.m.chat.list.last(); return e != nil && len(e.turn.Steps) > 0 })
	d.until("the step's start", func() bool { return d.m.chat.list.last().turn.Steps[0].Status == orchestrator.StepRunning })
}

// use switches the backend and waits until that is done.
func (d *driver) use(name string) {
	d.t.Helper()
	d.typed("/model " + name)
	d.press("enter")
	d.until("the switch", func() bool { return d.m.backends.using == "" })
}
