package rollout

import "testing"

// TestUndoGoesBack takes back one change after the other, up to the default, with a
// new change in between.
func TestUndoGoesBack(t *testing.T) {
	c := MustNew(t, Options{}, bothOffer(t))
	undo := func(want string) {
		t.Helper()
		v, err := c.UndoRoute(t.Context(), "look_up", ada)
		if err != nil || v.Route.String() != want {
			t.Errorf("taken back to %s (%v), want %s", v.Route, err, want)
		}
	}
	MustSet(t, c, "look_up", "legacy")
	MustSet(t, c, "look_up", "shadow")
	MustSet(t, c, "look_up", "canary=25")
	undo("shadow")
	undo("legacy")
	MustSet(t, c, "look_up", "retired")
	undo("legacy")
	undo("modern")
	if v, err := c.UndoRoute(t.Context(), "look_up", ada); err == nil {
		t.Errorf("there is nothing left, and it was taken back to %s", v.Route)
	}
}

// TestNoChange shows that what changes nothing makes no version.
func TestNoChange(t *testing.T) {
	c := MustNew(t, Options{}, bothOffer(t))
	first := MustSet(t, c, "look_up", "legacy")
	if again := MustSet(t, c, "look_up", "legacy"); again.Version != first.Version {
		t.Errorf("set again it is version %d", again.Version)
	}
	if v, err := c.Abort(t.Context(), "look_up", ada); err != nil || v.Version != first.Version {
		t.Errorf("aborted it is version %d, %v", v.Version, err)
	}
	for range 2 {
		v, err := c.ResetRoute(t.Context(), "look_up", ada)
		if err != nil || v.Route != modernRoute || v.Version != first.Version+1 {
			t.Errorf("reset it is %s, version %d, %v", v.Route, v.Version, err)
		}
	}
	if c.record0("look_up").set() {
		t.Error("after a reset the route counts as set")
	}
}
