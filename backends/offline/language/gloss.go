package language

import (
	"slices"
	"strings"
)

// gloss is a run of words of the language and what it is in English.
type gloss struct {
	words   []string
	english []string // may be empty: the words say nothing
}

func glosses(words map[string]string) map[string][]gloss {
	out := map[string][]gloss{}
	for text, english := range words {
		w := strings.Fields(strings.ToLower(text))
		if len(w) > 0 {
			out[w[0]] = append(out[w[0]], gloss{w, strings.Fields(english)})
		}
	}
	for _, list := range out {
		slices.SortFunc(list, func(a, b gloss) int { return len(b.words) - len(a.words) })
	}
	return out
}

// Grammar is how sentences are built, in the English words that the language's own
// are glossed with.
type Grammar struct {
	// VerbLastAfter are the words after which the verb stands at the end of its
	// clause, Verbs the verbs that do so.
	VerbLastAfter []string `toml:"verb_last_after"`
	Verbs         []string `toml:"verbs"`
}

// Grammar returns how the language builds sentences.
func (l *Language) Grammar() Grammar {
	if l == nil {
		return Grammar{}
	}
	return l.grammar
}

// Gloss says in English what stands at the beginning of some words, all in lower
// case: how many of the words it is, and what they are. n is 0 if the first word is
// none of the language's small words.
func (l *Language) Gloss(words []string) (n int, english []string) {
	if l == nil || len(words) == 0 {
		return 0, nil
	}
	for _, g := range l.glosses[words[0]] {
		if len(g.words) <= len(words) && slices.Equal(g.words, words[:len(g.words)]) {
			return len(g.words), g.english
		}
	}
	return 0, nil
}
