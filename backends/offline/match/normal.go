package match

import (
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// normalise appends to dst the letters and digits of text in lower case, without
// accents, words separated by single spaces. Apostrophes vanish, so that "don't"
// and "dont" are the same; contractions are undone by words. Every digit
// becomes 0: which number stands in a text says nothing about its class, that
// one does says much.
func normalise(dst []rune, text string) []rune {
	start := len(dst)
	space := true
	add := func(r rune) {
		dst = append(dst, r)
		space = false
	}
	for _, r := range text {
		if r < 0x80 {
			switch {
			case r >= 'a' && r <= 'z':
				add(r)
			case r >= 'A' && r <= 'Z':
				add(r + 'a' - 'A')
			case r >= '0' && r <= '9':
				add('0')
			case r == '\'':
			case !space:
				dst = append(dst, ' ')
				space = true
			}
			continue
		}
		switch {
		case r == '’' || r == 'ʼ' || r == '‘' || unicode.Is(unicode.Mn, r):
		case unicode.IsLetter(r):
			add(unaccented(unicode.ToLower(r)))
		case unicode.IsDigit(r):
			add('0')
		case !space:
			dst = append(dst, ' ')
			space = true
		}
	}
	if n := len(dst); n > start && dst[n-1] == ' ' {
		dst = dst[:n-1]
	}
	return dst
}

// unaccented returns the base letter of an accented one.
func unaccented(r rune) rune {
	var buf [4]byte
	n := copy(buf[:], string(r))
	d := norm.NFKD.Properties(buf[:n]).Decomposition()
	if d == nil {
		return r
	}
	for _, base := range string(d) {
		return base
	}
	return r
}

// contractions are short forms, without their apostrophe, that stand for two
// words.
var contractions = map[string][2]string{
	"dont": {"do", "not"}, "doesnt": {"does", "not"}, "didnt": {"did", "not"},
	"cant": {"can", "not"}, "cannot": {"can", "not"}, "couldnt": {"could", "not"},
	"wont": {"will", "not"}, "wouldnt": {"would", "not"}, "shouldnt": {"should", "not"},
	"isnt": {"is", "not"}, "arent": {"are", "not"}, "wasnt": {"was", "not"}, "werent": {"were", "not"},
	"hasnt": {"has", "not"}, "havent": {"have", "not"}, "hadnt": {"had", "not"},
	"im": {"i", "am"}, "ive": {"i", "have"}, "id": {"i", "would"},
	"youre": {"you", "are"}, "youve": {"you", "have"}, "theyre": {"they", "are"}, "theyve": {"they", "have"},
	"weve": {"we", "have"}, "whats": {"what", "is"}, "wheres": {"where", "is"}, "whens": {"when", "is"},
	"whos": {"who", "is"}, "hows": {"how", "is"}, "thats": {"that", "is"}, "theres": {"there", "is"},
	"lets": {"let", "us"}, "gonna": {"going", "to"}, "wanna": {"want", "to"}, "gimme": {"give", "me"},
}
