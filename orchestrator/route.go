package orchestrator

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// RouteKind says which side of the strangler fig serves an intent.
type RouteKind string

// The kinds of route, in the order in which an intent moves.
const (
	RouteLegacy  RouteKind = "legacy"  // legacy serves everybody
	RouteShadow  RouteKind = "shadow"  // legacy serves, modern runs beside it and is compared
	RouteCanary  RouteKind = "canary"  // modern serves a share of the users, legacy the others
	RouteModern  RouteKind = "modern"  // modern serves everybody, legacy is there to fall back on
	RouteRetired RouteKind = "retired" // legacy refuses
)

// Route says who serves one intent. Percent is set for a canary alone: the share of
// the users that modern serves, 1 to 100.
type Route struct {
	Kind    RouteKind
	Percent int
}

// ParseRoute reads what String writes: legacy, shadow, canary=25, modern or retired.
// "canary 25" and a percent sign are understood as well.
func ParseRoute(s string) (Route, error) {
	text := strings.ToLower(strings.TrimSpace(s))
	kind, share, shared := strings.Cut(strings.ReplaceAll(text, " ", "="), "=")
	r := Route{Kind: RouteKind(kind)}
	switch r.Kind {
	case RouteLegacy, RouteShadow, RouteModern, RouteRetired:
		if !shared {
			return r, nil
		}
	case RouteCanary:
		n, err := strconv.Atoi(strings.TrimSuffix(strings.TrimLeft(share, "="), "%"))
		if err == nil && n >= 1 && n <= 100 {
			r.Percent = n
			return r, nil
		}
	}
	return Route{}, fmt.Errorf("%q is no route: it is legacy, shadow, canary=N with N from 1 to 100, modern or retired", s)
}

func (r Route) String() string {
	if r.Kind == RouteCanary {
		return "canary=" + strconv.Itoa(r.Percent)
	}
	return string(r.Kind)
}

// MarshalText and UnmarshalText use the form of String.
func (r Route) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads the form of String; an empty text is the zero Route.
func (r *Route) UnmarshalText(b []byte) (err error) {
	if len(b) == 0 {
		*r = Route{}
		return nil
	}
	*r, err = ParseRoute(string(b))
	return err
}

// Router decides which side serves a call, and hears how calls went. It is handed to
// the kernel by Config; without one modern wins over legacy. Implementations must be
// safe for concurrent use.
type Router interface {
	// Choose decides for one call. It is on the way of every call: it must not block,
	// and it should not allocate.
	Choose(ask RouteAsk) Choice
	// Observe is told how a call went: one that served the user, a shadow call, or one
	// that failed and was answered by the other side. It must not block.
	Observe(s Sample)
	// Learn is told of every new catalog before calls are routed by it.
	Learn(c *Catalog)
}

// RouteAsk is what a route is chosen by.
type RouteAsk struct {
	Entry *Entry
	// Who is the email of the subject of the call, or of the user where there is none:
	// whoever it is stays on the same side of a canary.
	Who string
	// Pinned is the era that an unfinished task of the conversation was begun on;
	// empty if there is none.
	Pinned Era
}

// Choice is who serves a call.
type Choice struct {
	// First serves; Then may answer where First fails, and is empty if nobody may.
	// First is empty if the route lets nobody serve.
	First, Then Era
	// Shadow runs beside it and is compared; empty if nobody does. Noise asks for a
	// second, equal call to First, to see how much two answers of one side differ.
	Shadow Era
	Noise  bool
	// Route is the one that holds for the intent, Why is the reason in a word.
	Route Route
	Why   RouteReason
	// Tripped is the era that would have served if its circuit breaker were closed.
	Tripped Era
}

// RouteReason says why a call went where it went.
type RouteReason string

// The reasons.
const (
	ByOnly     RouteReason = "only"      // nobody else offers the intent
	ByRoute    RouteReason = "route"     // the intent's route
	ByCanary   RouteReason = "canary"    // the route, and the share that the user falls into
	ByTask     RouteReason = "task"      // the task was begun there
	ByBreaker  RouteReason = "breaker"   // the other side's circuit breaker is open
	ByContract RouteReason = "contract"  // the modern intent does not keep what the legacy one promises
	ByDefault  RouteReason = "preferred" // there is no router
)

// Sample is how one call went.
type Sample struct {
	At                       time.Time
	Intent, Service          string
	Era                      Era
	Conversation, Turn, Step string
	Who                      string // as in RouteAsk
	Choice                   Choice
	Duration                 time.Duration
	Err                      *Error // nil if it went well
	Shadow, Noise            bool   // it served nobody
	Changes                  bool   // the intent may change something
}

// ShadowJudge is an ability of a Router that compares what two sides said. Without
// it nothing is shadowed.
type ShadowJudge interface {
	// Stamp is a number that changes when the state that modern services have about a
	// customer is changed from the legacy side; see Pair.
	Stamp(who string) uint64
	// Compare judges a pair and keeps what it finds. It may be called from any goroutine.
	Compare(p Pair) ShadowRecord
}

// Pair is two calls of one intent with the same arguments, of which the first
// answered the user.
type Pair struct {
	At                       time.Time
	Entry                    *Entry
	Args                     map[string]any
	Who                      string
	Conversation, Turn, Step string
	Primary, Candidate       Answer
	// Noise means that both asked the same side.
	Noise bool
	// Moved means that the state changed while the two were under way, so that a
	// difference says nothing.
	Moved bool
}

// Answer is what one side said to a call.
type Answer struct {
	Era      Era
	Service  string
	Result   Result
	Err      *Error
	Duration time.Duration
}

// ShadowRecord is what a comparison found.
type ShadowRecord struct {
	Matched bool `json:"matched"`
	// Inconclusive means that the pair says nothing about the candidate: it was too
	// late, the state moved, or the side that answered failed.
	Inconclusive bool `json:"inconclusive,omitempty"`
	// Class names the kind of difference: value, missing, extra, type, order, error,
	// state, timeout …
	Class string `json:"class,omitempty"`
	// Differences are the fields that differ, at most a few.
	Differences []Difference `json:"differences,omitempty"`
}

// Difference is one field that two answers do not agree on. Path is as in
// orders[0].total; values are as they stand in the results, nil if absent.
type Difference struct {
	Path      string `json:"path"`
	Class     string `json:"class"`
	Primary   any    `json:"primary,omitempty"`
	Candidate any    `json:"candidate,omitempty"`
}

// preferred is the choice without a router: modern before legacy.
func preferred(e *Entry) Choice {
	c := Choice{First: e.Offers[0].Era, Why: ByOnly, Route: Route{Kind: RouteKind(e.Offers[0].Era)}}
	if len(e.Offers) > 1 {
		c.Then, c.Why = e.Offers[1].Era, ByDefault
	}
	return c
}

// Offer returns the offer of that era, or nil.
func (e *Entry) Offer(era Era) *Offer {
	for i := range e.Offers {
		if e.Offers[i].Era == era {
			return &e.Offers[i]
		}
	}
	return nil
}
