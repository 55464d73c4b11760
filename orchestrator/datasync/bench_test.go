package datasync

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

func mustDir(tb testing.TB, elem ...string) string {
	tb.Helper()
	dir := filepath.Join(elem...)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		tb.Fatal(err)
	}
	return dir
}

// BenchmarkBarrier measures the barrier with nothing under way at all, and with
// something under way about somebody else.
func BenchmarkBarrier(b *testing.B) {
	for _, others := range []bool{false, true} {
		b.Run(map[bool]string{false: "NothingPending", true: "OthersPending"}[others], func(b *testing.B) {
			w := mustOpen(b, b.TempDir())
			w.SetPaused(true)
			if others {
				w.put(old, "ben/x", "1")
			}
			ctx := context.Background()
			b.ReportAllocs()
			for b.Loop() {
				if err := w.Barrier(ctx, fresh, "ada"); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkWrite measures a change with its event in the outbox, without waiting
// for the disk, beside the same change without an event.
func BenchmarkWrite(b *testing.B) {
	for _, event := range []bool{false, true} {
		b.Run(map[bool]string{false: "WithoutEvent", true: "WithEvent"}[event], func(b *testing.B) {
			w := mustOpen(b, b.TempDir())
			w.SetPaused(true)
			b.ReportAllocs()
			for b.Loop() {
				if event {
					w.put(old, "ada/x", "1")
				} else {
					w.spoil(old, "ada/x", "1")
				}
			}
		})
	}
}

// BenchmarkApply measures bringing events to a node: one at a time, as a barrier
// does, and in batches.
func BenchmarkApply(b *testing.B) {
	for _, n := range []int{1, batchSize} {
		b.Run(fmt.Sprint("BatchOf", n), func(b *testing.B) {
			w := mustOpen(b, b.TempDir())
			w.SetPaused(true)
			ctx := context.Background()
			events := 0
			for b.Loop() {
				b.StopTimer()
				for range n {
					events++
					w.put(old, "ada/x", fmt.Sprint(events))
				}
				if err := w.Barrier(ctx, follow, "ada"); err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
				if err := w.Barrier(ctx, fresh, "ada"); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(events), "ns/event")
		})
	}
}
