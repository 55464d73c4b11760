package offline

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"banyan/backends/offline/match"
)

// many makes classes with enough texts to be kept; the seed tells them apart.
func many(seed string) []match.Class {
	var out []match.Class
	for i := range 50 {
		c := match.Class{Name: fmt.Sprint("intent", i)}
		for k := range 21 {
			c.Examples = append(c.Examples, fmt.Sprintf("%s %c%c %c", seed, 'a'+i%26, 'a'+i/2, 'a'+k))
		}
		out = append(out, c)
	}
	return out
}

func mustTrain(tb testing.TB, folder string, classes []match.Class) *match.Model {
	tb.Helper()
	m, err := train(tb.Context(), folder, classes)
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

func mustModels(tb testing.TB, folder string) []string {
	tb.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil {
		tb.Fatal(err)
	}
	return files
}

func TestCacheIsUsed(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "models")
	classes := many("one")
	m := mustTrain(t, folder, classes)
	files := mustModels(t, folder)
	if len(files) != 1 {
		t.Fatalf("there are %v", files)
	}
	info, err := os.Stat(files[0])
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
	again := mustTrain(t, folder, classes)
	if got, want := again.Rank("one ab c", 2), m.Rank("one ab c", 2); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", got, want)
	}
	// Another model under this name shows that the file is read.
	other := mustTrain(t, "", []match.Class{{Name: "planted", Examples: []string{"one"}}})
	if err := store(folder, files[0], other); err != nil {
		t.Fatal(err)
	}
	if got := mustTrain(t, folder, classes).Rank("one", 1); len(got) != 1 || got[0].Class != "planted" {
		t.Errorf("the file is not read: %v", got)
	}
}

func TestDamagedCacheIsMadeAnew(t *testing.T) {
	folder := t.TempDir()
	classes := many("one")
	want := fmt.Sprint(mustTrain(t, folder, classes).Rank("one ab c", 2))
	file := mustModels(t, folder)[0]
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	turned := append([]byte{}, whole...)
	turned[len(turned)/2] ^= 4
	for name, raw := range map[string][]byte{"Empty": nil, "Cut": whole[:len(whole)/3], "Changed": turned, "Other": []byte("hello")} {
		t.Run(name, func(t *testing.T) {
			if err := os.WriteFile(file, raw, 0o600); err != nil {
				t.Fatal(err)
			}
			if got := fmt.Sprint(mustTrain(t, folder, classes).Rank("one ab c", 2)); got != want {
				t.Errorf("got %v, want %v", got, want)
			}
			now, err := os.ReadFile(file)
			if err != nil || string(now) != string(whole) {
				t.Errorf("the file was not made anew: %v", err)
			}
		})
	}
}

func TestCacheForgetsOldCatalogs(t *testing.T) {
	folder := t.TempDir()
	for i := range 4 {
		mustTrain(t, folder, many(fmt.Sprint("seed", i)))
	}
	if got := mustModels(t, folder); len(got) != cachedModels {
		t.Errorf("there are %v", got)
	}
}

func TestNoCache(t *testing.T) {
	folder := t.TempDir()
	mustTrain(t, folder, many("one")[:10])
	if got := mustModels(t, folder); len(got) != 0 {
		t.Errorf("a small catalog is kept: %v", got)
	}
	file := filepath.Join(folder, "a file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if m := mustTrain(t, filepath.Join(file, "below"), many("one")); len(m.Rank("one ab c", 1)) != 1 {
		t.Error("a folder that cannot be made is in the way")
	}
}

// Whoever trains may give up; the next one who asks does it then.
func TestGivenUpTrainingIsMadeUpFor(t *testing.T) {
	b, c := New(), mustCatalogOf(t, "shop")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := b.Match(ctx, "cancel my order", c, 1); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	if got, err := b.Match(t.Context(), "cancel my order", c, 1); err != nil || len(got) != 1 || got[0] != "cancel_order" {
		t.Errorf("got %v, %v", got, err)
	}
}
