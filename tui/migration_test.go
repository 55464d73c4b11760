package tui

import (
	"errors"
	"strings"
	"testing"
	"time"

	"banyan/orchestrator"
)

// routedTurn is a step as a router sends it.
func routedStep(intent, route string, why orchestrator.RouteReason, era orchestrator.Era) *orchestrator.StepRecord {
	r, err := orchestrator.ParseRoute(route)
	if err != nil {
		panic(err)
	}
	return &orchestrator.StepRecord{
		ID: intent, Intent: intent, Status: orchestrator.StepDone, Route: era, Service: "order", Version: "1.0.0", DurationMS: 4, Routed: &r, Why: why,
	}
}

// traffic lets calls of other conversations be routed.
func (d *driver) traffic() {
	d.t.Helper()
	differs := &orchestrator.ShadowRecord{Class: "value", Differences: []orchestrator.Difference{{Path: "due", Class: "value"}}}
	canary := routedStep("cancel_order", "canary=25", orchestrator.ByCanary, orchestrator.Modern)
	shadowed := routedStep("track_shipment", "shadow", orchestrator.ByRoute, orchestrator.Legacy)
	fell := routedStep("list_orders", "modern", orchestrator.ByRoute, orchestrator.Legacy)
	fell.FallbackFrom = orchestrator.Modern
	for i, s := range []*orchestrator.StepRecord{canary, shadowed, fell} {
		d.k.publish(orchestrator.Event{Kind: orchestrator.EventStepEnded, Conversation: "other", Turn: "t" + grouped(i), Step: s})
	}
	found := *shadowed
	found.Shadow = differs
	d.k.publish(orchestrator.Event{Kind: orchestrator.EventShadow, Conversation: "other", Turn: "t1", Step: &found})
	d.until("the calls", func() bool {
		f := d.m.migrating.feed.calls
		return len(f) == 3 && f[1].rec.Shadow != nil
	})
}

var boardScenes = []scene{
	{"board", "sam@example.com", func(d *driver) { d.traffic(); d.boarded() }},
	{"board-customer", "ada@example.com", func(d *driver) { d.boarded() }},
	{"board-none", "sam@example.com", func(d *driver) { d.press("ctrl+g") }},
	{"board-empty", "sam@example.com", func(d *driver) {
		d.mig.status = orchestrator.MigrationStatus{}
		d.boarded()
	}},
	{"board-unread", "sam@example.com", func(d *driver) {
		d.mig.broken = errors.New("the store is gone")
		d.m.migrating = board{source: d.mig}
		d.press("ctrl+g")
		d.until("the failure", func() bool { return d.m.migrating.err != nil })
	}},
	{"board-contract", "sam@example.com", func(d *driver) { d.boarded(); d.choose("request_return") }},
	{"board-force", "sam@example.com", func(d *driver) { d.boarded(); d.choose("request_return"); d.press("m") }},
	{"board-retire", "sam@example.com", func(d *driver) { d.boarded(); d.choose("track_shipment"); d.press("t") }},
	{"board-canary", "sam@example.com", func(d *driver) { d.boarded(); d.press("c") }},
	{"board-break", "sam@example.com", func(d *driver) { d.boarded(); d.press("b", "down"); d.press("right") }},
	{"board-broken", "sam@example.com", func(d *driver) {
		d.boarded()
		d.press("b", "enter")
		d.done()
		d.until("the fault", func() bool { return len(d.m.migrating.status.Faults) > 0 })
	}},
	{"board-broken-chat", "sam@example.com", func(d *driver) {
		d.mig.status.Faults = []orchestrator.Fault{{Service: "shipping", ErrorRate: 0.3}}
		d.mig.status.Services[2].Breaker = "open"
		d.k.publish(orchestrator.Event{Kind: orchestrator.EventMigration, Text: "shipping is broken on purpose: 30 % errors."})
		d.until("the fault", func() bool { return len(d.m.migrating.status.Faults) > 0 })
		d.say("show my orders")
	}},
	{"board-refused", "sam@example.com", func(d *driver) {
		d.boarded()
		d.mig.err = orchestrator.Errorf("x", "The rollout is being aborted. Wait for that, and try again.")
		d.press("p", "p")
		d.done()
	}},
	{"board-differences", "sam@example.com", func(d *driver) { d.boarded(); d.choose("track_shipment"); d.press("enter"); d.settle() }},
	{"board-difference", "sam@example.com", func(d *driver) {
		d.boarded()
		d.choose("track_shipment")
		d.press("enter")
		d.settle()
		d.press("enter")
	}},
	{"board-differences-none", "sam@example.com", func(d *driver) { d.boarded(); d.press("enter"); d.settle() }},
	{"board-report", "sam@example.com", func(d *driver) { d.boarded(); d.press("r"); d.settle() }},
	{"board-why", "sam@example.com", func(d *driver) { d.boarded(); d.press("w"); d.settle() }},
}

