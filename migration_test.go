package main

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"banyan/orchestrator"
)

// TestMigrationCommands plays a move of one intent from other terminals.
func TestMigrationCommands(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	proposed := filepath.Join(dir, "proposed.txt")
	mustWrite(t, proposed, "# what if\ntrack_shipment legacy\ncancel_order canary=1 # nearly\n")
	mustWrite(t, filepath.Join(dir, "bad.txt"), "track_shipment sideways\n")
	for _, tc := range []struct {
		name     string
		args     string
		status   int
		out, err string // parts
	}{
		{"Fresh", "routes", 0, "track_shipment", ""},
		{"Set", "routes set track_shipment shadow", 0, "routed to shadow now; before it was modern", ""},
		{"SetInTwoWords", "routes set track_shipment canary 25", 0, "canary=25", ""},
		{"Explain", "routes explain track_shipment ada@example.com", 0, "canary 25", ""},
		{"Promote", "routes promote track_shipment", 0, "canary=50", ""},
		{"Undo", "routes undo track_shipment", 0, "canary=25", ""},
		{"Abort", "routes abort track_shipment", 0, "routed to shadow", ""},
		{"History", "routes history track_shipment", 0, "abort", ""},
		{"Shadowed", "ask --json --email ada@example.com track order 1002", 0, `"routed":"shadow"`, ""},
		{"NoDifferences", "routes differences track_shipment", 0, "No differences", ""},
		{"Break", "chaos inject shipping --bug off_by_one_date", 0, "have a bug (off by one date)", ""},
		{"Broken", "chaos", 0, "shipping is broken on purpose", ""},
		{"StillRight", "ask --email ada@example.com track order 1002", 0, "1002", ""},
		{"Differences", "routes differences", 0, "estimated_delivery", ""},
		{"CustomersGetCounts", "routes differences --email cleo@example.com", 0, "1 × track_shipment: value in", ""},
		{"CustomersGetCountsInJSON", "routes differences --json --email cleo@example.com", 0, `"count":1`, ""},
		{"StaffGetAll", "routes differences --email pat@example.com", 0, "for ada@example.com", ""},
		{"CustomersHearOfThemselves", "routes explain track_shipment --email cleo@example.com", 0, "track_shipment", ""},
		{"CustomersHearOfNobodyElse", "routes explain track_shipment ada@example.com --email cleo@example.com", 1, "", "own calls"},
		{"StaffHearOfOthers", "routes explain track_shipment ada@example.com --email pat@example.com", 0, "track_shipment", ""},
		{"Heal", "chaos heal", 0, "All services work again", ""},
		{"Counted", "routes --json", 0, `"compared":2`, ""},
		{"Back", "routes set track_shipment modern", 0, "modern now", ""},
		{"Served", "ask --json --email ada@example.com track order 1002", 0, `"route":"modern"`, ""},
		{"Replay", "replay --routes " + proposed, 0, "modern → legacy", ""},
		{"Report", "report", 0, "# Migration report", ""},
		{"ReportJSON", "report --json", 0, `"intents"`, ""},
		{"Audited", "audit show", 0, "modern → shadow", ""},
		{"CustomersMayLook", "routes --email ada@example.com", 0, "track_shipment", ""},
		{"CustomersMayNotSteer", "routes set track_shipment legacy --email ada@example.com", 1, "", "not steer"},
		{"NorBreak", "chaos inject shipping --outage --email ada@example.com", 1, "", "not steer"},
		{"StaffMay", "routes set track_shipment legacy --email pat@example.com", 0, "legacy now", ""},
		{"BadRoute", "routes set track_shipment sideways", exitUsage, "", "sideways"},
		{"BadShare", "routes set track_shipment canary=0", exitUsage, "", "1 to 100"},
		{"JudgeWithoutCanary", "routes set track_shipment shadow --auto", exitUsage, "", "canaries"},
		{"UnknownIntent", "routes set track_shipmnt shadow", 1, "", "track_shipment"},
		{"NoModernHome", "routes set get_invoice shadow", 1, "", "get_invoice"},
		{"NoFault", "chaos inject shipping", exitUsage, "", "--errors"},
		{"UnknownService", "chaos inject parcels --outage", 1, "", "parcels"},
		{"TooManyErrors", "chaos inject shipping --errors 130", exitUsage, "", "0 to 100 percent"},
		{"NothingToMend", "chaos heal order", 0, "nothing to mend", ""},
		{"ExplainNobody", "routes explain track_shipment nobody@nowhere", 1, "", "Nobody here has the address"},
		{"RetireUnready", "routes set track_shipment retired", exitUnconfirmed, "", "does not call track_shipment ready"},
		{"LongReason", "routes set track_shipment legacy --why " + strings.Repeat("x", 201), exitUsage, "", "200 at the most"},
		{"NoneTried", "replay --most 0 --routes x", exitUsage, "", "at least 1"},
		{"UnknownBug", "chaos inject shipping --bug bees", 1, "", "bees"},
		{"BadProposal", "replay --routes " + filepath.Join(dir, "bad.txt"), exitUsage, "", "line 1"},
		{"NoProposal", "replay --routes " + filepath.Join(dir, "none.txt"), exitUsage, "", "cannot be read"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := banyan(t, dir, "", strings.Fields(tc.args)...)
			if strings.Contains(tc.args, "--email cleo@") && strings.ContainsAny(got.out, "@") {
				t.Errorf("it tells a customer of somebody: %s", got.out)
			}
			if strings.Contains(tc.args, "differences") && strings.Contains(tc.args, "--email cleo@") && (strings.Contains(got.out, "1002") || strings.Contains(got.out, "2026")) {
				t.Errorf("it tells a customer what others were answered: %s", got.out)
			}
			if got.status != tc.status || !strings.Contains(got.out, tc.out) || !strings.Contains(got.err, tc.err) {
				t.Errorf("status %d\nout: %s\nerr: %s", got.status, got.out, got.err)
			}
		})
	}
}

