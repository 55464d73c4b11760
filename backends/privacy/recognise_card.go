package privacy

import (
	"strings"
	"unicode"
)

// cards finds the numbers of cards among the groups of digits of a text, however they
// are separated and whatever digits stand beside them. taken tells of each group
// whether a card has digits of it.
func cards(s string, list []group) (found spans, taken []bool) {
	taken = make([]bool, len(list))
	for i := 0; i < len(list); i++ {
		if end := cardAt(s, list[i:], i > 0 && joined(s[list[i-1].to:list[i].from])); end > 0 {
			found = append(found, span{from: list[i].from, to: list[i+end-1].to, sort: card})
			for ; end > 1; end, i = end-1, i+1 {
				taken[i] = true
			}
			taken[i] = true
			continue
		}
		if from, to := cardWithin(list[i].digits); to > 0 && list[i].to-list[i].from == len(list[i].digits) {
			found = append(found, span{from: list[i].from + from, to: list[i].from + to, sort: card})
			taken[i] = true
		}
	}
	return found, taken
}

// cardAt tells how many groups are a card's number that begins with the first of them.
// within says that it is in the middle of a number.
func cardAt(s string, list []group, within bool) int {
	digits, plain, best := "", true, 0
	for i, g := range list {
		if i > 0 {
			between := s[list[i-1].to:g.from]
			if !loose(between) {
				break
			}
			plain = plain && (between == " " || between == "-" || between == "\u00a0") && between == s[list[0].to:list[1].from]
		}
		if digits += g.digits; len(digits) > 19 {
			break
		}
		if len(digits) < 13 || !luhn(digits) {
			continue
		}
		whole := plain && !within && !list[0].plus && !list[0].before && !g.behind && (i+1 == len(list) || !joined(s[g.to:list[i+1].from]))
		if issued(digits) && (i == 0 || plain || fours(list[:i+1])) || whole {
			best = i + 1
		}
	}
	return best
}

// loose tells whether what stands between two groups may stand between those of a
// card: a few marks or a line break, and no letters.
func loose(between string) bool {
	n := 0
	for _, r := range between {
		if n++; n > 3 || unicode.IsLetter(r) || r == '+' || r == '@' {
			return false
		}
	}
	return true
}

// fours tells whether groups are as long as those that are printed on cards.
func fours(list []group) bool {
	if len(list) == 3 {
		return len(list[0].digits) == 4 && len(list[1].digits) == 6
	}
	for i, g := range list {
		if len(g.digits) != 4 && i+1 < len(list) {
			return false
		}
	}
	return len(list) > 3
}

// cardWithin finds a card's number in a longer run of digits.
func cardWithin(digits string) (from, to int) {
	for size := 19; size >= 13; size-- {
		for i := 0; i+size <= len(digits); i++ {
			if d := digits[i : i+size]; issued(d) && luhn(d) && len(digits) <= 64 {
				return i, i + size
			}
		}
	}
	return 0, 0
}

// issued tells whether digits begin as the cards of that length do that are issued
// (ISO/IEC 7812, as the large schemes use it).
func issued(digits string) bool {
	n, four := len(digits), digits[:4]
	switch {
	case digits[0] == '4':
		return n == 13 || n == 16 || n == 19
	case four[:2] == "34" || four[:2] == "37":
		return n == 15
	case four[:2] == "36" || four[:2] == "38" || four[:2] == "39" || four >= "3000" && four <= "3059":
		return n == 14
	case four >= "3528" && four <= "3589" || digits[0] == '6':
		return n >= 16
	case four >= "5100" && four <= "5599" || four >= "2221" && four <= "2720" || four >= "2200" && four <= "2204":
		return n == 16
	case four[:2] == "50" || four >= "5600" && four <= "5899":
		return n >= 16
	}
	return false
}

// schemes are the words with which cards are named that are told by their last digits.
var (
	schemes = set("visa mastercard maestro amex express discover diners jcb unionpay card credit debit karte kreditkarte kort kredittkort carte tarjeta carta kaart")
	endings = set("ending ends in with on no nr number card credit debit last four digits mit auf finissant par terminada en x xx xxx xxxx endet som slutter slutar pa met op eindigend")
)

// labels finds cards that are told by their scheme and their last digits: Visa ending
// in 4021.
func labels(s string, list []token) spans {
	var out spans
	for i, t := range list {
		if !schemes[t.fold] {
			continue
		}
		for j := i + 1; j < len(list) && j <= i+6; j++ {
			between := s[list[j-1].to:list[j].from]
			if len(between) > 24 || strings.ContainsAny(between, ";!?\n") {
				break
			}
			if list[j].digits && len(list[j].fold) == 4 {
				masked := strings.ContainsAny(between, "*•·…") || strings.HasSuffix(list[j-1].fold, "x") && j > i+1
				if masked || j > i+1 && endings[list[j-1].fold] || j == i+1 && t.capital && !generic[t.fold] {
					out = append(out, span{from: t.from, to: list[j].to, sort: card})
				}
				break
			}
			if !endings[list[j].fold] && !schemes[list[j].fold] {
				break
			}
		}
	}
	return out
}

// generic are words for cards that stand before other numbers as well.
var generic = set("card credit debit express discover karte kort carte carta tarjeta kaart")

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
