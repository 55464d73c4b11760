package main

import (
	"context"
	"fmt"
	"testing"

	"banyan/orchestrator"
)

// BenchmarkTurn is a whole offline turn on the real parts: plan, two reads, an
// answer, and the turn stored; with and without the disk's sync, the monolith's
// simulated slowness off.
func BenchmarkTurn(b *testing.B) {
	collectRarely()
	for _, noSync := range []bool{false, true} {
		b.Run(map[bool]string{false: "Stored", true: "WithoutSync"}[noSync], func(b *testing.B) {
			o := &options{Backend: "offline", Data: b.TempDir(), Latency: "0", LogLevel: "warn", Harm: noPace, noSync: noSync}
			a, err := open(context.Background(), o, "benchmark")
			if err != nil {
				b.Fatal(err)
			}
			defer func() { _ = a.Close() }()
			user, err := a.shop.Directory().Lookup(b.Context(), "ada@example.com")
			if err != nil {
				b.Fatal(err)
			}
			ask := func(i int) {
				// A conversation of twenty turns, then the next one, as people have them.
				turn, err := a.kernel.Turn(b.Context(), orchestrator.Request{
					Conversation: fmt.Sprintf("c%d", i/20), User: user, Message: "what's the status of my latest order?",
				})
				if err != nil || turn.Kind != orchestrator.KindAnswer || len(turn.Steps) != 2 {
					b.Fatalf("%v: %+v", err, turn)
				}
			}
			ask(0) // trains, compiles
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				i++
				ask(i)
			}
		})
	}
}

// BenchmarkOpen is what a start costs before anything can be asked: store, shop
// and catalog, on a file that exists.
func BenchmarkOpen(b *testing.B) {
	o := &options{Backend: "offline", Data: b.TempDir(), Latency: "0", LogLevel: "warn", Harm: noPace}
	b.ReportAllocs()
	for b.Loop() {
		a, err := open(context.Background(), o, "benchmark")
		if err != nil {
			b.Fatal(err)
		}
		if err := a.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
