package privacy

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// token is a word or a number in a text.
type token struct {
	from, to int
	// fold is the word without case, accents and invisible characters.
	fold string
	// capital: it begins with a capital letter. digits: it has nothing else.
	capital, digits bool
}

// tokens cuts a text into runs of letters, digits and the marks among them; into
// appends to a slice that can be used again.
func tokens(s string, into []token) []token {
	for i := 0; i < len(s); {
		if b := s[i]; b < utf8.RuneSelf && !wordByte(b) {
			i++
			continue
		}
		size, ok := wordRune(s[i:])
		if !ok {
			i += size
			continue
		}
		from, plain, lower := i, true, true
		for i < len(s) {
			if b := s[i]; b < utf8.RuneSelf {
				if !wordByte(b) {
					break
				}
				lower = lower && (b < 'A' || b > 'Z')
				i++
				continue
			}
			size, ok := wordRune(s[i:])
			if !ok {
				break
			}
			plain = false
			i += size
		}
		word := s[from:i]
		t := token{from: from, to: i, fold: word}
		switch {
		case !plain:
			t.fold = fold(word)
		case !lower:
			t.fold = strings.ToLower(word)
		}
		if t.fold == "" {
			continue // nothing that can be seen
		}
		first, _ := utf8.DecodeRuneInString(word)
		t.capital = unicode.IsUpper(first)
		t.digits = onlyDigits(t.fold)
		into = append(into, t)
	}
	return into
}

func wordByte(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9'
}

// wordRune tells whether a text begins with a rune of a word. Invisible characters
// count as such: they must not hide what they stand in.
func wordRune(s string) (size int, ok bool) {
	r, size := utf8.DecodeRuneInString(s)
	return size, unicode.In(r, unicode.L, unicode.Nd, unicode.M, unicode.Cf) && (r != utf8.RuneError || size > 1)
}

// fold takes case, accents and invisible characters out of a word.
func fold(word string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(word) {
		switch {
		case unicode.In(r, unicode.Mn, unicode.Cf):
		case r == 'ß':
			b.WriteString("ss")
		case r == 'ø' || r == 'Ø':
			b.WriteByte('o')
		case r == 'æ' || r == 'Æ':
			b.WriteString("ae")
		case r == 'ł' || r == 'Ł':
			b.WriteByte('l')
		case r == 'đ' || r == 'Đ':
			b.WriteByte('d')
		case unicode.Is(unicode.Nd, r):
			b.WriteByte(digitOf(r))
		default:
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

// digitOf returns the ASCII digit of a decimal digit of any script.
func digitOf(r rune) byte {
	if r >= '0' && r <= '9' {
		return byte('0' + (r-'0')%10)
	}
	zero := r
	for n := 0; n < 9 && unicode.Is(unicode.Nd, zero-1); n++ {
		zero--
	}
	// Digits stand in rows of ten that begin with zero; most rows begin at 0 or 6 of a
	// column, mathematical ones follow each other without a gap.
	if r >= 0x1D7CE && r <= 0x1D7FF {
		return byte('0' + (r-0x1D7CE)%10)
	}
	return byte('0' + (r-zero)%10)
}

func onlyDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// together tells whether two tokens of a text belong together as parts of one value:
// little stands between them.
func together(s string, a, b token) bool {
	return b.from-a.to <= maxBetween && !strings.Contains(s[a.to:b.from], "\n\n")
}

// maxBetween is how many bytes may stand between the parts of one value.
const maxBetween = 4
