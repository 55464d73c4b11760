package memory

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"banyan/orchestrator"
)

// holder is the note beside the store that says who holds it. The lock decides,
// the note only explains.
type holder struct{ path string }

// HolderOf says which process holds the store at path; ok is false if none does, or
// if it is not known. The lock decides, this only explains.
func HolderOf(path string) (h Holder, ok bool) { return holder{holderPath(path)}.read() }

// Holder is a process that holds a store.
type Holder struct {
	PID     int       `json:"pid"`
	Command string    `json:"command"`
	Since   time.Time `json:"since"`
	Host    string    `json:"host,omitempty"`
}

func holderPath(store string) string { return store + ".holder" }

// write leaves the note of this process, replacing whatever a dead one left. It
// is called with the lock held.
func (h holder) write(command string, now time.Time) error {
	host, _ := os.Hostname() // a note without it will do
	b, err := json.Marshal(Holder{PID: os.Getpid(), Command: orchestrator.PrintableLine(command), Since: now.UTC().Round(0), Host: host})
	if err != nil {
		return err
	}
	// A reader must not see half of it.
	f, err := os.CreateTemp(filepath.Dir(h.path), ".banyan-*.holder")
	if err != nil {
		return err
	}
	_, err = f.Write(append(b, '\n'))
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), h.path)
	}
	if err != nil {
		_ = os.Remove(f.Name()) // the first error is the one that matters
	}
	return err
}

// remove takes the note away. It is called with the lock held.
func (h holder) remove() { _ = os.Remove(h.path) } // a note that stays is found to be stale

// read returns the note if it was left by a process that still lives.
func (h holder) read() (Holder, bool) {
	b, err := os.ReadFile(h.path)
	if err != nil {
		return Holder{}, false
	}
	var n Holder
	if json.Unmarshal(b, &n) != nil || n.PID <= 0 {
		return Holder{}, false
	}
	host, _ := os.Hostname()
	return n, n.Host != host || alive(n.PID)
}

// alive tells whether a process of this machine exists.
func alive(pid int) bool {
	p, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	defer func() { _ = p.Release() }()
	if runtime.GOOS == "windows" {
		return true // found means alive there
	}
	err = p.Signal(syscall.Signal(0))
	return err == nil || errors.Is(err, syscall.EPERM)
}

// busy says who holds the store.
func busy(path string) error {
	who, do := "another process", "Close that program"
	if n, ok := (holder{holderPath(path)}).read(); ok {
		since := n.Since.Local().Format("2 January 2006 15:04:05")
		switch host, _ := os.Hostname(); {
		case n.PID == os.Getpid() && n.Host == host:
			who, do = fmt.Sprintf("this process itself (since %s)", since), "Close it first"
		case n.Host != host:
			who = fmt.Sprintf("process %d on the machine %s (%s, since %s)", n.PID, n.Host, n.Command, since)
		default:
			who = fmt.Sprintf("process %d (%s, since %s)", n.PID, n.Command, since)
		}
		who = orchestrator.PrintableLine(who)
	}
	return orchestrator.Errorf(CodeBusy, "The conversation store %s is in use by %s. "+
		"Nothing was lost or changed. %s, or choose another folder with --data.", path, who, do)
}
