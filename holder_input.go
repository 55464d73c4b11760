package main

import (
	"bufio"
	"errors"
	"io"
	"os"

	"github.com/charmbracelet/x/term"
)

// input is this process's standard input, read in pieces of a line at most, so
// that nothing is lost when a command goes on elsewhere. One goroutine uses it.
type input struct {
	file    *os.File
	r       *bufio.Reader
	pieces  chan piece
	reading bool
	back    []byte // what was read and not used
	ended   error
}

// piece is a line with its end, a part of a very long one, or the error that ends
// the input.
type piece struct {
	text []byte
	err  error
}

func newInput(f *os.File) *input {
	return &input{file: f, r: bufio.NewReaderSize(f, chunk), pieces: make(chan piece, 1)}
}

// next returns where the next piece comes from. What nobody takes there stays for
// the next call.
func (in *input) next() <-chan piece {
	if in.reading {
		return in.pieces
	}
	in.reading = true
	if len(in.back) > 0 {
		in.pieces <- piece{text: in.back}
		in.back = nil
		return in.pieces
	}
	if in.ended != nil {
		in.pieces <- piece{err: in.ended}
		return in.pieces
	}
	go func() {
		text, err := in.r.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			err = nil
		}
		in.pieces <- piece{append([]byte(nil), text...), err}
	}()
	return in.pieces
}

// begun tells whether something of the input was read, or is being waited for, that
// nobody has taken yet.
func (in *input) begun() bool { return in.reading || len(in.back) > 0 || in.r.Buffered() > 0 }

// taken is called with every piece that was taken from next.
func (in *input) taken(p piece) {
	in.reading = false
	if p.err != nil {
		in.ended = p.err
	}
}

// Read implements io.Reader, for the command that goes on in this process.
func (in *input) Read(b []byte) (int, error) {
	if len(in.back) == 0 {
		p := <-in.next()
		in.taken(p)
		in.back = p.text
		if len(p.text) == 0 {
			if p.err == nil {
				p.err = io.ErrNoProgress
			}
			return 0, p.err
		}
	}
	n := copy(b, in.back)
	in.back = in.back[n:]
	return n, nil
}

// Terminal tells whether somebody types this.
func (in *input) Terminal() bool { return isTerminal(in.file) }

// typed tells whether a person is at an input to answer a question.
func typed(in io.Reader) bool {
	switch in := in.(type) {
	case interface{ Terminal() bool }:
		return in.Terminal()
	case *os.File:
		return term.IsTerminal(in.Fd())
	}
	return false
}
