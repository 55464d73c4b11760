package main

import (
	"fmt"
	"net"
	"os"
	"syscall"
)

// shortFolder returns a name of a folder that is short enough for a socket in it,
// good until done is called.
func shortFolder(folder string) (short string, done func(), err error) {
	if len(folder) <= maxSocketPath {
		return folder, func() {}, nil
	}
	f, err := os.Open(folder) //nolint:gosec // the data folder
	if err != nil {
		return "", nil, err
	}
	return fmt.Sprintf("/proc/self/fd/%d", f.Fd()), func() { _ = f.Close() }, nil
}

// peerUser returns the user of the process at the other end; known is false where
// the system does not tell.
func peerUser(c *net.UnixConn) (uid int, known bool, err error) {
	raw, err := c.SyscallConn()
	if err != nil {
		return 0, false, err
	}
	var cred *syscall.Ucred
	var got error
	if err := raw.Control(func(fd uintptr) {
		cred, got = syscall.GetsockoptUcred(int(fd), syscall.SOL_SOCKET, syscall.SO_PEERCRED)
	}); err != nil {
		return 0, false, err
	}
	if got != nil {
		return 0, false, got
	}
	return int(cred.Uid), true, nil
}
