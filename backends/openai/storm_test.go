package openai

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"banyan/backends/openai/fake"
)

var streams = flag.Int("streams", 500, "how many streams TestCancelledStreams cancels; 10000 is the full form")

// Streams that are cancelled at any point neither disturb those beside them nor
// leave a goroutine or memory behind.
func TestCancelledStreams(t *testing.T) {
	s := fake.New(func(r fake.Request) fake.Reply {
		n := r.Last()[strings.LastIndex(r.Last(), "loan #"):]
		n, _, _ = strings.Cut(n, ".")
		return fake.Reply{Text: strings.Repeat("This is about "+n+". ", 8)}
	})
	b, err := New(Options{BaseURL: s.URL, Key: canary, Model: "m"})
	if err != nil {
		t.Fatal(err)
	}
	catalog := library(t)
	ask := func(ctx context.Context, n int, emit func(string)) (string, error) {
		req := answerRequest(catalog)
		req.Steps, req.Message = nil, fmt.Sprintf("Tell me of loan #%d.", n)
		reply, err := b.Respond(ctx, req, emit)
		return reply.Text, err
	}
	run := func(n int) {
		var wg sync.WaitGroup
		gate := make(chan struct{}, 64)
		for i := range n {
			gate <- struct{}{}
			wg.Go(func() {
				defer func() { <-gate }()
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				left := i % 30
				_, err := ask(ctx, i, func(string) {
					if left--; left < 0 {
						cancel()
					}
				})
				if !errors.Is(err, context.Canceled) {
					t.Errorf("stream %d: %v", i, err)
				}
			})
			if i%5 == 0 {
				gate <- struct{}{}
				wg.Go(func() {
					defer func() { <-gate }()
					text, err := ask(t.Context(), i, func(string) {})
					if want := strings.TrimSpace(strings.Repeat(fmt.Sprintf("This is about loan #%d. ", i), 8)); err != nil || strings.TrimSpace(text) != want {
						t.Errorf("the stream beside %d is corrupted: %v, %q", i, err, text)
					}
				})
			}
		}
		wg.Wait()
	}
	run(100) // connections and pools are made
	before := heap()
	run(*streams)
	grown := int64(heap()) - int64(before)
	t.Logf("%d cancelled streams: the heap grew by %d KB", *streams, grown/1024)
	if grown > 8<<20 {
		t.Errorf("the heap grew by %d MB", grown>>20)
	}
	_ = b.Close()
	s.Close()
	waitForNone(t)
}

func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// waitForNone waits until no goroutine of this package, of its client or of its
// connections is left.
func waitForNone(t *testing.T) {
	t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for {
		buf := make([]byte, 4<<20)
		var left []string
		for g := range strings.SplitSeq(string(buf[:runtime.Stack(buf, true)]), "\n\n") {
			if strings.Contains(g, "waitForNone") {
				continue
			}
			for _, ours := range []string{"backends/openai.(*", "net/http.(*persistConn)", "net/http.(*conn).serve", "sashabaranov"} {
				if strings.Contains(g, ours) {
					left = append(left, g)
					break
				}
			}
		}
		if len(left) == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d goroutines are left, the first is\n%s", len(left), left[0])
		}
		runtime.Gosched()
	}
}
