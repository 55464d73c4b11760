package memory_test

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"banyan/memory"
)

func BenchmarkAppend(b *testing.B) {
	for _, sync := range []bool{true, false} {
		b.Run(fmt.Sprintf("Sync=%t", sync), func(b *testing.B) {
			s := MustOpen(b, filepath.Join(b.TempDir(), "banyan.db"), memory.Options{NoSync: !sync})
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				n++
				MustAppend(b, s, newTurn(fmt.Sprint("c", n/20), n))
			}
		})
	}
}

// BenchmarkAppendConcurrent measures the time per turn of several writers, and
// reports the longest time that one of them waited.
func BenchmarkAppendConcurrent(b *testing.B) {
	for _, writers := range []int{1, 8, 64} {
		b.Run(fmt.Sprintf("Writers=%d", writers), func(b *testing.B) {
			s := MustOpen(b, filepath.Join(b.TempDir(), "banyan.db"), memory.Options{})
			b.ReportAllocs()
			var next, longest atomic.Int64
			var wg sync.WaitGroup
			for w := range writers {
				wg.Go(func() {
					for n := next.Add(1); n <= int64(b.N); n = next.Add(1) {
						start := time.Now()
						if err := s.Append(context.Background(), newTurn(fmt.Sprint("c", w), int(n))); err != nil {
							b.Error(err)
							return
						}
						took := int64(time.Since(start))
						for old := longest.Load(); took > old && !longest.CompareAndSwap(old, took); old = longest.Load() {
						}
					}
				})
			}
			wg.Wait()
			b.ReportMetric(float64(longest.Load())/1e6, "longest-ms")
		})
	}
}

// fill stores conversations with as many turns each.
func fill(b *testing.B, s *memory.Store, conversations, turns int) {
	b.Helper()
	var wg sync.WaitGroup
	for w := range 64 {
		wg.Go(func() {
			for c := w; c < conversations; c += 64 {
				for i := range turns {
					if err := s.Append(context.Background(), newTurn(fmt.Sprintf("c%d", c), i)); err != nil {
						b.Error(err)
						return
					}
				}
			}
		})
	}
	wg.Wait()
}

func BenchmarkTurns(b *testing.B) {
	s := MustOpen(b, filepath.Join(b.TempDir(), "banyan.db"), memory.Options{NoSync: true})
	last := func(name string) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if got := MustTurns(b, s, "c0", 20); len(got) != 20 {
					b.Fatalf("got %d turns", len(got))
				}
			}
		})
	}
	for i := range 20 {
		MustAppend(b, s, newTurn("c0", i))
	}
	last("20Of20")
	fill(b, s, 1, 10_000)
	last("20Of10000")
	fill(b, s, 1_000, 20)
	last("20Of10000Among1000Conversations")
}

func BenchmarkConversations(b *testing.B) {
	s := MustOpen(b, filepath.Join(b.TempDir(), "banyan.db"), memory.Options{NoSync: true})
	fill(b, s, 1_000, 20)
	for _, n := range []int{20, 0} {
		for _, user := range []string{"", "ada@example.com"} {
			b.Run(fmt.Sprintf("n=%d/user=%s", n, user), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					list, err := s.Conversations(context.Background(), user, n)
					if want := max(n, (20-n)*50); err != nil || len(list) != want {
						b.Fatalf("got %d, %v, want %d", len(list), err, want)
					}
				}
			})
		}
	}
}

func BenchmarkSearch(b *testing.B) {
	s := MustOpen(b, filepath.Join(b.TempDir(), "banyan.db"), memory.Options{NoSync: true})
	fill(b, s, 1_000, 20)
	for name, text := range map[string]string{"Common": "desk lamp", "Absent": "unicorn"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := s.Search(context.Background(), "ada@example.com", text, 20); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkOpen(b *testing.B) {
	for _, conversations := range []int{0, 100, 1_000} {
		b.Run(fmt.Sprintf("Conversations=%d", conversations), func(b *testing.B) {
			path := filepath.Join(b.TempDir(), "banyan.db")
			s := MustOpen(b, path, memory.Options{NoSync: true})
			fill(b, s, conversations, 20)
			var size int64
			if err := s.DB().View(func(tx *bolt.Tx) error { size = tx.Size(); return nil }); err != nil {
				b.Fatal(err)
			}
			MustClose(b, s)
			b.ReportAllocs()
			for b.Loop() {
				s, err := memory.Open(path, memory.Options{})
				if err != nil {
					b.Fatal(err)
				}
				if err := s.Close(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(size)/1e6, "MB")
		})
	}
}
