package memory

import (
	"strings"
	"unicode"

	"banyan/orchestrator"
)

// titleLength is the longest title in characters.
const titleLength = 60

// title shortens a message to one line, at the end of a word if there is one
// near, and never between a letter and the marks that belong to it.
func title(message string) string {
	text := strings.Join(strings.Fields(orchestrator.PrintableLine(message)), " ")
	r := []rune(text)
	if len(r) <= titleLength {
		return text
	}
	end := titleLength - 1
	for end > 1 && (extends(r[end]) || r[end-1] == zeroWidthJoiner) {
		end--
	}
	for i := end; i > titleLength*2/3; i-- {
		if r[i] == ' ' {
			end = i
			break
		}
	}
	return strings.TrimRight(string(r[:end]), " ,;:-") + "…"
}

const zeroWidthJoiner = 0x200d

// extends tells whether r is drawn together with the character before it.
func extends(r rune) bool {
	return unicode.In(r, unicode.Mn, unicode.Me, unicode.Mc) || r == zeroWidthJoiner ||
		(r >= 0x1f3fb && r <= 0x1f3ff) // skin tones
}
