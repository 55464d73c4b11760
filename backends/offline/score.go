package offline

import (
	"context"

	"banyan/orchestrator"
)

// Scored is an intent and how likely a message asks for it, from 0 to 1.
type Scored struct {
	Intent string
	Value  float64
}

// Scores takes a whole message for one request and returns the intents that it
// most likely asks for, the likeliest first, before any is rejected: what Plan goes
// by where a message is not divided. Accept is the value from which on the first of
// them would be done. There may be none. Scores fails only if ctx ends.
func (b *Backend) Scores(ctx context.Context, message string, catalog *orchestrator.Catalog) (likeliest []Scored, accept float64, err error) {
	var gloss *glossary
	if b.lang != nil {
		t := b.translated(catalog)
		catalog, gloss = t.catalog, t.glossary
	}
	k, err := b.knowledge(ctx, catalog)
	if err != nil {
		return nil, 0, err
	}
	p := newPlanner(k, orchestrator.PlanRequest{Message: message, Catalog: catalog})
	if gloss != nil {
		p.toks = k.mend(gloss.tokens(tokenize(message)))
	}
	ranks := p.rank(p.toks)
	if len(ranks) == 0 {
		return nil, k.model.Accept, nil
	}
	for _, r := range ranks {
		likeliest = append(likeliest, Scored{r.skill.Name, min(r.value, 1)})
	}
	return likeliest, p.accept(ranks[0].skill), nil
}
