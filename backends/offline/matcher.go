package offline

import (
	"context"
	"errors"

	"banyan/orchestrator"
)

// matchable is the largest catalog that is learned to choose for others: the
// time that learning takes grows with the cube of the number of intents.
const matchable = 1500

var errTooLarge = errors.New("the catalog is too large to be learned quickly")

// Match implements orchestrator.Matcher: the intents whose descriptions are
// nearest to the message, whether or not one of them is likely. It returns an
// error for catalogs of more than 1,500 intents.
func (b *Backend) Match(ctx context.Context, message string, catalog *orchestrator.Catalog, n int) ([]string, error) {
	if len(catalog.Intents()) > matchable {
		return nil, errTooLarge
	}
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
