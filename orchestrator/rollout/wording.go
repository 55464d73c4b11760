package rollout

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"banyan/orchestrator"
)

// orJudge names who did something; nobody in particular is the judge.
func orJudge(email string) string {
	if email == "" {
		return "the judge"
	}
	return email
}

// sentence ends a text that people gave with a full stop; nothing stays nothing.
func sentence(s string) string {
	s = strings.TrimSpace(s)
	if s == "" || strings.HasSuffix(s, ".") || strings.HasSuffix(s, "!") || strings.HasSuffix(s, "?") {
		return s
	}
	return s + "."
}

func lowerFirst(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return s
	}
	return string(unicode.ToLower(r)) + s[n:]
}

// routeWords is a route as people say it.
func routeWords(r orchestrator.Route) string {
	if r.Kind == orchestrator.RouteCanary {
		return fmt.Sprintf("canary %d", r.Percent)
	}
	return string(r.Kind)
}

// brief is a duration in words, rounded.
func brief(d time.Duration) string {
	switch {
	case d < time.Second:
		return "less than a second"
	case d < 2*time.Minute:
		return count(int(d.Round(time.Second)/time.Second), "second")
	case d < 2*time.Hour:
		return count(int(d.Round(time.Minute)/time.Minute), "minute")
	case d < 48*time.Hour:
		return count(int(d.Round(time.Hour)/time.Hour), "hour")
	default:
		return count(int(d/(24*time.Hour)), "day")
	}
}

// count is a number with its noun.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// percent is a share as people read it: 99.1 %.
func percent(part, of int) string {
	if of == 0 {
		return "–"
	}
	share := 100 * float64(part) / float64(of)
	if part != of && share > 99.9 {
		return fmt.Sprintf("%.2f %%", min(share, 99.99))
	}
	return fmt.Sprintf("%.1f %%", share)
}

// news says what changed from one record to the next; empty if nothing that matters
// to people did.
func news(before, now record, byDefault orchestrator.Route) string {
	v := now.current(byDefault)
	who := orJudge(v.By.Email)
	switch {
	case now.number() > before.number() && v.Cause == causeAbort:
		return strings.TrimSpace(fmt.Sprintf("%s was aborted by %s: its route is %s again, not %s. %s", now.Intent, who, routeWords(v.Route), routeWords(v.Before), sentence(v.By.Why)))
	case now.number() > before.number():
		return strings.TrimSpace(fmt.Sprintf("The route of %s is %s now, it was %s (%s by %s). %s", now.Intent, routeWords(v.Route), routeWords(v.Before), v.Cause, who, sentence(v.By.Why)))
	case now.Rollout != nil && (before.Rollout == nil || before.Rollout.State != now.Rollout.State):
		return strings.TrimSpace(fmt.Sprintf("The rollout of %s is %s at %s. %s", now.Intent, now.Rollout.State, routeWords(v.Route), sentence(now.Rollout.Why)))
	}
	return ""
}
