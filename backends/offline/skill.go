package offline

import (
	"regexp"
	"slices"
	"strings"

	"banyan/orchestrator"

	"github.com/google/jsonschema-go/jsonschema"
)

// skill is an intent of the catalog, read for planning.
type skill struct {
	*orchestrator.Entry
	slots  []*slot // without the subject, required ones first
	fields []*field
	// vocab holds the stems of the words that belong to the intent itself, known
	// those that stand in any of its examples.
	vocab, known map[string]bool
	// mine holds the stems of other words for the intent's object: what its examples
	// call "my …".
	mine      map[string]bool
	nameStems []string
	// verbs holds the stems of the words that the examples begin with, and of the
	// name's own verb.
	verbs map[string]bool
	// states are the stems of the words for what the result says to be so or not.
	states map[string]bool
	// refuses: people ask for it by saying what they do not want; negates: they do
	// so with the verb of its name.
	refuses, negates bool
	// keys are the required slots that name an object.
	keys []*slot
	// noun is the thing that the intent is about in its name: order of get_order.
	noun string
}

// slot is one parameter that a plan may fill.
type slot struct {
	name, title string
	kind        valueKind
	use         slotUse
	required    bool
	schema      *jsonschema.Schema
	pattern     *regexp.Regexp
	values      []enumValue
	words       map[string]int
	dateOnly    bool
	// makers list the objects that a value can be taken from.
	makers []maker
	// detail: the value is one of the details of the object that another key of the
	// intent names, and is itself to be said: the seat on a flight.
	detail bool
}

// slotUse says how a text parameter is filled.
type slotUse int

const (
	useName  slotUse = iota // a short name of something: a title, an item
	useKey                  // an identifier
	useProse                // what the user has to say: a reason, a message
	useEmail
	usePhone
	useAddress
	useOther // numbers, enumerations, times
)

// maker is a list of objects in the result of a read that needs the subject
// alone; each object has a property that can fill the slot.
type maker struct {
	skill *skill
	list  *field
	key   string
}

func newSkill(e *orchestrator.Entry) *skill {
	s := &skill{Entry: e, vocab: map[string]bool{}, known: map[string]bool{}, mine: map[string]bool{}, verbs: map[string]bool{}}
	s.fields = fieldsOf(e.Result, 0)
	s.states = map[string]bool{}
	statesOf(s.fields, s.states)
	names := e.ParamNames()
	if e.Params != nil {
		order := propertyNames(e.Params)
		slices.SortStableFunc(names, func(a, b string) int {
			if ra, rb := e.Required(a), e.Required(b); ra != rb {
				return 0
			}
			return slices.Index(order, a) - slices.Index(order, b)
		})
	}
	for _, name := range names {
		sl := newSlot(name, e.Params.Properties[name])
		sl.required = e.Required(name)
		s.slots = append(s.slots, sl)
		if sl.required && sl.use == useKey {
			s.keys = append(s.keys, sl)
		}
	}
	parts := strings.Split(e.Name, "_")
	for _, p := range parts {
		s.nameStems = append(s.nameStems, stem(p))
	}
	s.noun = parts[len(parts)-1]
	for _, ex := range e.Examples {
		toks := tokenize(ex)
		for i, t := range toks[:max(0, len(toks)-1)] {
			s.refuses = s.refuses || t.is("not", "never", "longer") && wanting[toks[i+1].low]
		}
		s.negates = s.negates || s.negatedIn(toks)
	}
	return s
}

func newSlot(name string, p *jsonschema.Schema) *slot {
	sl := &slot{name: name, title: p.Title, schema: p, words: map[string]int{}}
	if sl.title == "" {
		sl.title = strings.TrimSuffix(strings.ReplaceAll(name, "_", " "), " id")
	}
	sl.kind, sl.dateOnly = kindOf(p)
	if p.Pattern != "" {
		if re, err := regexp.Compile(anchored(p.Pattern)); err == nil {
			sl.pattern = re
		}
	}
	if sl.kind == kindEnum {
		sl.values = enumValues(p)
	}
	addWords(sl.words, p.Description, inDescription)
	addWords(sl.words, p.Title, inTitle)
	addWords(sl.words, strings.ReplaceAll(name, "_", " "), inName)
	sl.use = useOf(sl, p)
	return sl
}

// anchored makes a pattern match a whole text, as a value must.
func anchored(p string) string {
	if !strings.HasPrefix(p, "^") {
		p = "^(?:" + p
		if strings.HasSuffix(p, "$") {
			return p[:len(p)-1] + ")$"
		}
		return p + ")$"
	}
	return p
}

var proseWords = set(`reason text message comment comments note notes feedback complaint description details detail question why body problem issue remark
remarks wording explanation content symptoms fault topic`)

func useOf(sl *slot, p *jsonschema.Schema) slotUse {
	if sl.kind != kindText {
		if sl.kind == kindInteger && keyLike(sl.name) {
			return useKey
		}
		return useOther
	}
	switch p.Format {
	case "email":
		return useEmail
	case "phone", "tel":
		return usePhone
	case "postal-address", "address":
		return useAddress
	}
	if keyLike(sl.name) {
		return useKey
	}
	for _, w := range strings.Split(sl.name, "_") {
		switch w {
		case "phone", "mobile":
			return usePhone
		case "address":
			return useAddress
		}
	}
	if sl.pattern != nil {
		return useKey
	}
	for _, w := range append(strings.Split(sl.name, "_"), strings.Fields(strings.ToLower(sl.title))...) {
		if proseWords[w] {
			return useProse
		}
	}
	if saysProse(p.Description) {
		return useProse
	}
	return useName
}

