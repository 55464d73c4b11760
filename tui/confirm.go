package tui

import (
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"banyan/orchestrator"
)

// quiet is how long the keyboard must have been still before a key may answer
// the dialog, and how long such a key is held back: if another one follows
// within that time it was typing, and both become text.
const quiet = 300 * time.Millisecond

// burst is the time within which two keys cannot come from fingers: a paste that
// the terminal did not mark as one.
const burst = 30 * time.Millisecond

// confirm is the dialog before anything changes. It stands at the end of the
// conversation, so nothing that was there is covered or moved. It is answered by
// a key only while the input is empty; the answer is an ordinary message, which
// the kernel binds to exactly what was shown.
type confirm struct {
	turn   *orchestrator.Turn
	writes []orchestrator.StepRecord
	shown  time.Time
	// typing is set while keys go to the input instead.
	typing bool
	// prefill is what the key of a change puts into the input; changing is set once it
	// stands there.
	prefill  string
	changing bool
	// held is the key that waits to become an answer, heldAt its time, and seq its
	// number.
	held   string
	heldAt time.Time
	seq    int
	// off is the first row of the changes that is visible, where not all of them are;
	// rows how many there are and room how many are visible, when last drawn.
	off, rows, room int
	// over is set for a dialog of the past, which is only shown, with its outcome.
	over    bool
	outcome string
}

// heldMsg says that the hold of key number seq is over.
type heldMsg struct{ seq int }

// open shows the dialog for a turn, if that is one that waits for a yes.
func (c *confirm) open(t *orchestrator.Turn, now time.Time, typed bool) {
	*c = confirm{seq: c.seq + 1}
	if t == nil || t.Kind != orchestrator.KindConfirmation || t.Pending == nil || !now.Before(t.Pending.Expires) {
		return
	}
	writes := waiting(*t)
	if len(writes) == 0 {
		return
	}
	c.turn, c.writes, c.shown, c.typing = t, writes, now, typed
}

func (c *confirm) active() bool { return c.turn != nil }

// waiting returns the writes of a confirmation in the order of their numbers.
func waiting(t orchestrator.Turn) []orchestrator.StepRecord {
	var out []orchestrator.StepRecord
	for _, id := range t.Pending.Steps {
		for _, s := range t.Steps {
			if s.ID == id {
				out = append(out, s)
			}
		}
	}
	return out
}

// press takes a key while the dialog has the keyboard. It returns the message to
// send, if the key decides at once; text that belongs into the input; and a
// command. handled is false for keys that are not the dialog's.
func (c *confirm) press(msg tea.KeyPressMsg, keys keyMap, now, lastKey time.Time) (text string, send string, cmd tea.Cmd, handled bool) {
	isEnter := key.Matches(msg, keys.send)
	settled := now.Sub(c.shown) >= quiet && now.Sub(lastKey) >= quiet
	switch {
	case c.held != "":
		return c.second(msg, isEnter, now)
	case isEnter:
		// An empty message is not sent, and a key typed ahead decides nothing.
		return "", "", nil, true
	case msg.Text == "":
		return "", "", nil, false
	case settled && c.means(msg, keys):
		c.held, c.heldAt = msg.Text, now
		c.seq++
		seq := c.seq
		return "", "", tea.Tick(quiet, func(time.Time) tea.Msg { return heldMsg{seq} }), true
	}
	c.typing = true
	return clean(msg.Text), "", nil, true
}

// second takes the key that follows a held one.
func (c *confirm) second(msg tea.KeyPressMsg, isEnter bool, now time.Time) (text, send string, cmd tea.Cmd, handled bool) {
	held := c.held
	c.held = ""
	c.seq++
	switch {
	case isEnter && now.Sub(c.heldAt) >= burst:
		return "", c.answer(held), nil, true
	case isEnter:
		c.typing = true
		return held, "", nil, true
	case msg.Text != "":
		c.typing = true
		return held + clean(msg.Text), "", nil, true
	}
	// Anything else, such as esc or backspace, takes the key back.
	return "", "", nil, true
}

// release ends the hold of key number seq; it returns the message to send.
func (c *confirm) release(seq int) string {
	if !c.active() || c.held == "" || seq != c.seq {
		return ""
	}
	held := c.held
	c.held = ""
	return c.answer(held)
}

// means tells whether the key is one of the dialog's own.
func (c *confirm) means(msg tea.KeyPressMsg, keys keyMap) bool {
	if key.Matches(msg, keys.only) {
		n := int(msg.Text[0] - '0')
		return len(c.writes) > 1 && n <= len(c.writes)
	}
	return key.Matches(msg, keys.yes, keys.no, keys.change)
}

// answer is the message that a key stands for; "e" stands for none and moves to
// the input.
func (c *confirm) answer(held string) string {
	switch strings.ToLower(held) {
	case "y":
		return "yes"
	case "n":
		return "no"
	case "e":
		c.typing, c.prefill = true, correction(*c.turn, c.writes)
		return ""
	}
	return "only " + held
}

