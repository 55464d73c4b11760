package monolith

import (
	_ "embed"
	"fmt"
	"maps"
	"slices"
)

//go:embed COPYBOOK.md
var copybookPage string

// Copybook is the set of record layouts and error codes. It does not change once
// loaded and is safe for concurrent use.
type Copybook struct {
	layouts map[string]*Layout
	codes   map[Code]string
}

// LoadCopybook parses the embedded page COPYBOOK.md.
func LoadCopybook() (*Copybook, error) {
	return parseCopybook(copybookPage)
}

// New returns an empty record of the named layout. An unknown name is reported
// when the record is encoded.
func (b *Copybook) New(layout string) *Record {
	l := b.layouts[layout]
	if l == nil {
		r := newRecord(&Layout{Name: layout})
		r.fail(fmt.Errorf("the copybook has no record %s", layout))
		return r
	}
	return newRecord(l)
}

// Layouts returns the names of all records, sorted.
func (b *Copybook) Layouts() []string { return slices.Sorted(maps.Keys(b.layouts)) }

// Layout returns the named layout, or nil.
func (b *Copybook) Layout(name string) *Layout { return b.layouts[name] }

// CodeText returns the text of an error code, or "" for one that the copybook
// does not know.
func (b *Copybook) CodeText(c Code) string { return b.codes[c] }

// Codes returns all error codes of the copybook, sorted.
func (b *Copybook) Codes() []Code { return slices.Sorted(maps.Keys(b.codes)) }

// Kind says what a field holds.
type Kind int

// The kinds of field.
const (
	Text   Kind = iota // PIC X
	Number             // PIC 9
	List               // OCCURS
)

// Layout is the order of the fields in a record or in one repeat of a list.
type Layout struct {
	Name   string
	Fields []*Field
	byName map[string]*Field
}

// Field is one field of a layout.
type Field struct {
	Name string
	Kind Kind
	// Width is the number of characters of a Text or Number.
	Width int
	// Values are the only ones that the field may have; none means any.
	Values []string
	// Max, Count and Group belong to a List: how often it may occur, the field that
	// says how often it does, and the layout of one repeat.
	Max   int
	Count string
	Group *Layout
}

// counts tells which list a number field counts, or nil.
func (l *Layout) counts(field string) *Field {
	for _, f := range l.Fields {
		if f.Kind == List && f.Count == field {
			return f
		}
	}
	return nil
}
