package user

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"banyan/orchestrator"

	"go.etcd.io/bbolt"
)

// Lookup finds a customer or somebody of the staff by email, full name or first
// name, ignoring case and extra spaces. It returns orchestrator.ErrUnknownUser if
// there is none, or if more than one has the name.
func (s *Service) Lookup(ctx context.Context, who string) (orchestrator.User, error) {
	if err := ctx.Err(); err != nil {
		return orchestrator.User{}, err
	}
	known, err := s.index.get()
	if err != nil {
		return orchestrator.User{}, err
	}
	who = strings.ToLower(strings.Join(strings.Fields(who), " "))
	if u, ok := known.byEmail[who]; ok {
		return u, nil
	}
	if named := known.byName[who]; len(named) > 0 {
		if len(named) == 1 {
			return named[0], nil
		}
	} else if named := known.byWord[who]; len(named) == 1 {
		return named[0].user, nil
	}
	return orchestrator.User{}, fmt.Errorf("look up %q: %w", who, orchestrator.ErrUnknownUser)
}

// Mentioned returns those whose email, full name or first name stands in text as
// whole words, with or without the ending of a possessive (Ben's, Bens), each once, in
// the order in which they first appear. A full name that
// several have mentions all of them, a first name that several have nobody. A first
// name that is an English word as well counts only with a capital letter inside a
// sentence, and one before another capital word that is not its surname belongs to
// somebody else. It costs time by the length of the text, not by the number of
// people.
func (s *Service) Mentioned(ctx context.Context, text string) ([]orchestrator.User, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	known, err := s.index.get()
	if err != nil {
		return nil, err
	}
	var out []orchestrator.User
	words := split(text)
	for i := range words {
		for _, u := range known.at(words, i) {
			if !slices.Contains(out, u) {
				out = append(out, u)
			}
		}
	}
	return out, nil
}

// index is the directory in memory. It is made from the store when it is first
// needed and again after somebody was added or changed.
type index struct {
	load func() (*known, error)

	mu      sync.RWMutex // guards current and changes
	current *known       // nil: to be made
	changes int          // how often forget was called
}

// known is one state of the directory. It does not change.
type known struct {
	byEmail map[string]orchestrator.User
	byName  map[string][]orchestrator.User
	// byWord are the full names by their first word.
	byWord map[string][]fullName
}

type fullName struct {
	words []string
	user  orchestrator.User
}

func (x *index) forget() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.current = nil
	x.changes++
}

func (x *index) get() (*known, error) {
	x.mu.RLock()
	current, changes := x.current, x.changes
	x.mu.RUnlock()
	if current != nil {
		return current, nil
	}
	made, err := x.load()
	if err != nil {
		return nil, err
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.changes == changes { // otherwise it may be old already
		x.current = made
	}
	return made, nil
}

func (s *Service) everybody() (*known, error) {
	k := &known{
		byEmail: map[string]orchestrator.User{},
		byName:  map[string][]orchestrator.User{},
		byWord:  map[string][]fullName{},
	}
	err := s.store.View(func(tx *bbolt.Tx) error {
		return s.Each(tx, func(p Person) error {
			k.add(p.User())
			return nil
		})
	})
	if err != nil {
		return nil, fmt.Errorf("read the directory: %w", err)
	}
	return k, nil
}

func (k *known) add(u orchestrator.User) {
	k.byEmail[u.Email] = u
	name := strings.Join(strings.Fields(strings.ToLower(u.Name)), " ")
	k.byName[name] = append(k.byName[name], u)
	var words []string
	for _, w := range split(name) {
		words = append(words, w.text)
	}
	if len(words) > 0 {
		k.byWord[words[0]] = append(k.byWord[words[0]], fullName{words, u})
	}
}

// at returns the users who are mentioned from word i of a text on.
func (k *known) at(words []word, i int) []orchestrator.User {
	if out := k.from(words, i, words[i].text, words[i].owns); len(out) > 0 {
		return out
	}
	if stem := possessed(words[i].text); stem != "" && (!alsoWords[words[i].text] || sure(words, i)) {
		return k.from(words, i, stem, true)
	}
	return nil
}

// from is at for the word at i in one of its forms; owns tells whether that form is a
// possessive.
func (k *known) from(words []word, i int, form string, owns bool) []orchestrator.User {
	if u, ok := k.byEmail[form]; ok {
		return []orchestrator.User{u}
	}
	var out []orchestrator.User
	for _, n := range k.byWord[form] {
		if matches(words[i:], n.words) {
			out = append(out, n.user)
		}
	}
	if named := k.byWord[form]; len(out) == 0 && len(named) == 1 && firstName(words, i, form, owns) {
		out = append(out, named[0].user)
	}
	return out
}

// firstName tells whether the word at i, which is somebody's first name, stands for
// that person.
func firstName(words []word, i int, name string, owns bool) bool {
	w := words[i]
	if i+1 < len(words) && words[i+1].spaced && words[i+1].capital && w.capital && !owns && !ambiguous[words[i+1].text] {
		return false // the first name of somebody else
	}
	return !ambiguous[name] || sure(words, i)
}

// sure tells whether the word at i has a capital letter that no beginning of a sentence
// explains.
func sure(words []word, i int) bool { return words[i].capital && i > 0 && words[i].spaced }

// possessed is a word without the s that makes it a possessive where no apostrophe is
// written, "" if it has none: bens, Doras.
func possessed(w string) string {
	stem, ok := strings.CutSuffix(w, "s")
	if !ok || len(stem) < 2 || strings.HasSuffix(stem, "s") {
		return ""
	}
	return stem
}

// matches tells whether the words begin with the name, with nothing but spaces
// between its parts; the last may be a possessive.
func matches(words []word, name []string) bool {
	if len(words) < len(name) {
		return false
	}
	for i, part := range name {
		last := i == len(name)-1
		if words[i].text != part && (!last || possessed(words[i].text) != part) || i > 0 && !words[i].spaced {
			return false
		}
	}
	return true
}
