package privacy

import "strings"

// Words that name a street, in front of which or behind which its number stands.
// Strong ones are hardly ever anything else; a weak one counts only behind capital
// words or before a post code.
var (
	strongStreet = set("street road avenue boulevard lane drive terrace crescent rd ave blvd st ln")
	weakStreet   = set("str dr way square sq close court ct place pl row hill park quay walk gardens garden grove mews alley wharf parade circle highway hwy loop trail plaza embankment green rise view vale")
	leadStreet   = set("rue avenue boulevard chemin allee quai impasse via viale corso piazza calle avenida plaza paseo rua praca ulica ul")
	endStreet    = []string{"strasse", "straße", "gata", "gaten", "gate", "gatan", "veien", "vegen", "vei", "vagen", "weg", "allee", "platz", "plass", "laan", "straat", "plein", "katu", "gasse", "damm", "ufer", "stien", "vej", "gade", "plads", "steig", "kade", "gracht", "ring"}
	// particles may stand between the words of a street's name.
	particles = set("de du des la le les l d del della dei di da do dos das der den dem am an im in zum zur af av the")
	// never are words that stand in no address.
	never = set("to on of for a my is are was from at and or with by it this that items item orders order days day euros times pieces pcs more per")
)

func set(words string) map[string]bool {
	out := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		out[w] = true
	}
	return out
}

// addresses finds the postal addresses of a text by their streets.
func addresses(s string, list []token) spans {
	numbered := false
	for _, t := range list {
		if numbered = t.fold[0] >= '0' && t.fold[0] <= '9'; numbered {
			break
		}
	}
	if !numbered {
		return nil
	}
	var out spans
	a := addressReader{s, list}
	for i := range list {
		from, to := a.at(i)
		if to < 0 {
			continue
		}
		end := a.whole(to)
		if from >= 0 && end >= 0 {
			from = a.building(from)
			out = append(out, span{from: list[from].from, to: list[end].to, sort: address})
		}
	}
	return out
}

type addressReader struct {
	s    string
	list []token
}

// at reads the street that the token i names, with its number. It returns its first
// and its last token, or -1.
func (a addressReader) at(i int) (from, to int) {
	t := a.list[i]
	word := t.fold
	switch {
	case strongStreet[word] || weakStreet[word]:
		if from = a.beforeNumber(i); from >= 0 {
			return from, i + 1
		}
		if from = a.numberBefore(i, strongStreet[word]); from >= 0 {
			return from, i
		}
	case word == "box" && i > 0 && a.next(i) && houseNumber(a.list[i+1].fold):
		if before := a.list[i-1].fold; before == "po" || before == "o" && i > 1 && a.list[i-2].fold == "p" || before == "post" {
			return i - 1, i + 1
		}
	}
	if leadStreet[word] {
		if from, to = a.lead(i); to >= 0 {
			return from, to
		}
	}
	if from = a.named(i); from >= 0 && a.next(i) && houseNumber(a.list[i+1].fold) {
		to = i + 1
		if a.next(to) && len(a.list[to+1].fold) == 1 && !a.list[to+1].digits && !never[a.list[to+1].fold] {
			to++ // the letter of 12 B
		}
		return from, to
	}
	return -1, -1
}

// beforeNumber tells where the name of a street begins that ends at i and has its
// number behind it: 5th Avenue 12. It returns -1 if there is none.
func (a addressReader) beforeNumber(i int) int {
	if !a.next(i) || a.breaks(i) || !houseNumber(a.list[i+1].fold) || a.postcode(i+1) > 1 {
		return -1
	}
	from, proper := i, true
	for from > 0 && i-from < 4 && a.next(from-1) && !a.breaks(from-1) {
		t := a.list[from-1]
		if !t.capital && !ordinal(t.fold) && (!proper || from < i || a.postcode(i+2) == 0 || t.digits || never[t.fold]) {
			break
		}
		proper = proper && (t.capital || ordinal(t.fold))
		from--
	}
	switch sure := a.postcode(i+2) > 0; {
	case from == i, len(a.list[i+1].fold) > 3 && !sure:
		return -1
	case sure, proper && a.list[i].capital && (strongStreet[a.list[i].fold] || a.breaks(i+1)):
		return from
	}
	return -1
}

