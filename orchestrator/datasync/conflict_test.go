package datasync

import (
	"context"
	"fmt"
	"testing"

	"go.etcd.io/bbolt"
	"pgregory.net/rapid"

	"banyan/orchestrator"
)

// mustConflict makes both sides change one thing without knowing of each other.
func mustConflict(t *testing.T, record orchestrator.Era) *world {
	t.Helper()
	w := mustOpen(t, t.TempDir())
	w.SetPaused(true)
	w.put(old, "ada/x", "seed")
	w.drain()
	if err := w.SetRecord(context.Background(), thing, record); err != nil {
		t.Fatal(err)
	}
	if err := w.SetBarrier(false); err != nil {
		t.Fatal(err)
	}
	w.put(old, "ada/x", "of old")
	w.put(fresh, "ada/x", "of new")
	return w
}

func TestRecordDecidesConflicts(t *testing.T) {
	for record, want := range map[orchestrator.Era]string{orchestrator.Legacy: "of old", orchestrator.Modern: "of new"} {
		t.Run(string(record), func(t *testing.T) {
			w := mustConflict(t, record)
			w.drain()
			for _, node := range []string{old, fresh, follow} {
				if got := w.peek(node, "ada/x"); got != want {
					t.Errorf("%s says %q", node, got)
				}
			}
			// Each of the two found it, and the follower, which had one and got the other.
			if n := w.Status().Conflicts; n != 3 {
				t.Errorf("%d conflicts are counted", n)
			}
			w = mustReopen(t, w)
			kept, err := w.Conflicts(context.Background(), 0)
			if err != nil || len(kept) != 3 || w.Status().Conflicts != 3 {
				t.Fatalf("%d are kept, %d counted, %v", len(kept), w.Status().Conflicts, err)
			}
			for _, c := range kept {
				source := orchestrator.Modern
				if c.Event.Source == old {
					source = orchestrator.Legacy
				}
				if c.Record != record || c.Won != (source == record) || c.Event.Version.Compare(c.Local) != Concurrent || c.LocalState == nil {
					t.Errorf("kept: %+v", c)
				}
			}
			if last, err := w.Conflicts(context.Background(), 1); err != nil || len(last) != 3 {
				t.Errorf("the last of each node: %d, %v", len(last), err)
			}
			w.put(fresh, "ada/x", "later")
			w.drain()
			if got := w.peek(old, "ada/x"); got != "later" || w.Status().Conflicts != 3 {
				t.Errorf("a change after a conflict is %q, %d conflicts", got, w.Status().Conflicts)
			}
		})
	}
}

// TestCopiesConverge changes and delivers at random without a barrier: in the end
// all copies have the same state and version, whoever is the system of record.
func TestCopiesConverge(t *testing.T) {
	dir := t.TempDir()
	worlds := 0
	rapid.Check(t, func(r *rapid.T) {
		worlds++
		w := mustOpen(t, mustDir(t, dir, fmt.Sprint(worlds)))
		defer w.close()
		w.SetPaused(true)
		record := rapid.SampledFrom([]orchestrator.Era{orchestrator.Legacy, orchestrator.Modern}).Draw(r, "record")
		if err := w.SetRecord(context.Background(), thing, record); err != nil {
			r.Fatal(err)
		}
		if err := w.SetBarrier(false); err != nil {
			r.Fatal(err)
		}
		keys := []string{"ada/x", "ada/y"}
		for i := range rapid.IntRange(1, 25).Draw(r, "steps") {
			switch what := rapid.SampledFrom([]string{old, fresh, "deliver", "deliver"}).Draw(r, "what"); what {
			case "deliver":
				from := w.byName[rapid.SampledFrom([]string{old, fresh}).Draw(r, "from")]
				to := w.byName[rapid.SampledFrom([]string{old, fresh, follow}).Draw(r, "to")]
				if through := w.needed(to, func(entry) bool { return true })[from.index]; from != to && through > 0 {
					if err := w.deliver(context.Background(), to, from, min(through, w.appliedOf(to, from)+1)); err != nil {
						r.Fatal(err)
					}
				}
			default:
				w.put(what, rapid.SampledFrom(keys).Draw(r, "key"), fmt.Sprint(i, what))
			}
		}
		w.drain()
		for _, key := range keys {
			want, version := w.peek(old, key), mustVersion(r, w, old, key)
			for _, node := range []string{fresh, follow} {
				if got, v := w.peek(node, key), mustVersion(r, w, node, key); got != want || v != version {
					r.Errorf("record %s: of %s, old has %q (%v) and %s has %q (%v)", record, key, want, version, node, got, v)
				}
			}
		}
	})
}

