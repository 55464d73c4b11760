package tui

import (
	"slices"
	"strings"

	"banyan/orchestrator"
)

// CanGoal is the capability of a backend that plans on after results.
const CanGoal = "goal"

// plansOn tells whether a backend, or one of a chain, can plan on after results.
func plansOn(b orchestrator.BackendInfo) bool {
	return slices.Contains(b.Capabilities, CanGoal) || slices.ContainsFunc(b.Parts, plansOn)
}

// setGoal switches goal mode for this conversation: on, off, or the other way.
func (m *model) setGoal(arg string) {
	on, ok := switched(arg, m.chat.goal)
	if !ok {
		m.status = "Say /goal, /goal on or /goal off."
		return
	}
	m.chat.goal = on
	m.status = goalSaid(m.cfg, m.backend, on)
}

// switched reads what a switch is to be: on, off, or nothing for the other way than
// now.
func switched(arg string, now bool) (on, ok bool) {
	switch strings.ToLower(arg) {
	case "":
		return !now, true
	case "on", "yes":
		return true, true
	case "off", "no":
		return false, true
	}
	return now, false
}

// goalSaid says what goal mode means now.
func goalSaid(cfg Config, b orchestrator.BackendInfo, on bool) string {
	switch {
	case !on:
		return "Goal mode is off: one plan for each message."
	case !plansOn(b):
		return "Goal mode is on, but " + cleanLine(b.Name) + " plans once. See /model."
	}
	var limits []string
	if cfg.GoalRounds > 0 {
		limits = append(limits, count(cfg.GoalRounds, "plan"))
	}
	if cfg.GoalCost > 0 {
		limits = append(limits, money(cfg.GoalCost))
	}
	text := "Goal mode is on"
	if len(limits) > 0 {
		text += ": up to " + strings.Join(limits, " or ") + " a message"
	}
	return text + "."
}
