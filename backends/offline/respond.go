package offline

import (
	"slices"
	"strings"

	"banyan/backends/offline/language"
	"banyan/orchestrator"
)

// respond writes the answer to a turn in Markdown, from its steps alone. It calls
// emit with one paragraph, list or table at a time; joined they are the reply's
// text. What a service says of itself (the template of an answer, a summary, the
// titles in a schema) shapes the text; values are data and cannot.
func respond(req orchestrator.RespondRequest, emit func(string)) orchestrator.Reply {
	return respondIn(nil, req, emit)
}

// respondIn is respond in a language; the catalog is the one of that language.
func respondIn(l *language.Language, req orchestrator.RespondRequest, emit func(string)) orchestrator.Reply {
	w := &answerWriter{req: req, lang: l, say: orchestrator.Wording{Now: req.Now, Locale: l.Locale()}}
	w.paragraph(req.Preface)
	w.steps()
	var b strings.Builder
	for i, p := range w.parts {
		if i > 0 {
			p = "\n\n" + p
		}
		b.WriteString(p)
		if emit != nil {
			emit(p)
		}
	}
	return orchestrator.Reply{Text: b.String(), Usage: usage()}
}

// answerWriter collects the paragraphs of one answer.
type answerWriter struct {
	req   orchestrator.RespondRequest
	lang  *language.Language
	say   orchestrator.Wording
	parts []string
	// messages are the translations that services give of their errors.
	messages []language.Pattern
}

// paragraph adds a paragraph, unless it is empty or has been said.
func (w *answerWriter) paragraph(text string) {
	text = strings.TrimSpace(text)
	if text != "" && !slices.Contains(w.parts, text) {
		w.parts = append(w.parts, text)
	}
}

// sentence adds a paragraph that is a sentence of the language.
func (w *answerWriter) sentence(key string, values ...string) {
	w.paragraph(capitalised(w.lang.Answer(key, values...)))
}

// steps tells what became of the steps: first what was done, and the reason why
// the first choice of an either-or was not, then what was taken back, what failed
// or was left, and at last what a person must look at.
func (w *answerWriter) steps() {
	w.playbooks()
	told := slices.DeleteFunc(w.told(), w.spare)
	for i := 0; i < len(told); {
		s := told[i]
		before := len(w.parts)
		n := 1
		switch {
		case s.Status == orchestrator.StepDone && s.Flag != "": // told with its flag
		case s.Status == orchestrator.StepDone:
			n = alike(told[i:])
			w.done(told[i : i+n])
		case s.Status == orchestrator.StepSkipped && w.alternative(s) == 1:
			w.skipped(s)
		}
		w.name(s, before)
		i += n
	}
	said := len(w.parts)
	changed := w.changedSomething()
	for _, s := range told {
		before := len(w.parts)
		switch s.Status {
		case orchestrator.StepFailed:
			w.failed(s, changed)
		case orchestrator.StepSkipped:
			if w.alternative(s) == 0 && s.Condition != nil {
				w.skipped(s)
			}
		case orchestrator.StepDenied:
			if s.Error != nil {
				w.failed(s, changed)
				break
			}
			w.denied(s, said > 0 && changed)
		case orchestrator.StepUndone:
			w.undone(s)
		case orchestrator.StepWaiting:
			w.sentence("waiting", "what", w.what(s))
		default: // done, or not a state in which a turn ends
		}
		w.name(s, before)
	}
	w.flagged()
	if len(w.parts) == 0 && len(w.req.Steps) > 0 {
		w.sentence("nothing_done")
	}
}

// playbooks says first what playbooks have to say of themselves: their templates
// read the results of their steps as .result.<id>.
func (w *answerWriter) playbooks() {
	for i := range w.req.Steps {
		s := &w.req.Steps[i]
		e := w.entry(s)
		if !s.Group || s.Status != orchestrator.StepDone || e == nil || e.Answer == "" {
			continue
		}
		results := map[string]any{}
		for _, part := range w.req.Steps {
			if id, ok := strings.CutPrefix(part.ID, s.ID+"_"); ok && part.Playbook == s.ID && part.Status == orchestrator.StepDone {
				results[id] = part.Result
			}
		}
		whole := *s
		whole.Result = results
		if text, ok := w.byTemplate(&whole, e); ok && len(results) > 0 {
			w.paragraph(text)
		}
	}
}

// alike counts how many of the first steps did the same for the same person: they
// are told together.
func alike(told []*orchestrator.StepRecord) int {
	n := 1
	for n < len(told) && told[n].Status == orchestrator.StepDone && told[n].Intent == told[0].Intent && told[n].For == told[0].For && told[n].Flag == "" {
		n++
	}
	return n
}

// name says for whom a step was, if that is somebody else than who asks and what
// was added since does not say it.
func (w *answerWriter) name(s *orchestrator.StepRecord, since int) {
	who := w.owner(s)
	if since >= len(w.parts) || who == "" || who == you || s.Status == orchestrator.StepDenied {
		return
	}
	said := since
	if w.onePerson() {
		said = 0 // once is enough
	}
	for _, part := range w.parts[said:] {
		if strings.Contains(part, orchestrator.FirstName(who)) || strings.Contains(strings.ToLower(part), strings.ToLower(s.For)) {
			return
		}
	}
	gap := " "
	if part := w.parts[since]; strings.HasPrefix(part, "- ") || strings.HasPrefix(part, "|") {
		gap = "\n\n"
	}
	w.parts[since] = w.lang.Answer("for_name", "name", who) + gap + w.parts[since]
}

// onePerson tells whether all steps are about the same person.
func (w *answerWriter) onePerson() bool {
	first := w.req.Steps[0].For
	return !slices.ContainsFunc(w.req.Steps, func(s orchestrator.StepRecord) bool { return s.For != first })
}

