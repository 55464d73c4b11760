package match

import (
	"context"
	"math"
	"slices"
)

// How training weighs things; the same for every catalog.
const (
	// centroidShare is the share of the centroid in a score; the rest is the ridge's.
	centroidShare = 0.3

	// penaltyExample is the ridge penalty of an example, penaltyText that of what a
	// class says of itself beside its examples.
	penaltyExample = 0.35
	penaltyText    = 1.0
	// textWeight is the weight of such a text in the centroid of its class.
	textWeight = 0.5
	// textRows is how many rows the texts of a class may have: the first ones have
	// their own, all others share the last.
	textRows = 3
	// maxRows bounds the rows of one regression, whose time grows with their cube.
	maxRows = 2048
	// maxFeatures bounds the lexicon: beyond it, features that came late go.
	maxFeatures = 1 << 20
)

// row is one training text, or the mean of several, of one class.
type row struct {
	class   int
	example bool // as opposed to a text that describes the class
	vec     vector
	shared  float64 // what covered would be without this row
}

// text is a training text that has not been read yet.
type text struct {
	text    string
	example bool
}

// Train makes a model of the classes. It is deterministic; classes of the same
// name are one class. Up to about 2,000 examples its time grows with their cube,
// from there on, where classes are solved in groups of similar ones, with their
// number. It fails only if ctx ends before it is done.
func Train(ctx context.Context, classes []Class) (*Model, error) {
	m := &Model{}
	texts, total := m.collect(classes)
	s := m.scratch.get(0, 0)
	var err error
	if m.lex, err = learn(ctx, s, texts, total); err != nil {
		return nil, err
	}
	s = m.scratch.get(len(m.lex.idf), len(m.names))
	if total <= maxRows {
		var rows []row
		for c, list := range texts {
			rows = append(rows, m.read(s, c, list)...)
		}
		err = m.solve(ctx, rows)
	} else {
		err = m.solveGroups(ctx, s, texts)
	}
	if err != nil {
		return nil, err
	}
	m.scratch.put(s)
	return m, nil
}

// collect names the model's classes and gathers the texts of each, without
// repetitions, and their number.
func (m *Model) collect(classes []Class) (texts [][]text, total int) {
	index := map[string]int{}
	var seen []map[string]bool
	for _, c := range classes {
		id, ok := index[c.Name]
		if !ok {
			id = len(m.names)
			index[c.Name] = id
			m.names = append(m.names, c.Name)
			texts = append(texts, nil)
			seen = append(seen, map[string]bool{})
		}
		add := func(example bool, t string) {
			if key := string(normalise(nil, t)); key != "" && !seen[id][key] {
				seen[id][key] = true
				texts[id] = append(texts[id], text{t, example})
				total++
			}
		}
		for _, t := range c.Examples {
			add(true, t)
		}
		for _, t := range c.Texts {
			add(false, t)
		}
	}
	return texts, total
}

// read makes the rows of a class.
func (m *Model) read(s *scratch, class int, texts []text) []row {
	var examples, described []row
	for _, t := range texts {
		v := m.lex.vector(s, t.text)
		if len(v.ids) == 0 {
			continue
		}
		r := row{class: class, example: t.example, vec: vector{slices.Clone(v.ids), slices.Clone(v.weights), v.covered}}
		if t.example {
			examples = append(examples, r)
		} else {
			described = append(described, r)
		}
	}
	return append(examples, merge(described, textRows)...)
}

// learn makes the lexicon of the texts.
func learn(ctx context.Context, s *scratch, texts [][]text, total int) (lexicon, error) {
	l := lexicon{ids: map[uint64]int32{}, unseen: float32(math.Log(float64(total)+1) + 1)}
	var hashes []uint64
	var df, last []int32
	n := int32(0)
	for _, list := range texts {
		if err := ctx.Err(); err != nil {
			return lexicon{}, err
		}
		for _, t := range list {
			n++
			s.read(t.text)
			for kind := range kinds {
				for _, h := range s.hashes[kind] {
					id, ok := l.ids[h]
					if !ok {
						if len(df) == maxFeatures {
							continue
						}
						id = int32(len(df)) //nolint:gosec // below maxFeatures
						l.ids[h] = id
						hashes, df, last = append(hashes, h), append(df, 0), append(last, 0)
					}
					if last[id] != n {
						last[id] = n
						df[id]++
					}
				}
			}
		}
	}
	l.idf = make([]float32, len(df))
	for id, h := range hashes {
		l.idf[id] = float32((math.Log(float64(total+1)/float64(df[id]+1)) + 1) * weight(h))
	}
	return l, nil
}
