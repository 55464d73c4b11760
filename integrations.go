package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"banyan/backends/openai"
	"banyan/orchestrator"
	"banyan/tui"
)

// slowBackend is the median latency from which a backend is called slow.
const slowBackend = 5 * time.Second

var (
	_ tui.Integrations = (*backends)(nil)
	_ tui.Outbox       = (*backends)(nil)
)

// Use implements tui.Integrations.
func (b *backends) Use(ctx context.Context, chain string) error {
	backend, names, err := b.open(ctx, chain)
	if err != nil {
		return err
	}
	if err := b.kernel.Use(ctx, backend); err != nil {
		return fmt.Errorf("%w. The backend before is still in use", err)
	}
	b.mu.Lock()
	b.chain = names
	b.mu.Unlock()
	return nil
}

// Test implements tui.Integrations.
func (b *backends) Test(ctx context.Context, name string) error {
	m, err := b.get(ctx, name)
	if err != nil {
		return err
	}
	if c, ok := m.Backend.(orchestrator.Checker); ok {
		err = c.Check(ctx)
	}
	b.mu.Lock()
	m.problem, m.tested = err, true
	b.mu.Unlock()
	return err
}

// Backends implements tui.Integrations: those in use in the order of the chain,
// then every other that there is.
func (b *backends) Backends() []tui.Integration {
	b.mu.Lock()
	defer b.mu.Unlock()
	names := slices.Clone(b.chain)
	for _, n := range backendNames() {
		if !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	out := make([]tui.Integration, 0, len(names))
	for _, name := range names {
		in := tui.Integration{Name: name, Active: slices.Contains(b.chain, name), State: tui.StateNotTried}
		if m := b.made[name]; m != nil {
			m.fill(&in)
		} else if preset, ok := openai.PresetNamed(name); ok {
			in.Model, in.Local, in.Capabilities, in.Contract = preset.Model, preset.Local(), preset.Capabilities, orchestrator.ContractVersion
			if preset.KeyEnv != "" && b.opts.secret(preset.KeyEnv) == "" {
				in.State = tui.StateNoKey
			}
		}
		out = append(out, in)
	}
	return out
}

// fill says how a backend does. The caller holds the lock.
func (m *madeBackend) fill(in *tui.Integration) {
	i, s := m.info, m.meter.Stats()
	in.Model, in.Version, in.Contract, in.Local, in.Capabilities, in.PriceKnown = i.Model, i.Version, i.Contract, i.Local, i.Capabilities, i.Price != nil
	in.Private = m.private
	in.Calls, in.Errors, in.InputTokens, in.OutputTokens, in.CostUSD = s.Calls, s.Errors, s.InputTokens, s.OutputTokens, s.CostUSD
	in.P50MS, in.P95MS, in.LastError = ms(s.P50), ms(s.P95), s.LastError
	for _, l := range s.Latencies {
		in.Latencies = append(in.Latencies, ms(l))
	}
	if m.tested && m.problem != nil && in.LastError == "" {
		in.LastError = m.problem.Error()
	}
	state := ""
	if m.breaker != nil {
		state, _ = m.breaker.State()
	}
	switch {
	case state == "open":
		in.State = tui.StateOpen
	case !s.FailingSince.IsZero() || (m.tested && m.problem != nil):
		in.State = tui.StateDown
	case s.P50 > slowBackend:
		in.State = tui.StateSlow
	case s.Calls > 0 || m.tested || (i.Local && i.Model == ""):
		in.State = tui.StateUp
	}
}

// Sent implements tui.Outbox.
func (b *backends) Sent(_ context.Context, user orchestrator.User, conversation string) []tui.Sent {
	var out []tui.Sent
	for _, s := range b.sent.Of(user.Email, conversation) {
		one := tui.Sent{At: s.At, Backend: s.Backend, Model: s.Model, Address: s.Address, Bytes: s.Bytes}
		for _, m := range s.Messages {
			one.Messages = append(one.Messages, tui.SentMessage{Role: m.Role, Text: m.Text})
		}
		out = append(out, one)
	}
	return out
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// ollamaNotice says that an Ollama is running on this machine, if no backend was
// chosen and it answers within a moment.
func ollamaNotice(ctx context.Context) string {
	ctx, cancel := context.WithTimeout(ctx, 150*time.Millisecond)
	defer cancel()
	preset, ok := openai.PresetNamed("ollama")
	if !ok {
		return ""
	}
	models, err := openai.Probe(ctx, preset.BaseURL)
	if err != nil || len(models) == 0 {
		return ""
	}
	return "Ollama is running on this machine (" + strings.Join(models[:min(3, len(models))], ", ") + "): /model ollama lets it plan and answer."
}
