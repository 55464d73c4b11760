package control

import (
	"strings"

	"github.com/google/jsonschema-go/jsonschema"
)

// oneOf lets a parameter be one of the names, which people also write with spaces, or
// call by other words.
func oneOf(field *jsonschema.Schema, names []string, others map[string][]string) {
	words := map[string]any{}
	for _, name := range names {
		field.Enum = append(field.Enum, name)
		var forms []any
		if spoken := strings.ReplaceAll(name, "_", " "); spoken != name {
			forms = append(forms, spoken)
			if last := len(spoken) - 1; spoken[last] != 's' {
				forms = append(forms, spoken+"s")
			}
		}
		for _, w := range others[name] {
			forms = append(forms, w)
		}
		if len(forms) > 0 {
			words[name] = forms
		}
	}
	extra := map[string]any{"x-synonyms": words}
	for k, v := range field.Extra {
		if k != "x-synonyms" {
			extra[k] = v
		}
	}
	field.Extra = extra
}

func bugNames(bugs []Bug) []string {
	var names []string
	for _, b := range bugs {
		names = append(names, b.Name)
	}
	return names
}

func bugWords(bugs []Bug) map[string][]string {
	words := map[string][]string{}
	for _, b := range bugs {
		words[b.Name] = b.Words
	}
	return words
}
