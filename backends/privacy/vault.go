package privacy

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"banyan/orchestrator"
)

// entity is one piece of personal data in all the ways in which it is written.
type entity struct {
	sort   sort
	number int
	forms  int // how many ways to write it have a placeholder
}

// value is what a placeholder stands for.
type value struct {
	text   string
	number bool // it was a number, not a text
}

// known is a value to look for: the folded tokens of one of its forms.
type known struct {
	words []string
	of    *entity
	// capital: only where every word begins with a capital letter.
	capital bool
}

// vault knows the personal data of one conversation and its placeholders. Whoever
// uses it holds its lock.
type vault struct {
	counts   map[sort]int
	entities map[string]*entity // by sort and key
	holders  map[string]string  // sort, whether it is a number, and text → placeholder
	values   map[string]value   // placeholder → what it stands for
	byWord   map[string][]known // known values by their first word
	phones   []dialled
	learnt   int // grows with every value that is known
	// looked are the texts in which the directory has looked for people.
	looked  map[string]bool
	catalog *orchestrator.Catalog
	// memo holds what became of the texts of the last requests.
	memo     map[seen]masked
	memoSize int
	// pieces: parts of addresses and phone numbers count as well, for texts that were
	// broken into lines.
	pieces bool
	// list is kept to save memory.
	list []token
}

// dialled is a phone number by its digits.
type dialled struct {
	digits string
	of     *entity
}

func newVault() *vault {
	return &vault{
		counts: map[sort]int{}, entities: map[string]*entity{}, holders: map[string]string{}, values: map[string]value{},
		byWord: map[string][]known{}, looked: map[string]bool{}, memo: map[seen]masked{},
	}
}

// maxHolders bounds the placeholders of a conversation; beyond it, they are given
// out anew.
const maxHolders = 20_000

func (v *vault) full() bool { return len(v.values) > maxHolders || len(v.looked) > maxHolders }

// entity returns the one with that key, and whether it is new.
func (v *vault) entity(of sort, key string) (e *entity, fresh bool) {
	id := string(of) + "\x00" + key
	if e = v.entities[id]; e != nil {
		return e, false
	}
	v.counts[of]++
	e = &entity{sort: of, number: v.counts[of]}
	v.entities[id] = e
	return e, true
}

// learn makes a value known, so that it is found wherever it stands.
func (v *vault) learn(of sort, s string) *entity {
	s = strings.TrimSpace(s)
	if utf8.RuneCountInString(s) < 2 || len(s) > 400 {
		return nil
	}
	words := folded(s)
	if len(words) == 0 {
		return nil
	}
	switch of {
	case phone:
		digits := digitsIn(s)
		if len(digits) < minDigits-1 {
			return nil
		}
		e, fresh := v.phone(digits)
		if fresh {
			v.learnt++
			v.holder(e, s, false)
			v.broken(words, e)
		}
		return e
	case name:
		return v.name(s, words)
	case email, address, card, text:
	}
	key := strings.Join(words, " ")
	e, fresh := v.entity(of, key)
	if !fresh {
		return e
	}
	v.learnt++
	v.holder(e, s, false) // as it was learnt, it is the first form
	v.remember(known{words: words, of: e})
	if of == address {
		v.parts(s, e)
		v.broken(words, e)
	}
	return e
}

// phone returns the entity of a phone number, in whatever form it was seen before.
func (v *vault) phone(digits string) (e *entity, fresh bool) {
	for _, d := range v.phones {
		if sameNumber(d.digits, digits) {
			return d.of, false
		}
	}
	e, fresh = v.entity(phone, digits)
	v.phones = append(v.phones, dialled{digits, e})
	return e, fresh
}

// name makes a person's name known, with the first and the last name alone.
func (v *vault) name(s string, words []string) *entity {
	if len(words) > 8 {
		return nil
	}
	e, fresh := v.entity(name, strings.Join(words, " "))
	if !fresh {
		return e
	}
	v.learnt++
	v.holder(e, s, false)
	v.remember(known{words: words, of: e, capital: len(words) == 1 && ordinary[words[0]]})
	for part := range strings.FieldsSeq(s) {
		ws := folded(part)
		if len(ws) == 0 {
			continue
		}
		v.part(ws, e)
		if len(ws) > 1 { // O'Brien, Anne-Marie
			v.part([]string{strings.Join(ws, "")}, e)
			for _, w := range ws {
				if utf8.RuneCountInString(w) >= 3 {
					v.part([]string{w}, e)
				}
			}
		}
	}
	return e
}

// part makes a part of a name known, unless it says too little.
func (v *vault) part(words []string, e *entity) {
	if len(words) == 1 && (utf8.RuneCountInString(words[0]) < 2 || small[words[0]] || onlyDigits(words[0])) {
		return
	}
	v.remember(known{words: words, of: e, capital: len(words) == 1 && ordinary[words[0]]})
}

// parts makes the lines of an address known by themselves: the street with its
// number, and the post code with the town.
func (v *vault) parts(s string, e *entity) {
	lines := strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == '\n' || r == ';' })
	if len(lines) == 1 { // no comma: the street goes to the number of the house
		list := tokens(s, nil)
		for i, t := range list {
			if i > 0 && houseNumber(t.fold) {
				lines = []string{s[:t.to], s[t.to:]}
				break
			}
			if i == 0 && houseNumber(t.fold) {
				a := addressReader{s, list}
				for j := i + 2; j < len(list); j++ {
					if a.postcode(j) > 0 {
						lines = []string{s[:list[j-1].to], s[list[j].from:]}
						break
					}
				}
				break
			}
		}
	}
	for _, line := range lines {
		words := folded(line)
		letters, digits := 0, 0
		for _, w := range words {
			if onlyDigits(w) || houseNumber(w) {
				digits += len(w)
			} else {
				letters += len(w)
			}
		}
		if len(words) > 1 && letters >= 2 && digits >= 1 {
			v.remember(known{words: words, of: e})
		}
	}
}

// broken makes the pieces known into which line breaks can cut a value.
func (v *vault) broken(words []string, e *entity) {
	if !v.pieces {
		return
	}
	for i := range words[:min(len(words), maxPieces)] {
		for j := i + 2; j <= min(len(words), maxPieces); j++ {
			v.remember(known{words: words[i:j], of: e})
		}
		if w := words[i]; i > 0 && e.sort == address && onlyDigits(w) && len(w) >= 4 && len(w) <= 6 {
			v.remember(known{words: words[i : i+1], of: e}) // a post code, at the end of a line
		}
	}
}

// maxPieces is how many words of a value are known in pieces.
const maxPieces = 24

// remember files a known value by its first word.
func (v *vault) remember(k known) {
	list := v.byWord[k.words[0]]
	for _, o := range list {
		if strings.Join(o.words, " ") == strings.Join(k.words, " ") {
			return // whoever had it first keeps it
		}
	}
	v.byWord[k.words[0]] = append(list, k)
}

// folded returns the folded words of a text.
func folded(s string) []string {
	var out []string
	for _, t := range tokens(s, nil) {
		out = append(out, t.fold)
	}
	return out
}

// holder returns the placeholder for a way to write a value.
func (v *vault) holder(e *entity, s string, number bool) string {
	id := string(e.sort) + "\x00" + s
	if number {
		id += "\x00#"
	}
	if h, ok := v.holders[id]; ok {
		return h
	}
	h := "<" + string(e.sort) + "-" + strconv.Itoa(e.number)
	if e.forms++; e.forms > 1 {
		h += "." + strconv.Itoa(e.forms)
	}
	h += ">"
	v.holders[id], v.values[h] = h, value{s, number}
	return h
}
