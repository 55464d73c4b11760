package offline

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"banyan/orchestrator"

	"github.com/google/jsonschema-go/jsonschema"
)

// valueKind says what values a field or a parameter has.
type valueKind int

const (
	kindText valueKind = iota
	kindEnum
	kindInteger
	kindNumber
	kindBool
	kindTime
	kindObject
	kindObjects // a list of objects
	kindTexts   // a list of plain values
	kindOther
)

// field is one property of a result, with the words that people may call it by.
type field struct {
	name     string
	kind     valueKind
	optional bool
	title    string
	about    string // title and description, in lower case
	words    map[string]int
	values   []enumValue
	unit     string
	dateOnly bool
	cost     bool // its name or title is a word for money
	coded    bool // a format or pattern says what it looks like
	pattern  string
	// textItems: the field is a list of texts.
	textItems bool
	sub       []*field
}

// enumValue is one value of an enumeration with the words for it.
type enumValue struct {
	value any
	forms [][]string // each form as lower-case words
	stems [][]string
}

// The weights of the words of a field, by where they stand.
const (
	inName        = 4
	inTitle       = 3
	inDescription = 1
)

// fieldsOf reads the properties of an object schema, in the schema's order.
func fieldsOf(s *jsonschema.Schema, depth int) []*field {
	if s == nil || depth > 3 {
		return nil
	}
	var out []*field
	for _, name := range propertyNames(s) {
		p := s.Properties[name]
		if p == nil {
			continue
		}
		f := &field{name: name, optional: !slices.Contains(s.Required, name), title: p.Title, unit: orchestrator.Unit(p), coded: p.Format != "" || p.Pattern != "", pattern: p.Pattern}
		f.kind, f.dateOnly = kindOf(p)
		f.about = strings.ToLower(p.Title + " " + p.Description)
		f.words = map[string]int{}
		addWords(f.words, p.Description, inDescription)
		addWords(f.words, p.Title, inTitle)
		addWords(f.words, strings.ReplaceAll(name, "_", " "), inName)
		for w := range costWords {
			f.cost = f.cost || f.words[stem(w)] >= inTitle
		}
		switch f.kind {
		case kindObject:
			f.sub = fieldsOf(p, depth+1)
		case kindObjects:
			f.sub = fieldsOf(p.Items, depth+1)
			if p.Items != nil {
				f.about += " " + strings.ToLower(p.Items.Description)
			}
		case kindEnum:
			f.values = enumValues(p)
		case kindTexts:
			f.textItems = p.Items != nil && typeOf(p.Items) == "string"
		default:
		}
		out = append(out, f)
	}
	linkSynonyms(out)
	return out
}

// linkSynonyms lends the synonyms of an enumeration's value to the time that is
// named like it: what is said of the status "shipped" is said of the time
// shipped.
func linkSynonyms(fields []*field) {
	for _, e := range fields {
		for _, v := range e.values {
			for _, f := range fields {
				if f.kind != kindTime || len(v.stems) == 0 || len(v.stems[0]) != 1 || f.words[v.stems[0][0]] < inName {
					continue
				}
				for _, form := range v.stems[1:] {
					if len(form) == 1 {
						f.words[form[0]] = max(f.words[form[0]], inTitle)
					}
				}
			}
		}
	}
}

