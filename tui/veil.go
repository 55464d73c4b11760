package tui

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"banyan/orchestrator"
)

// Masker hides personal data on the screen, for people who show it to others. It is
// cheap, does no I/O and is called while the screen is drawn.
type Masker interface {
	// Learn makes known what a turn says of people.
	Learn(turn orchestrator.Turn, catalog *orchestrator.Catalog)
	// Hide returns a text of as many characters in which those that say whose data it
	// is are bullets.
	Hide(text string) string
}

// veil hides personal data in everything that is drawn. It is the one place that does:
// what the program works with, copies and sends stays as it is.
type veil struct {
	masker Masker
	on     bool
	ascii  bool
	// learnt are the states of the entries that the masker knows.
	learnt map[*entry]int
}

// learn makes the turns known that may be on the screen.
func (v *veil) learn(entries []*entry, catalog *orchestrator.Catalog) {
	if v.learnt == nil {
		v.learnt = map[*entry]int{}
	}
	if len(v.learnt) > 2*len(entries)+100 {
		clear(v.learnt) // of conversations that were left
	}
	for _, e := range entries {
		if rev, ok := v.learnt[e]; !ok || rev != e.rev {
			v.learnt[e] = e.rev
			v.masker.Learn(e.turn, catalog)
		}
	}
}

// hide hides what a drawn line shows. Styles stay, and every character has as many
// cells as before.
func (v *veil) hide(line string) string {
	plain := ansi.Strip(line)
	hidden := v.masker.Hide(plain)
	if hidden == plain {
		return line
	}
	mark := "•"
	if v.ascii {
		mark = "*"
	}
	now, then := []rune(hidden), []rune(plain)
	if len(now) != len(then) {
		return strings.Repeat(mark, width(line)) // it cannot be told what is what
	}
	var b strings.Builder
	at, state := 0, byte(ansi.NormalState)
	for line != "" {
		seq, cells, n, next := ansi.DecodeSequence(line, state, nil)
		state, line = next, line[n:]
		if cells == 0 && ansi.Strip(seq) == "" {
			b.WriteString(seq)
			continue
		}
		covered := false
		for range []rune(seq) {
			covered = covered || at < len(now) && now[at] != then[at]
			at++
		}
		if covered {
			seq = strings.Repeat(mark, cells)
		}
		b.WriteString(seq)
	}
	return b.String()
}

// veiled hides personal data on the lines of a screen, if that is switched on.
func (m *model) veiled(lines []string) []string {
	if !m.veil.on {
		return lines
	}
	m.veil.learn(m.chat.list.entries, m.paint.catalog)
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = m.veil.hide(l)
	}
	return out
}

// setMask switches the hiding on, off, or the other way.
func (m *model) setMask(arg string) {
	m.veil.on, m.status = maskSwitched(&m.veil, arg)
}

// maskSwitched reads what a switch of the hiding is to be, and says what it is then.
func maskSwitched(v *veil, arg string) (on bool, said string) {
	on, ok := switched(arg, v.on)
	switch {
	case v.masker == nil:
		return false, "Personal data cannot be hidden here: the program was started without what knows it."
	case !ok:
		return v.on, "Say /mask, /mask on or /mask off."
	case on:
		return true, "Personal data is hidden on this screen. /mask shows it again."
	}
	return false, "Personal data is shown on this screen."
}

// learn makes a turn known before it is said.
func (l *linear) learn(turns ...orchestrator.Turn) {
	if l.veil.masker == nil {
		return
	}
	for _, t := range turns {
		l.veil.masker.Learn(t, l.catalog)
	}
}
