package tui

import (
	"context"
	"strings"

	"banyan/orchestrator"
)

// model says which backend is in use, or switches to the named one.
func (l *linear) model(ctx context.Context, name string) {
	in := l.cfg.Integrations
	switch {
	case name != "" && in == nil:
		l.say("error: there is only the one backend. Nothing was changed. Choose another one with --backend when you start the program.")
		return
	case name != "":
		l.say("banyan: switching to %s.", cleanLine(name))
		if err := in.Use(ctx, name); err != nil {
			l.say("error: could not switch to %s: %s %s stays in use.", cleanLine(name), sentence(err), cleanLine(l.kernel.Backend().Name))
			return
		}
	}
	b := l.kernel.Backend()
	l.say("backend: %s %s, model %s.", cleanLine(b.Name), cleanLine(b.Version), orNone(cleanLine(b.Model)))
	if in != nil {
		if said := privacySaid(in.Backends()); said != "" {
			l.say("privacy: %s", said)
		}
	}
	if in == nil {
		l.say("banyan: choose another one with --backend when you start the program.")
	} else if name == "" {
		l.say("banyan: /model and a name switches, /integrations lists the names, /test and a name tries one.")
	}
}

// integrations says what is known of each backend.
func (l *linear) integrations() {
	if l.cfg.Integrations == nil {
		l.say("banyan: there is only the one backend, %s.", cleanLine(l.kernel.Backend().Name))
		return
	}
	for _, i := range l.cfg.Integrations.Backends() {
		parts := []string{cleanLine(i.Name), kind(i), "model " + orNone(cleanLine(i.Model)), "version " + orNone(cleanLine(i.Version)), "contract " + grouped(i.Contract), cleanLine(i.State)}
		if i.Active {
			parts = append(parts, "in use")
		}
		parts = append(parts, count(i.Calls, "call"), count(i.Errors, "error"))
		if n := i.InputTokens + i.OutputTokens; n > 0 {
			parts = append(parts, tokens(n))
		}
		if c := integrationCost(i); c != "" {
			parts = append(parts, c)
		}
		if i.P50MS > 0 || i.P95MS > 0 {
			parts = append(parts, "median "+orchestrator.Duration(i.P50MS)+", 95 of 100 within "+orchestrator.Duration(i.P95MS))
		}
		l.say("backend: %s", strings.Join(parts, ", "))
		if i.LastError != "" {
			l.say("its last error: %s", cleanLine(i.LastError))
		}
	}
}

// test tries a backend with one tiny request.
func (l *linear) test(ctx context.Context, name string) {
	if l.cfg.Integrations == nil || name == "" {
		l.say("error: say which backend to test: /test and a name. Nothing was changed. /integrations lists the names.")
		return
	}
	l.say("banyan: testing %s.", cleanLine(name))
	if err := l.cfg.Integrations.Test(ctx, name); err != nil {
		l.say("error: the test of %s failed: %s", cleanLine(name), sentence(err))
		return
	}
	l.say("banyan: %s answers.", cleanLine(name))
}

// again sends the last message once more after its backend has failed.
func (l *linear) again(ctx context.Context) error {
	if l.failed == "" {
		l.say("error: there is nothing to send again.")
		return nil
	}
	return l.turn(ctx, l.failed)
}

// spent says what a turn cost, if a model was asked, and how to go on if its
// backend has failed.
func (l *linear) spent(t orchestrator.Turn) {
	if t.Usage.ModelCalls > 0 {
		p := prices{backend: l.kernel.Backend()}
		if l.cfg.Integrations != nil {
			p.list = l.cfg.Integrations.Backends()
		}
		l.say("usage: %s", strings.Join(tracer{prices: p}.cost(t.Usage), ", "))
	}
	l.failed = ""
	if resendable(&entry{turn: t}) {
		l.failed = t.Message
		l.say("banyan: your message is kept. /again sends it once more, /model and a name switches the backend first.")
	}
}
