package control

import (
	"context"
	"fmt"
	"slices"

	"banyan/orchestrator"
	"banyan/services"
)

// Name is what the service is called.
const Name = "control"

// Options are what the service needs of the others.
type Options struct {
	Migration orchestrator.Migration
	// Intents and Services name what there is at the moment; they are asked whenever the
	// service describes itself.
	Intents, Services func(ctx context.Context) []string
	// Bugs are the wrong answers that a service can be made to give: their names, and
	// what each does in a sentence. Without them no name is known beforehand.
	Bugs []Bug
	// Last returns the last step of the conversation that went to a service; ok is false
	// if there is none.
	Last func(ctx context.Context, conversation string, user orchestrator.User) (rec orchestrator.StepRecord, ok bool)
}

// Bug is a way in which answers can be wrong.
type Bug struct {
	// Name is what a fault calls it, Text tells it in a sentence. Words are other words
	// that people have for it.
	Name, Text string
	Words      []string
}

// Service serves set_route, shadow_route, retire_route, undo_route, promote_route,
// abort_route, abort_all, pause_route, resume_route, show_migration, show_report, show_differences, explain_route, inject_fault
// and heal_service. It is an orchestrator.Service and
// DryRunner, safe for concurrent use.
type Service struct {
	*services.Service
	Options
}

// New returns the service.
func New(o Options) (*Service, error) {
	s := &Service{Options: o}
	var err error
	s.Service, err = services.New(Name, "1.0.0",
		services.Handle(setRoute, s.set),
		services.Handle(shadowRoute, s.shadow),
		services.Handle(retireRoute, s.retire),
		services.Handle(undoRoute, s.undo),
		services.Handle(promoteRoute, s.promote),
		services.Handle(abortRoute, s.abort),
		services.Handle(abortAll, s.abortAll),
		services.Handle(pauseRoute, s.pause),
		services.Handle(resumeRoute, s.resume),
		services.Handle(showMigration, s.show),
		services.Handle(showReport, s.report),
		services.Handle(showDifferences, s.differences),
		services.Handle(explainRoute, s.explain),
		services.Handle(injectFault, s.inject),
		services.Handle(healService, s.heal),
	)
	return s, err
}

// Describe says which intents and services there are to choose from.
func (s *Service) Describe(ctx context.Context) (orchestrator.Description, error) {
	d, err := s.Service.Describe(ctx)
	if err != nil {
		return d, err
	}
	names, nodes := s.Intents(ctx), s.Services(ctx)
	for i, in := range d.Intents {
		if in.Params == nil {
			continue
		}
		p := in.Params.CloneSchemas()
		if field := p.Properties["intent"]; field != nil && len(names) > 0 {
			oneOf(field, names, nil)
		}
		if field := p.Properties["service"]; field != nil && len(nodes) > 0 {
			oneOf(field, nodes, nil)
		}
		if field := p.Properties["bug"]; field != nil && len(s.Bugs) > 0 {
			oneOf(field, bugNames(s.Bugs), bugWords(s.Bugs))
		}
		d.Intents[i].Params = p
	}
	return d, nil
}

func (s *Service) actor(ctx context.Context) orchestrator.Actor {
	return orchestrator.Actor{Email: services.CallFrom(ctx).User.Email, Why: "Asked for in the chat"}
}

func (s *Service) set(ctx context.Context, in RouteParams) (RouteResult, error) {
	route := orchestrator.Route{Kind: orchestrator.RouteKind(in.Route)}
	if in.Route == "" && (in.Percent != 0 || in.Mode != "") {
		route.Kind = orchestrator.RouteCanary
	}
	if route.Kind == orchestrator.RouteModern && in.Percent > 0 && in.Percent < 100 {
		route.Kind = orchestrator.RouteCanary // a share of the users to modern
	}
	switch {
	case route.Kind == "":
		return RouteResult{}, orchestrator.Errorf(orchestrator.CodeInvalid, "It is not said which route %s shall have: legacy, shadow, canary with a share of the users, modern or retired. Nothing was changed.", in.Intent)
	case route.Kind == orchestrator.RouteCanary && in.Percent == 0 && in.Mode == "":
		return RouteResult{}, orchestrator.Errorf(orchestrator.CodeInvalid, "A canary needs a share of the users: say canary 10, for example, or let the judge raise it with canary auto.")
	case route.Kind == orchestrator.RouteCanary:
		route.Percent = max(in.Percent, 1)
		if in.Percent == 0 {
			route.Percent = firstStep
		}
	case in.Percent != 0 && in.Percent != 100:
		return RouteResult{}, orchestrator.Errorf(orchestrator.CodeInvalid, "A share of %d %% is for a canary; %s serves everybody.", in.Percent, route.Kind)
	}
	change := orchestrator.RouteChange{Intent: in.Intent, Route: route, By: s.actor(ctx), Rollout: orchestrator.RolloutMode(in.Mode)}
	return s.change(ctx, in.Intent, in.Mode, func(now orchestrator.IntentStatus) (orchestrator.Route, error) {
		if now.Modern == nil && route.Kind != orchestrator.RouteLegacy {
			return route, orchestrator.Errorf(orchestrator.CodeInvalid, "%s has no modern home yet, so legacy has to serve it. Nothing was changed.", in.Intent)
		}
		if now.Legacy == nil && (route.Kind == orchestrator.RouteLegacy || route.Kind == orchestrator.RouteShadow || route.Kind == orchestrator.RouteCanary) {
			return route, orchestrator.Errorf(orchestrator.CodeInvalid, "%s is offered by the modern side alone, so nothing can be routed. Nothing was changed.", in.Intent)
		}
		return route, nil
	}, func() (orchestrator.RouteVersion, error) { return s.Migration.SetRoute(ctx, change) })
}

