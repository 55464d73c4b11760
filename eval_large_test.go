package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The words of the large catalog: an intent is something done to a thing of some
// kind, so that intents share many words, as they do where there are many.
const (
	largeVerbs = "cancel|call off;open|start;close|shut;renew|prolong;review|look over;approve|sign off;reject|turn down;archive|file away;" +
		"export|download;import|load;print|put on paper;rename|give another name to;copy|duplicate;delete|remove;restore|bring back;" +
		"lock|freeze;unlock|release;assign|hand over;schedule|plan;find|search for"
	largeKinds  = "monthly draft overdue private shared standard urgent foreign seasonal internal"
	largeThings = "invoice contract ticket budget report permit licence shipment warranty payslip timesheet campaign prescription " +
		"appointment subscription mortgage inspection certificate donation membership scholarship voucher recipe manuscript questionnaire"
)

// largeForms are ways to ask; %v is what is to be done and %t the thing. The last
// two are not among the examples.
var largeForms = []string{
	"%v the %t", "please %v my %t", "can you %v the %t for me", "i want to %v a %t", "i need to %v our %t today",
	"how do i %v the %t", "%v that %t right now", "would you %v the %t from last week", "help me %v this %t", "time to %v the %t",
	"could somebody %v the %t please", "i would like to %v my %t",
}

// mustLarge writes a catalog of n intents with ten examples each, and cases for
// some of them, and returns the files.
func mustLarge(t testing.TB, n int) (catalog, cases string) {
	t.Helper()
	type intent struct {
		Name     string   `json:"name"`
		Summary  string   `json:"summary"`
		Effect   string   `json:"effect"`
		Examples []string `json:"examples"`
	}
	var intents []intent
	var lines bytes.Buffer
	enc := json.NewEncoder(&lines)
	for _, kind := range strings.Fields(largeKinds) {
		for _, thing := range strings.Fields(largeThings) {
			for _, verbs := range strings.Split(largeVerbs, ";") {
				if len(intents) == n {
					break
				}
				verb, other, _ := strings.Cut(verbs, "|")
				in := intent{Name: strings.Join([]string{verb, kind, thing}, "_"), Effect: "read"}
				in.Summary = fmt.Sprintf("%s a %s %s", strings.ToUpper(verb[:1])+verb[1:], kind, thing)
				for i, form := range largeForms {
					do := verb
					if i%3 == 1 {
						do = other
					}
					text := strings.NewReplacer("%v", do, "%t", kind+" "+thing).Replace(form)
					if i < len(largeForms)-2 {
						in.Examples = append(in.Examples, text)
					} else if len(intents)%5 == i%5 {
						if err := enc.Encode(single{Text: text, Want: []string{in.Name}}); err != nil {
							t.Fatal(err)
						}
					}
				}
				intents = append(intents, in)
			}
		}
	}
	if len(intents) != n {
		t.Fatalf("there are words for %d intents only", len(intents))
	}
	return mustWriteSet(t, map[string]any{"services": []any{map[string]any{"name": "large", "intents": intents}}}, lines.Bytes())
}

// mustFirstIntents writes the first n intents of a development set, and the cases
// that want one of them.
func mustFirstIntents(t testing.TB, set string, n int) (catalog, cases string) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(nluSets, set, "catalog.json"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Services []struct {
			Name    string           `json:"name"`
			Intents []map[string]any `json:"intents"`
		} `json:"services"`
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	file.Services[0].Intents = file.Services[0].Intents[:n]
	known := map[any]bool{}
	for _, in := range file.Services[0].Intents {
		known[in["name"]] = true
	}
	var lines bytes.Buffer
	enc := json.NewEncoder(&lines)
	for _, s := range mustSingles(t, set) {
		if len(s.Want) == 1 && known[s.Want[0]] {
			if err := enc.Encode(s); err != nil {
				t.Fatal(err)
			}
		}
	}
	return mustWriteSet(t, file, lines.Bytes())
}

func mustWriteSet(t testing.TB, catalog any, lines []byte) (string, string) {
	t.Helper()
	data, err := json.Marshal(catalog)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	file, cases := filepath.Join(dir, "catalog.json"), filepath.Join(dir, "cases.jsonl")
	for name, content := range map[string][]byte{file: data, cases: lines} {
		if err := os.WriteFile(name, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return file, cases
}
