package audit

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"banyan/orchestrator"
)

// Options configure a log.
type Options struct {
	// Now is the clock; time.Now if nil.
	Now func() time.Time
	// Mask hides what of the arguments shall not stand in the log; nil is Mask.
	Mask func(orchestrator.AuditEntry) orchestrator.AuditEntry
}

// Log is an orchestrator.Auditor that writes to a file, safe for concurrent use by
// one process.
type Log struct {
	path string
	opts Options

	mu   sync.Mutex // guards what follows
	f    *os.File   // nil until the first entry
	seq  uint64
	prev string
	// bad is why nothing can be written any more; nil if all is well.
	bad error
}

// Open returns the log in the file of that path, which is made with the first entry.
// The file is read from its end only; Verify reads all of it. An entry that was cut
// off in the middle, by the end of a process, is taken off and noted.
func Open(path string, o Options) (*Log, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Mask == nil {
		o.Mask = Mask
	}
	l := &Log{path: path, opts: o, prev: zero}
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return l, nil
	}
	if err := l.open(); err != nil {
		return nil, err
	}
	return l, nil
}

// open opens the file for appending and finds out where its chain ends.
func (l *Log) open() error {
	if err := os.MkdirAll(filepath.Dir(l.path), 0o700); err != nil {
		return fmt.Errorf("open the audit log: %w", err)
	}
	f, err := os.OpenFile(l.path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("open the audit log: %w", err)
	}
	last, torn, err := tail(f)
	if err != nil {
		return errors.Join(fmt.Errorf("read the end of the audit log %s: %w", l.path, err), f.Close())
	}
	l.f = f
	if last != nil {
		l.seq, l.prev = last.Seq, last.Hash
	}
	if torn == 0 {
		return nil
	}
	size, err := f.Seek(0, io.SeekEnd)
	if err == nil {
		err = f.Truncate(size - torn)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("take the torn entry off the audit log: %w", err), f.Close())
	}
	return l.write(true, orchestrator.AuditEntry{
		At: l.opts.Now(), Kind: orchestrator.AuditTornTail, Text: fmt.Sprintf("The program ended while an entry was written; its %d bytes were taken off.", torn),
	})
}

// Record implements orchestrator.Auditor. The mark is the hash of the last entry.
func (l *Log) Record(_ context.Context, durable bool, entries ...orchestrator.AuditEntry) (string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.bad != nil {
		return "", l.bad
	}
	if l.f == nil {
		if err := l.open(); err != nil {
			return "", err
		}
	}
	if err := l.write(durable, entries...); err != nil {
		return "", err
	}
	return l.prev, nil
}

// write appends entries in one write. If that fails half-way, the file is brought
// back to where it was; if even that fails, the log takes no more.
func (l *Log) write(durable bool, entries ...orchestrator.AuditEntry) error {
	var b bytes.Buffer
	seq, prev := l.seq, l.prev
	for _, e := range entries {
		e = l.opts.Mask(e)
		e.At = e.At.UTC()
		raw, err := json.Marshal(e)
		if err != nil {
			return fmt.Errorf("write an audit entry: %w", err)
		}
		seq++
		line := Line{Seq: seq, Prev: prev, Entry: raw, Hash: hash(seq, prev, raw)}
		out, err := json.Marshal(line)
		if err != nil {
			return fmt.Errorf("write an audit entry: %w", err)
		}
		b.Write(out)
		b.WriteByte('\n')
		prev = line.Hash
	}
	size, err := l.f.Seek(0, io.SeekEnd)
	if err != nil {
		return fmt.Errorf("write to the audit log: %w", err)
	}
	if _, err := l.f.Write(b.Bytes()); err != nil {
		if back := l.f.Truncate(size); back != nil {
			l.bad = fmt.Errorf("the audit log %s is left with half an entry: %w", l.path, errors.Join(err, back))
		}
		return fmt.Errorf("write to the audit log: %w", err)
	}
	l.seq, l.prev = seq, prev
	if durable {
		if err := l.f.Sync(); err != nil {
			return fmt.Errorf("write the audit log to the disk: %w", err)
		}
	}
	return nil
}

// Head returns the hash of the last entry that this log has written or found; empty if
// there is none. Who keeps it elsewhere can tell later that the end was not cut off.
func (l *Log) Head() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.seq == 0 {
		return ""
	}
	return l.prev
}

// Close writes what the system still holds and closes the file.
func (l *Log) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.f == nil {
		return nil
	}
	err := errors.Join(l.f.Sync(), l.f.Close())
	l.f, l.bad = nil, errors.New("the audit log is closed")
	return err
}
