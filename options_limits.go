package main

import (
	"fmt"

	"banyan/orchestrator"
)

// limitSettings are the config file's [limits]. What is left out is the program's
// own; -1 is no limit, and nothing else may be below one.
type limitSettings struct {
	StepsPerPlan         int `toml:"steps-per-plan"`
	MessageLength        int `toml:"message-length"`
	CallsPerTurn         int `toml:"calls-per-turn"`
	AnswerLength         int `toml:"answer-length"`
	TurnsPerConversation int `toml:"turns-per-conversation"`
	TurnsPerMinute       int `toml:"turns-per-minute"`
	TurnsAtOnce          int `toml:"turns-at-once"`
	AllTurnsPerMinute    int `toml:"all-turns-per-minute"`
	AllTurnsAtOnce       int `toml:"all-turns-at-once"`
	ChangesPerHour       int `toml:"changes-per-hour"`
}

// The limits that the kernel's Config has for itself.
const (
	stepsPerPlan  = 20
	messageLength = 8000
)

// noLimit is the setting of what is not limited.
const noLimit = -1

// check returns what is wrong with the first setting that cannot be; given tells whether
// a name stands in [limits].
func (s limitSettings) check(given func(name string) bool) error {
	for _, set := range []struct {
		name    string
		value   int
		bounded bool // it cannot be without a limit
	}{
		{"steps-per-plan", s.StepsPerPlan, true},
		{"message-length", s.MessageLength, true},
		{"calls-per-turn", s.CallsPerTurn, false},
		{"answer-length", s.AnswerLength, false},
		{"turns-per-conversation", s.TurnsPerConversation, false},
		{"turns-per-minute", s.TurnsPerMinute, false},
		{"turns-at-once", s.TurnsAtOnce, false},
		{"all-turns-per-minute", s.AllTurnsPerMinute, false},
		{"all-turns-at-once", s.AllTurnsAtOnce, false},
		{"changes-per-hour", s.ChangesPerHour, false},
	} {
		switch {
		case !given(set.name) || set.value > 0:
		case set.bounded:
			return fmt.Errorf("[limits] has %s = %d: it must be above zero", set.name, set.value)
		case set.value != noLimit:
			return fmt.Errorf("[limits] has %s = %d: it must be above zero, or -1 for no limit", set.name, set.value)
		}
	}
	return nil
}

// limits are the limits that hold.
func (s limitSettings) limits() orchestrator.Limits {
	l := orchestrator.ProgramLimits()
	for _, set := range []struct {
		to   *int
		from int
	}{
		{&l.CallsPerTurn, s.CallsPerTurn},
		{&l.AnswerLength, s.AnswerLength},
		{&l.TurnsPerConversation, s.TurnsPerConversation},
		{&l.TurnsPerMinute, s.TurnsPerMinute},
		{&l.TurnsAtOnce, s.TurnsAtOnce},
		{&l.AllTurnsPerMinute, s.AllTurnsPerMinute},
		{&l.AllTurnsAtOnce, s.AllTurnsAtOnce},
		{&l.ChangesPerHour, s.ChangesPerHour},
	} {
		if set.from != 0 {
			*set.to = set.from
		}
	}
	return l
}

// examineLimits lists the limits that hold, and what models may cost.
func examineLimits(o *options) []finding {
	l := o.Harm.limits()
	steps, length := o.Harm.plan()
	cost := func(what string, v float64) string {
		if v == 0 {
			return ""
		}
		return fmt.Sprintf(", %.2f USD a %s", v, what)
	}
	b := o.Budget
	spend := cost("turn", b.Turn) + cost("conversation", b.Conversation) + cost("user and day", b.User) + cost("day", b.Day)
	if spend == "" {
		spend = ", models may cost what they cost"
	}
	return []finding{
		{what: "limits", state: "ok", detail: l.String() + "; the rates of turns are counted by each running program, the changes in the store"},
		{what: "limits", state: "ok", detail: fmt.Sprintf("%d steps in a plan, %d characters in a message%s", steps, length, spend)},
	}
}

// plan returns how many steps a plan and how many characters a message may have.
func (s limitSettings) plan() (steps, message int) {
	steps, message = s.StepsPerPlan, s.MessageLength
	if steps == 0 {
		steps = stepsPerPlan
	}
	if message == 0 {
		message = messageLength
	}
	return steps, message
}

// examineKeys says which keys are set and where, never what they are.
func examineKeys(o *options) []finding {
	var found []finding
	for _, name := range o.keyNames() {
		if _, where := o.secretFrom(name); where != "" {
			found = append(found, finding{what: "key", state: "ok", detail: name + " is set in " + where})
		}
	}
	if len(found) == 0 {
		found = append(found, finding{what: "key", state: "ok", detail: "none is set and none is needed: the offline backend works without"})
	}
	return append(found, examineDotenv(o)...)
}
