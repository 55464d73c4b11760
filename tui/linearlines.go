package tui

import (
	"bufio"
	"io"

	"github.com/muesli/cancelreader"
)

// readLines hands on the lines of r. done ends the reading and, where r is a
// terminal or a pipe, returns when nothing reads from it any more, so that what
// is typed next is left to others. Any other reader is let go with its next line.
func readLines(r io.Reader) (lines <-chan string, done func()) {
	c, stop, ended := make(chan string), make(chan struct{}), make(chan struct{})
	in, err := cancelreader.NewReader(r)
	if err != nil {
		in = nil // it is no terminal; it is read as it is
	} else {
		r = in
	}
	go func() {
		defer close(ended)
		defer close(c)
		s := bufio.NewScanner(r)
		s.Buffer(make([]byte, 0, 4096), 1<<20)
		for s.Scan() {
			select {
			case c <- s.Text():
			case <-stop:
				return
			}
		}
	}()
	return c, func() {
		close(stop)
		if in != nil && in.Cancel() {
			<-ended
			_ = in.Close() // nothing was written
		}
	}
}
