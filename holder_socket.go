package main

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
)

// socketName is the socket's name in the folder of the store.
const socketName = "banyan.sock"

// errForeign says that a socket is not ours.
var errForeign = errors.New("it belongs to somebody else")

// listenIn opens the socket in a folder, for this user alone. It replaces one that
// a dead process left, so it is called only by who has won the store's lock.
func listenIn(folder string) (net.Listener, error) {
	short, done, err := shortFolder(folder)
	if err != nil {
		return nil, err
	}
	defer done()
	// It gets its name only when its mode is right.
	fresh := fmt.Sprintf(".banyan-%d.sock", os.Getpid())
	_ = os.Remove(filepath.Join(folder, fresh)) // of a dead process with this number
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: filepath.Join(short, fresh), Net: "unix"})
	if err != nil {
		return nil, fmt.Errorf("open the socket for other processes: %w", err)
	}
	l.SetUnlinkOnClose(false)
	err = os.Chmod(filepath.Join(folder, fresh), 0o600)
	if err == nil {
		err = os.Rename(filepath.Join(folder, fresh), filepath.Join(folder, socketName))
	}
	if err != nil {
		_ = l.Close() // the first error is the one that matters
		_ = os.Remove(filepath.Join(folder, fresh))
		return nil, fmt.Errorf("open the socket for other processes: %w", err)
	}
	return l, nil
}

// dialIn connects to the socket in a folder. The error is fs.ErrNotExist or a
// refused connection if nobody listens, and errForeign if the one who does is
// another user.
func dialIn(folder string) (net.Conn, error) {
	// Most often there is none, and that is found out fastest so.
	if _, err := os.Lstat(filepath.Join(folder, socketName)); err != nil {
		return nil, fs.ErrNotExist
	}
	short, done, err := shortFolder(folder)
	if err != nil {
		return nil, err
	}
	defer done()
	c, err := net.DialUnix("unix", nil, &net.UnixAddr{Name: filepath.Join(short, socketName), Net: "unix"})
	if err != nil {
		return nil, err
	}
	if err := sameUser(c); err != nil {
		_ = c.Close() // nothing was sent
		return nil, err
	}
	return c, nil
}

// sameUser checks that the process at the other end runs as the user of this one.
func sameUser(c *net.UnixConn) error {
	uid, known, err := peerUser(c)
	switch {
	case err != nil:
		return fmt.Errorf("ask who is at the other end of the socket: %w", err)
	case known && uid != os.Getuid():
		return errForeign
	}
	return nil // where it cannot be asked, the mode of the socket and its folder decide
}

// maxSocketPath is how long the name of a socket may be where it is shortest, less
// the names in the folder.
const maxSocketPath = 103 - len("/.banyan-4194304.sock")
