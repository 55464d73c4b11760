package match

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

func TestExp2(t *testing.T) {
	classes, cases := mustSet(t, "clinc150")
	rng := rand.New(rand.NewPCG(1, 2))
	for _, k := range []int{3, 7, 20, 50} {
		for _, e := range []int{0, 1, 2, 4, 10} {
			var acc, kept, caught, gap, nn float64
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
				for _, c := range cases {
					if len(c.Want) == 0 || own[c.Want[0]] {
						cs = append(cs, c)
					}
				}
				f := measure(m, cs)
				acc += f.accuracy
				kept += f.kept
				caught += f.caught
				gap += f.gap
				nn++
			}
			fmt.Printf("%3d classes %2d ex: acc %.3f kept %.3f caught %.3f gap %.3f \n", k, e, acc/nn, kept/nn, caught/nn, gap/nn)
		}
	}
}
