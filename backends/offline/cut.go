package offline

// cutKind says what stands where a message may be cut.
type cutKind int

const (
	cutNone     cutKind = iota
	cutSentence         // the end of a sentence
	cutOrder            // then, first, before you
	cutAlso             // words that add something: also, plus, as well as
	cutCommaAnd         // a comma and a conjunction
	cutAnd              // and, but
	cutComma
	cutBare // nothing: the next request just begins
)

// cutPrice is what a cut costs: below zero where it is likelier than not.
var cutPrice = [...]float64{
	cutNone: 0, cutSentence: -1, cutOrder: -2, cutAlso: -1.5, cutCommaAnd: -1.45, cutAnd: -0.35, cutComma: -0.45, cutBare: 0,
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
	startRequest: 0.15, startNoun: 0.7, startOther: 0.45, startFollower: 0.2,
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
	case c.mine || row[i-1].mine:
		return cutComma
	case c.also:
		return cutAlso
	case c.and && c.comma:
		return cutCommaAnd
	case c.and:
		return cutAnd
	case c.comma:
		return cutComma
	}
	return cutBare
}

// soft tells whether a cut parts the phrases of a sentence as often as two
// requests.
func (k cutKind) soft() bool { return k >= cutAlso }

// startOf tells how the words begin.
func (p *planner) startOf(toks []token) startKind {
	toks = trimPunct(toks)
	switch {
	case p.starts(toks):
		if len(toks) > 1 && toks[0].is("i", "we") && (followers[toks[1].low] || nounMarks[toks[1].low]) {
			return startOther // my sister and | I at a tea house
		}
		return startRequest
	case len(toks) == 0 || toks[0].kind != tokWord || nounMarks[toks[0].low]:
		for _, t := range toks[:min(len(toks), 6)] {
			if auxiliaries[t.low] {
				return startOther // a clause: my number is 555 1234
			}
		}
		return startNoun
	case followers[toks[0].low]:
		return startFollower
	}
	return startOther
}

// mostBare is how many places without any sign are looked at in one stretch.
const mostBare = 4

// opened parts the chunks of a row further, where the words alone look as if
// another request began: "what is my balance please play some music".
func (p *planner) opened(row []chunk) []chunk {
	var out []chunk
	for _, c := range row {
		from, bare := 0, 0
		for i := 2; i < len(c.toks)-1 && bare < mostBare; i++ {
			if i-from < 2 || !p.beginsAt(c.toks, i) && !(c.behind && p.ordersIt(c.toks, i)) {
				continue
			}
			head := c
			head.toks, head.asked = c.toks[from:i:i], false
			if from > 0 {
				head = chunk{toks: head.toks}
			}
			out = append(out, head)
			from = i
			bare++
		}
		if from > 0 {
			c = chunk{toks: c.toks[from:], asked: c.asked}
		}
		out = append(out, c)
	}
	return out
}

// ordersIt tells whether "show it to me" or the like begins at i, after "before you
// cancel A12".
func (p *planner) ordersIt(toks []token, i int) bool {
	return i > 1 && i+1 < len(toks) && looking[toks[i].low] && toks[i+1].is("it", "them", "that") && countDigits(toks[i-1].low) > 0
}

// beforeObject are words that a verb, an article or a preposition puts before
// something that goes on, so that no request begins after them.
var beforeObject = set("to not and or but please then just also never always can could would will shall should may might must do does did is are was were am be been have has had let lets go than as if whether that who which what where when how why whose am being " +
	"of in on at for from with by into onto until till within during per via near around between about under over i we you he she they it it's me us")

// beginsAt tells whether a request seems to begin at i, inside a stretch of words
// without any sign.
func (p *planner) beginsAt(toks []token, i int) bool {
	t, prev, next := toks[i], toks[i-1], toks[i+1]
	if t.kind != tokWord || prev.kind == tokPunct || nounMarks[prev.low] || beforeObject[prev.low] || p.k.verbs[prev.low] && !isCapital(t.text) {
		return false
	}
	if openers.at(toks, i) > 1 {
		return true
	}
	switch {
	case t.is("please"):
		return p.k.verbs[next.low]
	case questionWords[t.low]:
		return auxiliaries[next.low] || t.is("how") && next.is("much", "many", "long", "far", "old", "often")
	case functionWords[t.low] && !t.is("show", "tell", "give", "find", "put", "make", "set", "get", "let", "check", "help"), !p.k.verbs[t.low]:
		return false
	}
	return nounMarks[next.low] || next.is("me", "us") || isCapital(t.text) && !isCapital(prev.text)
}
