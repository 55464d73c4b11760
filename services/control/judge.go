package control

import (
	"cmp"
	"context"
	"fmt"

	"banyan/orchestrator"
	"banyan/services"
)

// Outlook is an optional ability of a Migration: it tells beforehand what Promote and
// Abort would do, and fails as they would.
type Outlook interface {
	NextRoute(ctx context.Context, intent string) (orchestrator.Route, error)
	StableRoute(ctx context.Context, intent string) (orchestrator.Route, error)
}

func (s *Service) promote(ctx context.Context, in IntentParams) (RouteResult, error) {
	var next func(orchestrator.IntentStatus) (orchestrator.Route, error)
	if o, ok := s.Migration.(Outlook); ok {
		next = func(orchestrator.IntentStatus) (orchestrator.Route, error) { return o.NextRoute(ctx, in.Intent) }
	}
	return s.change(ctx, in.Intent, "", next, func() (orchestrator.RouteVersion, error) {
		return s.Migration.Promote(ctx, in.Intent, s.actor(ctx))
	})
}

func (s *Service) abort(ctx context.Context, in IntentParams) (RouteResult, error) {
	var back func(orchestrator.IntentStatus) (orchestrator.Route, error)
	if o, ok := s.Migration.(Outlook); ok {
		back = func(orchestrator.IntentStatus) (orchestrator.Route, error) { return o.StableRoute(ctx, in.Intent) }
	}
	return s.change(ctx, in.Intent, "", back, func() (orchestrator.RouteVersion, error) {
		return s.Migration.Abort(ctx, in.Intent, s.actor(ctx))
	})
}

func (s *Service) abortAll(ctx context.Context, _ ShowParams) (AbortedAll, error) {
	all, err := s.Migration.Status(ctx)
	if err != nil {
		return AbortedAll{}, err
	}
	out := AbortedAll{}
	var changes []string
	for _, st := range all.Intents {
		r := st.Rollout
		if st.Version.Route.Kind != orchestrator.RouteCanary && (r == nil || r.State != "running" && r.State != "paused") {
			continue
		}
		done, err := s.abort(ctx, IntentParams{Intent: st.Intent})
		if err != nil {
			return out, fmt.Errorf("abort %s: %w", st.Intent, err)
		}
		out.Intents = append(out.Intents, st.Intent)
		changes = append(changes, fmt.Sprintf("%s from %s to %s", st.Intent, done.Before, cmp.Or(done.Route, "its last stable route")))
	}
	if len(out.Intents) == 0 {
		return AbortedAll{}, orchestrator.Errorf(orchestrator.CodeInvalid, "No rollout is under way, so there is nothing to abort.")
	}
	out.Text = orchestrator.JoinAnd(changes)
	return out, nil
}

func (s *Service) pause(ctx context.Context, in IntentParams) (RolloutResult, error) {
	return s.hold(ctx, in.Intent, "paused", s.Migration.Pause)
}

func (s *Service) resume(ctx context.Context, in IntentParams) (RolloutResult, error) {
	return s.hold(ctx, in.Intent, "running", s.Migration.Resume)
}

// hold makes a rollout wait or go on.
func (s *Service) hold(ctx context.Context, intent, state string, do func(context.Context, string, orchestrator.Actor) error) (RolloutResult, error) {
	now, err := s.status(ctx, intent)
	if err != nil {
		return RolloutResult{}, err
	}
	route := now.Version.Route.String()
	if r := now.Rollout; r == nil || r.State != "running" && r.State != "paused" {
		return RolloutResult{}, orchestrator.Errorf(orchestrator.CodeInvalid, "No rollout of %s is under way: its route is %s and stays so. Nothing was changed. A canary with a judge, such as canary 10 auto, begins one.", intent, route)
	}
	out := RolloutResult{Intent: intent, Route: route, State: state, Same: now.Rollout.State == state}
	if services.CallFrom(ctx).DryRun || out.Same {
		return out, nil
	}
	return out, do(ctx, intent, s.actor(ctx))
}
