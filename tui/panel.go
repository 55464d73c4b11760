package tui

import (
	"strings"

	"banyan/orchestrator"
)

// panel draws what happened in a turn beside the messages, in w × h cells, from
// line off on. It returns the offset that it could honour.
func (p *painter) panel(e *entry, w, h, off int) ([]string, int) {
	took := ""
	if e != nil && e.run == nil && e.turn.DurationMS > 0 {
		took = p.st.quiet.Render(orchestrator.Duration(e.turn.DurationMS))
	}
	head := []string{spread(p.st.faint.Render("what happened"), took, w, p.signs.ellipsis), ""}
	var body []string
	switch {
	case e == nil:
		body = paint(wrap("Every answer shows here who served it: "+p.signs.modern+" or "+p.signs.legacy+", on which condition, and how long it took.", w), p.st.faint)
	case len(e.turn.Steps) == 0 && e.run != nil:
		body = append(p.tracer().trace(e, w), p.st.waiting.Render(p.spin)+" "+p.st.quiet.Render("no service called so far"))
	case len(e.turn.Steps) == 0:
		body = append(p.tracer().trace(e, w), p.st.faint.Render("no service was called"))
	default:
		body = p.tracer().trace(e, w)
	}
	if e != nil {
		if pr := p.problem(e, w); pr != nil {
			body = append(append(body, ""), pr...)
		}
		if e.run == nil {
			body = append(append(body, ""), p.footing(e, w)...)
		}
	}
	room := max(h-len(head), 1)
	off = max(min(off, len(body)-room), 0)
	shown := window(body, off, room)
	if more := len(body) - off - room; more > 0 {
		shown[room-1] = p.st.faint.Render(cut(p.signs.down+" "+grouped(more+1)+" more, ctrl+down", w, p.signs.ellipsis))
	}
	return append(head, shown...), off
}

// columns puts the messages and the panel side by side.
func columns(left, right []string, leftWidth int, sep, ellipsis string) []string {
	out := make([]string, len(left))
	for i := range left {
		r := ""
		if i < len(right) {
			r = right[i]
		}
		out[i] = strings.TrimRight(fill(left[i], leftWidth, ellipsis)+sep+" "+r, " ")
	}
	return out
}
