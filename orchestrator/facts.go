package orchestrator

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// facts are what an answer may say: what stands in the results and arguments of
// the turn, in the user's words, in earlier turns, in the account and on the
// clock. An answer is read for
//
//   - numbers: amounts with any number of digits, others from three digits on. All
//     decimals that are shown must be right. Lengths of lists are known, and what
//     can be computed from this turn's results, see compute.
//   - codes, such as order, tracking and invoice numbers, however they are grouped
//   - dates, "3 weeks ago", "yesterday", days of the week and times of day
//   - phone numbers, with or without the code of the country
//   - addresses of mail and of the web
//   - names of people, and addresses, see nameAt and streetAt
//
// Numbers below 100 that stand for themselves are not looked at: they are counts
// and lengths that an answer may put in its own words.
type facts struct {
	now   time.Time
	nodes []node

	numbers map[string]int32 // as plainNumber writes them
	parts   map[string]int32 // runs of digits within codes
	codes   map[string]int32 // as squeezed writes them; also mail and web addresses
	days    map[int]int32    // see day
	clocks  map[int]int32    // minutes since midnight
	moments []moment
	phones  []known[string]
	amounts []known[float64] // numbers with decimals, which an answer may round
	texts   []known[string]
	// currencies are those that the sources mention.
	currencies map[string]bool
	united     bool // those of the schemas are among them

	message string // of the user
	steps   []StepRecord
	catalog *Catalog
	account [2]User
	earlier [2][]Turn // of the conversation, and of others
	// computed is set when what can be computed was added to numbers.
	computed bool
	// loaded is how many sources were read: most answers need only the first.
	loaded int

	words  []word   // of the text that is read at the moment
	keys   []string // of the maps that are read at the moment
	lexis  string   // all texts in lower case, as far as they were needed
	spoken int      // how many of texts are in it
}

// known is a value and the node it stands in.
type known[T any] struct {
	value T
	at    int32
}

// moment is a point in time that a source mentions.
type moment struct {
	time.Time
	clock bool // the time of day is known
	at    int32
}

func newFacts(req RespondRequest, digest []Turn) *facts {
	f := &facts{
		now: req.Now, message: req.Message, steps: req.Steps, catalog: req.Catalog,
		account: [2]User{req.User, req.Subject}, earlier: [2][]Turn{req.Conversation, digest},
		nodes: make([]node, 0, 64), texts: make([]known[string], 0, 32), keys: make([]string, 0, 16), words: make([]word, 0, 32),
		numbers: map[string]int32{}, parts: map[string]int32{}, codes: map[string]int32{},
		days: map[int]int32{}, clocks: map[int]int32{}, currencies: map[string]bool{},
	}
	f.load()
	return f
}

// load reads one more source: what the turn has, earlier turns from the newest on,
// and the catalog. ok is false if there is none left.
func (f *facts) load() (ok bool) {
	n := f.loaded
	f.loaded++
	if n == 0 {
		f.addSteps(f.steps, "", false)
		f.addSteps(f.steps, "", true)
		f.addText(f.message, f.root(fromMessage, ""))
		account := f.root(fromAccount, "")
		for _, u := range f.account {
			f.addText(u.Name, account)
			f.addText(u.Email, account)
		}
		f.addMoment(f.now, true, f.root(fromClock, ""))
		return true
	}
	n--
	for _, turns := range f.earlier {
		if n < len(turns) {
			t := &turns[len(turns)-1-n]
			earlier := f.root(fromEarlier, "")
			f.addText(t.Message, earlier)
			f.addText(t.Answer, earlier)
			f.addMoment(t.At, true, earlier)
			f.addSteps(t.Steps, fromEarlier, false)
			f.addSteps(t.Steps, fromEarlier, true)
			return true
		}
		n -= len(turns)
	}
	if n == 0 {
		f.addCatalog()
	}
	return n == 0
}

// addSteps adds what became of steps: of those that an answer tells, or else of
// lookups, which come after them because a fact has its first source. from is where
// they come from if not from this turn.
func (f *facts) addSteps(steps []StepRecord, from string, lookups bool) {
	for i := range steps {
		s := &steps[i]
		if s.Lookup != lookups {
			continue
		}
		result, args, id := fromResult, fromArgument, s.ID
		if from != "" {
			result, args, id = from, from, ""
		}
		r := f.root(result, id)
		f.add(s.Result, r)
		f.add(s.said(), f.root(args, id))
		f.addText(s.For, r)
		f.addText(s.Sentence, r)
		f.addText(s.Flag, r)
		for _, c := range s.Changes {
			at := f.node(r, c.Field, -1)
			f.addText(c.Old, at)
			f.addText(c.New, at)
		}
		f.addError(s.Error, r)
		if s.Condition != nil {
			f.addText(s.Condition.Text, r)
			f.addText(s.Condition.Expr, r)
		}
		if s.Undo != nil {
			f.add(s.Undo.Args, r)
			f.addError(s.Undo.Error, r)
		}
	}
}

// said are the arguments of a step without those that the backend alone has said: it
// cannot be its own witness.
func (s *StepRecord) said() map[string]any {
	for name := range s.Args {
		if s.From[name] == FromModel {
			kept := maps.Clone(s.Args)
			maps.DeleteFunc(kept, func(name string, _ any) bool { return s.From[name] == FromModel })
			return kept
		}
	}
	return s.Args
}

func (f *facts) addError(e *Error, at int32) {
	if e != nil {
		f.addText(e.Message, f.node(at, "error", -1))
	}
}

