package audit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"banyan/orchestrator"
)

func now() time.Time { return time.Date(2026, 11, 21, 14, 2, 0, 0, time.UTC) }

func mustOpen(tb testing.TB, path string) *Log {
	tb.Helper()
	l, err := Open(path, Options{Now: now})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = l.Close() })
	return l
}

func mustRecord(tb testing.TB, l *Log, entries ...orchestrator.AuditEntry) string {
	tb.Helper()
	mark, err := l.Record(context.Background(), true, entries...)
	if err != nil {
		tb.Fatal(err)
	}
	return mark
}

func entry(n int) orchestrator.AuditEntry {
	return orchestrator.AuditEntry{
		At: now(), Kind: orchestrator.AuditCall, User: "sam@example.com", Role: orchestrator.Support, Subject: "ada@example.com",
		Turn: fmt.Sprint("turn", n), Intent: "update_address", Status: orchestrator.StepDone,
		Args: map[string]any{"address": "12 Elm Street, 0150 Oslo", "order_id": "1003", "quantity": 2.0, "text": "<b>&\u2028"},
	}
}

func TestEveryByteCounts(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.log")
	l := mustOpen(t, path)
	mustRecord(t, l, entry(1))
	mustRecord(t, l, entry(2))
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if r, err := Verify(path, nil); err != nil || r.Entries != 2 {
		t.Fatalf("a log that nobody touched: %+v, %v", r, err)
	}
	for i := range whole {
		for _, flip := range []byte{1, 0x20} {
			bad := bytes.Clone(whole)
			bad[i] ^= flip
			if err := os.WriteFile(path, bad, 0o600); err != nil {
				t.Fatal(err)
			}
			r, err := Verify(path, []string{l.Head()})
			if err == nil && len(r.Missing) == 0 && r.Torn == 0 {
				t.Fatalf("byte %d of %d, %q instead of %q, was not found: %+v", i, len(whole), bad[i], whole[i], r)
			}
		}
	}
}

func TestLinesTakenOutOrPutIn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.log")
	l := mustOpen(t, path)
	for n := range 4 {
		mustRecord(t, l, entry(n))
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(whole), "\n")[:4]
	for name, text := range map[string]string{
		"the first is gone":  strings.Join(lines[1:], ""),
		"one is gone":        lines[0] + lines[2] + lines[3],
		"two changed places": lines[0] + lines[2] + lines[1] + lines[3],
		"one stands twice":   lines[0] + lines[1] + lines[1] + lines[2] + lines[3],
		"an empty line":      lines[0] + "\n" + lines[1] + lines[2] + lines[3],
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		var damage *Damage
		if _, err := Verify(path, nil); !errors.As(err, &damage) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := os.WriteFile(path, []byte(lines[0]+lines[1]), 0o600); err != nil {
		t.Fatal(err)
	}
	if r, err := Verify(path, []string{l.Head()}); err != nil || len(r.Missing) != 1 {
		t.Errorf("the end is gone: %+v, %v", r, err)
	}
}

func TestTornEntry(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.log")
	l := mustOpen(t, path)
	mustRecord(t, l, entry(1), entry(2))
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	first := bytes.IndexByte(whole, '\n') + 1
	for cut := first + 1; cut < len(whole); cut += 7 {
		if err := os.WriteFile(path, whole[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		if r, err := Verify(path, nil); err != nil || r.Torn == 0 {
			t.Fatalf("cut at %d, while it is written: %+v, %v", cut, r, err)
		}
		again := mustOpen(t, path)
		mustRecord(t, again, entry(3))
		if err := again.Close(); err != nil {
			t.Fatal(err)
		}
		r, err := Verify(path, nil)
		if err != nil || r.Entries != 3 {
			t.Fatalf("cut at %d, gone on: %+v, %v", cut, r, err)
		}
	}
}

func TestWritersAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.log")
	l := mustOpen(t, path)
	var wg sync.WaitGroup
	marks := make([]string, 50)
	for n := range marks {
		wg.Go(func() { marks[n] = mustRecord(t, l, entry(n), entry(n)) })
	}
	wg.Wait()
	if r, err := Verify(path, marks); err != nil || r.Entries != 100 || len(r.Missing) > 0 {
		t.Errorf("%+v, %v", r, err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file has the mode %v, %v", info.Mode(), err)
	}
}

func TestNothingPersonalInArguments(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.log")
	l := mustOpen(t, path)
	e := entry(1)
	e.Args["phone"], e.Args["list"], e.Args["card"] = "+4740000100", []any{"Elm Street"}, "4111111111111111"
	e.Args["reason"], e.Free = "hunter2", []string{"reason"}
	mustRecord(t, l, e)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"Elm", "4740000100", "4111", "hunter2"} {
		if strings.Contains(string(text), secret) {
			t.Errorf("%q stands in %s", secret, text)
		}
	}
	for _, kept := range []string{`"order_id":"1003"`, "sam@example.com", "ada@example.com"} {
		if !strings.Contains(string(text), kept) {
			t.Errorf("%q does not stand in %s", kept, text)
		}
	}
	if e.Args["address"] != "12 Elm Street, 0150 Oslo" {
		t.Error("the caller's arguments were changed")
	}
}

func TestTamperedEndIsNotWrittenOn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.log")
	l := mustOpen(t, path)
	mustRecord(t, l, entry(1))
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, bytes.Replace(whole, []byte("ada@"), []byte("bob@"), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path, Options{Now: now}); err == nil {
		t.Error("it was opened")
	}
}

func BenchmarkRecord(b *testing.B) {
	for _, durable := range []bool{false, true} {
		b.Run(fmt.Sprint("durable=", durable), func(b *testing.B) {
			l := mustOpen(b, filepath.Join(b.TempDir(), "audit.log"))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := l.Record(context.Background(), durable, entry(1), entry(2)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
