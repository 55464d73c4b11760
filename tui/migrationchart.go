package tui

import (
	"strings"
	"time"

	"banyan/orchestrator"
)

// minutes spreads the calls of each minute out, the last minute being that of the
// snapshot: ten minutes at least.
func minutes(points []orchestrator.BurnPoint, at time.Time) (legacy, modern []float64) {
	if len(points) == 0 {
		return nil, nil
	}
	const most = 7 * 24 * 60
	n := min(max(int(at.Sub(points[0].At)/time.Minute)+1, 10), most)
	legacy, modern = make([]float64, n), make([]float64, n)
	for _, p := range points {
		if i := n - 1 - int(at.Sub(p.At)/time.Minute); i >= 0 && i < n {
			legacy[i] += float64(p.Legacy)
			modern[i] += float64(p.Modern)
		}
	}
	return legacy, modern
}

// averaged brings values down to at most n, each the mean of those it stands for.
func averaged(values []float64, n int) []float64 {
	if len(values) <= n {
		return values
	}
	out := make([]float64, n)
	for i := range out {
		from, to := i*len(values)/n, (i+1)*len(values)/n
		for _, v := range values[from:to] {
			out[i] += v / float64(to-from)
		}
	}
	return out
}

// legacyShare is the share of the calls that legacy got, in percent; empty if there
// were none.
func legacyShare(legacy, modern []float64) string {
	old, all := 0.0, 0.0
	for i := range legacy {
		old += legacy[i]
		all += legacy[i] + modern[i]
	}
	if all == 0 {
		return ""
	}
	return share(old/all) + " %"
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
	legacy, modern := minutes(b.status.BurnDown, b.status.At)
	if len(legacy) == 0 {
		return append([]string{st.faint.Render(cut("calls to the monolith", w, g.ellipsis))},
			paint(wrap("None so far. They are counted by the minute, and shrink as intents move to modern.", w), st.faint)...)
	}
	span, third := time.Duration(len(legacy))*time.Minute, max(len(legacy)/3, 1)
	text, last := "calls to the monolith, last "+spanWords(span), len(legacy)-third
	if then, now := legacyShare(legacy[:third], modern[:third]), legacyShare(legacy[last:], modern[last:]); then != "" && now != "" {
		of := then + " " + g.arrow + " " + now
		for _, try := range []string{text + ": " + of + " of all", "monolith: " + of + " of all", "monolith: " + of} {
			if text = try; width(text) <= w {
				break
			}
		}
	}
	out := []string{st.faint.Render(cut(text, w, g.ellipsis))}
	rows := max(h-1, 1)
	axis := rows > 2
	if axis {
		rows--
	}
	columns := stretched(averaged(legacy, w), max(w/len(legacy), 1))
	out = append(out, paint(g.columnsChart(columns, rows), st.legacy)...)
	if axis {
		out = append(out, st.faint.Render(spread(spanWords(span)+" ago", "now", max(len(columns), 14), g.ellipsis)))
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

// stretched repeats each value n times.
func stretched(values []float64, n int) []float64 {
	if n == 1 {
		return values
	}
	out := make([]float64, 0, n*len(values))
	for _, v := range values {
		for range n {
			out = append(out, v)
		}
	}
	return out
}
