package rollout

import (
	"context"
	"fmt"
	"strings"

	"banyan/orchestrator"
)

// Explain is that of orchestrator.Migration. It says what Choose would say now, apart
// from the calls that are picked to be compared.
func (c *Controller) Explain(ctx context.Context, intent, who string) (orchestrator.Explanation, error) {
	if err := ctx.Err(); err != nil {
		return orchestrator.Explanation{}, c.unreachable(err)
	}
	def, err := c.known(intent)
	if err != nil {
		return orchestrator.Explanation{}, err
	}
	c.mu.Lock()
	e, rec, problems := c.entry(intent), c.record(intent), c.problems[intent]
	c.mu.Unlock()
	l := c.table.Load().lines[intent]
	if e == nil || l == nil {
		return orchestrator.Explanation{}, unknownIntent(intent, nil)
	}
	choice := l.choose(orchestrator.RouteAsk{Entry: e, Who: who}, c.opts.Now, true)
	x := orchestrator.Explanation{Intent: intent, Who: who, Choice: choice, Serves: choice.First, Route: rec.current(def)}
	parts := []string{routeSentence(intent, choice, rec, def), sideSentence(e, choice, who, problems)}
	if l.modern != nil && choice.Tripped != "" {
		parts = append(parts, c.breakerSentence(l.modern))
	}
	if choice.Then != "" {
		parts = append(parts, fmt.Sprintf("If %s fails or is too slow, %s answers a read in the same turn, and a change if it is known not to have been made.", choice.First, choice.Then))
	}
	if choice.Shadow != "" {
		parts = append(parts, fmt.Sprintf("The %s service runs beside it and is compared; it changes nothing.", choice.Shadow))
	}
	if v := x.Route; v.Version > 0 {
		parts = append(parts, strings.TrimSpace(fmt.Sprintf("The route is version %d, %s by %s on %s. %s", v.Version, causeWord(v.Cause), orJudge(v.By.Email), v.At.Format("2006-01-02 15:04"), sentence(v.By.Why))))
	}
	if r := rec.Rollout; r != nil {
		parts = append(parts, rolloutSentence(r))
	}
	x.Text = strings.Join(parts, " ")
	return x, nil
}

func causeWord(cause string) string {
	switch cause {
	case causePromote:
		return "promoted"
	case causeAbort:
		return "aborted"
	case causeUndo:
		return "taken back"
	case causeDefault:
		return "put back to the default"
	case causeJudge:
		return "decided"
	default:
		return "set"
	}
}

func routeSentence(intent string, choice orchestrator.Choice, rec record, def orchestrator.Route) string {
	if !rec.set() {
		return fmt.Sprintf("Nobody has set a route for %s, so it is at the default, %s.", intent, routeWords(def))
	}
	return fmt.Sprintf("%s is at %s.", intent, routeWords(choice.Route))
}

// rolloutSentence says how a rollout stands.
func rolloutSentence(r *rollout) string {
	return strings.TrimSpace(fmt.Sprintf("Its rollout is %s at step %d of %d (%s). %s", r.State, r.Step+1, len(r.Steps), r.Mode, sentence(r.Why)))
}

// sideSentence says who serves and why.
func sideSentence(e *orchestrator.Entry, c orchestrator.Choice, who string, problems []string) string {
	if c.First == "" {
		return "Legacy is retired for it and nobody else offers it, so it is not served."
	}
	service := ""
	if o := e.Offer(c.First); o != nil {
		service = fmt.Sprintf(" (%s %s)", o.Service, o.Version)
	}
	switch c.Why {
	case orchestrator.ByOnly:
		return fmt.Sprintf("Only %s offers it%s.", c.First, service)
	case orchestrator.ByCanary:
		share := c.Route.Percent
		if c.First == orchestrator.Legacy {
			share = 100 - share
		}
		name := who
		if name == "" {
			name = "Whoever gives no name"
		}
		return fmt.Sprintf("%s falls into the %d %% that %s serves%s (bucket %d of 100).", name, share, c.First, service, bucket(e.Name, who)/(buckets/100))
	case orchestrator.ByBreaker:
		return fmt.Sprintf("Legacy serves it for now%s, because the modern service keeps failing and is left alone.", service)
	case orchestrator.ByContract:
		return fmt.Sprintf("Legacy serves it%s, because the modern one does not keep the contract: %s", service, strings.Join(problems, " "))
	default:
		return fmt.Sprintf("By that route %s serves everybody%s.", c.First, service)
	}
}

// breakerSentence says how a breaker is.
func (c *Controller) breakerSentence(b *breaker) string {
	now := c.opts.Now()
	switch state, until, share := b.status(now); {
	case state == breakerWord(breakerOpen):
		return fmt.Sprintf("%s gets its first calls again in %s.", b.service, brief(until.Sub(now)))
	case share < 1:
		return fmt.Sprintf("%s is coming back and gets %.0f %% of the calls.", b.service, 100*share)
	default:
		return ""
	}
}
