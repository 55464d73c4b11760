package policy

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"banyan/orchestrator"
)

// imprint identifies a request by its contents.
type imprint [sha256.Size]byte

// fingerprint hashes what a request says, apart from IDs, times of day and
// durations. Rejected plans are left out: the imprint is that of the first try.
func fingerprint(x *exchange, dataVersion string) imprint {
	w := make(writer, 0, 1024)
	w.text(string(x.skill), dataVersion)
	switch x.skill {
	case Plan:
		r := x.plan
		w.text(r.Message)
		w.user(r.User)
		w.user(r.Subject)
		w.count(len(r.People))
		for _, p := range r.People {
			w.user(p)
		}
		w.turns(r.Conversation)
		w.turns(r.Digest)
		w.catalog(r.Catalog)
		w.day(r.Now)
	case Respond:
		r := x.respond
		w.text(r.Message, r.Preface)
		w.user(r.User)
		w.user(r.Subject)
		w.steps(r.Steps)
		w.turns(r.Conversation)
		w.catalog(r.Catalog)
		w.day(r.Now)
	case Judge:
		r := x.judge
		w.text(r.Condition)
		w.steps(r.Steps)
		w.day(r.Now)
	}
	return sha256.Sum256(w)
}

// writer puts values one behind the other so that different values never look the
// same: each has its length or a tag in front.
type writer []byte

func (w *writer) count(n int) { *w = binary.AppendVarint(*w, int64(n)) }

func (w *writer) text(texts ...string) {
	for _, s := range texts {
		w.count(len(s))
		*w = append(*w, s...)
	}
}

func (w *writer) user(u orchestrator.User) { w.text(u.Email, u.Name, string(u.Role)) }

func (w *writer) day(t time.Time) { w.text(t.Format("2006-01-02 -0700")) }

func (w *writer) catalog(c *orchestrator.Catalog) {
	if c == nil {
		w.text("")
		return
	}
	w.text(c.Version())
}

func (w *writer) turns(turns []orchestrator.Turn) {
	w.count(len(turns))
	for i := range turns {
		t := &turns[i]
		w.text(t.User, t.Subject, t.Message, string(t.Kind), t.Answer)
		w.day(t.At)
		w.steps(t.Steps)
		w.plan(t.Plan)
	}
}

func (w *writer) steps(steps []orchestrator.StepRecord) {
	w.count(len(steps))
	for i := range steps {
		s := &steps[i]
		w.text(s.ID, s.Intent, s.For, string(s.Status), string(s.Route), string(s.FallbackFrom), s.Service, s.Version, s.Text, s.Sentence)
		w.value(s.Args)
		w.value(s.Result)
		w.value(s.Lookup)
		if s.Error != nil {
			w.text(s.Error.Code, s.Error.Message)
		} else {
			w.count(-1)
		}
		if c := s.Condition; c != nil {
			w.text(c.Text, c.Expr, c.By)
			w.value(c.Met != nil && *c.Met)
			w.value(c.Met == nil)
		} else {
			w.count(-1)
		}
		w.count(len(s.Changes))
		for _, c := range s.Changes {
			w.text(c.Field, c.Old, c.New)
		}
	}
}

func (w *writer) plan(p *orchestrator.Plan) {
	if p == nil {
		w.count(-1)
		return
	}
	w.text(string(p.Kind), p.Text)
	w.count(len(p.Steps))
	for i := range p.Steps {
		s := &p.Steps[i]
		w.text(s.ID, s.Intent, s.For, s.Text)
		w.value(s.Lookup)
		w.count(len(s.Args))
		for _, name := range slices.Sorted(maps.Keys(s.Args)) {
			a := s.Args[name]
			w.text(name, a.Ref, a.Text)
			w.value(a.Value)
		}
		if s.When != nil {
			w.text(s.When.Text, s.When.Expr)
		} else {
			w.count(-1)
		}
		w.count(len(s.After))
		w.text(s.After...)
	}
	if m := p.Missing; m != nil {
		w.text(m.Step, m.Param)
		w.count(len(m.Options))
		w.text(m.Options...)
	}
}

// value writes a value in JSON's shape.
func (w *writer) value(v any) {
	switch t := v.(type) {
	case nil:
		*w = append(*w, 'n')
	case bool:
		if t {
			*w = append(*w, 't')
		} else {
			*w = append(*w, 'f')
		}
	case string:
		*w = append(*w, 's')
		w.text(t)
	case float64:
		if t == 0 {
			t = 0 // there is a negative zero, and it is equal
		}
		*w = append(*w, 'd')
		*w = binary.BigEndian.AppendUint64(*w, math.Float64bits(t))
	case []any:
		*w = append(*w, 'l')
		w.count(len(t))
		for _, e := range t {
			w.value(e)
		}
	case map[string]any:
		*w = append(*w, 'm')
		w.count(len(t))
		for _, k := range slices.Sorted(maps.Keys(t)) {
			w.text(k)
			w.value(t[k])
		}
	default: // not of JSON's shape, yet told apart
		*w = append(*w, 'x')
		w.text(fmt.Sprintf("%T %v", t, t))
	}
}
