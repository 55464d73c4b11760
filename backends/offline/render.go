package offline

import (
	"cmp"
	"strings"
	"unicode/utf8"

	"banyan/orchestrator"
)

// listed bounds the rows of a table or list, and few those from which on a table
// is easier to read than sentences.
const (
	listed = 20
	few    = 3
)

// long is the length in characters from which on a text is no fact in a line.
const long = 120

// general tells a result without a template: a change as what was done and the
// facts that matter, a list as a list or table, an object as a sentence or facts.
func (w *answerWriter) general(s *orchestrator.StepRecord, e *orchestrator.Entry) {
	o := objectOf(s.Result, e)
	if w.changes(s) {
		w.changed(s, o)
		return
	}
	o = o.unwrapped()
	if text, ok := o.onlyText(); ok {
		w.paragraph(w.text(text, nil))
		return
	}
	if name, list, ok := o.mainList(); ok {
		w.list(s, o, name, list)
		return
	}
	w.object(o, s)
}

// unwrapped is the object inside one that holds nothing else.
func (o shown) unwrapped() shown {
	for name, v := range o.data {
		if in, ok := v.(map[string]any); ok && len(o.data) == 1 && len(in) > 0 {
			in := o.inner(in, o.property(name))
			in.kind = snakeCase(name)
			return in
		}
	}
	return o
}

// onlyText is the text of a result that is nothing but a text.
func (o shown) onlyText() (string, bool) {
	for _, name := range []string{"result", "text", "content", "message", "output", "answer", "value"} {
		if s, ok := o.data[name].(string); ok && len(o.data) == 1 {
			return s, s != ""
		}
	}
	return "", false
}

// changed tells a change: what was done, and what is new or how things stand now.
func (w *answerWriter) changed(s *orchestrator.StepRecord, o shown) {
	text := w.lang.Answer("done", "what", w.what(s))
	var facts []string
	for _, c := range s.Changes {
		if utf8.RuneCountInString(c.Old)+utf8.RuneCountInString(c.New) <= long {
			facts = append(facts, plain(c.Field)+": "+plain(c.Old)+" → "+plain(c.New))
		}
	}
	if len(facts) == 0 {
		facts = w.facts(o, 4, text)
	}
	if len(facts) > 0 {
		text += " " + capitalised(strings.Join(facts[:min(len(facts), 4)], ", ")) + "."
	}
	w.paragraph(text)
}

// line tells an object in a line: what it is in bold, and its most useful facts.
func (w *answerWriter) line(o shown) string {
	names := bestColumns([]shown{o}, columns)
	lead := o.identifier()
	naming := namingField([]shown{o}, names)
	if lead == "" {
		for _, n := range append([]string{naming}, "name", "title", "label") {
			if _, ok := o.data[n].(string); ok {
				lead = n
			}
		}
	}
	var facts []string
	if lead != "" {
		facts = append(facts, "**"+clipped(w.format(o, lead, o.data[lead], o.property(lead)), wide)+"**")
	}
	amounts := 0
	for _, n := range names {
		if _, ok := o.data[n].(float64); ok && o.money(n) != "" {
			amounts++
		}
	}
	for _, n := range names {
		v, p := o.data[n], o.property(n)
		text := clipped(w.format(o, n, v, p), long)
		if n == lead || text == "" {
			continue
		}
		switch t := v.(type) {
		case string:
			if isTime(t, p) {
				text = w.tensed(w.small(o.label(n)), t) + " " + text
			} else if isIdentifier(n) {
				text = w.small(o.label(n)) + " " + text
			}
		case float64:
			if counted := w.counted(o, n); counted != "" {
				text = counted
			} else if o.money(n) == "" || amounts > 1 {
				text = w.small(o.label(n)) + " " + text
			}
		case bool:
			text = w.small(o.label(n)) + ": " + text
		}
		facts = append(facts, text)
	}
	return strings.Join(facts, ", ")
}

