package privacy

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// lookalike matches what has the form of a placeholder, whatever its case.
var lookalike = regexp.MustCompile(`(?i)<(?:email|phone|address|name|card|text)-[0-9]+(?:\.[0-9]+)?>`)

// longestHolder bounds the length of a placeholder.
const longestHolder = 48

// mask replaces the personal data of one request. It has the vault for itself.
type mask struct {
	v *vault
	// given are the placeholders that stand in this request.
	given map[string]value
}

func newMask(v *vault) *mask { return &mask{v: v, given: map[string]value{}} }

// text replaces all personal data in a text.
func (m *mask) text(s string) string { return m.replace(s, true) }

// id replaces known values and email addresses: in identifiers, digits in the form of
// a phone number are none.
func (m *mask) id(s string) string { return m.replace(s, false) }

func (m *mask) replace(s string, byForm bool) string {
	if len(s) < 2 {
		return s
	}
	key := seen{s, byForm}
	if old, ok := m.v.memo[key]; ok && old.learnt == m.v.learnt {
		for _, h := range old.holders {
			m.given[h] = m.v.values[h]
		}
		return old.text
	}
	found := m.v.find(s, byForm)
	done := masked{text: s}
	if len(found) > 0 {
		var b strings.Builder
		b.Grow(len(s) + 8*len(found))
		end := 0
		for _, f := range found.sorted() {
			h := m.put(f, s[f.from:f.to], false)
			done.holders = append(done.holders, h)
			b.WriteString(s[end:f.from] + h)
			end = f.to
		}
		b.WriteString(s[end:])
		done.text = b.String()
	}
	done.learnt = m.v.learnt
	m.v.keep(key, done)
	return done.text
}

// seen is a text that was gone over, masked what became of it when so much was known.
type seen struct {
	text   string
	byForm bool
}

type masked struct {
	text    string
	holders []string
	learnt  int
}

// maxMemo is how many bytes of texts that were gone over are kept of a conversation.
const maxMemo = 1 << 20

func (v *vault) keep(key seen, done masked) {
	if v.memoSize += len(key.text) + 64; v.memoSize > maxMemo {
		clear(v.memo)
		v.memoSize = len(key.text) + 64
	}
	v.memo[key] = done
}

// put returns the placeholder for a piece of a text, which is known from now on.
func (m *mask) put(f span, s string, number bool) string {
	e := f.of
	if e == nil {
		if f.sort == text {
			e, _ = m.v.entity(text, s)
		} else if e = m.v.learn(f.sort, s); e == nil {
			e, _ = m.v.entity(f.sort, s)
		}
	}
	h := m.v.holder(e, s, number)
	m.given[h] = m.v.values[h]
	return h
}

// find finds all personal data in a text.
func (v *vault) find(s string, byForm bool) spans {
	var out spans
	if strings.IndexByte(s, '<') >= 0 {
		for _, at := range lookalike.FindAllStringIndex(s, -1) {
			out.add(span{from: at[0], to: at[1], sort: text})
		}
	}
	if strings.ContainsAny(s, "@＠") {
		emails(s, &out)
	}
	v.list = tokens(s, v.list[:0])
	list := v.list
	var long, short spans
	long, short = v.knownIn(s, list)
	if byForm {
		places := addresses(s, list)
		v.digits(s, places, &out, &long)
		for i, t := range list {
			if len(t.fold) >= 4 && t.fold[2] >= '0' && t.fold[2] <= '9' && t.fold[0] >= 'a' {
				if end := iban(list, i); end > 0 {
					out.add(span{from: t.from, to: end, sort: card})
				}
			}
		}
		long = append(long, labels(s, list)...)
		for _, p := range places {
			for _, o := range out { // a phone that ends where it begins keeps its digits
				if o.from < p.from && o.to > p.from && o.to < p.to {
					p.from = o.to + len(s[o.to:p.to]) - len(strings.TrimLeft(s[o.to:p.to], " ,.-/"))
				}
			}
			long = append(long, p)
		}
	}
	out.addLongest(long)
	out.addLongest(short)
	if byForm {
		out.addLongest(introduced(s, list))
	}
	return out
}

// digits finds the cards and the phone numbers of a text.
func (v *vault) digits(s string, places spans, out, long *spans) {
	list := groups(s)
	if len(list) == 0 {
		return
	}
	found, taken := cards(s, list)
	for _, f := range found {
		out.add(f)
	}
	var cuts []int
	for _, p := range places {
		cuts = append(cuts, p.from)
	}
	for _, f := range v.phoneNumbers(s, list, taken, cuts) {
		if slices.ContainsFunc(places, func(p span) bool { return f.from < p.from && f.to > p.from && f.to < p.to }) {
			out.add(f) // it goes before the address whose number it may have
		} else {
			*long = append(*long, f)
		}
	}
}

