package offline

import (
	"slices"
	"strings"

	"banyan/orchestrator"
)

// respond writes the answer to a turn in Markdown, from its steps alone. It calls
// emit with one paragraph, list or table at a time; joined they are the reply's
// text. What a service says of itself (the template of an answer, a summary, the
// titles in a schema) shapes the text; values are data and cannot.
func respond(req orchestrator.RespondRequest, emit func(string)) orchestrator.Reply {
	w := &answerWriter{req: req, say: orchestrator.Wording{Now: req.Now}}
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
	say   orchestrator.Wording
	parts []string
}

// paragraph adds a paragraph, unless it is empty or has been said.
func (w *answerWriter) paragraph(text string) {
	text = strings.TrimSpace(text)
	if text != "" && !slices.Contains(w.parts, text) {
		w.parts = append(w.parts, text)
	}
}

// steps tells what became of the steps: first what was done, and the reason why
// the first choice of an either-or was not, then what failed or was left.
func (w *answerWriter) steps() {
	told := slices.DeleteFunc(w.told(), w.spare)
	for _, s := range told {
		before := len(w.parts)
		switch {
		case s.Status == orchestrator.StepDone:
			w.done(s)
		case s.Status == orchestrator.StepSkipped && w.alternative(s) == 1:
			w.skipped(s)
		}
		w.name(s, before)
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
			w.denied(s, said > 0 && changed)
		case orchestrator.StepUndone:
			w.paragraph("Taken back: " + w.sentence(s) + ".")
		case orchestrator.StepWaiting:
			w.paragraph("Waiting for your yes: " + w.sentence(s) + ".")
		default: // done, or not a state in which a turn ends
		}
		w.name(s, before)
	}
	if len(w.parts) == 0 && len(w.req.Steps) > 0 {
		w.paragraph("Nothing was done.")
	}
}

// name says for whom a step was, if that is somebody else than who asks and what
// was added since does not say it.
func (w *answerWriter) name(s *orchestrator.StepRecord, since int) {
	who := w.owner(s)
	if since >= len(w.parts) || who == "" || who == "you" {
		return
	}
	for _, part := range w.parts[since:] {
		if strings.Contains(part, who) || strings.Contains(strings.ToLower(part), strings.ToLower(s.For)) || s.Status == orchestrator.StepDenied {
			return
		}
	}
	gap := " "
	if part := w.parts[since]; strings.HasPrefix(part, "- ") || strings.HasPrefix(part, "|") {
		gap = "\n\n"
	}
	w.parts[since] = "For " + who + ":" + gap + w.parts[since]
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

// told returns the steps that the answer is about: all but lookups, or the last
// lookup that ran if there is nothing else.
func (w *answerWriter) told() []*orchestrator.StepRecord {
	var out []*orchestrator.StepRecord
	for i := range w.req.Steps {
		if s := &w.req.Steps[i]; !s.Lookup {
			out = append(out, s)
		}
	}
	if len(out) == 0 && len(w.req.Steps) > 0 {
		out = append(out, &w.req.Steps[len(w.req.Steps)-1])
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
		if s := &w.req.Steps[i]; s.Status == orchestrator.StepDone && w.changes(s) {
			return true
		}
	}
	return false
}

// done tells a result, by the service's template if there is one that runs.
func (w *answerWriter) done(s *orchestrator.StepRecord) {
	e := w.entry(s)
	if e != nil {
		if text, ok := w.say.RenderAnswer(e, tame(s.Args), tame(s.Result)); ok {
			w.paragraph(text)
			return
		}
	}
	w.general(s, e)
}

// failed tells an error. A failure of a service is not the user's doing: the
// answer says what was not lost and what to do.
func (w *answerWriter) failed(s *orchestrator.StepRecord, changed bool) {
	problem, cause := s.Error, s
	if problem == nil {
		problem = &orchestrator.Error{Code: orchestrator.CodeInternal, Message: "It did not work."}
	}
	if problem.Code == orchestrator.CodeDependency {
		if dep := w.failedLookup(); dep != nil {
			problem, cause = dep.Error, dep
		}
	}
	if problem.Code == orchestrator.CodeNotFound && s.Service == "" {
		if empty := w.emptyLookup(); empty != "" {
			w.paragraph(empty + w.unchanged(s, changed))
			return
		}
	}
	text := finished(plain(problem.Message))
	if problem.Technical() {
		// A change that failed on the way says itself what is not known of it.
		if !w.changes(cause) && !changed && !strings.Contains(text, "Nothing was changed") {
			text += " Nothing was changed."
		}
		if !strings.Contains(text, "try again") && !strings.Contains(text, "not known") {
			text += " Please try again."
		}
	}
	w.paragraph(text)
}

// unchanged is the sentence that nothing was changed, if s was to change
// something and nothing else did.
func (w *answerWriter) unchanged(s *orchestrator.StepRecord, changed bool) string {
	if changed || !w.changes(s) {
		return ""
	}
	return " Nothing was changed."
}

// failedLookup returns the first lookup that failed with a reason of its own.
func (w *answerWriter) failedLookup() *orchestrator.StepRecord {
	for i := range w.req.Steps {
		s := &w.req.Steps[i]
		if s.Status == orchestrator.StepFailed && s.Error != nil && s.Error.Code != orchestrator.CodeDependency {
			return s
		}
	}
	return nil
}

// emptyLookup says that a lookup found an empty list, or "".
func (w *answerWriter) emptyLookup() string {
	for i := range w.req.Steps {
		s := &w.req.Steps[i]
		if !s.Lookup || s.Status != orchestrator.StepDone {
			continue
		}
		o := objectOf(s.Result, w.entry(s))
		if name, list, ok := o.mainList(); ok && len(list) == 0 {
			return w.none(s, o.noun(name))
		}
	}
	return ""
}

// denied tells what the user's no, or a missing permission, has left.
func (w *answerWriter) denied(s *orchestrator.StepRecord, changed bool) {
	switch {
	case s.Error != nil:
		w.paragraph(finished(plain(s.Error.Message)))
	case changed && s.Sentence != "":
		w.paragraph("Left as it was: " + w.sentence(s) + ".")
	default:
		w.paragraph("Nothing was changed.")
	}
}

// sentence says in words what a step does, without a full stop.
func (w *answerWriter) sentence(s *orchestrator.StepRecord) string {
	text := s.Sentence
	if text == "" {
		if e := w.entry(s); e != nil {
			text = e.Summary
		}
	}
	if text == "" {
		text = words(s.Intent)
	}
	return strings.TrimRight(plain(text), ". ")
}

// finished ends a text like a sentence.
func finished(text string) string {
	if text == "" || strings.ContainsAny(text[len(text)-1:], ".!?") {
		return text
	}
	return text + "."
}
