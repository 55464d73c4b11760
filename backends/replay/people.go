package replay

import (
	"context"
	"sync"

	"banyan/orchestrator"
)

// people remembers who asked and was asked about in the last conversations: the
// request to judge a condition does not say it.
type people struct {
	mu    sync.Mutex // guards what follows
	known map[string]group
}

type group struct {
	user, subject orchestrator.User
	others        []orchestrator.User
}

// rememberedGroups bounds how many conversations are remembered.
const rememberedGroups = 1024

func (p *people) remember(ctx context.Context, g group) {
	key := orchestrator.AskingFrom(ctx).Conversation
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.known == nil || len(p.known) >= rememberedGroups {
		p.known = map[string]group{}
	}
	p.known[key] = g
}

func (p *people) recall(ctx context.Context) group {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.known[orchestrator.AskingFrom(ctx).Conversation]
}
