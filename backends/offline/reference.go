package offline

import (
	"fmt"
	"strings"

	"banyan/orchestrator"
)

// reference is what fills a key: a literal, or the key of an object in the result
// of a lookup.
type reference struct {
	arg orchestrator.Arg
	// object is how CEL reaches the object itself, "" for a literal; fields are
	// its fields.
	object string
	fields []*field
	who    string
	// inner are the words that were looked for inside the object's lists, by the
	// list's name: what a parameter that names a part can take.
	inner string
	text  string
	// guard is a condition without which there is no such object, and what it says.
	guard, guardText string
	// key is the parameter that arg fills, if it is not one of the intent's own.
	key string
}

// resolve fills a key that the message describes instead of naming. ask is true
// if only the user can say what is meant; several are the objects if the user
// means more than one.
func (p *planner) resolve(sl *slot, d description, who string) (refs []reference, ask bool) {
	if d.other {
		if r, ok := p.otherOne(sl, d, who); ok {
			return []reference{r}, false
		}
	}
	set := p.recentSet(sl, who)
	if d.both {
		set = p.lastTwo(sl, who)
	}
	if d.empty() && (d.both && len(set) == 2 || d.plural && d.pronoun && len(set) > 1 && len(set) <= mostAtOnce) {
		for _, v := range set {
			refs = append(refs, reference{arg: orchestrator.Arg{Value: v, Text: d.text}, who: who})
		}
		return refs, false
	}
	if d.empty() && !d.both && !d.all && !d.plural {
		if r, ok := p.last[sl.name]; ok && r.who == who {
			return []reference{r}, false
		}
		if d.pronoun || d.demo || d.definite || !d.noun || d.alias {
			if r, ok := p.antecedent(sl, who); ok {
				return []reference{p.orCalled(sl, d, r)}, false
			}
		}
	}
	if !d.empty() && len(d.words) > 0 && len(d.relative) == 0 && len(d.status) == 0 {
		if r, ok := p.recall(sl, d, who); ok {
			return []reference{r}, false
		}
	}
	if d.ordinal > 0 && len(d.words) == 0 && !strings.Contains(d.text, "est") {
		if keys := p.told(sl, who); len(keys) >= d.ordinal {
			return []reference{{arg: orchestrator.Arg{Value: keys[d.ordinal-1], Text: d.text}, who: who}}, false
		}
	}
	if len(sl.makers) == 0 {
		return nil, true
	}
	m := p.pickMaker(sl, d)
	id := p.lookup(m.skill, m.list.name, who, nil)
	list := "steps." + id + "." + m.list.name
	if d.both {
		a := p.objectRef(m, list, d, who, 1)
		b := p.objectRef(m, list, d, who, 2)
		return []reference{a, b}, false
	}
	return []reference{p.objectRef(m, list, d, who, 0)}, false
}

// orCalled prefers the one object that is labelled with the word that the description
// uses to the one that was spoken of before.
func (p *planner) orCalled(sl *slot, d description, before reference) reference {
	key, literal := before.arg.Value.(string)
	if !literal || len(sl.makers) == 0 || d.pronoun || d.demo {
		return before
	}
	m := sl.makers[0]
	called := d.calledIn(m)
	if called == "" {
		return before
	}
	list := "steps." + p.lookup(m.skill, m.list.name, before.who, nil) + "." + m.list.name
	named := list + ".filter(o, " + called + ")"
	return reference{who: before.who, arg: orchestrator.Arg{
		Ref: "size(" + named + ") == 1 ? " + named + "[0]." + m.key + " : " + celValue(key), Text: d.text,
	}}
}

// pickMaker chooses the list whose objects have texts to be described by.
func (p *planner) pickMaker(sl *slot, d description) maker {
	for _, m := range sl.makers {
		if len(d.words) == 0 || containsWord("x", "o", m.list.sub, 0) != "" {
			return m
		}
	}
	return sl.makers[0]
}

