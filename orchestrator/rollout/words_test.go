package rollout

import (
	"slices"
	"strings"
	"testing"
	"time"

	"banyan/orchestrator"
)

func TestExplain(t *testing.T) {
	cat, clock := bothOffer(t), newHands()
	c := MustNew(t, Options{Now: clock.now}, cat)
	say := func(who string) orchestrator.Explanation {
		t.Helper()
		x, err := c.Explain(t.Context(), "look_up", who)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	has := func(x orchestrator.Explanation, parts ...string) {
		t.Helper()
		for _, p := range parts {
			if !strings.Contains(x.Text, p) {
				t.Errorf("%q is not in: %s", p, x.Text)
			}
		}
	}
	has(say("ada@example.com"), "Nobody has set a route for look_up, so it is at the default, modern.", "modern serves everybody (new 2)")
	MustSet(t, c, "look_up", "canary=25")
	for i := range 200 {
		who := user(i)
		x := say(who)
		if real := ask(c, cat, "look_up", who, "").First; x.Serves != real || x.Choice.First != real {
			t.Fatalf("%s is said to be served by %s, and is by %s", who, x.Serves, real)
		}
		share := "75 % that legacy serves (old 1)"
		if x.Serves == orchestrator.Modern {
			share = "25 % that modern serves (new 2)"
		}
		has(x, "look_up is at canary 25. "+who+" falls into the "+share, "(bucket ", "The route is version 1, set by ada@example.com on 2026-03-01 12:00. trying.")
	}
	MustSet(t, c, "look_up", "shadow")
	has(say(""), "look_up is at shadow. By that route legacy serves everybody", "The modern service runs beside it and is compared")
	MustSet(t, c, "look_up", "modern")
	calls(c, cat, clock, 10, failure)
	has(say(""), "Legacy serves it for now (old 1), because the modern service keeps failing", "new gets its first calls again in 5 seconds.")
	x, err := c.Explain(t.Context(), "only_old", "")
	if err != nil {
		t.Fatal(err)
	}
	has(x, "Only legacy offers it (old 1).")
}

// TestReport moves an intent all the way, and shows that each missing piece of evidence
// keeps it from being ready.
func TestReport(t *testing.T) {
	cat, clock := bothOffer(t), newHands()
	sync := &orchestrator.SyncStatus{Pending: 3}
	c := MustNew(t, Options{
		Now: clock.now, Sync: func() *orchestrator.SyncStatus { return sync },
		Compare: func(orchestrator.Pair) orchestrator.ShadowRecord { return orchestrator.ShadowRecord{Matched: true} },
		Ready:   ReadyRules{Quiet: time.Hour, Calls: 20, Compared: 10},
	}, cat)
	report := func() (orchestrator.IntentReport, string) {
		t.Helper()
		r, err := c.Report(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(r.Intents, func(r orchestrator.IntentReport) bool { return r.Intent == "look_up" })
		return r.Intents[i], Markdown(r)
	}
	MustSet(t, c, "look_up", "shadow")
	calls(c, cat, clock, 20, nil)
	for range 9 {
		c.Compare(orchestrator.Pair{Entry: cat.Intent("look_up")})
	}
	clock.move(2 * time.Minute)
	missing := func(parts ...string) {
		t.Helper()
		r, text := report()
		if r.Ready || len(r.Why) != len(parts) {
			t.Errorf("ready is %t: %q", r.Ready, r.Why)
		}
		for i, p := range parts {
			if i < len(r.Why) && !strings.Contains(r.Why[i], p) {
				t.Errorf("%q is missing in %q", p, r.Why[i])
			}
			if !strings.Contains(text, p) {
				t.Errorf("%q is missing in\n%s", p, text)
			}
		}
	}
	missing("Its route is shadow", "The last legacy call was 2 minutes ago", "0 calls of modern since then", "9 comparisons with this release", "3 changes of data not applied")
	sync.Pending = 0
	c.Compare(orchestrator.Pair{Entry: cat.Intent("look_up")})
	MustSet(t, c, "look_up", "modern")
	missing("The last legacy call was 2 minutes ago", "0 calls of modern since then")
	clock.move(time.Hour)
	calls(c, cat, clock, 20, nil)
	r, text := report()
	if !r.Ready || !strings.Contains(strings.Join(r.Why, " "), "10 of 10 comparisons were the same (100.0 %)") {
		t.Errorf("it is not ready: %q", r.Why)
	}
	for _, part := range []string{"legacy can be retired for 1.", "| `look_up` | modern | 20 / 20 | 100.0 % of 10 |", "## Legacy can be retired", "- **`look_up`** (modern)", "## Not yet, and why", "legacy is the only one that offers it", "new 2 (modern) gets all its calls."} {
		if !strings.Contains(text, part) {
			t.Errorf("%q is missing in\n%s", part, text)
		}
	}
	t.Run("a fallback is a legacy call", func(t *testing.T) {
		choice := ask(c, cat, "look_up", "ada@example.com", "")
		c.Observe(orchestrator.Sample{At: clock.now(), Intent: "look_up", Era: orchestrator.Legacy, Service: "old", Choice: choice})
		missing("1 call of legacy stood in for modern", "0 calls of modern since then")
	})
	t.Run("a new release has to be compared anew", func(t *testing.T) {
		c.Learn(MustCatalog(t, offered("old", orchestrator.Legacy, "1", read("look_up")), offered("new", orchestrator.Modern, "3", read("look_up"))))
		clock.move(2 * time.Hour)
		calls(c, cat, clock, 20, nil)
		missing("0 comparisons with this release")
	})
}

// TestStatus shows what a board reads.
func TestStatus(t *testing.T) {
	cat, clock := bothOffer(t), newHands()
	c := MustNew(t, Options{Now: clock.now}, cat)
	MustSet(t, c, "put_away", "legacy")
	calls(c, cat, clock, 5, nil)
	clock.move(2 * time.Minute)
	calls(c, cat, clock, 7, nil)
	st, err := c.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, one := range st.Intents {
		names = append(names, one.Intent)
	}
	if strings.Join(names, " ") != "look_up only_new only_old put_away" || st.Modern != 3 || st.Live != 2 {
		t.Errorf("%q, %d have a modern home, %d are live", names, st.Modern, st.Live)
	}
	if len(st.BurnDown) != 2 || st.BurnDown[0].Modern != 5 || st.BurnDown[1].Modern != 7 || st.BurnDown[1].Legacy != 0 {
		t.Errorf("the burn-down is %+v", st.BurnDown)
	}
	one := st.Intents[0]
	if one.Modern.Calls != 12 || one.Modern.P50MS != 1 || one.Modern.P95MS != 1 || one.Modern.Recent != 12 || !one.Modern.Last.Equal(clock.now()) || one.Legacy.Calls != 0 {
		t.Errorf("modern is %+v, legacy %+v", one.Modern, one.Legacy)
	}
	t.Run("without what is outside of the migration", func(t *testing.T) {
		c := MustNew(t, Options{Outside: []string{"new"}}, cat)
		if st := c.status(); len(st.Intents) != 3 || len(st.Services) != 2 || st.Modern != 2 {
			t.Errorf("%d intents, %d services, %d have a modern home", len(st.Intents), len(st.Services), st.Modern)
		}
	})
	clock.move(25 * time.Hour)
	if st, err = c.Status(t.Context()); err != nil || st.Intents[0].Modern.Recent != 0 || len(st.BurnDown) != 0 {
		t.Errorf("a day later %+v and %+v, %v", st.Intents[0].Modern, st.BurnDown, err)
	}
}
