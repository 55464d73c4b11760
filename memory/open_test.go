package memory_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"banyan/memory"
	"banyan/orchestrator"
)

func TestOpenMakesPrivateFiles(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "some", "where")
	path := filepath.Join(folder, "banyan.db")
	MustOpen(t, path, memory.Options{})
	for name, want := range map[string]os.FileMode{
		folder: 0o700 | os.ModeDir, filepath.Dir(folder): 0o700 | os.ModeDir, path: 0o600, path + ".holder": 0o600,
	} {
		info, err := os.Stat(name)
		if err != nil || info.Mode() != want {
			t.Errorf("%s has mode %v, %v, want %v", name, info.Mode(), err, want)
		}
	}
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) != 2 {
		t.Errorf("the folder holds %v, %v, want the store and the note beside it", entries, err)
	}
}

func TestOpenKeepsWhatWasStored(t *testing.T) {
	path := filepath.Join(t.TempDir(), "banyan.db")
	s := MustOpen(t, path, memory.Options{})
	MustAppend(t, s, newTurn("a", 1), newTurn("a", 2))
	MustClose(t, s)
	if _, err := os.Stat(path + ".holder"); !os.IsNotExist(err) {
		t.Errorf("the note is still there: %v", err)
	}
	s = MustOpen(t, path, memory.Options{})
	want := []orchestrator.Turn{newTurn("a", 1), newTurn("a", 2)}
	if got := MustTurns(t, s, "a", 0); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if err := s.Append(context.Background(), newTurn("a", 1)); err != nil {
		t.Errorf("a stored turn again: %v", err)
	}
}

func TestOpenTwice(t *testing.T) {
	path := filepath.Join(t.TempDir(), "banyan.db")
	MustOpen(t, path, memory.Options{})
	_, err := memory.Open(path, memory.Options{Wait: time.Millisecond})
	if code(err) != memory.CodeBusy || !strings.Contains(err.Error(), "this process itself") {
		t.Errorf("got %v, want the code %s", err, memory.CodeBusy)
	}

	// A note of somebody who is gone says nothing about who holds the file now.
	note, err := json.Marshal(map[string]any{"pid": 1 << 30, "command": "ghost", "host": MustHostname(t)})
	if err != nil {
		t.Fatal(err)
	}
	for what, content := range map[string][]byte{"dead": note, "garbled": []byte("{"), "empty": nil} {
		if err := os.WriteFile(path+".holder", content, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err = memory.Open(path, memory.Options{Wait: time.Millisecond})
		if code(err) != memory.CodeBusy || strings.Contains(err.Error(), "ghost") || !strings.Contains(err.Error(), "another process") {
			t.Errorf("with a note that is %s: got %v", what, err)
		}
	}
}

// MustHostname returns the name of this machine as the note has it.
func MustHostname(tb testing.TB) string {
	tb.Helper()
	host, err := os.Hostname()
	if err != nil {
		tb.Fatal(err)
	}
	return host
}

// Whoever makes the file, nobody's must be replaced by another's.
func TestOpenNewAtTheSameTime(t *testing.T) {
	for round := range 5 {
		path := filepath.Join(t.TempDir(), "banyan.db")
		var wg sync.WaitGroup
		for i := range 6 {
			wg.Go(func() {
				s, err := memory.Open(path, memory.Options{Wait: time.Minute})
				if err != nil {
					t.Errorf("round %d: Open: %v", round, err)
					return
				}
				if err := s.Append(context.Background(), newTurn("a", i)); err != nil {
					t.Errorf("round %d: Append: %v", round, err)
				}
				if err := s.Close(); err != nil {
					t.Errorf("round %d: Close: %v", round, err)
				}
			})
		}
		wg.Wait()
		if got := MustTurns(t, MustOpen(t, path, memory.Options{}), "a", 0); len(got) != 6 {
			t.Errorf("round %d: %d turns, want 6", round, len(got))
		}
	}
}

func TestOpenEmptyFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "banyan.db")
	MustWrite(t, path, nil)
	s := MustOpen(t, path, memory.Options{})
	MustAppend(t, s, newTurn("a", 1))
	MustClose(t, s)
	if got := MustTurns(t, MustOpen(t, path, memory.Options{}), "a", 0); len(got) != 1 {
		t.Errorf("got %d turns, want 1", len(got))
	}
}

