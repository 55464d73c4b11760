package control

import (
	"strings"

	"github.com/google/jsonschema-go/jsonschema"
)

// oneOf lets a parameter be one of the names, which people also write with spaces.
func oneOf(field *jsonschema.Schema, names []string) {
	words := map[string]any{}
	for _, name := range names {
		field.Enum = append(field.Enum, name)
		if spoken := strings.ReplaceAll(name, "_", " "); spoken != name {
			words[name] = []any{spoken}
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
