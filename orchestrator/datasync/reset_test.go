package datasync

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"banyan/orchestrator"
)

func TestResetForgetsWhatIsUnderWay(t *testing.T) {
	w := mustOpen(t, t.TempDir())
	w.SetPaused(true)
	if whole, err := w.Whole(); whole || err != nil {
		t.Errorf("before it was made the data is whole: %v, %v", whole, err)
	}
	fill := func(tx *bbolt.Tx, _ string) error {
		if err := tx.DeleteBucket(things); err != nil {
			return err
		}
		b, err := tx.CreateBucket(things)
		if err != nil {
			return err
		}
		return b.Put([]byte("ada/x"), []byte("seed"))
	}
	w.put(old, "ada/x", "1")
	if err := w.SetLag(time.Hour); err != nil {
		t.Fatal(err)
	}
	if err := w.Reset(context.Background(), fill); err != nil {
		t.Fatal(err)
	}
	if st := w.Status(); w.pending() != 0 || st.Lag != 0 {
		t.Errorf("after a reset: %+v", st)
	}
	for _, node := range []string{old, fresh, follow} {
		if got := w.get(node, "ada/x"); got != "seed" {
			t.Errorf("%s says %q", node, got)
		}
	}
	w.put(fresh, "ada/x", "2")
	w.drain()
	if got := w.peek(old, "ada/x"); got != "2" {
		t.Errorf("after the reset a change arrives as %q", got)
	}
	boom := errors.New("boom")
	err := w.Reset(context.Background(), func(tx *bbolt.Tx, node string) error {
		if node == fresh {
			return boom
		}
		return fill(tx, node)
	})
	if whole, wErr := w.Whole(); !errors.Is(err, boom) || whole || wErr != nil {
		t.Errorf("a reset that was cut off: %v, whole %v, %v", err, whole, wErr)
	}
	if err := w.Reset(context.Background(), fill); err != nil {
		t.Fatal(err)
	}
	if whole, err := mustReopen(t, w).Whole(); !whole || err != nil {
		t.Errorf("a reset that made it good: %v, %v", whole, err)
	}
}

// TestResetBesideChanges resets again and again while both sides change: in the
// end they are equal, and changes go on arriving.
func TestResetBesideChanges(t *testing.T) {
	w := mustOpen(t, t.TempDir())
	fill := func(tx *bbolt.Tx, _ string) error {
		if err := tx.DeleteBucket(things); err != nil {
			return err
		}
		_, err := tx.CreateBucket(things)
		return err
	}
	var wg sync.WaitGroup
	for i, node := range []string{old, fresh, old, fresh} {
		wg.Go(func() {
			for n := range 100 {
				ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
				_, err := w.services[node].Call(ctx, request("put", fmt.Sprint("ada/", n%5), fmt.Sprint(node, i, n)))
				cancel()
				var coded *orchestrator.Error
				if err != nil && (!errors.As(err, &coded) || coded.Code != orchestrator.CodeUnavailable) {
					t.Error(err)
				}
			}
		})
	}
	for range 10 {
		if err := w.Reset(context.Background(), fill); err != nil {
			t.Error(err)
		}
	}
	wg.Wait()
	w.drain()
	if found, err := w.Compare(context.Background()); err != nil || len(found) > 0 || w.pending() > 0 {
		t.Errorf("%v, %v, %+v", found, err, w.Status())
	}
	w.put(old, "ben/x", "1")
	if got := w.get(follow, "ben/x"); got != "1" {
		t.Errorf("afterwards a change arrives as %q", got)
	}
}
