package main

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"testing/iotest"
)

// FuzzFrame decodes anything: it ends, keeps within its bounds, and what it returns
// encodes to the bytes that were read.
func FuzzFrame(f *testing.F) {
	var well bytes.Buffer
	for _, p := range [][]byte{nil, []byte("x"), bytes.Repeat([]byte("y"), 300)} {
		if err := writeFrame(&well, frameOut, p); err != nil {
			f.Fatal(err)
		}
	}
	f.Add(well.Bytes())
	f.Add([]byte("h\xff\xff\xff\xff"))
	f.Add([]byte("h\x00\x10\x00\x00too short"))
	f.Add([]byte("GET / HTTP/1.1\r\n\r\n"))
	f.Fuzz(func(t *testing.T, in []byte) {
		r := iotest.OneByteReader(bytes.NewReader(in))
		var again bytes.Buffer
		for {
			kind, payload, err := readFrame(r)
			if err != nil {
				if !errors.Is(err, io.EOF) || bytes.Equal(again.Bytes(), in) {
					break
				}
				t.Fatalf("the end was reported after %d of %d bytes", again.Len(), len(in))
			}
			if len(payload) > maxFrame {
				t.Fatalf("a frame of %d bytes", len(payload))
			}
			if err := writeFrame(&again, kind, payload); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.HasPrefix(in, again.Bytes()) {
			t.Fatal("what was decoded is not what was there")
		}
	})
}

// TestFrameBounds shows that a length is only believed as far as bytes come.
func TestFrameBounds(t *testing.T) {
	if err := writeFrame(io.Discard, frameOut, make([]byte, maxFrame+1)); err == nil {
		t.Error("a frame that is too long was written")
	}
	if _, _, err := readFrame(bytes.NewReader([]byte("o\x00\x10\x00\x01"))); err == nil {
		t.Error("a frame that is too long was read")
	}
	var long bytes.Buffer
	if err := writeFrame(&long, frameOut, bytes.Repeat([]byte("y"), 3*chunk+1)); err != nil {
		t.Fatal(err)
	}
	if kind, got, err := readFrame(&long); err != nil || kind != frameOut || len(got) != 3*chunk+1 || got[3*chunk] != 'y' {
		t.Errorf("a long frame: %c, %d bytes, %v", kind, len(got), err)
	}
	cut := bytes.NewReader([]byte("o\x00\x10\x00\x00abc"))
	if _, _, err := readFrame(cut); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("a frame that is cut off: %v", err)
	}
}
