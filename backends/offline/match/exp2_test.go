package match

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestExp2(t *testing.T) {
	classes, cases := mustSet(t, "clinc150")
	rng := rand.New(rand.NewPCG(1, 2))
	for _, k := range []int{3, 7, 20, 50} {
		for _, e := range []int{0, 1, 2, 4, 10} {
			var q, in10, out80, acc, kept, caught, gap, off, sl, nn float64
			for range 6 {
				perm := rng.Perm(len(classes))[:k]
				var cl []Class
				own := map[string]bool{}
				for _, i := range perm {
					c := classes[i]
					own[c.Name] = true
					c.Examples = c.Examples[:e]
					cl = append(cl, c)
				}
				m := Train(cl)
				var cs []testCase
				var in, out []float64
				for _, c := range cases {
					if len(c.Want) == 0 || own[c.Want[0]] {
						cs = append(cs, c)
						ev := 0.0
						if r := m.Rank(c.Text, 1); len(r) > 0 {
							v := r[0].Value
							ev = (math.Log(v/(1-v)) - m.fit.offset) / m.fit.slope
						}
						if len(c.Want) == 0 {
							out = append(out, ev)
						} else {
							in = append(in, ev)
						}
					}
				}
				slices.Sort(in)
				slices.Sort(out)
				f := measure(m, cs)
				var all []float64
				for _, o := range m.seen {
					all = append(all, o.evidence)
				}
				slices.Sort(all)
				if len(all) > 0 {
					q += all[int(.1*float64(len(all)))]
				}
				in10 += in[len(in)/10]
				out80 += out[len(out)*8/10]
				acc += f.accuracy
				kept += f.kept
				caught += f.caught
				gap += f.gap
				off += m.fit.offset
				sl += m.fit.slope
				nn++
			}
			fmt.Printf("%3d classes %2d ex: loo10 %.2f test10 %.2f oos80 %.2f | acc %.3f kept %.3f caught %.3f gap %.3f fit %.1f %.1f\n", k, e, q/nn, in10/nn, out80/nn, acc/nn, kept/nn, caught/nn, gap/nn, off/nn, sl/nn)
		}
	}
}