func TestOpenWhatIsNoStore(t *testing.T) {
	foreign := filepath.Join(t.TempDir(), "foreign.db")
	edit(t, foreign, func(tx *bolt.Tx) error {
		_, err := tx.CreateBucket([]byte("things"))
		return err
	})
	newer := filepath.Join(t.TempDir(), "newer.db")
	MustClose(t, MustOpen(t, newer, memory.Options{}))
	edit(t, newer, func(tx *bolt.Tx) error { return tx.Bucket([]byte("memory/meta")).Put([]byte("schema"), []byte("2")) })
	unversioned := filepath.Join(t.TempDir(), "unversioned.db")
	MustClose(t, MustOpen(t, unversioned, memory.Options{}))
	edit(t, unversioned, func(tx *bolt.Tx) error { return tx.Bucket([]byte("memory/meta")).Delete([]byte("schema")) })
	stripped := filepath.Join(t.TempDir(), "stripped.db")
	MustClose(t, MustOpen(t, stripped, memory.Options{}))
	edit(t, stripped, func(tx *bolt.Tx) error { return tx.DeleteBucket([]byte("memory/turns")) })

	for name, tt := range map[string]struct {
		content []byte
		code    string
		says    string
	}{
		"Text":           {[]byte("Dear diary,\n"), memory.CodeDamaged, "not a store"},
		"LongText":       {bytes.Repeat([]byte("all work and no play "), 10_000), memory.CodeDamaged, "not a store"},
		"Zeros":          {make([]byte, 65_536), memory.CodeDamaged, "not a store"},
		"OneByte":        {[]byte{0}, memory.CodeDamaged, "not a store"},
		"AnotherProgram": {MustRead(t, foreign), memory.CodeDamaged, "another program"},
		"Newer":          {MustRead(t, newer), memory.CodeNewer, "version 2"},
		"NoVersion":      {MustRead(t, unversioned), memory.CodeDamaged, "version"},
		"PartMissing":    {MustRead(t, stripped), memory.CodeDamaged, "memory/turns"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "banyan.db")
			MustWrite(t, path, tt.content)
			_, err := memory.Open(path, memory.Options{})
			if code(err) != tt.code || !strings.Contains(err.Error(), tt.says) || !strings.Contains(err.Error(), path) {
				t.Errorf("got %v, want the code %s and the words %q", err, tt.code, tt.says)
			}
			if !bytes.Equal(MustRead(t, path), tt.content) {
				t.Error("the file was changed")
			}
		})
	}
	t.Run("Folder", func(t *testing.T) {
		if _, err := memory.Open(t.TempDir(), memory.Options{}); code(err) != memory.CodeDamaged {
			t.Errorf("got %v, want the code %s", err, memory.CodeDamaged)
		}
	})
	t.Run("FileForFolder", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "file")
		MustWrite(t, file, []byte("x"))
		if _, err := memory.Open(filepath.Join(file, "banyan.db"), memory.Options{}); code(err) != orchestrator.CodeStore {
			t.Errorf("got %v, want the code %s", err, orchestrator.CodeStore)
		}
	})
}

func TestOpenCutShort(t *testing.T) {
	whole, needed := sample(t)
	path := filepath.Join(t.TempDir(), "banyan.db")
	for length := 1; length < len(whole); length += 509 {
		MustWrite(t, path, whole[:length])
		s, err := memory.Open(path, memory.Options{NoSync: true})
		switch {
		case length >= needed && err == nil:
			MustClose(t, s)
		case length >= needed:
			t.Errorf("%d bytes of %d: %v", length, len(whole), err)
		case code(err) != memory.CodeDamaged:
			t.Errorf("%d bytes of %d: got %v, want the code %s", length, len(whole), err, memory.CodeDamaged)
		case !bytes.Equal(MustRead(t, path), whole[:length]):
			t.Errorf("%d bytes of %d: the file was changed", length, len(whole))
		}
	}
}

