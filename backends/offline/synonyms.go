package offline

import "slices"

// shareSynonyms gives every enumeration of one name the words that any of them has for
// a value they share: people say "unpaid" of a list's parameter and of its results
// alike.
func (k *knowledge) shareSynonyms() {
	type word struct {
		name  string
		value any
	}
	all := map[word]*enumValue{}
	each := func(visit func(name string, values []enumValue)) {
		var walk func(fs []*field)
		walk = func(fs []*field) {
			for _, f := range fs {
				visit(f.name, f.values)
				walk(f.sub)
			}
		}
		for _, s := range k.skills {
			for _, sl := range s.slots {
				visit(sl.name, sl.values)
			}
			walk(s.fields)
		}
	}
	each(func(name string, values []enumValue) {
		for _, v := range values {
			w := word{name, v.value}
			if all[w] == nil {
				all[w] = &enumValue{value: v.value}
			}
			all[w].adopt(v)
		}
	})
	each(func(name string, values []enumValue) {
		for i := range values {
			if shared := all[word{name, values[i].value}]; shared != nil {
				values[i].adopt(*shared)
			}
		}
	})
}

// adopt adds the forms of another value that are not there yet.
func (v *enumValue) adopt(other enumValue) {
	for i, form := range other.forms {
		if !slices.ContainsFunc(v.forms, func(f []string) bool { return slices.Equal(f, form) }) {
			v.forms = append(v.forms, form)
			v.stems = append(v.stems, other.stems[i])
		}
	}
}
