package tui

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"banyan/orchestrator"
)

// verb is what a typed order asks for.
type verb int

const (
	verbSteer verb = iota // a change
	verbShow
	verbDifferences
	verbReport
	verbExplain
	verbHistory
)

// order is a typed line about the migration.
type order struct {
	verb     verb
	intent   string
	who      string
	steering steering
}

// steering is one change of the migration.
type steering struct {
	what   string // set, promote, pause, resume, abort, undo, break or heal
	change orchestrator.RouteChange
	fault  orchestrator.Fault
	by     orchestrator.Actor
}

// about names the change, as in "could not …".
func (s steering) about() string {
	switch s.what {
	case "set":
		return "set " + cleanLine(s.change.Intent) + " to " + routeWords(s.change.Route)
	case "break":
		return "break " + cleanLine(s.fault.Service)
	case "heal":
		if s.fault.Service == "" {
			return "heal all services"
		}
		return "heal " + cleanLine(s.fault.Service)
	case "undo":
		return "take back the last change of " + cleanLine(s.change.Intent)
	}
	return s.what + " " + cleanLine(s.change.Intent)
}

// do makes the change and says in a sentence what it did. It may take long.
func (s steering) do(ctx context.Context, mig orchestrator.Migration) (string, error) {
	intent, name := s.change.Intent, cleanLine(s.change.Intent)
	now := func(v orchestrator.RouteVersion, err error) (string, error) {
		if err != nil {
			return "", err
		}
		text := name + " is now at " + routeWords(v.Route)
		if v.Before.Kind != "" && v.Before != v.Route {
			text += ", before it was at " + routeWords(v.Before)
		}
		return text + ".", nil
	}
	switch s.what {
	case "set":
		change := s.change
		change.By = s.by
		text, err := now(mig.SetRoute(ctx, change))
		if err == nil && change.Route.Kind == orchestrator.RouteCanary {
			text += rolloutSaid(change.Rollout)
		}
		return text, err
	case "promote":
		return now(mig.Promote(ctx, intent, s.by))
	case "abort":
		return now(mig.Abort(ctx, intent, s.by))
	case "undo":
		return now(mig.UndoRoute(ctx, intent, s.by))
	case "pause":
		return "The rollout of " + name + " is paused.", mig.Pause(ctx, intent, s.by)
	case "resume":
		return "The rollout of " + name + " goes on.", mig.Resume(ctx, intent, s.by)
	case "break":
		f := s.fault
		f.By = s.by
		return cleanLine(f.Service) + " is broken on purpose: " + faultWords(f) + ".", mig.Inject(ctx, f, s.by)
	case "heal":
		if s.fault.Service == "" {
			return "Everything that was broken on purpose is mended.", mig.Heal(ctx, "", s.by)
		}
		return cleanLine(s.fault.Service) + " is mended.", mig.Heal(ctx, s.fault.Service, s.by)
	}
	return "", fmt.Errorf("there is no %s", s.what)
}

func rolloutSaid(mode orchestrator.RolloutMode) string {
	switch mode {
	case orchestrator.RolloutAuto:
		return " The judge promotes and aborts it."
	case orchestrator.RolloutManual:
		return " The judge advises; you promote."
	}
	return ""
}

// orderHelp says what can be typed behind /migration.
const orderHelp = "say /migration, or /migration set INTENT ROUTE (legacy, shadow, canary=25 [auto or manual], modern, retired), promote, abort, undo, pause, resume, show, why, differences and an INTENT, break SERVICE (errors=30, latency=2s, outage, bug=NAME), heal [SERVICE], report"

