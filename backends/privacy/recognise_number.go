package privacy

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// number is a run of digits with the separators in which people write long numbers.
type number struct {
	from, to int
	digits   string // in ASCII
	groups   []int  // how many digits stand together
	seps     string // the separators between the groups, the first of each
	plus     bool   // a plus stands before it
	bracket  bool   // there are brackets in it
	inWord   bool   // a letter stands right before or behind it
}

// minDigits is how many digits a number has that could be personal.
const minDigits = 7

// numbers finds the runs of at least six digits of a text.
func numbers(s string) []number {
	count := 0
	for i := range len(s) {
		if s[i] >= '0' && s[i] <= '9' || s[i] >= utf8.RuneSelf {
			count++
		}
	}
	if count < minDigits-1 {
		return nil
	}
	var out []number
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if !unicode.Is(unicode.Nd, r) {
			i += size
			continue
		}
		n := run(s, i)
		if len(n.digits) >= minDigits-1 {
			out = append(out, n)
		}
		i = n.to
	}
	return out
}

// run reads a number that begins with the digit at i.
func run(s string, i int) number {
	n := number{from: i}
	var digits strings.Builder
	group := 0
	for at := i; at < len(s); {
		r, size := utf8.DecodeRuneInString(s[at:])
		switch {
		case unicode.Is(unicode.Nd, r):
			if group == 0 && digits.Len() > 0 {
				sep, _ := utf8.DecodeRuneInString(s[n.to:])
				n.seps += string(sep)
			}
			digits.WriteByte(digitOf(r))
			group++
			at += size
			n.to = at
			continue
		case !isSeparator(r) || separators(s[n.to:at])+1 > 3:
			at = len(s)
		default:
			n.bracket = n.bracket || r == '(' || r == ')'
			at += size
		}
		if group > 0 {
			n.groups = append(n.groups, group)
			group = 0
		}
	}
	if group > 0 {
		n.groups = append(n.groups, group)
	}
	n.digits = digits.String()
	n.before(s)
	after, _ := utf8.DecodeRuneInString(s[n.to:])
	n.inWord = n.inWord || unicode.IsLetter(after) || after == '_'
	return n
}

// before takes in a plus or a bracket that stands before the digits.
func (n *number) before(s string) {
	r, size := utf8.DecodeLastRuneInString(s[:n.from])
	if r == '(' {
		n.bracket = true
		n.from -= size
		r, size = utf8.DecodeLastRuneInString(s[:n.from])
	}
	if r == '+' || r == '＋' {
		n.plus = true
		n.from -= size
		r, _ = utf8.DecodeLastRuneInString(s[:n.from])
	}
	n.inWord = unicode.IsLetter(r) || r == '_'
}

func isSeparator(r rune) bool {
	switch r {
	case ' ', '-', '.', '/', '(', ')', '\u00a0', '\u2009', '\u202f', '\u2010', '\u2011', '\u2012', '\u2013', '\u2212':
		return true
	}
	return false
}

func separators(s string) int { return utf8.RuneCountInString(s) }

// isDate tells whether the number begins as dates are written: 2026-11-21, 21.11.2026.
func (n *number) isDate() bool {
	g := n.groups
	if len(g) < 3 || len(n.seps) < 2 || n.seps[0] != n.seps[1] || strings.IndexByte("-./", n.seps[0]) < 0 {
		return false
	}
	year := g[0] == 4 && (strings.HasPrefix(n.digits, "19") || strings.HasPrefix(n.digits, "20")) && g[1] <= 2 && g[2] <= 2
	day := g[0] <= 2 && g[1] <= 2 && (g[2] == 4 || g[2] == 2 && n.seps[0] != '-')
	return year || day
}

