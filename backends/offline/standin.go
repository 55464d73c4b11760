package offline

import "banyan/orchestrator"

// respond stands in until the renderer is there.
func respond(req orchestrator.RespondRequest, emit func(string)) orchestrator.Reply {
	emit(req.Preface)
	return orchestrator.Reply{Text: req.Preface, Usage: usage()}
}
