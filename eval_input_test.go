package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestEvalInput says what is wrong with files, and where.
func TestEvalInput(t *testing.T) {
	t.Setenv("HOME", t.TempDir())
	const sound = `{"services":[{"name":"s","intents":[{"name":"go_home","summary":"Go home","examples":["go home"]}]}]}`
	const fine = `{"text":"go home","want":["go_home"]}` + "\n"
	intent := func(in string) string {
		return "{\"services\":[\n{\"name\":\"s\",\n\"intents\":[\n{\"name\":\"go_home\",\"summary\":\"Go home\"},\n" + in + "]}]}"
	}
	for _, tc := range []struct {
		name, catalog, cases string
		args                 []string
		status               int
		err                  string // part of it
	}{
		{"Fine", sound, fine, nil, 0, ""},
		{"EmptyLines", sound, "\ufeff\n\n" + fine + "  \r\n" + fine, nil, 0, ""},
		{"EmptyText", sound, fine + `{"text":" ","want":[]}`, nil, exitUsage, `cases.jsonl:2: "text" is empty`},
		{"UnknownFields", `{"data":{},` + sound[1:], `{"id":7,` + fine[1:], nil, 0, ""},
		{"NoCasesFlag", sound, "", []string{"--cases", ""}, exitUsage, "--cases"},
		{"NoCasesFile", sound, "", []string{"--cases", "none.jsonl"}, exitUsage, "none.jsonl"},
		{"CasesAreAFolder", sound, "", []string{"--cases", "."}, exitUsage, "folder"},
		{"NoCases", sound, "\n", nil, exitUsage, "no cases"},
		{"NotJSON", sound, fine + "cancel my order\n", nil, exitUsage, "cases.jsonl:2: this is not a case"},
		{"WantIsMissing", sound, fine + fine + `{"text":"x"}`, nil, exitUsage, `cases.jsonl:3: "want" is missing`},
		{"WantIsText", sound, `{"text":"x","want":"go_home"}`, nil, exitUsage, "cases.jsonl:1: this is not a case: want cannot be a string"},
		{"TextIsMissing", sound, `{"want":[]}`, nil, exitUsage, `"text" is missing`},
		{"WrongRole", sound, `{"text":"x","want":[],"history":[{"role":"dog","text":"woof"}]}`, nil, exitUsage, `"dog"`},
		{"UnknownIntent", sound, fine + `{"text":"x","want":["go_hme"]}`, nil, 0, "cases.jsonl:2: the wanted intent go_hme is not in the catalog"},
		{"OddArguments", sound, `{"text":"x","want":[],"args":{"go_home":{"a":1}},"condition":{"go_home":true}}`, nil, 0, "not wanted"},
		{"NoCatalogFile", "", fine, []string{"--catalog", "none.json"}, exitUsage, "none.json"},
		{"CatalogIsNotJSON", "{\n\"services\": oops}", fine, nil, exitUsage, "catalog.json:2: invalid character"},
		{"CatalogIsALine", "x\n", fine, nil, exitUsage, "catalog.json:1: invalid character"},
		{"CatalogEndsBeforeEmptyLines", "{\"services\":[\n\n\n", fine, nil, exitUsage, "catalog.json:1: the file ends too early"},
		{"CatalogEndsEarly", "{\"services\":[\n{", fine, nil, exitUsage, "catalog.json:2: the file ends too early"},
		{"CatalogIsAList", "[]", fine, nil, exitUsage, "catalog.json:1: an object must stand here"},
		{"MoreAfterCatalog", sound + "\n{}", fine, nil, exitUsage, "catalog.json:2: there is more"},
		{"NoServices", "{}", fine, nil, exitUsage, `"services" is missing`},
		{"NoIntents", `{"services":[]}`, fine, nil, exitUsage, "no intents"},
		{"ServiceWithoutName", "{\"services\":[\n{\"intents\":[]}]}", fine, nil, exitUsage, "catalog.json:2: a service has no name"},
		{"WrongEra", "{\"services\":[\n{\"name\":\"s\",\"era\":\"stone\"}]}", fine, nil, exitUsage, `catalog.json:2: the era of the service s is "stone"`},
		{"IntentName", intent(`{"name":"Go Home"}`), fine, nil, exitUsage, "catalog.json:5: service s: intent Go Home"},
		{"IntentKind", intent("{\"name\":\"go_out\",\n\"examples\":7}"), fine, nil, exitUsage, "catalog.json:6: examples cannot be a number"},
		{"IntentTwice", intent(`{"name":"go_home"}`), fine, nil, exitUsage, "catalog.json:5: the modern intent go_home is already there, on line 4"},
		{"IntentSchema", intent(`{"name":"go_out","params":{"type":"string"}}`), fine, nil, exitUsage, "catalog.json:5: service s: intent go_out: schema of the parameters"},
		{"Parallel", sound, fine, []string{"--parallel", "0"}, exitUsage, "--parallel"},
		{"Arguments", sound, fine, []string{"more"}, exitUsage, "more"},
		{"UnknownBackend", sound, fine, []string{"--backend", "oracle"}, exitUsage, "oracle"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := t.TempDir()
			catalog, cases := filepath.Join(dir, "catalog.json"), filepath.Join(dir, "cases.jsonl")
			for file, text := range map[string]string{catalog: tc.catalog, cases: tc.cases} {
				if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			args := append([]string{"--catalog", catalog, "--cases", cases}, tc.args...)
			got := evalHere(t.Context(), args...)
			if got.status != tc.status || !strings.Contains(got.err, tc.err) || (got.out == "") != (tc.status != 0) {
				t.Errorf("status %d\nout: %s\nerr: %s", got.status, got.out, got.err)
			}
		})
	}
	t.Run("Interrupted", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		file := filepath.Join(t.TempDir(), "cases.jsonl")
		if err := os.WriteFile(file, []byte(fine), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := evalHere(ctx, "--catalog", filepath.Join(evalData, "catalog.json"), "--cases", file); got.status != exitInterrupted {
			t.Errorf("status %d: %s", got.status, got.err)
		}
	})
}

