package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"banyan/orchestrator"
)

// catalogFile is a catalog.json while it is read.
type catalogFile struct {
	name    string
	data    []byte
	dec     *json.Decoder
	offered []orchestrator.Offered
	intents []intentAt
}

// intentAt is a service with one of its intents, and where that begins in the file.
type intentAt struct {
	service orchestrator.Description
	at      int64
}

// readCatalog reads the services of a catalog.json. An era that is not given is
// modern, an effect write. Errors name the file and the line.
func readCatalog(file string) (*orchestrator.Catalog, error) {
	data, err := os.ReadFile(file) //nolint:gosec // the user names the file
	if err != nil {
		return nil, wrong("the catalog cannot be read: %w", err)
	}
	return parseCatalog(file, data)
}

// parseCatalog is readCatalog for what stands in the file.
func parseCatalog(file string, data []byte) (*orchestrator.Catalog, error) {
	f := &catalogFile{name: file, data: data, dec: json.NewDecoder(bytes.NewReader(data))}
	if err := f.read(); err != nil {
		return nil, err
	}
	catalog, bad := orchestrator.NewCatalog(f.offered)
	if len(bad) > 0 {
		return nil, f.blame(bad[0])
	}
	if len(catalog.Intents()) == 0 {
		return nil, wrong(`%s: there are no intents. A catalog looks like {"services":[{"name":"…","era":"modern","intents":[{"name":"…","summary":"…","examples":["…"]}]}]}`, file)
	}
	return catalog, nil
}

func (f *catalogFile) read() error {
	found := false
	err := f.object(func(key string) error {
		if key != "services" {
			_, err := f.value(new(any))
			return err
		}
		found = true
		return f.list(f.service)
	})
	if err != nil {
		return err
	}
	if !found {
		return f.wrong(0, errors.New(`"services" is missing`))
	}
	if _, err := f.dec.Token(); !errors.Is(err, io.EOF) {
		return f.wrong(f.dec.InputOffset(), errors.New("there is more after the catalog"))
	}
	return nil
}

func (f *catalogFile) service() error {
	d := orchestrator.Description{Version: "1.0.0", Contract: orchestrator.ContractVersion, Era: orchestrator.Modern}
	start := f.dec.InputOffset()
	var at []int64
	err := f.object(func(key string) error {
		var err error
		switch key {
		case "name":
			_, err = f.value(&d.Name)
		case "version":
			_, err = f.value(&d.Version)
		case "era":
			_, err = f.value(&d.Era)
		case "intents":
			err = f.list(func() error {
				var in orchestrator.Intent
				from, err := f.value(&in)
				at, d.Intents = append(at, from), append(d.Intents, in)
				return err
			})
		default:
			_, err = f.value(new(any))
		}
		return err
	})
	switch {
	case err != nil:
		return err
	case d.Name == "":
		return f.wrong(start, errors.New("a service has no name"))
	case d.Era != orchestrator.Legacy && d.Era != orchestrator.Modern:
		return f.wrong(start, fmt.Errorf("the era of the service %s is %q: it must be %q or %q", d.Name, d.Era, orchestrator.Legacy, orchestrator.Modern))
	}
	f.offered = append(f.offered, orchestrator.Offered{Description: d})
	for i, in := range d.Intents {
		alone := d
		alone.Intents = []orchestrator.Intent{in}
		f.intents = append(f.intents, intentAt{alone, at[i]})
	}
	return nil
}

// object reads an object; each reads the value of a key.
func (f *catalogFile) object(each func(key string) error) error {
	if err := f.delim('{', "an object"); err != nil {
		return err
	}
	for f.dec.More() {
		t, err := f.dec.Token()
		if err != nil {
			return f.wrong(f.dec.InputOffset(), err)
		}
		key, _ := t.(string) // JSON has no other keys
		if err := each(key); err != nil {
			return err
		}
	}
	return f.delim('}', "the end of an object")
}

// list reads a list; each reads an element.
func (f *catalogFile) list(each func() error) error {
	if err := f.delim('[', "a list"); err != nil {
		return err
	}
	for f.dec.More() {
		if err := each(); err != nil {
			return err
		}
	}
	return f.delim(']', "the end of a list")
}

func (f *catalogFile) delim(want json.Delim, what string) error {
	at := f.dec.InputOffset()
	t, err := f.dec.Token()
	switch {
	case err != nil:
		return f.wrong(f.dec.InputOffset(), err)
	case t != want:
		return f.wrong(at, fmt.Errorf("%s must stand here, not %v", what, t))
	}
	return nil
}

// value reads the next value into v and says where it begins.
func (f *catalogFile) value(v any) (at int64, err error) {
	var raw json.RawMessage
	if err := f.dec.Decode(&raw); err != nil {
		return 0, f.wrong(f.dec.InputOffset(), err)
	}
	at = f.dec.InputOffset() - int64(len(raw))
	if err := json.Unmarshal(raw, v); err != nil {
		var kind *json.UnmarshalTypeError
		from := at
		if errors.As(err, &kind) {
			from += max(kind.Offset-1, 0)
		}
		return at, f.wrong(from, inPlainWords(err))
	}
	return at, nil
}

// blame finds the intent because of which a catalog is not sound.
func (f *catalogFile) blame(because error) error {
	type key struct {
		name string
		era  orchestrator.Era
	}
	seen := map[key]int64{}
	for _, in := range f.intents {
		if _, bad := orchestrator.NewCatalog([]orchestrator.Offered{{Description: in.service}}); len(bad) > 0 {
			return f.wrong(in.at, bad[0])
		}
		k := key{in.service.Intents[0].Name, in.service.Era}
		if first, twice := seen[k]; twice {
			return f.wrong(in.at, fmt.Errorf("the %s intent %s is already there, on line %d", k.era, k.name, f.line(first)))
		}
		seen[k] = in.at
	}
	return f.wrong(0, because)
}

// wrong is an error at a place of the file.
func (f *catalogFile) wrong(at int64, err error) error {
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		at = syntax.Offset - 1 // of the character itself
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		at, err = int64(len(bytes.TrimRight(f.data, " \t\r\n")))-1, errors.New("the file ends too early")
	}
	return wrong("%s:%d: %w", f.name, f.line(at), err)
}

// line is the line on which the first character at or after a place stands that
// is neither space nor punctuation between values.
func (f *catalogFile) line(at int64) int {
	at = min(max(at, 0), int64(len(f.data)))
	for at < int64(len(f.data)) && bytes.IndexByte([]byte(" \t\r\n,:"), f.data[at]) >= 0 {
		at++
	}
	return 1 + bytes.Count(f.data[:at], []byte("\n"))
}

// inPlainWords says what is wrong with a value of the wrong kind without Go's
// names for it.
func inPlainWords(err error) error {
	var kind *json.UnmarshalTypeError
	if !errors.As(err, &kind) {
		return err
	}
	what := kind.Field
	if what == "" {
		what = "this"
	}
	return fmt.Errorf("%s cannot be a %s", what, kind.Value)
}
