package orchestrator

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// changesMade counts the changes of each user in the last hour. What the store
// holds counts after a restart and from other processes too; what this process has
// called counts at once. It is safe for concurrent use.
type changesMade struct {
	store Store
	most  int

	mu    sync.Mutex // guards users
	users map[string]*userChanges
}

// userChanges are the changes of one user, by their idempotency keys.
type userChanges struct {
	read time.Time
	at   map[string]time.Time
}

// For how long changes count, and after which time the store is read again.
const (
	changesWindow = time.Hour
	changesFresh  = time.Minute
)

func newChangesMade(store Store, most int) *changesMade {
	return &changesMade{store: store, most: most, users: map[string]*userChanges{}}
}

// admit returns why the user may not make n more changes now; nil if they may.
func (c *changesMade) admit(ctx context.Context, user string, n int, now time.Time) *Error {
	if c.most <= 0 || n == 0 {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	made, err := c.of(ctx, user, now)
	if err != nil {
		return &Error{Code: CodeStore, Cause: err, Message: "It could not be read how much was changed in the last hour. Nothing was changed. Please try again; if it keeps failing run banyan doctor."}
	}
	return c.refusal(made, n, now)
}

func (c *changesMade) refusal(made *userChanges, n int, now time.Time) *Error {
	if len(made.at)+n <= c.most {
		return nil
	}
	oldest := now
	for _, at := range made.at {
		if at.Before(oldest) {
			oldest = at
		}
	}
	what := fmt.Sprintf("You have made %d changes in the last hour, and %d are allowed to one user.", len(made.at), c.most)
	next := fmt.Sprintf("The next is possible %s; %s works at any time.", inTime(oldest.Add(changesWindow).Sub(now)), UndoCommand)
	if n > c.most {
		next = "Ask for fewer at a time, or raise changes-per-hour in [limits]."
	}
	return &Error{Code: CodeTooManyChanges, Cause: ErrNotSent, Message: what + " This was not done and changed nothing. " + next}
}

// take counts a change that is about to be called, or returns why it may not be.
func (c *changesMade) take(ctx context.Context, user, key string, now time.Time) *Error {
	if c.most <= 0 {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	made, err := c.of(ctx, user, now)
	if err != nil {
		return &Error{Code: CodeStore, Cause: errors.Join(ErrNotSent, err), Message: "It could not be read how much was changed in the last hour. This was not done and changed nothing. Please try again; if it keeps failing run banyan doctor."}
	}
	if _, again := made.at[key]; again {
		return nil
	}
	if problem := c.refusal(made, 1, now); problem != nil {
		return problem
	}
	made.at[key] = now
	return nil
}

// of returns the changes of the last hour; mu is held.
func (c *changesMade) of(ctx context.Context, user string, now time.Time) (*userChanges, error) {
	made := c.users[user]
	if made == nil || now.Sub(made.read) > changesFresh || now.Before(made.read) {
		stored, err := c.stored(ctx, user, now.Add(-changesWindow))
		if err != nil {
			return nil, err
		}
		if made != nil {
			for key, at := range made.at {
				stored[key] = at
			}
		}
		made = &userChanges{read: now, at: stored}
		for who, other := range c.users {
			if now.Sub(other.read) > changesWindow {
				delete(c.users, who)
			}
		}
		c.users[user] = made
	}
	for key, at := range made.at {
		if now.Sub(at) >= changesWindow {
			delete(made.at, key)
		}
	}
	return made, nil
}

// stored reads the changes since a time from the user's conversations.
func (c *changesMade) stored(ctx context.Context, user string, since time.Time) (map[string]time.Time, error) {
	at := map[string]time.Time{}
	infos, err := newest(16, since, func(n int) ([]ConversationInfo, error) { return c.store.Conversations(ctx, user, n) },
		func(infos []ConversationInfo) time.Time { return infos[len(infos)-1].Updated })
	if err != nil {
		return nil, err
	}
	for _, info := range infos {
		if info.Updated.Before(since) {
			break
		}
		turns, err := newest(32, since, func(n int) ([]Turn, error) { return c.store.Turns(ctx, info.ID, n) },
			func(turns []Turn) time.Time { return turns[0].At })
		if err != nil {
			return nil, err
		}
		for _, t := range turns {
			if t.At.Before(since) || t.TakesBack != "" {
				continue
			}
			for _, rec := range t.Steps {
				if rec.Key != "" && wasCalled(rec) {
					at[rec.Key] = t.At
				}
			}
		}
	}
	return at, nil
}

// wasCalled tells whether a recorded change reached its service.
func wasCalled(rec StepRecord) bool {
	switch rec.Status {
	case StepDone, StepUndone:
		return true
	case StepFailed:
		return rec.Error == nil || rec.Error.Code != CodeTooManyCalls
	default:
		return false
	}
}

// newest reads the newest n of a list, and twice as many for as long as all of them
// are younger than since.
func newest[T any](n int, since time.Time, read func(n int) ([]T, error), oldest func([]T) time.Time) ([]T, error) {
	for {
		all, err := read(n)
		if err != nil || len(all) < n || oldest(all).Before(since) {
			return all, err
		}
		n *= 2
	}
}