// TestEvalProcess runs the program itself, with the cases on standard input.
func TestEvalProcess(t *testing.T) {
	t.Parallel()
	catalog, err := filepath.Abs(filepath.Join(evalData, "catalog.json"))
	if err != nil {
		t.Fatal(err)
	}
	got := banyan(t, t.TempDir(), `{"text":"where is my parcel","want":["find_parcel"]}`+"\n", "eval", "--catalog", catalog, "--cases", "-", "--json")
	var first struct {
		Got []string `json:"got"`
		OK  bool     `json:"ok"`
	}
	if err := json.NewDecoder(strings.NewReader(got.out)).Decode(&first); err != nil || got.status != 0 || !first.OK || got.err != "" {
		t.Errorf("status %d, %v\n%s\n%s", got.status, err, got.out, got.err)
	}
	bad := banyan(t, t.TempDir(), "{\n", "eval", "--catalog", catalog, "--cases", "-")
	if bad.status != exitUsage || !strings.Contains(bad.err, "standard input:1") {
		t.Errorf("status %d: %s", bad.status, bad.err)
	}
}

// FuzzEvalInput: whatever stands in a file, it is either read or said to be wrong
// at a line that it has.
func FuzzEvalInput(f *testing.F) {
	for _, file := range []string{"catalog.json", "cases.jsonl"} {
		data, err := os.ReadFile(filepath.Join(evalData, file))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte(`{"services":[{"name":"s","intents":[{"name":"a","params":{"type":7}}]}]}`))
	place := regexp.MustCompile(`^file:([0-9]+): `)
	f.Fuzz(func(t *testing.T, data []byte) {
		lines := 1 + bytes.Count(data, []byte("\n"))
		check := func(err error) {
			m := place.FindStringSubmatch(err.Error())
			if m == nil {
				if !strings.HasPrefix(err.Error(), "file: there are no intents") {
					t.Errorf("no place: %v", err)
				}
				return
			}
			if n, err := strconv.Atoi(m[1]); err != nil || n < 1 || n > lines {
				t.Errorf("there is no line %s of %d", m[1], lines)
			}
		}
		if catalog, err := parseCatalog("file", data); err != nil {
			check(err)
		} else if len(catalog.Intents()) == 0 {
			t.Error("an empty catalog")
		}
		for c, err := range readCases(bytes.NewReader(data), "file") {
			if err != nil {
				check(err)
			} else if c.Want == nil || c.line < 1 || c.line > lines {
				t.Errorf("%+v", c)
			}
		}
	})
}
