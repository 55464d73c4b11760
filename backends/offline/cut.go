package offline

// cutKind says what stands where a message may be cut.
type cutKind int

const (
	cutNone     cutKind = iota
	cutSentence         // the end of a sentence
	cutOrder            // then, first, before you
	cutCommaAnd         // a comma and a conjunction
	cutAnd              // a conjunction: and, also, plus
	cutComma
)

// cutPrice is what a cut costs: below zero where it is likelier than not.
var cutPrice = [...]float64{
	cutNone: 0, cutSentence: -1, cutOrder: -0.9, cutCommaAnd: -0.7, cutAnd: -0.6, cutComma: -0.3,
}

// startKind says how the words after a cut begin.
type startKind int

const (
	startRequest  startKind = iota // as requests do: a verb, a question word, politeness
	startNoun                      // a noun phrase or a value
	startOther                     // any other word
	startFollower                  // a word that goes on with what stands before it
)

// startPrice is what it costs to begin a request so.
var startPrice = [...]float64{
	startRequest: -0.2, startNoun: 0.6, startOther: 0.2, startFollower: 0.8,
}

// followers are words that seldom begin a request and often go on with one.
var followers = set(`to of in on at for from with by into onto than that which who whose or nor as it them not until till within during per via near around
between about under over`)

// cutBefore tells what kind of cut stands before chunk i. What follows a clause such as
// "before you cancel it" stands apart from it by its order.
func cutBefore(row []chunk, i int) cutKind {
	c := row[i]
	switch {
	case i == 0:
		return cutNone
	case c.hard:
		return cutSentence
	case c.then || c.first || c.ahead || c.behind || row[i-1].ahead || row[i-1].behind:
		return cutOrder
	case c.and && c.comma:
		return cutCommaAnd
	case c.and:
		return cutAnd
	}
	return cutComma
}

// soft tells whether a cut parts the phrases of a sentence as often as two
// requests.
func (k cutKind) soft() bool { return k >= cutCommaAnd }

// startOf tells how the words begin.
func (p *planner) startOf(toks []token) startKind {
	toks = trimPunct(toks)
	switch {
	case p.starts(toks):
		return startRequest
	case len(toks) == 0 || toks[0].kind != tokWord || nounMarks[toks[0].low]:
		return startNoun
	case followers[toks[0].low]:
		return startFollower
	}
	return startOther
}
