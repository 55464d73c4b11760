package tui

import (
	"fmt"
	"image/color"

	"charm.land/glamour/v2/ansi"
)

// glamourStyle is how answers look: the terminal's own text colour, no margins,
// code in the quiet colour, and no colour as the only carrier of a meaning.
func glamourStyle(st styles, g signs) ansi.StyleConfig {
	yes := true
	hex := func(c color.Color) *string {
		r, gr, b, _ := c.RGBA()
		s := fmt.Sprintf("#%02x%02x%02x", r>>8, gr>>8, b>>8)
		return &s
	}
	n := func(u uint) *uint { return &u }
	text := func(s string) *string { return &s }
	quote, ruleFormat := g.column+" ", "\n"+g.rule+g.rule+g.rule+"\n"
	return ansi.StyleConfig{
		BlockQuote: ansi.StyleBlock{Indent: n(1), IndentToken: text(quote)},
		List:       ansi.StyleList{LevelIndent: 2},
		Heading: ansi.StyleBlock{StylePrimitive: ansi.StylePrimitive{
			BlockSuffix: "\n", Bold: &yes,
		}},
		H1:             ansi.StyleBlock{StylePrimitive: ansi.StylePrimitive{Underline: &yes}},
		Emph:           ansi.StylePrimitive{Italic: &yes},
		Strong:         ansi.StylePrimitive{Bold: &yes},
		Strikethrough:  ansi.StylePrimitive{CrossedOut: &yes},
		HorizontalRule: ansi.StylePrimitive{Color: hex(st.theme.line), Format: ruleFormat},
		Item:           ansi.StylePrimitive{BlockPrefix: g.bullet + " "},
		Enumeration:    ansi.StylePrimitive{BlockPrefix: ". "},
		Task:           ansi.StyleTask{Ticked: "[x] ", Unticked: "[ ] "},
		Link:           ansi.StylePrimitive{Color: hex(st.theme.quiet), Underline: &yes},
		Image:          ansi.StylePrimitive{Color: hex(st.theme.quiet)},
		ImageText:      ansi.StylePrimitive{Color: hex(st.theme.quiet)},
		Code:           ansi.StyleBlock{StylePrimitive: ansi.StylePrimitive{Color: hex(st.theme.quiet), Bold: &yes}},
		CodeBlock: ansi.StyleCodeBlock{StyleBlock: ansi.StyleBlock{
			StylePrimitive: ansi.StylePrimitive{Color: hex(st.theme.quiet)}, Margin: n(2),
		}},
		DefinitionDescription: ansi.StylePrimitive{BlockPrefix: "\n"},
	}
}
