package language

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Pattern is a sentence with {holes} in English, and how it is said in another
// language. What stands in a hole is translated too, if it is a sentence that is
// known; a hole whose name begins with "list" holds several things, joined by
// commas and "or" or "and".
type Pattern struct {
	english    string
	pieces     []string // of the English sentence, around the holes
	holes      []string
	translated string
	fixed      int // bytes outside of holes: the more of them, the surer the match
}

var hole = regexp.MustCompile(`\{[a-z_0-9]+\}`)

// Patterns makes patterns of sentences: English → translated. Each hole of a
// translation must be one of its English sentence.
func Patterns(sentences map[string]string) ([]Pattern, error) {
	out := make([]Pattern, 0, len(sentences))
	for _, en := range slices.Sorted(maps.Keys(sentences)) {
		p := Pattern{
			english: en, pieces: hole.Split(en, -1), holes: hole.FindAllString(en, -1),
			translated: sentences[en], fixed: len(hole.ReplaceAllString(en, "")),
		}
		for _, h := range hole.FindAllString(p.translated, -1) {
			if !slices.Contains(p.holes, h) {
				return nil, fmt.Errorf("the translation of %q has a hole %s of its own", en, h)
			}
		}
		out = append(out, p)
	}
	slices.SortStableFunc(out, func(a, b Pattern) int { return b.fixed - a.fixed })
	return out, nil
}

// match returns what stands in the holes, if the text is this sentence. A hole ends
// where what follows it begins for the first time.
func (p *Pattern) match(text string) (values []string, ok bool) {
	last := len(p.pieces) - 1
	if last == 0 {
		return nil, text == p.english
	}
	if len(text) < p.fixed+last || !strings.HasPrefix(text, p.pieces[0]) || !strings.HasSuffix(text, p.pieces[last]) {
		return nil, false
	}
	rest := text[len(p.pieces[0]) : len(text)-len(p.pieces[last])]
	values = make([]string, 0, last)
	for _, piece := range p.pieces[1:last] {
		if rest == "" {
			return nil, false
		}
		at := strings.Index(rest[1:], piece) + 1
		if at < 1 {
			return nil, false
		}
		values = append(values, rest[:at])
		rest = rest[at+len(piece):]
	}
	return append(values, rest), rest != ""
}

// deep bounds how deep sentences may stand in the holes of others, long how many
// words of a text are looked at.
const (
	deep = 4
	long = 200
)

// Translate says an English text, of one sentence or several, in the language.
// more are patterns that a service brought. Sentences that nobody translated stay
// as they are.
func (l *Language) Translate(text string, more ...Pattern) string {
	if l == nil || text == "" {
		return text
	}
	return l.translate(text, more, deep)
}

func (l *Language) translate(text string, more []Pattern, depth int) string {
	if depth == 0 {
		return text
	}
	if out, ok := l.whole(text, more, depth); ok {
		return out
	}
	if strings.Contains(text, "\n") {
		lines := strings.Split(text, "\n")
		for i, line := range lines {
			lines[i] = l.translate(line, more, depth)
		}
		return strings.Join(lines, "\n")
	}
	return l.sentences(text, more, depth)
}

// whole translates a text that is one pattern.
func (l *Language) whole(text string, more []Pattern, depth int) (string, bool) {
	for _, list := range [][]Pattern{more, l.said} {
		for i := range list {
			p := &list[i]
			m, ok := p.match(text)
			if !ok {
				continue
			}
			values := make([]string, 0, 2*len(p.holes))
			for i, h := range p.holes {
				v := m[i]
				if strings.HasPrefix(h, "{list") {
					v = l.list(v)
				} else {
					v = l.translate(v, more, depth-1)
				}
				values = append(values, h, v)
			}
			return strings.NewReplacer(values...).Replace(p.translated), true
		}
	}
	return "", false
}

// list joins several things anew.
func (l *Language) list(text string) string {
	if i := strings.LastIndex(text, " or "); i > 0 {
		return l.locale.JoinOr(append(strings.Split(text[:i], ", "), text[i+len(" or "):]))
	}
	if i := strings.LastIndex(text, " and "); i > 0 {
		return l.locale.JoinAnd(append(strings.Split(text[:i], ", "), text[i+len(" and "):]))
	}
	return text
}

// sentences translates a line sentence by sentence: the longest run of words that
// ends like a sentence and is a pattern, again and again.
func (l *Language) sentences(line string, more []Pattern, depth int) string {
	words := strings.Split(line, " ")
	if len(words) == 1 || len(words) > long {
		return line
	}
	var out []string
	for from := 0; from < len(words); {
		said, to := l.run(words[from:], more, depth)
		if to > 0 {
			out = append(out, said)
			from += to
			continue
		}
		for over := false; from < len(words) && !over; from++ { // pass over what is not known
			out = append(out, words[from])
			over = ends(words[from])
		}
	}
	return strings.Join(out, " ")
}

// run translates the longest run of the words, from the first on, that ends like
// a sentence and is a pattern; to is 0 if there is none.
func (l *Language) run(words []string, more []Pattern, depth int) (said string, to int) {
	for to := len(words); to > 0; to-- {
		if !ends(words[to-1]) {
			continue
		}
		if said, ok := l.whole(strings.Join(words[:to], " "), more, depth); ok {
			return said, to
		}
	}
	return "", 0
}

func ends(word string) bool {
	return word != "" && strings.ContainsAny(word[len(word)-1:], ".?!:)")
}
