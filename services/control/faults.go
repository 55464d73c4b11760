package control

import (
	"context"
	"fmt"
	"strings"
	"time"

	"banyan/orchestrator"
	"banyan/services"
)

func (s *Service) inject(ctx context.Context, in FaultParams) (FaultResult, error) {
	f := orchestrator.Fault{Service: in.Service}
	if err := fits(in); err != nil {
		return FaultResult{}, err
	}
	switch in.Kind {
	case "errors":
		f.ErrorRate = float64(in.Percent) / 100
		if in.Percent == 0 {
			f.ErrorRate = usualErrors
		}
	case "latency":
		f.Latency = time.Duration(in.Millis) * time.Millisecond
		if in.Millis == 0 {
			f.Latency = usualLatency
		}
	case "outage":
		f.Outage = true
	case "wrong_answers":
		f.Bug = in.Bug
		if in.Bug == "" {
			f.Bug = usualBug
		}
	}
	out := FaultResult{Service: in.Service, State: InWords(f), Note: s.faultNote(ctx, in)}
	if services.CallFrom(ctx).DryRun {
		return out, nil
	}
	return out, s.Migration.Inject(ctx, f, s.actor(ctx))
}

// What a fault is like if nothing else is said.
const (
	usualErrors  = 0.2
	usualLatency = time.Second
	usualBug     = "off_by_one_date"
)

func (s *Service) heal(ctx context.Context, in HealParams) (FaultResult, error) {
	out := FaultResult{Service: in.Service, State: "works"}
	if services.CallFrom(ctx).DryRun {
		return out, nil
	}
	return out, s.Migration.Heal(ctx, in.Service, s.actor(ctx))
}

// InWords says how a fault breaks a service.
func InWords(f orchestrator.Fault) string {
	var parts []string
	if f.Outage {
		parts = append(parts, "it cannot be reached")
	}
	if f.ErrorRate > 0 {
		how := "fail"
		if f.Lost {
			how = "do their work and then fail"
		}
		parts = append(parts, fmt.Sprintf("%.0f %% of its calls %s", 100*f.ErrorRate, how))
	}
	if f.Latency > 0 {
		parts = append(parts, fmt.Sprintf("every call takes %s longer", f.Latency))
	}
	if f.Bug != "" {
		parts = append(parts, "its answers have a bug ("+strings.ReplaceAll(f.Bug, "_", " ")+")")
	}
	if len(parts) == 0 {
		return "nothing is wrong with it"
	}
	return orchestrator.JoinAnd(parts)
}

// fits refuses what was understood of a wish and cannot be done, rather than leaving it
// out.
func fits(in FaultParams) error {
	wrong := func(text string) error {
		return orchestrator.Errorf(orchestrator.CodeInvalid, "%s Nothing was changed.", text)
	}
	switch {
	case in.Percent != 0 && in.Kind == "latency":
		return wrong(fmt.Sprintf("A service can be made slower by a time, not by %d percent: say by how many milliseconds or seconds every call shall take longer.", in.Percent))
	case in.Percent != 0 && in.Percent != 100 && in.Kind == "outage":
		return wrong(fmt.Sprintf("An outage is whole: a service cannot be down by %d percent. Errors can be for a share of the calls.", in.Percent))
	case in.Percent != 0 && in.Percent != 100 && in.Kind == "wrong_answers":
		return wrong(fmt.Sprintf("Wrong answers are given to every call, not to %d percent of them. Errors can be for a share of the calls.", in.Percent))
	case in.Millis != 0 && in.Kind != "latency":
		return wrong(fmt.Sprintf("A time of %s is for slowness, not for %s.", time.Duration(in.Millis)*time.Millisecond, strings.ReplaceAll(in.Kind, "_", " ")))
	case in.Bug != "" && in.Kind != "wrong_answers":
		return wrong(fmt.Sprintf("The bug %s is for wrong answers, not for %s.", in.Bug, strings.ReplaceAll(in.Kind, "_", " ")))
	}
	return nil
}

// faultNote says what somebody who breaks a service so should know: that it is the
// monolith, and that nothing mends it by itself.
func (s *Service) faultNote(ctx context.Context, in FaultParams) string {
	var notes []string
	if all, err := s.Migration.Status(ctx); err == nil {
		for _, n := range all.Services {
			if n.Service == in.Service && n.Era == orchestrator.Legacy {
				notes = append(notes, "This is the monolith: what it alone serves has nobody else to fall back to.")
			}
		}
	}
	if in.Seconds > 0 {
		notes = append(notes, fmt.Sprintf("It does not end by itself after %s: it stays so until it is healed.", time.Duration(in.Seconds)*time.Second))
	}
	return strings.Join(notes, " ")
}
