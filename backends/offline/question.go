package offline

import (
	"fmt"
	"strings"
	"unicode"

	"banyan/orchestrator"
)

// A question names all choices up to manyChoices of them, and of more the first
// fewChoices.
const (
	manyChoices = 12
	fewChoices  = 6
)

// question asks for a parameter in the words of its schema.
func (p *planner) question(sl *slot, step string) (string, *orchestrator.Missing) {
	m := &orchestrator.Missing{Step: step, Param: sl.name}
	title := strings.TrimSpace(sl.title)
	if !p.nounsUpper(step) {
		title = lowerFirst(title)
	}
	switch {
	case sl.kind == kindEnum:
		for _, v := range sl.values {
			m.Options = append(m.Options, fmt.Sprint(v.value))
		}
		var words []string
		for _, o := range m.Options {
			words = append(words, strings.ReplaceAll(o, "_", " "))
		}
		if len(words) > manyChoices {
			m.Options = m.Options[:fewChoices]
			return "Which " + title + ": " + strings.Join(words[:fewChoices], ", ") + " or another one?", m
		}
		return "Which " + title + ": " + orList(words) + "?", m
	case sl.kind == kindBool:
		return capital(title) + ": yes or no?", m
	case sl.use == useProse && sl.schema.Title == "" && strings.HasPrefix(strings.ToLower(sl.schema.Description), "what is "):
		return capital(strings.TrimRight(sl.schema.Description, ".")) + "?", m
	case sl.use == useProse:
		return "What should I write as the " + withoutArticle(title) + "?", m
	case sl.kind == kindTime && sl.dateOnly:
		return "Which day? I need the " + withoutArticle(title) + ".", m
	case sl.kind == kindTime:
		return "Which day and time? I need the " + withoutArticle(title) + ".", m
	case sl.use == useKey && len(sl.makers) > 0:
		for _, v := range p.listed(sl, "") {
			m.Options = append(m.Options, fmt.Sprint(v))
		}
		if len(m.Options) > 8 {
			m.Options = nil
		}
		if len(m.Options) > 0 {
			return "Which " + sl.called() + " do you mean: " + orList(m.Options) + "?", m
		}
		return "Which " + sl.called() + " do you mean? Give me its " + withoutArticle(title) + ", or say what it is.", m
	}
	if sl.kind == kindInteger && strings.HasSuffix(title, "s") {
		return "How many " + withoutArticle(title) + "?", m
	}
	text := "What is the " + withoutArticle(title)
	if u := orchestrator.Unit(sl.schema); u != "" && (sl.kind == kindNumber || sl.kind == kindInteger) {
		text += ", in " + u
	}
	return text + "?", m
}

// nounsUpper tells whether the step's intent speaks a language that writes nouns
// with a capital.
func (p *planner) nounsUpper(step string) bool {
	st := p.step(step)
	if st == nil {
		return false
	}
	s := p.k.byName[st.Intent]
	return s != nil && s.Locale != nil && s.Locale.NounsUpper
}

func withoutArticle(s string) string {
	for _, a := range []string{"the ", "a ", "an ", "your "} {
		s = strings.TrimPrefix(s, a)
	}
	return s
}

// lowerFirst writes the first letter small, unless the word is an abbreviation.
func lowerFirst(s string) string {
	r := []rune(s)
	if len(r) > 1 && unicode.IsUpper(r[0]) && !unicode.IsUpper(r[1]) {
		r[0] = unicode.ToLower(r[0])
	}
	return string(r)
}

// inSentence makes a summary fit the middle of a sentence.
func inSentence(summary string) string {
	return lowerFirst(strings.TrimRight(strings.TrimSpace(summary), "."))
}

func orList(parts []string) string {
	if len(parts) < 2 {
		return strings.Join(parts, "")
	}
	return strings.Join(parts[:len(parts)-1], ", ") + " or " + parts[len(parts)-1]
}
