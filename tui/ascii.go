package tui

import "strings"

// plain maps typographic characters to ASCII, for terminals without them. All
// but the ellipsis keep their width.
var plain = strings.NewReplacer(
	"×", "x", "–", "-", "—", "-", "‑", "-", "−", "-", "“", `"`, "”", `"`, "„", `"`, "‘", "'", "’", "'",
	"•", "*", "·", "-", "\u00a0", " ", "…", "...",
	"→", "->", "←", "<-",
	"␍", "?", "␛", "?", "�", "?",
)

// plainer is text for a terminal without Unicode.
func plainer(s string) string { return plain.Replace(s) }

// plainLine is plainer for a drawn line: what a wider character adds is taken
// from the blanks that follow it, so that columns keep their place, and the line
// is cut to w cells.
func plainLine(s string, w int) string {
	var b strings.Builder
	owed := 0
	for _, r := range s {
		c := string(r)
		to := plain.Replace(c)
		if c == " " && owed > 0 && strings.HasSuffix(b.String(), " ") {
			owed--
			continue
		}
		owed += width(to) - width(c)
		b.WriteString(to)
	}
	if out := b.String(); width(out) > w {
		return cut(out, w, "")
	}
	return b.String()
}

// plainScreen is plainLine for all lines of a screen. It returns where the cursor
// of row y has gone, if it was in column x.
func (m *model) plainScreen(lines []string, x, y int) int {
	if x >= 0 && y < len(lines) {
		x = min(width(plainer(cut(lines[y], x, ""))), m.w-1)
	}
	for i := range lines {
		lines[i] = plainLine(lines[i], m.w)
	}
	return x
}