// choose moves the mark to an intent.
func (d *driver) choose(intent string) {
	d.t.Helper()
	s := d.m.overlay.screen.(*boardScreen)
	d.press("home")
	for range d.m.migrating.status.Intents {
		if i, ok := s.chosen(d.m); ok && i.Intent == intent {
			return
		}
		d.press("down")
	}
	d.t.Fatalf("there is no %s on the board", intent)
}

// Every key does one thing, says what it did, and says what went wrong.
func TestBoardKeys(t *testing.T) {
	for _, c := range []struct {
		name, intent string
		keys         []string
		did          string
	}{
		{"shadow", "get_loyalty_points", []string{"s"}, "set get_loyalty_points shadow by sam@example.com"},
		{"modern", "track_shipment", []string{"m", "m"}, "set track_shipment modern by sam@example.com"},
		{"legacy", "track_shipment", []string{"l"}, "set track_shipment legacy by sam@example.com"},
		{"canary as it is offered", "track_shipment", []string{"c", "enter"}, "set track_shipment canary=10 auto by sam@example.com"},
		{"canary typed", "track_shipment", []string{"c", "3", "5", "enter"}, "set track_shipment canary=35 auto by sam@example.com"},
		{"canary by hand", "track_shipment", []string{"c", "2", "down", "right", "enter"}, "set track_shipment canary=2 manual by sam@example.com"},
		{"canary from the choices", "track_shipment", []string{"c", "right", "enter"}, "set track_shipment canary=25 auto by sam@example.com"},
		{"canary that is no share", "track_shipment", []string{"c", "0", "enter"}, ""},
		{"canary left", "track_shipment", []string{"c", "esc"}, ""},
		{"modern with yes", "track_shipment", []string{"m", "y"}, "set track_shipment modern by sam@example.com"},
		{"modern once", "track_shipment", []string{"m"}, ""},
		{"modern and something else", "track_shipment", []string{"m", "o"}, ""},
		{"a word letter by letter", "cancel_order", []string{"l", "e", "g", "a", "c", "esc"}, ""},
		{"shadow takes users back", "cancel_order", []string{"s"}, ""},
		{"promote once", "cancel_order", []string{"p"}, ""},
		{"promote", "cancel_order", []string{"p", "p"}, "promote cancel_order by sam@example.com"},
		{"abort", "cancel_order", []string{"!"}, "abort cancel_order by sam@example.com"},
		{"undo", "cancel_order", []string{"u", "y"}, "undo cancel_order by sam@example.com"},
		{"pause", "cancel_order", []string{" "}, "pause cancel_order by sam@example.com"},
		{"break with errors", "cancel_order", []string{"b", "enter"}, "break order 30 % errors by sam@example.com"},
		{"break another service", "cancel_order", []string{"b", "right", "enter"}, "break shipping 30 % errors by sam@example.com"},
		{"break slowly", "cancel_order", []string{"b", "down", "right", "down", "3", "0", "0", "enter"}, "break order 0.3 s slower by sam@example.com"},
		{"break wholly", "cancel_order", []string{"b", "down", "right", "right", "enter"}, "break order outage by sam@example.com"},
		{"break with a bug", "cancel_order", []string{"b", "down", "right", "right", "right", "enter"}, "break order wrong answers (off_by_one_date) by sam@example.com"},
		{"heal what is whole", "cancel_order", []string{"h"}, ""},
		{"contract in the way", "request_return", []string{"m"}, ""},
		{"contract in the way, any key", "request_return", []string{"m", "y"}, ""},
		{"contract overridden", "request_return", []string{"m", "F"}, "set request_return modern force by sam@example.com"},
		{"canary over the contract", "request_return", []string{"c", "enter", "F"}, "set request_return canary=10 auto force by sam@example.com"},
		{"retired once", "list_orders", []string{"t", "y"}, ""},
		{"retired with one key twice", "list_orders", []string{"t", "y", "y"}, ""},
		{"retired twice", "list_orders", []string{"t", "y", "R"}, "set list_orders retired by sam@example.com"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := newDriver(t, 120, 40, func(cfg *Config) { as("sam@example.com")(cfg); migrating(cfg) })
			d.boarded()
			d.choose(c.intent)
			d.press(c.keys...)
			d.done()
			if got := d.mig.changes(); got != c.did {
				t.Errorf("did %q, want %q\n%s", got, c.did, d.cells())
			}
			if c.did != "" {
				d.until("the sentence", func() bool { s := d.m.migrating.said; return s != nil && s.ok })
			}
		})
	}
}

