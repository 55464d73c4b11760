package tui

import (
	"image/color"

	"charm.land/lipgloss/v2"

	"banyan/orchestrator"
)

// theme holds the colours: meanings on the left, values for one kind of
// background on the right.
type theme struct {
	dark                                               bool
	quiet, faint, line                                 color.Color
	modern, legacy, shadow, good, waiting, bad, accent color.Color
}

func newTheme(dark bool) theme {
	pick := lipgloss.LightDark(dark)
	c := func(light, dark string) color.Color { return pick(lipgloss.Color(light), lipgloss.Color(dark)) }
	leaf := c("#2b7a31", "#7bc96f")
	return theme{
		dark:  dark,
		quiet: c("#57606a", "#a8b0b9"), faint: c("#656d76", "#8b949e"), line: c("#afb8c1", "#444c56"),
		modern: leaf, legacy: c("#8a5a00", "#e3b341"), shadow: c("#6f42c1", "#b392f0"),
		good: leaf, waiting: c("#0959aa", "#6cb6ff"), bad: c("#b3261e", "#f47067"), accent: leaf,
	}
}

// styles is everything that the screens are painted with. It is rebuilt when the
// terminal tells its background.
type styles struct {
	theme theme
	// strong is for the one thing that leads, plain for text, quiet for what stands
	// beside it, faint for labels and line for rules.
	strong, plain, quiet, faint, line      lipgloss.Style
	modern, legacy, shadow                 lipgloss.Style
	good, waiting, bad, amber, accent, key lipgloss.Style
}

func newStyles(dark bool) styles {
	t := newTheme(dark)
	fg := func(c color.Color) lipgloss.Style { return lipgloss.NewStyle().Foreground(c) }
	return styles{
		theme:  t,
		strong: lipgloss.NewStyle().Bold(true), plain: lipgloss.NewStyle(),
		quiet: fg(t.quiet), faint: fg(t.faint), line: fg(t.line),
		modern: fg(t.modern), legacy: fg(t.legacy), shadow: fg(t.shadow),
		good: fg(t.good), waiting: fg(t.waiting), bad: fg(t.bad), amber: fg(t.legacy),
		accent: fg(t.accent), key: lipgloss.NewStyle().Bold(true),
	}
}

func (s styles) era(e orchestrator.Era) lipgloss.Style {
	switch e {
	case orchestrator.Modern:
		return s.modern
	case orchestrator.Legacy:
		return s.legacy
	default:
		return s.quiet
	}
}
