package datasync

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"time"

	"go.etcd.io/bbolt"

	"banyan/orchestrator"
)

// settings are kept in the first node's file.
type settings struct {
	// Records are the systems of record that are not the usual ones.
	Records    map[Kind]orchestrator.Era `json:"records,omitempty"`
	Lag        time.Duration             `json:"lag,omitempty"`
	BarrierOff bool                      `json:"barrier_off,omitempty"`
}

// record is the side that decides about entities of a kind: legacy until it is
// switched.
func (t *settings) record(kind Kind) orchestrator.Era {
	if side, ok := t.Records[kind]; ok {
		return side
	}
	return orchestrator.Legacy
}

var settingsKey = []byte("settings")

func (s *Sync) loadSettings() error {
	var t settings
	err := s.nodes[0].view(func(tx *bbolt.Tx) error {
		raw := in(tx, metaBucket).Get(settingsKey)
		if raw == nil {
			return nil
		}
		return json.Unmarshal(raw, &t)
	})
	if err != nil {
		return fmt.Errorf("read the settings of the sync: %w", err)
	}
	s.settings.Store(&t)
	return nil
}

// set changes the settings in the file and then in memory.
func (s *Sync) set(edit func(t *settings)) error {
	s.setting.Lock()
	defer s.setting.Unlock()
	t := *s.settings.Load()
	t.Records = maps.Clone(t.Records)
	edit(&t)
	raw, err := json.Marshal(t)
	if err != nil {
		return fmt.Errorf("keep the settings of the sync: %w", err)
	}
	if err := s.nodes[0].update(func(tx *bbolt.Tx) error { return in(tx, metaBucket).Put(settingsKey, raw) }); err != nil {
		return fmt.Errorf("keep the settings of the sync: %w", err)
	}
	s.settings.Store(&t)
	s.wakeAll()
	return nil
}

// SetLag makes the workers carry events on only when they are so old; 0 is at once.
// A barrier does not wait for it. The lag is kept when the program ends.
func (s *Sync) SetLag(lag time.Duration) error {
	if lag < 0 {
		return fmt.Errorf("a lag of %s is less than none", lag)
	}
	return s.set(func(t *settings) { t.Lag = lag })
}

// SetBarrier switches the barrier off, which is for demonstrations only: calls then
// see whatever has arrived, and changes of both sides can be in conflict. It is kept
// when the program ends.
func (s *Sync) SetBarrier(on bool) error {
	return s.set(func(t *settings) { t.BarrierOff = !on })
}

// SetPaused makes the workers carry nothing on, until it is taken back or the
// program ends. Barriers go on.
func (s *Sync) SetPaused(paused bool) {
	s.paused.Store(paused)
	s.wakeAll()
}

// RecordOf returns the system of record of a kind: the side whose state stays where
// two changes are in conflict, and from which Repair repairs.
func (s *Sync) RecordOf(kind Kind) orchestrator.Era { return s.settings.Load().record(kind) }

// Disagreement is the error of a switch of the system of record while the sides
// differ.
type Disagreement struct{ Differences []Difference }

func (d *Disagreement) Error() string {
	return fmt.Sprintf("the sides differ in %d fields, the first of them: %s. Repair that before the system of record is switched", len(d.Differences), d.Differences[0])
}

// SetRecord makes a side the system of record of a kind. It carries on all that is
// under way first; if the sides then differ in an entity of the kind it changes
// nothing and returns a *Disagreement.
func (s *Sync) SetRecord(ctx context.Context, kind Kind, side orchestrator.Era) error {
	if s.writer(kind, orchestrator.Legacy) == nil {
		return fmt.Errorf("there is no kind of entity %q", kind)
	}
	if side != orchestrator.Legacy && side != orchestrator.Modern {
		return fmt.Errorf("there is no side %q", side)
	}
	if err := s.Drain(ctx); err != nil {
		return err
	}
	all, err := s.Compare(ctx)
	if err != nil {
		return err
	}
	var found []Difference
	for _, d := range all {
		if d.Kind == kind {
			found = append(found, d)
		}
	}
	if len(found) > 0 {
		return &Disagreement{found}
	}
	return s.set(func(t *settings) {
		if t.Records == nil {
			t.Records = map[Kind]orchestrator.Era{}
		}
		t.Records[kind] = side
	})
}
