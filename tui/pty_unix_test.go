//go:build unix

package tui

import (
	"errors"
	"os"

	"github.com/charmbracelet/x/termios"
)

// keepTyped lets a terminal keep what was typed, and what was written, when Ctrl+C
// comes. It would throw both away after the signal: a line that the child has not
// read yet, or what the child has answered to the signal by then.
func keepTyped(f *os.File) error {
	c, err := f.SyscallConn() // File.Fd would make reads uninterruptible
	if err != nil {
		return err
	}
	failed := c.Control(func(fd uintptr) {
		const speed = 38400
		err = termios.SetTermios(int(fd), speed, speed, nil, nil, nil, nil, map[termios.L]bool{termios.NOFLSH: true})
	})
	return errors.Join(failed, err)
}
