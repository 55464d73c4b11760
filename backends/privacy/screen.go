package privacy

import (
	"context"
	"sync"
	"unicode"

	"banyan/orchestrator"
)

// Screen hides personal data in what is drawn, for people who show a screen to
// others. It knows people and what turns say of them, as a Backend does. It is safe for
// concurrent use and does no I/O.
type Screen struct {
	mu sync.Mutex // guards v
	v  *vault
}

// NewScreen returns one that knows these people by name and email.
func NewScreen(people ...orchestrator.User) *Screen {
	s := &Screen{v: newVault()}
	s.v.pieces = true
	learner{context.Background(), s.v, nil}.people(people...)
	return s
}

// Learn makes known what a turn says of people.
func (s *Screen) Learn(t orchestrator.Turn, catalog *orchestrator.Catalog) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.v.full() {
		s.v = newVault()
		s.v.pieces = true
	}
	s.v.catalog = catalog
	l := learner{context.Background(), s.v, nil}
	l.turns([]orchestrator.Turn{t})
	// What is recognised in whole is known in pieces, where lines are broken.
	texts := []string{t.Message, t.Answer}
	for i := range t.Steps {
		texts = append(texts, t.Steps[i].Text, t.Steps[i].Sentence)
	}
	for _, text := range texts {
		for _, f := range s.v.find(text, true) {
			if f.of == nil && f.sort == address || f.sort == phone {
				s.v.learn(f.sort, text[f.from:f.to])
			}
		}
	}
}

// hidden stands for a character that is not shown.
const hidden = '•'

// Hide returns a text of as many characters in which those of personal data that say
// whose it is are bullets: a••@example.com, +47 ••• •• 100, A•• O•••••.
func (s *Screen) Hide(text string) string {
	s.mu.Lock()
	found := s.v.find(text, true)
	s.mu.Unlock()
	if len(found) == 0 {
		return text
	}
	var out []rune
	end := 0
	for _, f := range found.sorted() {
		out = append(out, []rune(text[end:f.from])...)
		out = append(out, hide(f.sort, []rune(text[f.from:f.to]))...)
		end = f.to
	}
	return string(append(out, []rune(text[end:])...))
}

// hide turns the characters of one value into bullets, as its sort demands.
func hide(of sort, value []rune) []rune {
	digits := 0
	for _, r := range value {
		if unicode.IsDigit(r) {
			digits++
		}
	}
	label := of == card && digits <= 4 // Visa ending in 4021
	first, seen, domain, country := true, 0, false, false
	for i, r := range value {
		letter, digit := unicode.IsLetter(r) || unicode.In(r, unicode.M, unicode.Cf), unicode.IsDigit(r)
		if digit {
			seen++
		}
		keep := true
		switch of {
		case email:
			domain = domain || r == '@' || r == '＠'
			keep = i == 0 || domain
		case phone:
			country = i == 0 && (r == '+' || r == '＋') || country && r != ' ' && r != '-' && r != '('
			keep = !digit || country && seen <= 3 || seen > digits-min(3, digits/3)
		case card:
			keep = !digit && (label || !letter) || !label && i >= len(value)-4
		case address:
			keep = letter && first || !letter && !digit
		case name:
			keep = letter && first || !letter && !digit
		case text:
		}
		first = !letter && !digit
		if !keep {
			value[i] = hidden
		}
	}
	return value
}
