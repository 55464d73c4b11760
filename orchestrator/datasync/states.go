package datasync

import (
	"context"
	"encoding/json"
	"sync"
)

// states collects what a call leaves, or would leave, of the entities that it
// changes.
type states struct {
	mu    sync.Mutex // guards found
	found map[string]any
}

type statesKey struct{}

// collecting returns a context with which Record notes states in the collection.
func collecting(ctx context.Context) (context.Context, *states) {
	st := &states{}
	return context.WithValue(ctx, statesKey{}, st), st
}

// note puts a state into the collection of the call, if there is one, in JSON's
// shape.
func note(ctx context.Context, c Change) error {
	st, ok := ctx.Value(statesKey{}).(*states)
	if !ok {
		return nil
	}
	raw, err := json.Marshal(c.State)
	if err != nil {
		return err
	}
	var state any
	if err := json.Unmarshal(raw, &state); err != nil {
		return err
	}
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.found == nil {
		st.found = map[string]any{}
	}
	st.found[string(c.Kind)+" "+c.Key] = state
	return nil
}

// all returns what was collected; nil if nothing was.
func (st *states) all() map[string]any {
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.found
}
