package control

import (
	"context"

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