func mustVersion(r *rapid.T, w *world, node, key string) Version {
	v, err := w.byName[node].version(entity{kind: thing, key: key})
	if err != nil {
		r.Fatal(err)
	}
	return v
}

// spoil changes a thing without telling anybody.
func (w *world) spoil(node, key, value string) {
	w.tb.Helper()
	if err := w.shelves[node].db.Update(func(tx *bbolt.Tx) error {
		if value == "" {
			return tx.Bucket(things).Delete([]byte(key))
		}
		return tx.Bucket(things).Put([]byte(key), []byte(value))
	}); err != nil {
		w.tb.Fatal(err)
	}
}

func TestCompareAndRepair(t *testing.T) {
	ctx := context.Background()
	for record, want := range map[orchestrator.Era]string{orchestrator.Legacy: "right", orchestrator.Modern: "wrong"} {
		t.Run(string(record), func(t *testing.T) {
			w := mustOpen(t, t.TempDir())
			for _, key := range []string{"ada/x", "ada/y", "ben/x", "ben/y"} {
				w.put(old, key, "right")
			}
			w.drain()
			if err := w.SetRecord(ctx, thing, record); err != nil {
				t.Fatal(err)
			}
			w.spoil(fresh, "ada/x", "wrong")
			w.spoil(follow, "ben/x", "wrong")
			w.spoil(fresh, "ben/y", "")
			found, err := w.Compare(ctx)
			if err != nil || len(found) != 3 {
				t.Fatalf("found %v, %v", found, err)
			}
			for i, text := range []string{
				`thing ada/x, value: legacy says "right", new says "wrong"`,
				`thing ben/x, value: legacy says "right", follower says "wrong"`,
				`thing ben/y, all of it: legacy says it exists, new says nothing`,
			} {
				if found[i].String() != text || found[i].Pending {
					t.Errorf("difference %d is %v", i, found[i])
				}
			}
			other := orchestrator.Legacy
			if record == other {
				other = orchestrator.Modern
			}
			if err := w.SetRecord(ctx, thing, other); err == nil || w.RecordOf(thing) != record {
				t.Errorf("the system of record was switched while the sides differ: %v", err)
			}
			if mended, err := w.Repair(ctx); err != nil || len(mended) != 3 {
				t.Errorf("repaired %v, %v", mended, err)
			}
			if left, err := w.Compare(ctx); err != nil || len(left) != 0 {
				t.Errorf("left: %v, %v", left, err)
			}
			for key, want := range map[string]string{"ada/x": want, "ada/y": "right", "ben/x": "right", "ben/y": "right"} {
				for _, node := range []string{old, fresh, follow} {
					if got := w.peek(node, key); got != want {
						t.Errorf("%s says that %s is %q, want %q", node, key, got, want)
					}
				}
			}
			w.put(fresh, "ada/x", "later")
			w.drain()
			if w.peek(old, "ada/x") != "later" || w.Status().Conflicts != 0 {
				t.Errorf("a change after the repair: %q, %+v", w.peek(old, "ada/x"), w.Status())
			}
			if err := w.SetRecord(ctx, thing, other); err != nil || mustReopen(t, w).RecordOf(thing) != other {
				t.Errorf("switched when all agree: %v", err)
			}
		})
	}
}

func TestCompareSeesWhatIsUnderWay(t *testing.T) {
	w := mustOpen(t, t.TempDir())
	w.SetPaused(true)
	w.put(old, "ada/x", "1")
	found, err := w.Compare(context.Background())
	if err != nil || len(found) != 2 || !found[0].Pending {
		t.Errorf("found %+v, %v", found, err)
	}
	if err := w.SetRecord(context.Background(), thing, orchestrator.Modern); err != nil {
		t.Errorf("what is under way held up the switch: %v", err)
	}
}

func TestRecordIsOfAKindAndASide(t *testing.T) {
	w := mustOpen(t, t.TempDir())
	if err := w.SetRecord(context.Background(), "other", orchestrator.Legacy); err == nil {
		t.Error("a kind that is not there")
	}
	if err := w.SetRecord(context.Background(), thing, "middle"); err == nil {
		t.Error("a side that is not there")
	}
}
