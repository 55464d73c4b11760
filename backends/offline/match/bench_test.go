package match

import (
	"fmt"
	"runtime"
	"slices"
	"testing"
	"time"
)

func BenchmarkTrain(b *testing.B) {
	all, _ := mustSet(b, "clinc150")
	for _, n := range []int{20, 40, 150} {
		b.Run(fmt.Sprintf("%d_intents", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				mustTrain(b, all[:n])
			}
		})
	}
}

func BenchmarkRank(b *testing.B) {
	all, cases := mustSet(b, "clinc150")
	for _, n := range []int{20, 40, 150} {
		b.Run(fmt.Sprintf("%d_intents", n), func(b *testing.B) {
			m := mustTrain(b, all[:n])
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				m.Rank(cases[i%len(cases)].Text, 5)
				i++
			}
			reportPercentiles(b, m, cases)
		})
	}
}

// BenchmarkAccuracy reports the figures of the development sets as metrics: as
// they stand, and as means over five choices of the examples.
func BenchmarkAccuracy(b *testing.B) {
	for _, set := range []string{"clinc150", "snips"} {
		classes, cases := mustSet(b, set)
		b.Run(set, func(b *testing.B) {
			var f figures
			for b.Loop() {
				f = measure(mustTrain(b, classes), cases)
			}
			f.report(b)
		})
		b.Run(set+"_five_seeds", func(b *testing.B) {
			var mean figures
			for b.Loop() {
				mean = figures{}
				for seed := range uint64(5) {
					own, rest := resample(classes, cases, seed)
					mean.add(measure(mustTrain(b, own), rest), 0.2)
				}
			}
			mean.report(b)
		})
	}
}

// BenchmarkLarge reports what large catalogs of ten examples a class cost: the
// time of training, the memory that the model takes and the time of a message.
func BenchmarkLarge(b *testing.B) {
	for _, n := range []int{150, 1000, 5000} {
		b.Run(fmt.Sprintf("%d_intents", n), func(b *testing.B) {
			classes, cases := mustLarge(b, n)
			before := heap()
			var m *Model
			for b.Loop() {
				m = mustTrain(b, classes)
			}
			b.ReportMetric(float64(heap()-before)/(1<<20), "MB")
			b.ReportMetric(100*measure(m, cases).accuracy, "%right")
			reportPercentiles(b, m, cases)
			runtime.KeepAlive(m)
		})
	}
}

func heap() int64 {
	var s runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&s)
	return int64(s.HeapAlloc) //nolint:gosec // far below
}

// reportPercentiles reports how long a message takes.
func reportPercentiles(b *testing.B, m *Model, cases []testCase) {
	b.Helper()
	times := make([]time.Duration, 0, 3000)
	for i := range cap(times) {
		start := time.Now()
		m.Rank(cases[i%len(cases)].Text, 5)
		times = append(times, time.Since(start))
	}
	slices.Sort(times)
	b.ReportMetric(float64(times[len(times)/2].Nanoseconds())/1000, "p50-µs")
	b.ReportMetric(float64(times[len(times)*99/100].Nanoseconds())/1000, "p99-µs")
}