// propertyNames lists the properties in the order of the schema; a schema that came
// as JSON has kept the order of the required ones alone, the others follow by name.
func propertyNames(s *jsonschema.Schema) []string {
	names := slices.Clone(s.PropertyOrder)
	for _, n := range s.Required {
		if !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	for _, n := range slices.Sorted(maps.Keys(s.Properties)) {
		if !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	return names
}

// typeOf returns the schema's type; of several, the first that is not null.
func typeOf(s *jsonschema.Schema) string {
	if s.Type != "" {
		return s.Type
	}
	for _, t := range s.Types {
		if t != "null" {
			return t
		}
	}
	if len(s.Properties) > 0 {
		return "object"
	}
	return ""
}

func kindOf(s *jsonschema.Schema) (kind valueKind, dateOnly bool) {
	if len(s.Enum) > 0 {
		return kindEnum, false
	}
	switch typeOf(s) {
	case "string":
		switch s.Format {
		case "date":
			return kindTime, true
		case "date-time":
			return kindTime, false
		}
		return kindText, false
	case "integer":
		return kindInteger, false
	case "number":
		return kindNumber, false
	case "boolean":
		return kindBool, false
	case "object":
		return kindObject, false
	case "array":
		if s.Items != nil && typeOf(s.Items) == "object" {
			return kindObjects, false
		}
		return kindTexts, false
	}
	return kindOther, false
}

// addWords enters the stems of a text's content words.
func addWords(into map[string]int, text string, weight int) {
	for _, t := range tokenize(text) {
		if t.kind != tokWord || functionWords[t.low] {
			continue
		}
		into[t.stem] = max(into[t.stem], weight)
	}
}

// enumValues reads an enumeration with its x-synonyms.
func enumValues(s *jsonschema.Schema) []enumValue {
	syn := orchestrator.Synonyms(s)
	var out []enumValue
	for _, v := range s.Enum {
		name := fmt.Sprint(v)
		e := enumValue{value: v}
		for _, form := range append([]string{name}, syn[name]...) {
			form = strings.NewReplacer("_", " ", "-", " ").Replace(form)
			var words, stems []string
			for _, t := range tokenize(form) {
				if t.kind == tokPunct {
					continue
				}
				words = append(words, t.low)
				stems = append(stems, t.stem)
			}
			if len(words) > 0 {
				e.forms = append(e.forms, words)
				e.stems = append(e.stems, stems)
			}
		}
		out = append(out, e)
	}
	return out
}

// find returns where a form of the value stands in the tokens, and how long it
// is; -1 if nowhere. Exact words come before other forms of the same words.
func (v enumValue) find(toks []token) (at, length int) {
	if at, length = v.findAs(toks, true); length == 0 {
		at, length = v.findAs(toks, false)
	}
	return at, length
}

// findAs is find for the exact words alone, or for other forms of them.
func (v enumValue) findAs(toks []token, exact bool) (at, length int) {
	for k, form := range v.forms {
		for i := range toks {
			if exact && len(form) > 1 && joinedForm(toks[i], form) {
				return i, 1
			}
			ok := i+len(form) <= len(toks)
			for j := 0; ok && j < len(form); j++ {
				t := toks[i+j]
				if t.kind == tokPunct || (exact && t.low != form[j]) || (!exact && (t.stem != v.stems[k][j] || functionWords[t.low] && t.low != form[j])) {
					ok = false
				}
			}
			if ok && (len(form) > 1 || len(form[0]) > 1 || letterStands(toks, i)) {
				return i, len(form)
			}
		}
	}
	return -1, 0
}

// letterStands tells whether the letter at i stands for a value rather than being the
// article or a slip: zone c, size M.
func letterStands(toks []token, i int) bool {
	if i == 0 {
		return len(wordsOnly(toks)) == 1
	}
	prev, capital := toks[i-1], isCapital(toks[i].text)
	if prev.kind != tokWord || nounMarks[prev.low] {
		return capital
	}
	return capital || !functionWords[prev.low] && !generalVerbs[prev.low] && (toks[i].low != "a" || i+1 == len(toks))
}

// loosely tells whether all words of content of one of the value's forms stand in the
// words, whatever the small words between them: in the locker for at_locker.
func (v enumValue) loosely(toks []token) bool {
	for _, form := range v.forms {
		n := 0
		for _, w := range form {
			if functionWords[w] {
				continue
			}
			if len(w) < 4 || !slices.ContainsFunc(toks, func(t token) bool { return t.low == w || stripPlural(t.low) == w }) {
				n = -len(form)
			}
			n++
		}
		if n > 0 && n < len(form) {
			return true
		}
	}
	return false
}

// overStems are those of words for a thing that nothing more will happen to.
var overStems = map[string]bool{
	stem("closed"): true, stem("solved"): true, stem("resolved"): true, stem("done"): true, stem("completed"): true, stem("finished"): true, stem("cancelled"): true, stem("canceled"): true,
	stem("rejected"): true, stem("declined"): true, stem("paid"): true, stem("delivered"): true, stem("returned"): true, stem("collected"): true, stem("ended"): true, stem("expired"): true,
	stem("over"): true, stem("archived"): true, stem("fixed"): true, stem("settled"): true, stem("withdrawn"): true, stem("stopped"): true,
}

// overIn finds the enumeration that says whether a thing is over, and lists the values
// by which it is, as CEL. The field is nil if there is none, or if some value is called
// open itself.
func overIn(fields []*field) (*field, string) {
	for _, f := range fields {
		if f.kind != kindEnum || f.optional {
			continue
		}
		var over []string
		for _, v := range f.values {
			for _, form := range v.stems {
				if len(form) == 1 && (form[0] == "open" || form[0] == "activ") {
					return nil, ""
				}
			}
			if len(v.stems) > 0 && len(v.stems[0]) == 1 && overStems[v.stems[0][0]] {
				over = append(over, celValue(v.value))
			}
		}
		if len(over) > 0 && len(over) < len(f.values) {
			return f, "[" + strings.Join(over, ", ") + "]"
		}
	}
	return nil, ""
}

// begun returns, as a CEL list, the values of an enumeration that stand before the one
// for work going on, if the words say that something has started. It is "" if they do
// not, or there is no such value.
func (f *field) begun(toks []token) string {
	if !slices.ContainsFunc(toks, func(t token) bool { return t.is("started", "begun", "began") }) {
		return ""
	}
	for i, v := range f.values {
		for _, form := range v.stems {
			if i == 0 || !slices.ContainsFunc(form, func(w string) bool {
				return w == "progres" || w == "progress" || w == stem("running") || w == stem("started") || w == stem("ongoing")
			}) {
				continue
			}
			var before []string
			for _, b := range f.values[:i] {
				before = append(before, celValue(b.value))
			}
			return "[" + strings.Join(before, ", ") + "]"
		}
	}
	return ""
}

// joinedForm tells whether the token is a form of several words written as one:
// x-ray for x ray.
func joinedForm(t token, form []string) bool {
	return t.kind == tokWord && strings.ContainsAny(t.low, "-_") && strings.NewReplacer("-", "", "_", "").Replace(t.low) == strings.Join(form, "")
}

// score sums the weights of the tokens' stems among the field's words.
func (f *field) score(toks []token) int {
	n := 0
	for _, t := range toks {
		if t.kind == tokWord {
			n += f.words[t.stem]
		}
	}
	return n
}

// isText tells whether the field holds text that people would describe a thing
// by, as opposed to a code.
func (f *field) isText() bool {
	return f.kind == kindText && !f.coded && !keyLike(f.name) && f.name != "currency"
}
