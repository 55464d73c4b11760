package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"banyan/backends/offline"
	"banyan/backends/offline/language"
	"banyan/backends/openai"
	"banyan/backends/policy"
	"banyan/backends/privacy"
	"banyan/backends/replay"
	"banyan/orchestrator"
)

const (
	offlineName  = "offline"
	replayPrefix = "replay:"
)

// backendNames are the names that may stand in a chain, beside replay:FILE.
func backendNames() []string {
	names := []string{offlineName}
	for _, p := range openai.Presets() {
		names = append(names, p.Name)
	}
	return names
}

// backends makes the language backends, each with the policies around it, and
// knows which of them is in use. It is the TUI's Integrations.
type backends struct {
	opts    *options
	offline *offline.Backend
	ledger  policy.Ledger
	// people is the directory; what was sent to models that are elsewhere is in sent.
	people orchestrator.Directory
	sent   *privacy.Outbox
	record io.WriteCloser // nil: nothing is recorded

	mu     sync.Mutex // guards what follows
	made   map[string]*madeBackend
	chain  []string // the names in use, the preferred first
	kernel *orchestrator.Kernel
}

// madeBackend is a backend with its policies.
type madeBackend struct {
	orchestrator.Backend
	info    orchestrator.BackendInfo
	meter   *policy.Meter
	breaker *policy.Breaker // nil for those that need none
	problem error           // of the last test
	tested  bool
	private bool // personal data stays here
}

