package orchestrator

import (
	"fmt"
	"strings"
	"unicode"
)

// nameAt checks the capitalised words that begin at word i. Two or more of them
// that are no ordinary words look like somebody's name; one does behind a title or
// a greeting. Each must stand in a source. In languages that write more than names
// large, only what follows a title is looked at. It returns how many words it took
// and where they end.
func (f *facts) nameAt(text string, i int, english bool, out *findings) (n, end int) {
	ws := f.words
	last := i // the last word of the run
	for last+1 < len(ws) {
		next := ws[last+1]
		if next.upper && !next.digit && (next.gap == gapSpace || next.gap == gapDot && initial(ws[last].of(text))) {
			last++
			continue
		}
		k := last + 1 // behind the particles: van der
		for k < len(ws) && ws[k].gap == gapSpace && particle(ws[k].of(text)) {
			k++
		}
		if k == last+1 || k >= len(ws) || !ws[k].upper || ws[k].digit || ws[k].gap != gapSpace {
			break
		}
		last = k
	}
	n, end = last-i+1, ws[last].end
	titled := title(ws[i].of(text))
	greeted := i > 0 && ws[i].gap == gapSpace && greeting(ws[i-1].of(text)) || n > 1 && greeting(ws[i].of(text))
	if !english && !titled {
		return n, end
	}
	first := i
	if titled {
		first++
	}
	for first <= last && ordinary(ws[first].of(text)) {
		first++
	}
	for last >= first && ordinary(ws[last].of(text)) {
		last--
	}
	if first > last || last == first && !titled && !greeted {
		return n, end
	}
	span := text[ws[first].start:ws[last].end]
	f.words = nil
	defer func() { f.words = ws }()
	if at, ok := f.saidAnywhere(span); ok {
		if last > first {
			out.found(f.source(span, at))
		}
		return n, end
	}
	for _, w := range ws[first : last+1] {
		s := w.of(text)
		if !w.upper || ordinary(s) || streetWords[strings.ToLower(s)] {
			continue
		}
		if _, ok := f.saidAnywhere(s); !ok && !f.inCatalog(s) {
			out.problem(fmt.Sprintf("the name %q stands in no result", span))
			break
		}
	}
	return n, end
}

// said tells whether words, in lower case, stand in a source that was read.
func (f *facts) said(lower string) (int32, bool) {
	if f.spoken < len(f.texts) {
		var b strings.Builder
		b.WriteString(f.lexis)
		for _, t := range f.texts[f.spoken:] {
			b.WriteString(strings.ToLower(t.value))
			b.WriteByte('\n')
		}
		f.lexis, f.spoken = b.String(), len(f.texts)
	}
	if !standsIn(f.lexis, lower) {
		return 0, false
	}
	for _, t := range f.texts {
		if standsIn(strings.ToLower(t.value), lower) {
			return t.at, true
		}
	}
	return 0, false
}

// saidAnywhere tells whether words stand in any source.
func (f *facts) saidAnywhere(words string) (int32, bool) {
	lower := strings.ToLower(strings.ReplaceAll(words, "’", "'"))
	forms := []string{lower, strings.TrimSuffix(lower, "'s"), strings.TrimSuffix(lower, "s"), lower + "s"}
	for {
		for k, form := range forms {
			if k > 0 && form == lower {
				continue
			}
			if at, ok := f.said(form); ok {
				return at, true
			}
		}
		if !f.load() {
			return 0, false
		}
	}
}

// inCatalog tells whether a word is one of those that services describe themselves
// with, or the name of a field.
func (f *facts) inCatalog(s string) bool {
	lower := strings.ToLower(s)
	for _, n := range f.nodes {
		if standsIn(strings.ToLower(strings.ReplaceAll(n.field, "_", " ")), lower) {
			return true
		}
	}
	if f.catalog == nil {
		return false
	}
	for _, e := range f.catalog.Intents() {
		if standsIn(strings.ReplaceAll(e.Name, "_", " "), lower) || standsIn(strings.ToLower(e.Summary), lower) {
			return true
		}
		for _, o := range e.Offers {
			if strings.EqualFold(o.Service, s) {
				return true
			}
		}
	}
	return false
}

