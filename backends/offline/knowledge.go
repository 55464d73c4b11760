package offline

import (
	"context"
	"maps"
	"slices"
	"strings"

	"banyan/backends/offline/match"
	"banyan/orchestrator"
)

// knowledge is everything that planning knows of one catalog. It does not change
// once made.
type knowledge struct {
	catalog *orchestrator.Catalog
	skills  []*skill
	byName  map[string]*skill
	model   *match.Model
	// verbs are the words that requests start with.
	verbs map[string]bool
	// lexicon holds every word of the catalog, for mending slips of the pen.
	lexicon map[string][]string // by first letter
	inLex   map[string]bool
	// common holds the stems that several intents use.
	common map[string]bool
	// keyed: some intent is about an object, which "it" may mean.
	keyed bool
	// patterned has one slot for each pattern that identifiers of the catalog have.
	patterned []*slot
	// changing: some intent changes something.
	changing bool
	// tells: some intent says what its result looks like.
	tells bool
	// examples are all examples, as joinLow writes them.
	examples map[string]bool
	// stems are those of all words of the catalog.
	stems map[string]bool
	// frames are the intents whose examples ask with a question word and a verb.
	frames map[string]map[*skill]bool
	// nouns are the words for the object of each key, by the key's name.
	nouns map[string]map[string]bool
	// heads are the stems of the words that end noun phrases in the examples of the
	// intents that take a key, by the key's name.
	heads map[string]map[string]bool
}

// learn reads a catalog and trains the classifier, with models kept in a folder if
// it is not empty. It fails only if ctx ends.
func learn(ctx context.Context, folder string, c *orchestrator.Catalog) (*knowledge, error) {
	k := &knowledge{
		catalog: c, byName: map[string]*skill{}, verbs: maps.Clone(generalVerbs),
		lexicon: map[string][]string{}, inLex: map[string]bool{}, common: map[string]bool{}, stems: map[string]bool{}, examples: map[string]bool{},
	}
	var classes []match.Class
	for _, e := range c.Intents() {
		s := newSkill(e)
		k.skills = append(k.skills, s)
		k.byName[s.Name] = s
		k.changing = k.changing || s.Changes()
		k.tells = k.tells || len(s.fields) > 0
		classes = append(classes, k.class(s))
	}
	becomeKeys(k.skills)
	for _, s := range k.skills {
		k.keyed = k.keyed || len(s.keys) > 0
		for _, sl := range s.slots {
			if sl.use == useKey || sl.use == useName || s.removes() && sl.required && (sl.use == usePhone || sl.use == useEmail || sl.use == useAddress) {
				sl.makers = s.order(makersOf(sl, k.skills))
			}
		}
	}
	for _, s := range k.skills {
		s.markDetails()
	}
	k.shareSynonyms()
	seen := map[string]bool{}
	for _, s := range k.skills {
		for _, sl := range s.slots {
			if sl.pattern != nil && !seen[sl.pattern.String()] {
				seen[sl.pattern.String()] = true
				k.patterned = append(k.patterned, sl)
			}
		}
	}
	k.vocabulary()
	k.nouns = k.objectNouns()
	k.frames = map[string]map[*skill]bool{}
	for _, s := range k.skills {
		for _, ex := range s.Examples {
			if f := frame(strip(tokenize(ex))); f != "" {
				if k.frames[f] == nil {
					k.frames[f] = map[*skill]bool{}
				}
				k.frames[f][s] = true
			}
		}
	}
	var err error
	if k.model, err = train(ctx, folder, classes); err != nil {
		return nil, err
	}
	return k, nil
}

