package audit

import (
	"fmt"
	"slices"
	"unicode/utf8"

	"banyan/orchestrator"
)

// plainText is how long a text may be to stand in the log as it is: numbers of
// orders and words of a choice do, addresses and messages do not.
const plainText = 16

// Mask is the usual policy: who acted for whom stays readable, because the log is
// there to tell it; of the arguments only numbers, yes or no, and the keys and
// words of a choice do that the intent's schema knows as such. Everything else, such as addresses, phone numbers and free text, is
// replaced by its length. The entry's own arguments are not changed.
func Mask(e orchestrator.AuditEntry) orchestrator.AuditEntry {
	if len(e.Args) == 0 {
		return e
	}
	args := make(map[string]any, len(e.Args))
	for name, v := range e.Args {
		args[name] = masked(v, slices.Contains(e.Free, name))
	}
	e.Args = args
	return e
}

// masked hides every text of a free value, and of others those that are no keys.
func masked(v any, free bool) any {
	switch v := v.(type) {
	case string:
		if !free && plain(v) {
			return v
		}
		return fmt.Sprintf("(%d characters)", utf8.RuneCountInString(v))
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, el := range v {
			out[k] = masked(el, free)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, el := range v {
			out[i] = masked(el, free)
		}
		return out
	}
	return v
}

// plain tells whether a text is a key or a word of a choice: short, of ASCII letters,
// digits, dashes and underscores, with few digits in a row so that no phone or card
// number is one.
func plain(s string) bool {
	if len(s) > plainText {
		return false
	}
	digits := 0
	for _, c := range s {
		switch {
		case c >= '0' && c <= '9':
			if digits++; digits > 6 {
				return false
			}
		case c == '-' || c == '_' || c == '=', c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z':
		default:
			return false
		}
	}
	return true
}
