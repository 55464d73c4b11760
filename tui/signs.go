package tui

import "banyan/orchestrator"

// signs are all characters that the screens are drawn with, beside words. There
// are two sets: one for terminals with Unicode, one for those without.
type signs struct {
	ascii                                  bool
	modern, legacy, shadow                 string
	done, waiting, skipped, failed, undone string
	// flagged stands before what a person has to look at.
	flagged                                       string
	bar, pick, rule, column, tee, foot            string
	topLeft, topRight, bottomLeft, bottomRight    string
	gaugeOn, gaugeOff                             string
	dot, arrow, dash, more, ellipsis, bullet, att string
	spinner                                       []string
	upDown, down                                  string
	// note stands before what a backend's policy did, active before the backends
	// that are in use, slow before a backend that is.
	note, active, slow string
	spark              []string // columns of a sparkline, lowest first
}

func newSigns(ascii bool) signs {
	if ascii {
		return signs{
			ascii:  true,
			modern: "[modern]", legacy: "[legacy]", shadow: "[shadow]",
			done: "ok", waiting: "..", skipped: "--", failed: "!!", undone: "<-", flagged: "!?",
			bar: "|", pick: ">", rule: "-", column: "|", tee: "+", foot: "+",
			topLeft: "+", topRight: "+", bottomLeft: "+", bottomRight: "+",
			gaugeOn: "#", gaugeOff: ".",
			dot: "-", arrow: "->", dash: "-", more: "v new", ellipsis: "...", bullet: "*", att: "[+]",
			spinner: []string{"|", "/", "-", "\\"},
			upDown:  "up/down", down: "v",
			note: ">>", active: "*", slow: "~",
			spark: []string{"_", ".", "-", "=", "+", "*", "#", "@"},
		}
	}
	return signs{
		modern: "◆ modern", legacy: "▣ legacy", shadow: "◇ shadow",
		done: "✓", waiting: "…", skipped: "–", failed: "✗", undone: "↺", flagged: "⚑",
		bar: "▌", pick: "▸", rule: "─", column: "│", tee: "┬", foot: "┴",
		topLeft: "╭", topRight: "╮", bottomLeft: "╰", bottomRight: "╯",
		gaugeOn: "━", gaugeOff: "─",
		dot: "·", arrow: "→", dash: "–", more: "↓ new", ellipsis: "…", bullet: "•", att: "▤",
		spinner: []string{"⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"},
		upDown:  "↑↓", down: "↓",
		note: "»", active: "●", slow: "≈",
		spark: []string{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"},
	}
}

// era is an era's sign and word.
func (g signs) era(e orchestrator.Era) string {
	switch e {
	case orchestrator.Modern:
		return g.modern
	case orchestrator.Legacy:
		return g.legacy
	default:
		return cleanLine(string(e))
	}
}
