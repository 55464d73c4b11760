package compare

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

// Rules say what may differ. The zero value has no exceptions beside the usual ones, see
// the package comment.
type Rules struct {
	// Default holds for every intent, Intents adds to it by name of the intent. Where
	// they disagree, that of the intent wins.
	Default Rule            `toml:"default"`
	Intents map[string]Rule `toml:"intents"`
}

// Rule says of the places in a result what may differ there. All are paths as in the
// package comment.
type Rule struct {
	// Ignore are places that are not compared: values that a service makes up.
	Ignore []string `toml:"ignore"`
	// Unordered are lists whose order says nothing.
	Unordered []string `toml:"unordered"`
	// Text are texts in which upper and lower case and the amount of white space say
	// nothing.
	Text []string `toml:"text"`
	// Strict are places where null differs from nothing at all.
	Strict []string `toml:"strict"`
	// Empty are places where "", [] and {} are the same as nothing at all.
	Empty []string `toml:"empty"`
	// Numbers are by how much numbers may differ, Times by how much moments and days may.
	Numbers map[string]Tolerance     `toml:"numbers"`
	Times   map[string]time.Duration `toml:"times"`
}

// Tolerance is by how much two numbers may differ: by Absolute, or by the share
// Relative of the larger one.
type Tolerance struct {
	Absolute float64 `toml:"absolute"`
	Relative float64 `toml:"relative"`
}

// The tolerances where no rule says otherwise.
const (
	usualRelative = 1e-9
	usualWithin   = time.Second
)

// treatment is what holds at one place.
type treatment struct {
	ignore, unordered, text, strict, empty bool
	number                                 Tolerance
	within                                 time.Duration
}

// pattern is a path and what holds where it leads.
type pattern struct {
	path []segment
	set  func(*treatment)
}

// patterns compiles a rule.
func (r Rule) patterns() ([]pattern, error) {
	var all []pattern
	add := func(what, path string, set func(*treatment)) error {
		p, err := parsePath(path)
		if err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
		all = append(all, pattern{p, set})
		return nil
	}
	for _, list := range []struct {
		what  string
		paths []string
		set   func(*treatment)
	}{
		{"ignore", r.Ignore, func(t *treatment) { t.ignore = true }},
		{"unordered", r.Unordered, func(t *treatment) { t.unordered = true }},
		{"text", r.Text, func(t *treatment) { t.text = true }},
		{"strict", r.Strict, func(t *treatment) { t.strict = true }},
		{"empty", r.Empty, func(t *treatment) { t.empty = true }},
	} {
		for _, path := range list.paths {
			if err := add(list.what, path, list.set); err != nil {
				return nil, err
			}
		}
	}
	for _, path := range slices.Sorted(maps.Keys(r.Numbers)) {
		n := r.Numbers[path]
		if !(n.Absolute >= 0 && n.Relative >= 0) { // not a number as well
			return nil, fmt.Errorf("numbers: %s: a tolerance cannot be negative", path)
		}
		if err := add("numbers", path, func(t *treatment) { t.number = n }); err != nil {
			return nil, err
		}
	}
	for _, path := range slices.Sorted(maps.Keys(r.Times)) {
		d := r.Times[path]
		if d < 0 {
			return nil, fmt.Errorf("times: %s: a tolerance cannot be negative", path)
		}
		if err := add("times", path, func(t *treatment) { t.within = d }); err != nil {
			return nil, err
		}
	}
	return all, nil
}
