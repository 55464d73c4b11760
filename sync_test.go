package main

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"go.etcd.io/bbolt"

	"banyan/services/user"
)

// TestSyncCommand plays a demonstration of a lag, a switch of the system of record
// and a repair.
func TestSyncCommand(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, tc := range []struct {
		name     string
		args     string
		status   int
		out, err string // parts
	}{
		{"Fresh", "sync", 0, "No conflicts were found", ""},
		{"Lag", "sync lag 1h", 0, "after 1h0m0s", ""},
		{"Record", "sync record order modern", 0, "order: modern", ""},
		{"Change", "ask --yes --email ada@example.com cancel order 1003", 0, "cancelled", ""},
		{"UnderWay", "sync status --json", 0, `"source":"order","target":"monolith","pending":1`, ""},
		{"LagIsKept", "sync status", 0, "after a lag of 1h0m0s", ""},
		{"ReadOnTheOtherSide", "ask --email ada@example.com what is the refund status of order 1003?", 0, "pending", ""},
		{"Arrived", "sync status --json", 0, `"source":"order","target":"monolith","pending":0`, ""},
		{"Doctor", "doctor", 0, "made to lag", ""},
		{"LagEnds", "sync lag 0s", 0, "at once", ""},
		{"Reconcile", "sync reconcile", 0, "Both sides agree", ""},
		{"BarrierOff", "sync barrier off", 0, "off", ""},
		{"BarrierOffIsSaid", "sync", 0, "THE BARRIER IS OFF", ""},
		{"BarrierOn", "sync barrier on", 0, "on", ""},
		{"BadBarrier", "sync barrier perhaps", exitUsage, "", "perhaps"},
		{"BadLag", "sync lag soon", exitUsage, "", "soon"},
		{"NegativeLag", "sync lag -5s", exitUsage, "", "from 0 to 24h"},
		{"BadEntity", "sync record parcel modern", exitUsage, "", "customer, order, shipment"},
		{"BadSide", "sync record order left", exitUsage, "", "left"},
		{"HalfARecord", "sync record order", exitUsage, "", "side"},
		{"Unknown", "sync dance", exitUsage, "", "dance"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := banyan(t, dir, "", strings.Fields(tc.args)...)
			if got.status != tc.status || !strings.Contains(got.out, tc.out) || !strings.Contains(got.err, tc.err) {
				t.Errorf("status %d\nout: %s\nerr: %s", got.status, got.out, got.err)
			}
		})
	}
}

// TestSyncRepairs changes the user service's file behind its back.
func TestSyncRepairs(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	banyan(t, dir, "", "sync")
	db, err := bbolt.Open(shopFile(filepath.Join(dir, ".local", "share", "banyan"), userNode), 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	users, err := user.New(db, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Update(func(tx *bbolt.Tx) error {
		p, _, err := users.Get(tx, "ada@example.com")
		if err != nil {
			return err
		}
		p.Phone = "+47 000 00 000"
		return users.Put(tx, p)
	}); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if got := banyan(t, dir, "", "sync", "reconcile"); got.status != exitFailed || !strings.Contains(got.out, "customer ada@example.com, phone") {
		t.Errorf("reconcile: %+v", got)
	}
	if got := banyan(t, dir, "", "sync", "record", "customer", "modern"); got.status != exitFailed || !strings.Contains(got.err, "reconcile --repair") {
		t.Errorf("record: %+v", got)
	}
	if got := banyan(t, dir, "", "doctor"); got.status != exitFailed || !strings.Contains(got.out, "legacy and modern differ") {
		t.Errorf("doctor: %+v", got)
	}
	got := banyan(t, dir, "", "sync", "reconcile", "--repair", "--json")
	var d struct{ Kind, Key, Field, Legacy, Modern string }
	if err := json.Unmarshal([]byte(got.out), &d); err != nil || got.status != 0 || d.Field != "phone" || !strings.Contains(d.Modern, "000 00 000") {
		t.Errorf("repair: %+v, %v", got, err)
	}
	if got := banyan(t, dir, "", "sync", "reconcile"); got.status != 0 || !strings.Contains(got.out, "Both sides agree") {
		t.Errorf("afterwards: %+v", got)
	}
}
