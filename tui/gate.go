package tui

import "banyan/orchestrator"

// clean is the gate for text of several lines, cleanLine for text that must stay
// on one. Every text that a service, a model, a user or the store gave goes
// through one of them before it is measured, wrapped, styled or drawn.
func clean(s string) string     { return orchestrator.Printable(s) }
func cleanLine(s string) string { return orchestrator.PrintableLine(s) }