// standsIn tells whether words stand in a text, and not within other words.
func standsIn(text, words string) bool {
	if words == "" {
		return false
	}
	for at := 0; ; {
		k := strings.Index(text[at:], words)
		if k < 0 {
			return false
		}
		k += at
		if edge(text, k-1) && edge(text, k+len(words)) {
			return true
		}
		at = k + 1
	}
}

// edge tells whether no letter or digit stands at i.
func edge(text string, i int) bool {
	if i < 0 || i >= len(text) {
		return true
	}
	c := text[i]
	return c < 0x80 && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z')
}

// initial tells whether a word is a letter that stands for a name.
func initial(s string) bool { return len([]rune(s)) == 1 || title(s) }

func particle(s string) bool {
	switch s {
	case "de", "del", "della", "da", "di", "dos", "van", "von", "der", "den", "zu", "la", "le", "bin", "al", "el", "af", "av", "ter":
		return true
	}
	return false
}

func title(s string) bool {
	switch s {
	case "Mr", "Mrs", "Ms", "Miss", "Mx", "Dr", "Prof", "Herr", "Herrn", "Frau", "Señor", "Señora", "Sr", "Sra", "Monsieur", "Madame", "Mme", "Signor", "Signora", "Senhor", "Senhora", "Mevrouw":
		return true
	}
	return false
}

func greeting(s string) bool {
	switch s {
	case "Dear", "Hi", "Hello", "Hey", "Hallo", "Liebe", "Lieber", "Hola", "Bonjour":
		return true
	}
	return false
}

// ordinary tells whether a capitalised word is one that is written so for its
// place: at the beginning of a sentence, in a heading, in a label. Words of
// capitals are abbreviations.
func ordinary(s string) bool {
	if s == strings.ToUpper(s) && len([]rune(s)) > 1 || !letters(s) {
		return true
	}
	lower := strings.ToLower(s)
	for _, tail := range []string{"", "'s", "’s", "'re", "’re", "'ve", "’ve", "'ll", "’ll", "n't", "n’t", "'d", "’d", "'m", "’m"} {
		if rest, ok := strings.CutSuffix(lower, tail); ok && commonWords[rest] {
			return true
		}
	}
	if month(lower) > 0 || commonWords[SingularOf(lower)] || weekdayOf(s) >= 0 {
		return true
	}
	if strings.ContainsAny(lower, "-") {
		for p := range strings.SplitSeq(lower, "-") {
			if !commonWords[p] {
				return false
			}
		}
		return true
	}
	if len(lower) >= 7 {
		for _, tail := range []string{
			"ing", "ed", "ly", "tion", "tions", "sion", "ment", "ments", "ness", "able", "ible", "ful", "less", "ity", "ive", "ous", "ship", "ance", "ence", "ically", "ized", "ised", "ary", "ology", "ies",
		} {
			if strings.HasSuffix(lower, tail) {
				return true
			}
		}
	}
	return false
}

// inEnglish tells whether a text is English, or as short as not to tell and the
// answer to a message that is.
func (f *facts) inEnglish(text string, ws []word) bool {
	if n := englishness(text, ws); n != 0 {
		return n > 0
	}
	return englishness(f.message, splitWords(nil, f.message)) >= 0
}

// englishness counts the small words of a text that are English, minus those of
// other languages.
func englishness(text string, ws []word) int {
	n := 0
	name := false // the word before is part of a name
	for _, w := range ws {
		s := w.of(text)
		if w.upper && (w.gap == gapStop || w.gap == gapDot) {
			s, name = strings.ToLower(s), true
		} else if name = w.upper || name && particle(s); name || w.digit {
			continue
		}
		switch {
		case englishWords[s]:
			n++
		case otherWords[s]:
			n--
		}
	}
	return n
}

var (
	englishWords = wordSet("the is are was were has have had your you to of and for on it its in will been not with at by this that which from be can as an if so our we they")
	otherWords   = wordSet("der die das den dem des und ist sind war ihre ihr ihnen sie du dein deine deinen hast hat haben habe ich wir uns wurde wurden nicht mit ein eine einen einer für von vom zu zum zur im am auf aus bei nach es noch schon wird werden kann können kein keine nur auch oder aber bitte wie wo wann el la los las su sus tu tus y de del que se para por con una un fue está han ha le les et est sont votre vos vous tu il elle pour avec dans au ne pas het een en zijn niet met je och är inte med til og ikke di lo gli che per non sono sei hai o os do da em não com você foi")
)

