package orchestrator

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// NewState returns an empty State that lives as long as the process: for a kernel
// without a store, and for tests.
func NewState() State { return &memoryState{values: map[string]versioned{}} }

// memoryState is a State in a map.
type memoryState struct {
	watchers Watchers

	mu       sync.RWMutex // guards what follows
	values   map[string]versioned
	revision uint64 // the highest that was given; none is given twice
}

type versioned struct {
	value    []byte
	revision uint64
}

// Get is that of the contract; it waits for no change.
func (s *memoryState) Get(ctx context.Context, key string) (value []byte, revision uint64, err error) {
	if err := CheckKey(ctx, key); err != nil {
		return nil, 0, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	v := s.values[key]
	return bytes.Clone(v.value), v.revision, nil
}

// Put is that of the contract.
func (s *memoryState) Put(ctx context.Context, key string, value []byte, revision uint64) (uint64, error) {
	if err := CheckKey(ctx, key); err != nil {
		return 0, err
	}
	s.mu.Lock()
	if s.values[key].revision != revision {
		s.mu.Unlock()
		return 0, fmt.Errorf("put %s: %w", key, ErrStale)
	}
	s.revision++
	given := s.revision
	s.values[key] = versioned{bytes.Clone(value), given}
	s.mu.Unlock()
	s.watchers.Notify(key)
	return given, nil
}

// Delete is that of the contract.
func (s *memoryState) Delete(ctx context.Context, key string, revision uint64) error {
	if err := CheckKey(ctx, key); err != nil {
		return err
	}
	s.mu.Lock()
	v, there := s.values[key]
	if there && v.revision != revision {
		s.mu.Unlock()
		return fmt.Errorf("delete %s: %w", key, ErrStale)
	}
	delete(s.values, key)
	s.mu.Unlock()
	if there {
		s.watchers.Notify(key)
	}
	return nil
}

// Keys is that of the contract; it looks at all keys.
func (s *memoryState) Keys(ctx context.Context, prefix string) ([]string, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	var keys []string
	for key := range s.values {
		if strings.HasPrefix(key, prefix) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys, nil
}

// Watch is that of the contract.
func (s *memoryState) Watch(ctx context.Context, prefix string) (<-chan string, error) {
	return s.watchers.Watch(ctx, prefix)
}
