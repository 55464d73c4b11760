package tui

import (
	"strings"
	"testing"

	"banyan/orchestrator"
)

// A word that is typed or pasted onto the board is no order.
func TestBoardTakesNoWords(t *testing.T) {
	for _, word := range []string{"show", "legacy", "mm", "!!", "hhhh", "modern\n", "s\n"} {
		t.Run(word, func(t *testing.T) {
			t.Parallel()
			d := newDriver(t, 80, 24, func(cfg *Config) {
				as("sam@example.com")(cfg)
				migrating(cfg)
				cfg.Migration.(*fakeMigration).status.Faults = []orchestrator.Fault{{Service: "order", Outage: true}}
			})
			d.boarded()
			for _, r := range word {
				if r == '\n' {
					d.send(keyNamed("enter"))
				} else {
					d.send(keyNamed(string(r)))
				}
				d.wait(boardBurst / 3)
			}
			d.until("the end of the hold", func() bool { return !d.m.overlay.screen.(*boardScreen).held.on })
			d.done()
			if got := d.mig.changes(); got != "" {
				t.Errorf("did %q", got)
			}
			d.has("nothing was changed")
		})
	}
}

// What is broken is healed with a second key, and an abort says how to take it back.
func TestBoardHealsAndAborts(t *testing.T) {
	d := newDriver(t, 80, 24, func(cfg *Config) {
		as("sam@example.com")(cfg)
		migrating(cfg)
		cfg.Migration.(*fakeMigration).status.Faults = []orchestrator.Fault{{Service: "order", Outage: true}}
	})
	d.boarded()
	d.press("h")
	d.has("h again, or y", "anything else leaves it")
	d.press("x")
	if got := d.mig.changes(); got != "" {
		t.Errorf("did %q", got)
	}
	d.press("h", "h")
	d.done()
	d.press("!")
	d.done()
	d.has("u takes that back")
	if got := d.mig.changes(); got != "heal by sam@example.com; abort cancel_order by sam@example.com" {
		t.Errorf("did %q", got)
	}
}

// What is said on the board is said whole, however narrow it is.
func TestBoardSaysAllOfIt(t *testing.T) {
	why := "close_account has no modern home yet: no service offers it. Register one that does, and try again."
	for _, size := range sizes {
		d := newDriver(t, size[0], size[1], func(cfg *Config) { as("sam@example.com")(cfg); migrating(cfg) })
		d.boarded()
		d.mig.err = orchestrator.Errorf("x", "%s", why)
		d.press("!")
		d.done()
		if flat := strings.Join(strings.Fields(d.cells()), " "); !strings.Contains(flat, why) {
			t.Errorf("it is cut at %v:\n%s", size, d.cells())
		}
		d.choose("track_shipment")
		d.press("t")
		d.has("anything else leaves it")
		if flat := strings.Join(strings.Fields(d.cells()), " "); !strings.Contains(flat, "nothing can fall back on it") {
			t.Errorf("the question is cut at %v:\n%s", size, d.cells())
		}
		d.press("esc", "?")
		d.has("compared")
		d = newDriver(t, size[0], size[1], func(cfg *Config) { as("ada@example.com")(cfg); migrating(cfg) })
		d.boarded()
		d.has(onlyStaff)
	}
}

// Few calls are a sliver of the bar, and the numbers of comparisons add up.
func TestBoardFiguresAreTrue(t *testing.T) {
	m := (&linear{cfg: Config{}.withDefaults()}).screenless(orchestrator.MigrationStatus{})
	m.signs = newSigns(false)
	side := func(n int) *orchestrator.SideStatus { return &orchestrator.SideStatus{Recent: n} }
	for _, c := range []struct {
		legacy, modern int
		whole          int
	}{{60, 1, 0}, {1, 60, 9}, {5, 5, 5}, {0, 3, 10}, {3, 0, 0}} {
		if got := strings.Count(m.bar(orchestrator.IntentStatus{Legacy: side(c.legacy), Modern: side(c.modern)}), "◆"); got != c.whole {
			t.Errorf("%d and %d calls are %d cells of ten", c.legacy, c.modern, got)
		}
	}
	got := strings.Join(m.intentDetail(orchestrator.IntentStatus{Shadow: orchestrator.ShadowStatus{Compared: 1, Inconclusive: 1}}, 200), "\n")
	if !strings.Contains(got, "2 compared: 0 the same, 1 differs, 1 says nothing") {
		t.Errorf("it says %s", got)
	}
}

// Customers are told how often which field differed, and nothing of what others asked
// for and were answered.
func TestBoardTellsCustomersCountsAlone(t *testing.T) {
	for _, size := range sizes {
		d := newDriver(t, size[0], size[1], func(cfg *Config) { as("ada@example.com")(cfg); migrating(cfg) })
		d.typed("/migration differences track_shipment")
		d.press("enter")
		d.settle()
		d.has("differs: due, events[*].place")
		for range 3 {
			d.hasNot("2026-11-2", "Oslo", "1002", "too long")
			d.press("enter")
			d.settle()
		}
		d.press("esc", "esc", "esc")
		d.typed("/migration why track_shipment ben@example.com")
		d.press("enter")
		d.settle()
		d.has("You are told where your own")
		d.hasNot("goes to modern")
	}
}
