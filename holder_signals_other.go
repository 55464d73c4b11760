//go:build !unix

package main

import "os"

// notifyResize does nothing where the system does not tell.
func notifyResize(chan<- os.Signal) {}
