package chaos

import (
	"maps"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/google/jsonschema-go/jsonschema"

	"banyan/orchestrator"
)

// Bug is a way in which answers can be wrong.
type Bug struct {
	// Name is what Fault.Bug says, Text tells it in a sentence.
	Name, Text string
}

// bug is a Bug at work.
type bug struct {
	Bug
	// change makes one value of a result wrong. It gets a copy, whose parts have been
	// changed already, and the value's schema, which is nil if nothing is said of it.
	change func(v any, s *jsonschema.Schema) any
	// remembers means that the first answer to a read is given for ever; there is no
	// change then.
	remembers bool
}

// bugs lists all of them. Each works on any result, by its schema and by the form of
// its values, and gives the same wrong answer for the same right one. All but the last
// keep to the schema.
func bugs() []bug {
	return []bug{
		{Bug: Bug{"off_by_one_date", "Every date and every time is one day late."}, change: dayLater},
		{Bug: Bug{"amount_cents", "Amounts of money are a hundred times too high, as if cents were taken for the whole."}, change: cents},
		{Bug: Bug{"wrong_choice", "Wherever one of a few fixed values is possible, such as a status, it is the next one."}, change: nextChoice},
		{Bug: Bug{"dropped_field", "Something is left out: a field that may be absent, or the last entry of a list."}, change: drop},
		{Bug: Bug{"reversed_list", "Lists come in the opposite order."}, change: reverse},
		{Bug: Bug{"stale", "A read says for ever what it said first, whatever has changed since."}, remembers: true},
		{Bug: Bug{"number_as_text", "Numbers come as text, which breaks what the service says of its own answers."}, change: text},
	}
}

// Bugs lists the wrong answers that a fault can have.
func Bugs() []Bug {
	var list []Bug
	for _, b := range bugs() {
		list = append(list, b.Bug)
	}
	return list
}

func bugNames() []string {
	var names []string
	for _, b := range bugs() {
		names = append(names, b.Name)
	}
	return names
}

// bugNamed returns the bug of that name, or nil.
func bugNamed(name string) *bug {
	for _, b := range bugs() {
		if b.Name == name {
			return &b
		}
	}
	return nil
}

// dayLater moves a date or a time to the next day.
func dayLater(v any, s *jsonschema.Schema) any {
	day, ok := v.(string)
	if !ok || s != nil && (s.Format != "" && s.Format != "date" && s.Format != "date-time" || fixed(s)) {
		return v
	}
	for _, layout := range []string{time.DateOnly, time.RFC3339Nano} {
		if t, err := time.Parse(layout, day); err == nil && t.Year() < 9999 {
			return t.AddDate(0, 0, 1).Format(layout)
		}
	}
	return v
}

// cents multiplies an amount by a hundred: a number in a currency, or one that need
// not be whole and has no unit.
func cents(v any, s *jsonschema.Schema) any {
	n, ok := v.(float64)
	unit := orchestrator.Unit(s)
	switch {
	case !ok, s != nil && fixed(s):
		return v
	case s == nil && n == math.Trunc(n): // it may as well be a count
		return v
	case s != nil && !currency(unit) && (unit != "" || !may(s, "number")):
		return v
	}
	wrong := math.Round(n*1e8) / 1e6 // 995, not 994.9999999999999
	if s != nil && (above(wrong, s.Maximum, s.ExclusiveMaximum) || above(-wrong, negative(s.Minimum), negative(s.ExclusiveMinimum))) || math.IsInf(wrong, 0) {
		return v
	}
	return wrong
}

// currency tells whether a unit looks like a code of ISO 4217.
func currency(unit string) bool {
	for _, c := range unit {
		if c < 'A' || c > 'Z' {
			return false
		}
	}
	return len(unit) == 3
}

func above(n float64, most, less *float64) bool {
	return most != nil && n > *most || less != nil && n >= *less
}

func negative(n *float64) *float64 {
	if n == nil {
		return nil
	}
	m := -*n
	return &m
}

// nextChoice takes the next value of an enumeration, and the first after the last.
func nextChoice(v any, s *jsonschema.Schema) any {
	if s == nil || len(s.Enum) < 2 {
		return v
	}
	for i, one := range s.Enum {
		if one == v {
			return s.Enum[(i+1)%len(s.Enum)]
		}
	}
	return v
}

// drop leaves out the last optional field of an object by name; if there is none, the
// last entry of each of its lists.
func drop(v any, s *jsonschema.Schema) any {
	object, ok := v.(map[string]any)
	if !ok {
		return v
	}
	names := slices.Sorted(maps.Keys(object))
	if s == nil || s.MinProperties == nil || len(object) > *s.MinProperties {
		for _, name := range slices.Backward(names) {
			if s == nil || !slices.Contains(s.Required, name) {
				delete(object, name)
				return object
			}
		}
	}
	for _, name := range names {
		list, ok := object[name].([]any)
		if !ok || len(list) == 0 {
			continue
		}
		if p := part(s, name); p == nil || p.MinItems == nil || len(list) > *p.MinItems {
			object[name] = list[:len(list)-1]
		}
	}
	return object
}

// reverse turns a list round.
func reverse(v any, s *jsonschema.Schema) any {
	if list, ok := v.([]any); ok && (s == nil || len(s.PrefixItems) == 0 && len(s.ItemsArray) == 0) {
		slices.Reverse(list)
	}
	return v
}

// text writes a number as text.
func text(v any, _ *jsonschema.Schema) any {
	if n, ok := v.(float64); ok {
		return strconv.FormatFloat(n, 'f', -1, 64)
	}
	return v
}
