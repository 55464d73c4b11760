package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"

	"banyan/orchestrator"
	"banyan/orchestrator/audit"
	"banyan/tui"
)

// stage is where a demo plays: the shop with its customers, and the scenes in order.
type stage struct {
	app    *app
	rng    *rand.Rand
	orders []customerOrder
	next   int
	scenes []scene
}

// scene is one step of a demo: what happens beside the screen, and what a person does
// and sees.
type scene struct {
	tui.Action
	beside func(ctx context.Context) error
}

// customerOrder is an order of somebody.
type customerOrder struct {
	user  orchestrator.User
	order string
}

// newStage finds out which customers there are. The crowd is the same every time.
func newStage(a *app) *stage {
	return &stage{app: a, rng: rand.New(rand.NewPCG(1, 2))} //nolint:gosec // the same every time
}

// say adds a scene that waits for the person's key.
func (s *stage) say(caption string, edit ...func(*scene)) {
	sc := scene{Action: tui.Action{Caption: caption, Key: true}}
	for _, e := range edit {
		e(&sc)
	}
	s.scenes = append(s.scenes, sc)
}

// typing, pressing, showing and doing fill a scene.
func typing(text string) func(*scene) {
	return func(s *scene) { s.Type, s.Keys = text, []string{"enter"} }
}

func pressing(keys ...string) func(*scene) { return func(s *scene) { s.Keys = keys } }

// ending waits for a turn with such a step.
func ending(is func(orchestrator.StepRecord) bool) func(*scene) {
	return func(s *scene) {
		s.Event = func(ev orchestrator.Event) bool {
			return ev.Kind == orchestrator.EventTurnEnded && ev.Ended != nil && slices.ContainsFunc(ev.Ended.Steps, is)
		}
	}
}

func showing(text string) func(*scene) { return func(s *scene) { s.Screen = text } }

// going makes a scene that goes on by itself.
func going() func(*scene) { return func(s *scene) { s.Key = false } }

// doing adds to what happens beside the screen.
func doing(f func(ctx context.Context) error) func(*scene) {
	return func(s *scene) {
		before := s.beside
		s.beside = func(ctx context.Context) error {
			if before != nil {
				if err := before(ctx); err != nil {
					return err
				}
			}
			return f(ctx)
		}
	}
}

// crowdWorkers is how many customers ask at the same time.
const crowdWorkers = 4

// crowd lets n customers, one after the other in the shop's list, look up a parcel,
// each in a conversation of their own, as long as more says so.
func (s *stage) crowd(n int, more func(ctx context.Context) (bool, error)) func(ctx context.Context) error {
	return func(ctx context.Context) error {
		if err := s.meet(); err != nil {
			return err
		}
		const batch = 20
		for done := 0; done < n; done += batch {
			var wg sync.WaitGroup
			errs := make([]error, crowdWorkers)
			for w := range crowdWorkers {
				for range batch / crowdWorkers {
					who := s.orders[s.next%len(s.orders)]
					s.next++
					wg.Go(func() {
						k := s.app.kernel
						_, err := k.Turn(ctx, orchestrator.Request{Conversation: k.NewConversation(), User: who.user, Message: "track order " + who.order})
						if err != nil {
							errs[w] = err
						}
					})
				}
			}
			wg.Wait()
			for _, err := range errs {
				if err != nil {
					return err
				}
			}
			if more == nil {
				continue
			}
			if on, err := more(ctx); err != nil || !on {
				return err
			}
		}
		return nil
	}
}

// meet lists the customers' orders once, in a shuffled order.
func (s *stage) meet() error {
	if s.orders != nil {
		return nil
	}
	day, err := readFirstDay(s.app.shop.now())
	if err != nil {
		return err
	}
	for _, o := range day.orders {
		u, err := s.app.shop.Directory().Lookup(context.Background(), o.Email)
		if err != nil {
			return fmt.Errorf("look up %s: %w", o.Email, err)
		}
		s.orders = append(s.orders, customerOrder{u, o.ID})
	}
	s.rng.Shuffle(len(s.orders), func(i, j int) { s.orders[i], s.orders[j] = s.orders[j], s.orders[i] })
	return nil
}

// status is the line of the board for the intent that the demo moves.
func (s *stage) status(ctx context.Context) (orchestrator.IntentStatus, error) {
	all, err := s.app.migration.Status(ctx)
	if err != nil {
		return orchestrator.IntentStatus{}, err
	}
	for _, st := range all.Intents {
		if st.Intent == moved {
			return st, nil
		}
	}
	return orchestrator.IntentStatus{}, fmt.Errorf("there is no intent %s", moved)
}

// isSo checks what the scene before has shown.
func (s *stage) isSo(what string, so func(orchestrator.IntentStatus) bool) func(*scene) {
	return doing(func(ctx context.Context) error {
		st, err := s.status(ctx)
		if err != nil {
			return err
		}
		if !so(st) {
			return fmt.Errorf("%s is not so: %s", what, seen(st))
		}
		return nil
	})
}

// seen says how the intent of the demo stands.
func seen(st orchestrator.IntentStatus) string {
	text := fmt.Sprintf("%s is at %s (version %d, %s); %s of legacy and %s of modern failed; %d of %d compared answers are the same", st.Intent, routeInWords(st), st.Version.Version, st.Version.Cause,
		errorsOf(st.Legacy), errorsOf(st.Modern), st.Shadow.Matched, st.Shadow.Compared)
	if st.Rollout != nil && st.Rollout.Why != "" {
		text += ". The judge says: " + st.Rollout.Why
	}
	return text
}

// wholeAudit checks that the audit log of the demo is as it was written.
func (s *stage) wholeAudit() error {
	report, err := audit.Verify(s.app.auditPath(), nil)
	if err == nil && report.Entries == 0 {
		err = errors.New("the audit log is empty")
	}
	return err
}
