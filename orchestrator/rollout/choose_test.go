package rollout

import (
	"fmt"
	"math"
	"testing"

	"banyan/orchestrator"
)

func TestChoose(t *testing.T) {
	const L, M = orchestrator.Legacy, orchestrator.Modern
	in, out := "", ""
	for i := range 1000 {
		if inCanary("look_up", user(i), 25) {
			in = user(i)
		} else {
			out = user(i)
		}
	}
	tests := []struct {
		route, intent, who  string
		pinned              orchestrator.Era
		first, then, shadow orchestrator.Era
		why                 orchestrator.RouteReason
	}{
		{"", "look_up", in, "", M, L, "", orchestrator.ByRoute},
		{"", "only_old", in, "", L, "", "", orchestrator.ByOnly},
		{"", "only_new", in, "", M, "", "", orchestrator.ByOnly},
		{"legacy", "look_up", in, "", L, "", "", orchestrator.ByRoute},
		{"legacy", "look_up", in, M, L, "", "", orchestrator.ByRoute},
		{"shadow", "look_up", in, "", L, "", M, orchestrator.ByRoute},
		{"shadow", "put_away", in, M, L, "", M, orchestrator.ByRoute},
		{"canary=25", "look_up", in, "", M, L, L, orchestrator.ByCanary},
		{"canary=25", "look_up", out, "", L, "", M, orchestrator.ByCanary},
		{"canary=25", "look_up", in, L, L, "", M, orchestrator.ByTask},
		{"canary=25", "look_up", out, M, M, L, L, orchestrator.ByTask},
		{"canary=25", "look_up", in, M, M, L, L, orchestrator.ByCanary},
		{"canary=100", "put_away", in, "", M, L, "", orchestrator.ByCanary},
		{"modern", "look_up", in, "", M, L, "", orchestrator.ByRoute},
		{"modern", "look_up", in, L, L, "", "", orchestrator.ByTask},
		{"retired", "look_up", in, "", M, "", "", orchestrator.ByRoute},
		{"retired", "look_up", in, L, M, "", "", orchestrator.ByRoute},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprintf("%s %s %s", tt.route, tt.intent, tt.pinned), func(t *testing.T) {
			cat := bothOffer(t)
			c := MustNew(t, Options{}, cat)
			if tt.route != "" {
				MustSet(t, c, tt.intent, tt.route)
			}
			got := ask(c, cat, tt.intent, tt.who, tt.pinned)
			if got.First != tt.first || got.Then != tt.then || got.Shadow != tt.shadow || got.Why != tt.why {
				t.Errorf("got %+v, want %s then %s, shadow %s, by %s", got, tt.first, tt.then, tt.shadow, tt.why)
			}
			if tt.route != "" && got.Route.String() != tt.route {
				t.Errorf("the route is said to be %s", got.Route)
			}
		})
	}
}

// TestRetiredServices shows what a route leads to when a side has left.
func TestRetiredServices(t *testing.T) {
	cat := bothOffer(t)
	c := MustNew(t, Options{}, cat)
	MustSet(t, c, "look_up", "retired")
	alone := MustCatalog(t, offered("old", orchestrator.Legacy, "1", read("look_up")))
	c.Learn(alone)
	if got := ask(c, alone, "look_up", "a@b.c", ""); got.First != "" || got.Route.Kind != orchestrator.RouteRetired {
		t.Errorf("legacy is retired and modern has left, but %+v", got)
	}
	MustSet(t, c, "look_up", "legacy")
	if got := ask(c, alone, "look_up", "a@b.c", ""); got.First != orchestrator.Legacy {
		t.Errorf("legacy was called back, but %+v", got)
	}
}

func TestCanarySplit(t *testing.T) {
	const users = 100_000
	for _, intent := range []string{"look_up", "cancel_order", "x"} {
		before := make([]bool, users)
		for _, n := range []int{1, 2, 5, 10, 25, 33, 50, 75, 90, 99, 100} {
			in := 0
			for i := range users {
				now := inCanary(intent, user(i), n)
				if before[i] && !now {
					t.Fatalf("%s is out of %s at %d %%, and was in before", user(i), intent, n)
				}
				before[i] = now
				if now {
					in++
				}
			}
			if share := 100 * float64(in) / users; math.Abs(share-float64(n)) > 1 {
				t.Errorf("%s: %.2f %% of the users are in a canary of %d %%", intent, share, n)
			}
		}
	}
}

// TestSticky asks again and again, in other letters and by other controllers.
func TestSticky(t *testing.T) {
	cat := bothOffer(t)
	one, other := MustNew(t, Options{Seed: 1}, cat), MustNew(t, Options{Seed: 2}, cat)
	MustSet(t, one, "look_up", "canary=37")
	MustSet(t, other, "look_up", "canary=37")
	for i := range 20_000 {
		who := user(i)
		first := ask(one, cat, "look_up", who, "").First
		for _, again := range []orchestrator.Choice{ask(one, cat, "look_up", who, ""), ask(other, cat, "look_up", who, ""), ask(one, cat, "look_up", "USER"+who[4:], "")} {
			if again.First != first {
				t.Fatalf("%s was served by %s and then by %s", who, first, again.First)
			}
		}
	}
}

func TestChooseAllocatesNothing(t *testing.T) {
	cat := bothOffer(t)
	c := MustNew(t, Options{}, cat)
	for _, route := range []string{"legacy", "shadow", "canary=25", "modern", "retired"} {
		MustSet(t, c, "look_up", route)
		q := orchestrator.RouteAsk{Entry: cat.Intent("look_up"), Who: "Ada@example.com"}
		if n := testing.AllocsPerRun(1000, func() { c.Choose(q) }); n != 0 {
			t.Errorf("%s: a choice allocates %v times", route, n)
		}
	}
}

func BenchmarkChoose(b *testing.B) {
	cat := bothOffer(b)
	c := MustNew(b, Options{}, cat)
	for _, route := range []string{"legacy", "shadow", "canary=25", "modern"} {
		b.Run(route, func(b *testing.B) {
			MustSet(b, c, "look_up", route)
			q := orchestrator.RouteAsk{Entry: cat.Intent("look_up"), Who: "ada@example.com"}
			b.ReportAllocs()
			for b.Loop() {
				c.Choose(q)
			}
		})
	}
}
