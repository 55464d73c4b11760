package main

import (
	"bytes"
	"errors"
	"io"
	"os"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/term"
	"github.com/muesli/cancelreader"
)

// fullScreen is this process's terminal while a chat that another process runs is
// shown on it: every key goes there.
type fullScreen struct {
	before *term.State
	keys   cancelreader.CancelReader
	ended  chan struct{}
	// stuck is closed when Ctrl+C was pressed so often that a chat that still hears
	// would have ended.
	stuck chan struct{}
}

// patience is how many Ctrl+C in a row a chat that does not end is given.
const patience = 5

// enterFullScreen puts the terminal into raw mode and sends what is typed. Leave it
// when done.
func enterFullScreen(w *wire) *fullScreen {
	s := &fullScreen{ended: make(chan struct{}), stuck: make(chan struct{})}
	s.before, _ = term.MakeRaw(os.Stdin.Fd()) // without it keys come line by line
	keys, err := cancelreader.NewReader(os.Stdin)
	if err != nil {
		close(s.ended)
		return s
	}
	s.keys = keys
	go func() {
		defer close(s.ended)
		buf, presses := make([]byte, 4<<10), 0
		for {
			n, err := keys.Read(buf)
			if len(bytes.Trim(buf[:n], "\x03")) > 0 {
				presses = 0
			} else if presses += n; presses >= patience && presses-n < patience {
				close(s.stuck)
			}
			if n > 0 && w.send(frameInput, buf[:n]) != nil {
				return
			}
			if errors.Is(err, io.EOF) {
				_ = w.send(frameEnd, nil) // the end of the connection says the rest
			}
			if err != nil {
				return
			}
		}
	}()
	return s
}

// leave gives the terminal back as it was. A screen that was torn off in the
// middle has left modes switched on that it would have switched off.
func (s *fullScreen) leave(torn bool) {
	if s.keys != nil && s.keys.Cancel() {
		<-s.ended
		_ = s.keys.Close() // nothing was written
	}
	if torn {
		_, _ = io.WriteString(os.Stdout, ansi.ResetModeSynchronizedOutput+ansi.KittyKeyboard(0, 1)+ansi.ResetModifyOtherKeys+
			ansi.ResetModeMouseNormal+ansi.ResetModeMouseButtonEvent+ansi.ResetModeMouseAnyEvent+ansi.ResetModeMouseExtSgr+
			ansi.ResetModeFocusEvent+ansi.ResetModeBracketedPaste+ansi.ResetModeUnicodeCore+ansi.ResetStyle+
			ansi.ResetModeAltScreenSaveCursor+ansi.SetModeTextCursorEnable)
	}
	if s.before != nil {
		_ = term.Restore(os.Stdin.Fd(), s.before) // there is no other way to try
	}
}
