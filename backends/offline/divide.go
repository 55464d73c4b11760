package offline

import (
	"math"
	"slices"
)

// What a division is worth is the sum of the logarithms of its requests' values,
// dampened, less the price of its cuts. The prices were fitted to messages of one
// to three requests, made from sentences of two public sets.
const (
	dampened   = 0.64 // the exponent of a request's value
	aside      = 0.75 // the price of a sentence that asks for nothing
	least      = 0.50 // the least value of a request to change something that was cut off
	leastRead  = 0.2  // the same of a request to look
	shareRead  = 0.6  // the least share of the usual threshold that it has, where intents are about objects
	twoOrders  = 0.3  // what is taken off the price of a cut between two orders, there
	shortPart  = 0.5  // the price of a request of one or two words, where no intent is about an object
	leaning    = 0.1  // the price of a request about "it", where no intent is about an object
	report     = 0.5  // a sentence that tells what happened is less likely a request beside one
	lentFactor = 0.97 // the verb of the request before it is a guess
	lentPrice  = 0.25
	inList     = 0.45 // what is taken off it where objects are listed
	strange    = 0.4  // the price, above an aside's, of an order that is not understood
	maxPieces  = 12   // chunks looked at together
	// almostSure is the most that a value counts, so that no request is worth more
	// than two.
	almostSure = 0.99
	// twofold is the price of taking for one request what asks for two intents, each
	// in a part of its own.
	twofold = 0.6
)

// divide cuts a row of chunks into requests in the way that is worth most.
func (p *planner) divide(row []chunk) []*request {
	row = p.opened(p.withoutKept(p.withoutFiller(row)))
	if len(row) > maxPieces {
		head := row[:maxPieces-1]
		tail := row[maxPieces-1]
		for _, c := range row[maxPieces:] {
			tail.toks = append(append([]token{}, tail.toks...), c.toks...)
		}
		row = append(append([]chunk{}, head...), tail)
	}
	n := len(row)
	best := make([]float64, n+1)
	from := make([]int, n+1)
	pick := make([]*request, n+1)
	for j := 1; j <= n; j++ {
		best[j] = math.Inf(-1)
		for i := 0; i < j; i++ {
			if i > 0 && math.IsInf(best[i], -1) {
				continue
			}
			r, v := p.piece(row, i, j)
			if total := best[i] + v; total > best[j] {
				best[j], from[j], pick[j] = total, i, r
			}
		}
	}
	var parts []*request
	for j := n; j > 0; j = from[j] {
		parts = append([]*request{pick[j]}, parts...)
	}
	p.shareTails(parts)
	return joinAsides(parts)
}

// shareTails gives a request what it lacks and the one that borrows its verb says for
// both: "I need brakes and an inspection for AB 123 on Monday", "return the kettle and
// the mug because both are chipped".
func (p *planner) shareTails(parts []*request) {
	for k := len(parts) - 1; k > 0; k-- {
		r, before := parts[k], parts[k-1]
		if !p.k.keyed || r.lent == nil || r.rank == nil || before.rank == nil || r.rank[0].skill != before.rank[0].skill {
			continue
		}
		s := r.rank[0].skill
		for i, t := range r.toks {
			if i == 0 || !followers[t.low] && !t.is("because", "since") || t.is("of", "with", "that", "which", "who", "it", "them") {
				continue
			}
			with := *before
			with.context = slices.Concat(before.context, r.toks[i:])
			if p.lacks(s, &with) < p.lacks(s, before) || t.is("because", "since") {
				before.context = with.context
			}
			break
		}
	}
}

var filler = newPhrases("do you know", "do you think", "i do not know", "i am not sure", "help me", "help me out", "can you tell me", "could you tell me", "tell me", "let me see", "you know", "i mean", "how", "right", "no worries", "sorry to bother you", "sorry", "i need help", "i have a question", "quick question", "just wondering", "i wonder", "i was wondering", "i need your help", "can you help me", "can you help", "please help", "could you help me",
	"i do not know why", "i am not sure why", "i cannot understand why", "i do not understand why", "i have no idea why", "i have no clue why", "tell me why", "can you tell me why", "why", "why is that", "what happened",
	"hope you are well", "i hope you are well", "hope all is well", "i hope all is well", "hope you are doing well", "i hope you are doing well", "how are you", "how are you doing", "how are you today", "nice to meet you", "long time no see", "one moment", "let me think", "thanks for your help", "have a nice day", "have a good day")

// withoutFiller drops chunks that are nothing but politeness, if others are left,
// unless the catalog has an intent for it.
func (p *planner) withoutFiller(row []chunk) []chunk {
	var out []chunk
	for _, c := range row {
		if p.polite(c.toks) {
			if len(out) == 0 && len(row) > 1 {
				row[1].hard = row[1].hard || c.hard
			}
			continue
		}
		out = append(out, c)
	}
	if len(out) == 0 {
		return row
	}
	return out
}

// polite tells whether the words are nothing but politeness.
func (p *planner) polite(toks []token) bool {
	w := wordsOnly(toks)
	for _, list := range []*phrases{openers, greetings, filler, gratitude, closers} {
		if list.at(w, 0) == len(w) {
			r := p.rank(w)
			return len(r) == 0 || r[0].value < surely || r[0].skill.Changes() && (p.k.keyed || len(r[0].skill.slots) > 0)
		}
	}
	return false
}

// withoutKept drops the stretches that say what is to stay as it is: "but keep
// 1002", "not the lamp".
func (p *planner) withoutKept(row []chunk) []chunk {
	var out []chunk
	for i, c := range row {
		w := trimPunct(c.toks)
		if i > 0 && len(w) > 1 && (w[0].is("not") || holding[w[0].low] && !p.k.examplesVerb(w[0].low) && (nounMarks[w[1].low] || w[1].kind == tokNumber || w[1].is("it", "order"))) && len(w) < 7 {
			continue
		}
		out = append(out, c)
	}
	return out
}

// examplesVerb tells whether an intent's example begins with the word.
func (k *knowledge) examplesVerb(word string) bool {
	return k.verbs[word] && !generalVerbs[word]
}

// joinAsides gives the sentences that ask for nothing to the request beside them.
func joinAsides(parts []*request) []*request {
	var out []*request
	var waiting []token
	for _, r := range parts {
		if r.rank == nil && !r.strange {
			if len(out) > 0 {
				last := out[len(out)-1]
				last.context = append(last.context, r.toks...)
			} else {
				waiting = append(waiting, r.toks...)
			}
			continue
		}
		r.context = append(waiting, r.context...)
		waiting = nil
		out = append(out, r)
	}
	if len(out) == 0 && len(waiting) > 0 {
		out = append(out, &request{toks: waiting})
	}
	return out
}
