package orchestrator

import (
	"context"
	"slices"
	"sync"

	"github.com/google/jsonschema-go/jsonschema"
)

// preview finds out, before the user is asked, what the waiting changes would
// do: a dry run where the service can do one gives the new values, a read gives
// the old ones. A change that the dry run shows to be refused ends here.
func (r *run) preview(ctx context.Context, waiting []*stepRun) {
	var wg sync.WaitGroup
	for i, s := range waiting {
		// A dry run knows nothing of the changes before it.
		if s.rec.Args == nil || slices.ContainsFunc(waiting[:i], s.sharesObject) {
			r.set(s, func(rec *StepRecord) { rec.Sentence = s.sentence(r, nil) })
			continue
		}
		wg.Go(func() { r.previewStep(ctx, s) })
	}
	wg.Wait()
}

// sharesObject tells whether another change is about the same object: it has the
// same customer and an argument in common.
func (s *stepRun) sharesObject(other *stepRun) bool {
	if s.subject != other.subject {
		return false
	}
	for name, v := range s.rec.Args {
		if w, ok := other.rec.Args[name]; ok && inWords(v) == inWords(w) {
			return true
		}
	}
	return false
}

func (r *run) previewStep(ctx context.Context, s *stepRun) {
	var after map[string]any
	if _, problem := r.route(s); problem != nil {
		r.finish(s, StepFailed, problem)
		return
	}
	offer := *r.offer(s)
	if d, ok := offer.service.(DryRunner); ok && d.CanDryRun(s.entry.Name) {
		call := r.callFor(s)
		call.DryRun = true
		res, err, _ := r.k.call(ctx, offer, call)
		if err != nil && !err.Technical() {
			r.finish(s, StepFailed, err)
			return
		}
		after = res.Data
	}
	before := r.before(ctx, s)
	sentence := s.sentence(r, after)
	changes := r.changes(s, before, after)
	r.set(s, func(rec *StepRecord) { rec.Sentence, rec.Changes = sentence, changes })
}

// sentence says what a change does: the service's own wording, or the summary
// and the arguments.
func (s *stepRun) sentence(r *run, after map[string]any) string {
	args := s.rec.Args
	text, ok := "", false
	if args != nil {
		text, ok = Wording{Now: r.now}.RenderConfirm(s.entry, s.callArgs(args), after)
	}
	if !ok {
		text = s.entry.Summary
		var said []string
		for _, name := range s.entry.ParamNames() {
			switch arg, given := s.step.Args[name]; {
			case args != nil && args[name] != nil:
				said = append(said, label(name, s.entry.Params.Properties[name])+" "+inWords(args[name]))
			case given && arg.Text != "":
				said = append(said, arg.Text)
			}
		}
		if len(said) > 0 {
			text += ": " + JoinAnd(said)
		}
	}
	if s.subject.Email != r.req.User.Email {
		text += " " + filled(r.k.cfg.Locale.or(func(l *Locale) string { return l.Asking.For }), "name", s.subject.Name)
	}
	return PrintableLine(text)
}

// before reads the present state of what a change is about, through the read
// intent that shows most of what the change returns and needs nothing that the
// change does not know. Nil if there is none or it fails.
func (r *run) before(ctx context.Context, s *stepRun) map[string]any {
	var best *Entry
	most := 0
	for _, e := range r.catalog.Intents() {
		if e.Changes() || e.Result == nil || !s.covers(e) {
			continue
		}
		if n := shared(e.Result, s.entry.Result); n > most {
			best, most = e, n
		}
	}
	if best == nil {
		return nil
	}
	args := map[string]any{}
	for name := range best.Params.Properties {
		if v, ok := s.rec.Args[name]; ok && slices.Contains(best.Params.Required, name) {
			args[name] = v
		}
	}
	for _, done := range r.records() {
		if done.Intent == best.Name && done.Status == StepDone && done.For == s.rec.For && sameArgs(done.Args, args) {
			return done.Result
		}
	}
	probe := &stepRun{step: Step{ID: s.step.ID, Intent: best.Name}, entry: best, subject: s.subject, rec: StepRecord{Args: args}}
	return r.performRead(ctx, probe).data
}

// covers tells whether the step knows every parameter that a read requires.
func (s *stepRun) covers(e *Entry) bool {
	if e.Params == nil || (e.Subject == "") != (s.entry.Subject == "") {
		return false
	}
	for _, name := range e.Params.Required {
		if _, ok := s.rec.Args[name]; !ok && name != e.Subject {
			return false
		}
	}
	return true
}

// shared counts the plain fields that two results have in common.
func shared(a, b *jsonschema.Schema) int {
	if a == nil || b == nil {
		return 0
	}
	n := 0
	for name, p := range a.Properties {
		if q := b.Properties[name]; q != nil && isScalar(p) && isScalar(q) {
			n++
		}
	}
	return n
}

func isScalar(s *jsonschema.Schema) bool {
	switch schemaType(s) {
	case "string", "number", "integer", "boolean":
		return true
	}
	return false
}

func sameArgs(a, b map[string]any) bool {
	if len(a) != len(b) {
		return false
	}
	for k, v := range a {
		if inWords(v) != inWords(b[k]) {
			return false
		}
	}
	return true
}

// changes lists the fields that differ between the state before a change and the
// one it leaves; where no dry run told the latter, the arguments of the same name
// stand in.
func (r *run) changes(s *stepRun, before, after map[string]any) []Change {
	if before == nil {
		return nil
	}
	if after == nil {
		after = s.rec.Args
	}
	schema := s.entry.Result
	if schema == nil {
		schema = s.entry.Params
	}
	var out []Change
	for _, name := range fieldNames(schema) {
		p := schema.Properties[name]
		old, had := before[name]
		v, has := after[name]
		if !had || !has || !isScalar(p) {
			continue
		}
		w := Wording{Now: r.now, Locale: r.k.cfg.Locale}
		a, b := w.Field(p, old, before), w.Field(p, v, after)
		if a != b {
			out = append(out, Change{Field: label(name, p), Old: PrintableLine(a), New: PrintableLine(b)})
		}
	}
	return out
}
