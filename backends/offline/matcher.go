package offline

import (
	"context"

	"banyan/orchestrator"
)

// Match implements orchestrator.Matcher: the intents whose descriptions are
// nearest to the message, whether or not one of them is likely. It fails only if
// ctx ends before the catalog has been learned.
func (b *Backend) Match(ctx context.Context, message string, catalog *orchestrator.Catalog, n int) ([]string, error) {
	k, err := b.knowledge(ctx, catalog)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, s := range k.model.Rank(message, n) {
		names = append(names, s.Class)
	}
	return names, nil
}
