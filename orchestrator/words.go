package orchestrator

import (
	"maps"
	"slices"
	"sync"

	"github.com/google/jsonschema-go/jsonschema"
)

// Words are an intent's wordings in another language. What is left out stays
// English.
type Words struct {
	// Summary, Confirm, Answer and Examples are as in Intent.
	Summary  string   `json:"summary,omitempty"`
	Confirm  string   `json:"confirm,omitempty"`
	Answer   string   `json:"answer,omitempty"`
	Examples []string `json:"examples,omitempty"`
	// Labels are what fields are called, by their names, wherever in the parameters
	// or the result they stand.
	Labels map[string]string `json:"labels,omitempty"`
	// Values are what the values of enumerations are called, by value. The first
	// word is the one that answers use; all of them are understood.
	Values map[string][]string `json:"values,omitempty"`
	// Messages are the sentences in which the intent is refused: English, and how it
	// is said in the language. What changes from case to case is a {hole} in both.
	Messages map[string]string `json:"messages,omitempty"`
}

// values are the words that answers use for the values of enumerations.
func (i Intent) values() map[string]string {
	if i.Locale == nil {
		return nil
	}
	out := map[string]string{}
	for value, words := range i.Languages[i.Locale.Language].Values {
		if len(words) > 0 {
			out[value] = words[0]
		}
	}
	return out
}

// In returns the intent in another language: its wordings, the titles of its
// fields, and other words for the values of enumerations (x-synonyms; x-words has
// the one that answers use). The intent itself is not changed. One that has no
// words in the language is returned as it is.
func (i Intent) In(l *Locale) Intent {
	if l == nil {
		return i
	}
	w, ok := i.Languages[l.Language]
	if !ok || i.Locale == l {
		return i
	}
	i.Locale = l
	for _, f := range []struct{ to, from *string }{{&i.Summary, &w.Summary}, {&i.Confirm, &w.Confirm}, {&i.Answer, &w.Answer}} {
		if *f.from != "" {
			*f.to = *f.from
		}
	}
	if len(w.Examples) > 0 {
		i.Examples = w.Examples
	}
	i.Params, i.Result = w.schema(i.Params), w.schema(i.Result)
	return i
}

// schema returns a copy of a schema with the words in it.
func (w Words) schema(s *jsonschema.Schema) *jsonschema.Schema {
	if s == nil {
		return nil
	}
	out := *s
	if len(s.Properties) > 0 {
		out.Properties = make(map[string]*jsonschema.Schema, len(s.Properties))
		for name, p := range s.Properties {
			p = w.schema(p)
			if label := w.Labels[name]; label != "" && p != nil {
				p.Title, p.Description = label, ""
			}
			out.Properties[name] = p
		}
	}
	out.Items = w.schema(s.Items)
	if len(s.Enum) > 0 {
		out.Extra = w.enum(s)
	}
	return &out
}

func (w Words) enum(s *jsonschema.Schema) map[string]any {
	synonyms, words := map[string]any{}, map[string]any{}
	for _, v := range s.Enum {
		value, _ := v.(string)
		said := w.Values[value]
		if len(said) == 0 {
			continue
		}
		words[value] = said[0]
		list := make([]any, len(said))
		for i, word := range said {
			list[i] = word
		}
		synonyms[value] = list
	}
	if len(words) == 0 {
		return s.Extra
	}
	extra := maps.Clone(s.Extra)
	if extra == nil {
		extra = map[string]any{}
	}
	extra["x-synonyms"], extra["x-words"] = synonyms, words
	return extra
}

// EnumWord returns what people call a value of an enumeration, "" if the schema
// has no word of its own for it.
func EnumWord(s *jsonschema.Schema, value string) string {
	if s == nil {
		return ""
	}
	words, _ := s.Extra["x-words"].(map[string]any)
	word, _ := words[value].(string)
	return word
}

// In returns a new catalog in another language, see Intent.In; the catalog itself if
// no service has words in it. Whom it sends calls to is the same. Names of intents, fields and
// values stay as they are.
func (c *Catalog) In(l *Locale) *Catalog {
	if l == nil || !slices.ContainsFunc(c.entries, func(e *Entry) bool { _, ok := e.Languages[l.Language]; return ok }) {
		return c
	}
	out := &Catalog{
		entries: make([]*Entry, 0, len(c.entries)), byName: map[string]*Entry{},
		version: sync.OnceValue(func() string { return c.Version() + "-" + l.Language }),
	}
	for _, e := range c.entries {
		t := new(Entry)
		*t = *e
		t.Intent = e.In(l)
		if p, err := parseWording(t.Confirm); err == nil {
			t.confirm = p
		}
		if p, err := parseWording(t.Answer); err == nil {
			t.answer = p
		}
		out.entries = append(out.entries, t)
		out.byName[t.Name] = t
	}
	return out
}
