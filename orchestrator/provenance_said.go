package orchestrator

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/jsonschema-go/jsonschema"
)

// said is what the user said in this conversation, ready to be compared with values.
type said struct {
	now   time.Time
	texts []string   // the latest first
	words [][]string // of each text
	known map[string]bool
	read  *facts // numbers and dates; nil until they are needed
}

// userTexts are the user's own words in this conversation: this message, and those
// before it, the latest first.
func (r *run) userTexts() []string {
	out := []string{r.turn.Message}
	for i := len(r.history) - 1; i >= 0; i-- {
		out = append(out, r.history[i].Message)
	}
	return out
}

// saidByUser is made once a turn. Steps that run side by side share it.
func (r *run) saidByUser() *said {
	r.saying.Do(func() {
		s := &said{now: r.now, texts: r.userTexts(), known: map[string]bool{}}
		for _, t := range s.texts {
			words := plainWords(t)
			s.words = append(s.words, words)
			for _, w := range words {
				s.known[w] = true
			}
		}
		s.read = newFacts(RespondRequest{Message: strings.Join(s.texts, "\n"), Now: r.now}, nil)
		r.words = s
	})
	return r.words
}

// says tells whether a plain value stands in what the user said, in whatever form
// people write such values.
func (u *said) says(name string, schema *jsonschema.Schema, value any) bool {
	switch v := value.(type) {
	case float64:
		if kindOf(name, schema) == identifierParam {
			return u.joined([]string{written(v)})
		}
		return u.number(v)
	case string:
		return u.text(name, schema, strings.TrimSpace(v))
	default:
		return false
	}
}

func (u *said) text(name string, schema *jsonschema.Schema, v string) bool {
	wanted := plainWords(v)
	switch {
	case v == "":
		return true
	case len(wanted) == 0:
		return slices.ContainsFunc(u.texts, func(t string) bool { return strings.Contains(t, v) })
	case u.joined(wanted):
		return true
	case schema.Format == "date" || schema.Format == "date-time":
		return u.date(v)
	}
	digits := onlyDigits(v)
	if len(digits) >= shortestPhone && (schema.Format == "phone" || schema.Format == "tel" || slices.ContainsFunc(nameWords(name), func(w string) bool { return w == "phone" || w == "mobile" || w == "telephone" || w == "fax" })) {
		return u.phone(digits)
	}
	if n, err := strconv.ParseFloat(v, 64); err == nil && allDigits(v) && v[0] != '0' && len(v) <= 3 {
		return u.number(n)
	}
	if strings.ContainsAny(v, "@") || strings.Contains(v, "://") || !strings.ContainsFunc(v, unicode.IsSpace) {
		return false // an address of mail or of the web, or a code: the user said it exactly or not at all
	}
	return !slices.ContainsFunc(wanted, func(w string) bool { return !u.word(w) })
}

// joined tells whether words stand one after the other in a text of the user, however
// they are grouped there: AB-1234 as AB 12 34.
func (u *said) joined(wanted []string) bool {
	all := strings.Join(wanted, "")
	for _, words := range u.words {
		for i := range words {
			rest := all
			for _, w := range words[i:] {
				var ok bool
				if rest, ok = strings.CutPrefix(rest, w); !ok {
					break
				}
				if rest == "" {
					return true
				}
			}
		}
	}
	first, _ := utf8.DecodeRuneInString(all)
	if first < 0x2E80 {
		return false
	}
	return slices.ContainsFunc(u.words, func(words []string) bool { return strings.Contains(strings.Join(words, ""), all) }) // writing without spaces
}

// abbreviations are words that addresses are written with, and their short forms.
var abbreviations = map[string]string{
	"street": "st", "road": "rd", "avenue": "ave", "lane": "ln", "drive": "dr", "boulevard": "blvd", "apartment": "apt", "square": "sq", "court": "ct",
	"straße": "str", "strasse": "str", "saint": "st", "number": "no",
}

// word tells whether the user said a word: with the same letters, or a long one with
// one of them wrong.
func (u *said) word(w string) bool {
	if u.known[w] || u.known[abbreviations[w]] && abbreviations[w] != "" {
		return true
	}
	for long, short := range abbreviations {
		if short == w && u.known[long] {
			return true
		}
	}
	if utf8.RuneCountInString(w) < 4 || strings.ContainsFunc(w, unicode.IsDigit) {
		return false
	}
	for k := range u.known {
		if oneApart(k, w) && !strings.ContainsFunc(k, unicode.IsDigit) {
			return true
		}
	}
	return false
}

// oneApart tells whether two words differ by one letter at most: another one, one too
// many, or two that changed places.
func oneApart(a, b string) bool {
	x, y := []rune(a), []rune(b)
	if len(x) > len(y) {
		x, y = y, x
	}
	if len(x) < 4 || len(y)-len(x) > 1 {
		return false
	}
	i := 0
	for i < len(x) && x[i] == y[i] {
		i++
	}
	switch {
	case len(x) < len(y):
		return slices.Equal(x[i:], y[i+1:])
	case i == len(x) || slices.Equal(x[i+1:], y[i+1:]):
		return true
	}
	return i+1 < len(x) && x[i] == y[i+1] && x[i+1] == y[i] && slices.Equal(x[i+2:], y[i+2:])
}

// phone tells whether the user said a phone number, with or without the code of the
// country.
func (u *said) phone(digits string) bool {
	digits = strings.TrimLeft(digits, "0")
	for _, t := range u.texts {
		for run := range phoneRuns(t) {
			run = strings.TrimLeft(run, "0")
			short, long := run, digits
			if len(short) > len(long) {
				short, long = long, short
			}
			if len(short) >= shortestPhone && len(long)-len(short) <= 3 && strings.HasSuffix(long, short) {
				return true
			}
		}
	}
	return false
}

