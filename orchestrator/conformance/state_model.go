package conformance

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"banyan/orchestrator"
)

// stateModel does random things to a State and to a map, and compares.
func stateModel(t *testing.T, s orchestrator.State) {
	ctx := context.Background()
	type fact struct {
		value    string
		revision uint64
	}
	model := map[string]fact{}
	highest := uint64(0)
	rapid.Check(t, func(r *rapid.T) {
		for range rapid.IntRange(1, 6).Draw(r, "steps") {
			key := rapid.SampledFrom([]string{"a", "a/b", "a/c", "b"}).Draw(r, "key")
			is := model[key]
			revision := rapid.SampledFrom([]uint64{0, is.revision, is.revision, is.revision, highest + 1}).Draw(r, "revision")
			switch rapid.IntRange(0, 2).Draw(r, "do") {
			case 0:
				value := rapid.StringN(0, 8, -1).Draw(r, "value")
				given, err := s.Put(ctx, key, []byte(value), revision)
				if fits := revision == is.revision; fits != (err == nil) || err != nil && !errors.Is(err, orchestrator.ErrStale) {
					r.Fatalf("Put(%q, %d) where %d is: %v", key, revision, is.revision, err)
				}
				if err == nil {
					if given == 0 || given == is.revision {
						r.Fatalf("Put(%q) gave the revision %d after %d", key, given, is.revision)
					}
					model[key] = fact{value, given}
					highest = max(highest, given)
				}
			case 1:
				err := s.Delete(ctx, key, revision)
				_, there := model[key]
				if fits := !there || revision == is.revision; fits != (err == nil) || err != nil && !errors.Is(err, orchestrator.ErrStale) {
					r.Fatalf("Delete(%q, %d) where %d is: %v", key, revision, is.revision, err)
				}
				if err == nil {
					delete(model, key)
				}
			default:
				value, revision, err := s.Get(ctx, key)
				if err != nil || string(value) != is.value || revision != is.revision {
					r.Fatalf("Get(%q) = %q, %d, %v; want %v", key, value, revision, err, is)
				}
			}
		}
		prefix := rapid.SampledFrom([]string{"", "a", "a/", "c"}).Draw(r, "prefix")
		want := slices.DeleteFunc(slices.Sorted(maps.Keys(model)), func(k string) bool { return !strings.HasPrefix(k, prefix) })
		got, err := s.Keys(ctx, prefix)
		if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
			r.Fatalf("Keys(%q) = %q, %v; want %q", prefix, got, err, want)
		}
	})
}
