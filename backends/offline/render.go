package offline

import (
	"strings"

	"banyan/orchestrator"
)

// listed bounds the rows of a table.
const listed = 20

// general tells a result without a template: a change as what was done and the
// facts that matter, a list as a table, an object as a sentence or a short list.
func (w *answerWriter) general(s *orchestrator.StepRecord, e *orchestrator.Entry) {
	o := objectOf(s.Result, e)
	if w.changes(s) {
		text := "Done: " + w.sentence(s) + "."
		if facts := w.facts(o, 4); len(facts) > 0 {
			text += " " + capitalised(strings.Join(facts, ", ")) + "."
		}
		w.paragraph(text)
		return
	}
	if name, list, ok := o.mainList(); ok {
		w.list(s, o, name, list)
		return
	}
	w.object(o, s)
}

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

// none says kindly that a list is empty.
func (w *answerWriter) none(s *orchestrator.StepRecord, noun string) string {
	nouns := orchestrator.PluralOf(noun)
	var with []string
	o := shown{data: s.Args}
	if e := w.entry(s); e != nil {
		o.schema = e.Params
	}
	for _, n := range o.fieldNames() {
		if text := o.format(n, s.Args[n], o.property(n), w.say); text != "" && n != "limit" {
			with = append(with, o.label(n)+" "+text)
		}
	}
	filter := ""
	if len(with) > 0 {
		filter = " with " + orchestrator.JoinAnd(with)
	}
	switch who := w.owner(s); {
	case who == "":
		return "There are no " + nouns + filter + "."
	case who == "you" && filter == "":
		return "You have no " + nouns + " yet."
	case who == "you":
		return "You have no " + nouns + filter + "."
	default:
		return who + " has no " + nouns + filter + "."
	}
}

// owner says whom a step is about: "you", a name, or "" for nobody.
func (w *answerWriter) owner(s *orchestrator.StepRecord) string {
	switch {
	case s.For == "":
		return ""
	case strings.EqualFold(s.For, w.req.User.Email):
		return "you"
	case strings.EqualFold(s.For, w.req.Subject.Email) && w.req.Subject.Name != "":
		return plain(w.req.Subject.Name)
	}
	return plain(s.For)
}

// list tells a list: one object by itself, more of them as a table.
func (w *answerWriter) list(s *orchestrator.StepRecord, o shown, name string, list []any) {
	noun := o.noun(name)
	if len(list) == 0 {
		w.paragraph(w.none(s, noun))
		return
	}
	count := w.say.Plural(float64(len(list)), noun)
	lead := capitalised(count) + ":"
	switch who := w.owner(s); who {
	case "":
	case "you":
		lead = "You have " + count + ":"
	default:
		lead = who + " has " + count + ":"
	}
	rows := make([]shown, 0, len(list))
	items := o.property(name)
	if items != nil {
		items = items.Items
	}
	for _, e := range list {
		if m, ok := e.(map[string]any); ok {
			rows = append(rows, o.inner(m, items))
		}
	}
	if len(rows) != len(list) { // plain values
		text := o.format(name, list, o.property(name), w.say)
		w.paragraph(lead + " " + finished(text))
		return
	}
	if len(rows) == 1 {
		w.paragraph(lead)
		w.object(rows[0], nil)
		return
	}
	w.paragraph(lead)
	more := 0
	if len(rows) > listed {
		more = len(rows) - listed
		rows = rows[:listed]
	}
	w.paragraph(w.table(rows))
	if more > 0 {
		w.paragraph("… and " + w.say.Plural(float64(more), "more "+noun) + ".")
	}
}

// object tells one object: up to three facts in a sentence, more as a list.
func (w *answerWriter) object(o shown, s *orchestrator.StepRecord) {
	id := o.identifier()
	var facts [][2]string
	for _, n := range o.fieldNames() {
		if n == id || n == "currency" && o.currency != "" {
			continue
		}
		if in, ok := o.data[n].(map[string]any); ok && len(in) > 0 {
			facts = append(facts, w.nested(o, n, in)...)
			continue
		}
		if text := o.format(n, o.data[n], o.property(n), w.say); text != "" {
			facts = append(facts, [2]string{o.label(n), text})
		}
	}
	name := ""
	if id != "" {
		name = capitalised(o.called())
	}
	if len(facts) == 0 {
		switch {
		case name != "":
			w.paragraph(name + ".")
		case s != nil:
			w.paragraph("Nothing was found.")
		}
		return
	}
	if len(facts) <= 3 {
		var parts []string
		for _, f := range facts {
			parts = append(parts, f[0]+": "+f[1])
		}
		text := strings.Join(parts, ", ")
		if name != "" {
			text = name + ", " + text
		}
		w.paragraph(finished(capitalised(text)))
		return
	}
	var b strings.Builder
	if name != "" {
		b.WriteString("**" + name + "**\n\n")
	}
	for _, f := range facts {
		b.WriteString("- **" + capitalised(f[0]) + "**: " + f[1] + "\n")
	}
	w.paragraph(b.String())
}

// nested lists the facts of an object inside another, one level deep.
func (w *answerWriter) nested(o shown, name string, data map[string]any) [][2]string {
	in := o.inner(data, o.property(name))
	var facts [][2]string
	for _, n := range in.fieldNames() {
		if n == "currency" {
			continue
		}
		if text := in.format(n, data[n], in.property(n), w.say); text != "" {
			facts = append(facts, [2]string{o.label(name) + ", " + in.label(n), text})
		}
	}
	return facts
}

// facts returns the n most useful facts of an object as "label value".
func (w *answerWriter) facts(o shown, n int) []string {
	var out []string
	if id := o.identifier(); id != "" {
		out = append(out, o.called())
	}
	for _, c := range bestColumns([]shown{o}, n+1) {
		if isIdentifier(c) || len(out) >= n {
			continue
		}
		if text := o.format(c, o.data[c], o.property(c), w.say); text != "" {
			out = append(out, o.label(c)+" "+text)
		}
	}
	return out
}
