//go:build darwin || freebsd

package main

import (
	"net"

	"golang.org/x/sys/unix"
)

// peerUser returns the user of the process at the other end; known is false where
// the system does not tell.
func peerUser(c *net.UnixConn) (uid int, known bool, err error) {
	raw, err := c.SyscallConn()
	if err != nil {
		return 0, false, err
	}
	var cred *unix.Xucred
	var got error
	if err := raw.Control(func(fd uintptr) {
		cred, got = unix.GetsockoptXucred(int(fd), 0, unix.LOCAL_PEERCRED)
	}); err != nil {
		return 0, false, err
	}
	if got != nil {
		return 0, false, got
	}
	return int(cred.Uid), true, nil
}