// addCatalog adds what the services say in words of the intents of this turn.
// Examples and parameters are no source: the numbers there are made up.
func (f *facts) addCatalog() {
	at := f.root(fromCatalog, "")
	for i := range f.steps {
		if e := f.entry(i); e != nil {
			f.addText(e.Summary, at)
			f.addText(e.Answer, at)
			f.addText(e.Confirm, at)
		}
	}
}

// entry is what the catalog says of the intent of a step; nil if nothing.
func (f *facts) entry(step int) *Entry {
	if f.catalog == nil {
		return nil
	}
	return f.catalog.Intent(f.steps[step].Intent)
}

// add adds a value in JSON's shape.
func (f *facts) add(v any, at int32) {
	switch t := v.(type) {
	case string:
		f.addText(t, at)
	case float64:
		f.addNumber(t, at)
	case []any:
		put(f.numbers, strconv.Itoa(len(t)), at)
		for i, e := range t {
			f.add(e, f.node(at, "", i))
		}
	case map[string]any:
		// In order, so that the same fact always comes from the same field, and the
		// object's own fields before those of what it holds: total before items[0].price.
		first := len(f.keys)
		for k := range t {
			f.keys = append(f.keys, k)
		}
		last := len(f.keys)
		slices.Sort(f.keys[first:last])
		for _, held := range [2]bool{false, true} {
			for i := first; i < last; i++ {
				if k := f.keys[i]; holds(t[k]) == held {
					f.add(t[k], f.node(at, k, -1))
				}
			}
		}
		f.keys = f.keys[:first]
	}
}

// holds tells whether a value in JSON's shape has values in it.
func holds(v any) bool {
	switch v.(type) {
	case []any, map[string]any:
		return true
	}
	return false
}

func (f *facts) addNumber(v float64, at int32) {
	v = max(v, -v)
	put(f.numbers, written(v), at)
	if v != float64(int64(v)) {
		f.amounts = append(f.amounts, known[float64]{v, at})
	} else if name := f.nodes[at].field; strings.HasSuffix(name, "cents") || strings.HasSuffix(name, "pence") {
		put(f.numbers, written(v/100), at)
	}
}

// written is how a number stands in numbers.
func written(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// addText adds all facts in a text.
func (f *facts) addText(s string, at int32) {
	if s == "" {
		return
	}
	f.texts = append(f.texts, known[string]{s, at})
	if currencyCode(s) {
		f.currencies[s] = true
	}
	if t, clock, ok := parseTime(s, f.now.Location()); ok {
		f.addMoment(t, clock, at)
		return
	}
	if strings.IndexFunc(s, func(r rune) bool { return r >= '0' && r <= '9' || r == '@' || r == '/' }) < 0 {
		return
	}
	f.words = splitWords(f.words[:0], s)
	for i := 0; i < len(f.words); {
		read := f.readings(s, i)
		for k, r := range read.all() {
			if k == 0 || r.kind != readPhone { // a shorter phone number is none
				f.record(s, r, at)
			}
		}
		i += read.words()
	}
}

// record keeps what a text says for known.
func (f *facts) record(text string, r reading, at int32) {
	switch r.kind {
	case readSmall:
		if put(f.numbers, r.text, at); !isNumber(r.text) {
			put(f.codes, squeezed(r.text), at)
		}
	case readNumber:
		put(f.numbers, r.text, at)
		if r.other != "" {
			put(f.numbers, r.other, at)
		}
		if len(r.text) >= shortestPhone && allDigits(r.text) {
			f.phones = append(f.phones, known[string]{r.text, at})
		}
		if r.currency != "" {
			f.currencies[r.currency] = true
			put(f.codes, squeezed(text[r.start:r.end]), at) // a code that begins like a currency
		}
	case readCode:
		put(f.codes, squeezed(r.text), at)
		for run := range digitRuns(r.text) {
			put(f.parts, run, at)
		}
	case readLink:
		put(f.codes, r.text, at)
	case readPhone:
		f.phones = append(f.phones, known[string]{r.text, at})
		for run := range digitRuns(r.text) {
			put(f.parts, run, at)
		}
	case readDate:
		for _, d := range append(r.days[:], r.last) {
			f.addDay(d, at)
		}
		if r.clock >= 0 {
			put(f.clocks, r.clock, at)
		}
	case readClock:
		put(f.clocks, r.clock, at)
	}
}

// addDay adds a day that a text gives, perhaps without its year.
func (f *facts) addDay(d int, at int32) {
	year, month, dom := splitDay(d)
	switch {
	case d == 0:
	case year == 0:
		put(f.days, d, at)
		f.addMoment(time.Date(f.now.Year(), time.Month(month), dom, 0, 0, 0, 0, f.now.Location()), false, at)
	case dom == 0:
		put(f.days, d, at)
		put(f.numbers, strconv.Itoa(year), at)
	default:
		f.addMoment(time.Date(year, time.Month(month), dom, 0, 0, 0, 0, f.now.Location()), false, at)
	}
}

// addMoment adds a point in time as the people here and those there see it.
func (f *facts) addMoment(t time.Time, clock bool, at int32) {
	here := t
	if clock {
		here = t.In(f.now.Location())
		put(f.clocks, here.Hour()*60+here.Minute(), at)
		put(f.clocks, t.Hour()*60+t.Minute(), at)
	}
	f.moments = append(f.moments, moment{here, clock, at})
	for _, u := range [2]time.Time{here, t} {
		year, month, dom := u.Date()
		put(f.days, day(year, int(month), dom), at)
		put(f.days, day(0, int(month), dom), at)
		put(f.days, day(year, int(month), 0), at)
		put(f.numbers, strconv.Itoa(year), at)
	}
}

// put keeps the first source of a fact.
func put[K comparable](m map[K]int32, key K, at int32) {
	if _, ok := m[key]; !ok {
		m[key] = at
	}
}
