package privacy

import (
	"slices"
	"strings"
)

// phones finds the phone numbers among the groups of digits of a text. What stands
// right beside a number, such as that of a house, a time or another phone, is not
// taken for a part of it.
func (v *vault) phoneNumbers(s string, list []group, taken []bool, cuts []int) spans {
	var out spans
	for i := 0; i < len(list); {
		if taken[i] {
			i++
			continue
		}
		end := i + 1
		for end < len(list) && end-i < maxGroups && !taken[end] && joined(s[list[end-1].to:list[end].from]) {
			end++
		}
		out = append(out, v.phonesIn(s, list[i:end], cuts)...)
		i = end
	}
	return out
}

// maxGroups bounds the groups that are looked at together.
const maxGroups = 40

// phonesIn divides groups that follow each other among phone numbers and what is
// none, so that as much as possible is explained.
func (v *vault) phonesIn(s string, list []group, cuts []int) spans {
	dates := dated(s, list)
	type choice struct {
		score, next int
		found       *span
	}
	best := make([]choice, len(list)+1)
	for i := len(list) - 1; i >= 0; i-- {
		best[i] = choice{score: best[i+1].score, next: i + 1}
		for j := i + 1; j <= len(list) && j-i <= 9; j++ {
			score, of := v.rate(s, list, i, j, dates, cuts)
			if score <= 0 {
				continue
			}
			if total := score + best[j].score; total > best[i].score {
				n := span{from: list[i].start(s), to: list[j-1].to, sort: phone, of: of}
				best[i] = choice{total, j, &n}
			}
		}
	}
	var out spans
	for i := 0; i < len(list); i = best[i].next {
		if best[i].found != nil {
			out = append(out, *best[i].found)
		}
	}
	return out
}

// rate tells how well the groups from i to before j are one phone number: 0 if they
// are none. Of two ways to divide a text, that with the higher sum is taken.
func (v *vault) rate(s string, list []group, i, j int, dates []bool, cuts []int) (score int, of *entity) {
	n := written(s, list[i:j])
	digits := len(n.digits)
	if digits < minDigits-1 {
		return 0, nil
	}
	if digits >= minDigits && (!n.inWord || digits > minDigits) {
		for _, d := range v.phones {
			if sameNumber(d.digits, n.digits) {
				extra := 0
				if !n.plus {
					extra = max(0, len(strings.TrimLeft(n.digits, "0"))-len(strings.TrimLeft(d.digits, "0")))
				}
				return 40 + 2*min(digits, len(d.digits)) - 3*extra, d.of
			}
		}
	}
	international := ""
	switch {
	case n.plus:
		international = n.digits
	case strings.HasPrefix(n.digits, "00") && len(list[i].digits) >= 2:
		international = n.digits[2:]
	}
	exact := international != "" && dialable(international)
	if !exact {
		if slices.Contains(dates[i:j], true) {
			return 0, nil
		}
		if n.inWord && n.plus {
			n.inWord = false
		}
		whole := i == 0 && j == len(list)
		if !n.isPhone(s[:n.from], whole && n.from == 0 && n.to == len(s)) && (!n.plus || digits < minDigits || j > i+1) {
			return 0, nil
		}
		if !n.plus && n.digits[0] != '0' && !n.bracket && j > i+1 && !whole && alike(n.groups) && n.groups[0] > 2 {
			return 0, nil // a list of numbers
		}
	}
	score = 2 * digits
	if exact {
		score += 24
	}
	if i == 0 {
		score += 6
	}
	if !n.plus && n.digits[0] == '0' && digits > 11 && !exact {
		score -= 3 * (digits - 11)
	}
	if j > i+1 && len(list[j-1].digits) == 1 {
		score -= 8 // the number of a house, a count
	}
	for at := i + 1; at < j; at++ {
		if slices.Contains(cuts, list[at].from) {
			score -= 12 // an address begins here
		}
	}
	return max(score, 1), nil
}

func alike(groups []int) bool {
	for _, g := range groups {
		if g != groups[0] {
			return false
		}
	}
	return true
}

// dated marks the groups that are those of a date or of the time behind it.
func dated(s string, list []group) []bool {
	out := make([]bool, len(list))
	sep := func(i int) string {
		if i <= 0 || i >= len(list) {
			return ""
		}
		return s[list[i-1].to:list[i].from]
	}
	for i := range list {
		if i+2 < len(list) && sep(i+1) == sep(i+2) && len(sep(i+1)) == 1 && strings.Contains("-./", sep(i+1)) && sep(i) != sep(i+1) && isDate(list[i:i+3]) && (len(list[i].digits) == 4 || sep(i+3) != sep(i+1)) {
			out[i], out[i+1], out[i+2] = true, true, true
		}
		if rest := s[list[i].to:]; len(list[i].digits) <= 2 && len(rest) > 1 && rest[0] == ':' && rest[1] >= '0' && rest[1] <= '9' {
			out[i] = true // 14:02
		}
	}
	return out
}

