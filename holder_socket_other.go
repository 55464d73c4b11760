//go:build !linux

package main

import (
	"fmt"
	"net"
)

// shortFolder returns a name of a folder that is short enough for a socket in it,
// good until done is called.
func shortFolder(folder string) (short string, done func(), err error) {
	if len(folder) <= maxSocketPath {
		return folder, func() {}, nil
	}
	return "", nil, fmt.Errorf("the name of the data folder %s is too long for a socket in it; choose a shorter one with --data", folder)
}
