package tui

import (
	"context"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"banyan/orchestrator"
)

// sentMsg is what was sent for a conversation.
type sentMsg struct {
	conversation string
	list         []Sent
}

// openSent shows what left this machine for the conversation.
func (m *model) openSent() tea.Cmd {
	if m.kernel == nil {
		return nil
	}
	box, user, id := m.cfg.Outbox, m.user, m.chat.id
	if box == nil {
		m.sent(sentMsg{conversation: id})
		return nil
	}
	return m.crew.do(func(ctx context.Context) tea.Msg { return sentMsg{id, box.Sent(ctx, user, id)} })
}

// sent opens the page, unless another conversation was opened meanwhile.
func (m *model) sent(msg sentMsg) {
	if msg.conversation != m.chat.id || m.page != pageChat {
		return
	}
	drawn, lines := 0, []string(nil) // a prompt is long, and the page is asked for at every frame
	m.overlay = &overlay{title: "what was sent to models elsewhere", page: func(w int) []string {
		if w != drawn {
			drawn, lines = w, m.paint.tracer().sent(msg.list, w)
		}
		return lines
	}}
}

// sentNothing is said where nothing was sent.
const sentNothing = "Nothing of this conversation has left this machine since the program was started."

// sentAbout is said above what was sent.
const sentAbout = "This is all that models on other machines were told, as it left, the latest first. <name-1> and its like stand for personal data, which stays here."

// sent draws the requests, the latest first, in w cells: what was said of the
// conversation before the instructions, which are the same every time.
func (t tracer) sent(list []Sent, w int) []string {
	if len(list) == 0 {
		return paint(wrap(sentNothing, w), t.st.quiet)
	}
	out := paint(wrap(sentAbout, w), t.st.quiet)
	for i := len(list) - 1; i >= 0; i-- {
		s := list[i]
		out = append(append(out, ""), paint(wrap(sentHead(i+1, s), w), t.st.strong)...)
		for _, msg := range inOrder(s.Messages) {
			out = append(out, t.st.accent.Render(cut(cleanLine(msg.Role), w, t.signs.ellipsis)))
			out = append(out, indent(wrap(clean(msg.Text), max(w-2, 1)), "  ")...)
		}
	}
	return out
}

// sentHead names a request on one line.
func sentHead(n int, s Sent) string {
	return fmt.Sprintf("%d. %s to %s %s at %s, %s bytes", n, s.At.Format("15:04:05"), cleanLine(s.Backend), cleanLine(s.Model), cleanLine(s.Address), grouped(s.Bytes))
}

// inOrder puts the instructions to a model behind what it was told of the
// conversation.
func inOrder(messages []SentMessage) []SentMessage {
	var first, last []SentMessage
	for _, msg := range messages {
		if msg.Role == "system" || msg.Role == "developer" {
			last = append(last, msg)
		} else {
			first = append(first, msg)
		}
	}
	return append(first, last...)
}

// sent says what was sent: a line for each request, and one of them in full, the last
// one if no number is given.
func (l *linear) sent(ctx context.Context, arg string) {
	var list []Sent
	if l.cfg.Outbox != nil {
		list = l.cfg.Outbox.Sent(ctx, l.user, l.conv)
	}
	if len(list) == 0 {
		l.say("banyan: %s", sentNothing)
		return
	}
	chosen := len(list)
	if arg != "" {
		n, ok := number(arg, len(list))
		if !ok {
			l.say("error: type /sent and a number from 1 to %d.", len(list))
			return
		}
		chosen = n
	} else {
		for i, s := range list {
			l.say("sent: %s", sentHead(i+1, s))
		}
	}
	for _, msg := range inOrder(list[chosen-1].Messages) {
		for line := range strings.SplitSeq(clean(msg.Text), "\n") {
			if line = strings.TrimSpace(line); line != "" {
				l.say("%d, %s: %s", chosen, cleanLine(msg.Role), line)
			}
		}
	}
	if chosen > 1 && arg == "" {
		l.say("banyan: /sent and a number says another one.")
	}
}

// privacySaid says whether the backends in use are told personal data; empty if they
// are all on this machine.
func privacySaid(list []Integration) string {
	var open, closed []string
	for _, i := range list {
		switch {
		case !i.Active:
		case i.Private:
			closed = append(closed, cleanLine(i.Name))
		case !i.Local:
			open = append(open, cleanLine(i.Name))
		}
	}
	var out []string
	if len(closed) > 0 {
		out = append(out, orchestrator.JoinAnd(closed)+": personal data stays here, placeholders are sent. /sent shows them.")
	}
	if len(open) > 0 {
		out = append(out, orchestrator.JoinAnd(open)+": personal data is sent as it is, because privacy is off.")
	}
	return strings.Join(out, " ")
}
