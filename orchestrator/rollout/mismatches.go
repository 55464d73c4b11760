package rollout

import (
	"encoding/json"
	"sync"

	"github.com/oklog/ulid/v2"

	"banyan/orchestrator"
)

// How many mismatches are kept, and how many bytes of JSON all of them and each of them
// may have. Of one that is too large the answers are left out.
const (
	mismatchesKept = 1000
	mismatchBytes  = 16 << 10
	allBytes       = 4 << 20
)

// mismatches are the last differences that comparing found. The zero value is ready,
// and it is safe for concurrent use.
type mismatches struct {
	mu    sync.Mutex // guards what follows
	list  []kept     // oldest first
	bytes int
	next  int // the slot of the next one
}

// kept is one mismatch as it is stored.
type kept struct {
	slot   int // in State, 0 to mismatchesKept-1
	value  []byte
	intent string
	fresh  bool // not stored yet
}

func mismatchOf(p orchestrator.Pair, found orchestrator.ShadowRecord) orchestrator.Mismatch {
	return orchestrator.Mismatch{
		ID: ulid.MustNew(ulid.Timestamp(p.At), ulid.DefaultEntropy()).String(), At: p.At, Intent: p.Entry.Name, Who: p.Who, Turn: p.Turn, Args: p.Args,
		Found: found, Primary: sideAnswer(p.Primary), Candidate: sideAnswer(p.Candidate), Noise: p.Noise,
	}
}

// encodeMismatch returns the JSON of one within its bounds; nil if it has none.
func encodeMismatch(m orchestrator.Mismatch) []byte {
	value, err := json.Marshal(m)
	if err == nil && len(value) <= mismatchBytes {
		return value
	}
	m.Args, m.Primary.Result, m.Primary.State, m.Candidate.Result, m.Candidate.State = nil, nil, nil, nil, nil
	if value, err = json.Marshal(m); err == nil && len(value) <= mismatchBytes {
		return value
	}
	m.Found.Differences = nil
	if value, err = json.Marshal(m); err != nil || len(value) > mismatchBytes {
		return nil
	}
	return value
}

// add keeps a mismatch and forgets the oldest where there are too many.
func (m *mismatches) add(one orchestrator.Mismatch) {
	value := encodeMismatch(one)
	if value == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.put(kept{m.next, value, one.Intent, true})
}

// put appends one and forgets the oldest where there are too many. The caller holds mu.
func (m *mismatches) put(k kept) {
	m.list = append(m.list, k)
	m.next = (k.slot + 1) % mismatchesKept
	m.bytes += len(k.value)
	for len(m.list) > mismatchesKept || m.bytes > allBytes {
		m.bytes -= len(m.list[0].value)
		m.list = m.list[1:]
	}
}

// last returns the newest n of an intent, of all if it is empty, newest first.
func (m *mismatches) last(intent string, n int) []orchestrator.Mismatch {
	m.mu.Lock()
	var values [][]byte
	for i := len(m.list) - 1; i >= 0 && len(values) < n; i-- {
		if intent == "" || m.list[i].intent == intent {
			values = append(values, m.list[i].value)
		}
	}
	m.mu.Unlock()
	out := make([]orchestrator.Mismatch, 0, len(values))
	for _, v := range values {
		var one orchestrator.Mismatch
		if json.Unmarshal(v, &one) == nil {
			out = append(out, one)
		}
	}
	return out
}