// breaks tells whether a comma or a line break stands between the token i and the next.
func (a addressReader) breaks(i int) bool {
	return i+1 < len(a.list) && strings.ContainsAny(a.s[a.list[i].to:a.list[i+1].from], ",\n")
}

// ordinal matches 5th and 42nd.
func ordinal(word string) bool {
	n := strings.TrimLeft(word, "0123456789")
	return n != word && (n == "th" || n == "st" || n == "nd" || n == "rd")
}

// named tells whether the token i ends the name of a street as German, Dutch and
// Nordic ones end, and where that begins.
func (a addressReader) named(i int) int {
	word := a.list[i].fold
	for _, end := range endStreet {
		switch {
		case word == end && a.list[i].capital && i > 0 && a.list[i-1].capital && together(a.s, a.list[i-1], a.list[i]):
			return i - 1
		case len(word) >= len(end)+2 && strings.HasSuffix(word, end) && (a.list[i].capital || len(end) > 3 && a.postcode(i+2) > 0):
			return i
		}
	}
	return -1
}

// next tells whether a token follows right behind i, with a space or a comma between.
func (a addressReader) next(i int) bool {
	if i+1 >= len(a.list) {
		return false
	}
	between := a.s[a.list[i].to:a.list[i+1].from]
	return len(between) <= maxBetween && strings.Trim(between, " ,.\u00a0\t\n-") == "" && strings.Count(between, "\n") < 2
}

// numberBefore looks for the number of a house before the street's name that ends
// at i. It returns its token, or -1.
func (a addressReader) numberBefore(i int, strong bool) int {
	capital, j := true, i-1
	for ; j >= 0 && i-j <= 4 && a.next(j); j-- {
		t := a.list[j]
		if houseNumber(t.fold) {
			break
		}
		if never[t.fold] || t.digits {
			return -1
		}
		capital = capital && (t.capital || particles[t.fold])
	}
	switch {
	case j < 0 || !a.next(j) || j == i-1 || !houseNumber(a.list[j].fold):
		return -1
	case capital || strong && a.list[j].digits && len(a.list[j].fold) <= 5 || a.postcode(i+1) > 0:
		return j
	}
	return -1
}

// lead reads 3 rue des Lilas, or Calle de Alcalá 12.
func (a addressReader) lead(i int) (from, to int) {
	capitals, end := 0, i
	for j := i + 1; j < len(a.list) && j <= i+5 && a.next(j-1); j++ {
		switch t := a.list[j]; {
		case t.capital:
			capitals++
			end = j
			continue
		case particles[t.fold]:
			continue
		}
		break
	}
	if capitals == 0 && a.postcode(i+2) == 0 {
		return -1, -1
	}
	if capitals == 0 {
		end = i + 1
	}
	if i > 0 && a.next(i-1) && houseNumber(a.list[i-1].fold) {
		return i - 1, end
	}
	if a.next(end) && houseNumber(a.list[end+1].fold) {
		return i, end + 1
	}
	return -1, -1
}

// houseNumber matches 12, 12b and 3a.
func houseNumber(word string) bool {
	n := 0
	for n < len(word) && word[n] >= '0' && word[n] <= '9' {
		n++
	}
	return n >= 1 && n <= 5 && (n == len(word) || n == len(word)-1 && word[n] >= 'a' && word[n] <= 'z')
}

