package main

import (
	"context"
	"strings"
	"sync"

	"banyan/orchestrator"
	"banyan/tui"
)

// chatKernel is the kernel as one chat uses it. It notes where the chat is, so that
// another process can go on with it, and lets no turn begin in a process that is
// leaving.
type chatKernel struct {
	*orchestrator.Kernel
	opts *options

	mu sync.Mutex // guards at
	at trail
}

// Turn implements tui.Kernel.
func (k *chatKernel) Turn(ctx context.Context, req orchestrator.Request) (orchestrator.Turn, error) {
	over, err := k.opts.begin()
	if err != nil { // the chat ends at once
		k.note(func(t *trail) { t.User, t.Conversation, t.Draft = req.User.Email, req.Conversation, req.Message })
		<-ctx.Done()
		return orchestrator.Turn{}, ctx.Err()
	}
	defer over()
	k.note(func(t *trail) { t.User, t.Conversation, t.Draft = req.User.Email, req.Conversation, req.Message })
	turn, err := k.Kernel.Turn(ctx, req)
	k.note(func(t *trail) {
		if t.Draft = ""; err == nil {
			t.Last = turn.ID
		}
	})
	return turn, err
}

// Turns implements tui.Kernel.
func (k *chatKernel) Turns(ctx context.Context, user orchestrator.User, conversation string, n int) ([]orchestrator.Turn, error) {
	turns, err := k.Kernel.Turns(ctx, user, conversation, n)
	if err == nil && len(turns) > 0 && n == 0 { // it is opened
		k.note(func(t *trail) { t.User, t.Conversation, t.Last = user.Email, conversation, turns[len(turns)-1].ID })
	}
	return turns, err
}

// enters notes that a user has come to a conversation.
func (k *chatKernel) enters(user orchestrator.User) {
	k.note(func(t *trail) {
		if t.User != user.Email {
			*t = trail{User: user.Email}
		}
	})
}

func (k *chatKernel) note(change func(*trail)) {
	k.mu.Lock()
	defer k.mu.Unlock()
	change(&k.at)
	k.opts.reached(k.at)
}

// goOn opens the chat where another process left it.
func (a *app) goOn(ctx context.Context, opened *tui.Opened) error {
	t := a.opts.trail()
	if t.User == "" {
		return nil
	}
	user, err := a.shop.Directory().Lookup(ctx, t.User)
	if err != nil {
		return nil //nolint:nilerr // the chat begins with the login again
	}
	opened.User, opened.Conversation = &user, t.Conversation
	said := "The program that ran this chat has ended; the chat goes on without it."
	if t.Conversation == "" || t.Draft == "" {
		opened.Notice = said
		return nil
	}
	turns, err := a.kernel.Turns(ctx, user, t.Conversation, 0)
	if err != nil {
		return failed(err)
	}
	if len(turns) == 0 {
		opened.Conversation = ""
	}
	if _, ok := answered(turns, t.Last, t.Draft); ok {
		opened.Notice = said + " Your last message was dealt with."
		return nil
	}
	opened.Draft, opened.Notice = t.Draft, said
	return nil
}

// answered finds the turn that came of a message among those after the turn last.
func answered(turns []orchestrator.Turn, last, message string) (orchestrator.Turn, bool) {
	after := last == ""
	said := strings.TrimSpace(orchestrator.Printable(message))
	for _, t := range turns {
		if after && (t.Message == said || strings.HasSuffix(t.Message, "…") && strings.HasPrefix(said, strings.TrimSuffix(t.Message, "…"))) {
			return t, true
		}
		after = after || t.ID == last
	}
	return orchestrator.Turn{}, false
}