// class makes the training material of an intent: its examples as a request
// looks once politeness is gone, and what its schema says.
func (k *knowledge) class(s *skill) match.Class {
	cl := match.Class{Name: s.Name}
	for _, ex := range s.Examples {
		toks := tokenize(ex)
		k.examples[joinLow(toks)] = true
		stripped := strip(toks)
		cl.Examples = append(cl.Examples, joinLow(stripped))
		if len(stripped) > 1 && stripped[0].kind == tokWord && !functionWords[stripped[0].low] && !nounMarks[stripped[0].low] {
			k.verbs[stripped[0].low] = true
			s.verbs[stripped[0].stem] = true
		}
	}
	cl.Texts = append(cl.Texts, s.Summary, strings.ReplaceAll(s.Name, "_", " "))
	for _, sl := range s.slots {
		cl.Texts = append(cl.Texts, strings.TrimSpace(sl.title+" "+sl.schema.Description))
	}
	if len(s.nameStems) > 1 {
		k.verbs[strings.Split(s.Name, "_")[0]] = true
		s.verbs[s.nameStems[0]] = true
	}
	return cl
}

// vocabulary finds, for each intent, the words that belong to it rather than to
// a thing that somebody asks about: those of its name, summary and parameters,
// and those that come again and again in its examples.
func (k *knowledge) vocabulary() {
	used := map[string]int{}
	for _, s := range k.skills {
		values := map[string]bool{}
		for _, sl := range s.slots {
			for _, ex := range sl.schema.Examples {
				if text, ok := ex.(string); ok {
					for _, t := range tokenize(text) {
						values[t.stem] = true
					}
				}
			}
		}
		counts := map[string]int{}
		for _, ex := range s.Examples {
			seen := map[string]bool{}
			toks := tokenize(ex)
			for i, t := range toks {
				k.enter(t)
				if i > 0 && toks[i-1].is("my", "our") && isHead(toks, i) {
					s.mine[t.stem] = true
				}
				if i > 0 && isCapital(t.text) && len(t.text) > 1 {
					values[t.stem] = true // a name
					continue
				}
				if t.kind == tokWord && !functionWords[t.low] && !seen[t.stem] {
					seen[t.stem] = true
					counts[t.stem]++
					s.known[t.stem] = true
				}
			}
		}
		own := map[string]int{}
		addWords(own, strings.ReplaceAll(s.Name, "_", " "), 1)
		addWords(own, s.Summary, 1)
		for _, sl := range s.slots {
			addWords(own, sl.title+" "+strings.ReplaceAll(sl.name, "_", " "), 1)
		}
		for _, f := range s.fields {
			addWords(own, f.title+" "+strings.ReplaceAll(f.name, "_", " "), 1)
		}
		for w := range own {
			s.vocab[w] = true
		}
		described := map[string]int{}
		for _, f := range s.fields {
			addWords(described, f.about, 1)
		}
		for w := range described {
			if counts[w] > 0 {
				s.vocab[w] = true
			}
		}
		for w, n := range counts {
			if n >= 2 && n*5 >= len(s.Examples) && !values[w] {
				s.vocab[w] = true
			}
		}
		for w := range s.vocab {
			used[w]++
		}
		for _, text := range append(k.texts(s), s.Summary, strings.ReplaceAll(s.Name, "_", " ")) {
			for _, t := range tokenize(text) {
				k.enter(t)
				if t.kind == tokWord && !functionWords[t.low] {
					k.stems[t.stem] = true
				}
			}
		}
	}
	for w, n := range used {
		if n >= 2 {
			k.common[w] = true
		}
	}
	for w := range k.verbs {
		k.enter(token{low: w, kind: tokWord})
	}
	for w := range functionWords {
		k.inLex[w] = true
	}
	for _, s := range k.skills {
		for w := range s.known {
			k.stems[w] = true
		}
	}
	k.enterEnglish()
	for _, words := range k.lexicon {
		slices.Sort(words)
	}
}

// texts are the words of an intent's schemas.
func (k *knowledge) texts(s *skill) []string {
	var out []string
	for _, sl := range s.slots {
		out = append(out, sl.title, strings.ReplaceAll(sl.name, "_", " "))
		for _, v := range sl.values {
			for _, f := range v.forms {
				out = append(out, strings.Join(f, " "))
			}
		}
	}
	var walk func(fs []*field)
	walk = func(fs []*field) {
		for _, f := range fs {
			out = append(out, f.title, strings.ReplaceAll(f.name, "_", " "))
			for _, v := range f.values {
				for _, form := range v.forms {
					out = append(out, strings.Join(form, " "))
				}
			}
			walk(f.sub)
		}
	}
	walk(s.fields)
	return out
}

