package playbook

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"unicode/utf8"

	"github.com/google/jsonschema-go/jsonschema"
	"go.yaml.in/yaml/v3"
	"golang.org/x/text/language"
)

// bounds checks that what a parameter says of its values is possible and agrees with
// itself. keys are the parameter's.
func (p *problems) bounds(s *jsonschema.Schema, keys map[string]*yaml.Node) {
	for _, b := range []struct {
		keys []string
		of   []string // types
	}{
		{[]string{"min", "max"}, []string{"integer", "number"}},
		{[]string{"minlen", "maxlen", "pattern", "format"}, []string{"string"}},
	} {
		for _, key := range b.keys {
			if n := keys[key]; n != nil && knownType(s.Type) && !slices.Contains(b.of, s.Type) {
				p.at(n, "%s does not go with the type %s", key, s.Type)
			}
		}
	}
	if s.Minimum != nil && s.Maximum != nil && *s.Minimum > *s.Maximum {
		p.at(keys["max"], "max is %s and min is %s: no value fits both", keys["max"].Value, keys["min"].Value)
		s.Minimum, s.Maximum = nil, nil
	}
	if s.MinLength != nil && s.MaxLength != nil && *s.MinLength > *s.MaxLength {
		p.at(keys["maxlen"], "maxlen is %d and minlen is %d: no text fits both", *s.MaxLength, *s.MinLength)
		s.MinLength, s.MaxLength = nil, nil
	}
	var values []*yaml.Node
	if len(s.Enum) > 0 {
		values = p.items(keys["enum"], "enum")
	}
	for i, n := range values {
		if why := misfit(s, s.Enum[i]); why != "" {
			p.at(n, "the value %s does not fit the parameter: %s", n.Value, why)
		}
		if slices.Contains(s.Enum[:i], s.Enum[i]) {
			p.at(n, "the value %s stands here twice", n.Value)
		}
	}
	if len(s.Examples) == 0 {
		return
	}
	n, v := keys["example"], s.Examples[0]
	if why := misfit(s, v); why != "" {
		p.at(n, "the example %s does not fit the parameter: %s", n.Value, why)
	} else if len(s.Enum) > 0 && !slices.Contains(s.Enum, v) {
		p.at(n, "the example %s is none of the values in enum", n.Value)
	}
}

func knownType(kind string) bool {
	return slices.Contains([]string{"string", "integer", "number", "boolean"}, kind)
}

// misfit says why a value in JSON's shape is none of a parameter; empty if it is one,
// or if the parameter is not sound itself. The enum is not looked at.
func misfit(s *jsonschema.Schema, v any) string {
	switch t := v.(type) {
	case string:
		n := utf8.RuneCountInString(t)
		switch pattern, err := regexp.Compile(s.Pattern); {
		case s.Type != "string":
			break
		case err == nil && !pattern.MatchString(t):
			return "it does not match the pattern " + s.Pattern
		case !inForm(s.Format, t):
			return "it does not look like the format " + s.Format
		case s.MinLength != nil && n < *s.MinLength:
			return fmt.Sprintf("it is shorter than minlen, %d", *s.MinLength)
		case s.MaxLength != nil && n > *s.MaxLength:
			return fmt.Sprintf("it is longer than maxlen, %d", *s.MaxLength)
		default:
			return ""
		}
	case float64:
		switch {
		case s.Type == "integer" && t != math.Trunc(t):
			return "it is no whole number"
		case s.Type != "integer" && s.Type != "number":
			break
		case s.Minimum != nil && t < *s.Minimum:
			return "it is less than min"
		case s.Maximum != nil && t > *s.Maximum:
			return "it is more than max"
		default:
			return ""
		}
	case bool:
		if s.Type == "boolean" {
			return ""
		}
	case nil:
		return "" // said where it was read
	}
	if !knownType(s.Type) {
		return ""
	}
	return "the type is " + s.Type
}

// forms are what values of a format look like. A parameter of one of these formats
// that has no pattern of its own gets this one, so that what is given is checked
// before anything runs.
var forms = map[string]*regexp.Regexp{
	"phone":     regexp.MustCompile(`^\+?[0-9(][0-9 ()./-]{3,28}[0-9]$`),
	"email":     regexp.MustCompile(`^[^@\s]+@[^@\s]+\.[^@\s.]+$`),
	"date":      regexp.MustCompile(`^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$`),
	"date-time": regexp.MustCompile(`^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])[Tt ][0-9]{2}:[0-9]{2}`),
}

// shortestAddress is the length of a postal address that says no other.
const shortestAddress = 8

func inForm(format, v string) bool {
	if format == "postal-address" {
		return utf8.RuneCountInString(v) >= shortestAddress
	}
	f := forms[format]
	return f == nil || f.MatchString(v)
}

// form puts what a format means into a schema, where the schema does not say it.
func form(s *jsonschema.Schema) {
	if s.Type != "string" {
		return
	}
	if f := forms[s.Format]; f != nil && s.Pattern == "" {
		s.Pattern = f.String()
	}
	if s.Format == "postal-address" && s.MinLength == nil && (s.MaxLength == nil || *s.MaxLength >= shortestAddress) {
		shortest := shortestAddress
		s.MinLength = &shortest
	}
}

// tag checks the name of a language.
func (p *problems) tag(n *yaml.Node) {
	if _, err := language.Parse(n.Value); err != nil {
		p.at(n, "%q is no language: a tag such as de or pt-BR must stand here", n.Value)
	}
}

// wordings checks that the languages name parameters and values that there are.
func (p *problems) wordings(b *book) {
	var names, values []string
	for _, q := range b.params {
		names = append(names, q.name)
		for _, v := range q.schema.Enum {
			values = append(values, fmt.Sprint(v))
		}
	}
	if b.keys["languages"] == nil || real(b.keys["languages"]).Kind != yaml.MappingNode {
		return
	}
	for i := 1; i < len(real(b.keys["languages"]).Content); i += 2 {
		words := real(real(b.keys["languages"]).Content[i])
		for j := 0; words.Kind == yaml.MappingNode && j+1 < len(words.Content); j += 2 {
			key, list := words.Content[j].Value, real(words.Content[j+1])
			if list.Kind != yaml.MappingNode {
				continue
			}
			for l := 0; l < len(list.Content); l += 2 {
				switch n := list.Content[l]; {
				case key == "labels" && !slices.Contains(names, n.Value):
					p.at(n, "there is no parameter %s%s, the playbook has: %s", n.Value, perhaps(n.Value, names), orNone(names))
				case key == "values" && !slices.Contains(values, n.Value):
					p.at(n, "%q is no value of a parameter, these are: %s", n.Value, orNone(values))
				}
			}
		}
	}
}
