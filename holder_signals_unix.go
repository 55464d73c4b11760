//go:build unix

package main

import (
	"os"
	"os/signal"
	"syscall"
)

// notifyResize tells c whenever the terminal gets another size.
func notifyResize(c chan<- os.Signal) { signal.Notify(c, syscall.SIGWINCH) }
