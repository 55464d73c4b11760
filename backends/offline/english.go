package offline

import "maps"

// enterEnglish puts the planner's own English into the lexicon, so that no word of
// it is taken for a slip of the pen; those that carry most are also what slips are
// mended to.
func (k *knowledge) enterEnglish() {
	for _, p := range []*phrases{
		openers, closers, conditionOpeners, negatedOpeners, evenIf, pseudoIf, otherwiseWords, sameWords, thenWords, firstWords,
		andWords, removing, sayingWords, becauseWords, greetings, gratitude, farewells, helpWords, dropWords, yesWords,
		corrections, leftOutOpeners, pastOpeners, holdWords,
	} {
		for _, seqs := range p.byFirst {
			for _, seq := range seqs {
				for _, w := range seq {
					k.inLex[w] = true
				}
			}
		}
	}
	for _, c := range comparators {
		for _, seqs := range c.words.byFirst {
			for _, seq := range seqs {
				for _, w := range seq {
					k.inLex[w] = true
				}
			}
		}
	}
	for _, words := range []map[string]bool{timeWords, pastWords, futureWords, costWords, predicates, changeVerbs, proseWords, extremes} {
		for w := range words {
			k.inLex[w] = true
		}
	}
	for _, words := range []map[string]string{currencies, irregular} {
		for w := range words {
			k.inLex[w] = true
		}
	}
	for w := range maps.Keys(spellOut) {
		k.inLex[w] = true
	}
	for w := range weekdays {
		k.enter(token{low: w, kind: tokWord})
	}
	for w := range months {
		k.inLex[w] = true
	}
	for w := range unitDays {
		k.inLex[w], k.inLex[w+"s"] = true, true
	}
	for w := range ordinals {
		k.enter(token{low: w, kind: tokWord})
	}
	for _, w := range []string{"please", "unless", "otherwise", "already", "where", "which", "there", "their", "about", "without", "today", "tomorrow", "yesterday"} {
		delete(k.inLex, w)
		k.enter(token{low: w, kind: tokWord})
	}
}