func (k *knowledge) enter(t token) {
	if t.kind != tokWord || len(t.low) < 3 || k.inLex[t.low] {
		return
	}
	k.inLex[t.low] = true
	k.lexicon[t.low[:1]] = append(k.lexicon[t.low[:1]], t.low)
}

// mend puts right slips of the pen: a word that neither English glue nor the
// catalog knows, one letter away from exactly one word of the catalog. What the
// user wrote stays in text.
func (k *knowledge) mend(toks []token) []token {
	toks = k.parted(toks)
	k.shorten(toks)
	for i, t := range toks {
		if t.kind != tokWord || len(t.low) < 4 || k.inLex[t.low] || functionWords[t.low] {
			continue
		}
		if len(t.text) > 0 && t.text[0] >= 'A' && t.text[0] <= 'Z' && i > 0 {
			continue // a name
		}
		found := ""
		for _, w := range k.lexicon[t.low[:1]] {
			if stem(w) == t.stem {
				found = "" // another form of a known word
				break
			}
			if len(w) >= 4 && slip(t.low, w) {
				if found != "" && stem(found) != stem(w) {
					// A letter is left out sooner than one too many is written.
					if len(w) > len(t.low) && len(found) <= len(t.low) {
						found = w
						continue
					}
					if len(found) > len(t.low) && len(w) <= len(t.low) {
						continue
					}
					found = ""
					break
				}
				found = w
			}
		}
		if found != "" {
			toks[i].low, toks[i].stem = found, stem(found)
		}
	}
	return toks
}

// shorten puts right letters that are held down: nooo, pleeease.
func (k *knowledge) shorten(toks []token) {
	for i, t := range toks {
		if t.kind != tokWord || k.inLex[t.low] || functionWords[t.low] {
			continue
		}
		var one strings.Builder
		run, longest := 0, 0
		for j := range len(t.low) {
			if run++; j == 0 || t.low[j] != t.low[j-1] {
				run = 1
				one.WriteByte(t.low[j])
			}
			longest = max(longest, run)
		}
		if w := one.String(); longest > 2 && (k.inLex[w] || functionWords[w] || noWords.at([]token{{low: w}}, 0) > 0 || yesWords.at([]token{{low: w}}, 0) > 0) {
			toks[i].low, toks[i].stem = w, stem(w)
		}
	}
}

// parted takes words apart that are two words of the catalog written as one:
// chequebook.
func (k *knowledge) parted(toks []token) []token {
	for i := 0; i < len(toks); i++ {
		t := toks[i]
		if t.kind != tokWord || len(t.low) < 8 || len(t.low) != len(t.text) || k.inLex[t.low] || k.stems[t.stem] || functionWords[t.low] {
			continue
		}
		for n := 4; n+4 <= len(t.low); n++ {
			a, b := t.low[:n], t.low[n:]
			if !k.inLex[a] || !k.inLex[b] || !k.stems[stem(a)] || !k.stems[stem(b)] {
				continue
			}
			two := []token{
				{text: t.text[:n], low: a, stem: stem(a), kind: tokWord, start: t.start, end: t.start + n},
				{text: t.text[n:], low: b, stem: stem(b), kind: tokWord, start: t.start + n, end: t.end},
			}
			toks = slices.Concat(toks[:i], two, toks[i+1:])
			i++
			break
		}
	}
	return toks
}

// slip tells whether one letter missing, too many, wrong, or two neighbours
// swapped makes b of a.
func slip(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) < len(b) {
		return a[i:] == b[i+1:]
	}
	if len(a) < 5 {
		return i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
	}
	if i == len(a) {
		return true
	}
	if a[i+1:] == b[i+1:] {
		return true
	}
	return i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
}
