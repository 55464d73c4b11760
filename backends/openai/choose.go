package openai

import (
	"context"
	"math"
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/google/jsonschema-go/jsonschema"

	"banyan/orchestrator"
)

const (
	// wholeCatalog is how many intents a prompt takes without choosing.
	wholeCatalog = 24
	// relevant is how many intents are chosen from a larger catalog.
	relevant = 20
	// maxCandidates bounds the chosen ones together with those of the conversation
	// and those that look up what others need.
	maxCandidates = 40
	maxLookups    = 6
)

// chooser finds the intents that go into the prompt of a message.
type chooser struct {
	matcher orchestrator.Matcher // may be nil

	mu     sync.Mutex // guards what follows
	known  *orchestrator.Catalog
	lookup *lookups
}

// choose returns the candidates for a message, sorted by name: the whole catalog
// if it is small; otherwise the most relevant ones, those that the running
// conversation or a rejected plan is about, and the reads that find what the
// others need to be told.
func (c *chooser) choose(ctx context.Context, req orchestrator.PlanRequest) []*orchestrator.Entry {
	if req.Catalog == nil {
		return nil
	}
	all := req.Catalog.Intents()
	if len(all) <= wholeCatalog {
		return all
	}
	index := c.index(req.Catalog)
	var names []string
	if c.matcher != nil {
		found, err := c.matcher.Match(ctx, req.Message, req.Catalog, relevant)
		if err == nil {
			names = found
		}
	}
	if len(names) == 0 {
		names = index.words.match(req.Message, relevant)
	}
	chosen := map[string]*orchestrator.Entry{}
	add := func(name string) {
		if e := req.Catalog.Intent(name); e != nil && len(chosen) < maxCandidates {
			chosen[name] = e
		}
	}
	for i, name := range names {
		if i == relevant {
			break
		}
		add(name)
	}
	if req.Rejected != nil {
		for _, s := range req.Rejected.Steps {
			add(s.Intent)
		}
	}
	for _, s := range req.Done { // what is left may read their results
		add(s.Intent)
	}
	for _, t := range slices.Backward(req.Conversation) {
		for _, s := range t.Steps {
			add(s.Intent)
		}
		if t.Plan != nil {
			for _, s := range t.Plan.Steps {
				add(s.Intent)
			}
		}
	}
	for _, name := range index.finders(names, chosen) {
		add(name)
	}
	out := make([]*orchestrator.Entry, 0, len(chosen))
	for _, e := range all {
		if chosen[e.Name] != nil {
			out = append(out, e)
		}
	}
	return out
}

// index returns what is known of the catalog, and finds it out if it is new.
func (c *chooser) index(catalog *orchestrator.Catalog) *lookups {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.known != catalog {
		c.known, c.lookup = catalog, newLookups(catalog)
	}
	return c.lookup
}

// lookups knows which reads show a field without having to be told anything.
type lookups struct {
	catalog *orchestrator.Catalog
	showing map[string][]string // field → names of reads
	words   *wordIndex
}

func newLookups(catalog *orchestrator.Catalog) *lookups {
	l := &lookups{catalog: catalog, showing: map[string][]string{}, words: newWordIndex(catalog)}
	for _, e := range catalog.Intents() {
		if e.Changes() || e.Result == nil || slices.ContainsFunc(e.ParamNames(), e.Required) {
			continue
		}
		for field := range fields(e.Result, 0, map[string]bool{}) {
			l.showing[field] = append(l.showing[field], e.Name)
		}
	}
	return l
}

// fields collects the names of all fields in a schema.
func fields(s *jsonschema.Schema, depth int, into map[string]bool) map[string]bool {
	if s == nil || depth > maxDepth {
		return into
	}
	for name, p := range s.Properties {
		into[name] = true
		fields(p, depth+1, into)
	}
	return fields(s.Items, depth+1, into)
}

// finders returns reads that show what the chosen intents require, for the most
// relevant ones first.
func (l *lookups) finders(names []string, chosen map[string]*orchestrator.Entry) []string {
	var out []string
	for _, name := range names {
		e := chosen[name]
		if e == nil {
			continue
		}
		for _, param := range e.ParamNames() {
			shown := l.showing[param]
			if !e.Required(param) || len(shown) == 0 || slices.ContainsFunc(shown, func(n string) bool { return chosen[n] != nil }) {
				continue
			}
			if find := l.nearest(e, shown); !slices.Contains(out, find) {
				out = append(out, find)
			}
			if len(out) == maxLookups {
				return out
			}
		}
	}
	return out
}

// nearest prefers a read of the service that also does what needs it.
func (l *lookups) nearest(e *orchestrator.Entry, shown []string) string {
	for _, name := range shown {
		if l.catalog.Intent(name).Offers[0].Service == e.Offers[0].Service {
			return name
		}
	}
	return shown[0]
}

// wordIndex finds intents by the words that they share with a message, rare words
// first. It is what is used without a Matcher.
type wordIndex struct {
	intents map[string][]int // word → indexes into names
	names   []string
}

func newWordIndex(catalog *orchestrator.Catalog) *wordIndex {
	x := &wordIndex{intents: map[string][]int{}}
	for i, e := range catalog.Intents() {
		x.names = append(x.names, e.Name)
		seen := map[string]bool{}
		for _, text := range append([]string{e.Name, e.Summary}, e.Examples...) {
			for _, w := range words(text) {
				if !seen[w] {
					seen[w] = true
					x.intents[w] = append(x.intents[w], i)
				}
			}
		}
	}
	return x
}

func (x *wordIndex) match(message string, n int) []string {
	score := map[int]float64{}
	for _, w := range slices.Compact(slices.Sorted(slices.Values(words(message)))) {
		for _, i := range x.intents[w] {
			score[i] += math.Log(1 + float64(len(x.names))/float64(len(x.intents[w])))
		}
	}
	found := make([]int, 0, len(score))
	for i := range score {
		found = append(found, i)
	}
	slices.SortFunc(found, func(a, b int) int {
		switch {
		case score[a] > score[b]:
			return -1
		case score[a] < score[b]:
			return 1
		default:
			return a - b
		}
	})
	var out []string
	for _, i := range found[:min(n, len(found))] {
		out = append(out, x.names[i])
	}
	return out
}

// words splits a text into lower-case words without a plural s.
func words(text string) []string {
	list := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	for i, w := range list {
		if len(w) > 3 {
			list[i] = strings.TrimSuffix(w, "s")
		}
	}
	return list
}
