package memory

import (
	"context"
	"errors"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"banyan/orchestrator"
)

var _ orchestrator.Journal = (*Store)(nil)

// Begin keeps a turn that is about to change something and returns when it is on
// the disk. Turns that begin at the same moment share one sync. To begin a turn
// again replaces what was begun and its notes; its place among the others stays.
// A turn that is stored already is ErrConflict: it has ended.
func (s *Store) Begin(ctx context.Context, open orchestrator.OpenTurn) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := checkIDs(open.Turn); err != nil {
		return err
	}
	if e := s.broken.Load(); e != nil {
		return e // the end of the turn could not be stored
	}
	content, err := encodeOpen(open)
	if err != nil {
		return orchestrator.Errorf(orchestrator.CodeInvalid, "The turn %s cannot be stored: %w.", open.Turn.ID, err)
	}
	if ended, err := s.stored(open.Turn.ID); err != nil {
		return err
	} else if ended {
		return fmt.Errorf("turn %s has ended: %w", open.Turn.ID, orchestrator.ErrConflict)
	}
	return s.journal.begin(open.Turn.ID, open.Turn.Conversation, frame(recordBegin, open.Turn.ID, content))
}

// Note adds to a turn that has begun; of another one it is an error with
// CodeInvalid. See orchestrator.Journal for what survives when.
func (s *Store) Note(ctx context.Context, turn string, note orchestrator.JournalNote, sync bool) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	content, err := encode(note)
	if err != nil {
		return orchestrator.Errorf(orchestrator.CodeInvalid, "The note on the turn %.60q cannot be stored: %w.", turn, err)
	}
	return s.journal.note(turn, content, sync)
}

// Unfinished returns the turns that have begun and not ended, oldest first. If
// parts of the journal could not be read, it returns those that could and an
// error with CodeDamaged.
func (s *Store) Unfinished(ctx context.Context) ([]orchestrator.OpenTurn, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return s.journal.unfinished()
}

// Damage says what of the journal could not be read when the store was opened, and
// what that means, with CodeDamaged; nil if all could. It is said once: the next Open
// finds a whole journal.
func (s *Store) Damage() error {
	s.journal.mu.Lock()
	defer s.journal.mu.Unlock()
	return s.journal.damage
}

// Drop forgets a turn that has begun, also over a loss of power.
func (s *Store) Drop(ctx context.Context, turn string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return s.journal.drop(turn)
}

// stored tells whether a turn with that ID is in the store: two reads of a tree.
func (s *Store) stored(turn string) (yes bool, err error) {
	err = s.view(func(tx *bolt.Tx) error {
		b, err := bucket(tx, bucketIDs)
		if err == nil {
			yes = b.Get([]byte(turn)) != nil
		}
		return err
	})
	return yes, err
}

func (j *journal) begin(turn, conversation string, record []byte) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.size > j.bound && j.live*2 < j.size {
		if err := j.compact(); err != nil {
			j.bound *= 2 // it need not be now; add says so if nothing can be written at all
		}
	}
	at, err := j.add(record)
	if err != nil {
		return explain(j.path, "begin a turn", err)
	}
	j.keep(turn, conversation, at)
	return explain(j.path, "begin a turn", j.flush(j.written))
}

func (j *journal) note(turn string, content []byte, sync bool) error {
	record := frame(recordNote, turn, content)
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.turns[turn] == nil {
		return orchestrator.Errorf(orchestrator.CodeInvalid, "The turn %.60q has not begun, or it has ended.", turn)
	}
	at, err := j.add(record)
	if err == nil {
		j.noted(turn, at)
		if sync {
			err = j.flush(j.written)
		}
	}
	return explain(j.path, "note what a turn did", err)
}

func (j *journal) unfinished() ([]orchestrator.OpenTurn, error) {
	j.mu.Lock()
	raw := map[string][][]byte{}
	ids := j.ids()
	damage := j.damage
	for _, id := range ids {
		var err error
		if raw[id], err = j.raw(id); err != nil {
			damage = explain(j.path, "read", err)
		}
	}
	j.mu.Unlock()

	open := make([]orchestrator.OpenTurn, 0, len(ids))
	for _, id := range ids {
		var records []found
		for _, b := range raw[id] {
			if r, ok := parseRecord(b); ok && r.turn == id {
				records = append(records, r)
			}
		}
		o, err := decodeOpen(records)
		if err != nil || o.Turn.ID != id || len(records) < len(raw[id]) {
			damage = errors.Join(damage, withCause(damaged(j.path, "the turn "+id+" cannot be read"), err))
			continue
		}
		open = append(open, o)
	}
	if len(open) == 0 {
		open = nil
	}
	return open, damage
}

func (j *journal) drop(turn string) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.turns[turn] == nil {
		return nil
	}
	if _, err := j.add(frame(recordDrop, turn, nil)); err != nil {
		return explain(j.path, "forget a turn", err)
	}
	j.forget(turn)
	err := j.flush(j.written)
	j.relieve()
	return explain(j.path, "forget a turn", err)
}

// end forgets a turn that is in the store now. Nothing is written for it: its
// records are void.
func (j *journal) end(turn string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.turns[turn] != nil {
		j.forget(turn)
		j.relieve()
	}
}

// relieve empties the file if no turn is open and it has grown, which a crash may
// take back: all in it is void.
func (j *journal) relieve() {
	if len(j.turns) == 0 && j.size > journalKeep && j.broken == nil && !j.closed {
		_ = j.empty() // if it fails, it grows, and writing to it will tell
	}
}

// leaving is called before conversations are deleted. The records of stored turns
// are void because the turns are stored: they go first.
func (j *journal) leaving() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.file == nil || !j.spent && j.synced >= j.cut {
		return nil
	}
	return explain(j.path, "forget turns", j.compact())
}

// left is called when a conversation was deleted: its open turns go with it.
func (j *journal) left(conversation string) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	gone := false
	for id, b := range j.turns {
		if b.conversation == conversation {
			j.forget(id)
			gone = true
		}
	}
	if !gone {
		return nil
	}
	return explain(j.path, "forget turns", j.compact())
}

// close lets go of the file; it is emptied if nothing in it is needed.
func (j *journal) close() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	for j.syncing {
		j.idle.Wait()
	}
	if j.file == nil || j.closed {
		j.closed = true
		return nil
	}
	j.closed = true
	if len(j.turns) == 0 && j.spent && j.broken == nil {
		_ = j.empty() // the next one to open it does it otherwise
	}
	return j.file.Close()
}

// keep notes that a turn has begun, or begun again.
func (j *journal) keep(turn, conversation string, at span) {
	b := &begun{place: j.count, conversation: conversation, spans: []span{at}}
	if old := j.turns[turn]; old != nil {
		b.place = old.place
		j.forget(turn)
	} else {
		j.count++
	}
	j.turns[turn] = b
	j.live += at.length
}

func (j *journal) noted(turn string, at span) {
	b := j.turns[turn]
	b.spans = append(b.spans, at)
	j.live += at.length
}

func (j *journal) forget(turn string) {
	b := j.turns[turn]
	if b == nil {
		return
	}
	for _, s := range b.spans {
		j.live -= s.length
	}
	delete(j.turns, turn)
	j.spent = true
}
