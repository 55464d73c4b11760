package tui

import "charm.land/bubbles/v2/key"

// keyMap declares every key of the chat and of the lists in one place.
type keyMap struct {
	send, newline, trace, commands, help, conversations, fresh key.Binding
	copyAnswer, copyCode, stop, quit, suspend, leave           key.Binding
	pageUp, pageDown, home, end, panelUp, panelDown            key.Binding
	recall, unrecall, detach                                   key.Binding
	up, down, choose, back                                     key.Binding
	yes, no, change, only                                      key.Binding
	again, details, test, use, integrations                    key.Binding
	sources, recovered, dialogUp, dialogDown                   key.Binding
	board, boardDetails, boardShadow, boardCanary, boardModern key.Binding
	boardLegacy, boardPromote, boardAbort, boardUndo           key.Binding
	boardPause, boardBreak, boardHeal, boardReport             key.Binding
	boardRetire, boardWhy                                      key.Binding
}

func newKeyMap(g signs) keyMap {
	b := func(show, help string, keys ...string) key.Binding {
		return key.NewBinding(key.WithKeys(keys...), key.WithHelp(show, help))
	}
	return keyMap{
		send:          b("enter", "send", "enter"),
		newline:       b("ctrl+j", "new line", "ctrl+j", "shift+enter", "alt+enter"),
		trace:         b("tab", "what happened", "tab"),
		commands:      b("ctrl+p", "commands", "ctrl+p"),
		help:          b("?", "all keys", "?", "f1"),
		conversations: b("ctrl+o", "conversations", "ctrl+o"),
		fresh:         b("ctrl+n", "new conversation", "ctrl+n"),
		copyAnswer:    b("ctrl+y", "copy the answer", "ctrl+y"),
		copyCode:      b("alt+y", "copy its last code block", "alt+y"),
		stop:          b("esc", "stop", "esc"),
		quit:          b("ctrl+c", "quit (twice)", "ctrl+c"),
		leave:         b("q", "leave", "q", "Q", "esc", "enter"),
		suspend:       b("ctrl+z", "suspend", "ctrl+z"),
		pageUp:        b("pgup", "a page back", "pgup"),
		pageDown:      b("pgdn", "a page on", "pgdown"),
		home:          b("home", "to the start", "home", "ctrl+home"),
		end:           b("end", "to the newest", "end", "ctrl+end"),
		panelUp:       b("ctrl+up", "what happened: back", "ctrl+up"),
		panelDown:     b("ctrl+down", "what happened: on", "ctrl+down"),
		recall:        b("up", "your earlier messages", "up"),
		unrecall:      b("down", "your later messages", "down"),
		detach:        b("backspace", "drop the attachment", "backspace"),
		up:            b(g.upDown, "choose", "up", "ctrl+k"),
		down:          b(g.upDown, "choose", "down", "ctrl+j"),
		choose:        b("enter", "continue", "enter"),
		back:          b("esc", "back", "esc"),
		yes:           b("y", "yes", "y", "Y"),
		no:            b("n", "no", "n", "N"),
		change:        b("e", "change something", "e", "E"),
		again:         b("r", "send again", "r", "R"),
		details:       b("enter", "details", "enter"),
		test:          b("t", "test", "t", "T"),
		use:           b("u", "use it", "u", "U", "space"),
		integrations:  b("i", "integrations", "i", "I"),
		sources:       b("ctrl+s", "sources of the answer", "ctrl+s"),
		recovered:     b("ctrl+r", "what was finished after a restart", "ctrl+r"),
		dialogUp:      b(g.upDown, "scroll", "up"),
		dialogDown:    b(g.upDown, "scroll", "down"),
		board:         b("ctrl+g", "migration board", "ctrl+g"),
		boardDetails:  b("enter", "differences", "enter"),
		boardShadow:   b("s", "shadow", "s", "S"),
		boardCanary:   b("c", "canary", "c", "C"),
		boardModern:   b("m", "modern", "m", "M"),
		boardLegacy:   b("l", "legacy", "l", "L"),
		boardPromote:  b("p", "promote", "p", "P"),
		boardAbort:    b("!", "abort", "!"),
		boardUndo:     b("u", "undo", "u", "U"),
		boardPause:    b("space", "pause or go on", "space"),
		boardBreak:    b("b", "break", "b", "B"),
		boardHeal:     b("h", "heal", "h", "H"),
		boardReport:   b("r", "report", "r"),
		boardRetire:   b("t", "retired", "t", "T"),
		boardWhy:      b("w", "why", "w", "W"),
		only:          b("1-9", "only that", "1", "2", "3", "4", "5", "6", "7", "8", "9"),
	}
}
