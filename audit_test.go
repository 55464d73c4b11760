package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestAuditCommand does what belongs to turns and what does not, and then plays with
// the log behind the program's back.
func TestAuditCommand(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	log := filepath.Join(dir, ".local", "share", "banyan", "audit.log")
	run := func(status int, part string, args ...string) {
		t.Helper()
		if got := banyan(t, dir, "", args...); got.status != status || !strings.Contains(got.out+got.err, part) {
			t.Errorf("%v: status %d\nout: %s\nerr: %s", args, got.status, got.out, got.err)
		}
	}
	run(0, "nothing", "audit")
	run(0, "cancelled", "ask", "--yes", "--email", "ada@example.com", "cancel order 1003")
	run(0, "complaint", "ask", "--yes", "--email", "ada@example.com", "file a complaint: hunter2")
	run(0, "shadow now", "routes", "set", "track_shipment", "shadow")
	run(0, "order: modern", "sync", "record", "order", "modern")
	run(1, "may look", "sync", "lag", "1h", "--email", "ada@example.com")
	run(1, "may not put", "reset", "--yes", "--email", "ada@example.com")
	run(0, "first day", "reset", "--yes", "--email", "robin@example.com")
	shown := banyan(t, dir, "", "audit", "show").out
	for _, want := range []string{"cancel_order done", "order_id=1003", "confirmed by beforehand", "set track_shipment", "system of record of order: modern", "robin@example.com  the shop was put back"} {
		if !strings.Contains(shown, want) {
			t.Errorf("%q is not in\n%s", want, shown)
		}
	}
	if strings.Contains(strings.ToLower(shown), "hunter2") {
		t.Errorf("a free text stands in\n%s", shown)
	}
	run(0, "as it was written", "audit", "verify")
	whole, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(whole), "\n")
	for name, text := range map[string]string{
		"the last entry, of no turn, is cut off": strings.Join(lines[:len(lines)-2], ""),
		"all of it":                              "",
		"something stands behind it":             string(whole) + "\x00\x00",
	} {
		mustWrite(t, log, text)
		if got := banyan(t, dir, "", "audit", "verify"); got.status != 1 {
			t.Errorf("%s: status %d\nout: %s\nerr: %s", name, got.status, got.out, got.err)
		}
	}
}
