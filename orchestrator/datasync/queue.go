package datasync

import (
	"slices"
	"time"
)

// queue is what is known in memory of a node's outbox: its events by number, those
// that everybody has among them until they are trimmed.
type queue struct{ entries []entry }

type entry struct {
	seq     uint64
	owner   string
	kind    Kind
	key     string
	at      time.Time
	waiting uint64 // the receivers that do not have it yet, as bits
}

// add puts an entry in its place; commits may be told of out of order.
func (q *queue) add(e entry) {
	i := q.after(e.seq)
	q.entries = slices.Insert(q.entries, i, e)
}

// after returns the index of the first entry with a number above seq.
func (q *queue) after(seq uint64) int {
	i, found := slices.BinarySearchFunc(q.entries, seq, func(e entry, seq uint64) int {
		switch {
		case e.seq < seq:
			return -1
		case e.seq > seq:
			return 1
		}
		return 0
	})
	if found {
		i++
	}
	return i
}

// finished returns the numbers of up to limit entries at the start that nobody
// waits for.
func (q *queue) finished(limit int) []uint64 {
	var seqs []uint64
	for _, e := range q.entries {
		if e.waiting != 0 || len(seqs) == limit {
			break
		}
		seqs = append(seqs, e.seq)
	}
	return seqs
}

// forget drops entries that were trimmed.
func (q *queue) forget(seqs []uint64) {
	if len(seqs) == 0 {
		return
	}
	last := seqs[len(seqs)-1]
	n := 0
	for n < len(q.entries) && q.entries[n].seq <= last && q.entries[n].waiting == 0 {
		n++
	}
	q.entries = slices.Delete(q.entries, 0, n)
}

// enqueue notes an event of a source that was committed, together with the removal
// of old ones. What the source has done before a reset counts no more.
func (s *Sync) enqueue(source *node, epoch uint64, e entry, removed []uint64) {
	s.mu.Lock()
	if source.epoch.Load() != epoch {
		s.mu.Unlock()
		return
	}
	source.queue.forget(removed)
	e.waiting = s.receivers(source, e.kind)
	for _, n := range s.nodes {
		if n.applied[source.index] >= e.seq {
			e.waiting &^= n.bit // a worker was faster than the commit's news
		}
		if e.waiting&n.bit != 0 {
			n.waits[e.owner]++
			n.waiting.Add(1)
		}
	}
	source.queue.add(e)
	s.mu.Unlock()
	for _, n := range s.nodes {
		if e.waiting&n.bit != 0 {
			n.poke()
		}
	}
}

// settle notes that a receiver has a source's events up to through. The caller
// holds Sync.mu.
func (n *node) settle(source *node, through uint64, at time.Time) {
	if through <= n.applied[source.index] {
		return
	}
	for i := source.queue.after(n.applied[source.index]); i < len(source.queue.entries); i++ {
		e := &source.queue.entries[i]
		if e.seq > through {
			break
		}
		if e.waiting&n.bit != 0 {
			e.waiting &^= n.bit
			n.wait(e.owner, -1)
		}
	}
	n.applied[source.index], n.appliedAt[source.index] = through, at
}

// wait counts an event about an owner. The caller holds Sync.mu.
func (n *node) wait(owner string, by int) {
	n.waiting.Add(int64(by))
	if n.waits[owner] += by; n.waits[owner] == 0 {
		delete(n.waits, owner)
	}
}

// needed returns, by source, the number of the last event that the receiver waits
// for and that is one of those asked for; 0 if there is none.
func (s *Sync) needed(n *node, wanted func(entry) bool) []uint64 {
	s.mu.RLock()
	defer s.mu.RUnlock()
	through := make([]uint64, len(s.nodes))
	for _, source := range s.nodes {
		for i := source.queue.after(n.applied[source.index]); i < len(source.queue.entries); i++ {
			if e := source.queue.entries[i]; e.waiting&n.bit != 0 && wanted(e) {
				through[source.index] = e.seq
			}
		}
	}
	return through
}
