package offline

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// tokenKind says what a token is.
type tokenKind int

const (
	tokWord tokenKind = iota
	tokNumber
	tokEmail
	tokQuoted
	tokPunct
)

// token is one word, number, address, quotation or sign of a message.
type token struct {
	text string // as the user wrote it; without the quotation marks for tokQuoted
	low  string // lower case, contractions opened
	stem string
	kind tokenKind
	// start and end are byte offsets in the message. The tokens of an opened
	// contraction share them.
	start, end int
}

func (t token) is(words ...string) bool {
	for _, w := range words {
		if t.low == w {
			return true
		}
	}
	return false
}

// tokenize splits a message. Quotation marks of every shape, e-mail addresses,
// numbers with their signs and contractions are understood; an offset always
// points into s itself.
func tokenize(s string) []token {
	toks := make([]token, 0, len(s)/4+4)
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == '\n':
			toks = append(toks, token{text: "\n", low: "\n", kind: tokPunct, start: i, end: i + 1})
			i++
		case unicode.IsSpace(r) || unicode.IsControl(r):
			i += size
		case isOpenQuote(r, s, i):
			if n := quotedLen(s[i+size:], r); n > 0 {
				inner := s[i+size : i+size+n]
				_, closing := utf8.DecodeRuneInString(s[i+size+n:])
				end := i + size + n + closing
				toks = append(toks, token{text: inner, low: strings.ToLower(inner), kind: tokQuoted, start: i, end: end})
				i = end
				continue
			}
			i += size
		case unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' || (r == '+' && startsDigit(s[i+size:])):
			end := wordEnd(s, i)
			toks = appendWord(toks, s, i, end)
			i = end
		default:
			toks = append(toks, token{text: s[i : i+size], low: s[i : i+size], kind: tokPunct, start: i, end: i + size})
			i += size
		}
	}
	return toks
}

func isOpenQuote(r rune, s string, i int) bool {
	switch r {
	case '"', '“', '«', '„':
		return true
	case '\'', '‘':
		if i == 0 {
			return true
		}
		before, _ := utf8.DecodeLastRuneInString(s[:i])
		return unicode.IsSpace(before) || before == '('
	}
	return false
}

// quotedLen returns the length of the text up to the mark that closes the one
// given, 0 if there is none.
func quotedLen(s string, open rune) int {
	closers := `"”“`
	switch open {
	case '\'', '‘':
		for i, r := range s {
			if r != '\'' && r != '’' {
				continue
			}
			next, size := utf8.DecodeRuneInString(s[i+utf8.RuneLen(r):])
			if size == 0 || !unicode.IsLetter(next) {
				return i
			}
		}
		return 0
	case '«':
		closers = "»"
	}
	return max(strings.IndexAny(s, closers), 0)
}

func startsDigit(s string) bool { return s != "" && s[0] >= '0' && s[0] <= '9' }

// wordEnd finds the end of the word that starts at i: letters and digits, and
// between them apostrophes, hyphens and the signs of numbers, times, dates and
// e-mail addresses.
func wordEnd(s string, i int) int {
	j := i
	for j < len(s) {
		r, size := utf8.DecodeRuneInString(s[j:])
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || r == '_' || (j == i && r == '+'):
		case strings.ContainsRune("'’-@.+,:/", r):
			next, n := utf8.DecodeRuneInString(s[j+size:])
			if n == 0 || !unicode.IsLetter(next) && !unicode.IsDigit(next) {
				return j
			}
			prev, _ := utf8.DecodeLastRuneInString(s[:j])
			digits := unicode.IsDigit(prev) && unicode.IsDigit(next)
			if strings.ContainsRune(",:/", r) && !digits {
				return j
			}
			if r == '.' && !digits && !strings.Contains(chunkOf(s, i), "@") {
				return j
			}
		default:
			return j
		}
		j += size
	}
	return j
}

// chunkOf returns s from i to the next space.
func chunkOf(s string, i int) string {
	if n := strings.IndexFunc(s[i:], unicode.IsSpace); n >= 0 {
		return s[i : i+n]
	}
	return s[i:]
}

// appendWord appends the token or tokens of one word.
func appendWord(toks []token, s string, start, end int) []token {
	text := s[start:end]
	low := strings.ToLower(text)
	if strings.Contains(low, "’") {
		low = strings.ReplaceAll(low, "’", "'")
	}
	add := func(text, low string, kind tokenKind) {
		t := token{text: text, low: low, kind: kind, start: start, end: end}
		if kind == tokWord {
			t.stem = stem(low)
		} else {
			t.stem = low
		}
		toks = append(toks, t)
	}
	if strings.Contains(low, "@") {
		bare := strings.TrimSuffix(low, "'s")
		add(trimRight(text, len(low)-len(bare)), bare, tokEmail)
		if bare != low {
			add("'s", "'s", tokWord)
			n := len(toks)
			toks[n-2].end = start + len(toks[n-2].text)
			toks[n-1].start = toks[n-2].end
		}
		return toks
	}
	if isNumber(low) {
		add(text, low, tokNumber)
		return toks
	}
	if open, ok := contractions[low]; ok {
		for _, w := range open {
			add(text, w, tokWord)
		}
		return toks
	}
	if i := strings.IndexByte(low, '\''); i > 0 {
		base, tail := low[:i], low[i+1:]
		switch {
		case tail == "t" && strings.HasSuffix(base, "n"):
			add(text, base[:len(base)-1], tokWord)
			add(text, "not", tokWord)
			return toks
		case tail == "s" && opensToIs[base]:
			add(text, base, tokWord)
			add(text, "is", tokWord)
			return toks
		case tail == "s":
			add(trimRight(text, len(low)-i), base, tokWord)
			add("'s", "'s", tokWord)
			n := len(toks)
			toks[n-2].end = start + len(toks[n-2].text)
			toks[n-1].start = toks[n-2].end
			return toks
		case auxTails[tail] != "":
			add(text, base, tokWord)
			add(text, auxTails[tail], tokWord)
			return toks
		}
	}
	add(text, low, tokWord)
	return toks
}

// trimRight takes n characters (bytes of the lower-case form, which may differ
// for apostrophes) off the end of text.
func trimRight(text string, n int) string {
	for ; n > 0 && text != ""; n-- {
		_, size := utf8.DecodeLastRuneInString(text)
		text = text[:len(text)-size]
	}
	return text
}

// isNumber tells whether a word is made of digits and the signs between them.
func isNumber(s string) bool {
	digit := false
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			digit = true
		case strings.ContainsRune("+-.,:/", r):
		default:
			return false
		}
	}
	return digit
}

// span returns the part of the message that the tokens stand for.
func span(msg string, toks []token) string {
	if len(toks) == 0 {
		return ""
	}
	start, end := toks[0].start, toks[0].end
	for _, t := range toks {
		start, end = min(start, t.start), max(end, t.end)
	}
	if end > len(msg) || start > end {
		return joinLow(toks) // words of another message
	}
	return strings.Trim(msg[start:end], " \t\r\n,;.?!")
}

// joinLow writes the tokens' lower-case forms with spaces between them.
func joinLow(toks []token) string {
	n := 0
	for _, t := range toks {
		n += len(t.low) + 1
	}
	var b strings.Builder
	b.Grow(n)
	for _, t := range toks {
		if t.kind == tokPunct {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(t.low)
	}
	return b.String()
}