// The form says what a bug does before it is switched on.
func TestBreakFormSaysWhatABugDoes(t *testing.T) {
	d := newDriver(t, 80, 24, func(cfg *Config) {
		as("sam@example.com")(cfg)
		migrating(cfg)
		cfg.Bugs = []Bug{{"late", "Every date is a day late."}, {"swapped", "Two names are swapped."}}
	})
	d.boarded()
	d.press("b", "down", "right", "right", "right")
	d.has("wrongly: Every date is a day late.")
	d.press("down", "right")
	d.has("wrongly: Two names are swapped.")
	d.press("enter")
	d.done()
	if got := d.mig.changes(); got != "break order wrong answers (swapped) by sam@example.com" {
		t.Errorf("did %q", got)
	}
}

// What is refused is said, and nothing else happens.
func TestBoardErrors(t *testing.T) {
	for _, k := range [][]string{{"s", "s"}, {"m", "y"}, {"l", "l"}, {"p", "p"}, {"!"}, {"u", "u"}, {" "}, {"c", "enter"}, {"b", "enter"}, {"t", "y", "R"}} {
		t.Run(strings.Join(k, " "), func(t *testing.T) {
			t.Parallel()
			d := newDriver(t, 120, 40, func(cfg *Config) { as("sam@example.com")(cfg); migrating(cfg) })
			d.boarded()
			d.mig.err = orchestrator.Errorf("x", "The judge says no.")
			d.press(k...)
			d.done()
			d.has("Could not", "The judge says no.")
			if !d.m.boardOpen() {
				t.Error("the board has gone")
			}
		})
	}
}

// Customers watch, and are told so; nothing that they press or type changes anything.
func TestBoardIsReadOnlyForCustomers(t *testing.T) {
	d := newDriver(t, 120, 40, func(cfg *Config) { as("ada@example.com")(cfg); migrating(cfg) })
	d.boarded()
	d.has(onlyStaff)
	d.hasNot("s shadow", "b break")
	for _, k := range []string{"s", "c", "m", "l", "p", "!", "u", " ", "b", "t", "h"} {
		d.press(k)
		d.press("enter", "esc")
		d.settle()
		if !d.m.boardOpen() {
			d.boarded()
		}
	}
	d.press("esc")
	for _, line := range []string{"set cancel_order modern", "abort cancel_order", "break order outage", "heal", "retired list_orders"} {
		d.typed("/migration " + line)
		d.press("enter")
		d.has(onlyStaff)
	}
	if got := d.mig.changes(); got != "" {
		t.Errorf("changed %q", got)
	}
	d = newDriver(t, 120, 40, func(cfg *Config) {
		as("ada@example.com")(cfg)
		migrating(cfg)
		cfg.CanSteer = func(u orchestrator.User) bool { return u.Email == "ada@example.com" }
	})
	d.boarded()
	d.press("s", "s")
	d.done()
	if got := d.mig.changes(); got != "set cancel_order shadow by ada@example.com" {
		t.Errorf("changed %q", got)
	}
}

