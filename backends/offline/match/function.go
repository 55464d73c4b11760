package match

import (
	"strings"
	"sync"
)

// functionWords are the words that hold English sentences together, and the verbs
// that any request may begin with.
var functionWords = sync.OnceValue(func() map[string]bool {
	out := map[string]bool{}
	for w := range strings.FieldsSeq(`a an the this that these those my mine your yours his her hers its our ours their theirs me
you him them us we i he she it they is are was were be been being am do does did done doing has have had having
will would can could shall should may might must not no of to in on at by for with from about into over under up
down out off as than then so and or but if because when while where what which who whom whose why how there here
all any some both each every other such only just also too very really still yet already again now please more
most less much many few get got go let want need like know tell say give d ll m re s ve`) {
		out[w] = true
	}
	return out
})