// A changed byte is reported, or makes no difference; it never crashes and
// never gives back something that was not said.
func TestOpenChangedBytes(t *testing.T) {
	whole, needed := sample(t)
	original := map[string]orchestrator.Turn{}
	for i := range sampleTurns {
		x := sampleTurn(i)
		original[x.ID] = x
	}
	seed := uint64(time.Now().UnixNano()) //nolint:gosec // any seed will do
	r := rand.New(rand.NewPCG(seed, 0))
	folder := t.TempDir()
	var refused, noticed, harmless int
	for i := range changedFiles {
		content := bytes.Clone(whole)
		at := r.IntN(needed)
		if i%2 == 0 { // the head of a page, and the first elements, where most can go wrong
			at = r.IntN(needed/os.Getpagesize())*os.Getpagesize() + r.IntN(64)
		}
		content[at] ^= byte(1 + r.IntN(255))
		path := filepath.Join(folder, fmt.Sprint(i))
		MustWrite(t, path, content)
		where := fmt.Sprintf("seed %d, byte %d set to %#x", seed, at, content[at])

		s, err := memory.Open(path, memory.Options{NoSync: true})
		if err != nil {
			refused++
			if code(err) == "" {
				t.Errorf("%s: Open: an error without a code: %v", where, err)
			}
			if !bytes.Equal(MustRead(t, path), content) {
				t.Errorf("%s: the file was changed", where)
			}
			continue
		}
		if problem := damage(t, s, where, original); problem != nil {
			noticed++
			if code(problem) != memory.CodeDamaged {
				t.Errorf("%s: %v, want the code %s", where, problem, memory.CodeDamaged)
			}
		} else {
			harmless++
		}
		_ = s.Close() // of a damaged file it may fail
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("of %d changed files %d were refused, %d showed damage when read, %d showed none", changedFiles, refused, noticed, harmless)
}

// damage reads everything and returns the first error. What comes without an
// error must be what was stored.
func damage(t *testing.T, s *memory.Store, where string, original map[string]orchestrator.Turn) error {
	t.Helper()
	var first error
	note := func(err error) {
		if first == nil {
			first = err
		}
	}
	for c := range sampleConversations {
		turns, err := s.Turns(context.Background(), fmt.Sprint("c", c), 0)
		note(err)
		for _, x := range turns {
			if !reflect.DeepEqual(x, original[x.ID]) {
				t.Errorf("%s: Turns gave %+v, which was never said", where, x)
			}
		}
	}
	for x, err := range s.All(context.Background(), "") {
		note(err)
		if err == nil && !reflect.DeepEqual(x, original[x.ID]) {
			t.Errorf("%s: All gave %+v, which was never said", where, x)
		}
	}
	_, err := s.Search(context.Background(), "ada@example.com", "status", 0)
	note(err)
	for i := 0; i < sampleTurns; i += 17 {
		note(s.Append(context.Background(), sampleTurn(i)))
	}
	fresh := newTurn("fresh", 1)
	if err := s.Append(context.Background(), fresh); err != nil {
		note(err)
	} else if got, err := s.Turns(context.Background(), "fresh", 1); err != nil || !reflect.DeepEqual(got, []orchestrator.Turn{fresh}) {
		t.Errorf("%s: a new turn was acknowledged and came back as %v, %v", where, got, err)
	}
	return first
}

const (
	changedFiles        = 300
	sampleTurns         = 120
	sampleConversations = 7
)

func sampleTurn(i int) orchestrator.Turn {
	x := newTurn(fmt.Sprint("c", i%sampleConversations), i)
	if i%40 == 13 {
		x.Answer = strings.Repeat("a long answer ", 700)
	}
	return x
}

// sample returns a store with all kinds of page, and how many bytes of it are in
// use.
func sample(t *testing.T) (content []byte, needed int) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "banyan.db")
	s := MustOpen(t, path, memory.Options{NoSync: true})
	for i := range sampleTurns {
		MustAppend(t, s, sampleTurn(i))
		if i%10 == 0 {
			MustAppend(t, s, newTurn("gone", i))
		}
	}
	// The second time changes nothing. bbolt goes back one transaction when the
	// page that ends the last one is broken: it cannot know it from a crash.
	for range 2 {
		if err := s.Delete(context.Background(), "gone"); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.DB().View(func(tx *bolt.Tx) error { needed = int(tx.Size()); return nil }); err != nil {
		t.Fatal(err)
	}
	MustClose(t, s)
	content = MustRead(t, path)
	return content, needed
}

func TestFull(t *testing.T) {
	s := MustOpen(t, filepath.Join(t.TempDir(), "banyan.db"), memory.Options{NoSync: true, MaxSize: 1 << 20})
	stored := 0
	var err error
	for err == nil && stored < 1000 {
		x := newTurn("a", stored)
		x.Answer = strings.Repeat("x", 10_000)
		if err = s.Append(context.Background(), x); err == nil {
			stored++
		}
	}
	if code(err) != memory.CodeFull {
		t.Fatalf("got %v after %d turns, want the code %s", err, stored, memory.CodeFull)
	}
	if got := len(MustTurns(t, s, "a", 0)); got != stored {
		t.Errorf("%d turns are there, %d were acknowledged", got, stored)
	}
	// Room that becomes free is used: what failed was not the end.
	if err := s.Delete(context.Background(), "a"); err == nil {
		MustAppend(t, s, newTurn("b", 1))
	} else if code(err) != memory.CodeFull {
		t.Errorf("Delete: got %v", err)
	}
}

// MustRead returns the content of a file.
func MustRead(tb testing.TB, path string) []byte {
	tb.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

// MustWrite makes a file.
func MustWrite(tb testing.TB, path string, content []byte) {
	tb.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		tb.Fatal(err)
	}
}

// edit changes a bbolt file behind the store's back.
func edit(tb testing.TB, path string, change func(tx *bolt.Tx) error) {
	tb.Helper()
	db, err := bolt.Open(path, 0o600, nil)
	if err != nil {
		tb.Fatal(err)
	}
	if err := db.Update(change); err != nil {
		tb.Fatal(err)
	}
	if err := db.Close(); err != nil {
		tb.Fatal(err)
	}
}
