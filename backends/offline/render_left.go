package offline

import (
	"strings"

	"banyan/backends/offline/language"
	"banyan/orchestrator"
)

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
	text := finished(w.message(problem.Message))
	if problem.Technical() && s.Flag == "" {
		// A change that failed on the way says itself what is not known of it.
		english := problem.Message
		if !w.changes(cause) && !changed && !strings.Contains(english, "Nothing was changed") {
			text += " " + w.lang.Answer("unchanged")
		}
		if !strings.Contains(english, "try again") && !strings.Contains(english, "not known") {
			text += " " + w.lang.Answer("try_again")
		}
	}
	w.paragraph(text)
}

// message is the message of an error in the language, as text.
func (w *answerWriter) message(text string) string {
	if w.lang != nil && w.messages == nil {
		w.messages = messagesOf(w.req.Catalog, w.lang.Tag())
	}
	return plain(w.lang.Translate(text, w.messages...))
}

// messagesOf gathers what the services say of their errors in another language.
func messagesOf(c *orchestrator.Catalog, tag string) []language.Pattern {
	sentences := map[string]string{}
	if c != nil {
		for _, e := range c.Intents() {
			for en, said := range e.Languages[tag].Messages {
				sentences[en] = said
			}
		}
	}
	patterns, err := language.Patterns(sentences)
	if err != nil {
		return []language.Pattern{} // what is not sound stays English
	}
	return patterns
}

// unchanged is the sentence that nothing was changed, if s was to change
// something and nothing else did.
func (w *answerWriter) unchanged(s *orchestrator.StepRecord, changed bool) string {
	if changed || !w.changes(s) {
		return ""
	}
	return " " + w.lang.Answer("unchanged")
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
			return w.none(s, w.noun(o, name))
		}
	}
	return ""
}

// denied tells what the user's no, or a missing permission, has left.
func (w *answerWriter) denied(s *orchestrator.StepRecord, changed bool) {
	switch {
	case s.Error != nil:
		w.paragraph(finished(w.message(s.Error.Message)))
	case changed && s.Sentence != "":
		w.sentence("left", "what", w.what(s))
	default:
		w.sentence("unchanged")
	}
}

// undone tells that a step was taken back; because another one failed, if one did.
func (w *answerWriter) undone(s *orchestrator.StepRecord) {
	key := "taken_back"
	for i := range w.req.Steps {
		if w.req.Steps[i].Status == orchestrator.StepFailed {
			key = "taken_back_because"
		}
	}
	w.sentence(key, "what", w.what(s))
}

// flagged tells what a person must look at, and for what reason.
func (w *answerWriter) flagged() {
	for i := range w.req.Steps {
		s := &w.req.Steps[i]
		if s.Flag == "" {
			continue
		}
		why := finished(w.message(s.Flag))
		if strings.Contains(why, w.what(s)) {
			w.paragraph(why)
			continue
		}
		key := "flagged"
		if s.Status == orchestrator.StepDone {
			key = "flagged_stands"
		}
		w.sentence(key, "what", w.what(s), "why", why)
	}
}

// what says in words what a step does, without a full stop.
func (w *answerWriter) what(s *orchestrator.StepRecord) string {
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
