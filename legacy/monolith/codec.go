package monolith

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Encode writes the record as fixed-width text. It fails if a value is too long
// for its field, is not valid UTF-8, contains a NUL, is padded with spaces of its own, is not
// a number or date where one must stand, or is none of those that the copybook
// allows.
func (r *Record) Encode() (string, error) {
	var b strings.Builder
	if err := r.encode(&b); err != nil {
		return "", fmt.Errorf("encode %s: %w", r.layout.Name, err)
	}
	return b.String(), nil
}

func (r *Record) encode(b *strings.Builder) error {
	if r.err != nil {
		return r.err
	}
	for _, f := range r.layout.Fields {
		if f.Kind == List {
			for i, e := range r.lists[f.Name] {
				if err := e.encode(b); err != nil {
					return fmt.Errorf("%s(%d): %w", f.Name, i+1, err)
				}
			}
			continue
		}
		v := r.values[f.Name]
		if f.Kind == Number {
			v = strings.Repeat("0", max(0, f.Width-len(v))) + v
			if list := r.layout.counts(f.Name); list != nil {
				n := len(r.lists[list.Name])
				if n > list.Max {
					return fmt.Errorf("%s has %d repeats: at most %d fit", list.Name, n, list.Max)
				}
				v = fmt.Sprintf("%0*d", f.Width, n)
			}
		}
		if err := f.check(v); err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
		b.WriteString(v)
		for range f.Width - utf8.RuneCountInString(v) {
			b.WriteByte(' ')
		}
	}
	return nil
}

// check tells whether the value, without padding, may stand in the field.
func (f *Field) check(v string) error {
	n := utf8.RuneCountInString(v)
	switch {
	case !utf8.ValidString(v):
		return fmt.Errorf("the text is not valid UTF-8")
	case n > f.Width:
		return fmt.Errorf("%d characters are too many: %d fit", n, f.Width)
	case strings.ContainsRune(v, 0):
		return fmt.Errorf("the text contains a NUL character")
	case f.Kind == Number:
		return f.checkNumber(v)
	case strings.HasSuffix(v, " "):
		return fmt.Errorf("the text ends in a space, which would not be kept")
	case f.Values != nil && !slices.Contains(f.Values, v):
		return fmt.Errorf("%q is none of the values %q", v, f.Values)
	}
	return nil
}

func (f *Field) checkNumber(v string) error {
	if v == "" || strings.Trim(v, "0123456789") != "" {
		return fmt.Errorf("%q is not a number of %d digits", v, f.Width)
	}
	var err error
	switch {
	case strings.HasSuffix(f.Name, "-DATE"):
		_, err = parseTime(v, "")
	case strings.HasSuffix(f.Name, "-TIME"):
		_, err = parseTime("70001", v)
	case strings.HasSuffix(f.Name, "-YYMM") && v != "0000" && ParseYYMM(v) == "":
		err = fmt.Errorf("%q is not YYMM", v)
	}
	return err
}

// Decode reads a record of the named layout. The text must be that record and
// nothing more; what Decode accepts, Encode writes again as it was.
func (b *Copybook) Decode(layout, text string) (*Record, error) {
	r, rest, err := b.DecodePrefix(layout, text)
	if err != nil {
		return nil, err
	}
	if rest != "" {
		return nil, fmt.Errorf("decode %s: %d characters too many", layout, utf8.RuneCountInString(rest))
	}
	return r, nil
}

// DecodePrefix reads a record at the start of a text and returns what follows.
func (b *Copybook) DecodePrefix(layout, text string) (r *Record, rest string, err error) {
	l := b.layouts[layout]
	if l == nil {
		return nil, "", fmt.Errorf("the copybook has no record %s", layout)
	}
	if !utf8.ValidString(text) {
		return nil, "", fmt.Errorf("decode %s: the text is not valid UTF-8", layout)
	}
	d := decoder{text: text}
	if r, err = d.record(l); err != nil {
		return nil, "", fmt.Errorf("decode %s: %w", layout, err)
	}
	return r, d.text, nil
}

// decoder holds what has not been read yet.
type decoder struct{ text string }

func (d *decoder) record(l *Layout) (*Record, error) {
	r := newRecord(l)
	for _, f := range l.Fields {
		if f.Kind == List {
			for i := range int(r.Number(f.Count)) {
				e, err := d.record(f.Group)
				if err != nil {
					return nil, fmt.Errorf("%s(%d): %w", f.Name, i+1, err)
				}
				r.lists[f.Name] = append(r.lists[f.Name], e)
			}
			continue
		}
		v, err := d.take(f.Width)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
		if f.Kind == Text {
			v = strings.TrimRight(v, " ")
		}
		if err := f.check(v); err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
		r.values[f.Name] = v
		if list := l.counts(f.Name); list != nil && r.Number(f.Name) > int64(list.Max) {
			return nil, fmt.Errorf("%s: %s repeats: at most %d fit", f.Name, v, list.Max)
		}
	}
	return r, nil
}

// take reads n characters.
func (d *decoder) take(n int) (string, error) {
	end := 0
	for i := range n {
		if end >= len(d.text) {
			return "", fmt.Errorf("the record ends after %d of %d characters", i, n)
		}
		_, size := utf8.DecodeRuneInString(d.text[end:])
		end += size
	}
	v := d.text[:end]
	d.text = d.text[end:]
	return v, nil
}
