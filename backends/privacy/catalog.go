package privacy

import (
	"encoding/json"
	"slices"
	"strings"
	"sync"

	"github.com/google/jsonschema-go/jsonschema"

	"banyan/orchestrator"
)

// catalogs makes catalogs without the personal data that may stand in a service's own
// words by chance, such as a phone number in an example that a customer really has.
type catalogs struct {
	mu     sync.Mutex // guards what follows
	of     *orchestrator.Catalog
	words  map[string]bool // the folded words of its texts
	digits []string        // its long numbers
	made   map[string]*orchestrator.Catalog
}

// maxCatalogs bounds how many are kept.
const maxCatalogs = 16

// without returns the catalog itself if no known value stands in it, as is nearly
// always so. In a copy, the values are replaced by what they are, in brackets.
func (c *catalogs) without(v *vault, catalog *orchestrator.Catalog) *orchestrator.Catalog {
	if catalog == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.of != catalog {
		c.read(catalog)
	}
	hits := c.hits(v)
	if len(hits) == 0 {
		return catalog
	}
	key := strings.Join(hits, "\x00")
	if known := c.made[key]; known != nil {
		return known
	}
	if len(c.made) >= maxCatalogs {
		clear(c.made)
	}
	c.made[key] = blank(v, catalog)
	return c.made[key]
}

// read notes the words of a catalog.
func (c *catalogs) read(catalog *orchestrator.Catalog) {
	c.of, c.words, c.digits, c.made = catalog, map[string]bool{}, nil, map[string]*orchestrator.Catalog{}
	for _, e := range catalog.Intents() {
		for _, o := range e.Offers {
			in := o.Intent
			texts(&in, func(s string) string {
				for _, w := range folded(s) {
					c.words[w] = true
				}
				for _, n := range runs(s) {
					c.digits = append(c.digits, n.digits)
				}
				return s
			})
		}
	}
}

// hits are the known values that may stand in the catalog.
func (c *catalogs) hits(v *vault) []string {
	var out []string
	for _, list := range v.byWord {
		for _, k := range list {
			all := true
			for _, w := range k.words {
				all = all && c.words[w]
			}
			if all {
				out = append(out, strings.Join(k.words, " "))
			}
		}
	}
	for _, d := range v.phones {
		if slices.ContainsFunc(c.digits, func(o string) bool { return sameNumber(d.digits, o) }) {
			out = append(out, d.digits)
		}
	}
	slices.Sort(out)
	return out
}

// blank makes a copy of a catalog in which the known values are replaced.
func blank(v *vault, catalog *orchestrator.Catalog) *orchestrator.Catalog {
	type offerer struct {
		service, version string
		era              orchestrator.Era
	}
	var order []offerer
	by := map[offerer][]orchestrator.Intent{}
	for _, e := range catalog.Intents() {
		for _, o := range e.Offers {
			in, err := copyIntent(o.Intent)
			if err != nil {
				continue // it cannot be written down, so it was never offered
			}
			texts(&in, func(s string) string { return v.blank(s) })
			who := offerer{o.Service, o.Version, o.Era}
			if by[who] == nil {
				order = append(order, who)
			}
			by[who] = append(by[who], in)
		}
	}
	var offered []orchestrator.Offered
	for _, who := range order {
		offered = append(offered, orchestrator.Offered{Description: orchestrator.Description{
			Name: who.service, Version: who.version, Contract: orchestrator.ContractVersion, Era: who.era, Intents: by[who],
		}})
	}
	made, _ := orchestrator.NewCatalog(offered) // what is left out is not planned with
	return made
}

// blank replaces the known values of a text by their sorts in brackets.
func (v *vault) blank(s string) string {
	var found spans
	for _, f := range v.find(s, true) {
		if f.of != nil {
			found = append(found, f)
		} else if f.sort == email && v.entities[string(email)+"\x00"+strings.Join(folded(s[f.from:f.to]), " ")] != nil {
			found = append(found, f)
		}
	}
	var b strings.Builder
	end := 0
	for _, f := range found.sorted() {
		b.WriteString(s[end:f.from] + "[" + string(f.sort) + "]")
		end = f.to
	}
	return b.String() + s[end:]
}

// texts applies f to what an intent says in words.
func texts(in *orchestrator.Intent, f func(string) string) {
	change := func(s *string) {
		if changed := f(*s); changed != *s { // others may be reading what stays
			*s = changed
		}
	}
	change(&in.Summary)
	in.Examples = slices.Clone(in.Examples)
	for i := range in.Examples {
		change(&in.Examples[i])
	}
	seen := map[*jsonschema.Schema]bool{}
	var schema func(s *jsonschema.Schema)
	schema = func(s *jsonschema.Schema) {
		if s == nil || seen[s] {
			return
		}
		seen[s] = true
		change(&s.Title)
		change(&s.Description)
		for i, x := range s.Examples {
			if t, ok := x.(string); ok {
				if changed := f(t); changed != t {
					s.Examples[i] = changed
				}
			}
		}
		for _, p := range s.Properties {
			schema(p)
		}
		for _, p := range s.Defs {
			schema(p)
		}
		schema(s.Items)
		schema(s.AdditionalProperties)
	}
	schema(in.Params)
	schema(in.Result)
}

// copyIntent returns an intent that shares no schema with the one given.
func copyIntent(in orchestrator.Intent) (orchestrator.Intent, error) {
	for _, s := range []**jsonschema.Schema{&in.Params, &in.Result} {
		if *s == nil {
			continue
		}
		data, err := json.Marshal(*s)
		if err != nil {
			return in, err
		}
		fresh := &jsonschema.Schema{}
		if err := json.Unmarshal(data, fresh); err != nil {
			return in, err
		}
		ordered(*s, fresh)
		*s = fresh
	}
	return in, nil
}

// ordered gives a copy the order of properties, which JSON does not keep.
func ordered(from, to *jsonschema.Schema) {
	if from == nil || to == nil {
		return
	}
	to.PropertyOrder = slices.Clone(from.PropertyOrder)
	for property, p := range from.Properties {
		ordered(p, to.Properties[property])
	}
	ordered(from.Items, to.Items)
}
