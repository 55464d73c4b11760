package main

import (
	"bytes"
	"encoding/json"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"banyan/orchestrator"
)

// shopFolder is where the program keeps its data if its home is dir.
func shopFolder(dir string) string { return filepath.Join(dir, ".local", "share", "banyan") }

// TestSocket looks at the socket of a process that has the data folder open: it is
// there for its user alone, and goes with the process. One that a killed process
// left is in nobody's way.
func TestSocket(t *testing.T) {
	t.Parallel()
	for name, dir := range map[string]string{
		"Short": t.TempDir(),
		"Long":  filepath.Join(t.TempDir(), strings.Repeat("a folder with a name that is long ", 5)), // longer than a socket's name may be
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if err := os.MkdirAll(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			socket := filepath.Join(shopFolder(dir), socketName)
			for round, end := range []func(*exec.Cmd, io.Writer){
				func(c *exec.Cmd, _ io.Writer) { kill(t, c) },
				func(c *exec.Cmd, in io.Writer) { _ = in.(io.Closer).Close(); _ = c.Wait() },
			} {
				holder, in, out := startAsk(t, dir)
				if _, err := out.ReadString('\n'); err != nil {
					t.Fatal(err)
				}
				info, err := os.Stat(socket)
				if err != nil || info.Mode() != os.ModeSocket|0o600 {
					t.Fatalf("the socket: %v, %v", info, err)
				}
				if got := banyan(t, dir, "", "doctor"); !strings.Contains(got.out, "open in process") {
					t.Errorf("it was not used: %s%s", got.out, got.err)
				}
				end(holder, in)
				if _, err := os.Stat(socket); (err == nil) != (round == 0) {
					t.Errorf("the socket afterwards: %v", err)
				}
			}
			if left, err := filepath.Glob(filepath.Join(shopFolder(dir), ".banyan-*")); err != nil || len(left) > 0 {
				t.Errorf("left behind: %v, %v", left, err)
			}
		})
	}
}

