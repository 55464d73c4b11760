package orchestrator

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Printable is the gate through which every text that is not ours goes before
// it reaches a terminal, a log, a window title or a file: it returns text of
// printable characters, line feeds and nothing else. Carriage returns before a
// line feed vanish, tabs become spaces, and every other control, format,
// private-use or unassigned character (C0, C1, bidirectional marks, zero-width
// characters, byte sequences that are not UTF-8) becomes a visible mark: ␛ and
// its like for C0, � for the rest. The zero-width joiner and the variation
// selectors stay between characters that use them, as in emoji.
func Printable(s string) string {
	if clean(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 16)
	prev := rune(0)
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		next := s[i+size:]
		switch {
		case r == utf8.RuneError && size <= 1:
			b.WriteRune(utf8.RuneError)
		case r == '\n':
			b.WriteByte('\n')
		case r == '\r' && strings.HasPrefix(next, "\n"):
		case r == '\t':
			b.WriteString("    ")
		case r < 0x20:
			b.WriteRune(0x2400 + r) // the control pictures block
		case r == 0x7f:
			b.WriteRune('␡')
		case r == 0x200d && joins(prev) && joinsNext(next),
			isVariation(r) && joins(prev):
			b.WriteRune(r)
		case allowed(r):
			b.WriteRune(r)
		default:
			b.WriteRune(utf8.RuneError)
		}
		prev = r
		i += size
	}
	return b.String()
}

// PrintableLine is Printable for a text that must stay on one line: line feeds
// become spaces.
func PrintableLine(s string) string {
	return strings.ReplaceAll(Printable(s), "\n", " ")
}

// clean is the quick way for the usual case: nothing to replace.
func clean(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; (c < 0x20 && c != '\n') || c >= 0x7f {
			return cleanUnicode(s[i:])
		}
	}
	return true
}

func cleanUnicode(s string) bool {
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError || (r != '\n' && !allowed(r)) {
			return false
		}
		i += size
	}
	return true
}

// allowed tells whether r may stand in text by itself.
func allowed(r rune) bool {
	if isVariation(r) || isInvisible(r) {
		return false
	}
	return unicode.IsPrint(r) || unicode.Is(unicode.Zs, r)
}

// isInvisible names the printable characters that show nothing.
func isInvisible(r rune) bool {
	switch r {
	case 0x034f, 0x115f, 0x1160, 0x17b4, 0x17b5, 0x2800, 0x3164, 0xffa0:
		return true
	}
	return false
}

func isVariation(r rune) bool { return r >= 0xfe00 && r <= 0xfe0f }

// joins tells whether a joiner or variation selector may follow r.
func joins(r rune) bool {
	return unicode.Is(unicode.So, r) || unicode.Is(unicode.Sk, r) || unicode.IsLetter(r) || isVariation(r) ||
		r == '#' || r == '*' || (r >= '0' && r <= '9')
}

func joinsNext(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.Is(unicode.So, r) || unicode.IsLetter(r)
}
