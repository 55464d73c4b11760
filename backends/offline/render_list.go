package offline

import (
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"banyan/orchestrator"
)

// mainList returns the list that an object is about: its only list of objects
// or texts, if all else in it counts or pages.
func (o shown) mainList() (name string, list []any, ok bool) {
	for _, n := range o.fieldNames() {
		switch t := o.data[n].(type) {
		case []any:
			if ok {
				return "", nil, false
			}
			name, list, ok = n, t, true
		case float64, bool, nil:
			if isMoneyName(n) {
				return "", nil, false
			}
		default:
			return "", nil, false
		}
	}
	return name, list, ok
}

// total is how many there are in all of what a list shows: what a field beside it
// counts, if that is more.
func (o shown) total(list []any) int {
	n := len(list)
	for _, name := range []string{"total_count", "total", "count", "total_results", "total_items"} {
		if f, ok := o.data[name].(float64); ok && f == float64(int(f)) && int(f) > n && orchestrator.Unit(o.property(name)) == "" {
			return int(f)
		}
	}
	return n
}

// filter says which of the things were asked for, from the arguments: the noun with
// an adjective before it, and what stands behind it.
func (w *answerWriter) filter(s *orchestrator.StepRecord, noun string) (narrowed, behind string) {
	o := shown{data: s.Args}
	if e := w.entry(s); e != nil {
		o.schema = e.Params
	}
	var with []string
	for _, n := range o.fieldNames() {
		p := o.property(n)
		text := w.format(o, n, s.Args[n], p)
		if text == "" || isCap(n) || utf8.RuneCountInString(text) > wide {
			continue
		}
		if adjective := w.lang.Answer("adjective", "value", text, "noun", noun); p != nil && len(p.Enum) > 0 && adjective != "" && !strings.Contains(text, " ") {
			noun = adjective
			continue
		}
		with = append(with, w.small(o.label(n))+" "+text)
	}
	if len(with) > 0 {
		behind = w.lang.Answer("filter", "filters", w.say.Locale.JoinAnd(with))
	}
	return noun, behind
}

// isCap tells whether a parameter only bounds or orders what is listed.
func isCap(name string) bool {
	return slices.Contains([]string{"limit", "page", "page_size", "per_page", "offset", "max_results", "top", "sort", "order_by", "cursor"}, name)
}

// none says kindly that a list is empty.
func (w *answerWriter) none(s *orchestrator.StepRecord, noun string) string {
	narrowed, behind := w.filter(s, noun)
	own := "none_own"
	if narrowed == noun && behind == "" {
		own = "none_yet"
	}
	return w.byOwner(s, own, "none_other", "none", "nouns", w.say.Locale.PluralOf(narrowed), "filter", behind)
}

// list tells a list: one object by itself, a few as lines, more of them as a table.
func (w *answerWriter) list(s *orchestrator.StepRecord, o shown, name string, list []any) {
	noun := w.noun(o, name)
	if len(list) == 0 {
		w.paragraph(w.none(s, noun))
		return
	}
	narrowed, behind := w.filter(s, noun)
	total := o.total(list)
	n := min(len(list), listed)
	count := w.say.Plural(float64(total), narrowed)
	if total > len(list) {
		w.paragraph(w.byOwner(s, "first_own", "first_other", "first", "count", count, "filter", behind, "n", w.say.Number(n)))
	} else {
		w.paragraph(w.byOwner(s, "have_own", "have_other", "have", "count", count, "filter", behind))
	}
	rows := o.rows(name, list[:n])
	for i := range rows {
		rows[i] = rows[i].without(s.Args)
	}
	switch {
	case len(rows) != n: // plain values
		w.values(o, name, list[:n])
	case len(rows) == 1:
		w.object(rows[0], nil)
	default:
		w.rows(rows)
	}
	if more := len(list) - n; more > 0 {
		w.sentence("more", "n", w.say.Number(more), "nouns", w.say.Locale.PluralOf(noun))
	}
}

// rows returns the objects of a list field.
func (o shown) rows(name string, list []any) []shown {
	rows := make([]shown, 0, len(list))
	items := o.property(name)
	if items != nil {
		items = items.Items
	}
	for _, e := range list {
		if m, ok := e.(map[string]any); ok {
			in := o.inner(m, items)
			in.kind = orchestrator.SingularOf(snakeCase(name))
			rows = append(rows, in)
		}
	}
	return rows
}

// without leaves out the fields that the list was asked for by: all of them have
// the same value there.
func (o shown) without(args map[string]any) shown {
	for name, v := range args {
		if t, ok := v.(string); ok && o.data[name] == t && !isIdentifier(name) {
			o.data = maps.Clone(o.data)
			delete(o.data, name)
		}
	}
	return o
}

// values tells a list of plain values: a few behind the lead, more as lines.
func (w *answerWriter) values(o shown, name string, list []any) {
	p := o.property(name)
	if p != nil {
		p = p.Items
	}
	var texts []string
	length := 0
	for _, v := range list {
		if text := w.format(o, name, v, p); text != "" {
			texts = append(texts, text)
			length += utf8.RuneCountInString(text)
		}
	}
	if lead := len(w.parts) - 1; lead >= 0 && length <= long {
		w.parts[lead] += " " + finished(w.say.Locale.JoinAnd(texts))
		return
	}
	w.paragraph("- " + strings.Join(texts, "\n- "))
}

// rows tells several objects: as a table if they are many and say much, else each
// in a line.
func (w *answerWriter) rows(rows []shown) {
	if len(rows) >= few && len(bestColumns(rows, columns)) >= few {
		w.paragraph(w.table(rows))
		return
	}
	lines := make([]string, len(rows))
	length := 0
	for i, r := range rows {
		lines[i] = w.line(r)
		length += utf8.RuneCountInString(lines[i])
	}
	if lead := len(w.parts) - 1; lead >= 0 && length <= long && strings.HasSuffix(w.parts[lead], ":") && !slices.ContainsFunc(lines, func(l string) bool { return strings.Contains(l, ", ") }) {
		w.parts[lead] += " " + w.say.Locale.JoinAnd(lines) + "."
		return
	}
	w.paragraph("- " + strings.Join(lines, "\n- "))
}

// oneList tells the results of several reads of one intent as one list. It reports
// whether they are objects that can be told so.
func (w *answerWriter) oneList(steps []*orchestrator.StepRecord, e *orchestrator.Entry) bool {
	rows := make([]shown, 0, len(steps))
	for _, s := range steps {
		o := objectOf(s.Result, e)
		if _, _, isList := o.mainList(); isList || w.changes(s) || len(o.data) == 0 {
			return false
		}
		rows = append(rows, o)
	}
	w.rows(rows)
	return true
}
