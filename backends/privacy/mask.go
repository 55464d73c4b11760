package privacy

import (
	"regexp"
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
		for _, n := range numbers(s) {
			v.number(s, n, &out, &long)
		}
		for i, t := range list {
			if len(t.fold) >= 4 && t.fold[2] >= '0' && t.fold[2] <= '9' && t.fold[0] >= 'a' {
				if end := iban(list, i); end > 0 {
					out.add(span{from: t.from, to: end, sort: card})
				}
			}
		}
		long = append(long, addresses(s, list)...)
	}
	out.addLongest(long)
	out.addLongest(short)
	if byForm {
		out.addLongest(introduced(s, list))
	}
	return out
}

// number sorts a long number in: a card, a known phone number, or one by its form.
func (v *vault) number(s string, n number, out, long *spans) {
	if n.isCard() {
		out.add(span{from: n.from, to: n.to, sort: card})
		return
	}
	if len(n.digits) >= minDigits {
		for _, d := range v.phones {
			if !n.inWord && sameNumber(d.digits, n.digits) {
				*long = append(*long, span{from: n.from, to: n.to, sort: phone, of: d.of})
				return
			}
		}
	}
	lone := n.from == 0 && n.to == len(s)
	if n.isPhone(s[:n.from], lone) {
		*long = append(*long, span{from: n.from, to: n.to, sort: phone})
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
			if i+len(k.words) > len(list) || k.capital && !t.capital {
				continue
			}
			fits := true
			for j := 1; j < len(k.words) && fits; j++ {
				a, b := list[i+j-1], list[i+j]
				fits = b.fold == k.words[j] && together(s, a, b) && (k.of.sort != name || !strings.ContainsAny(s[a.to:b.from], ",;"))
			}
			if !fits {
				continue
			}
			n := span{from: t.from, to: list[i+len(k.words)-1].to, sort: k.of.sort, of: k.of}
			if len(k.words) > 1 {
				long = append(long, n)
			} else {
				short = append(short, n)
			}
		}
	}
	return long, short
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
