package main

import (
	"bufio"
	"io"
	"os"
	"testing"
)

// BenchmarkAskProcess is a whole `banyan ask`, from the start of the process to its
// end, by itself and through the process that has the data folder open. The store
// syncs.
func BenchmarkAskProcess(b *testing.B) {
	run := func(b *testing.B, dir string) {
		b.Helper()
		for b.Loop() {
			if got := banyan(b, dir, "", "ask", "--email", "ada@example.com", "status of order 1003"); got.status != 0 {
				b.Fatal(got.err)
			}
		}
	}
	b.Run("Alone", func(b *testing.B) {
		dir := b.TempDir()
		banyan(b, dir, "", "ask", "--email", "ada@example.com", "hello") // the shop is seeded
		run(b, dir)
	})
	b.Run("BesideAnother", func(b *testing.B) {
		dir := b.TempDir()
		startHolder(b, dir)
		run(b, dir)
	})
}

// BenchmarkAskLine is one turn of a conversation on standard input.
func BenchmarkAskLine(b *testing.B) {
	run := func(b *testing.B, dir string) {
		b.Helper()
		cmd, in, out := startAsk(b, dir)
		defer kill(b, cmd)
		if _, err := out.ReadString('\n'); err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			if _, err := io.WriteString(in, "status of order 1003\n"); err != nil {
				b.Fatal(err)
			}
			if _, err := out.ReadString('\n'); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.Run("Alone", func(b *testing.B) { run(b, b.TempDir()) })
	b.Run("BesideAnother", func(b *testing.B) {
		dir := b.TempDir()
		startHolder(b, dir)
		run(b, dir)
	})
}

// BenchmarkNobodyThere is what a program spends on finding out that no other process
// has the data folder open, and on being ready for those that come.
func BenchmarkNobodyThere(b *testing.B) {
	dir := b.TempDir()
	b.Run("Look", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if c, err := dialIn(dir); err == nil {
				b.Fatal(c)
			}
		}
	})
	b.Run("Listen", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			l, err := listenIn(dir)
			if err != nil {
				b.Fatal(err)
			}
			_ = l.Close() // nobody has connected
		}
	})
}

// BenchmarkFrame is a frame of a kilobyte through a socket.
func BenchmarkFrame(b *testing.B) {
	r, w, err := os.Pipe()
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _, _ = r.Close(), w.Close() }()
	payload, in := make([]byte, 1024), bufio.NewReader(r)
	b.ReportAllocs()
	for b.Loop() {
		if err := writeFrame(w, frameOut, payload); err != nil {
			b.Fatal(err)
		}
		if _, _, err := readFrame(in); err != nil {
			b.Fatal(err)
		}
	}
}
