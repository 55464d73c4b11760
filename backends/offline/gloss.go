package offline

import (
	"context"
	"slices"
	"strings"

	"banyan/backends/offline/language"
	"banyan/orchestrator"
)

// glossary reads messages in another language than English: the small words that
// hold a sentence together are said in English, so that the same rules understand
// them; what stands between them is left to the catalog, whose examples are in that
// language and are read the same way.
type glossary struct {
	lang *language.Language
	// nouns are what the catalog calls its objects: bestellung → order.
	nouns map[string]string
}

// newGlossary learns the nouns of a catalog from the labels of its lists: where the
// field orders is called Bestellungen, Bestellung is an order.
func newGlossary(l *language.Language, c *orchestrator.Catalog) *glossary {
	g := &glossary{lang: l, nouns: map[string]string{}}
	for _, e := range c.Intents() {
		if e.Locale == nil || e.Result == nil {
			continue
		}
		for name, p := range e.Result.Properties {
			if p.Items == nil || p.Title == "" || orchestrator.SingularOf(name) == name {
				continue
			}
			plural := strings.ToLower(p.Title)
			g.nouns[plural] = name
			for _, singular := range l.Locale().SingularsOf(p.Title) {
				g.nouns[strings.ToLower(singular)] = orchestrator.SingularOf(name)
			}
		}
	}
	return g
}

// tokens says the small words in English. Every token keeps its place in the
// message, so that what is quoted or taken over from it is as the user wrote it.
func (g *glossary) tokens(toks []token) []token {
	out := make([]token, 0, len(toks))
	for i := 0; i < len(toks); {
		n, english := g.at(toks[i:])
		if n == 0 {
			t := toks[i]
			if t.kind == tokWord {
				t.text = t.low // nouns begin with a capital, which says nothing
			}
			out = append(out, t)
			i++
			continue
		}
		for _, w := range english {
			out = append(out, token{text: w, low: w, stem: stem(w), kind: tokWord, start: toks[i].start, end: toks[i+n-1].end})
		}
		i += n
	}
	return g.inOrder(out)
}

// inOrder puts verbs that stand at the end of their clause where English has them,
// behind the subject: if it not yet shipped is → if it is not yet shipped.
func (g *glossary) inOrder(toks []token) []token {
	grammar := g.lang.Grammar()
	for i := 0; i < len(toks); i++ {
		if !slices.Contains(grammar.VerbLastAfter, toks[i].low) {
			continue
		}
		end := i + 1
		for end < len(toks) && toks[end].kind != tokPunct {
			end++
		}
		clause := toks[i+1 : end]
		verbs := len(clause)
		for verbs > 0 && slices.Contains(grammar.Verbs, clause[verbs-1].low) {
			verbs--
		}
		subject := subjectLen(clause[:verbs])
		if verbs == len(clause) || subject == 0 || subject == verbs {
			continue
		}
		moved := slices.Clone(clause[:subject])
		for v := len(clause) - 1; v >= verbs; v-- {
			moved = append(moved, clause[v])
		}
		copy(clause, append(moved, clause[subject:verbs]...))
	}
	return toks
}

// subjectLen is how many words the subject at the beginning of a clause has: a
// pronoun, or an article with a noun and what identifies it.
func subjectLen(clause []token) int {
	n := 0
	for n < len(clause) && (nounMarks[clause[n].low] || ordinals[clause[n].low] != 0) && !clause[n].is("no") {
		n++
	}
	if n == len(clause) {
		return 0
	}
	n++
	for n < len(clause) && clause[n].kind == tokNumber && n > 1 {
		n++
	}
	return n
}

// longGloss bounds the words of one gloss.
const longGloss = 8

func (g *glossary) at(toks []token) (n int, english []string) {
	if toks[0].kind != tokWord {
		return 0, nil
	}
	words := make([]string, 0, longGloss)
	for _, t := range toks {
		if t.kind != tokWord || len(words) == longGloss {
			break
		}
		words = append(words, t.low)
	}
	if n, english = g.lang.Gloss(words); n > 0 {
		return n, english
	}
	if noun, ok := g.nouns[words[0]]; ok {
		return 1, []string{noun}
	}
	return 0, nil
}

// text glosses an example.
func (g *glossary) text(s string) string { return joinLow(g.tokens(tokenize(s))) }

// translation is a catalog in another language, and what its messages mean.
type translation struct {
	of       string // the version of the English catalog
	catalog  *orchestrator.Catalog
	glossary *glossary
}

// translated is the catalog in the backend's language. The last one is kept.
func (b *Backend) translated(c *orchestrator.Catalog) *translation {
	if t := b.translation.Load(); t != nil && t.of == c.Version() {
		return t
	}
	t := &translation{of: c.Version(), catalog: c.In(b.lang.Locale())}
	t.glossary = newGlossary(b.lang, t.catalog)
	if t.catalog != c {
		for _, e := range t.catalog.Intents() {
			if e.Locale == nil {
				continue
			}
			examples := make([]string, len(e.Examples))
			for i, ex := range e.Examples {
				examples[i] = t.glossary.text(ex)
			}
			e.Examples = examples // the entry was made for this catalog alone
		}
	}
	b.translation.Store(t)
	return t
}

// planIn plans a message in the backend's language, and says the planner's own
// sentences in it.
func (b *Backend) planIn(ctx context.Context, req orchestrator.PlanRequest) (orchestrator.PlanReply, error) {
	t := b.translated(req.Catalog)
	req.Catalog = t.catalog
	k, err := b.knowledge(ctx, req.Catalog)
	if err != nil {
		return orchestrator.PlanReply{}, err
	}
	p := newPlanner(k, req)
	p.toks = k.mend(t.glossary.tokens(apart(tokenize(req.Message), req.People)))
	plan := p.plan()
	plan.Text = b.lang.Translate(plan.Text)
	return orchestrator.PlanReply{Plan: plan, Usage: usage()}, nil
}