// spare tells whether a skipped step is one of several that stand for the same
// words, of which another says enough.
func (w *answerWriter) spare(s *orchestrator.StepRecord) bool {
	if s.Status != orchestrator.StepSkipped || s.Text == "" {
		return false
	}
	for i := range w.req.Steps {
		o := &w.req.Steps[i]
		if o != s && !o.Lookup && o.Intent == s.Intent && o.Text == s.Text && o.For == s.For && (o.Status != orchestrator.StepSkipped || beforeStep(w.req.Steps, o, s)) {
			return true
		}
	}
	return false
}

// told returns the steps that the answer is about: all but lookups and those that
// only stand for others, or the last one that ran if there is nothing else. A
// playbook with an answer of its own is told in place of its steps that were done or
// skipped.
func (w *answerWriter) told() []*orchestrator.StepRecord {
	var out []*orchestrator.StepRecord
	last := -1
	var answered []string // playbooks that are told
	for i := range w.req.Steps {
		s := &w.req.Steps[i]
		if s.Group && s.Status == orchestrator.StepDone {
			if _, ok := w.byTemplate(s, w.entry(s)); ok && len(s.Result) > 0 {
				out, answered, last = append(out, s), append(answered, s.ID), i
			}
			continue
		}
		if (s.Status == orchestrator.StepDone || s.Status == orchestrator.StepSkipped) && s.Flag == "" && slices.Contains(answered, s.Playbook) {
			continue
		}
		last = i
		if !s.Lookup {
			out = append(out, s)
		}
	}
	if len(out) == 0 && last >= 0 {
		out = append(out, &w.req.Steps[last])
	}
	return out
}

// entry returns the catalog's entry of a step, or nil.
func (w *answerWriter) entry(s *orchestrator.StepRecord) *orchestrator.Entry {
	if w.req.Catalog == nil {
		return nil
	}
	return w.req.Catalog.Intent(s.Intent)
}

func (w *answerWriter) changes(s *orchestrator.StepRecord) bool {
	e := w.entry(s)
	return e == nil || e.Changes()
}

// changedSomething tells whether a step of the turn has changed something.
func (w *answerWriter) changedSomething() bool {
	for i := range w.req.Steps {
		if s := &w.req.Steps[i]; s.Status == orchestrator.StepDone && !s.Group && w.changes(s) {
			return true
		}
	}
	return false
}

// you is the owner of what belongs to who asks.
const you = "\x00you"

// owner says whom a step is about: you, a name, or "" for nobody.
func (w *answerWriter) owner(s *orchestrator.StepRecord) string {
	switch {
	case s.For == "":
		return ""
	case strings.EqualFold(s.For, w.req.User.Email):
		return you
	case strings.EqualFold(s.For, w.req.Subject.Email) && w.req.Subject.Name != "":
		return plain(w.req.Subject.Name)
	}
	return plain(s.For)
}

// byOwner chooses among three sentences: for one's own, a named person's and
// nobody's.
func (w *answerWriter) byOwner(s *orchestrator.StepRecord, own, other, nobody string, values ...string) string {
	switch who := w.owner(s); who {
	case "":
		return capitalised(w.lang.Answer(nobody, values...))
	case you:
		return capitalised(w.lang.Answer(own, values...))
	default:
		return w.lang.Answer(other, append(values, "name", who)...)
	}
}

// done tells the results of one step, or of several of the same intent, by the
// service's template if there is one that runs.
func (w *answerWriter) done(steps []*orchestrator.StepRecord) {
	e := w.entry(steps[0])
	var texts []string
	for _, s := range steps {
		if text, ok := w.byTemplate(s, e); ok {
			texts = append(texts, text)
		}
	}
	if len(texts) == len(steps) {
		w.together(texts)
		return
	}
	if len(steps) > 1 && w.oneList(steps, e) {
		return
	}
	if len(steps) > 1 && w.changes(steps[0]) {
		text := w.lang.Answer("done_all") + "\n"
		for _, s := range steps {
			text += "\n- " + w.what(s)
		}
		w.paragraph(text)
		return
	}
	for _, s := range steps {
		if text, ok := w.byTemplate(s, e); ok {
			w.paragraph(text)
		} else {
			w.general(s, e)
		}
	}
}

// byTemplate renders the service's own answer.
func (w *answerWriter) byTemplate(s *orchestrator.StepRecord, e *orchestrator.Entry) (string, bool) {
	if e == nil {
		return "", false
	}
	say := w.say
	if e.Locale == nil {
		say.Locale = nil // a template in English
	}
	switch who := w.owner(s); who {
	case "":
	case you:
		say.Own = true
	default:
		if s.For != who {
			say.Name = who
		}
	}
	return say.RenderAnswer(e, tame(s.Args), tame(s.Result))
}

// together tells several answers of one intent: lines of one sentence each become
// a list, and what all of them end in is said once.
func (w *answerWriter) together(texts []string) {
	if len(texts) == 1 {
		w.paragraph(texts[0])
		return
	}
	for _, t := range texts {
		if strings.Contains(t, "\n") {
			for _, t := range texts {
				w.paragraph(t)
			}
			return
		}
	}
	tail := ""
	for {
		cut := strings.LastIndex(strings.TrimSuffix(texts[0], tail), ". ")
		if cut < 0 {
			break
		}
		longer := texts[0][cut+1:]
		if slices.ContainsFunc(texts, func(t string) bool { return !strings.HasSuffix(t, longer) || len(t) == len(longer) }) {
			break
		}
		tail = longer
	}
	for i := range texts {
		texts[i] = "- " + strings.TrimSuffix(texts[i], tail)
	}
	w.paragraph(strings.Join(slices.Compact(texts), "\n"))
	w.paragraph(tail)
}
