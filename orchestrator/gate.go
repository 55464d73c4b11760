package orchestrator

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Printable is the gate through which every text that is not ours goes before
// it reaches a terminal, a log, a window title or a file: it returns text of
// printable characters, line feeds and nothing else, in valid UTF-8. A text that
// is clean comes back as it is, without an allocation; a text that has passed
// once does not change when it passes again.
//
// Carriage returns before a line feed vanish and tabs become four spaces. What a
// terminal could obey, or a reader could not see, becomes a visible mark:
//   - C0 controls and DEL: their pictures, such as ␛ and ␡
//   - C1 controls in both encodings, bytes that are not UTF-8, bidirectional
//     controls, zero-width characters, soft hyphens, tags, fillers, line and
//     paragraph separators, variation selectors, private-use and unassigned
//     characters: �
//   - a combining mark with nothing before it on its line: ◌ carries it
//   - more than four combining marks on one character: � for all the others
//
// Emoji stay whole: one presentation selector (U+FE0E, U+FE0F) may follow a
// symbol or a key-cap digit, and up to four zero-width joiners may tie symbols
// together. In the scripts that are not legible without them (Arabic and the
// scripts of India and their relatives) one joiner or non-joiner may stand
// between a letter and the next. Flags that are spelt with tags are not kept.
func Printable(s string) string {
	at := dirty(s)
	if at == len(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 16)
	var g gateState
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		next := s[i+size:]
		i += size
		switch {
		case r == '\r' && strings.HasPrefix(next, "\n"):
		case r == '\t':
			b.WriteString("    ")
			g.take(' ')
		case r != '\n' && r < 0x20:
			b.WriteRune(pictures + r)
			g.take(pictures + r)
		case r == 0x7f:
			b.WriteRune('␡')
			g.take('␡')
		case stacks(r):
			switch {
			case g.bare():
				b.WriteRune(carrier)
				g.take(carrier)
				b.WriteRune(r)
				g.take(r)
			case g.marks < maxMarks:
				b.WriteRune(r)
				g.take(r)
			default: // one mark for all of them
				b.WriteRune(utf8.RuneError)
				for i < len(s) {
					if r, size = utf8.DecodeRuneInString(s[i:]); !stacks(r) {
						break
					}
					i += size
				}
				g.take(utf8.RuneError)
			}
		case !(r == utf8.RuneError && size == 1) && g.passes(r, next):
			b.WriteRune(r)
			g.take(r)
		default:
			b.WriteRune(utf8.RuneError)
			g.take(utf8.RuneError)
		}
	}
	return b.String()
}

// PrintableLine is Printable for a text that must stay on one line: line feeds
// become spaces.
func PrintableLine(s string) string {
	return strings.ReplaceAll(Printable(s), "\n", " ")
}

const (
	pictures = 0x2400 // the control pictures block
	carrier  = '◌'    // shows a combining mark that has nothing to stand on
	maxMarks = 4
	maxTies  = 4
)

// dirty returns where in s the first character stands that Printable would
// replace; len(s) if there is none.
func dirty(s string) int {
	ascii := 0
	for ascii < len(s) && (s[ascii] >= 0x20 && s[ascii] < 0x7f || s[ascii] == '\n') {
		ascii++
	}
	if ascii == len(s) {
		return ascii
	}
	var g gateState
	if ascii > 0 {
		g.take(rune(s[ascii-1]))
	}
	for i := ascii; i < len(s); {
		if c := s[i]; c >= 0x20 && c < 0x7f {
			g = gateState{last: rune(c)}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1, r == '\t':
			return i
		case stacks(r) && (g.bare() || g.marks == maxMarks):
			return i
		case !stacks(r) && !g.passes(r, s[i+size:]):
			return i
		}
		g.take(r)
		i += size
	}
	return len(s)
}

// gateState is what must be known of the text before a character: the characters are
// those that were let out, so that a text that has passed passes again.
type gateState struct {
	last  rune // zero at the start of the text
	marks int  // combining marks since the last character that stands by itself
	ties  int  // zero-width joiners in the emoji so far
}

