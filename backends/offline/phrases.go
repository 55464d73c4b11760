package offline

import (
	"slices"
	"strings"
	"sync"
)

// phrases finds word sequences in tokens.
type phrases struct {
	list    []string
	once    sync.Once
	byFirst map[string][][]string // first word → sequences, longest first
	byLast  map[string][][]string
}

// newPhrases makes a set of sequences, each written with spaces between its
// words, contractions opened.
func newPhrases(list ...string) *phrases {
	return &phrases{list: list}
}

// index makes the set ready when it is first used, so that starting the program
// costs nothing.
func (p *phrases) index() *phrases {
	p.once.Do(p.build)
	return p
}

func (p *phrases) build() {
	p.byFirst, p.byLast = map[string][][]string{}, map[string][][]string{}
	for _, text := range p.list {
		words := strings.Fields(text)
		p.byFirst[words[0]] = append(p.byFirst[words[0]], words)
		last := words[len(words)-1]
		p.byLast[last] = append(p.byLast[last], words)
	}
	for _, m := range []map[string][][]string{p.byFirst, p.byLast} {
		for _, seqs := range m {
			slices.SortStableFunc(seqs, func(a, b []string) int { return len(b) - len(a) })
		}
	}
}

// at returns the length of the longest sequence that starts at i, or 0.
func (p *phrases) at(toks []token, i int) int {
	if i >= len(toks) {
		return 0
	}
	for _, seq := range p.index().byFirst[toks[i].low] {
		if matchAt(toks, i, seq) {
			return len(seq)
		}
	}
	return 0
}

// endAt returns the length of the longest sequence that ends before i, or 0.
func (p *phrases) endAt(toks []token, i int) int {
	if i == 0 {
		return 0
	}
	for _, seq := range p.index().byLast[toks[i-1].low] {
		if i >= len(seq) && matchAt(toks, i-len(seq), seq) {
			return len(seq)
		}
	}
	return 0
}

func matchAt(toks []token, i int, seq []string) bool {
	if i+len(seq) > len(toks) {
		return false
	}
	for k, w := range seq {
		if toks[i+k].low != w || toks[i+k].kind == tokQuoted {
			return false
		}
	}
	return true
}

// find returns where the first of the sequences begins and its length, or -1.
func (p *phrases) find(toks []token) (at, length int) {
	for i := range toks {
		if n := p.at(toks, i); n > 0 {
			return i, n
		}
	}
	return -1, 0
}

// wordsOnly drops punctuation.
func wordsOnly(toks []token) []token {
	out := make([]token, 0, len(toks))
	for _, t := range toks {
		if t.kind != tokPunct {
			out = append(out, t)
		}
	}
	return out
}

// trimPunct drops punctuation at both ends.
func trimPunct(toks []token) []token {
	for len(toks) > 0 && toks[0].kind == tokPunct && !toks[0].is("#", "€", "$", "£") {
		toks = toks[1:]
	}
	for len(toks) > 0 && toks[len(toks)-1].kind == tokPunct && !toks[len(toks)-1].is("€", "$", "£", "%") {
		toks = toks[:len(toks)-1]
	}
	return toks
}

// strip takes politeness and filler off both ends, but never everything.
func strip(toks []token) []token {
	toks = trimPunct(toks)
	for {
		n := openers.at(toks, 0)
		rest := trimPunct(toks[n:])
		if n == 0 || len(rest) == 0 {
			break
		}
		toks = rest
	}
	for {
		n := closers.endAt(toks, len(toks))
		rest := trimPunct(toks[:len(toks)-n])
		if n == 0 || len(rest) == 0 {
			break
		}
		toks = rest
	}
	return toks
}
