package orchestrator

import (
	"strings"
	"unicode"
)

// userTexts are the user's own words in this conversation: this message, and those
// before it, the latest first.
func (r *run) userTexts() []string {
	out := []string{r.turn.Message}
	for i := len(r.history) - 1; i >= 0; i-- {
		out = append(out, r.history[i].Message)
	}
	return out
}

// saysWords tells whether the words of a value stand in a text one after the other,
// whatever their case and what stands between them.
func saysWords(text, value string) bool {
	words, wanted := plainWords(text), plainWords(value)
	if len(wanted) == 0 {
		return false
	}
	return strings.Contains("\x00"+strings.Join(words, "\x00")+"\x00", "\x00"+strings.Join(wanted, "\x00")+"\x00")
}

// plainWords are the words of a text in lower case: letters and digits, without what
// stands around them.
func plainWords(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !isWordRune(r) })
}

func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) }