// streetAt checks the address that ends at word i: 7 Oak Lane, Storgata 12, and a
// number beside a word that has another number beside it in the sources.
func (f *facts) streetAt(text string, i int, out *findings) {
	ws := f.words
	w := ws[i]
	s := strings.ToLower(w.of(text))
	switch {
	case i > 0 && streetWords[s] && w.upper && w.gap == gapSpace:
		first := i - 1
		for first > 0 && i-first < 5 && ws[first].upper && !ws[first].digit && ws[first].gap == gapSpace {
			first--
		}
		if first >= 0 && first < i-1 && ws[first].digit && countDigits(ws[first].of(text)) <= 5 {
			f.address(text, first, i, out)
		}
	case w.digit && i > 0 && w.gap == gapSpace && ws[i-1].upper && countDigits(s) <= 4 && streetEnding(strings.ToLower(ws[i-1].of(text))):
		f.address(text, i-1, i, out)
	case w.digit && countDigits(s) < leastDigits && allDigits(s):
		if i > 0 && w.gap == gapSpace && ws[i-1].upper && !ordinary(ws[i-1].of(text)) {
			f.beside(text, ws[i-1], w, true, out)
		}
		if i+1 < len(ws) && ws[i+1].gap == gapSpace && ws[i+1].upper && !ws[i+1].digit && !ordinary(ws[i+1].of(text)) {
			f.beside(text, ws[i+1], w, false, out)
		}
	}
}

// address checks that words stand together in a source.
func (f *facts) address(text string, first, last int, out *findings) {
	ws := f.words
	said := text[ws[first].start:ws[last].end]
	want := plainAddress(said)
	f.words = nil
	defer func() { f.words = ws }()
	for {
		for _, t := range f.texts {
			if standsIn(plainAddress(t.value), want) {
				out.found(f.source(said, t.at))
				return
			}
		}
		if !f.load() {
			break
		}
	}
	out.problem(fmt.Sprintf("the address %q stands in no result", said))
}

// beside finds a number beside a name that has only other numbers beside it in the
// sources.
func (f *facts) beside(text string, name, number word, behind bool, out *findings) {
	n, d := strings.ToLower(name.of(text)), number.of(text)
	other, same := false, false
	for _, t := range f.texts {
		lower := strings.ToLower(t.value)
		for at := strings.Index(lower, n); at >= 0; {
			rest := strings.TrimLeft(lower[at+len(n):], " ")
			if !behind {
				rest = lastDigits(strings.TrimRight(lower[:at], " "))
			}
			k := 0
			for k < len(rest) && isDigit(rest[k]) {
				k++
			}
			same = same || rest[:k] == d
			other = other || k > 0
			next := strings.Index(lower[at+1:], n)
			if next < 0 {
				break
			}
			at += 1 + next
		}
	}
	if other && !same {
		out.problem(fmt.Sprintf("the number %q beside %q stands in no result", d, name.of(text)))
	}
}

func lastDigits(s string) string {
	i := len(s)
	for i > 0 && isDigit(s[i-1]) {
		i--
	}
	return s[i:]
}

var streetWords = wordSet("street st road rd avenue ave lane ln drive dr way square sq court ct place pl boulevard blvd terrace close crescent row quay mews grove gardens hill park parade highway hwy")

func streetEnding(s string) bool {
	for _, end := range []string{"gate", "gata", "gaten", "straße", "strasse", "weg", "veien", "vei", "vej", "plein", "straat", "laan", "gasse", "platz", "allee", "vägen", "gatan", "damm", "ufer"} {
		if strings.HasSuffix(s, end) && len(s) > len(end) {
			return true
		}
	}
	return false
}

// plainAddress writes an address in one way: small, without punctuation, and with
// the usual words for streets in short.
func plainAddress(s string) string {
	var b strings.Builder
	for w := range strings.FieldsFuncSeq(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		switch w {
		case "street":
			w = "st"
		case "road":
			w = "rd"
		case "avenue":
			w = "ave"
		case "lane":
			w = "ln"
		case "drive":
			w = "dr"
		case "square":
			w = "sq"
		case "court":
			w = "ct"
		case "place":
			w = "pl"
		case "boulevard":
			w = "blvd"
		case "highway":
			w = "hwy"
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(w)
	}
	return b.String()
}
