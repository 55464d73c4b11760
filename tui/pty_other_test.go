//go:build !unix

package tui

import "os"

// keepTyped has nothing to do where there are no pseudo-terminals.
func keepTyped(*os.File) error { return nil }
