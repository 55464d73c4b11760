package main

import (
	"fmt"
	"strings"

	"banyan/orchestrator"
)

// tellSent prints what was sent for the conversation and has not been told yet.
func (a *asker) tellSent() {
	if !a.tellsSent {
		return
	}
	for _, s := range a.app.backends.sent.Of(a.user.Email, a.conversation) {
		if s.N <= a.told {
			continue
		}
		a.told = s.N
		_, _ = fmt.Fprintf(a.err, "sent to %s %s at %s, %d bytes:\n", s.Backend, orchestrator.PrintableLine(s.Model), s.Address, s.Bytes)
		for _, m := range s.Messages {
			text := strings.ReplaceAll(orchestrator.Printable(m.Text), "\n", "\n    ")
			_, _ = fmt.Fprintf(a.err, "  %s:\n    %s\n", orchestrator.PrintableLine(m.Role), text)
		}
	}
}
