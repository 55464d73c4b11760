package user

import "strings"

// ambiguous are first names that are English words as well. They do not change.
var ambiguous = setOf(ambiguousWords)

// alsoWords are words of English or German that look like a first name with the s of a
// possessive. They do not change.
var alsoWords = setOf(wordsInS)

func setOf(words string) map[string]bool {
	out := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		out[w] = true
	}
	return out
}

const wordsInS = `alas alias als also ans bars bas bis bins bus cans chris das deals des does ems ens fans gas gems goes has his hours hers ins ius its jars kids
lens les los mars mas mens mins mons nas news nets odds ones ours pants pas perks plans plus pres runs sales sens series sums tabs tans tens terms theirs this
thus tins toes tops ups us vans vans vis was wes yes yens yours`

const ambiguousWords = `able amber an and angel april are art as august autumn be bill bob bud buck can carol chance chase christian clay cliff coral daisy dale dawn dean destiny
do don drew duke earl faith fern flora ford forest frank gale gene ginger glen glory grace grant guy harmony has hazel heath heather her he holly hope i
in is iris it ivy jack jade jay jean jewel josh joy june king lance laurel lee lily major man mark max may me melody mercy merit miles miller my nick no
norm not of olive on or page pat patience pearl penny pepper piper pleasant poppy prince rain ray reed rich river rob robin rocky rose royal ruby rusty sage
sandy scout see she sierra sky so sonny star sterling storm sue summer sunny tab ted the they to tom tiffany trinity van victor victory violet virginia wade
was we will win winter wren you`
