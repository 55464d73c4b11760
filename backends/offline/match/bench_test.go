package match

import (
	"fmt"
	"testing"
)

func BenchmarkTrain(b *testing.B) {
	all, _ := mustSet(b, "clinc150")
	for _, n := range []int{20, 40, 150} {
		b.Run(fmt.Sprintf("%d_intents", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Train(all[:n])
			}
		})
	}
}

func BenchmarkRank(b *testing.B) {
	all, cases := mustSet(b, "clinc150")
	for _, n := range []int{20, 40, 150} {
		b.Run(fmt.Sprintf("%d_intents", n), func(b *testing.B) {
			m := Train(all[:n])
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				m.Rank(cases[i%len(cases)].Text, 5)
				i++
			}
		})
	}
}

// BenchmarkAccuracy reports the figures of the development sets as metrics.
func BenchmarkAccuracy(b *testing.B) {
	for _, set := range []string{"clinc150", "snips"} {
		b.Run(set, func(b *testing.B) {
			classes, cases := mustSet(b, set)
			m := Train(classes)
			var f figures
			b.ReportAllocs()
			for b.Loop() {
				f = measure(m, cases)
			}
			b.ReportMetric(100*f.accuracy, "%right")
			b.ReportMetric(100*f.kept, "%kept")
			b.ReportMetric(100*f.caught, "%caught")
		})
	}
}
