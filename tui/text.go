package tui

import (
	"strconv"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
)

// maxText is the widest that text is ever wrapped, in cells.
const maxText = 76

// width measures in cells, ignoring styling.
func width(s string) int { return ansi.StringWidth(s) }

// cut shortens a line to w cells, with an ellipsis if something was lost.
func cut(s string, w int, ellipsis string) string {
	if w <= 0 {
		return ""
	}
	if width(s) <= w {
		return s
	}
	return ansi.Truncate(s, w, ellipsis)
}

// fill cuts or pads a line to exactly w cells.
func fill(s string, w int, ellipsis string) string {
	s = cut(s, w, ellipsis)
	if n := w - width(s); n > 0 {
		return s + strings.Repeat(" ", n)
	}
	return s
}

// spread puts left and right at the two ends of w cells; left is cut if both do
// not fit.
func spread(left, right string, w int, ellipsis string) string {
	r := width(right)
	if r == 0 {
		return cut(left, w, ellipsis)
	}
	if r >= w {
		return cut(right, w, ellipsis)
	}
	left = cut(left, w-r-1, ellipsis)
	return left + strings.Repeat(" ", w-r-width(left)) + right
}

// wrap breaks plain text into lines of at most w cells, at spaces where there
// are any. Leading spaces of a line are kept.
func wrap(s string, w int) []string {
	if w < 1 {
		w = 1
	}
	if !strings.Contains(s, "\n") && len(s) <= w {
		return []string{s}
	}
	var lines []string
	for l := range strings.SplitSeq(ansi.Wrap(s, w, ""), "\n") {
		l = strings.TrimRight(l, " ")
		if width(l) <= w {
			lines = append(lines, l)
			continue
		}
		// The wrapper lets a line run over in rare cases.
		lines = append(lines, strings.Split(ansi.Hardwrap(l, w, true), "\n")...)
	}
	return lines
}

// indent puts a prefix before every line.
func indent(lines []string, prefix string) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = prefix + l
	}
	return out
}

// paint styles every line by itself, so that no style runs over a line's end.
func paint(lines []string, s lipgloss.Style) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		if l == "" {
			continue
		}
		out[i] = s.Render(l)
	}
	return out
}

// window returns exactly h lines of which the first is lines[top], padded with
// empty ones.
func window(lines []string, top, h int) []string {
	out := make([]string, h)
	if top < len(lines) {
		copy(out, lines[max(top, 0):])
	}
	return out
}

// count writes 1 step, 2 steps.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return grouped(n) + " " + noun + "s"
}

// grouped writes a number with commas between thousands.
func grouped(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
