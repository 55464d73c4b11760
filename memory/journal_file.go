package memory

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"

	"banyan/orchestrator"
)

// Sizes of the journal's file in bytes. Up to journalKeep it is not emptied while
// the program runs: emptying costs a little, and growing again costs each sync a
// little more. Above journalBound what has ended is left out as soon as that is
// at least half of it.
const (
	journalKeep  = 64 << 10
	journalBound = 1 << 20
)

// journalFile is what the journal needs of its file.
type journalFile interface {
	io.ReaderAt
	io.WriterAt
	Truncate(size int64) error
	Sync() error
	Close() error
}

// journal is the file beside the store that says which turns have begun. It is
// made when the first turn begins.
type journal struct {
	path   string
	noSync bool
	// anew makes or replaces a file: whole and on the disk, or not at all.
	anew func(path string, content []byte) (journalFile, error)

	mu sync.Mutex // guards what follows
	// idle is signalled when a sync has ended.
	idle *sync.Cond
	file journalFile // nil until there is one
	size int64       // where the next record goes
	// turns are those that have begun and not ended.
	turns map[string]*begun
	count uint64 // of turns that ever began
	// live is the number of bytes of the turns that are open.
	live int64
	// bound is the size above which the file is written anew.
	bound int64
	// spent is set while the file holds records of turns that have ended.
	spent bool
	// written counts the changes of the file, synced those that are on the disk; cut
	// is the change that emptied the file last.
	written, synced, cut uint64
	syncing              bool
	closed               bool
	// broken is the error after which no more is written.
	broken *orchestrator.Error
	// damage is what could not be read when the file was opened.
	damage error
}

// begun is a turn that has begun.
type begun struct {
	place        uint64 // in the order of beginning
	conversation string
	spans        []span
}

// journalPath is the name of the journal of a store: banyan.journal of banyan.db.
func journalPath(store string) string { return strings.TrimSuffix(store, ".db") + ".journal" }

// newJournal returns a journal without a file.
func newJournal(path string, noSync bool) *journal {
	j := &journal{path: path, noSync: noSync, turns: map[string]*begun{}, bound: journalBound}
	j.anew = j.writeAnew
	j.idle = sync.NewCond(&j.mu)
	return j
}

// openJournal reads what the last process left. ended tells of a turn whether it
// is in the store. It is called with the store's lock held.
func openJournal(path string, noSync bool, ended func(turn string) (bool, error)) (*journal, error) {
	j := newJournal(path, noSync)
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return j, nil
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, orchestrator.Errorf(CodeDamaged, "The journal %s is not a regular file. Move it away and try again.", path)
	}
	content, err := os.ReadFile(path) //nolint:gosec // beside the store
	if err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0) //nolint:gosec // beside the store
	if err != nil {
		return nil, err
	}
	if err := j.load(f, content, ended); err != nil {
		_ = j.file.Close() // the first error is the one that matters
		return nil, err
	}
	return j, nil
}

// load goes on with a file and what was read from it.
func (j *journal) load(f journalFile, content []byte, ended func(turn string) (bool, error)) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.file = f
	c := readJournal(content)
	if c.version > journalVersion {
		return orchestrator.Errorf(CodeNewer, "The journal %s was written by a newer version of this program. "+
			"It was left as it is. Use the newer program, or choose another folder with --data.", j.path)
	}
	orphans, err := j.take(c.records, ended)
	if err != nil {
		return err
	}
	j.size = c.end
	if c.version == 0 {
		j.size = 0 // it has no head
	}
	j.written, j.cut = 1, 1 // what the last process did to the file may not be on the disk
	return j.tidy(content, c, orphans)
}

// take goes through the records of a file and keeps what is open. orphans are
// turns with notes whose beginning cannot be read.
func (j *journal) take(records []found, ended func(string) (bool, error)) (orphans []string, err error) {
	dropped := map[string]bool{}
	stored := map[string]bool{}
	for _, r := range records {
		void, known := stored[r.turn]
		if !known {
			if void, err = ended(r.turn); err != nil {
				return nil, err
			}
			stored[r.turn] = void
		}
		switch {
		case void:
			j.spent = true
		case r.kind == recordBegin:
			j.keep(r.turn, conversationOf(r.content), r.span)
			delete(dropped, r.turn)
		case r.kind == recordDrop:
			j.forget(r.turn)
			dropped[r.turn] = true
		case j.turns[r.turn] != nil:
			j.noted(r.turn, r.span)
		case !dropped[r.turn] && !slices.Contains(orphans, r.turn):
			orphans = append(orphans, r.turn)
		}
	}
	return slices.DeleteFunc(orphans, func(id string) bool { return j.turns[id] != nil }), nil
}

