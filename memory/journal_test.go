package memory_test

import (
	"path/filepath"
	"testing"

	"banyan/memory"
	"banyan/orchestrator/conformance"
)

func TestJournalConformance(t *testing.T) {
	opts := memory.Options{NoSync: true}
	conformance.Journal(t, func(tb testing.TB) conformance.JournalStore {
		return MustOpen(tb, filepath.Join(tb.TempDir(), "banyan.db"), opts)
	}, func(tb testing.TB, s conformance.JournalStore) conformance.JournalStore {
		old := s.(*memory.Store)
		if err := old.Close(); err != nil {
			tb.Errorf("Close: %v", err)
		}
		return MustOpen(tb, old.Path(), opts)
	})
}
