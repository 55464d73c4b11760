package services

import (
	"encoding"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strings"
	"time"
)

// encoder turns a Go value into JSON's shape: what json.Unmarshal would give for
// json.Marshal of it, without the text in between.
type encoder func(reflect.Value) any

var (
	timeType        = reflect.TypeFor[time.Time]()
	jsonMarshaler   = reflect.TypeFor[json.Marshaler]()
	textMarshaler   = reflect.TypeFor[encoding.TextMarshaler]()
	jsonUnmarshaler = reflect.TypeFor[json.Unmarshaler]()
	textUnmarshaler = reflect.TypeFor[encoding.TextUnmarshaler]()
)

// encoderOf builds the encoder of the struct T once, so that a call only runs it.
// Types that JSON has no plain shape for, embedded fields and recursive types are
// an error.
func encoderOf[T any]() (func(T) map[string]any, error) {
	t := reflect.TypeFor[T]()
	if t.Kind() != reflect.Struct {
		return nil, fmt.Errorf("%s is not a struct", t)
	}
	enc, err := buildEncoder(t, nil)
	if err != nil {
		return nil, err
	}
	return func(v T) map[string]any {
		m, _ := enc(reflect.ValueOf(v)).(map[string]any)
		return m
	}, nil
}

func buildEncoder(t reflect.Type, outer []reflect.Type) (encoder, error) {
	for _, o := range outer {
		if o == t {
			return nil, fmt.Errorf("%s contains itself", t)
		}
	}
	outer = append(outer, t)
	switch {
	case t == timeType:
		return func(v reflect.Value) any {
			at, _ := v.Interface().(time.Time)
			return at.Format(time.RFC3339Nano)
		}, nil
	case t.Implements(jsonMarshaler), t.Implements(textMarshaler):
		return nil, fmt.Errorf("%s has a JSON form of its own", t)
	}
	switch t.Kind() {
	case reflect.String:
		return func(v reflect.Value) any { return v.String() }, nil
	case reflect.Bool:
		return func(v reflect.Value) any { return v.Bool() }, nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return func(v reflect.Value) any { return float64(v.Int()) }, nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return func(v reflect.Value) any { return float64(v.Uint()) }, nil
	case reflect.Float32, reflect.Float64:
		return encodeFloat, nil
	case reflect.Pointer:
		elem, err := buildEncoder(t.Elem(), outer)
		return func(v reflect.Value) any {
			if v.IsNil() {
				return nil
			}
			return elem(v.Elem())
		}, err
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return nil, fmt.Errorf("%s would become base64: use a string", t)
		}
		elem, err := buildEncoder(t.Elem(), outer)
		return func(v reflect.Value) any {
			// A nil list is sent as an empty one: schemas ask for a list.
			list := make([]any, v.Len())
			for i := range list {
				list[i] = elem(v.Index(i))
			}
			return list
		}, err
	case reflect.Map:
		if t.Key().Kind() != reflect.String {
			return nil, fmt.Errorf("%s: keys must be strings", t)
		}
		elem, err := buildEncoder(t.Elem(), outer)
		return func(v reflect.Value) any {
			m := make(map[string]any, v.Len())
			for it := v.MapRange(); it.Next(); {
				m[it.Key().String()] = elem(it.Value())
			}
			return m
		}, err
	case reflect.Struct:
		return buildStruct(t, outer)
	default:
		return nil, fmt.Errorf("%s has no JSON form", t)
	}
}

// encodeFloat leaves out what JSON cannot say.
func encodeFloat(v reflect.Value) any {
	if f := v.Float(); !math.IsNaN(f) && !math.IsInf(f, 0) {
		return f
	}
	return nil
}

type fieldEncoder struct {
	index  int
	name   string
	absent func(reflect.Value) bool // nil: never
	encode encoder
}

func buildStruct(t reflect.Type, outer []reflect.Type) (encoder, error) {
	var fields []fieldEncoder
	for i := range t.NumField() {
		f := t.Field(i)
		tag := f.Tag.Get("json")
		if tag == "-" {
			continue
		}
		if f.Anonymous {
			return nil, fmt.Errorf("%s: embedded field %s", t, f.Name)
		}
		if !f.IsExported() {
			continue
		}
		name, options, _ := strings.Cut(tag, ",")
		if name == "" {
			name = f.Name
		}
		enc, err := buildEncoder(f.Type, outer)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		fe := fieldEncoder{index: i, name: name, encode: enc}
		for option := range strings.SplitSeq(options, ",") {
			switch option {
			case "omitzero":
				fe.absent = isZero(f.Type)
			case "omitempty":
				fe.absent = isEmpty
			case "string":
				return nil, fmt.Errorf("%s: the option string is not supported", name)
			}
		}
		fields = append(fields, fe)
	}
	return func(v reflect.Value) any {
		m := make(map[string]any, len(fields))
		for _, f := range fields {
			field := v.Field(f.index)
			if f.absent == nil || !f.absent(field) {
				m[f.name] = f.encode(field)
			}
		}
		return m
	}, nil
}

func isZero(t reflect.Type) func(reflect.Value) bool {
	if t == timeType {
		return func(v reflect.Value) bool {
			at, _ := v.Interface().(time.Time)
			return at.IsZero()
		}
	}
	return reflect.Value.IsZero
}

// isEmpty is what encoding/json means by omitempty: a struct is never empty.
func isEmpty(v reflect.Value) bool {
	switch v.Kind() { //nolint:exhaustive // the others are never empty
	case reflect.Slice, reflect.Map, reflect.String:
		return v.Len() == 0
	case reflect.Struct:
		return false
	default:
		return v.IsZero()
	}
}
