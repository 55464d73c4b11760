package memory_test

import (
	"context"
	"path/filepath"
	"testing"

	"banyan/memory"
	"banyan/orchestrator"
	"banyan/orchestrator/conformance"
)

func TestConformance(t *testing.T) {
	conformance.Store(t, func(tb testing.TB) orchestrator.Store {
		return MustOpen(tb, filepath.Join(tb.TempDir(), "banyan.db"), memory.Options{NoSync: true})
	})
}

// MustOpen opens a store; at clean-up it is checked page by page and closed.
func MustOpen(tb testing.TB, path string, opts memory.Options) *memory.Store {
	tb.Helper()
	s, err := memory.Open(path, opts)
	if err != nil {
		tb.Fatalf("Open: %v", err)
	}
	tb.Cleanup(func() { MustClose(tb, s) })
	return s
}

// MustClose checks a store page by page and closes it. A closed one is left
// alone.
func MustClose(tb testing.TB, s *memory.Store) {
	tb.Helper()
	if s.DB().Path() == "" {
		return
	}
	if err := s.Check(context.Background()); err != nil {
		tb.Errorf("Check: %v", err)
	}
	if err := s.Close(); err != nil {
		tb.Errorf("Close: %v", err)
	}
}