// TestReplayChangesNothing compares the shop before and after.
func TestReplayChangesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	proposed := filepath.Join(dir, "proposed.txt")
	mustWrite(t, proposed, "cancel_order legacy\nupdate_phone legacy\n")
	banyan(t, dir, "", "ask", "--yes", "--email", "ada@example.com", "change my phone to +47 400 00 777")
	banyan(t, dir, "", "ask", "--email", "ada@example.com", "cancel order 1003") // asked, and not confirmed
	status := banyan(t, dir, "", "routes").out
	got := banyan(t, dir, "", "replay", "--json", "--routes", proposed)
	if got.status != 0 || !strings.Contains(got.out, `"intent":"update_phone"`) || !strings.Contains(got.out, `"to":"legacy"`) {
		t.Errorf("it says %+v", got)
	}
	if after := banyan(t, dir, "", "routes").out; after != status {
		t.Errorf("the table was\n%s\nand is\n%s", status, after)
	}
	if got := banyan(t, dir, "", "ask", "--email", "ada@example.com", "what is the status of order 1003 and what is my phone number?"); !strings.Contains(got.out, "processing") || !strings.Contains(got.out, "777") {
		t.Errorf("the shop says %s", got.out)
	}
	if _, err := os.Stat(proposed); err != nil {
		t.Error(err)
	}
}

// TestSteeringIsChecked asks the migration itself, as a screen would.
func TestSteeringIsChecked(t *testing.T) {
	t.Parallel()
	a, err := open(t.Context(), &options{Backend: offlineName, Data: t.TempDir(), Latency: "0", LogLevel: "warn", noSync: true}, "test")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	m, ctx := a.migration, t.Context()
	for _, who := range []string{"ada@example.com", "", "nobody@example.com", "the judge"} {
		by := orchestrator.Actor{Email: who}
		for name, do := range map[string]func() error{
			"set": func() error {
				_, err := m.SetRoute(ctx, orchestrator.RouteChange{Intent: moved, Route: orchestrator.Route{Kind: orchestrator.RouteLegacy}, By: by, Force: true})
				return err
			},
			"promote": func() error { _, err := m.Promote(ctx, moved, by); return err },
			"abort":   func() error { _, err := m.Abort(ctx, moved, by); return err },
			"undo":    func() error { _, err := m.UndoRoute(ctx, moved, by); return err },
			"pause":   func() error { return m.Pause(ctx, moved, by) },
			"resume":  func() error { return m.Resume(ctx, moved, by) },
			"inject": func() error {
				return m.Inject(ctx, orchestrator.Fault{Service: shippingNode, Outage: true}, by)
			},
			"heal": func() error { return m.Heal(ctx, "", by) },
		} {
			var coded *orchestrator.Error
			if err := do(); !errors.As(err, &coded) || coded.Code != orchestrator.CodeDenied {
				t.Errorf("%s by %q: %v", name, who, err)
			}
		}
	}
	st, err := m.Status(ctx)
	if err != nil || len(st.Faults) > 0 {
		t.Errorf("broken are %+v, %v", st.Faults, err)
	}
	for _, in := range st.Intents {
		if in.Version.Version != 0 {
			t.Errorf("%s has got the route %+v", in.Intent, in.Version)
		}
	}
}

// TestFieldNames takes out of a path what may be data.
func TestFieldNames(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"estimated_delivery":             "estimated_delivery",
		"orders[0].total":                "orders[*].total",
		`state["order 1003"].status`:     "state[*].status",
		`state["o\"][x"].status`:         "state[*].status",
		"state.1003.status":              "state.*.status",
		`people["ada@example.com"].name`: "people[*].name",
		"":                               "",
	} {
		if got := fieldNames(path); got != want {
			t.Errorf("%s becomes %s, not %s", path, got, want)
		}
	}
}

// TestWatchersSeeNoAnswers asks the migration as a screen of a customer would.
func TestWatchersSeeNoAnswers(t *testing.T) {
	t.Parallel()
	x := orchestrator.Mismatch{
		ID: "secret", Intent: moved, Who: "secret", Turn: "secret", Args: map[string]any{"secret": "secret"},
		Found:     orchestrator.ShadowRecord{Class: "value", Differences: []orchestrator.Difference{{Path: `state["secret 7"].due`, Class: "value", Primary: "secret", Candidate: "secret"}}},
		Primary:   orchestrator.SideAnswer{Era: orchestrator.Legacy, Result: map[string]any{"secret": 1}, State: map[string]any{"secret": 1}},
		Candidate: orchestrator.SideAnswer{Era: orchestrator.Modern, Error: orchestrator.Errorf("x", "secret")},
	}
	raw, err := json.Marshal(bare(x))
	if err != nil || strings.Contains(string(raw), "secret") || !strings.Contains(string(raw), "state[*].due") {
		t.Errorf("it tells %s, %v", raw, err)
	}
	m := &migration{}
	if _, ok := m.For(orchestrator.User{Email: "pat@example.com", Role: orchestrator.Presenter}).(*migration); !ok {
		t.Error("staff do not see all")
	}
	_, err = m.For(orchestrator.User{Email: "ada@example.com"}).Explain(t.Context(), moved, "ben@example.com")
	var coded *orchestrator.Error
	if !errors.As(err, &coded) || coded.Code != orchestrator.CodeDenied {
		t.Errorf("it explains others: %v", err)
	}
}