// view draws the dialog in at most w cells and h rows; 0 is as many as it takes.
func (c *confirm) view(p *painter, w, h int) []string {
	w = min(w, 72)
	inner := w - 4
	g := p.signs
	body := c.changes(p, inner)
	foot := c.foot(p, inner, false)
	if h > 0 && len(body)+len(foot)+2 > h {
		foot = c.foot(p, inner, true)
	}
	right := ""
	c.rows, c.room = len(body), len(body)
	if h > 0 {
		c.room = max(min(len(body), h-len(foot)-2), 3)
	}
	c.off = max(min(c.off, c.rows-c.room), 0)
	if c.rows > c.room {
		right = " " + c.unseen(p.keys) + " "
		body = body[c.off : c.off+c.room]
	}
	title := " Before anything changes "
	line := p.st.waiting
	if c.over {
		line = p.st.line
	}
	rule := max(w-2-width(title)-width(right), 0)
	top := line.Render(g.topLeft) + p.st.strong.Render(title) + line.Render(strings.Repeat(g.rule, rule)) + p.st.quiet.Render(right) + line.Render(g.topRight)
	out := []string{top}
	side := line.Render(g.column)
	for _, l := range append(append([]string(nil), body...), foot...) {
		out = append(out, side+" "+fill(l, inner, g.ellipsis)+" "+side)
	}
	return append(out, line.Render(g.bottomLeft+strings.Repeat(g.rule, w-2)+g.bottomRight))
}

// foot draws what stands below the changes: the keys, and on which terms they are.
func (c *confirm) foot(p *painter, w int, brief bool) []string {
	out := append([]string{""}, c.keyLines(p, w)...)
	if c.over || c.changing {
		return out
	}
	until := c.turn.Pending.Expires.In(p.now().Location()).Format("15:04")
	return append(out, paint(wrap(c.terms(p.catalog, until, brief), w), p.st.faint)...)
}

// write draws one numbered write: its sentence, its condition and what changes.
func (c *confirm) write(p *painter, i int, s orchestrator.StepRecord, w int) []string {
	number := grouped(i + 1)
	sentence := cleanLine(s.Sentence)
	if sentence == "" {
		sentence = p.tracer().title(s)
	}
	var out []string
	for j, l := range wrap(sentence, w-3) {
		pre := "   "
		if j == 0 {
			pre = fill(number, 3, "")
		}
		out = append(out, p.st.strong.Render(pre)+l)
	}
	if s.For != "" && s.For != p.user.Email {
		out = append(out, "   "+p.st.quiet.Render("for "+cleanLine(s.For)))
	}
	if said := conditionOf(c.writes, i); said != "" {
		out = append(out, indent(paint(wrap(said, w-3), p.st.quiet), "   ")...)
	}
	if len(s.Origins) > 0 {
		out = append(out, indent(paint(wrap(cleanLine(strings.Join(s.Origins, ", ")), w-3), p.st.faint), "   ")...)
	}
	label := 0
	for _, ch := range s.Changes {
		label = max(label, min(width(fieldName(ch.Field)), 18))
	}
	for _, ch := range s.Changes {
		old, fresh := cleanLine(ch.Old), cleanLine(ch.New)
		if old == "" {
			old = p.signs.dash
		}
		if fresh == "" {
			fresh = p.signs.dash
		}
		name := fill(fieldName(ch.Field), label, p.signs.ellipsis)
		lines := wrap(old+" "+p.signs.arrow+" "+fresh, max(w-5-label, 8))
		for j, l := range lines {
			if j > 0 {
				name = strings.Repeat(" ", label)
			}
			out = append(out, "   "+p.st.faint.Render(name)+"  "+p.st.quiet.Render(l))
		}
	}
	return out
}

func fieldName(s string) string { return strings.ReplaceAll(cleanLine(s), "_", " ") }

func (c *confirm) keyLines(p *painter, w int) []string {
	if c.over {
		return paint(wrap(c.outcome, w), p.st.quiet)
	}
	if c.changing {
		return paint(wrap("Change it below and press enter: this question is void then, and a new one is asked. esc goes back to it.", w), p.st.quiet)
	}
	if c.typing {
		return paint(wrap("Type yes, no, or what should be different. With an empty line the keys y, n and e work again.", w), p.st.quiet)
	}
	if c.held != "" {
		word := map[string]string{"y": "yes", "n": "no", "e": "change something"}[strings.ToLower(c.held)]
		if word == "" {
			word = "only " + c.held
		}
		return []string{p.st.strong.Render(word + p.signs.ellipsis)}
	}
	k := func(key, what string) string { return p.st.key.Render(key) + " " + what }
	parts := []string{k("y", "yes")}
	switch n := len(c.writes); {
	case n == 2:
		parts = []string{k("y", "yes to both"), p.st.key.Render("1") + " or " + k("2", "only that")}
	case n > 2:
		parts = []string{k("y", "yes to all "+grouped(n)), k("1-"+grouped(min(n, 9)), "only that")}
	}
	change := "change something"
	if len(c.writes) > 1 {
		change = "change"
	}
	parts = append(parts, k("e", change), k("n", "no"))
	return wrapParts(parts, w)
}

// wrapParts lays parts out in lines, three blanks between them.
func wrapParts(parts []string, w int) []string {
	var lines []string
	line := ""
	for _, p := range parts {
		switch {
		case line == "":
			line = p
		case width(line)+3+width(p) <= w:
			line += "   " + p
		default:
			lines = append(lines, line)
			line = p
		}
	}
	return append(lines, line)
}
