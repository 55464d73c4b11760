package offline

import "maps"

// common are frequent words that are no slip of the pen, whatever a catalog's words
// look like.
var common = set(`able across add against air alone along also although always among animal area around away baby back bad ball bank base bath beach bear
beautiful become bed began behind believe best better between big bird black blue boat body bone book born box boxes boy break bring brother brown
build burn busy call came camera car card care carry case cat catch cause chair chance change cheap check child city class clean clear clock close clothes cloud
coat cold colour color come cook cool copy corner cost could count country course cover cross crowd cup cut dark date daughter dead deal dear deep desk did die
different dinner door down draw dream dress drink drive dry each early east easy eat egg else empty enough even event ever every exact eye face fact fair fall
family farm fast father feel feet fell felt few field fight fill film final fire fish five floor flower food foot force forget form forward found four free fresh
friend front fruit full fun game garden girl glass gold gone grass great green ground group grow guess gun hair half hand happen happy hard hat head health hear
heart heat heavy held hello high hill hole home hope horse hot hotel hour house human hundred hurry husband ice idea important inside island job join joke
just keep kept key kid kill kind king kitchen knife know lady lake land large laugh law lead learn least led leg less letter level life lift light line lion
list listen little live local lock look lose love low lunch machine main man map mark market matter mean meat meet middle might mile milk mind mine money moon
moment most mother mountain mouth move much music name near neck need never news nice night noise none nor north nose note number ocean offer office often
oil old once only open page pain paint pair paper parent part party pass past pay pen people perfect person photo piece place plan plane plant plate play
point poor possible pot pound power present press pretty price public pull push quick quiet quite radio rain raise ran reach read ready real reason red rest rice
rich ride right ring rise river road rock roof room rope round rule run sad safe said sail salt same sand save saw school sea season seat sell sense set seven
shall shape share sharp ship shirt short shot shoulder shout show side sign silver simple sing sister size skin sky sleep slow small smell smile
smoke snow soft soil son song soon sound south space speak special speed spell spend spoke sport spot spring square stage stair stand star state stay
steel step stick stone stood story strange street strong student study such sugar summer sun sure surface swim table tail tall taste tea teach team tear tell ten
term test than thick thin third those though thought thousand three threw through throw tie tiny tire together told tone took tool tooth top total touch toward
town toy track trade train travel tree trip trouble truck true trust truth try turn twice type uncle under upon usual valley value van view village visit voice
wait walk wall want warm wash waste watch water wave way wear weather week weight well went west wet wheel where white whole wide wife wild will wind window
wine wing winter wire wish woman wonder wood word work worker world worse worst worth write wrong wrote yard year yellow yes yet young zero`)

// enterEnglish puts the planner's own English into the lexicon, so that no word of
// it is taken for a slip of the pen; those that carry most are also what slips are
// mended to.
func (k *knowledge) enterEnglish() {
	for _, p := range []*phrases{
		openers, closers, conditionOpeners, negatedOpeners, evenIf, pseudoIf, otherwiseWords, sameWords, thenWords, firstWords,
		andWords, removing, sayingWords, becauseWords, greetings, gratitude, farewells, helpWords, dropWords, yesWords, undoWords, overWords, whoWords,
		corrections, leftOutOpeners, pastOpeners, holdWords, letBe, filler, firstChoice, secondChoice, addressLead,
		afterthoughts, insteadOf, nothingWords, somethingOf, calledWords, wholeWords, ownWords, goBack,
	} {
		for _, seqs := range p.index().byFirst {
			for _, seq := range seqs {
				for _, w := range seq {
					k.inLex[w] = true
				}
			}
		}
	}
	for _, c := range comparators {
		for _, seqs := range c.words.index().byFirst {
			for _, seq := range seqs {
				for _, w := range seq {
					k.inLex[w] = true
				}
			}
		}
	}
	for _, words := range []map[string]bool{timeWords, pastWords, futureWords, costWords, predicates, changeVerbs, alterVerbs, proseWords, extremes, askIf, common} {
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
