package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const mit = `Copyright (c) 2020 Somebody
Permission is hereby granted, free of charge, to any person obtaining a copy of this software, to deal in the Software.
The above copyright notice and this permission
notice shall be included in all copies.`

func TestLicenceIn(t *testing.T) {
	for _, tc := range []struct{ text, want string }{
		{mit, "MIT"},
		{"   Apache License\n   Version 2.0, January 2004", "Apache-2.0"},
		{"Redistribution and use in source and binary forms, with or without modification. Neither the name of X", "BSD-3-Clause"},
		{"Redistribution and use in source and binary forms. Redistributions in binary form must reproduce", "BSD-2-Clause"},
		{"GNU GENERAL PUBLIC LICENSE\nVersion 3, 29 June 2007", "GPL"},
		{"GNU AFFERO GENERAL PUBLIC LICENSE\nVersion 3", "AGPL"},
		{mit + "\nGNU LESSER GENERAL PUBLIC LICENSE Version 2.1", "LGPL"},
		{"Mozilla Public License Version 2.0\n ... the GNU General Public License, Version 2.0", "MPL-2.0"},
		{"Business Source License 1.1", "BUSL"},
		{"All rights reserved.", "unknown"},
		{"", "unknown"},
	} {
		if got := licenceIn(tc.text); got != tc.want {
			t.Errorf("%.40q is %s, want %s", tc.text, got, tc.want)
		}
	}
}

func TestRefused(t *testing.T) {
	for _, tc := range []struct {
		name  string
		files map[string]string
		ok    bool
	}{
		{"Allowed", map[string]string{"LICENSE": mit}, true},
		{"Copyleft", map[string]string{"COPYING": "GNU General Public License version 2"}, false},
		{"OneOfTwo", map[string]string{"LICENSE": mit, "LICENSE.other": "All rights reserved."}, false},
		{"None", map[string]string{"README": mit, "license.go": "package licence"}, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := t.TempDir()
			for name, text := range tc.files {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			ids, err := licencesOf(dir)
			if why := refused(ids); err != nil || (why == "") != tc.ok {
				t.Errorf("%v %v: %q", err, ids, why)
			}
		})
	}
}

// What is written is of the modules of this project.
func TestSBOM(t *testing.T) {
	t.Chdir(filepath.Join("..", ".."))
	var first, second strings.Builder
	if err := run([]string{"sbom"}, &first); err != nil {
		t.Fatal(err)
	}
	if err := run([]string{"sbom"}, &second); err != nil || first.String() != second.String() {
		t.Errorf("twice is not the same: %v", err)
	}
	var b bom
	if err := json.Unmarshal([]byte(first.String()), &b); err != nil {
		t.Fatal(err)
	}
	found := map[string]component{}
	for _, c := range b.Components {
		if c.PURL == "" || c.Version == "" || len(c.Licenses) == 0 || refused([]string{c.Licenses[0].License.ID}) != "" {
			t.Errorf("%+v", c)
		}
		if found[c.Ref].Ref != "" {
			t.Errorf("%s stands there twice", c.Ref)
		}
		found[c.Ref] = c
	}
	mod, err := command(nil, "list", "-m", "-f", "pkg:golang/{{.Path}}@{{.Version}}", "github.com/spf13/cobra", "go.etcd.io/bbolt", "github.com/danieljoos/wincred")
	if err != nil {
		t.Fatal(err)
	}
	for ref := range strings.FieldsSeq(string(mod)) {
		if found[ref].Ref == "" {
			t.Errorf("%s is missing", ref)
		}
	}
	for _, d := range b.Dependencies {
		for _, on := range d.On {
			if found[on].Ref == "" {
				t.Errorf("%s needs %s, which is not there", d.Ref, on)
			}
		}
	}
	if b.Format != "CycloneDX" || b.Spec != "1.5" || !strings.HasPrefix(b.Serial, "urn:uuid:") || len(b.Dependencies[0].On) == 0 {
		t.Errorf("%+v", b.Metadata)
	}
	for ref := range found {
		if strings.Contains(ref, "pgregory.net/rapid") {
			t.Error("a module of the tests alone is said to be in the program")
		}
	}
}

func TestLicencesOfThisProject(t *testing.T) {
	t.Chdir(filepath.Join("..", ".."))
	var out strings.Builder
	if err := run([]string{"licences"}, &out); err != nil {
		t.Errorf("%v\n%s", err, out.String())
	}
}
