package playbook

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"banyan/orchestrator"
)

func TestFilesThatAreNoPlaybooks(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"Empty":     {"", "books/bad.yaml: there is no playbook"},
		"Comment":   {"# nothing\n", "books/bad.yaml: there is no playbook"},
		"NoYAML":    {"name: x\n  steps: [", "books/bad.yaml:2:8: this is no YAML"},
		"Flow":      {"name: x\nparams: {\n  n: {type: integer,\n    question: Which?}\n}\n", "books/bad.yaml:4:20: this is no YAML"},
		"Tab":       {"name:\n\t- x", "books/bad.yaml:2:1: this is no YAML"},
		"List":      {"- a\n- b\n", "books/bad.yaml:1:1: a playbook must be"},
		"Huge":      {"# " + strings.Repeat("x", maxFile), "books/bad.yaml: the file is larger than 64 KB"},
		"Bomb":      {"a: &a [x, x]\nb: &b [*a, *a]\nname: x\n", "books/bad.yaml:1:1: a playbook has no \"a\""},
		"SelfAlias": {"name: x\nsummary: x\nsteps: &s\n  - *s\n", "books/bad.yaml:"},
		"Binary":    {"\x00\x01\x02", "books/bad.yaml"},
	} {
		t.Run(name, func(t *testing.T) {
			s := set(t, map[string]string{"bad.yaml": c.text, "good.yaml": good})
			if d := mustDescribe(t, s); len(d.Intents) != 1 {
				t.Errorf("%d intents", len(d.Intents))
			}
			if p := s.Problems(); len(p) == 0 || !strings.HasPrefix(p[0].Error(), c.want) {
				t.Errorf("got %v", p)
			}
		})
	}
}

// A slip in one playbook of a file leaves the others of the file alone.
func TestSlipInAFileOfSeveral(t *testing.T) {
	list := "name: %s\nsummary: x\nsteps: [{id: l, intent: list_loans}]\n"
	for name, c := range map[string]struct{ middle, want string }{
		"Syntax": {"name: two\nsteps: [\n  - x\n", "[books/a.yaml:7:5: this is no YAML: did not find expected node content]"},
		"Form":   {"name: two\nsummary: x\nstep: x\nsteps: [{id: l, intent: list_loans}]\n", "books/a.yaml:7:1: a playbook has no"},
		"Plan":   {"name: two\nsummary: x\nsteps: [{id: l, intent: list_loan}]\n", "books/a.yaml:7:25: there is no intent"},
	} {
		t.Run(name, func(t *testing.T) {
			s := set(t, map[string]string{"a.yaml": fmt.Sprintf(list, "one") + "---\n" + c.middle + "---\n" + fmt.Sprintf(list, "three")})
			d := mustDescribe(t, s)
			if len(d.Intents) != 2 || d.Intents[0].Name != "one" || d.Intents[1].Name != "three" {
				t.Errorf("offered are %d", len(d.Intents))
			}
			if got := fmt.Sprint(s.Problems()); !strings.Contains(got, c.want) || len(s.Problems()) != 1 {
				t.Errorf("got %s", got)
			}
		})
	}
}

func TestMissingFolderAndFile(t *testing.T) {
	gone := os.DirFS(filepath.Join(t.TempDir(), "gone"))
	s := New(nil, Source{FS: gone, Folder: "gone"})
	if d := mustDescribe(t, s); len(d.Intents) != 0 || len(s.Problems()) != 0 {
		t.Errorf("a folder that is not there: %v", s.Problems())
	}
	r, err := s.Check(t.Context(), Source{FS: gone, Files: []string{"x.yaml"}})
	if err != nil || len(r.Problems) != 1 || !strings.HasPrefix(r.Problems[0].Error(), "x.yaml: the file cannot be read: no such file") {
		t.Errorf("a file that is not there: %v, %v", r.Problems, err)
	}
}

func mustWrite(t testing.TB, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestLookout(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.yaml")
	s := New(nil, Source{FS: os.DirFS(dir), Folder: dir})
	mustDescribe(t, s)
	changes := s.lookout()
	for i, change := range []struct {
		what string
		do   func() error
		want bool
	}{
		{"nothing", func() error { return nil }, false},
		{"a new file", func() error { return os.WriteFile(path, []byte(good), 0o600) }, true},
		{"nothing", func() error { return nil }, false},
		{"another text", func() error { return os.WriteFile(path, []byte(good+"# more\n"), 0o600) }, true},
		{"another time", func() error { return os.Chtimes(path, time.Time{}, time.Now().Add(time.Hour)) }, true},
		{"another file in its place", func() error {
			return errors.Join(os.WriteFile(path+"~", []byte(good+"#\n"), 0o600), os.Rename(path+"~", path))
		}, true},
		{"what is no playbook", func() error { return os.WriteFile(filepath.Join(dir, "notes.txt"), nil, 0o600) }, false},
		{"a file less", func() error { return os.Remove(path) }, true},
		{"no folder", func() error { return os.RemoveAll(dir) }, false},
	} {
		if err := change.do(); err != nil {
			t.Fatal(err)
		}
		if got := changes(); got != change.want {
			t.Errorf("%d, %s: %v, want %v", i, change.what, got, change.want)
		}
	}
}

func TestWatch(t *testing.T) {
	dir := t.TempDir()
	s := New([]orchestrator.Service{newShelf(t)}, Source{FS: os.DirFS(dir), Folder: dir})
	mustDescribe(t, s)
	mustWrite(t, filepath.Join(dir, "a.yaml"), good) // before the first look
	tick, changed := make(chan time.Time), make(chan struct{}, 9)
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { s.Watch(ctx, tick, func() { changed <- struct{}{} }) })
	for told := false; !told; {
		select {
		case tick <- time.Time{}:
		case <-changed:
			told = true
		}
	}
	cancel()
	wg.Wait()
}

func FuzzDescribe(f *testing.F) {
	f.Add(good)
	files, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(data))
	}
	f.Fuzz(func(t *testing.T, text string) {
		s := set(t, map[string]string{"a.yaml": text})
		d := mustDescribe(t, s)
		if len(d.Intents)+len(s.Problems()) == 0 {
			t.Error("neither a playbook nor a problem")
		}
		if _, bad := orchestrator.NewCatalog([]orchestrator.Offered{{Service: s, Description: d}}); len(bad) > 0 {
			t.Errorf("the catalog refuses what was found sound: %v", bad)
		}
	})
}

func BenchmarkLook(b *testing.B) {
	dir := b.TempDir()
	for i := range 10 {
		mustWrite(b, filepath.Join(dir, fmt.Sprint(i, ".yaml")), good)
	}
	s := New(nil, Source{FS: os.DirFS(dir), Folder: dir})
	changes := s.lookout()
	b.ReportAllocs()
	for b.Loop() {
		changes()
	}
}
