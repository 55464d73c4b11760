package tui

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"banyan/orchestrator"
)

// long is a conversation of n turns, a third of them with Markdown that Glamour
// has to render.
func long(n int, now time.Time) []orchestrator.Turn {
	turns := make([]orchestrator.Turn, n)
	for i := range turns {
		t := orchestrator.Turn{ID: fmt.Sprint(i), Conversation: "long", Message: fmt.Sprintf("message %d", i), At: now.Add(time.Duration(i-n) * time.Minute)}
		script(&t, orchestrator.Turn{}, false)
		if i%3 == 0 {
			t.Message = "show my orders"
			script(&t, orchestrator.Turn{}, false)
		}
		t.DurationMS = 4
		turns[i] = t
	}
	return turns
}

// BenchmarkKeystroke is a key's way through Update and View, in a conversation
// of 10,000 messages. It reports the 99th percentile.
func BenchmarkKeystroke(b *testing.B) {
	for _, size := range [][2]int{{80, 24}, {120, 40}} {
		for _, c := range []struct {
			name string
			keys []string
		}{
			{"type", []string{"a", "b", "backspace", "c", "backspace", "backspace"}},
			{"scroll", []string{"pgup", "pgup", "pgup", "pgdown"}},
		} {
			b.Run(fmt.Sprintf("%s-%dx%d", c.name, size[0], size[1]), func(b *testing.B) {
				d := newDriver(b, size[0], size[1], as("ada@example.com"))
				d.m.entered(enteredMsg{id: "long", turns: long(5000, d.clock.t), info: kernelInfo{catalog: d.k.catalog, backend: d.m.backend}})
				d.m.View()
				keys := make([]tea.KeyPressMsg, len(c.keys))
				for i, k := range c.keys {
					keys[i] = keyNamed(k)
				}
				var took []time.Duration
				i := 0
				b.ReportAllocs()
				for b.Loop() {
					start := time.Now()
					d.m.Update(keys[i%len(keys)])
					d.m.View()
					took = append(took, time.Since(start))
					i++
				}
				slices.Sort(took)
				b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
				b.ReportMetric(float64(took[len(took)-1].Microseconds())/1000, "max-ms")
			})
		}
	}
}

// BenchmarkStream is one frame of an answer that grows.
func BenchmarkStream(b *testing.B) {
	d := newDriver(b, 120, 40, as("ada@example.com"))
	e := &entry{turn: orchestrator.Turn{Conversation: d.m.chat.id}, run: &running{id: "r", cancel: func() {}}}
	d.m.chat.list.add(e)
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		if i++; i%400 == 0 {
			e.run.text.Reset()
			e.run.closed, e.run.closedLen = nil, 0
		}
		e.run.text.WriteString("and *more* words ")
		if i%20 == 0 {
			e.run.text.WriteString("\n\n")
		}
		d.m.View()
	}
}

// BenchmarkLongInput is a key in the longest text that a paste leaves in the
// input.
func BenchmarkLongInput(b *testing.B) {
	d := newDriver(b, 120, 40, as("ada@example.com"))
	d.send(tea.PasteMsg{Content: strings.Repeat("some words that wrap ", 95)})
	keys := []tea.KeyPressMsg{keyNamed("a"), keyNamed("backspace")}
	i := 0
	b.ReportAllocs()
	for b.Loop() {
		d.m.Update(keys[i%2])
		d.m.View()
		i++
	}
}