func newBackends(o *options, ledger policy.Ledger, people orchestrator.Directory, settings ...offline.Option) (*backends, error) {
	lang, err := language.New(o.Language)
	if err != nil {
		return nil, wrong("%w", err)
	}
	b := &backends{opts: o, offline: offline.In(lang, settings...), ledger: ledger, people: people, sent: privacy.NewOutbox(o.now), made: map[string]*madeBackend{}}
	if o.Record != "" {
		f, err := os.OpenFile(o.Record, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if err != nil {
			return nil, wrong("the recording cannot be made: %w. Nothing was changed; name a file that does not exist yet", err)
		}
		b.record = f
	}
	return b, nil
}

// locale is the language of the offline backend, in which the kernel asks too; nil is
// English.
func (b *backends) locale() *orchestrator.Locale {
	l, err := language.New(b.opts.Language)
	if err != nil {
		return nil // the settings were checked
	}
	return l.Locale()
}

// choose says which backends to use when nobody has: the first provider whose
// key is set, with the offline backend to take over, or the offline one alone.
func (b *backends) choose() (chain string, notice string) {
	if b.opts.Backend != "" {
		return b.opts.Backend, ""
	}
	for _, p := range openai.Presets() {
		if p.KeyEnv != "" && b.opts.secret(p.KeyEnv) != "" && (p.Model != "" || b.opts.Models[p.Name].Model != "" || b.opts.Model != "") {
			return p.Name + "," + offlineName, fmt.Sprintf("%s is set, so %s plans and answers; offline takes over when it fails. /model changes it.", p.KeyEnv, p.Name)
		}
	}
	return offlineName, ""
}

// open builds the backend for a chain such as "openai,ollama,offline".
func (b *backends) open(ctx context.Context, chain string) (orchestrator.Backend, []string, error) {
	var names []string
	var parts []orchestrator.Backend
	for name := range strings.SplitSeq(chain, ",") {
		if name = strings.TrimSpace(name); name == "" || slices.Contains(names, name) {
			continue
		}
		m, err := b.get(ctx, name)
		if err != nil {
			return nil, nil, err
		}
		names, parts = append(names, name), append(parts, m.Backend)
	}
	if len(parts) == 0 {
		return nil, nil, wrong("no backend is named. There is: %s", strings.Join(backendNames(), ", "))
	}
	out := parts[0]
	if len(parts) > 1 {
		out = policy.NewFallback(policy.FallbackConfig{}, parts[0], parts[1:]...)
	}
	if b.opts.Cascade && names[0] != offlineName {
		m, err := b.get(ctx, offlineName)
		if err != nil {
			return nil, nil, err
		}
		out = policy.NewCascade(sure{b.offline}, m.Backend, out)
	}
	if b.opts.Cache && names[0] != offlineName {
		out = policy.NewCache(out, policy.CacheConfig{})
	}
	if b.record != nil {
		out = replay.Record(keyless{b.record, b.opts.keys()}, out, b.opts.keys()...).Recognise(privacy.Replace)
	}
	return out, names, nil
}

// get makes a backend, or returns the one that was made before.
func (b *backends) get(ctx context.Context, name string) (*madeBackend, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if m := b.made[name]; m != nil {
		return m, nil
	}
	m := &madeBackend{}
	switch preset, known := openai.PresetNamed(name); {
	case name == offlineName:
		m.meter = policy.NewMeter(b.offline, policy.MeterConfig{})
		m.Backend = m.meter
	case strings.HasPrefix(name, replayPrefix):
		player, err := openReplay(strings.TrimPrefix(name, replayPrefix))
		if err != nil {
			return nil, err
		}
		m.meter = policy.NewMeter(player, policy.MeterConfig{})
		m.Backend = m.meter
	case known:
		if err := b.model(ctx, preset, m); err != nil {
			return nil, err
		}
	default:
		return nil, wrong("there is no backend %q. There is: %s, and replay:FILE", name, strings.Join(backendNames(), ", "))
	}
	info, err := m.Describe(ctx)
	if err != nil {
		return nil, failed(fmt.Errorf("the backend %s does not describe itself: %w", name, err))
	}
	m.info = info
	b.made[name] = m
	return m, nil
}

// model makes a provider's model, with all that keeps a conversation going when
// the provider does not: see the package policy for the order.
func (b *backends) model(ctx context.Context, preset openai.Preset, m *madeBackend) error {
	set := b.opts.Models[preset.Name]
	o := openai.Options{Preset: preset.Name, BaseURL: set.BaseURL, Model: set.Model, Price: set.price(), Matcher: b.offline}
	first, _, _ := strings.Cut(b.opts.Backend, ",")
	if strings.TrimSpace(first) == preset.Name || b.opts.Backend == "" {
		if b.opts.BaseURL != "" {
			o.BaseURL = b.opts.BaseURL
		}
		if b.opts.Model != "" {
			o.Model = b.opts.Model
		}
	}
	if o.BaseURL == "" && preset.Name == "openai" {
		o.BaseURL = b.opts.secret("OPENAI_BASE_URL")
	}
	if preset.KeyEnv != "" {
		o.Key = b.opts.secret(preset.KeyEnv)
	}
	if set.KeyEnv != "" {
		o.Key = b.opts.secret(set.KeyEnv)
	}
	o.HTTPClient = b.sent.Client(preset.Name, b.opts.Privacy == privacyOn)
	model, err := openai.New(o)
	if err != nil {
		return wrong("the backend %s cannot be set up: %w", preset.Name, err)
	}
	m.meter = policy.NewMeter(model, policy.MeterConfig{})
	inner := orchestrator.Backend(policy.NewTimeouts(m.meter, policy.TimeoutConfig{FirstToken: 45 * time.Second, Idle: 20 * time.Second, Total: time.Minute}))
	if set.RequestsPerMinute > 0 || set.TokensPerMinute > 0 {
		inner = policy.NewRateLimit(inner, policy.RateConfig{Requests: set.RequestsPerMinute, Tokens: set.TokensPerMinute})
	}
	m.breaker = policy.NewBreaker(inner, policy.BreakerConfig{})
	m.Backend = policy.NewRetry(m.breaker, policy.RetryConfig{})
	if budget := b.opts.Budget; budget != (budgetSettings{}) {
		m.Backend = policy.NewBudget(m.Backend, policy.BudgetConfig{
			Turn: budget.Turn, Conversation: budget.Conversation, User: budget.User, Day: budget.Day, Ledger: b.ledger,
		})
	}
	info, err := model.Describe(ctx)
	if err != nil {
		return failed(err)
	}
	if m.private = b.opts.keepsPrivate(info.Local); m.private {
		m.Backend = privacy.New(m.Backend, privacy.Config{Directory: b.people})
	}
	return nil
}

func openReplay(file string) (*replay.Player, error) {
	f, err := os.Open(file) //nolint:gosec // the user names the file
	if err != nil {
		return nil, wrong("the recording cannot be read: %w", err)
	}
	defer func() { _ = f.Close() }()
	p, err := replay.Open(f)
	if err != nil {
		return nil, wrong("the recording %s cannot be played: %w", file, err)
	}
	return p.Recognise(privacy.Replace), nil
}

// sure lets the offline backend do what it plans without a question, a refusal
// or anything left out.
type sure struct{ *offline.Backend }

// Sure implements policy.Surer.
func (s sure) Sure(ctx context.Context, req orchestrator.PlanRequest) (orchestrator.PlanReply, bool) {
	reply, err := s.Plan(ctx, req)
	if err != nil {
		return reply, false
	}
	p := reply.Plan
	return reply, p.Kind == orchestrator.PlanAnswer || p.Kind == orchestrator.PlanSteps && p.Text == ""
}

// Close closes the backends that were made, and the recording.
func (b *backends) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	var errs []error
	for _, m := range b.made {
		if c, ok := m.Backend.(io.Closer); ok {
			errs = append(errs, c.Close())
		}
	}
	if b.record != nil {
		errs = append(errs, b.record.Close())
	}
	return errors.Join(errs...)
}