// The same verbs can be typed in the chat.
func TestMigrationCommands(t *testing.T) {
	for _, c := range []struct{ line, did, said string }{
		{"set cancel_order canary=25", "set cancel_order canary=25 by sam@example.com", "cancel_order is now at canary 25 %"},
		{"set cancel_order canary 30 auto because we trust it", "set cancel_order canary=30 auto by sam@example.com we trust it", "The judge promotes and aborts it."},
		{"canary cancel_order 5% manual", "set cancel_order canary=5 manual by sam@example.com", "you promote"},
		{"modern request_return force", "set request_return modern force by sam@example.com", "request_return is now at modern"},
		{"promote cancel_order", "promote cancel_order by sam@example.com", "is now at modern"},
		{"abort cancel_order", "abort cancel_order by sam@example.com", "is now at legacy"},
		{"pause cancel_order", "pause cancel_order by sam@example.com", "is paused"},
		{"resume cancel_order", "resume cancel_order by sam@example.com", "goes on"},
		{"undo cancel_order", "undo cancel_order by sam@example.com", "is now at shadow"},
		{"break order errors=20 latency=2s", "break order 20 % errors, 2.0 s slower by sam@example.com", "order is broken on purpose"},
		{"break order bug=swapped lost seed=3", "break order wrong answers (swapped), answers get lost by sam@example.com", "swapped"},
		{"heal", "heal by sam@example.com", "mended"},
		{"heal order", "heal order by sam@example.com", "order is mended"},
		{"set cancel_order canary=10 auto manual", "", "exclude each other"},
		{"canary cancel_order 5 --manual --auto", "", "exclude each other"},
		{"set cancel_order modern auto", "", "for a canary"},
		{"set cancel_order canary=200", "", "is no route"},
		{"set cancel_order", "", "which intent, and which route?"},
		{"promote", "", "which intent?"},
		{"break order", "", "how?"},
		{"break order errors=900", "", "errors=900 is not understood"},
		{"break order lost", "", "breaks nothing"},
		{"juggle cancel_order", "", "There is no juggle here"},
	} {
		t.Run(c.line, func(t *testing.T) {
			t.Parallel()
			d := newDriver(t, 120, 40, func(cfg *Config) { as("sam@example.com")(cfg); migrating(cfg) })
			d.typed("/migration " + c.line)
			d.press("enter")
			d.done()
			if got := d.mig.changes(); got != c.did {
				t.Errorf("did %q, want %q", got, c.did)
			}
			if low := strings.ToLower(d.m.status); !strings.Contains(low, strings.ToLower(c.said)) {
				t.Errorf("said %q, want %q", d.m.status, c.said)
			}
		})
	}
	d := newDriver(t, 120, 40, func(cfg *Config) { as("sam@example.com")(cfg); migrating(cfg) })
	d.typed("/migration retired list_orders")
	d.press("enter")
	d.until("the board", d.m.boardOpen)
	d.press("y", "R")
	d.done()
	if got := d.mig.changes(); got != "set list_orders retired by sam@example.com" {
		t.Errorf("retired by command: %q", got)
	}
}

