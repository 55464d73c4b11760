package orchestrator

import (
	"fmt"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// paces keep the rates of turns: of each user, and of all together. It is safe for
// concurrent use.
type paces struct {
	limits Limits

	mu    sync.Mutex // guards what follows
	all   *rate.Limiter
	users map[string]*rate.Limiter
}

// pacedUsers is how many users' rates are remembered; of those who have been quiet
// long enough there is nothing to remember.
const pacedUsers = 10_000

func newPaces(l Limits) *paces {
	p := &paces{limits: l, users: map[string]*rate.Limiter{}}
	if l.AllTurnsPerMinute > 0 {
		p.all = perMinute(l.AllTurnsPerMinute, l.AllTurnsAtOnce)
	}
	return p
}

func perMinute(n, atOnce int) *rate.Limiter {
	return rate.NewLimiter(rate.Limit(float64(n)/60), max(atOnce, 1))
}

// admit takes note of a turn of the user, or returns why it comes too fast.
func (p *paces) admit(user string, now time.Time) *Error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if own := p.of(user, now); own != nil && !own.AllowN(now, 1) {
		return Errorf(CodeRateLimited, "That is more than %d messages a minute, which is as fast as one user may ask. Nothing was done. Send it again %s.", p.limits.TurnsPerMinute, inTime(wait(own, now)))
	}
	if p.all != nil && !p.all.AllowN(now, 1) {
		return Errorf(CodeRateLimited, "Too many people are asking at the same time. Nothing was done. Send it again %s.", inTime(wait(p.all, now)))
	}
	return nil
}

func (p *paces) of(user string, now time.Time) *rate.Limiter {
	if p.limits.TurnsPerMinute <= 0 {
		return nil
	}
	own := p.users[user]
	if own != nil {
		return own
	}
	if len(p.users) >= pacedUsers {
		p.forget(now)
	}
	own = perMinute(p.limits.TurnsPerMinute, p.limits.TurnsAtOnce)
	p.users[user] = own
	return own
}

// forget makes room: those who have been quiet go first, and if too many are busy,
// forgetting some of them is the lesser evil.
func (p *paces) forget(now time.Time) {
	for who, l := range p.users {
		if l.TokensAt(now) >= float64(l.Burst()) {
			delete(p.users, who)
		}
	}
	for who := range p.users {
		if len(p.users) <= pacedUsers*3/4 {
			return
		}
		delete(p.users, who)
	}
}

// wait is how long it takes until one more is allowed.
func wait(l *rate.Limiter, now time.Time) time.Duration {
	return time.Duration((1 - l.TokensAt(now)) / float64(l.Limit()) * float64(time.Second))
}

// String tells the rates for people.
func (l Limits) String() string {
	n := func(v int, unit string) string {
		if v <= 0 {
			return "any number of " + unit
		}
		return fmt.Sprintf("%d %s", v, unit)
	}
	return fmt.Sprintf("%s a minute for each user (%d at once), %s a minute for all (%d at once), %s an hour for each user, %s for a message, %s in a conversation, %s in an answer",
		n(l.TurnsPerMinute, "turns"), max(l.TurnsAtOnce, 0), n(l.AllTurnsPerMinute, "turns"), max(l.AllTurnsAtOnce, 0), n(l.ChangesPerHour, "changes"),
		n(l.CallsPerTurn, "calls"), n(l.TurnsPerConversation, "turns"), n(l.AnswerLength, "characters"))
}