// passes tells whether r may stand here; next is the text behind it. It does not
// judge combining marks.
func (g *gateState) passes(r rune, next string) bool {
	switch {
	case r == '\n':
		return true
	case r == 0x200c || r == 0x200d:
		after, _ := utf8.DecodeRuneInString(next)
		if joinsLetters(g.last) && unicode.IsLetter(after) && joinsLetters(after) {
			return true
		}
		return r == 0x200d && g.ties < maxTies && (presents(g.last) || isPresentation(g.last)) && presents(after) && plain(after)
	case isPresentation(r):
		return presents(g.last) || g.last == '#' || g.last == '*' || (g.last >= '0' && g.last <= '9')
	}
	return plain(r)
}

// take notes that r was let out.
func (g *gateState) take(r rune) {
	switch {
	case r < 0x80:
		g.ties, g.marks = 0, 0
	case stacks(r):
		g.marks++
	case r == 0x200d && !joinsLetters(g.last):
		g.ties++
	case !presents(r) && !isPresentation(r), presents(r) && g.last != 0x200d && !isSkin(r):
		g.ties, g.marks = 0, 0
	default:
		g.marks = 0
	}
	g.last = r
}

// bare tells whether a combining mark would have nothing to stand on.
func (g *gateState) bare() bool { return g.last == 0 || g.last == '\n' }

// plain tells whether r may stand in text by itself.
func plain(r rune) bool {
	switch {
	case r < 0x7f:
		return r >= 0x20
	case r < 0x300:
		return r >= 0xa0 && r != 0xad
	}
	if unicode.Is(unicode.Variation_Selector, r) || unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r) || r == 0x2800 || r == 0xfffc {
		return false
	}
	return unicode.IsPrint(r) || unicode.Is(unicode.Zs, r)
}

// stacks tells whether r takes no room of its own: a combining mark, or a piece
// of a Korean syllable that follows its beginning.
func stacks(r rune) bool {
	if r < 0x300 {
		return false
	}
	return (unicode.In(r, unicode.Mn, unicode.Me) || (r > 0x1160 && r <= 0x11ff) || (r >= 0xd7b0 && r <= 0xd7fb)) && plain(r)
}

// isPresentation names the two selectors that choose between text and emoji.
func isPresentation(r rune) bool { return r == 0xfe0e || r == 0xfe0f }

// presents tells whether r is a symbol that may be part of an emoji.
func presents(r rune) bool {
	if r < 0x80 || r == utf8.RuneError {
		return false
	}
	return unicode.Is(unicode.S, r) || r == '‼' || r == '⁉' || r == '〰'
}

// joinsLetters tells whether r belongs to a script whose letters change their
// shape by an invisible joiner or non-joiner between them.
func joinsLetters(r rune) bool {
	if r < 0x600 {
		return false
	}
	return unicode.In(r, unicode.Arabic, unicode.Syriac, unicode.Nko, unicode.Mongolian,
		unicode.Devanagari, unicode.Bengali, unicode.Gurmukhi, unicode.Gujarati, unicode.Oriya, unicode.Tamil,
		unicode.Telugu, unicode.Kannada, unicode.Malayalam, unicode.Sinhala, unicode.Khmer, unicode.Myanmar)
}

// wholeTo returns the last place in s, at or before cut, at which s can be split
// so that the parts, each gone through the gate, are what the whole would be. The
// cut stands between characters.
func wholeTo(s string, cut int) int {
	for cut > 0 && cut < len(s) {
		r, _ := utf8.DecodeRuneInString(s[cut:])
		last, size := utf8.DecodeLastRuneInString(s[:cut])
		if !stacks(r) && !leans(r) && !leans(last) && last != '\r' {
			return cut
		}
		cut -= size
	}
	return cut
}

// leans tells whether r is judged by what stands beside it.
func leans(r rune) bool { return r == 0x200c || r == 0x200d || isPresentation(r) || isSkin(r) }

// isSkin names the modifiers that colour the emoji before them.
func isSkin(r rune) bool { return r >= 0x1f3fb && r <= 0x1f3ff }
