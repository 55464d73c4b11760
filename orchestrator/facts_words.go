package orchestrator

import (
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"
)

// word is a word of a text, without the punctuation around it.
type word struct {
	start, end int
	gap        gap  // what stands in front of it
	digit      bool // it has a digit
	upper      bool // it begins with a capital letter
}

// gap is what stands between two words.
type gap uint8

const (
	gapStop  gap = iota // a sentence, a line or a cell ends; the beginning of the text
	gapSpace            // space
	gapComma            // a comma
	gapDot              // a full stop, which may end a sentence
	gapMark             // brackets, quotes, emphasis
)

// splitWords appends the words of a text to list.
func splitWords(list []word, text string) []word {
	end := 0 // of the last word
	for i := 0; i < len(text); {
		c := text[i]
		if size := inWord(text, i); size == 0 || c == '_' {
			i += max(1, runeLength(text, i))
			continue
		}
		start := i
		if isLink(text[i:]) {
			for i < len(text) && !strings.ContainsRune(" \n\t)>]}\"|`*", rune(text[i])) {
				i++
			}
		} else {
			for i < len(text) {
				size := inWord(text, i)
				if size == 0 {
					break
				}
				i += size
			}
		}
		w := trimmed(text, start, i)
		if w.start >= w.end {
			continue
		}
		w.gap = gapOf(text[end:w.start])
		if len(list) == 0 {
			w.gap = gapStop
		}
		for k := w.start; k < w.end && !w.digit; k++ {
			w.digit = isDigit(text[k])
		}
		first, _ := utf8.DecodeRuneInString(text[w.start:])
		w.upper = unicode.IsUpper(first)
		list = append(list, w)
		end = w.end
	}
	return list
}

func runeLength(text string, i int) int {
	if text[i] < utf8.RuneSelf {
		return 1
	}
	_, size := utf8.DecodeRuneInString(text[i:])
	return size
}

// wordBytes are the ASCII characters that may stand in a word.
var wordBytes = func() (set [utf8.RuneSelf]bool) {
	for c := range set {
		r := rune(c)
		set[c] = r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || strings.ContainsRune(".,:/-'+#@%&$_", r)
	}
	return set
}()

// inWord returns the length of the character at i if it may stand in a word, else
// 0.
func inWord(text string, i int) int {
	if c := text[i]; c < utf8.RuneSelf {
		if wordBytes[c] {
			return 1
		}
		return 0
	}
	r, size := utf8.DecodeRuneInString(text[i:])
	if unicode.IsLetter(r) || unicode.IsMark(r) || r == '’' || r == '–' || r == '‑' || unicode.Is(unicode.Sc, r) {
		return size
	}
	return 0
}

func isLink(s string) bool {
	return strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "www.")
}

// punctuation returns the length of the mark at the beginning of s that is no part
// of a word at its ends; 0 if there is none.
func punctuation(s string) int {
	switch c := s[0]; {
	case c >= utf8.RuneSelf:
		if r, size := utf8.DecodeRuneInString(s); r == '’' || r == '–' || r == '‑' {
			return size
		}
		return 0
	case c >= '0' && c <= '9', c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c == '+', c == '#', c == '$':
		return 0
	}
	return 1
}

// trimmed takes punctuation off both ends.
func trimmed(text string, start, end int) word {
	for start < end {
		size := punctuation(text[start:end])
		if size == 0 {
			break
		}
		start += size
	}
	for start < end {
		r, size := utf8.DecodeLastRuneInString(text[start:end])
		if r != '+' && r != '#' && (r == '%' || punctuation(text[end-size:end]) == 0) {
			break
		}
		end -= size
	}
	return word{start: start, end: end}
}

func gapOf(s string) gap {
	if s == " " {
		return gapSpace
	}
	g := gapSpace
	for _, r := range s {
		switch {
		case r == '\n' || strings.ContainsRune("|!?;:•…", r):
			return gapStop
		case r == '.':
			g = gapDot
		case r == ',' && g == gapSpace:
			g = gapComma
		case r != ' ' && r != '\u00a0' && r != '\u202f' && r != '\u2009' && r != ',' && g != gapDot:
			g = gapMark
		}
	}
	return g
}

// of returns the text of a word.
func (w word) of(text string) string { return text[w.start:w.end] }

// digitRuns yields the runs of at least three digits in a text.
func digitRuns(s string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for i := 0; i < len(s); i++ {
			start := i
			for i < len(s) && isDigit(s[i]) {
				i++
			}
			if i-start >= leastDigits && !yield(s[start:i]) {
				return
			}
		}
	}
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func allDigits(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) {
			return false
		}
	}
	return s != ""
}

func countDigits(s string) int {
	n := 0
	for i := range len(s) {
		if isDigit(s[i]) {
			n++
		}
	}
	return n
}

// squeezed writes a code in one way: small, and without what only groups its
// characters.
func squeezed(code string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("-–‑_./:# ", r) {
			return -1
		}
		return unicode.ToLower(r)
	}, code)
}