// parseOrder reads what stands behind /migration. Whatever stands behind "because" is
// the reason of a change.
func parseOrder(line string) (order, error) {
	line, why, _ := strings.Cut(line, " because ")
	words := strings.Fields(line)
	if len(words) == 0 {
		return order{verb: verbShow}, nil
	}
	name, rest := strings.ToLower(words[0]), words[1:]
	o := order{steering: steering{what: name, by: orchestrator.Actor{Why: strings.TrimSpace(why)}}}
	if len(rest) > 0 {
		o.intent = rest[0]
		o.steering.change.Intent = rest[0]
	}
	switch name {
	case "set", "route":
		o.steering.what = "set"
		return o, o.set(rest)
	case "legacy", "shadow", "canary", "modern", "retired", "retire":
		if len(rest) == 0 {
			return o, errors.New("which intent? " + orderHelp)
		}
		o.steering.what = "set"
		if name == "retire" {
			name = "retired"
		}
		if name == "canary" {
			share := "10"
			if len(rest) > 1 && isNumber(strings.TrimSuffix(rest[1], "%")) {
				share, rest = rest[1], append(rest[:1:1], rest[2:]...)
			}
			name += "=" + share
		}
		return o, o.set(append([]string{rest[0], name}, rest[1:]...))
	case "promote", "abort", "undo", "pause", "resume":
	case "break":
		return o, o.breaks(rest)
	case "heal":
		o.steering.fault.Service = o.intent
		if o.intent == "all" {
			o.steering.fault.Service = ""
		}
		return o, nil
	case "report":
		o.verb = verbReport
		return o, nil
	case "show":
		o.verb = verbShow
		return o, nil
	case "differences", "mismatches":
		o.verb = verbDifferences
	case "why", "explain", "history":
		o.verb = verbExplain
		if name == "history" {
			o.verb = verbHistory
		}
		if len(rest) > 1 {
			o.who = rest[1]
		}
	default:
		return o, fmt.Errorf("there is no %s here: %s", cut(cleanLine(words[0]), 24, ""), orderHelp)
	}
	if o.intent == "" {
		return o, errors.New("which intent? " + orderHelp)
	}
	return o, nil
}

func isNumber(s string) bool { _, err := strconv.Atoi(s); return err == nil }

// set reads INTENT ROUTE and the words behind.
func (o *order) set(words []string) error {
	if len(words) < 2 {
		return errors.New("which intent, and which route? " + orderHelp)
	}
	c := &o.steering.change
	route, rest := words[1], words[2:]
	if strings.EqualFold(route, "canary") && len(rest) > 0 && isNumber(strings.TrimSuffix(rest[0], "%")) {
		route, rest = route+"="+rest[0], rest[1:]
	}
	var err error
	if c.Route, err = orchestrator.ParseRoute(route); err != nil {
		return err
	}
	modes := map[orchestrator.RolloutMode]bool{}
	for _, w := range rest {
		switch strings.TrimLeft(strings.ToLower(w), "-") {
		case "auto":
			modes[orchestrator.RolloutAuto] = true
		case "manual":
			modes[orchestrator.RolloutManual] = true
		case "force":
			c.Force = true
		default:
			return fmt.Errorf("%s is not understood: behind a route stand auto, manual, force or because and a reason", cut(cleanLine(w), 24, ""))
		}
	}
	switch {
	case len(modes) > 1:
		return errors.New("auto and manual exclude each other: say which of them. Nothing was changed")
	case len(modes) > 0 && c.Route.Kind != orchestrator.RouteCanary:
		return fmt.Errorf("auto and manual are for a canary, and this is %s. Nothing was changed", routeWords(c.Route))
	}
	for mode := range modes {
		c.Rollout = mode
	}
	return nil
}

// breaks reads SERVICE and what is to go wrong with it.
func (o *order) breaks(words []string) error {
	if len(words) < 2 {
		return errors.New("which service, and how? For example: /migration break SERVICE errors=30")
	}
	f := &o.steering.fault
	f.Service = words[0]
	for _, w := range words[1:] {
		name, value, _ := strings.Cut(w, "=")
		var err error
		switch strings.TrimLeft(strings.ToLower(name), "-") {
		case "errors", "error_rate":
			var n float64
			if n, err = strconv.ParseFloat(strings.TrimSuffix(value, "%"), 64); err == nil && (n <= 0 || n > 100) {
				err = errors.New("out of range")
			}
			f.ErrorRate = n / 100
		case "latency":
			if f.Latency, err = time.ParseDuration(value); err == nil && f.Latency <= 0 {
				err = errors.New("out of range")
			}
		case "outage":
			f.Outage = true
		case "bug":
			if f.Bug = value; value == "" {
				err = errors.New("no name")
			}
		case "lost":
			f.Lost = true
		case "seed":
			f.Seed, err = strconv.ParseUint(value, 10, 64)
		default:
			err = errors.New("unknown")
		}
		if err != nil {
			return fmt.Errorf("%s is not understood: it is errors=30, latency=2s, outage, bug=NAME, lost or seed=7", cut(cleanLine(w), 24, ""))
		}
	}
	if f.ErrorRate == 0 && !f.Outage && f.Latency == 0 && f.Bug == "" {
		return errors.New("that breaks nothing: say errors=30, latency=2s, outage or bug=NAME as well")
	}
	return nil
}