// postcode tells how many tokens from i on are a post code: 0150, 411 04, SE-111 20,
// YO1 7EP, 1012 AB.
func (a addressReader) postcode(i int) int {
	if i >= len(a.list) || i > 0 && !a.next(i-1) {
		return 0
	}
	first := a.list[i].fold
	second := ""
	if a.next(i) {
		second = a.list[i+1].fold
	}
	digits := func(s string, n ...int) bool {
		for _, want := range n {
			if len(s) == want && onlyDigits(s) {
				return true
			}
		}
		return false
	}
	switch {
	case digits(first, 3) && digits(second, 2):
		return 2
	case len(first) <= 2 && !onlyDigits(first) && !particles[first] && digits(second, 4, 5, 6):
		return 2
	case len(first) <= 2 && !onlyDigits(first) && digits(second, 3) && a.next(i+1) && digits(a.list[i+2].fold, 2):
		return 3
	case ukOut(first) && len(second) == 3 && second[0] >= '0' && second[0] <= '9' && !onlyDigits(second):
		return 2
	case digits(first, 4) && len(second) == 2 && a.list[i+1].capital && !onlyDigits(second) && strings.ToUpper(a.s[a.list[i+1].from:a.list[i+1].to]) == a.s[a.list[i+1].from:a.list[i+1].to]:
		return 2
	case digits(first, 4, 5, 6):
		return 1
	}
	return 0
}

// ukOut matches the first half of a British post code.
func ukOut(s string) bool {
	return len(s) >= 2 && len(s) <= 4 && s[0] >= 'a' && s[0] <= 'z' && strings.ContainsAny(s[1:], "0123456789")
}

// town goes on behind a street that ends at the token i: with the flat, the post code
// and the town, as far as they are there. It returns the last token.
func (a addressReader) town(i int) int {
	if a.next(i) && i+2 < len(a.list) && a.next(i+1) && units[a.list[i+1].fold] {
		i += 2
	}
	comma := func(i int) bool {
		return i+1 < len(a.list) && strings.ContainsAny(a.s[a.list[i].to:a.list[i+1].from], ",\n")
	}
	words := func(i, most int) int {
		for n := 0; n < most && a.next(i) && a.list[i+1].capital && !strings.ContainsAny(a.list[i+1].fold, "0123456789") && !never[a.list[i+1].fold] && (n == 0 || !comma(i) && !strings.Contains(a.s[a.list[i].to:a.list[i+1].from], ".")); n++ {
			i++
		}
		return i
	}
	if n := a.postcode(i + 1); n > 0 {
		i += n
		if end := words(i, 3); end > i {
			return a.country(end, comma, words)
		}
		if a.next(i) && !a.list[i+1].digits && !never[a.list[i+1].fold] && !strings.Contains(a.s[a.list[i].to:a.list[i+1].from], ".") {
			return i + 1 // a town in lower case
		}
		return i
	}
	end := words(i, 3)
	if end == i && a.next(i) && a.postcode(i+2) > 0 && !never[a.list[i+1].fold] {
		end = i + 1
	}
	if end > i {
		if n := a.postcode(end + 1); n > 0 {
			return end + n
		}
		if comma(i) {
			return end
		}
	}
	return i
}

// whole goes on behind a street that ends at the token i to the end of the address:
// over the parts between commas that are written as names, up to the last post code.
func (a addressReader) whole(i int) int {
	end := a.town(i)
	for j, n := i+1, 0; j < len(a.list) && n < 16 && a.next(j-1); j, n = j+1, n+1 {
		t := a.list[j]
		if never[t.fold] || !t.capital && !particles[t.fold] && (len(t.fold) > 6 || !strings.ContainsAny(t.fold, "0123456789")) {
			break
		}
		if strings.ContainsAny(a.s[a.list[j-1].to:t.from], "\n.") && j-1 > end {
			break
		}
		if j > end && a.postcode(j) > 0 {
			end = max(end, a.town(j-1))
		}
	}
	return end
}

// building goes back over the flat or the house that is told before a street: Unit 5.
func (a addressReader) building(from int) int {
	if from > 0 && units[a.list[from-1].fold] && a.next(from-1) {
		return from - 1
	}
	if from > 1 && a.next(from-1) && a.next(from-2) && houseNumber(a.list[from-1].fold) && units[a.list[from-2].fold] {
		return from - 2
	}
	return from
}

// country takes in a country behind a town.
func (a addressReader) country(i int, comma func(int) bool, words func(int, int) int) int {
	if comma(i) {
		return words(i, 2)
	}
	return i
}

var units = set("apt apartment flat unit suite floor top leilighet room block building etage wohnung lgh")
