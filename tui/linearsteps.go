package tui

import (
	"context"
	"strings"

	"banyan/orchestrator"
)

// tell says what an event of the running turn e, or one for all, brings that is worth
// a line. said
// holds the IDs of the steps that were said.
func (l *linear) tell(e *entry, ev orchestrator.Event, said map[string]bool) {
	if ev.Kind == orchestrator.EventNotice {
		l.say("banyan: %s", cleanLine(ev.Text))
		return
	}
	if ev.Kind == orchestrator.EventMigration {
		l.say("migration: %s", cleanLine(ev.Text))
		return
	}
	if !e.apply(ev) {
		return
	}
	l.learn(e.turn)
	s := orchestrator.StepRecord{}
	if ev.Step != nil {
		s = *ev.Step
	}
	switch ev.Kind {
	case orchestrator.EventBackend:
		l.say("backend: %s", cleanLine(ev.Text))
	case orchestrator.EventGoalRound:
		if ev.Plan != nil {
			l.say("goal: plan %d begins", ev.Count)
		}
	case orchestrator.EventStepEnded:
		if !said[s.ID] {
			said[s.ID] = true
			l.step(e.turn, s)
		}
	case orchestrator.EventStepRetried:
		why := ""
		if s.Error != nil {
			why = ": " + cleanLine(s.Error.Message)
		}
		l.say("again: %s is tried once more%s", l.called(s), why)
	case orchestrator.EventStepUndone:
		l.say("undone: %s", l.called(s))
	case orchestrator.EventFlagged:
		l.say("attention: %s: a person has to look at this. %s", l.called(s), cleanLine(s.Flag))
	default: // the rest stands in the turn
	}
}

// called is what a step is called in lines about it.
func (l *linear) called(s orchestrator.StepRecord) string {
	return cleanLine(tracer{catalog: l.catalog}.title(s))
}

// step says one step: step 1 of 3: cancel_order, modern, done in 5 ms.
func (l *linear) step(t orchestrator.Turn, s orchestrator.StepRecord) {
	tr := newTree(t)
	n, all := 1, 0
	for _, other := range t.Steps {
		if other.Group {
			continue
		}
		all++
		if other.ID == s.ID {
			n = all
		}
	}
	if c := s.Condition; c != nil && c.Met != nil && s.Each == "" {
		verdict := "met"
		if !*c.Met {
			verdict = "not met"
		}
		l.say("condition: %s: %s", cleanLine(c.Text), verdict)
	}
	if s.Group {
		l.group(tr, s)
		return
	}
	parts := []string{cleanLine(s.Intent)}
	if s.Each != "" {
		parts = append(parts, l.called(s))
	}
	if s.FallbackFrom != "" {
		parts = append(parts, cleanLine(string(s.FallbackFrom))+" failed, answered by "+cleanLine(string(s.Route)))
	} else if s.Route != "" {
		parts = append(parts, cleanLine(string(s.Route)))
	}
	if why := (tracer{}).routed(s); why != "" {
		parts = append(parts, why)
	}
	parts = append(parts, l.fate(tr, s)...)
	if s.Shadow != nil {
		found, _ := verdict(*s.Shadow)
		parts = append(parts, found)
	}
	l.say("step %d of %d: %s", n, max(all, n), strings.Join(parts, ", "))
}

// fate says what became of a step.
func (l *linear) fate(tr tree, s orchestrator.StepRecord) []string {
	var parts []string
	switch s.Status {
	case orchestrator.StepDone:
		parts = append(parts, "done in "+orchestrator.Duration(s.DurationMS))
	case orchestrator.StepDenied:
		parts = append(parts, "not done")
	case orchestrator.StepSkipped, orchestrator.StepFailed, orchestrator.StepUndone, orchestrator.StepWaiting,
		orchestrator.StepPlanned, orchestrator.StepRunning:
		parts = append(parts, string(s.Status))
	}
	if s.Attempts > 1 {
		parts = append(parts, count(s.Attempts, "attempt"))
	}
	if why := tr.why(s); why != "" {
		parts = append(parts, why)
	}
	if s.Error != nil {
		parts = append(parts, cleanLine(s.Error.Message))
	}
	if s.Flag != "" {
		parts = append(parts, "needs a person")
	}
	return parts
}

// group says a step that stands for others: how many of its repetitions are done, or
// that a playbook begins.
func (l *linear) group(tr tree, s orchestrator.StepRecord) {
	switch {
	case s.Error != nil:
		l.say("steps: %s: %s", l.called(s), cleanLine(s.Error.Message))
	case tr.repeated(s.ID):
		l.say("steps: %s: %s", l.called(s), tr.tally(s.ID))
	case s.Status == orchestrator.StepSkipped:
		l.say("playbook: %s, skipped", l.called(s))
	case s.Status == orchestrator.StepDone:
		l.say("playbook: %s", l.called(s))
	}
}

// stands says what is to be known of a turn beside its answer.
func (l *linear) stands(t orchestrator.Turn) {
	for _, s := range unsaid(t) {
		l.say("attention: %s: %s", l.called(s), cleanLine(s.Flag))
	}
	if text := stands(t); text != "" {
		l.say("outcome: %s", text)
	}
	for _, text := range remarks(t) {
		l.say("note: %s", text)
	}
}

// recovered says which turns of the user an earlier process left unfinished, and how
// they stand.
func (l *linear) recovered() {
	turns := recoveredOf(l.kernel, l.user)
	for i, t := range turns {
		l.say("recovered %d of %d: the program ended in the middle of: %s. %s.", i+1, len(turns), aim(t), stood(t))
		for _, s := range flags(t) {
			l.say("attention: %s: %s", l.called(s), cleanLine(s.Flag))
		}
	}
	if len(turns) > 0 {
		l.say("banyan: /recovered %d opens the conversation of the last of them.", len(turns))
	}
}

// openRecovered opens the conversation of a recovered turn by its number.
func (l *linear) openRecovered(ctx context.Context, arg string) error {
	turns := recoveredOf(l.kernel, l.user)
	if len(turns) == 0 {
		l.say("banyan: nothing was left unfinished when the program was last started.")
		return nil
	}
	n, ok := number(arg, len(turns))
	if !ok {
		l.recovered()
		return nil
	}
	return l.enter(ctx, turns[n-1].Conversation)
}

// sources says where the facts of the last answer come from.
func (l *linear) sources(ctx context.Context) {
	turns, err := l.kernel.Turns(ctx, l.user, l.conv, 1)
	if err != nil || len(turns) == 0 {
		l.say("banyan: there is no answer yet whose sources could be said.")
		return
	}
	t, tr := turns[len(turns)-1], newTree(turns[len(turns)-1])
	if len(t.Sources) == 0 {
		l.say("banyan: the last answer has no number, date, address or name that had to be looked up.")
	}
	for _, s := range t.Sources {
		l.say("source: %s: %s", cleanLine(s.Fact), tracer{signs: newSigns(false)}.origin(tr, s))
	}
}

// goal switches goal mode.
func (l *linear) switchGoal(arg string) {
	on, ok := switched(arg, l.goal)
	if !ok {
		l.say("error: say /goal, /goal on or /goal off.")
		return
	}
	l.goal = on
	l.say("banyan: %s", goalSaid(l.cfg, l.kernel.Backend(), on))
}
