package orchestrator

import (
	"fmt"
	"runtime/debug"
)

// Guard is deferred around what reads or writes a file that is mapped into memory:
// `defer Guard(&err)()`. If such a file is damaged or cut short while it is open,
// whoever reads it panics or reaches outside of it; both become an error. It holds
// for the goroutine that defers it.
func Guard(err *error) func() {
	before := debug.SetPanicOnFault(true)
	return func() {
		debug.SetPanicOnFault(before)
		if p := recover(); p != nil {
			*err = fmt.Errorf("a part of the file cannot be read: panic: %v", p)
		}
	}
}
