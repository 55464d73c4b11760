package orchestrator

import (
	"context"
	"fmt"
	"slices"
	"sync"
)

// How much is recalled: turns of the running conversation, and for reference the
// last turns of a few other conversations of the same user.
const (
	recallTurns         = 16
	digestConversations = 4
	digestTurns         = 6
	cachedConversations = 256
)

// recall reads from the store what a turn needs to know and keeps it for the
// next turn of the same conversation, so that a running conversation is read
// once.
type recall struct {
	store Store

	mu    sync.Mutex // guards cache
	cache map[string]*recalled
}

type recalled struct {
	user    string
	turns   int // how many the conversation has
	history []Turn
	digest  []Turn
}

func newRecall(store Store) *recall {
	return &recall{store: store, cache: map[string]*recalled{}}
}

// recall fills history, digest and the subject that the conversation is about.
func (r *run) recall(ctx context.Context) error {
	known, err := r.k.recall.get(ctx, r.req.User.Email, r.turn.Conversation)
	if err != nil {
		return err
	}
	if known.user != "" && known.user != r.req.User.Email {
		return ErrForeignConversation
	}
	r.history, r.digest, r.earlier = known.history, known.digest, known.turns
	r.subject = r.req.User
	if r.req.User.Staff() {
		r.subject = User{}
		if who := ActsFor(r.history); who != "" {
			if u, err := r.k.cfg.Directory.Lookup(ctx, who); err == nil {
				r.subject = u
			}
		}
		if last := len(r.history) - 1; last >= 0 && r.history[last].ActingFor != "" {
			r.behalf, r.turn.ActingFor = r.subject, r.history[last].ActingFor
		}
	}
	return nil
}

func (c *recall) get(ctx context.Context, user, conversation string) (recalled, error) {
	c.mu.Lock()
	known, ok := c.cache[conversation]
	c.mu.Unlock()
	if ok {
		return *known, nil
	}
	history, err := c.store.Turns(ctx, conversation, recallTurns)
	if err != nil {
		return recalled{}, fmt.Errorf("reading the conversation: %w", err)
	}
	fresh := recalled{history: history, turns: len(history)}
	if len(history) > 0 {
		fresh.user = history[0].User
	}
	if fresh.turns == recallTurns {
		if fresh.turns, err = c.count(ctx, fresh.user, conversation); err != nil {
			return recalled{}, fmt.Errorf("reading the conversation: %w", err)
		}
	}
	infos, err := c.store.Conversations(ctx, user, digestConversations+1)
	if err != nil {
		return recalled{}, fmt.Errorf("reading recent conversations: %w", err)
	}
	for _, info := range slices.Backward(infos) {
		if info.ID == conversation {
			continue
		}
		turns, err := c.tail(ctx, info.ID)
		if err != nil {
			return recalled{}, fmt.Errorf("reading a recent conversation: %w", err)
		}
		fresh.digest = append(fresh.digest, turns...)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.cache) >= cachedConversations {
		clear(c.cache)
	}
	c.cache[conversation] = &fresh
	return fresh, nil
}

// count returns how many turns a conversation of the user has. It is looked for
// among the latest first.
func (c *recall) count(ctx context.Context, user, conversation string) (int, error) {
	for n := 16; ; n *= 4 {
		infos, err := c.store.Conversations(ctx, user, n)
		if err != nil {
			return 0, err
		}
		for _, info := range infos {
			if info.ID == conversation {
				return info.Turns, nil
			}
		}
		if len(infos) < n {
			return recallTurns, nil
		}
	}
}

// tail returns the last turns of another conversation.
func (c *recall) tail(ctx context.Context, conversation string) ([]Turn, error) {
	c.mu.Lock()
	known, ok := c.cache[conversation]
	c.mu.Unlock()
	if !ok {
		return c.store.Turns(ctx, conversation, digestTurns)
	}
	return known.history[max(0, len(known.history)-digestTurns):], nil
}

// add puts a stored turn at the end of what is known of its conversation.
func (c *recall) add(t Turn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	known, ok := c.cache[t.Conversation]
	if !ok {
		return
	}
	history := append(slices.Clone(known.history), t)
	if len(history) > recallTurns {
		history = history[len(history)-recallTurns:]
	}
	c.cache[t.Conversation] = &recalled{user: t.User, turns: known.turns + 1, history: history, digest: known.digest}
}

// forget drops what is known of a conversation.
func (c *recall) forget(conversation string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.cache, conversation)
}
