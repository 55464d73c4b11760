package tui

import (
	"strings"
	"unicode/utf8"

	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textarea"
	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
)

// A paste longer than one of these becomes an attachment line: editing
// thousands of lines would make every key slow, and nobody reads them here.
const (
	pasteLines = 20
	pasteChars = 2000
)

// input is where messages are typed: several lines, attachments for long
// pastes, and the user's earlier messages.
type input struct {
	area        textarea.Model
	attachments []string
	history     []string
	// at is the place in history that is shown, len(history) for none, and draft
	// what stood in the input before.
	at    int
	draft string
	signs signs
}

func newInput(keys keyMap, g signs) *input {
	a := textarea.New()
	a.ShowLineNumbers = false
	a.Prompt = g.bar
	a.CharLimit = 0
	a.MaxContentHeight = 500
	a.DynamicHeight = true
	a.MinHeight, a.MaxHeight = 1, 6
	a.SetVirtualCursor(false)
	km := textarea.DefaultKeyMap()
	km.InsertNewline = keys.newline
	// These are the chat's own, or would read the clipboard of another machine.
	km.LinePrevious.SetKeys("up")
	km.LineNext.SetKeys("down")
	km.Paste.SetEnabled(false)
	km.CopySelection.SetEnabled(false)
	a.KeyMap = km
	a.Focus()
	return &input{area: a, signs: g}
}

func (in *input) restyle(st styles) {
	state := textarea.StyleState{
		Base: lipgloss.NewStyle(), Text: lipgloss.NewStyle(), CursorLine: lipgloss.NewStyle(),
		Placeholder: st.faint, Prompt: st.accent, EndOfBuffer: lipgloss.NewStyle(),
		Selection: lipgloss.NewStyle().Reverse(true),
	}
	blurred := state
	blurred.Prompt = st.line
	in.area.SetStyles(textarea.Styles{
		Focused: state, Blurred: blurred,
		Cursor: textarea.CursorStyle{Shape: tea.CursorBlock, Blink: false},
	})
}

// resize sets the width in cells and the most rows that the input may take.
func (in *input) resize(w, rows int) {
	in.area.MaxHeight = max(rows, 1)
	in.area.SetWidth(max(w, 10))
}

func (in *input) empty() bool { return in.area.Length() == 0 && in.area.LineCount() <= 1 }

// blank tells whether there is neither text nor an attachment.
func (in *input) blank() bool { return in.empty() && len(in.attachments) == 0 }

func (in *input) value() string { return in.area.Value() }

// set replaces the text and moves the cursor to its end.
func (in *input) set(s string) {
	in.area.SetValue(clean(s))
	in.area.MoveToEnd()
}

func (in *input) insert(s string) { in.area.InsertString(clean(s)) }

// clear empties the input, attachments and all.
func (in *input) clear() {
	in.area.Reset()
	in.attachments = nil
	in.at, in.draft = len(in.history), ""
}

// paste inserts what was pasted, or attaches it if it is long.
func (in *input) paste(s string) {
	s = clean(breakLines(s))
	if strings.Count(s, "\n") >= pasteLines || utf8.RuneCountInString(s) > pasteChars {
		in.attachments = append(in.attachments, s)
		return
	}
	in.insert(s)
}

// breakLines makes line feeds of the carriage returns with which a terminal sends
// the line breaks of a paste.
func breakLines(s string) string {
	return strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s)
}

// update gives a message to the text area.
func (in *input) update(msg tea.Msg) tea.Cmd {
	if k, ok := msg.(tea.KeyPressMsg); ok && k.Text != "" {
		k.Text = clean(breakLines(k.Text))
		msg = k
	}
	var cmd tea.Cmd
	in.area, cmd = in.area.Update(msg)
	return cmd
}

// take returns the message with its attachments and empties the input.
func (in *input) take() string {
	text := strings.TrimRight(in.value(), " \n")
	for _, a := range in.attachments {
		text += "\n\n" + a
	}
	text = strings.TrimLeft(text, "\n")
	if strings.TrimSpace(text) != "" && (len(in.history) == 0 || in.history[len(in.history)-1] != text) && len(text) < 4*pasteChars {
		in.history = append(in.history, text)
	}
	in.clear()
	return text
}

// recall walks through earlier messages, back with -1 and on with 1. It does so
// only from an empty input or from an earlier message that was not changed.
func (in *input) recall(step int) bool {
	shown := in.draft
	if in.at < len(in.history) {
		shown = in.history[in.at]
	}
	if in.value() != shown || (in.at == len(in.history) && !in.empty()) {
		return false
	}
	at := in.at + step
	if at < 0 || at > len(in.history) {
		return at < 0 && len(in.history) > 0
	}
	in.at = at
	if at == len(in.history) {
		in.set("")
	} else {
		in.set(in.history[at])
	}
	return true
}

// remember fills the history from the messages of a conversation.
func (in *input) remember(messages []string) {
	in.history = messages[max(len(messages)-200, 0):]
	in.at = len(in.history)
}

// detach drops the last attachment when backspace is pressed on nothing.
func (in *input) detach(msg tea.KeyPressMsg, keys keyMap) bool {
	if !key.Matches(msg, keys.detach) || !in.empty() || len(in.attachments) == 0 {
		return false
	}
	in.attachments = in.attachments[:len(in.attachments)-1]
	return true
}

// view draws the attachments and the text.
func (in *input) view(st styles, w int) []string {
	var out []string
	for _, a := range in.attachments {
		lines := strings.Count(strings.TrimRight(a, "\n"), "\n") + 1
		text := in.signs.att + " pasted text, " + count(lines, "line") + ", " + count(utf8.RuneCountInString(a), "character")
		out = append(out, st.quiet.Render(cut(text, w, in.signs.ellipsis))+st.faint.Render("  backspace drops it"))
	}
	return append(out, strings.Split(in.area.View(), "\n")...)
}

// cursor is where the next character goes, seen from the top left of view.
func (in *input) cursor() *tea.Cursor {
	c := in.area.Cursor()
	if c != nil {
		c.Y += len(in.attachments)
	}
	return c
}
