package memory

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"banyan/orchestrator"
)

// files are a folder in memory.
type files map[string][]byte

// file is one of its files.
type file struct {
	in   files
	name string
}

func (f file) ReadAt(p []byte, at int64) (int, error) {
	return bytes.NewReader(f.in[f.name]).ReadAt(p, at)
}

func (f file) WriteAt(p []byte, at int64) (int, error) {
	f.in[f.name] = append(f.in[f.name][:at:at], p...)
	return len(p), nil
}

func (f file) Truncate(size int64) error {
	f.in[f.name] = f.in[f.name][:size:size]
	return nil
}

func (file) Sync() error  { return nil }
func (file) Close() error { return nil }

// journal opens the journal in a folder. Turns whose ID begins with "stored"
// count as stored.
func (fs files) journal(tb testing.TB) *journal {
	tb.Helper()
	j := newJournal("journal", false)
	j.anew = func(path string, content []byte) (journalFile, error) {
		fs[path] = bytes.Clone(content)
		return file{fs, path}, nil
	}
	if content, ok := fs["journal"]; ok {
		stored := func(id string) (bool, error) { return strings.HasPrefix(id, "stored"), nil }
		if err := j.load(file{fs, "journal"}, bytes.Clone(content), stored); err != nil {
			tb.Fatalf("load: %v", err)
		}
	}
	return j
}

func testOpen(id string) orchestrator.OpenTurn {
	return orchestrator.OpenTurn{
		Turn: orchestrator.Turn{ID: id, Conversation: "c", User: "ada@example.com", Message: "cancel it"},
		User: orchestrator.User{Email: "ada@example.com"}, Key: id,
	}
}

func testNote(n int) orchestrator.JournalNote {
	return orchestrator.JournalNote{Kind: orchestrator.NoteEnded, Step: &orchestrator.StepRecord{ID: fmt.Sprint("step", n)}}
}

