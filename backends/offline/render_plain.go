package offline

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"banyan/orchestrator"
)

// words turns a name in snake_case or camelCase into words.
func words(name string) string { return strings.ReplaceAll(snakeCase(name), "_", " ") }

// capitalised starts a text with a capital letter.
func capitalised(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	if !unicode.IsLower(r) {
		return s
	}
	return string(unicode.ToUpper(r)) + s[size:]
}

// plain makes a text safe to stand in a line of Markdown or a cell of a table:
// one line, with nothing in it that Markdown would act on.
func plain(s string) string {
	s = strings.TrimSpace(orchestrator.PrintableLine(s))
	if !strings.ContainsAny(s, "\\`*_[]<>|~#&!") {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 8)
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch c {
		case '\\', '`', '*', '[', ']', '<', '>', '|', '~':
			b.WriteByte('\\')
		case '_':
			if !between(s, i) {
				b.WriteByte('\\')
			}
		case '#':
			if i == 0 {
				b.WriteByte('\\')
			}
		case '&':
			if i+1 < len(s) && s[i+1] != ' ' {
				b.WriteByte('\\')
			}
		}
		b.WriteByte(c)
	}
	return b.String()
}

// between tells whether letters or digits stand on both sides of s[i].
func between(s string, i int) bool {
	ok := func(c byte) bool {
		return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
	}
	return i > 0 && i+1 < len(s) && ok(s[i-1]) && ok(s[i+1])
}

// tame returns data for a template: the same, but that texts in it can neither
// begin a line nor a link. Data without such texts is returned as it is.
func tame(data map[string]any) map[string]any {
	if !wild(data) {
		return data
	}
	out, _ := tamed(data).(map[string]any)
	return out
}

const wildChars = "\n\r`[]<|"

func wild(v any) bool {
	switch t := v.(type) {
	case string:
		return strings.ContainsAny(t, wildChars)
	case map[string]any:
		for _, e := range t {
			if wild(e) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(t, wild)
	}
	return false
}

func tamed(v any) any {
	switch t := v.(type) {
	case string:
		if strings.ContainsAny(t, wildChars) {
			return plain(t)
		}
	case map[string]any:
		out := make(map[string]any, len(t))
		for k, e := range t {
			out[k] = tamed(e)
		}
		return out
	case []any:
		out := make([]any, len(t))
		for i, e := range t {
			out[i] = tamed(e)
		}
		return out
	}
	return v
}
