package privacy

import (
	"maps"
	"math"
	"reflect"
	"slices"
	"strconv"
	"sync"
	"time"

	"banyan/orchestrator"
)

// writer changes the texts of a request or of a reply.
type writer struct {
	text, id, expression func(string) string
	// number and whole change a value in JSON's shape that is a number or a text; ok is
	// false if it has nothing personal.
	number func(float64) (any, bool)
	whole  func(string) (any, bool)
}

// out replaces personal data.
func (m *mask) out() *writer {
	return &writer{text: m.text, id: m.id, expression: m.expression, number: m.numberValue}
}

// back puts it in its place again.
func (m *mask) back() *writer {
	return &writer{text: m.restore, id: m.restore, expression: m.restoreExpression, whole: func(s string) (any, bool) {
		if v, n := m.at(s); n > 0 && n == len(s) && v.number {
			number, err := strconv.ParseFloat(v.text, 64)
			return number, err == nil
		}
		return nil, false
	}}
}

// numberValue replaces a number that is a card's or a known phone's.
func (m *mask) numberValue(f float64) (any, bool) {
	if f != math.Trunc(f) || math.Abs(f) < 1e6 || math.Abs(f) > 1e19 {
		return nil, false
	}
	s := strconv.FormatFloat(f, 'f', -1, 64)
	digits := digitsIn(s)
	if len(digits) >= 13 && len(digits) <= 19 && luhn(digits) {
		return m.put(span{sort: card}, s, true), true
	}
	for _, d := range m.v.phones {
		if sameNumber(d.digits, digits) {
			return m.put(span{sort: phone, of: d.of}, s, true), true
		}
	}
	return nil, false
}

// kind is how a field is changed.
type kind int

const (
	asText kind = iota
	asID
	asExpression
)

// fields names the fields that are not texts of people or services, by type. A field
// that stands nowhere here is a text.
func fields() map[reflect.Type]map[string]kind {
	id := func(names ...string) map[string]kind {
		out := map[string]kind{}
		for _, n := range names {
			out[n] = asID
		}
		return out
	}
	with := func(m map[string]kind, expressions ...string) map[string]kind {
		for _, n := range expressions {
			m[n] = asExpression
		}
		return m
	}
	return map[reflect.Type]map[string]kind{
		reflect.TypeFor[orchestrator.Turn]():         id("Conversation", "ID", "Settles", "Lapsed", "TakesBack"),
		reflect.TypeFor[orchestrator.StepRecord]():   id("ID", "Intent", "Service", "Version", "Key", "Each", "Playbook"),
		reflect.TypeFor[orchestrator.Undoing]():      id("Intent", "Key"),
		reflect.TypeFor[orchestrator.Decided]():      with(id("By"), "Expr"),
		reflect.TypeFor[orchestrator.Pending]():      id("Hash", "Steps"),
		reflect.TypeFor[orchestrator.Source]():       id("Step", "Field", "From"),
		reflect.TypeFor[orchestrator.Step]():         with(id("ID", "Intent", "Otherwise", "After"), "ForEach"),
		reflect.TypeFor[orchestrator.Arg]():          with(id(), "Ref"),
		reflect.TypeFor[orchestrator.Condition]():    with(id(), "Expr"),
		reflect.TypeFor[orchestrator.Missing]():      id("Step", "Param"),
		reflect.TypeFor[orchestrator.ShadowRecord](): id("Class"),
		reflect.TypeFor[orchestrator.Difference]():   id("Path", "Class"),
		reflect.TypeFor[orchestrator.Usage]():        id("Backend", "Model"),
		reflect.TypeFor[orchestrator.Error]():        id("Code"),
	}
}

// walk is what is known of a type: how its values are copied with their texts
// changed.
type walk func(w *writer, v reflect.Value) reflect.Value

// walks makes the walk of every type once.
type walks struct {
	mu    sync.Mutex // guards known
	known map[reflect.Type]*walk
	kinds map[reflect.Type]map[string]kind
}

func newWalks() *walks { return &walks{known: map[reflect.Type]*walk{}, kinds: fields()} }

// changed returns a copy of v with all its texts changed. What v points at is not
// touched.
func changed[T any](all *walks, w *writer, v T) T {
	in := reflect.ValueOf(&v).Elem()
	return all.of(in.Type())(w, in).Interface().(T) //nolint:errcheck // a walk keeps the type
}

func (all *walks) of(t reflect.Type) walk {
	all.mu.Lock()
	defer all.mu.Unlock()
	return *all.make(t, asText)
}

var (
	catalogType = reflect.TypeFor[orchestrator.Catalog]()
	timeType    = reflect.TypeFor[time.Time]()
	stringType  = reflect.TypeFor[string]()
	errorType   = reflect.TypeFor[error]()
)