// isDate tells whether three groups are written as dates are: 2026-11-21, 21.11.2026.
func isDate(g []group) bool {
	a, b, c := g[0].digits, g[1].digits, g[2].digits
	if len(b) > 2 || len(c) > 4 || len(c) == 3 {
		return false
	}
	if len(a) == 4 {
		return (a[:2] == "19" || a[:2] == "20") && len(c) <= 2 && small2(b, 12) && small2(c, 31)
	}
	day := small2(a, 31) && small2(b, 12) || small2(a, 12) && small2(b, 31)
	return len(a) <= 2 && day && (len(c) == 4 || len(c) == 2)
}

// small2 tells whether one or two digits are a number of at most so much.
func small2(digits string, most int) bool {
	n := 0
	for i := range len(digits) {
		n = n*10 + int(digits[i]-'0')
	}
	return len(digits) <= 2 && n <= most
}

// dialable tells whether digits are those of a country (ITU-T E.164) followed by as
// many as numbers have there; a zero in brackets may stand between.
func dialable(digits string) bool {
	for n := 1; n <= 3 && n < len(digits); n++ {
		for _, c := range countries {
			if c.code != digits[:n] {
				continue
			}
			rest := len(digits) - n
			return rest >= c.from && rest <= c.to || digits[n] == '0' && rest > c.from && rest <= c.to+1
		}
	}
	return false
}

// countries are the codes of countries with how many digits their numbers have.
var countries = []struct {
	code     string
	from, to int
}{
	{"1", 10, 10},
	{"20", 8, 10},
	{"211", 9, 9},
	{"212", 9, 9},
	{"213", 8, 9},
	{"216", 8, 8},
	{"218", 8, 9},
	{"221", 9, 9},
	{"225", 10, 10},
	{"233", 9, 9},
	{"234", 8, 10},
	{"237", 8, 9},
	{"251", 9, 9},
	{"254", 9, 10},
	{"255", 9, 9},
	{"256", 9, 9},
	{"260", 9, 9},
	{"263", 7, 9},
	{"27", 9, 9},
	{"298", 6, 6},
	{"299", 6, 6},
	{"30", 10, 10},
	{"31", 9, 9},
	{"32", 8, 9},
	{"33", 9, 9},
	{"34", 9, 9},
	{"350", 8, 8},
	{"351", 9, 9},
	{"352", 6, 9},
	{"353", 7, 9},
	{"354", 7, 9},
	{"355", 8, 9},
	{"356", 8, 8},
	{"357", 8, 8},
	{"358", 6, 10},
	{"359", 8, 9},
	{"36", 8, 9},
	{"370", 8, 8},
	{"371", 8, 8},
	{"372", 7, 8},
	{"373", 8, 8},
	{"374", 8, 8},
	{"375", 9, 9},
	{"377", 8, 9},
	{"380", 9, 9},
	{"381", 8, 9},
	{"382", 8, 8},
	{"383", 8, 9},
	{"385", 8, 9},
	{"386", 8, 8},
	{"387", 8, 8},
	{"389", 8, 8},
	{"39", 8, 11},
	{"40", 9, 9},
	{"41", 9, 9},
	{"420", 9, 9},
	{"421", 9, 9},
	{"423", 7, 7},
	{"43", 8, 12},
	{"44", 9, 10},
	{"45", 8, 8},
	{"46", 7, 9},
	{"47", 8, 8},
	{"48", 9, 9},
	{"49", 8, 11},
	{"51", 8, 9},
	{"52", 10, 10},
	{"53", 8, 8},
	{"54", 10, 11},
	{"55", 10, 11},
	{"56", 9, 9},
	{"57", 8, 10},
	{"58", 10, 10},
	{"591", 8, 8},
	{"593", 8, 9},
	{"595", 8, 9},
	{"598", 8, 8},
	{"60", 8, 10},
	{"61", 9, 9},
	{"62", 8, 12},
	{"63", 9, 10},
	{"64", 8, 10},
	{"65", 8, 8},
	{"66", 8, 9},
	{"7", 10, 10},
	{"81", 9, 10},
	{"82", 8, 10},
	{"84", 9, 10},
	{"852", 8, 8},
	{"853", 8, 8},
	{"855", 8, 9},
	{"86", 10, 11},
	{"880", 10, 10},
	{"886", 8, 9},
	{"90", 10, 10},
	{"91", 10, 10},
	{"92", 9, 10},
	{"94", 9, 9},
	{"95", 8, 10},
	{"961", 7, 8},
	{"962", 8, 9},
	{"963", 8, 9},
	{"964", 9, 10},
	{"965", 8, 8},
	{"966", 9, 9},
	{"968", 8, 8},
	{"970", 9, 9},
	{"971", 8, 9},
	{"972", 8, 9},
	{"973", 8, 8},
	{"974", 8, 8},
	{"977", 8, 10},
	{"98", 10, 10},
	{"992", 9, 9},
	{"994", 9, 9},
	{"995", 9, 9},
	{"998", 9, 9},
}
