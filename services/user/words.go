package user

import (
	"strings"
	"unicode"
)

// word is a word or an email address of a text, in lower case, without the
// punctuation around it and without a possessive ending.
type word struct {
	text string
	// spaced: only white space stands between it and the word before.
	spaced bool
	// capital: it begins with a capital letter and goes on in small ones.
	capital bool
	// owns: it has a possessive ending.
	owns bool
}

// split finds the words of a text.
func split(text string) []word {
	var out []word
	closed := true // punctuation ended the word before
	for chunk := range strings.FieldsSeq(text) {
		for len(chunk) > 0 {
			start := strings.IndexFunc(chunk, inWord)
			if start < 0 {
				closed = true
				break
			}
			closed = closed || start > 0
			rest := chunk[start:]
			end := strings.IndexFunc(rest, func(r rune) bool { return !inWord(r) })
			if end < 0 {
				end = len(rest)
			}
			raw := rest[:end]
			text := trim(strings.ToLower(raw))
			if text != "" {
				out = append(out, word{text: text, spaced: !closed, capital: capitalised(raw), owns: strings.HasSuffix(strings.ReplaceAll(strings.ToLower(raw), "’", "'"), "'s")})
			}
			closed = strings.HasSuffix(raw, ".") || end < len(rest)
			chunk = rest[end:]
		}
	}
	return out
}

// inWord tells whether r can be part of a word or of an email address.
func inWord(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r) || strings.ContainsRune("@._%+-'’", r)
}

// trim takes away what stands around a word or behind it: quotes, full stops, 's.
func trim(s string) string {
	s = strings.ReplaceAll(s, "’", "'")
	s = strings.Trim(s, ".'-_%+")
	return strings.TrimSuffix(s, "'s")
}

// capitalised tells whether the first letter of a word is a capital and the second
// is not.
func capitalised(s string) bool {
	first := true
	for _, r := range s {
		switch {
		case !unicode.IsLetter(r):
		case first && !unicode.IsUpper(r):
			return false
		case first:
			first = false
		default:
			return unicode.IsLower(r)
		}
	}
	return false
}