// objectRef writes the reference to the object that the description means; nth
// counts from the newest, 0 takes the description's own place.
func (p *planner) objectRef(m maker, list string, d description, who string, nth int) reference {
	tests := p.testsOf(m, d)
	inner := ""
	text := ""
	if len(d.words) > 0 {
		text = containsAll(d.words, "o", m.list.sub)
		if strings.Contains(text, " || ") && len(d.words) == 1 {
			text = "(" + text + ")"
		}
		var ws []string
		for _, w := range d.words {
			ws = append(ws, strings.ToLower(w.text))
		}
		inner = strings.Join(ws, " ")
	}
	filter := func(all []string) string {
		if len(all) == 0 {
			return list
		}
		return list + ".filter(o, " + strings.Join(all, " && ") + ")"
	}
	r := reference{fields: m.list.sub, who: who, inner: inner, text: d.text}
	key := "." + m.key
	if text == "" {
		r.object = pick(filter(tests), m, d, nth)
		if called := d.calledIn(m); called != "" && nth == 0 {
			named := filter(append(append([]string{}, tests...), called))
			r.object = "(size(" + named + ") == 1 ? " + named + "[0] : " + r.object + ")"
		}
		if d.loose && len(tests) > 0 {
			r.object = "(size(" + filter(tests) + ") > 0 ? " + r.object + " : " + pick(list, m, description{}, nth) + ")"
		}
		r.arg = orchestrator.Arg{Ref: r.object + key, Text: d.text}
		return r
	}
	found := filter(append(append([]string{}, tests...), text))
	r.object = pick(found, m, d, nth)
	if len(d.core) > 0 && len(d.core) < len(d.words) {
		part := containsAll(d.core, "o", m.list.sub)
		if strings.Contains(part, " || ") {
			part = "(" + part + ")"
		}
		if part != "" {
			r.object = "(size(" + found + ") > 0 ? " + r.object + " : " + pick(filter(append(append([]string{}, tests...), part)), m, d, nth) + ")"
		}
	}
	if d.loose {
		r.object = "(size(" + found + ") > 0 ? " + r.object + " : " + pick(filter(tests), m, d, nth) + ")"
	}
	r.arg = orchestrator.Arg{Ref: r.object + key, Text: d.text}
	return r
}

// pick writes which element of the list is meant.
func pick(list string, m maker, d description, nth int) string {
	place := d.ordinal
	if nth > 0 {
		place = -nth
	}
	if f := mainTime(m.list.sub); d.next && f != nil {
		return list + ".filter(o, o." + f.name + " > now).sortBy(o, o." + f.name + ")[0]"
	}
	if place == 0 && nth == 0 && len(d.words) > 0 {
		return list + "[0]"
	}
	if place == 0 {
		place = -1
	}
	if d.extreme != "" {
		if f := amountField(m.list.sub); f != nil {
			sorted := list + ".sortBy(o, o." + f.name + ")"
			if extremes[d.extreme] {
				return sorted + "[0]"
			}
			return sorted + "[size(" + list + ") - 1]"
		}
	}
	newest, oldest := ordered(m)
	switch {
	case newest && place < 0:
		return fmt.Sprintf("%s[%d]", list, -place-1)
	case newest:
		return fmt.Sprintf("%s[size(%s) - %d]", list, list, place)
	case oldest && place > 0:
		return fmt.Sprintf("%s[%d]", list, place-1)
	case oldest:
		return fmt.Sprintf("%s[size(%s) - %d]", list, list, -place)
	}
	f := mainTime(m.list.sub)
	if f == nil || f.optional {
		if place < 0 && d.ordinal == 0 {
			return fmt.Sprintf("%s[%d]", list, -place-1)
		}
		if place < 0 {
			return fmt.Sprintf("%s[size(%s) - %d]", list, list, -place)
		}
		return fmt.Sprintf("%s[%d]", list, place-1)
	}
	sorted := list + ".sortBy(o, o." + f.name + ")"
	if place > 0 {
		return fmt.Sprintf("%s[%d]", sorted, place-1)
	}
	return fmt.Sprintf("%s[size(%s) - %d]", sorted, list, -place)
}

// ordered tells how the list says that it is sorted.
func ordered(m maker) (newest, oldest bool) {
	said := m.list.about + " " + strings.ToLower(m.skill.Summary)
	if m.skill.Result != nil {
		said += " " + strings.ToLower(m.skill.Result.Description)
	}
	for _, w := range []string{"newest first", "latest first", "most recent first", "recent first", "newest to oldest", "descending"} {
		newest = newest || strings.Contains(said, w)
	}
	for _, w := range []string{"oldest first", "earliest first", "soonest first", "next first", "oldest to newest"} {
		oldest = oldest || strings.Contains(said, w)
	}
	return newest, oldest && !newest
}

// amountField is the number that "cheapest" and "biggest" speak of.
func amountField(fields []*field) *field {
	var any *field
	for _, f := range fields {
		if f.kind != kindNumber && f.kind != kindInteger || f.optional {
			continue
		}
		if isMoney(f, fields) {
			return f
		}
		if any == nil {
			any = f
		}
	}
	return any
}

// labelNames are what the fields are called in which people name their objects.
var labelNames = set("label name nickname alias title")

// calledIn writes which objects have the word in their labels that the description
// uses for an object, "" if it uses the object's own name or says more than that: "my
// phone" may be the line with that label.
func (d description) calledIn(m maker) string {
	if !d.alias || !d.empty() || d.plural || d.all || d.both || d.count > 1 {
		return ""
	}
	var labels []*field
	for _, f := range m.list.sub {
		if f.kind == kindText && labelNames[f.name] {
			labels = append(labels, f)
		}
	}
	return containsAll([]token{d.called}, "o", labels)
}