func (s *Service) retire(ctx context.Context, in IntentParams) (RouteResult, error) {
	return s.set(ctx, RouteParams{Intent: in.Intent, Route: string(orchestrator.RouteRetired)})
}

func (s *Service) shadow(ctx context.Context, in IntentParams) (RouteResult, error) {
	return s.set(ctx, RouteParams{Intent: in.Intent, Route: string(orchestrator.RouteShadow)})
}

// firstStep is the share of a canary that the judge begins with.
const firstStep = 10

func (s *Service) undo(ctx context.Context, in IntentParams) (RouteResult, error) {
	return s.change(ctx, in.Intent, "", func(now orchestrator.IntentStatus) (orchestrator.Route, error) {
		if now.Version.Version == 0 {
			return orchestrator.Route{}, orchestrator.Errorf(orchestrator.CodeInvalid, "The route of %s has not been changed, so there is nothing to take back.", in.Intent)
		}
		return now.Version.Before, nil
	}, func() (orchestrator.RouteVersion, error) {
		return s.Migration.UndoRoute(ctx, in.Intent, s.actor(ctx))
	})
}

// change does what makes a route another one, or on a dry run tells as far as it can
// what would come of it: after is the route that is expected, nil if that is for the
// controller to decide.
func (s *Service) change(ctx context.Context, intent, mode string, after func(orchestrator.IntentStatus) (orchestrator.Route, error), do func() (orchestrator.RouteVersion, error)) (RouteResult, error) {
	now, err := s.status(ctx, intent)
	if err != nil {
		return RouteResult{}, err
	}
	out := RouteResult{Intent: intent, Before: now.Version.Route.String(), Version: now.Version.Version + 1, Mode: mode}
	if after != nil {
		route, err := after(now)
		if err != nil {
			return RouteResult{}, err
		}
		out.Route = route.String()
		out.Same = out.Route == out.Before && mode == ""
	}
	if services.CallFrom(ctx).DryRun {
		return out, nil
	}
	v, err := do()
	if err != nil {
		return RouteResult{}, err
	}
	if out.Route = v.Route.String(); v.Version >= out.Version {
		out.Before = v.Before.String()
	}
	out.Version, out.Same = v.Version, v.Route.String() == out.Before && mode == ""
	return out, nil
}

func (s *Service) status(ctx context.Context, intent string) (orchestrator.IntentStatus, error) {
	all, err := s.Migration.Status(ctx)
	if err != nil {
		return orchestrator.IntentStatus{}, err
	}
	i := slices.IndexFunc(all.Intents, func(st orchestrator.IntentStatus) bool { return st.Intent == intent })
	if i < 0 {
		return orchestrator.IntentStatus{}, orchestrator.Errorf(orchestrator.CodeNotFound, "There is no intent called %s. \"Show the migration\" lists what there is.", intent)
	}
	return all.Intents[i], nil
}

func (s *Service) show(ctx context.Context, _ ShowParams) (Migration, error) {
	all, err := s.Migration.Status(ctx)
	if err != nil {
		return Migration{}, err
	}
	out := Migration{Modern: all.Modern, Live: all.Live, Total: len(all.Intents), Intents: []Served{}}
	for _, st := range all.Intents {
		if st.Modern == nil || st.Legacy == nil {
			continue
		}
		line := Served{Intent: st.Intent, Route: st.Version.Route.String(), Legacy: st.Legacy.Calls, Modern: st.Modern.Calls}
		if st.Shadow.Compared > 0 {
			line.Match = fmt.Sprintf("%d of %d", st.Shadow.Matched, st.Shadow.Compared)
		}
		out.Intents = append(out.Intents, line)
	}
	for _, f := range all.Faults {
		out.Faults = append(out.Faults, f.Service+": "+InWords(f))
	}
	return out, nil
}
