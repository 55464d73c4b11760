package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// inFolder runs the program with its data in the folder.
func inFolder(t testing.TB, dir string, args ...string) ran {
	t.Helper()
	return banyan(t, t.TempDir(), "", append(args, "--data", dir)...)
}

// copyFiles makes a folder with the same files.
func copyFiles(tb testing.TB, from string) (to string) {
	tb.Helper()
	to = tb.TempDir()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		tb.Fatal(err)
	}
	entries, err := os.ReadDir(to)
	if err != nil {
		tb.Fatal(err)
	}
	for _, e := range entries {
		if e.Type().IsRegular() {
			if err := os.Chmod(filepath.Join(to, e.Name()), 0o600); err != nil {
				tb.Fatal(err)
			}
		}
	}
	return to
}

// harm damages a file: it is cut short, or one of its pages gets other bytes.
func harm(tb testing.TB, r *rand.Rand, path string) (what string) {
	tb.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	if r.IntN(4) == 0 {
		n := r.IntN(len(content))
		what, content = fmt.Sprintf("%s of %d bytes cut to %d", filepath.Base(path), len(content), n), content[:n]
	} else {
		size := os.Getpagesize()
		page := r.IntN(len(content) / size)
		from := r.IntN(size)
		n := 1 + r.IntN(size-from)
		for i := range n {
			content[page*size+from+i] = byte(r.Uint32())
		}
		what = fmt.Sprintf("%s with %d other bytes in page %d from %d", filepath.Base(path), n, page, from)
	}
	mustWriteBytes(tb, path, content)
	return what
}

func mustWriteBytes(tb testing.TB, path string, content []byte) {
	tb.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		tb.Fatal(err)
	}
}

// TestShopHarmed damages the files of the shop in random ways: it opens, or says which
// file is damaged; and to put it back always works.
func TestShopHarmed(t *testing.T) {
	first := mustOpenShop(t, t.TempDir())
	whole := first.dir
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	seed := uint64(time.Now().UnixNano()) //nolint:gosec // any seed will do
	r := rand.New(rand.NewPCG(seed, 0))
	refused := 0
	for i := range 60 {
		dir := copyFiles(t, whole)
		node := shopNodes()[i%4]
		what := fmt.Sprintf("seed %d: %s", seed, harm(t, r, shopFile(dir, node)))
		s, err := openShop(dir, shopOptions{NoSync: true})
		if err == nil {
			_, _ = s.sync.Compare(t.Context()) // a difference, an error or nothing
			err = s.Close()
		} else {
			refused++
		}
		if err != nil && !strings.Contains(err.Error(), node) {
			t.Errorf("%s: it does not say which file: %v", what, err)
		}
		if _, err := resetShop(dir); err != nil {
			t.Errorf("%s: reset: %v", what, err)
			continue
		}
		s, err = openShop(dir, shopOptions{NoSync: true})
		if err != nil {
			t.Errorf("%s: after the reset: %v", what, err)
			continue
		}
		if found, err := s.sync.Compare(t.Context()); len(found) > 0 || err != nil || s.putBack != "" {
			t.Errorf("%s: after the reset: %v, %v, %q", what, found, err, s.putBack)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	if refused == 0 {
		t.Errorf("seed %d: no damage was ever noticed", seed)
	}
}

// TestCommandsWithHarmedShop runs the program on damaged files: it ends with a sentence
// and the usual status, and reset is the way out.
func TestCommandsWithHarmedShop(t *testing.T) {
	dir := t.TempDir()
	if got := inFolder(t, dir, "ask", "--email", "ada@example.com", "hello"); got.status != 0 {
		t.Fatal(got)
	}
	for name, harm := range map[string]func(path string){
		"Cut short": func(path string) {
			if err := os.Truncate(path, int64(os.Getpagesize())*3); err != nil {
				t.Fatal(err)
			}
		},
		"Other bytes": func(path string) {
			content, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			mustWriteBytes(t, path, append(content[:2*os.Getpagesize():2*os.Getpagesize()], bytes.Repeat([]byte("?"), len(content)-2*os.Getpagesize())...))
		},
		"Another file": func(path string) { mustWriteBytes(t, path, []byte(strings.Repeat("Dear diary, ", 5000))) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := copyFiles(t, dir)
			path := shopFile(dir, userNode)
			harm(path)
			for _, args := range [][]string{{"ask", "--email", "ada@example.com", "hello"}, {"doctor"}} {
				got := inFolder(t, dir, args...)
				said := got.out + got.err
				if got.status != exitFailed || !strings.Contains(said, path+" is damaged") || !strings.Contains(said, "banyan reset") || strings.Contains(said, "goroutine") {
					t.Errorf("%v: %+v", args, got)
				}
			}
			if got := inFolder(t, dir, "reset", "--yes"); got.status != 0 || !strings.Contains(got.out, path+".damaged") {
				t.Errorf("reset: %+v", got)
			}
			if got := inFolder(t, dir, "ask", "--email", "ada@example.com", "hello"); got.status != 0 || got.err != "" {
				t.Errorf("after the reset: %+v", got)
			}
		})
	}
}

// TestLostFiles empties and removes files while others are there: what that means is
// said, once, and nothing that was there is thrown away.
func TestLostFiles(t *testing.T) {
	dir := t.TempDir()
	if got := inFolder(t, dir, "ask", "--email", "ada@example.com", "--yes", "change my phone number to 555 0199"); got.status != 0 {
		t.Fatal(got)
	}
	lose := map[string]func(path string) error{
		"empty":   func(path string) error { return os.Truncate(path, 0) },
		"missing": os.Remove,
	}
	for how, lost := range map[string]string{"monolith.db": "empty", "order.db": "missing", "banyan.db": "empty"} {
		t.Run(how+" "+lost, func(t *testing.T) {
			dir := copyFiles(t, dir)
			path := filepath.Join(dir, how)
			if err := lose[lost](path); err != nil {
				t.Fatal(err)
			}
			got := inFolder(t, dir, "ask", "--email", "ada@example.com", "what is my phone number?")
			if got.status != 0 || !strings.Contains(got.err, path+" was "+lost) {
				t.Errorf("it is not said: %+v", got)
			}
			if how != "banyan.db" && !strings.Contains(got.err, "user.db.damaged") {
				t.Errorf("what the others held was not kept: %+v", got)
			}
			if got := inFolder(t, dir, "ask", "--email", "ada@example.com", "hello"); got.err != "" {
				t.Errorf("it is said again: %+v", got)
			}
		})
	}
}

// TestOtherMaking puts back a file of an older making: that is no unfinished seeding.
func TestOtherMaking(t *testing.T) {
	s := mustOpenShop(t, t.TempDir())
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	old := copyFiles(t, s.dir)
	if _, err := resetShop(s.dir); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(shopFile(old, orderNode))
	if err != nil {
		t.Fatal(err)
	}
	mustWriteBytes(t, shopFile(s.dir, orderNode), content)
	s = mustOpenShop(t, s.dir)
	if !strings.Contains(s.putBack, shopFile(s.dir, orderNode)+" is not of the same making") {
		t.Errorf("it says %q", s.putBack)
	}
	if _, kept := damagedFiles(s.dir); len(kept) != 4 {
		t.Errorf("kept are %v", kept)
	}
	if found, err := s.sync.Compare(t.Context()); len(found) > 0 || err != nil {
		t.Errorf("the shop is not whole: %v, %v", found, err)
	}
}
