package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"text/tabwriter"
)

// allowed are the licences, by SPDX identifier, under which code may be linked into
// the program or used to test it. All of them let it be used and passed on with a
// notice; MPL-2.0 asks for the source of changed files, and none are changed.
var allowed = []string{"0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MPL-2.0", "Unlicense"}

// licences prints the licence of every dependency, tests' included, and fails if
// one is not allowed or not known.
func licences(out io.Writer) error {
	all, err := modules("-test", "./...")
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return errors.New("there are no dependencies: nothing was checked")
	}
	w := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
	var bad []string
	for _, m := range all {
		ids, err := licencesOf(m.Dir)
		if err != nil {
			return fmt.Errorf("%s: %w", m.Path, err)
		}
		if refused := refused(ids); refused != "" {
			bad = append(bad, m.Path+": "+refused)
		}
		if _, err := fmt.Fprintf(w, "%s\t%s\t%s\n", m.Path, m.Version, strings.Join(ids, " and ")); err != nil {
			return err
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if len(bad) > 0 {
		return fmt.Errorf("not on the list (%s):\n%s", strings.Join(allowed, ", "), strings.Join(bad, "\n"))
	}
	_, err = fmt.Fprintf(out, "%d dependencies, all on the list\n", len(all))
	return err
}

// refused says which of a module's licences is not allowed; empty if all are.
func refused(ids []string) string {
	if len(ids) == 0 {
		return "it has no licence file"
	}
	for _, id := range ids {
		if !slices.Contains(allowed, id) {
			return id
		}
	}
	return ""
}

var licenceFile = regexp.MustCompile(`(?i)^(un)?(licen[cs]e|copying)([-_.].*)?$`)

// licencesOf returns the licences of the files at the root of a module.
func licencesOf(dir string) ([]string, error) {
	if dir == "" {
		return nil, errors.New("the module is not in the cache; run: go mod download")
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, e := range entries {
		if e.IsDir() || !licenceFile.MatchString(e.Name()) || strings.HasSuffix(e.Name(), ".go") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, e.Name())) //nolint:gosec // a module of ours
		if err != nil {
			return nil, err
		}
		ids = append(ids, licenceIn(string(text)))
	}
	slices.Sort(ids)
	return slices.Compact(ids), nil
}

// marks are phrases that stand in a licence and in no other that is asked after it.
// What forbids more is asked first: a file with two licences counts as the stricter.
var marks = []struct {
	id   string
	says []string
}{
	{"AGPL", []string{"gnu affero general public license"}},
	{"LGPL", []string{"gnu lesser general public license", "version"}},
	{"GPL", []string{"gnu general public license", "version"}},
	{"MPL-2.0", []string{"mozilla public license version 2.0"}},
	{"BUSL", []string{"business source license"}},
	{"SSPL", []string{"server side public license"}},
	{"CC-BY-NC", []string{"noncommercial"}},
	{"Apache-2.0", []string{"apache license", "version 2.0, january 2004"}},
	{"Apache-2.0", []string{"licensed under the apache license, version 2.0"}},
	{"BSD-3-Clause", []string{"redistribution and use in source and binary forms", "neither the name"}},
	{"BSD-3-Clause", []string{"redistribution and use in source and binary forms", "endorse or promote products derived"}},
	{"BSD-2-Clause", []string{"redistribution and use in source and binary forms", "redistributions in binary form must reproduce"}},
	{"MIT", []string{"permission is hereby granted, free of charge, to any person obtaining a copy", "the above copyright notice and this permission notice"}},
	{"ISC", []string{"permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby granted, provided that the above copyright notice"}},
	{"ISC", []string{"permission to use, copy, modify, and distribute this software for any purpose with or without fee is hereby granted, provided that the above copyright notice"}},
	{"0BSD", []string{"permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby granted"}},
	{"Unlicense", []string{"this is free and unencumbered software released into the public domain"}},
}

// licenceIn names the licence of a text; "unknown" if it is none of those known.
func licenceIn(text string) string {
	text = strings.ToLower(strings.Join(strings.Fields(text), " "))
	for _, m := range marks {
		if !slices.ContainsFunc(m.says, func(s string) bool { return !strings.Contains(text, s) }) {
			// The MPL and the Apache licence speak of the GNU licences as well.
			if strings.HasSuffix(m.id, "GPL") && strings.Contains(text, "mozilla public license version 2.0") {
				return "MPL-2.0"
			}
			return m.id
		}
	}
	return "unknown"
}