// proseLeads begin what a parameter that takes the user's own words says of itself.
var proseLeads = newPhrases("why", "what is wrong", "what is broken", "what is the matter", "what happened", "what went wrong", "what to say", "what to tell", "what to add", "what to write", "what the customer", "what the user", "what the patient", "what the guest", "what the member", "what the student", "what you want to say", "what it is for", "what it is about", "in your own words", "free text", "anything else", "any wishes", "what should be")

func saysProse(about string) bool {
	toks := tokenize(about)
	return len(toks) > 0 && proseLeads.at(toks, 0) > 0 || strings.Contains(strings.ToLower(about), "free text") || strings.Contains(strings.ToLower(about), "own words")
}

// isPhone tells whether the values are phone numbers.
func (sl *slot) isPhone() bool { return sl.schema.Format == "phone" || sl.schema.Format == "tel" }

// keyLike tells whether a name is that of an identifier.
func keyLike(name string) bool {
	if name == "id" || name == "code" || name == "reference" || name == "ref" || name == "number" {
		return true
	}
	for _, tail := range []string{"_id", "_no", "_number", "_code", "_ref", "_reference", "_key", "_plate"} {
		if strings.HasSuffix(name, tail) && !strings.HasPrefix(name, "phone") {
			return true
		}
	}
	return false
}

// slot returns the slot of that name, or nil.
func (s *skill) slot(name string) *slot {
	for _, sl := range s.slots {
		if sl.name == name {
			return sl
		}
	}
	return nil
}

// keyTails end the names of identifiers.
var keyTails = []string{"_id", "_no", "_nr", "_number", "_code", "_ref", "_reference", "_key"}

// called is what the object of a key is called: order for order_id, standing order for
// standing_order_no; for a key that is only called a number, what lists of such
// objects are called.
func (sl *slot) called() string {
	name := sl.name
	for _, tail := range keyTails {
		name = strings.TrimSuffix(name, tail)
	}
	if keyLike(name) && !strings.Contains(name, "_") && len(sl.makers) > 0 {
		name = stripPlural(sl.makers[0].list.name)
	}
	return strings.ReplaceAll(name, "_", " ")
}

// noun is the last word of what the object of a key is called.
func (sl *slot) noun() string {
	words := strings.Fields(sl.called())
	if len(words) == 0 {
		return sl.name
	}
	return words[len(words)-1]
}

// lastStem is the stem of the last word of a name such as standing_orders.
func lastStem(name string) string {
	return stem(name[strings.LastIndexByte(name, '_')+1:])
}

// removingVerbs begin the names of intents that do away with something that is there.
var removingVerbs = set("remove delete stop cancel drop unsubscribe block revoke disable end close withdraw recall release")

// removes tells whether the intent does away with something: what it takes away is
// then one of those that there are, even if it is a phone number.
func (s *skill) removes() bool {
	verb, _, _ := strings.Cut(s.Name, "_")
	return s.Changes() && removingVerbs[verb]
}

// refers tells whether the slot is filled with the key of an object.
func (sl *slot) refers() bool {
	return !sl.detail && (sl.use == useKey || len(sl.makers) > 0 && (sl.use == usePhone || sl.use == useEmail || sl.use == useAddress))
}

// lists returns the fields of the result that are lists of objects.
func (s *skill) lists() []*field {
	var out []*field
	for _, f := range s.fields {
		if f.kind == kindObjects {
			out = append(out, f)
		}
	}
	return out
}

// free tells whether the intent is a read that can be called with the subject
// alone.
func (s *skill) free() bool {
	return s.Effect == orchestrator.Read && !slices.ContainsFunc(s.slots, func(sl *slot) bool { return sl.required })
}

// becomeKeys makes keys of the required phone numbers and emails that tell objects
// apart: a list has them, and a read shows the one object that has it.
func becomeKeys(skills []*skill) {
	for _, s := range skills {
		for _, sl := range s.slots {
			if !sl.required || sl.use != usePhone && sl.use != useEmail || len(makersOf(sl, skills)) == 0 {
				continue
			}
			if slices.ContainsFunc(skills, func(r *skill) bool {
				o := r.slot(sl.name)
				return r.Effect == orchestrator.Read && o != nil && o.required
			}) {
				sl.use = useKey
				s.keys = append(s.keys, sl)
			}
		}
	}
}

// makersOf finds the lists that the slot can be filled from.
func makersOf(sl *slot, skills []*skill) []maker {
	var out []maker
	base := strings.TrimSuffix(sl.name, "_id")
	for _, s := range skills {
		if !s.free() {
			continue
		}
		for _, list := range s.lists() {
			key := ""
			for _, f := range list.sub {
				if f.name == sl.name || f.pattern != "" && f.pattern == sl.schema.Pattern && lastStem(list.name) == stem(sl.noun()) || (f.name == "id" && base != sl.name && stem(list.name) == stem(base)) {
					key = f.name
					break
				}
			}
			if key != "" {
				out = append(out, maker{s, list, key})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b maker) int { return makerRank(b, sl) - makerRank(a, sl) })
	return out
}
