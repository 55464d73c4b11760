package main

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"

	"banyan/orchestrator"
)

// socket stands right before the shop's services, beneath the kernel, the router, the
// shadow calls and the faults, and counts what really arrives there. It knows nothing
// of the rules that are to keep calls from it.
type socket struct {
	canaries *canaries
	effects  map[string]orchestrator.Intent // by intent, as the services describe themselves

	mu       sync.Mutex // guards what follows
	expected expected
	taint    string // what every text of a result says that anybody may have written
	calls, dry, finds, writes,
	foreign, unconfirmed, handed int
	unasked int // of changes that need no yes
	tainted int // results into which the taint was put
	served  map[string]int
	found   []string // what must not be
}

// expected is what may arrive while a turn is under way.
type expected struct {
	user     string   // who asks
	subjects []string // whom calls may be about
	yes      []orchestrator.StepRecord
	all      bool // everything was confirmed beforehand
}

// may tells whether calls may be about somebody; "*" is anybody.
func (e expected) may(email string) bool {
	return slices.Contains(e.subjects, email) || slices.Contains(e.subjects, "*")
}

func newSocket(c *canaries) *socket {
	return &socket{canaries: c, effects: map[string]orchestrator.Intent{}, served: map[string]int{}}
}

// before returns the service with the socket in front.
func (k *socket) before(s orchestrator.Service) orchestrator.Service {
	t := &tapped{k, s}
	a := orchestrator.AbilitiesOf(s)
	if a.Finder != nil {
		a.Finder = t
	}
	return orchestrator.WithAbilities(t, a)
}

// expect says what may arrive from here on.
func (k *socket) expect(e expected) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.expected = e
}

// taintWith lets the results of services say a text from here on; empty ends that.
func (k *socket) taintWith(text string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.taint = text
}

// tapped is a service behind the socket.
type tapped struct {
	socket *socket
	orchestrator.Service
}

func (t *tapped) Describe(ctx context.Context) (orchestrator.Description, error) {
	d, err := t.Service.Describe(ctx)
	t.socket.mu.Lock()
	defer t.socket.mu.Unlock()
	for _, in := range d.Intents {
		t.socket.effects[in.Name] = in
	}
	return d, err
}

func (t *tapped) Call(ctx context.Context, call orchestrator.Call) (orchestrator.Result, error) {
	t.socket.arrived(call, false)
	res, err := t.Service.Call(ctx, call)
	return t.socket.left(call, res, err), err
}

// Find implements orchestrator.Finder.
func (t *tapped) Find(ctx context.Context, call orchestrator.Call) (orchestrator.Result, bool, error) {
	t.socket.arrived(call, true)
	res, found, err := t.Service.(orchestrator.Finder).Find(ctx, call)
	return t.socket.left(call, res, err), found, err
}

// arrived counts a call, before the service has said anything about it.
func (k *socket) arrived(call orchestrator.Call, find bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	in, e := k.effects[call.Intent], k.expected
	about, _ := call.Args[in.Subject].(string)
	k.served[call.Intent]++
	switch {
	case find:
		k.finds++
	case call.DryRun:
		k.dry++
	default:
		k.calls++
	}
	if call.User.Email != e.user || in.Subject != "" && (!e.may(call.Subject.Email) || about != call.Subject.Email) {
		k.foreign++
		k.note("a call of %s by %s for %s (%q), expected were %s for %v", call.Intent, call.User.Email, call.Subject.Email, about, e.user, e.subjects)
	}
	if !in.Changes() || call.DryRun || find {
		return
	}
	k.writes++
	switch {
	case !in.NeedsYes():
		k.unasked++
	case !e.all && !confirmedIn(e.yes, call):
		k.unconfirmed++
		k.note("a change that nobody confirmed: %s %v for %s", call.Intent, call.Args, call.Subject.Email)
	}
}

// confirmedIn tells whether a change is one of those that a confirmation showed.
func confirmedIn(shown []orchestrator.StepRecord, call orchestrator.Call) bool {
	return slices.ContainsFunc(shown, func(rec orchestrator.StepRecord) bool {
		args := maps.Clone(call.Args)
		for name, v := range rec.Args {
			if fmt.Sprint(args[name]) != fmt.Sprint(v) {
				return false
			}
		}
		return rec.Intent == call.Intent && (rec.For == "" || rec.For == call.Subject.Email)
	})
}

// left counts what a service gives away, and puts the taint into it.
func (k *socket) left(call orchestrator.Call, res orchestrator.Result, err error) orchestrator.Result {
	k.mu.Lock()
	defer k.mu.Unlock()
	said := fmt.Sprint(res.Data)
	if err != nil {
		said = err.Error()
	}
	if n := k.canaries.leaked(said, k.expected.subjects); n > 0 {
		k.handed += n
		k.note("%s for %s gave away %s", call.Intent, call.Subject.Email, said)
	}
	if k.taint != "" && err == nil {
		data, _ := tainted(res.Data, "", k.taint).(map[string]any)
		if !reflect.DeepEqual(data, res.Data) {
			k.tainted++
		}
		res.Data = data
	}
	return res
}

func (k *socket) note(format string, args ...any) {
	if len(k.found) < 8 {
		k.found = append(k.found, fmt.Sprintf(format, args...))
	}
}

// free are the fields of the shop's results that say what anybody may have written.
var free = map[string]bool{"name": true, "items": true, "carrier": true, "last_event": true, "label": true, "reason": true, "queue": true, "expected_reply": true}

// tainted returns a value in JSON's shape whose free texts say something more.
func tainted(v any, name, text string) any {
	switch t := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(t))
		for key, e := range t {
			out[key] = tainted(e, key, text)
		}
		return out
	case []any:
		out := make([]any, len(t))
		for i, e := range t {
			out[i] = tainted(e, name, text)
		}
		return out
	case string:
		if free[name] {
			return strings.TrimSpace(t + " " + text)
		}
	}
	return v
}
