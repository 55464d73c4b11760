package main

import (
	"encoding/binary"
	"fmt"
	"io"
)

// frameKind says what a frame carries. The letters never change their meaning, so
// that programs of different versions can at least tell each other so.
type frameKind byte

// The frames that a guest sends to the holder.
const (
	frameHello     frameKind = 'h' // hello, as JSON; the first frame
	frameInput     frameKind = 'i' // bytes of standard input
	frameEnd       frameKind = 'z' // standard input has ended
	frameInterrupt frameKind = 's' // Ctrl+C
	frameSize      frameKind = 'd' // size, as JSON: the terminal has another one now
)

// The frames that the holder sends to a guest.
const (
	frameWelcome frameKind = 'k' // welcome, as JSON; the first frame
	frameRefused frameKind = 'r' // a sentence that says why nothing is done; the last frame
	frameOut     frameKind = 'o' // bytes for standard output
	frameErr     frameKind = 'e' // bytes for standard error
	frameWant    frameKind = 'w' // the command waits for a line of standard input
	frameTrail   frameKind = 't' // trail, as JSON: how far the command has come
	frameScreen  frameKind = 'c' // screen, as JSON: a chat begins
	frameExit    frameKind = 'x' // the exit status, as JSON; the last frame
	frameMoved   frameKind = 'm' // the holder is leaving: go on elsewhere; the last frame
)

// maxFrame bounds the payload of a frame, in bytes, and chunk is what streams are
// cut into.
const (
	maxFrame = 1 << 20
	chunk    = 32 << 10
)

// writeFrame writes one frame: its kind, the length of its payload in four bytes,
// the payload.
func writeFrame(w io.Writer, kind frameKind, payload []byte) error {
	if len(payload) > maxFrame {
		return fmt.Errorf("a frame of %d bytes is too long", len(payload))
	}
	b := make([]byte, 5, 5+len(payload))
	b[0] = byte(kind)
	binary.BigEndian.PutUint32(b[1:], uint32(len(payload))) //nolint:gosec // checked above
	_, err := w.Write(append(b, payload...))
	return err
}

// readFrame reads one frame. It returns io.EOF at the end of the stream between
// two frames, io.ErrUnexpectedEOF inside one, and never holds more than maxFrame
// bytes, whatever the length says.
func readFrame(r io.Reader) (frameKind, []byte, error) {
	var head [5]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return 0, nil, err
	}
	n := binary.BigEndian.Uint32(head[1:])
	if n > maxFrame {
		return 0, nil, fmt.Errorf("a frame claims to have %d bytes", n)
	}
	payload := make([]byte, 0, min(n, chunk)) // it grows with what really comes
	for len(payload) < int(n) {
		part := min(int(n)-len(payload), chunk)
		payload = append(payload, make([]byte, part)...)
		if _, err := io.ReadFull(r, payload[len(payload)-part:]); err != nil {
			return 0, nil, fmt.Errorf("a frame is cut off: %w", io.ErrUnexpectedEOF)
		}
	}
	return frameKind(head[0]), payload, nil
}
