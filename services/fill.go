package services

import (
	"math"
	"reflect"
	"strings"
	"time"
)

// filler sets the field of a struct that one parameter belongs to. It returns
// false if the value is not of the field's type.
type filler struct {
	index int
	set   func(field reflect.Value, v any) bool
}

// fillersOf returns a filler for every field of the struct t, by parameter. It
// returns nil if a field is of a type that needs more than that: lists, maps,
// pointers and structs other than times, or types with a JSON form of their own.
func fillersOf(t reflect.Type) map[string]filler {
	out := map[string]filler{}
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if !f.IsExported() || name == "-" {
			continue
		}
		if name == "" {
			name = f.Name
		}
		set := setterOf(f.Type)
		if set == nil || f.Anonymous {
			return nil
		}
		out[name] = filler{i, set}
	}
	return out
}

func setterOf(t reflect.Type) func(reflect.Value, any) bool {
	pointer := reflect.PointerTo(t)
	switch {
	case t == timeType:
		return setTime
	case pointer.Implements(jsonUnmarshaler), pointer.Implements(textUnmarshaler):
		return nil
	}
	switch t.Kind() { //nolint:exhaustive // the others are left to encoding/json
	case reflect.String:
		return func(field reflect.Value, v any) bool {
			s, ok := v.(string)
			field.SetString(s)
			return ok
		}
	case reflect.Bool:
		return func(field reflect.Value, v any) bool {
			b, ok := v.(bool)
			field.SetBool(b)
			return ok
		}
	case reflect.Float64:
		return func(field reflect.Value, v any) bool {
			f, ok := number(v)
			field.SetFloat(f)
			return ok && !math.IsNaN(f) && !math.IsInf(f, 0)
		}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return setWhole
	}
	return nil
}

func setTime(field reflect.Value, v any) bool {
	s, _ := v.(string)
	var at time.Time
	if err := at.UnmarshalText([]byte(s)); err != nil {
		return false
	}
	field.Set(reflect.ValueOf(at))
	return true
}

// setWhole refuses fractions, and numbers beyond what a float64 holds exactly or
// the field has room for.
func setWhole(field reflect.Value, v any) bool {
	const exact = 1 << 53
	f, ok := number(v)
	if !ok || f != math.Trunc(f) || math.Abs(f) > exact || field.OverflowInt(int64(f)) {
		return false
	}
	field.SetInt(int64(f))
	return true
}

// number reads a number in JSON's shape; an int is taken as well.
func number(v any) (float64, bool) {
	switch n := v.(type) {
	case float64:
		return n, true
	case int:
		return float64(n), true
	}
	return 0, false
}
