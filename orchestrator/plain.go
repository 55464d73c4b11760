package orchestrator

import (
	"maps"
	"slices"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"
)

// plainRows and plainFields bound what is told of a result without a template.
const (
	plainRows   = 20
	plainFields = 8
)

// plainAnswer tells what happened without the backend's help.
func (r *run) plainAnswer() string {
	var parts []string
	for _, rec := range r.records() {
		if rec.Group && rec.Status == StepDone {
			continue // its parts are told
		}
		if text := r.plainStep(&rec); text != "" {
			parts = append(parts, text)
		}
		if rec.Flag != "" {
			parts = append(parts, "A person has to look at this: "+rec.Flag)
		}
	}
	return strings.Join(parts, "\n\n")
}

func (r *run) plainStep(rec *StepRecord) string {
	e := r.catalog.Intent(rec.Intent)
	what := rec.Sentence
	if what == "" {
		what = rec.Intent
		if e != nil {
			what = strings.TrimSuffix(e.Summary, ".")
		}
	}
	switch rec.Status {
	case StepDone:
		w := Wording{Now: r.now}
		if e != nil {
			if text, ok := w.RenderAnswer(e, rec.Args, rec.Result); ok {
				return Printable(text)
			}
		}
		if rec.Lookup {
			return ""
		}
		if e == nil || e.Changes() {
			return "Done: " + what + "."
		}
		return strings.TrimSpace(what + ":\n\n" + Printable(w.plain(e.Result, rec.Result)))
	case StepSkipped:
		return "Not done, because the condition was not met: " + what + "."
	case StepDenied:
		if rec.Error != nil {
			return rec.Error.Message
		}
		return "Not done, as you said: " + what + "."
	case StepUndone:
		return "Done and taken back: " + what + "."
	default:
		if rec.Error != nil {
			return rec.Error.Message
		}
		return ""
	}
}

// plain tells an object as lines of a list: a field each, and the objects of a
// list in a line each.
func (w Wording) plain(s *jsonschema.Schema, o map[string]any) string {
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(o)) {
		p := property(s, name)
		label := strings.ReplaceAll(name, "_", " ")
		if p != nil && p.Title != "" {
			label = p.Title
		}
		list, isList := o[name].([]any)
		if !isList {
			if text := w.Field(p, o[name], o); text != "" {
				lines = append(lines, "- "+label+": "+text)
			}
			continue
		}
		lines = append(lines, "- "+w.Plural(float64(len(list)), strings.TrimSuffix(label, "s")))
		for _, e := range list[:min(len(list), plainRows)] {
			var item *jsonschema.Schema
			if p != nil {
				item = p.Items
			}
			lines = append(lines, "  - "+w.plainRow(item, e))
		}
	}
	return strings.Join(lines, "\n")
}

// plainRow tells an element of a list in a line.
func (w Wording) plainRow(s *jsonschema.Schema, v any) string {
	o, ok := v.(map[string]any)
	if !ok {
		return w.Field(s, v, nil)
	}
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(o)) {
		if len(parts) == plainFields {
			break
		}
		switch o[name].(type) {
		case map[string]any, []any:
			continue
		}
		if text := w.Field(property(s, name), o[name], o); text != "" {
			parts = append(parts, strings.ReplaceAll(name, "_", " ")+" "+text)
		}
	}
	return strings.Join(parts, ", ")
}

func property(s *jsonschema.Schema, name string) *jsonschema.Schema {
	if s == nil {
		return nil
	}
	return s.Properties[name]
}
