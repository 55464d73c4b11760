package monolith

import (
	"fmt"
	"strconv"
	"strings"
)

// parseCopybook reads the blocks of a page that are marked copybook and codes.
func parseCopybook(page string) (*Copybook, error) {
	p := parser{book: &Copybook{layouts: map[string]*Layout{}, codes: map[Code]string{}}}
	block := ""
	for n, line := range strings.Split(page, "\n") {
		if mark, ok := strings.CutPrefix(line, "```"); ok {
			block = mark
			continue
		}
		var err error
		switch block {
		case "copybook":
			err = p.statement(line)
		case "codes":
			err = p.code(line)
		}
		if err != nil {
			return nil, fmt.Errorf("copybook line %d: %w", n+1, err)
		}
	}
	for _, l := range p.book.layouts {
		if err := l.check(); err != nil {
			return nil, fmt.Errorf("copybook: record %s: %w", l.Name, err)
		}
	}
	return p.book, nil
}

// parser keeps the groups that are open: the record, and the lists within it.
type parser struct {
	book *Copybook
	open []openGroup
	last *Field
}

type openGroup struct {
	level  int
	layout *Layout
}

func (p *parser) code(line string) error {
	if strings.TrimSpace(line) == "" {
		return nil
	}
	number, text, ok := strings.Cut(line, " ")
	n, err := strconv.Atoi(number)
	if !ok || err != nil || len(number) != 4 {
		return fmt.Errorf("want four digits and a text, not %q", line)
	}
	p.book.codes[Code(n)] = text
	return nil
}

// statement reads one line such as `05 CUST-NAME PIC X(60).`
func (p *parser) statement(line string) error {
	words := strings.Fields(strings.TrimSuffix(strings.TrimSpace(line), "."))
	if len(words) == 0 {
		return nil
	}
	if words[0] == "COPY" {
		return p.copyRecord(words)
	}
	level, err := strconv.Atoi(words[0])
	if err != nil || len(words) < 2 {
		return fmt.Errorf("want a level and a name, not %q", line)
	}
	name := words[1]
	switch {
	case level == 1:
		if p.book.layouts[name] != nil {
			return fmt.Errorf("the record %s is there already", name)
		}
		l := &Layout{Name: name}
		p.book.layouts[name], p.open, p.last = l, []openGroup{{1, l}}, nil
		return nil
	case len(p.open) == 0:
		return fmt.Errorf("%s stands outside of a record", name)
	case level == 88:
		return p.value(words)
	}
	for level <= p.open[len(p.open)-1].level {
		p.open = p.open[:len(p.open)-1]
	}
	f, err := parseField(words)
	if err != nil {
		return err
	}
	l := p.open[len(p.open)-1].layout
	l.Fields, p.last = append(l.Fields, f), f
	if f.Kind == List {
		p.open = append(p.open, openGroup{level, f.Group})
	}
	return nil
}

func (p *parser) copyRecord(words []string) error {
	if len(words) != 2 || len(p.open) == 0 || p.book.layouts[words[1]] == nil {
		return fmt.Errorf("COPY wants the name of an earlier record")
	}
	l := p.open[len(p.open)-1].layout
	l.Fields, p.last = append(l.Fields, p.book.layouts[words[1]].Fields...), nil
	return nil
}

func (p *parser) value(words []string) error {
	if len(words) != 4 || words[2] != "VALUE" || p.last == nil || p.last.Kind != Text {
		return fmt.Errorf("level 88 wants a text field before it and NAME VALUE \"x\"")
	}
	v := ""
	if words[3] != "SPACE" {
		v = strings.Trim(words[3], `"`)
	}
	p.last.Values = append(p.last.Values, v)
	return nil
}

// parseField reads PIC X(n), PIC 9(n) and OCCURS 0 TO n TIMES DEPENDING ON f.
func parseField(words []string) (*Field, error) {
	f := &Field{Name: words[1]}
	switch {
	case len(words) == 4 && words[2] == "PIC":
		pic, width, ok := strings.Cut(strings.TrimSuffix(words[3], ")"), "(")
		n, err := strconv.Atoi(width)
		if !ok || err != nil || n < 1 || pic != "X" && pic != "9" || pic == "9" && n > 18 {
			return nil, fmt.Errorf("%s: PIC %s is not X(n) or 9(n)", f.Name, words[3])
		}
		f.Width = n
		if pic == "9" {
			f.Kind = Number
		}
	case len(words) == 10 && words[2] == "OCCURS":
		n, err := strconv.Atoi(words[5])
		if err != nil || n < 1 {
			return nil, fmt.Errorf("%s: OCCURS wants a number, not %q", f.Name, words[5])
		}
		f.Kind, f.Max, f.Count = List, n, words[9]
		f.Group = &Layout{Name: f.Name}
	default:
		return nil, fmt.Errorf("%s: want PIC or OCCURS 0 TO n TIMES DEPENDING ON f", f.Name)
	}
	return f, nil
}

// check makes the index of the fields and finds what does not hold together.
func (l *Layout) check() error {
	l.byName = make(map[string]*Field, len(l.Fields))
	for _, f := range l.Fields {
		if l.byName[f.Name] != nil {
			return fmt.Errorf("the field %s is there twice", f.Name)
		}
		l.byName[f.Name] = f
		if f.Kind != List {
			continue
		}
		count := l.byName[f.Count]
		if count == nil || count.Kind != Number {
			return fmt.Errorf("the list %s wants the number field %s before it", f.Name, f.Count)
		}
		if len(strconv.Itoa(f.Max)) > count.Width {
			return fmt.Errorf("%s is too narrow for %d repeats", f.Count, f.Max)
		}
		if len(f.Group.Fields) == 0 {
			return fmt.Errorf("the list %s has no fields", f.Name)
		}
		if err := f.Group.check(); err != nil {
			return err
		}
	}
	return nil
}