// phoneRuns yields the digits of a text, runs that only signs of grouping part as one.
func phoneRuns(text string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		var run strings.Builder
		for _, c := range text + "\n" {
			switch {
			case c >= '0' && c <= '9':
				run.WriteRune(c)
			case strings.ContainsRune(" \u00a0\u202f()-–./+", c):
				if c == '+' && run.Len() > 0 { // another number begins
					if !yield(run.String()) {
						return
					}
					run.Reset()
				}
			case run.Len() > 0:
				if !yield(run.String()) {
					return
				}
				run.Reset()
			}
		}
	}
}

func onlyDigits(s string) string {
	return strings.Map(func(c rune) rune {
		if c >= '0' && c <= '9' {
			return c
		}
		return -1
	}, s)
}

// number tells whether the user said a number, in digits or as a small word.
func (u *said) number(n float64) bool {
	if at, ok := u.read.numbers[written(max(n, -n))]; ok && u.read.nodes[at].from == fromMessage {
		return true
	}
	word := numberWords[int(n)]
	return n == float64(int(n)) && word != "" && slices.ContainsFunc(strings.Split(word, " "), func(w string) bool { return u.known[w] })
}

// numberWords are small numbers in words.
var numberWords = map[int]string{
	1: "one once single eins", 2: "two twice couple pair zwei", 3: "three drei", 4: "four vier", 5: "five fünf", 6: "six sechs", 7: "seven sieben",
	8: "eight acht", 9: "nine neun", 10: "ten zehn", 11: "eleven elf", 12: "twelve dozen zwölf", 13: "thirteen", 14: "fourteen", 15: "fifteen",
	16: "sixteen", 17: "seventeen", 18: "eighteen", 19: "nineteen", 20: "twenty zwanzig", 30: "thirty dreißig", 40: "forty vierzig", 50: "fifty fünfzig",
	60: "sixty sechzig", 70: "seventy siebzig", 80: "eighty achtzig", 90: "ninety neunzig", 100: "hundred hundert", 1000: "thousand tausend",
}

// ratioWords say by what a number is to be multiplied.
var ratioWords = map[string]float64{
	"double": 2, "doubled": 2, "twice": 2, "doppelt": 2, "verdopple": 2, "triple": 3, "thrice": 3, "half": 0.5, "halve": 0.5, "halved": 0.5, "hälfte": 0.5, "halb": 0.5,
	"third": 1.0 / 3, "quarter": 0.25, "viertel": 0.25,
}

// ratios are what the user wants numbers to be multiplied by: two for "double", 0.2
// and 0.8 and 1.2 for 20 percent.
func (u *said) ratios() []float64 {
	var out []float64
	for w := range u.known {
		if ratio, ok := ratioWords[w]; ok {
			out = append(out, ratio)
			if ratio == 0.5 {
				out = append(out, 2)
			}
		}
	}
	for _, text := range u.texts {
		for i := 0; i < len(text); i++ {
			if !isDigit(text[i]) {
				continue
			}
			end := i
			for end < len(text) && (isDigit(text[end]) || text[end] == '.') {
				end++
			}
			n, err := strconv.ParseFloat(text[i:end], 64)
			rest := strings.TrimLeft(text[end:], " ")
			if err == nil && n > 0 && (strings.HasPrefix(rest, "%") || strings.HasPrefix(rest, "percent") || strings.HasPrefix(rest, "per cent") || strings.HasPrefix(rest, "Prozent")) {
				out = append(out, n/100, 1-n/100, 1+n/100, 100)
			}
			i = end
		}
	}
	return slices.DeleteFunc(out, func(ratio float64) bool { return ratio <= 0 })
}

// date tells whether the user said a day: in numbers, with its month, or in words that
// count from today.
func (u *said) date(v string) bool {
	t, _, ok := parseTime(v, u.now.Location())
	if !ok {
		return false
	}
	t = t.In(u.now.Location())
	y, m, d := t.Date()
	for _, key := range [...]int{day(y, int(m), d), day(0, int(m), d)} {
		if at, ok := u.read.days[key]; ok && u.read.nodes[at].from == fromMessage {
			return true
		}
	}
	away := daysBetween(u.now, t)
	for w, n := range dayWords {
		if n == away && u.known[w] {
			return true
		}
	}
	if u.known[strings.ToLower(t.Weekday().String())] && away >= -14 && away <= 14 {
		return true
	}
	return u.known["week"] || u.known["month"] || u.known["days"] || u.known["weeks"] || u.known["weekend"]
}

var dayWords = map[string]int{"today": 0, "now": 0, "tonight": 0, "tomorrow": 1, "yesterday": -1, "heute": 0, "morgen": 1, "übermorgen": 2, "gestern": -1}

// saysWords tells whether the words of a value stand in a text one after the other,
// whatever their case and what stands between them.
func saysWords(text, value string) bool {
	words, wanted := plainWords(text), plainWords(value)
	if len(wanted) == 0 {
		return false
	}
	return strings.Contains("\x00"+strings.Join(words, "\x00")+"\x00", "\x00"+strings.Join(wanted, "\x00")+"\x00")
}

// plainWords are the words of a text in lower case: letters and digits, without what
// stands around them.
func plainWords(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(c rune) bool {
		return !unicode.IsLetter(c) && !unicode.IsDigit(c) && !unicode.IsMark(c)
	})
}