func same(_ *writer, v reflect.Value) reflect.Value { return v }

// make returns the walk of a type; the caller holds the lock. Types of text with a
// name of their own are lists of words, such as the kinds of turn.
func (all *walks) make(t reflect.Type, k kind) *walk {
	if k == asText || t.Kind() == reflect.Struct {
		if known := all.known[t]; known != nil {
			return known
		}
	}
	made := new(walk)
	*made = same
	if k == asText || t.Kind() == reflect.Struct {
		all.known[t] = made // before it is complete: types may contain themselves
	}
	switch {
	case t == catalogType || t == timeType:
	case t == stringType:
		*made = stringWalk(k)
	case t.Kind() == reflect.Interface && t != errorType:
		*made = func(w *writer, v reflect.Value) reflect.Value {
			if v.IsNil() {
				return v
			}
			out := reflect.New(t).Elem()
			if changed := w.value(v.Interface()); changed != nil {
				out.Set(reflect.ValueOf(changed))
			}
			return out
		}
	case t == reflect.TypeFor[map[string]any]():
		*made = func(w *writer, v reflect.Value) reflect.Value {
			if v.IsNil() {
				return v
			}
			return reflect.ValueOf(w.value(v.Interface()))
		}
	case t.Kind() == reflect.Pointer:
		of := all.make(t.Elem(), k)
		*made = func(w *writer, v reflect.Value) reflect.Value {
			if v.IsNil() || t.Elem() == catalogType {
				return v
			}
			out := reflect.New(t.Elem())
			out.Elem().Set((*of)(w, v.Elem()))
			return out
		}
	case t.Kind() == reflect.Slice:
		of := all.make(t.Elem(), k)
		*made = func(w *writer, v reflect.Value) reflect.Value {
			if v.IsNil() {
				return v
			}
			out := reflect.MakeSlice(t, v.Len(), v.Len())
			for i := range v.Len() {
				out.Index(i).Set((*of)(w, v.Index(i)))
			}
			return out
		}
	case t.Kind() == reflect.Map:
		key, of := all.make(t.Key(), k), all.make(t.Elem(), k)
		*made = func(w *writer, v reflect.Value) reflect.Value {
			if v.IsNil() {
				return v
			}
			out := reflect.MakeMapWithSize(t, v.Len())
			for it := v.MapRange(); it.Next(); {
				out.SetMapIndex((*key)(w, it.Key()), (*of)(w, it.Value()))
			}
			return out
		}
	case t.Kind() == reflect.Struct:
		*made = all.makeStruct(t)
	}
	return made
}

func stringWalk(k kind) walk {
	return func(w *writer, v reflect.Value) reflect.Value {
		s := v.String()
		out := s
		switch k {
		case asText:
			out = w.text(s)
		case asID:
			out = w.id(s)
		case asExpression:
			out = w.expression(s)
		}
		if out == s {
			return v
		}
		return reflect.ValueOf(out)
	}
}

func (all *walks) makeStruct(t reflect.Type) walk {
	type part struct {
		index int
		walk  *walk
	}
	var parts []part
	for i := range t.NumField() {
		f := t.Field(i)
		if !f.IsExported() {
			continue
		}
		parts = append(parts, part{i, all.make(f.Type, all.kinds[t][f.Name])})
	}
	return func(w *writer, v reflect.Value) reflect.Value {
		out := reflect.New(t).Elem()
		out.Set(v)
		for _, p := range parts {
			if f := v.Field(p.index); !f.IsZero() {
				out.Field(p.index).Set((*p.walk)(w, f))
			}
		}
		return out
	}
}

// value changes a value in JSON's shape, with the keys of objects.
func (w *writer) value(v any) any {
	switch t := v.(type) {
	case string:
		if w.whole != nil {
			if out, ok := w.whole(t); ok {
				return out
			}
		}
		return w.text(t)
	case float64:
		if w.number != nil {
			if out, ok := w.number(t); ok {
				return out
			}
		}
	case int:
		if w.number != nil {
			if out, ok := w.number(float64(t)); ok {
				return out
			}
		}
	case []any:
		out := make([]any, len(t))
		for i, e := range t {
			out[i] = w.value(e)
		}
		return out
	case []string:
		out := make([]string, len(t))
		for i, e := range t {
			out[i] = w.text(e)
		}
		return out
	case map[string]any:
		if t == nil {
			return t
		}
		out := make(map[string]any, len(t))
		for _, k := range slices.Sorted(maps.Keys(t)) {
			out[w.id(k)] = w.value(t[k])
		}
		return out
	}
	return v
}