// While the board is open its state is asked for once a second at most, whatever
// happens; when it is closed, only when the migration changes.
func TestBoardAsksOnceASecond(t *testing.T) {
	d := newDriver(t, 120, 40, func(cfg *Config) { as("sam@example.com")(cfg); migrating(cfg) })
	d.boarded()
	asked := func() int {
		d.mig.mu.Lock()
		defer d.mig.mu.Unlock()
		return d.mig.asked
	}
	before := asked()
	for range 50 {
		d.m.Update(eventsMsg{[]orchestrator.Event{{Kind: orchestrator.EventMigration, Text: "x"}}})
	}
	if n := asked(); n != before {
		t.Errorf("asked %d times for 50 events within a second", n-before)
	}
	d.until("the next question", func() bool { return asked() > before })
	d.press("esc")
	d.m.migrating.due = false
	before = asked()
	d.k.publish(orchestrator.Event{Kind: orchestrator.EventStepEnded, Step: routedStep("a", "modern", orchestrator.ByRoute, orchestrator.Modern)})
	d.settle()
	if n := asked(); n != before {
		t.Errorf("asked %d times for a call while the board was closed", n-before)
	}
	d.wait(2 * time.Second)
	d.k.publish(orchestrator.Event{Kind: orchestrator.EventMigration, Text: "cancel_order is at canary 50 %."})
	d.until("the question", func() bool { return asked() > before })
	d.has("cancel_order is at canary 50 %.")
}

// The feed is bounded, and the mark stays with its intent when others go.
func TestBoardStaysSmallAndSteady(t *testing.T) {
	var f feed
	for range 3 * feedMost {
		f.take(orchestrator.Event{Kind: orchestrator.EventStepEnded, Step: routedStep("a", "modern", orchestrator.ByRoute, orchestrator.Modern)})
	}
	if len(f.calls) != feedMost {
		t.Errorf("the feed has %d calls", len(f.calls))
	}
	d := newDriver(t, 80, 24, func(cfg *Config) { as("sam@example.com")(cfg); migrating(cfg) })
	d.boarded()
	d.choose("track_shipment")
	less := d.m.migrating.status
	less.Intents = less.Intents[2:]
	d.m.Update(statusMsg{status: less})
	if i, _ := d.m.overlay.screen.(*boardScreen).chosen(d.m); i.Intent != "track_shipment" {
		t.Errorf("the mark went to %s", i.Intent)
	}
}

// A turn shows by which route each step went, and what the comparison found, also if
// that came after the turn.
func TestTraceTellsTheRoute(t *testing.T) {
	for _, c := range []struct {
		name string
		step func(s *orchestrator.StepRecord)
		want []string
	}{
		{"canary", func(s *orchestrator.StepRecord) {
			s.Routed.Kind, s.Routed.Percent, s.Why = "canary", 25, orchestrator.ByCanary
		}, []string{"canary 25: in that share"}},
		{"breaker", func(s *orchestrator.StepRecord) {
			s.Why, s.FallbackFrom, s.Route = orchestrator.ByBreaker, orchestrator.Modern, orchestrator.Legacy
		}, []string{"breaker of modern open", "left alone"}},
		{"fallback", func(s *orchestrator.StepRecord) { s.FallbackFrom, s.Route = orchestrator.Modern, orchestrator.Legacy }, []string{"fell back from modern"}},
		{"same", func(s *orchestrator.StepRecord) { s.Shadow = &orchestrator.ShadowRecord{Matched: true} }, []string{"◇ compared: the same"}},
		{"differs", func(s *orchestrator.StepRecord) {
			s.Shadow = &orchestrator.ShadowRecord{Differences: []orchestrator.Difference{{Path: "total"}}}
		}, []string{"◇ differs: total"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := routedStep("list_orders", "modern", orchestrator.ByRoute, orchestrator.Modern)
			c.step(s)
			d := newDriver(t, 120, 40, as("ada@example.com"))
			d.m.chat.list.add(&entry{turn: orchestrator.Turn{ID: "t", Conversation: d.m.chat.id, Message: "m", Answer: "a", Steps: []orchestrator.StepRecord{*s}}})
			d.has(c.want...)
			found := *s
			found.Shadow = &orchestrator.ShadowRecord{Differences: []orchestrator.Difference{{Path: "late"}}}
			d.k.publish(orchestrator.Event{Kind: orchestrator.EventShadow, Conversation: d.m.chat.id, Turn: "t", Step: &found})
			d.until("the late verdict", func() bool { return strings.Contains(d.cells(), "◇ differs: late") })
			d.press("tab")
			d.has("◇ 1 differs")
		})
	}
}