// isPhone tells whether the number has the form of one that can be called. lone says
// that nothing else stands in the text.
func (n *number) isPhone(before string, lone bool) bool {
	digits := len(n.digits)
	switch {
	case n.inWord || n.isDate() || digits > 16:
		return false
	case n.plus:
		return digits >= minDigits && digits <= 15
	case len(n.groups) == 1 && lone:
		return n.digits[0] == '0' && digits >= 9 && digits <= 14
	case afterWord(before, phoneWords):
		return digits >= minDigits-1
	case len(n.groups) == 1:
		return digits >= 8 && digits <= 14 && !afterWord(before, thingWords)
	case n.digits[0] == '0':
		return digits >= 9
	case n.bracket:
		return digits >= minDigits
	}
	small := 0
	for _, g := range n.groups {
		if g < 2 || g > 4 {
			return false
		}
		small++
	}
	return small >= 3 && digits >= 8 && digits <= 11 && strings.Count(n.seps, n.seps[:1]) == len(n.seps)
}

// afterWord tells whether one of the last words before a number is among those
// given. Words are compared by their beginnings.
func afterWord(before string, words []string) bool {
	if len(before) > 32 {
		before = before[len(before)-32:]
	}
	var buf [12]token
	list := tokens(before, buf[:0])
	for _, t := range list[max(0, len(list)-4):] {
		for _, w := range words {
			if strings.HasPrefix(t.fold, w) || w[0] == '-' && strings.HasSuffix(t.fold, w[1:]) {
				return true
			}
		}
	}
	return false
}

// phoneWords introduce phone numbers, thingWords numbers of something else.
var (
	phoneWords = []string{"phone", "mobil", "cell", "tel", "fax", "call", "ring", "whatsapp", "sms", "text", "dial", "handy", "rufnummer", "movil", "portable", "-phone", "-nummer"}
	thingWords = []string{"order", "parcel", "track", "shipment", "invoice", "article", "item", "ticket", "case", "reference", "ref", "bestell", "paket", "rechnung", "id", "total", "sku"}
)

// isCard tells whether the number has the length and the check digit of a card.
func (n *number) isCard() bool {
	if len(n.digits) < 13 || len(n.digits) > 19 || n.plus || n.inWord || n.bracket || strings.ContainsAny(n.seps, "./") {
		return false
	}
	return luhn(n.digits)
}

// luhn checks the last digit of a card's number.
func luhn(digits string) bool {
	sum, zero := 0, true
	for i := range len(digits) {
		d := int(digits[len(digits)-1-i] - '0')
		zero = zero && d == 0
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0 && !zero
}

// iban finds account numbers of the form DE89 3704 0044 0532 0130 00: it returns how
// far one reaches that begins at the token i, or 0.
func iban(list []token, i int) int {
	first := list[i]
	if len(first.fold) < 4 || len(first.fold) > 34 || !country(first.fold) {
		return 0
	}
	plain, end := "", 0
	for j := i; j < len(list) && len(plain) < 34; j++ {
		if j > i && (list[j].from-list[j-1].to != 1 || len(list[j].fold) > 4) {
			break
		}
		plain += list[j].fold
		if len(plain) >= 15 && len(plain) <= 34 && mod97(plain) {
			end = list[j].to
		}
	}
	return end
}

func country(s string) bool {
	letter := func(b byte) bool { return b >= 'a' && b <= 'z' }
	digit := func(b byte) bool { return b >= '0' && b <= '9' }
	return letter(s[0]) && letter(s[1]) && digit(s[2]) && digit(s[3])
}

// mod97 checks an account number as ISO 13616 says.
func mod97(s string) bool {
	rest := 0
	for _, part := range []string{s[4:], s[:4]} {
		for i := range len(part) {
			switch b := part[i]; {
			case b >= '0' && b <= '9':
				rest = (rest*10 + int(b-'0')) % 97
			case b >= 'a' && b <= 'z':
				rest = (rest*100 + int(b-'a') + 10) % 97
			default:
				return false
			}
		}
	}
	return rest == 1
}

// sameNumber tells whether two phone numbers are the same, written with or without
// the country and the leading zeros.
func sameNumber(a, b string) bool {
	a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
	if len(a) > len(b) {
		a, b = b, a
	}
	return a == b || len(a) >= minDigits && len(b)-len(a) <= 4 && strings.HasSuffix(b, a)
}

// digitsIn returns the digits of a text in ASCII.
func digitsIn(s string) string {
	var b strings.Builder
	for _, r := range s {
		if unicode.Is(unicode.Nd, r) {
			b.WriteByte(digitOf(r))
		}
	}
	return b.String()
}