// mustDial connects to the socket below dir.
func mustDial(t *testing.T, dir string) net.Conn {
	t.Helper()
	c, err := dialIn(shopFolder(dir))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.SetDeadline(time.Now().Add(30 * time.Second)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// TestPeer shows that each side asks the system who the other one is.
func TestPeer(t *testing.T) {
	t.Parallel()
	l, err := listenIn(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	c, err := net.Dial("unix", filepath.Join(filepath.Dir(l.Addr().String()), socketName))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	uid, known, err := peerUser(c.(*net.UnixConn))
	if err != nil || known && uid != os.Getuid() {
		t.Errorf("user %d, %v", uid, err)
	}
	if err := sameUser(c.(*net.UnixConn)); err != nil {
		t.Error(err)
	}
}

// TestOtherProtocol shows what a program of another version is told.
func TestOtherProtocol(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	startHolder(t, dir)
	c := mustDial(t, dir)
	if err := writeFrame(c, frameHello, []byte(`{"protocol":7,"program":"9.9","args":{"a":"shape of its own"}}`)); err != nil {
		t.Fatal(err)
	}
	kind, text, err := readFrame(c)
	if err != nil || kind != frameRefused || !strings.Contains(string(text), "version 1") || !strings.Contains(string(text), "banyan 9.9 speaks version 7") {
		t.Errorf("%c %s, %v", kind, text, err)
	}
}

// TestRefused shows what this program says when the holder is of another version,
// or is no banyan at all.
func TestRefused(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		answer func(io.Writer) error
		want   string
	}{
		"Refused": {func(w io.Writer) error { return writeFrame(w, frameRefused, []byte("speaks \x1b[31m another version")) }, "another version"},
		"Garbage": {func(w io.Writer) error { return writeFrame(w, 'X', nil) }, "no banyan"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if err := os.MkdirAll(shopFolder(dir), 0o700); err != nil {
				t.Fatal(err)
			}
			l, err := listenIn(shopFolder(dir))
			if err != nil {
				t.Fatal(err)
			}
			done := make(chan struct{})
			go func() {
				defer close(done)
				for {
					c, err := l.Accept()
					if err != nil {
						return
					}
					_, _, _ = readFrame(c)
					_ = tc.answer(c)
					_ = c.Close()
				}
			}()
			got := banyan(t, dir, "", "ask", "--email", "ada@example.com", "hello")
			if got.status != exitFailed || !strings.Contains(got.err, tc.want) || got.err != orchestrator.Printable(got.err) {
				t.Errorf("status %d: %q", got.status, got.err)
			}
			_ = l.Close()
			<-done
		})
	}
}

// TestHostilePeers connects with all kinds of nonsense, some of it at the same time:
// the holder serves on.
func TestHostilePeers(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	startHolder(t, dir)
	seed := rand.Uint64()
	rng := rand.New(rand.NewPCG(seed, 0))
	t.Logf("seed %d", seed)
	noise := make([]byte, 4096)
	for i := range noise {
		noise[i] = byte(rng.Uint32())
	}
	say := func(h hello) []byte {
		b, err := json.Marshal(h)
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := writeFrame(&out, frameHello, b); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	flood := say(guestHello("ask", "--email", "ada@example.com"))
	for range 64 {
		flood = append(flood, 'i', 0, 1, 0, 0)
		flood = append(flood, bytes.Repeat([]byte("x"), 1<<16)...)
	}
	for name, send := range map[string][]byte{
		"Nothing":       nil,
		"Noise":         noise,
		"HTTP":          []byte("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"),
		"TooLong":       []byte("h\xff\xff\xff\xff"),
		"NoJSON":        []byte("h\x00\x00\x00\x03abc"),
		"WrongShape":    []byte("h\x00\x00\x00\x1d{\"protocol\":1,\"args\":\"string\"}"),
		"NotHello":      []byte("i\x00\x00\x00\x01x"),
		"NoArgs":        say(guestHello()),
		"UnknownArgs":   say(guestHello("dance", "--wildly", "\x1b]0;title\x07")),
		"TinyTerminal":  say(hello{Protocol: protocol, In: true, Out: true, Profile: 255, Args: []string{"--email", "ada@example.com"}}),
		"NegativeSize":  append(say(hello{Protocol: protocol, In: true, Out: true, Args: nil}), "d\x00\x00\x00\x18{\"width\":-1,\"height\":-9}"...),
		"FrameOfHolder": append(say(guestHello("ask", "--email", "ada@example.com")), 'x', 0, 0, 0, 0),
		"Flood":         flood,
	} {
		t.Run(name, func(t *testing.T) {
			c := mustDial(t, dir)
			done := make(chan struct{})
			go func() {
				defer close(done)
				_, _ = c.Write(send) // it may be hung up on
				if name != "Nothing" {
					_ = c.(*net.UnixConn).CloseWrite()
				}
			}()
			if name != "Nothing" { // who says nothing is hung up on later
				_, _ = io.Copy(io.Discard, c)
			}
			<-done
			if got := banyan(t, dir, "", "ask", "--email", "ben@example.com", "hello"); got.status != 0 {
				t.Errorf("afterwards: status %d: %s", got.status, got.err)
			}
		})
	}
}

func guestHello(args ...string) hello { return hello{Protocol: protocol, Args: args} }

// TestDeafHolder stops the holder: others are told, in time.
func TestDeafHolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	holder := startHolder(t, dir)
	if err := holder.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	got := banyan(t, dir, "", "ask", "--email", "ben@example.com", "hello")
	if got.status != exitFailed || !strings.Contains(got.err, "does not answer") || !strings.Contains(got.err, "banyan ask") {
		t.Errorf("status %d: %s", got.status, got.err)
	}
	if err := holder.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	if got := banyan(t, dir, "", "ask", "--email", "ben@example.com", "hello"); got.status != 0 {
		t.Errorf("status %d: %s", got.status, got.err)
	}
}

// TestSettingsOfTheHolder shows that a setting that cannot be honoured is named, and
// that the others are.
func TestSettingsOfTheHolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	startHolder(t, dir)
	got := banyan(t, dir, "", "ask", "--email", "ben@example.com", "--legacy-latency", "1s", "--language", "en", "hello")
	if got.status != 0 || strings.Count(got.err, "\n") != 1 || !strings.Contains(got.err, "legacy-latency 1s (there: 0)") {
		t.Errorf("status %d: %s", got.status, got.err)
	}
	mustWrite(t, filepath.Join(dir, ".env"), "BANYAN_EMAIL=dora@example.com\n")
	got = banyan(t, dir, "", "ask", "--json", "hello")
	if got.status != 0 || got.err != "" || mustTurn(t, got.out).User != "dora@example.com" {
		t.Errorf("status %d: %s%s", got.status, got.out, got.err)
	}
}
