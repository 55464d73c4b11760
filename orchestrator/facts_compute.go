package orchestrator

import (
	"maps"
	"math"
	"slices"
)

// Bounds of what is computed: numbers of one object, and of one field all over the
// results.
const (
	computeFields = 8
	computeValues = 12
)

// compute adds to numbers what a good answer may compute from the results of this
// turn:
//
//   - of a list of objects, the sum and the mean of each numeric field, also of
//     those of its objects that have the same text or yes or no in another field:
//     the total of all orders that are shipped
//   - of two numeric fields of one object their sum, difference and product, and of
//     the products the sum over a list: quantity times price
//   - of fields of the same name in several results, the sum of all, and sum and
//     difference of each two
//
// Nothing else is: a number that needs more is better left out.
func (f *facts) compute() {
	if f.computed {
		return
	}
	f.computed = true
	c := computer{facts: f, same: map[string][]float64{}}
	for i := range f.steps {
		c.at = f.root(fromResult, f.steps[i].ID)
		c.walk("", f.steps[i].Result)
	}
	for _, name := range slices.Sorted(maps.Keys(c.same)) {
		values := c.same[name]
		if len(values) < 2 {
			continue
		}
		sum := 0.0
		for i, v := range values {
			sum += v
			for _, w := range values[:min(i, computeValues)] {
				if i < computeValues {
					c.put("sum of "+name, v+w)
					c.put("difference of "+name, v-w)
				}
			}
		}
		c.put("sum of "+name, sum)
	}
}

type computer struct {
	facts *facts
	at    int32
	same  map[string][]float64 // the values of fields of one name
}

func (c *computer) put(what string, v float64) {
	v = math.Abs(math.Round(v*100) / 100)
	if n := written(v); v > 0 {
		if _, ok := c.facts.numbers[n]; !ok {
			c.facts.numbers[n] = c.facts.node(c.at, what, -1)
		}
	}
}

func (c *computer) walk(name string, v any) {
	switch t := v.(type) {
	case map[string]any:
		c.object(name, t)
		for _, k := range slices.Sorted(maps.Keys(t)) {
			e := t[k]
			if n, ok := e.(float64); ok {
				c.same[k] = append(c.same[k], n)
			} else {
				c.walk(k, e)
			}
		}
	case []any:
		c.list(name, t)
		for _, e := range t {
			c.walk(name, e)
		}
	}
}

// object computes with the numeric fields of one object.
func (c *computer) object(name string, o map[string]any) {
	made := pairs(o, 2)
	for _, what := range slices.Sorted(maps.Keys(made)) {
		c.put(what+" of "+name, made[what])
	}
}

// pairs are what two numeric fields of an object make together. Only the products
// are if kinds is 1.
func pairs(o map[string]any, kinds int) map[string]float64 {
	var names []string
	for k, v := range o {
		if _, ok := v.(float64); ok {
			names = append(names, k)
		}
	}
	if len(names) < 2 {
		return nil
	}
	slices.Sort(names)
	names = names[:min(len(names), computeFields)]
	out := map[string]float64{}
	for i, a := range names {
		for _, b := range names[:i] {
			x, _ := o[a].(float64)
			y, _ := o[b].(float64)
			if x == math.Trunc(x) && math.Abs(x) < 1000 || y == math.Trunc(y) && math.Abs(y) < 1000 {
				out[b+" × "+a] = x * y
			}
			if kinds > 1 {
				out[b+" + "+a] = x + y
				out[b+" − "+a] = x - y
			}
		}
	}
	return out
}

// list computes over the objects of a list.
func (c *computer) list(name string, list []any) {
	sums, counts := map[string]float64{}, map[string]float64{}
	for _, e := range list {
		o, ok := e.(map[string]any)
		if !ok {
			if v, ok := e.(float64); ok {
				sums["sum of "+name] += v
				counts["sum of "+name]++
			}
			continue
		}
		for what, v := range pairs(o, 1) {
			sums["sum of "+what+" of "+name] += v
		}
		for k, v := range o {
			n, ok := v.(float64)
			if !ok {
				continue
			}
			what := "sum of " + name + "[]." + k
			sums[what] += n
			counts[what]++
			for by, kind := range o {
				switch g := kind.(type) {
				case string:
					sums[what+" with "+by+" "+g] += n
				case bool:
					if g {
						sums[what+" with "+by] += n
					} else {
						sums[what+" without "+by] += n
					}
				}
			}
		}
	}
	for _, what := range slices.Sorted(maps.Keys(sums)) {
		v := sums[what]
		c.put(what, v)
		if n := counts[what]; n > 1 {
			c.put("mean, "+what, v/n)
		}
	}
}
