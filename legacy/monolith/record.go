package monolith

import (
	"fmt"
	"strconv"
	"time"
)

// Record holds the values of one record, or of one repeat of a list. Reading a
// field that is empty or not there gives the zero value; writing one that is not
// there, or a value that cannot be written, is reported by Encode. A Record is
// not safe for concurrent use.
type Record struct {
	layout *Layout
	values map[string]string
	lists  map[string][]*Record
	err    error
}

func newRecord(l *Layout) *Record {
	return &Record{layout: l, values: map[string]string{}, lists: map[string][]*Record{}}
}

// fail keeps the first error for Encode.
func (r *Record) fail(err error) {
	if r.err == nil {
		r.err = err
	}
}

// Layout returns the name of the record's layout.
func (r *Record) Layout() string { return r.layout.Name }

// Text returns a text without the spaces that pad it, or a number as digits.
func (r *Record) Text(field string) string { return r.values[field] }

// Number returns the value of a number field.
func (r *Record) Number(field string) int64 {
	n, _ := strconv.ParseInt(r.values[field], 10, 64) // digits, as the codec checked
	return n
}

// Flag tells whether a field is "Y".
func (r *Record) Flag(field string) bool { return r.values[field] == "Y" }

// List returns the repeats of a list.
func (r *Record) List(field string) []*Record { return r.lists[field] }

// SetText writes a text field, or a number field given as digits.
func (r *Record) SetText(field, v string) {
	f := r.layout.byName[field]
	if f == nil || f.Kind == List {
		r.fail(fmt.Errorf("%s has no field %s", r.layout.Name, field))
		return
	}
	r.values[field] = v
}

// SetNumber writes a number field.
func (r *Record) SetNumber(field string, n int64) { r.SetText(field, strconv.FormatInt(n, 10)) }

// SetFlag writes "Y" or "N".
func (r *Record) SetFlag(field string, v bool) {
	if v {
		r.SetText(field, "Y")
	} else {
		r.SetText(field, "N")
	}
}

// Add appends an empty repeat to a list and returns it.
func (r *Record) Add(field string) *Record {
	f := r.layout.byName[field]
	if f == nil || f.Kind != List {
		r.fail(fmt.Errorf("%s has no list %s", r.layout.Name, field))
		return newRecord(&Layout{Name: field})
	}
	e := newRecord(f.Group)
	r.lists[field] = append(r.lists[field], e)
	return e
}

// Time returns the moment in the fields prefix-DATE and prefix-TIME, in UTC; the
// zero time if there is none.
func (r *Record) Time(prefix string) time.Time {
	t, err := parseTime(r.values[prefix+"-DATE"], r.values[prefix+"-TIME"])
	if err != nil {
		return time.Time{}
	}
	return t
}

// SetTime writes the fields prefix-DATE and prefix-TIME; the zero time empties
// them.
func (r *Record) SetTime(prefix string, t time.Time) {
	d, c, err := formatTime(t)
	if err != nil {
		r.fail(fmt.Errorf("%s: %w", prefix, err))
		return
	}
	r.SetText(prefix+"-DATE", d)
	r.SetText(prefix+"-TIME", c)
}

// Date returns the day in a -DATE field as midnight UTC, or the zero time.
func (r *Record) Date(field string) time.Time {
	t, err := parseTime(r.values[field], "")
	if err != nil {
		return time.Time{}
	}
	return t
}

// SetDate writes a -DATE field; the zero time empties it.
func (r *Record) SetDate(field string, t time.Time) {
	d, _, err := formatTime(t)
	if err != nil {
		r.fail(fmt.Errorf("%s: %w", field, err))
		return
	}
	r.SetText(field, d)
}

// copyFrom takes over the values and lists of o that this layout has too.
func (r *Record) copyFrom(o *Record) *Record {
	for _, f := range r.layout.Fields {
		if f.Kind == List {
			if list, ok := o.lists[f.Name]; ok {
				r.lists[f.Name] = list
			}
		} else if v, ok := o.values[f.Name]; ok {
			r.values[f.Name] = v
		}
	}
	return r
}