// knownIn finds the known values: those of several words, and those of one, which
// count only where nothing longer stands.
func (v *vault) knownIn(s string, list []token) (long, short spans) {
	if len(v.byWord) == 0 {
		return nil, nil
	}
	for i, t := range list {
		for _, k := range v.byWord[t.fold] {
			if n, ok := k.at(s, list, i); ok {
				if len(k.words) > 1 {
					long = append(long, n)
				} else {
					short = append(short, n)
				}
			}
		}
		if base, ok := singular(t.fold); ok {
			for _, k := range v.byWord[base] {
				if len(k.words) == 1 && k.of.sort == name && (!k.capital || t.capital) {
					short = append(short, span{from: t.from, to: withoutS(s, t), sort: name, of: k.of})
				}
			}
		}
	}
	return long, short
}

// at tells whether a known value begins at the token i, and where it ends.
func (k known) at(s string, list []token, i int) (span, bool) {
	t, last := list[i], i+len(k.words)-1
	if last >= len(list) || k.capital && !t.capital {
		return span{}, false
	}
	to := list[last].to
	for j := 1; j < len(k.words); j++ {
		a, b := list[i+j-1], list[i+j]
		if !together(s, a, b) || k.of.sort == name && strings.ContainsAny(s[a.to:b.from], ",;") {
			return span{}, false
		}
		if b.fold == k.words[j] {
			continue
		}
		if base, ok := singular(b.fold); !ok || i+j < last || k.of.sort != name || base != k.words[j] {
			return span{}, false
		}
		to = withoutS(s, b)
	}
	return span{from: t.from, to: to, sort: k.of.sort, of: k.of}, true
}

// singular takes the s from a word that may be a name with one: Adas, Okafors.
func singular(word string) (base string, ok bool) {
	base, ok = strings.CutSuffix(word, "s")
	return base, ok && utf8.RuneCountInString(base) >= 3 && !inflected[word]
}

// inflected are words that are more often themselves than a name with an s.
var inflected = set("this does goes dies thus plus news less miss pass gets lets sees uses adds asks says puts runs sits sets wins")

// withoutS returns where a word ends without its last letter.
func withoutS(s string, t token) int {
	if b := s[t.to-1]; b == 's' || b == 'S' {
		return t.to - 1
	}
	return t.to
}

// restore puts the values of this request in the place of its placeholders.
func (m *mask) restore(s string) string { return m.restoreBy(s, func(v string) string { return v }) }

func (m *mask) restoreBy(s string, write func(string) string) string {
	if strings.IndexByte(s, '<') < 0 || len(m.given) == 0 {
		return s
	}
	var b strings.Builder
	for {
		i := strings.IndexByte(s, '<')
		if i < 0 {
			break
		}
		b.WriteString(s[:i])
		s = s[i:]
		if v, n := m.at(s); n > 0 {
			b.WriteString(write(v.text))
			s = s[n:]
			continue
		}
		b.WriteByte('<')
		s = s[1:]
	}
	b.WriteString(s)
	return b.String()
}

// at reads the placeholder that a text begins with. n is 0 if there is none that
// was given out.
func (m *mask) at(s string) (v value, n int) {
	end := strings.IndexByte(s[:min(len(s), longestHolder)], '>')
	if end < 0 {
		return value{}, 0
	}
	if v, ok := m.given[s[:end+1]]; ok {
		return v, end + 1
	}
	if v, ok := m.given[strings.ToLower(s[:end+1])]; ok {
		return v, end + 1
	}
	return value{}, 0
}

// begins tells whether a text, which begins with <, may become a placeholder that
// was given out.
func (m *mask) begins(s string) bool {
	if len(s) >= longestHolder || strings.IndexByte(s, '>') >= 0 || !utf8.ValidString(s) {
		return false
	}
	s = strings.ToLower(s)
	for h := range m.given {
		if strings.HasPrefix(h, s) {
			return true
		}
	}
	return false
}

// stream puts values in the place of placeholders in a text that comes in pieces,
// however they are cut. It holds back only what may still become a placeholder.
type stream struct {
	m    *mask
	emit func(string)
	held string
}

func (t *stream) add(piece string) {
	s := t.held + piece
	t.held = ""
	keep := len(s)
	if i := strings.LastIndexByte(s, '<'); i >= 0 && t.m.begins(s[i:]) {
		keep = i
	}
	t.held = s[keep:]
	if s = t.m.restore(s[:keep]); s != "" {
		t.emit(s)
	}
}

// end lets out what was held.
func (t *stream) end() {
	if t.held != "" {
		t.emit(t.held)
		t.held = ""
	}
}