// tidy brings the file that was read from b into the form in which this process
// goes on with it: without a torn end, and empty if nothing in it is needed. What
// is damaged is set aside first.
func (j *journal) tidy(b []byte, c contents, orphans []string) error {
	if c.gaps > 0 || len(orphans) > 0 {
		aside, err := j.setAside(b)
		if err != nil {
			return err
		}
		j.damage = j.lost(aside, c, orphans, changes(c.records, orphans))
		return j.compact()
	}
	switch {
	case c.end < int64(headLength), len(j.turns) == 0 && j.spent:
		return j.compact()
	case c.end < int64(len(b)):
		return j.file.Truncate(c.end) // until that is on the disk, the torn end is seen again
	}
	return nil
}

// changes are those that the notes of turns tell of, in the words for people.
func changes(records []found, turns []string) []string {
	var list []string
	for _, r := range records {
		var n orchestrator.JournalNote
		if r.kind != recordNote || !slices.Contains(turns, r.turn) || json.Unmarshal(r.content, &n) != nil || n.Step == nil {
			continue
		}
		if text := cmp.Or(n.Step.Sentence, n.Step.Intent); text != "" && !slices.Contains(list, text) {
			list = append(list, text)
		}
	}
	return list
}

// lost says what a damaged file means to people.
func (j *journal) lost(aside string, c contents, orphans, changes []string) error {
	what := fmt.Sprintf("%d places in it cannot be read", c.gaps)
	if c.gaps == 1 {
		what = "a part of it cannot be read"
	}
	if len(orphans) > 0 {
		what += "; the beginning of the turn " + orchestrator.JoinAnd(orphans) + " is missing"
	}
	if len(changes) > 0 {
		what += ". What can be read of it is that these changes were under way: " + orchestrator.JoinAnd(changes)
	}
	return orchestrator.Errorf(CodeDamaged, "The journal %s is damaged: %s. All conversations are safe, and %d unfinished turns were read. "+
		"A turn that was under way when the program ended last may be missing, or a part of what it did: look whether what was asked for last was done. "+
		"The damaged file was kept as %s.", j.path, what, len(j.turns), aside)
}

// usable is nil while the file can be written.
func (j *journal) usable() error {
	switch {
	case j.broken != nil:
		return j.broken
	case j.closed:
		return orchestrator.Errorf(orchestrator.CodeStore, "The conversation store is closed.")
	}
	return nil
}

// add writes a record to the end of the file; it is not on the disk then. It is
// called with mu held.
func (j *journal) add(record []byte) (span, error) {
	if err := j.usable(); err != nil {
		return span{}, err
	}
	if j.file == nil {
		if err := j.compact(); err != nil { // makes the file
			return span{}, err
		}
	}
	if _, err := j.file.WriteAt(record, j.size); err != nil {
		// Half a record would hide those behind it.
		if undo := j.file.Truncate(j.size); undo != nil || !isFull(err) {
			return span{}, j.stop(errors.Join(err, undo))
		}
		return span{}, err
	}
	s := span{j.size, int64(len(record))}
	j.size += s.length
	j.written++
	return s, nil
}

// flush returns when a change of the file is on the disk, with all before it.
// Those who wait at the same moment share one sync, and nobody waits for company.
// It is called with mu held, and lets go of it meanwhile.
func (j *journal) flush(change uint64) error {
	for j.synced < change {
		if j.broken != nil {
			return j.broken
		}
		if j.syncing {
			j.idle.Wait()
			continue
		}
		upTo := j.written
		if !j.noSync {
			f := j.file
			j.syncing = true
			j.mu.Unlock()
			err := f.Sync()
			j.mu.Lock()
			j.syncing = false
			j.idle.Broadcast()
			if err != nil {
				return j.stop(err)
			}
		}
		j.synced = max(j.synced, upTo)
	}
	return nil
}

// stop ends all writing: what the file holds is not known any more.
func (j *journal) stop(why error) error {
	if j.broken == nil {
		j.broken = &orchestrator.Error{
			Code: orchestrator.CodeStore,
			Message: fmt.Sprintf("Writing to the journal %s failed before, so no more changes are begun. "+
				"What was stored before is safe. Look after the disk and start the program again.", j.path),
			Cause: why,
		}
	}
	return j.broken
}
