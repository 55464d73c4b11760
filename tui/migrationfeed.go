package tui

import (
	"time"

	"banyan/orchestrator"
)

// feedMost is how many routed calls the feed keeps.
const feedMost = 200

// feed is the routed calls of all conversations, newest last.
type feed struct{ calls []routedCall }

// routedCall is one call as it was routed.
type routedCall struct {
	at         time.Time
	turn, step string
	rec        orchestrator.StepRecord
	// notice is a change of the migration instead of a call.
	notice string
}

// take takes in what an event says about a routed call.
func (f *feed) take(ev orchestrator.Event) {
	switch ev.Kind {
	case orchestrator.EventMigration:
		f.add(routedCall{at: ev.At, notice: ev.Text})
	case orchestrator.EventStepEnded:
		if ev.Step != nil && ev.Step.Route != "" && !ev.Step.Group {
			f.add(routedCall{at: ev.At, turn: ev.Turn, step: ev.Step.ID, rec: *ev.Step})
		}
	case orchestrator.EventShadow:
		if ev.Step == nil || ev.Step.Shadow == nil {
			return
		}
		for i := len(f.calls) - 1; i >= 0; i-- {
			if c := &f.calls[i]; c.turn == ev.Turn && c.step == ev.Step.ID {
				c.rec.Shadow = ev.Step.Shadow
				return
			}
		}
		f.add(routedCall{at: ev.At, turn: ev.Turn, step: ev.Step.ID, rec: *ev.Step})
	default: // the rest is about other things
	}
}

func (f *feed) add(c routedCall) {
	if len(f.calls) >= feedMost {
		f.calls = append(f.calls[:0], f.calls[len(f.calls)-feedMost+1:]...)
	}
	f.calls = append(f.calls, c)
}

// feedLines draws the last h calls in w cells, newest last.
func (m *model) feedLines(w, h int) []string {
	st, g := m.st, m.signs
	calls := m.migrating.feed.calls
	head := st.faint.Render(cut("calls as they are routed, in all conversations", w, g.ellipsis))
	if len(calls) == 0 {
		return append([]string{head}, paint(wrap("None since this window was opened. Ask for something in the chat, and it shows here.", w), st.faint)...)
	}
	calls = calls[max(len(calls)-h+1, 0):]
	out := []string{head}
	for _, c := range calls {
		out = append(out, cut(m.feedLine(c), w, g.ellipsis))
	}
	return out
}

func (m *model) feedLine(c routedCall) string {
	st, g := m.st, m.signs
	at := st.faint.Render(c.at.In(m.cfg.Now().Location()).Format("15:04:05")) + " "
	if c.notice != "" {
		return at + st.accent.Render(g.note) + " " + st.quiet.Render(cleanLine(c.notice))
	}
	t := m.paint.tracer()
	r := c.rec
	if r.Shadow != nil && !m.maySteer() {
		found := withoutKeys(*r.Shadow)
		r.Shadow = &found
	}
	line := at + cleanLine(r.Intent) + " " + st.era(r.Route).Render(g.era(r.Route))
	if r.Status != "" {
		line += " " + st.quiet.Render(t.took(r))
	}
	if r.Error != nil {
		line += " " + st.bad.Render(g.failed+" "+cleanLine(r.Error.Code))
	}
	if why := t.routed(r); why != "" {
		line += " " + st.quiet.Render(why)
	}
	if said, style := t.compared(r); said != "" {
		line += " " + style.Render(said)
	}
	return line
}
