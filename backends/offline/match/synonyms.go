package match

import (
	_ "embed"
	"strings"
	"sync"

	"github.com/kljensen/snowball/english"
)

// synonymList holds groups of everyday English words that can stand for one
// another in what people ask for, one group a line. A word may be in several
// groups; the first one is where it is most at home. The list was written for
// this package and belongs to no catalog.
//
//go:embed synonyms.txt
var synonymList string

// senses maps the hash of a word's stem to the hashes of the groups it is in, the
// first one first.
var senses = sync.OnceValue(func() map[uint64][]uint64 {
	out := map[uint64][]uint64{}
	for line := range strings.Lines(synonymList) {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		group := hashString("group "+strings.Join(words, " ")) &^ light
		for _, w := range words {
			h := hashString(english.Stem(w, false)) &^ light
			if list := out[h]; len(list) == 0 || list[len(list)-1] != group {
				out[h] = append(list, group)
			}
		}
	}
	return out
})