func mustEncode(tb testing.TB, v any) []byte {
	tb.Helper()
	b, err := encode(v)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

// stage is a journal's file up to a record and what is unfinished then.
type stage struct {
	size int
	open []orchestrator.OpenTurn
}

// script is a journal's file with its stages: turns that begin, go on, begin
// again, are dropped and are stored.
func script(tb testing.TB) (content []byte, stages []stage) {
	tb.Helper()
	content = journalStart(journalVersion)
	var open []orchestrator.OpenTurn
	add := func(record []byte) {
		content = append(content, record...)
		now := make([]orchestrator.OpenTurn, len(open))
		for i, o := range open {
			o.Notes = append([]orchestrator.JournalNote(nil), o.Notes...)
			now[i] = o
		}
		stages = append(stages, stage{len(content), now})
	}
	stages = append(stages, stage{len(content), nil})
	find := func(id string) *orchestrator.OpenTurn {
		for i := range open {
			if open[i].Turn.ID == id {
				return &open[i]
			}
		}
		return &orchestrator.OpenTurn{} // of one that counts as stored
	}
	begin := func(id string) {
		o := testOpen(id)
		if old := find(id); old.Turn.ID != "" {
			*old = o
		} else if !strings.HasPrefix(id, "stored") {
			open = append(open, o)
		}
		add(frame(recordBegin, id, mustEncode(tb, o)))
	}
	note := func(id string, n int) {
		o := find(id)
		o.Notes = append(o.Notes, testNote(n))
		add(frame(recordNote, id, mustEncode(tb, testNote(n))))
	}
	begin("a")
	note("a", 1)
	begin("stored1")
	note("a", 2)
	note("stored1", 1)
	begin("b")
	note("b", 1)
	begin("a")
	note("a", 3)
	begin("c")
	open = open[:2]
	add(frame(recordDrop, "c", nil))
	begin("d")
	note("d", 1)
	note("b", 2)
	return content, stages
}

// A file that ends anywhere, with or without rubbish behind, holds what was
// written before, and is no error.
func TestJournalTornAtEveryByte(t *testing.T) {
	content, stages := script(t)
	for length := range len(content) + 1 {
		want := stages[0].open
		for _, s := range stages {
			if s.size <= length {
				want = s.open
			}
		}
		for name, tail := range map[string][]byte{"": nil, "zeros": make([]byte, 100), "half a record": content[headLength : headLength+30]} {
			if length < headLength && tail != nil {
				continue // a file is made with its head
			}
			torn := append(bytes.Clone(content[:length]), tail...)
			if parses(torn, length) {
				continue // the rubbish made a whole record
			}
			folder := files{"journal": torn}
			for range 2 { // the second time it was cut off
				j := folder.journal(t)
				got, err := j.unfinished()
				if err != nil || len(folder) > 1 || len(got) != len(want) || len(got) > 0 && !reflect.DeepEqual(got, want) {
					t.Fatalf("%d bytes of %d and %s: got %+v, %v, want %+v", length, len(content), name, got, err, want)
				}
				if err := j.begin("new", "c", frame(recordBegin, "new", mustEncode(t, testOpen("new")))); err != nil {
					t.Fatal(err)
				}
				if got, err := j.unfinished(); err != nil || len(got) != len(want)+1 || got[len(want)].Turn.ID != "new" {
					t.Fatalf("%d bytes of %d and %s: a new turn comes back as %+v, %v", length, len(content), name, got, err)
				}
				if err := j.drop("new"); err != nil {
					t.Fatal(err)
				}
				if err := j.close(); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}

// parses tells whether the record that was cut at the end of length bytes became
// whole by what stands behind.
func parses(b []byte, length int) bool { return readJournal(b).end > int64(length) }

// A changed bit takes one record, not those around it, and is told, also if it is in
// the last record: that was not one that was being written.
func TestJournalChangedBits(t *testing.T) {
	content, stages := script(t)
	want := stages[len(stages)-1].open
	seed := uint64(time.Now().UnixNano()) //nolint:gosec // any seed will do
	r := rand.New(rand.NewPCG(seed, 0))
	for at := range content {
		changed := bytes.Clone(content)
		changed[at] ^= 1 << r.IntN(8)
		folder := files{"journal": bytes.Clone(changed)}
		j := folder.journal(t)
		got, err := j.unfinished()
		where := fmt.Sprintf("seed %d, byte %d", seed, at)
		var e *orchestrator.Error
		switch {
		case at == len(content)-1 && changed[at] == 0: // as a write that was cut off leaves it
		case !errors.As(err, &e) || e.Code != CodeDamaged || !strings.Contains(e.Message, "journal.damaged"):
			t.Errorf("%s: got %v, want the code %s", where, err, CodeDamaged)
		case !bytes.Equal(folder["journal.damaged"], changed):
			t.Errorf("%s: the damaged file was not kept", where)
		}
		if n := missing(t, where, got, want); n > 1 {
			t.Errorf("%s: %d records are missing, want at most one", where, n)
		}
		// What was read is written anew: the next process finds nothing wrong.
		if err := j.close(); err != nil {
			t.Fatal(err)
		}
		again, err := folder.journal(t).unfinished()
		if err != nil || !reflect.DeepEqual(again, got) {
			t.Errorf("%s: read again: got %+v, %v, want %+v", where, again, err, got)
		}
	}
}

// missing counts how many records got lacks of want; what it has must be right.
func missing(t *testing.T, where string, got, want []orchestrator.OpenTurn) int {
	t.Helper()
	n := 0
	have := map[string]orchestrator.OpenTurn{}
	for _, o := range got {
		have[o.Turn.ID] = o
	}
	for _, w := range want {
		g, ok := have[w.Turn.ID]
		delete(have, w.Turn.ID)
		if !ok {
			n++ // with all its notes
			continue
		}
		next := 0
		for _, note := range w.Notes {
			if next < len(g.Notes) && reflect.DeepEqual(g.Notes[next], note) {
				next++
			} else {
				n++
			}
		}
		// The turn a began twice: without the second beginning it has its old notes.
		if next < len(g.Notes) && w.Turn.ID != "a" {
			t.Errorf("%s: %s has a note that was never made: %+v", where, w.Turn.ID, g.Notes)
		}
		g.Notes, w.Notes = nil, nil
		if !reflect.DeepEqual(g, w) {
			t.Errorf("%s: got %+v, want %+v", where, g, w)
		}
	}
	delete(have, "c") // without the record that drops it, it is still there
	if len(have) > 0 {
		t.Errorf("%s: turns from nowhere: %v", where, have)
	}
	return n
}

func TestJournalForeignAndNewer(t *testing.T) {
	folder := t.TempDir()
	for name, tt := range map[string]struct {
		content []byte
		code    string // of Open
		damage  bool
	}{
		"Text":  {[]byte(strings.Repeat("Dear diary, ", 10)), "", true},
		"Zeros": {make([]byte, 4096), "", true},
		"Empty": {[]byte{}, "", false},
		"Newer": {journalStart(2), CodeNewer, false},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(folder, name+".db")
			if err := os.WriteFile(journalPath(path), tt.content, 0o600); err != nil {
				t.Fatal(err)
			}
			s, err := Open(path, Options{NoSync: true})
			if tt.code != "" {
				var e *orchestrator.Error
				if kept, _ := os.ReadFile(journalPath(path)); !errors.As(err, &e) || e.Code != tt.code || !bytes.Equal(kept, tt.content) {
					t.Fatalf("got %v, want the code %s and the file unchanged", err, tt.code)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = s.Close() }()
			if _, err := s.Unfinished(context.Background()); (err != nil) != tt.damage {
				t.Errorf("Unfinished: %v, want an error: %t", err, tt.damage)
			}
			if err := s.Begin(context.Background(), testOpen("a")); err != nil {
				t.Errorf("Begin: %v", err)
			}
			if info, err := os.Stat(journalPath(path)); err != nil || info.Mode() != 0o600 {
				t.Errorf("the journal has mode %v, %v", info.Mode(), err)
			}
		})
	}
	t.Run("Folder", func(t *testing.T) {
		path := filepath.Join(folder, "folder.db")
		if err := os.Mkdir(journalPath(path), 0o700); err != nil {
			t.Fatal(err)
		}
		var e *orchestrator.Error
		if _, err := Open(path, Options{NoSync: true}); !errors.As(err, &e) || e.Code != CodeDamaged {
			t.Errorf("got %v, want the code %s", err, CodeDamaged)
		}
	})
}

func FuzzReadJournal(f *testing.F) {
	content, _ := script(f)
	f.Add(content)
	f.Add(content[headLength:])
	f.Add(content[:len(content)-3])
	f.Add(append(bytes.Clone(content[:200]), content[190:]...))
	f.Add([]byte("Dear diary"))
	f.Add([]byte(recordMark + recordMark))
	f.Fuzz(func(t *testing.T, b []byte) {
		c := readJournal(b)
		at := int64(0)
		for _, r := range c.records {
			if r.span.at < at || r.span.at+r.span.length > c.end || c.end > int64(len(b)) {
				t.Fatalf("a record at %+v, behind %d, in %d of %d bytes", r.span, at, c.end, len(b))
			}
			at = r.span.at + r.span.length
			if !bytes.Equal(frame(r.kind, r.turn, r.content), b[r.span.at:at]) {
				t.Fatalf("the record at %+v is not what stands there", r.span)
			}
		}
		if c.version > journalVersion {
			return
		}
		folder := files{"journal": bytes.Clone(b)}
		j := folder.journal(t)
		before, _ := j.unfinished() // whatever is wrong with it
		if err := j.begin("fresh", "c", frame(recordBegin, "fresh", mustEncode(t, testOpen("fresh")))); err != nil {
			t.Fatalf("begin: %v", err)
		}
		if err := j.close(); err != nil {
			t.Fatal(err)
		}
		after, _ := folder.journal(t).unfinished()
		if len(after) == 0 || after[len(after)-1].Turn.ID != "fresh" || len(after) < len(before) {
			t.Fatalf("%d turns were read, and with a fresh one %d", len(before), len(after))
		}
	})
}
