package chaos

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"banyan/orchestrator"
)

// maxLatency is the longest that a call is held up.
const maxLatency = 10 * time.Minute

// check says what is wrong with a fault by itself.
func check(f orchestrator.Fault) error {
	switch {
	case f.Service == "":
		return invalid("Say which service is to be broken.")
	case !(f.ErrorRate >= 0 && f.ErrorRate <= 1): // not a number as well
		return invalid("The share of calls that fail lies between 0 and 100 %%, so it cannot be %.4g %%.", 100*f.ErrorRate)
	case f.Latency < 0 || f.Latency > maxLatency:
		return invalid("A call can be made slower by up to %s, not by %s.", maxLatency, f.Latency)
	case f.Bug != "" && bugNamed(f.Bug) == nil:
		return invalid("There is no bug named %q. The bugs are %s.", f.Bug, strings.Join(bugNames(), ", "))
	case f.Lost && f.Outage:
		return invalid("In an outage no call reaches the service, so no answer can be lost. Choose one of them.")
	case f.Lost && f.ErrorRate == 0:
		return invalid("Lost answers need a share of calls that fail, such as 0.2.")
	case f.ErrorRate == 0 && !f.Outage && f.Latency == 0 && f.Bug == "":
		return invalid("This fault would do nothing. Give it a share of calls that fail, an outage, a latency or a bug.")
	}
	return nil
}

func invalid(format string, args ...any) error {
	return orchestrator.Errorf(orchestrator.CodeInvalid, format, args...)
}

// unknown is the error for a service that the board has not met. The caller holds mu.
func (b *Board) unknown(service string) error {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(b.nodes)) {
		if b.nodes[name].known {
			names = append(names, name)
		}
	}
	there := "There are none"
	if len(names) > 0 {
		there = "There are " + strings.Join(names, ", ")
		if len(names) == 1 {
			there = "There is " + names[0]
		}
	}
	return &orchestrator.Error{
		Code:    orchestrator.CodeNotFound,
		Message: fmt.Sprintf("No service is named %q. %s.", service, there),
	}
}
