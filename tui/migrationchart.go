package tui

import (
	"strings"
	"time"

	"banyan/orchestrator"
)

// burned sums the calls of each minute up in at most n buckets of equal length, the
// last of which ends at the moment of the snapshot.
func burned(points []orchestrator.BurnPoint, at time.Time, n int) (legacy, modern []float64, span time.Duration) {
	if len(points) == 0 || n < 1 {
		return nil, nil, 0
	}
	minutes := max(int(at.Sub(points[0].At)/time.Minute)+1, 10)
	each := (minutes + n - 1) / n
	cells := (minutes + each - 1) / each
	legacy, modern = make([]float64, cells), make([]float64, cells)
	for _, p := range points {
		back := int(at.Sub(p.At)/time.Minute) / each
		if i := cells - 1 - back; i >= 0 && i < cells {
			legacy[i] += float64(p.Legacy)
			modern[i] += float64(p.Modern)
		}
	}
	return legacy, modern, time.Duration(cells*each) * time.Minute
}

// columnsChart draws values as columns in h rows, the highest value filling all of
// them.
func (g signs) columnsChart(values []float64, h int) []string {
	most := 0.0
	for _, v := range values {
		most = max(most, v)
	}
	steps := len(g.spark)
	out := make([]string, h)
	for y := range out {
		var b strings.Builder
		floor := (h - 1 - y) * steps
		for _, v := range values {
			level := 0
			if most > 0 && v > 0 {
				level = max(int(v/most*float64(h*steps)+0.5), 1)
			}
			switch at := level - floor; {
			case at >= steps:
				b.WriteString(g.spark[steps-1])
			case at > 0:
				b.WriteString(g.spark[at-1])
			case y == h-1:
				b.WriteString(g.gaugeOff)
			default:
				b.WriteString(" ")
			}
		}
		out[y] = b.String()
	}
	return out
}

// burnDown draws the calls that the monolith still gets, over time, in w × h cells: a
// line that says it, the columns, and the times below them if there is room.
func (m *model) burnDown(w, h int) []string {
	st, g := m.st, m.signs
	b := &m.migrating
	legacy, modern, span := burned(b.status.BurnDown, b.status.At, w)
	if len(legacy) == 0 {
		return append([]string{st.faint.Render(cut("calls to the monolith", w, g.ellipsis))},
			paint(wrap("None so far. They are counted by the minute, and shrink as intents move to modern.", w), st.faint)...)
	}
	shareOf := func(from, to int) string {
		old, all := 0.0, 0.0
		for i := from; i < to; i++ {
			old += legacy[i]
			all += legacy[i] + modern[i]
		}
		if all == 0 {
			return ""
		}
		return share(old/all) + " %"
	}
	third := max(len(legacy)/3, 1)
	text := "calls to the monolith, last " + spanWords(span)
	if then, now := shareOf(0, third), shareOf(len(legacy)-third, len(legacy)); then != "" && now != "" {
		text += ": " + then + " of all, now " + now
	}
	out := []string{st.faint.Render(cut(text, w, g.ellipsis))}
	rows := max(h-1, 1)
	axis := rows > 2
	if axis {
		rows--
	}
	out = append(out, paint(g.columnsChart(legacy, rows), st.legacy)...)
	if axis {
		out = append(out, st.faint.Render(spread(spanWords(span)+" ago", "now", max(len(legacy), 14), g.ellipsis)))
	}
	return out
}

func spanWords(d time.Duration) string {
	switch {
	case d < 2*time.Hour:
		return grouped(int(d/time.Minute)) + " min"
	case d < 48*time.Hour:
		return count(int(d/time.Hour), "hour")
	}
	return count(int(d/(24*time.Hour)), "day")
}
