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

// group is a run of digits of a text.
type group struct {
	from, to int
	digits   string // in ASCII
	// before and behind: a letter stands right there. plus: a plus stands before it,
	// perhaps with a bracket between.
	before, behind, plus, bracket bool
}

// start returns where the plus or the bracket before a group begins.
func (g *group) start(s string) int {
	at := g.from
	for _, marks := range []string{"(（", "+＋"} {
		if r, size := utf8.DecodeLastRuneInString(s[:at]); size > 0 && strings.ContainsRune(marks, r) {
			at -= size
		}
	}
	return at
}

// groups finds the runs of digits of a text, if there are enough for a number.
func groups(s string) []group {
	count := 0
	for i := range len(s) {
		if s[i] >= '0' && s[i] <= '9' || s[i] >= utf8.RuneSelf {
			count++
		}
	}
	if count < minDigits-1 {
		return nil
	}
	var out []group
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if !unicode.Is(unicode.Nd, r) {
			i += size
			continue
		}
		g := group{from: i}
		var digits strings.Builder
		for unicode.Is(unicode.Nd, r) {
			digits.WriteByte(digitOf(r))
			i += size
			r, size = utf8.DecodeRuneInString(s[i:])
		}
		g.to, g.digits = i, digits.String()
		g.behind = unicode.IsLetter(r) || r == '_'
		before, size := utf8.DecodeLastRuneInString(s[:g.from])
		if before == '(' || before == '（' {
			g.bracket = true
			before, _ = utf8.DecodeLastRuneInString(s[:g.from-size])
		}
		g.plus = before == '+' || before == '＋'
		g.before = !g.plus && (unicode.IsLetter(before) || before == '_')
		out = append(out, g)
	}
	return out
}

// written reads groups that follow each other as one number.
func written(s string, list []group) number {
	first, last := &list[0], &list[len(list)-1]
	n := number{from: first.start(s), to: last.to, plus: first.plus, bracket: first.bracket, inWord: first.before || last.behind}
	var digits strings.Builder
	for i := range list {
		if i > 0 {
			between := s[list[i-1].to:list[i].from]
			sep, _ := utf8.DecodeRuneInString(between)
			n.seps += string(sep)
			n.bracket = n.bracket || strings.ContainsAny(between, "()")
		}
		n.groups = append(n.groups, len(list[i].digits))
		digits.WriteString(list[i].digits)
	}
	n.digits = digits.String()
	return n
}

// runs finds the numbers of a text as long as they are.
func runs(s string) []number {
	var out []number
	list := groups(s)
	for i := 0; i < len(list); {
		end := i + 1
		for end < len(list) && joined(s[list[end-1].to:list[end].from]) {
			end++
		}
		if n := written(s, list[i:end]); len(n.digits) >= minDigits-1 {
			out = append(out, n)
		}
		i = end
	}
	return out
}

// joined tells whether what stands between two groups may stand in a phone number.
func joined(between string) bool {
	n := 0
	for _, r := range between {
		if n++; n > 3 || !isSeparator(r) {
			return false
		}
	}
	return n > 0
}

func isSeparator(r rune) bool {
	switch r {
	case ' ', '-', '.', '/', '(', ')', '\u00a0', '\u2009', '\u202f', '\u2010', '\u2011', '\u2012', '\u2013', '\u2212':
		return true
	}
	return false
}

// isPhone tells whether the number has the form of one that can be called. lone says
// that nothing else stands in the text.
func (n *number) isPhone(before string, lone bool) bool {
	digits := len(n.digits)
	switch {
	case n.inWord || digits > 16:
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