// object tells one object: up to three facts in a sentence, more as a list, long
// texts and lists of things behind it.
func (w *answerWriter) object(o shown, s *orchestrator.StepRecord) {
	id := o.identifier()
	var facts, texts [][2]string
	var parts []string // lists of things
	add := func(label, text string) {
		switch {
		case text == "":
		case utf8.RuneCountInString(text) > long:
			texts = append(texts, [2]string{label, text})
		default:
			facts = append(facts, [2]string{label, text})
		}
	}
	for _, n := range o.fieldNames() {
		if n == id || n == "currency" && o.currency != "" {
			continue
		}
		switch t := o.data[n].(type) {
		case map[string]any:
			w.nested(o, n, t, add)
		case []any:
			if rows := o.rows(n, t); len(rows) > 1 && len(rows) == len(t) && len(bestColumns(rows, columns)) >= few {
				parts = append(parts, n)
				continue
			}
			add(o.label(n), w.format(o, n, t, o.property(n)))
		default:
			add(o.label(n), w.format(o, n, t, o.property(n)))
		}
	}
	name := ""
	if id != "" {
		name = capitalised(w.called(o))
	}
	w.headed(name, facts, len(texts)+len(parts) > 0, s)
	for _, t := range texts {
		w.paragraph("**" + capitalised(t[0]) + "**: " + t[1])
	}
	for _, n := range parts {
		list, _ := o.data[n].([]any)
		w.paragraph("**" + capitalised(o.label(n)) + "**")
		w.rows(o.rows(n, list[:min(len(list), listed)]))
		if more := len(list) - listed; more > 0 {
			w.sentence("more", "n", w.say.Number(more))
		}
	}
}

// headed tells the facts of an object under its name.
func (w *answerWriter) headed(name string, facts [][2]string, goesOn bool, s *orchestrator.StepRecord) {
	switch {
	case len(facts) == 0 && name != "":
		w.paragraph("**" + name + "**")
	case len(facts) == 0 && s != nil && !goesOn:
		w.sentence("nothing_found")
	case len(facts) == 0:
	case len(facts) <= few:
		parts := make([]string, len(facts))
		for i, f := range facts {
			parts[i] = f[0] + ": " + f[1]
		}
		text := strings.Join(parts, ", ")
		if name != "" {
			text = name + ", " + text
		}
		w.paragraph(finished(capitalised(text)))
	default:
		var b strings.Builder
		if name != "" {
			b.WriteString("**" + name + "**\n\n")
		}
		for _, f := range facts {
			b.WriteString("- **" + capitalised(f[0]) + "**: " + f[1] + "\n")
		}
		w.paragraph(b.String())
	}
}

// nested adds the facts of an object inside another, one level deep; an object of
// plain texts, such as an address, is one fact.
func (w *answerWriter) nested(o shown, name string, data map[string]any, add func(label, text string)) {
	in := o.inner(data, o.property(name))
	plainTexts := len(data) > 0
	for _, n := range in.fieldNames() {
		t, ok := data[n].(string)
		p := in.property(n)
		plainTexts = plainTexts && (data[n] == nil || ok && !isTime(t, p) && (p == nil || len(p.Enum) == 0))
	}
	if plainTexts {
		add(o.label(name), w.format(o, name, data, o.property(name)))
		return
	}
	for _, n := range in.fieldNames() {
		if n != "currency" {
			add(o.label(name)+", "+in.label(n), w.format(in, n, data[n], in.property(n)))
		}
	}
}

// facts returns the n most useful facts of an object as "label value", but for an
// identifier that has been said.
func (w *answerWriter) facts(o shown, n int, said string) []string {
	var out []string
	if id := o.identifier(); id != "" && !strings.Contains(said, w.format(o, id, o.data[id], o.property(id))) {
		out = append(out, w.called(o))
	}
	for _, c := range bestColumns([]shown{o}, n+1) {
		if isIdentifier(c) || len(out) >= n {
			continue
		}
		if text := w.format(o, c, o.data[c], o.property(c)); text != "" && utf8.RuneCountInString(text) <= long {
			out = append(out, cmp.Or(w.counted(o, c), w.small(o.label(c))+" "+text))
		}
	}
	return out
}

// counted says a number whose label is what it counts: 12 seats. It is empty for all
// else, and where plurals cannot be told by their ending.
func (w *answerWriter) counted(o shown, name string) string {
	n, ok := o.data[name].(float64)
	label := w.small(o.label(name))
	if !ok || w.lang != nil || orchestrator.Unit(o.property(name)) != "" || o.money(name) != "" || strings.Contains(label, " ") || orchestrator.SingularOf(label) == label || strings.HasSuffix(label, "us") || strings.HasSuffix(label, "is") {
		return ""
	}
	return w.say.Plural(n, orchestrator.SingularOf(label))
}

// small is a label as it stands within a sentence.
func (w *answerWriter) small(label string) string {
	if w.say.Locale != nil && w.say.Locale.NounsUpper {
		return label
	}
	return lowerFirst(label)
}

// clipped shortens a text to n characters, between words if it can.
func clipped(text string, n int) string {
	if utf8.RuneCountInString(text) <= n {
		return text
	}
	cut := []rune(text)[:n]
	for k := n - 1; k > n/2; k-- {
		if cut[k] == ' ' {
			cut = cut[:k]
			break
		}
	}
	return strings.TrimRight(string(cut), " ,;\\") + " …"
}
