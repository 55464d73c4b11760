package offline

// calledWords stand before a name that somebody gives.
var calledWords = newPhrases("called", "named", "titled", "labelled", "labeled", "by the name of", "with the name", "name it", "call it", "and call it", "under the name")

// fillNames finds the names that are announced as such: what something is to be called,
// and, for an intent that is about an object too, whom or what a preposition points at
// ("assign it to Kim"). What is left is looked for once the object is known.
func (p *planner) fillNames(s *skill, b *bag, put func(*slot, any, string)) {
	var want []*slot
	for _, sl := range s.slots {
		if sl.use == useName && !p.namesPart(s, sl) {
			want = append(want, sl)
		}
	}
	if len(want) == 0 {
		return
	}
	toks := b.toks[:b.own]
	if at, n := calledWords.find(toks); n > 0 && at > 0 {
		if to := nameEnd(toks, at+n, 5); to > at+n && b.free(at+n, to-at-n) {
			sl := want[len(want)-1]
			for _, w := range want {
				if w.words[stem("name")] >= inTitle || w.words["titl"] >= inTitle || w.words["label"] >= inTitle {
					sl = w
				}
			}
			put(sl, b.text(at+n, to), b.text(at+n, to))
			b.take(at, to-at)
			return
		}
	}
	if len(s.keys) == 0 && !s.takes(useAddress) {
		return
	}
	for i := 1; i < len(toks) && len(want) > 0; i++ {
		prep := toks[i-1]
		if !prep.is("to", "with", "by", "for", "from") || b.used[i] || toks[i].kind != tokWord || p.isPerson(toks, i) && !p.req.User.Staff() {
			continue
		}
		to := capitalsEnd(toks, i)
		if to == i && p.stranger(toks[i]) && !functionWords[toks[i].low] && (i+1 == len(toks) || toks[i+1].kind == tokPunct) {
			to = i + 1
		}
		if to == i || !b.free(i, to-i) || to < len(toks) && countDigits(toks[to].low) > 0 && gapText(b.msg, toks[to-1], toks[to]) == " " {
			continue
		}
		sl := nameFor(want, prep)
		if sl == nil {
			continue
		}
		put(sl, b.text(i, to), b.text(i, to))
		b.take(i, to-i)
		want = withoutSlot(want, sl)
	}
}

// nameFor chooses the parameter that a preposition points at; only what must be given
// is filled so.
func nameFor(want []*slot, prep token) *slot {
	points := map[string][]string{
		"to": {"to", "recipient", "payee", "assignee", "destination", "colleague", "receiver", "target", "who"}, "from": {"from", "origin", "sender", "source"},
		"with": {"with", "doctor", "partner", "person", "teacher", "name"}, "by": {"by", "author"}, "for": {"for", "guest", "person", "patient", "name"},
	}
	for _, sl := range want {
		if sl.name == prep.low {
			return sl
		}
	}
	for _, sl := range want {
		for _, w := range points[prep.low] {
			if sl.words[stem(w)] > 0 || sl.name == w {
				return sl
			}
		}
	}
	if len(want) == 1 && want[0].required && prep.is("to") {
		return want[0]
	}
	return nil
}

func withoutSlot(list []*slot, sl *slot) []*slot {
	var out []*slot
	for _, x := range list {
		if x != sl {
			out = append(out, x)
		}
	}
	return out
}

// capitalsEnd is where the capital words end that begin at i; days and months are no
// names.
func capitalsEnd(toks []token, i int) int {
	j := i
	for j < len(toks) && j < i+4 && toks[j].kind == tokWord && isCapital(toks[j].text) && weekdays[toks[j].low] == 0 && months[toks[j].low] == 0 && !toks[j].is("i") {
		j++
	}
	return j
}

// nameEnd is where a name that begins at i ends, most words long at most: at a word that
// goes on with something else.
func nameEnd(toks []token, i, most int) int {
	j := i
	for j < len(toks) && j < i+most && toks[j].kind != tokPunct {
		if j > i && toks[j].is("with", "for", "to", "and", "on", "at", "from", "if", "please", "in", "as", "by") {
			break
		}
		j++
	}
	return j
}
