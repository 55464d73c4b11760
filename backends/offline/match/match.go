package match

// Class is one class and what is known of it. Everything may be empty but the
// name; a class without examples is found by its texts.
type Class struct {
	Name string
	// Examples are texts that belong to the class, as people write them.
	Examples []string
	// Texts describe the class: a summary, its name in words, titles and
	// descriptions of its parameters. They count for less than examples.
	Texts []string
}

// Score says how well a text fits a class. Value is from 0 to 1 and roughly the
// chance that the class is the right one.
type Score struct {
	Class string
	Value float64
}

// Model ranks classes for a text. It does not change once trained and is safe
// for concurrent use.
type Model struct {
	// Accept is the Value from which on a text is taken to belong to a class.
	Accept float64

	names    []string
	lex      lexicon
	weights  []float32 // one row of len(names) per feature
	postings *postings // of a large catalog, instead of weights
	fit      calibration
	scratch  scratchPool
}

// Known tells whether the text belongs to any of the classes.
func (m *Model) Known(text string) bool {
	best := m.Rank(text, 1)
	return len(best) > 0 && best[0].Value >= m.Accept
}
