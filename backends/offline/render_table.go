package offline

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// columns is how many columns a table has at most, and wide the length of a
// value, in characters, from which on a column is better left out.
const (
	columns = 5
	wide    = 48
)

// table writes objects as a Markdown table of their most useful fields, in the
// order of the schema. Numbers stand to the right.
func (w *answerWriter) table(rows []shown) string {
	names := bestColumns(rows, columns)
	var b strings.Builder
	for _, n := range names {
		b.WriteString("| " + capitalised(rows[0].label(n)) + " ")
	}
	b.WriteString("|\n")
	for _, n := range names {
		if numeric(rows, n) {
			b.WriteString("| ---: ")
		} else {
			b.WriteString("| --- ")
		}
	}
	b.WriteString("|\n")
	for _, r := range rows {
		for _, n := range names {
			text := clipped(w.format(r, n, r.data[n], r.property(n)), wide)
			if text == "" {
				text = "–"
			}
			b.WriteString("| " + text + " ")
		}
		b.WriteString("|\n")
	}
	return b.String()
}

func numeric(rows []shown, name string) bool {
	return !slices.ContainsFunc(rows, func(r shown) bool {
		_, ok := r.data[name].(float64)
		return !ok && r.data[name] != nil
	})
}

// bestColumns returns the n most useful fields of the objects, in the order in
// which they come in the schema.
func bestColumns(rows []shown, n int) []string {
	var names []string
	for _, r := range rows {
		for _, f := range r.fieldNames() {
			if !slices.Contains(names, f) {
				names = append(names, f)
			}
		}
	}
	if order := orderOf(rows[0]); order != nil {
		slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(order(a), order(b)) })
	}
	naming := namingField(rows, names)
	type scored struct {
		name  string
		value float64
	}
	var all []scored
	for _, f := range names {
		v := usefulness(rows, f)
		if f == naming {
			v *= 2
		}
		if v > 0 {
			all = append(all, scored{f, v})
		}
	}
	slices.SortStableFunc(all, func(a, b scored) int { return cmp.Compare(b.value, a.value) })
	all = all[:min(n, len(all))]
	return slices.DeleteFunc(names, func(f string) bool {
		return !slices.ContainsFunc(all, func(s scored) bool { return s.name == f })
	})
}

// namingField returns the field that says what the objects are: the first plain
// text, if none is called a name.
func namingField(rows []shown, names []string) string {
	for _, f := range names {
		if f == "name" || f == "title" || f == "label" {
			return ""
		}
	}
	for _, f := range names {
		t, ok := rows[0].data[f].(string)
		p := rows[0].property(f)
		if ok && f != "currency" && f != "status" && !isIdentifier(f) && (p == nil || len(p.Enum) == 0) && !isTime(t, p) {
			return f
		}
	}
	return ""
}

// orderOf returns the place of a field in the schema of o; nil without one.
func orderOf(o shown) func(string) int {
	if o.schema == nil || len(o.schema.PropertyOrder) == 0 {
		return nil
	}
	return func(name string) int {
		if i := slices.Index(o.schema.PropertyOrder, name); i >= 0 {
			return i
		}
		return len(o.schema.PropertyOrder)
	}
}

// usefulness weighs a field for a reader: what the thing is, how it stands, when
// and how much, by how many of the objects have it.
func usefulness(rows []shown, name string) float64 {
	if name == "currency" {
		return 0
	}
	var sum float64
	length, filled := 0, 0
	for _, r := range rows {
		v := r.data[name]
		p := r.property(name)
		switch t := v.(type) {
		case string:
			if t == "" {
				continue
			}
			filled++
			length += utf8.RuneCountInString(t)
			switch {
			case isIdentifier(name):
				sum += 100
			case p != nil && len(p.Enum) > 0, name == "status", name == "state":
				sum += 90
			case name == "name", name == "title", name == "label":
				sum += 95
			case isTime(t, p):
				sum += 70
			default:
				sum += 40
			}
		case float64:
			filled++
			switch {
			case isIdentifier(name):
				sum += 100
			case isMoneyName(name):
				sum += 80
			default:
				sum += 50
			}
		case bool:
			filled++
			sum += 35
		case []any:
			if len(t) > 0 {
				filled++
				sum += 60
			}
		case map[string]any:
			filled++
			sum += 20
		}
	}
	if filled == 0 {
		return 0
	}
	if length/filled > wide {
		sum *= 0.4
	}
	return sum / float64(len(rows))
}
