package control

import (
	"context"
	"fmt"

	"banyan/orchestrator"
	"banyan/services"
)

func (s *Service) explain(ctx context.Context, in ExplainParams) (Explained, error) {
	call := services.CallFrom(ctx)
	who, before := call.User.Email, ""
	if in.Intent == "" {
		rec, ok := s.Last(ctx, call.Conversation, call.User)
		if !ok {
			return Explained{}, orchestrator.Errorf(orchestrator.CodeInvalid, "Nothing in this conversation went to a service yet. Name an intent, such as cancel_order, to hear where it goes.")
		}
		in.Intent, before = rec.Intent, past(rec)
		if rec.For != "" {
			who = rec.For
		}
	}
	if in.Who != "" {
		who, before = in.Who, ""
	}
	e, err := s.Migration.Explain(ctx, in.Intent, who)
	if err != nil {
		return Explained{}, err
	}
	text := e.Text
	if before != "" {
		text = before + " As it stands now: " + text
	}
	return Explained{Intent: in.Intent, Route: e.Route.Route.String(), Serves: string(e.Serves), Text: text}, nil
}

// past says where a step went and why.
func past(rec orchestrator.StepRecord) string {
	text := fmt.Sprintf("%s was served by %s (%s).", rec.Intent, rec.Route, rec.Service)
	route := ""
	if rec.Routed != nil {
		route = rec.Routed.String()
	}
	switch {
	case rec.FallbackFrom != "" && rec.Why == orchestrator.ByBreaker:
		text += fmt.Sprintf(" The circuit breaker of the %s side was open, so it was not asked.", rec.FallbackFrom)
	case rec.FallbackFrom != "":
		text += fmt.Sprintf(" The %s side was asked first and failed, so it fell back.", rec.FallbackFrom)
	case rec.Why == orchestrator.ByTask:
		text += " The task was begun there, so it was finished there."
	case rec.Why == orchestrator.ByCanary:
		text += fmt.Sprintf(" Its route was %s, and %s falls into the share that %s serves.", route, rec.For, rec.Route)
	case rec.Why == orchestrator.ByContract:
		text += " The modern intent does not keep what the legacy one promises, so it was not asked."
	case rec.Why == orchestrator.ByOnly:
		text += " Nobody else offers it."
	case route != "":
		text += fmt.Sprintf(" Its route was %s.", route)
	}
	return text
}
