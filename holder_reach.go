package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"banyan/memory"
	"banyan/orchestrator"
)

// How long a process tries to get at the store, by itself or through whoever holds
// it: holders that come and go take their time.
const (
	reachTime  = 15 * time.Second
	movedTime  = partingTime + reachTime // for a command that has begun
	lockWait   = 20 * time.Millisecond
	answerTime = 5 * time.Second
)

// held says that another process has the store open and is ready to run this
// process's command. It is an error so that every command returns it unseen.
type held struct {
	wire    *wire
	welcome welcome
}

func (h *held) Error() string {
	return fmt.Sprintf("the data folder is open in process %d (%s)", h.welcome.PID, h.welcome.Command)
}

// trip is what a run of the program takes along when its command goes on in
// another process.
type trip struct {
	args  []string
	trail trail
	input *input
	moved bool // it has been in another process
}

// reach opens the store, or returns a *held if another process has it open and
// serves this one.
func (o *options) reach(ctx context.Context, path, command string) (*memory.Store, error) {
	wait, end := storeWait, time.Now().Add(reachTime)
	if o.trip != nil {
		wait = lockWait
		if o.trip.moved {
			end = time.Now().Add(movedTime)
		}
	}
	for {
		if err := o.visitable(path); err != nil {
			return nil, err
		}
		store, err := memory.Open(path, memory.Options{Command: command, Wait: wait, NoSync: o.noSync})
		var coded *orchestrator.Error
		if err == nil || !errors.As(err, &coded) || coded.Code != memory.CodeBusy {
			return store, err
		}
		if o.trip == nil || time.Now().After(end) {
			return nil, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(time.Duration(rand.IntN(20)+2) * time.Millisecond): //nolint:gosec // spreads those who wait
		}
	}
}

// visitable returns a *held if a process serves the store at path, nil if none
// does, and another error if one is there but cannot be used.
func (o *options) visitable(path string) error {
	if o.trip == nil {
		return nil
	}
	c, err := dialIn(filepath.Dir(path))
	switch {
	case errors.Is(err, errForeign):
		return failed(fmt.Errorf("the socket in %s is not yours: %w. Nothing was sent. Choose another folder with --data", filepath.Dir(path), err))
	case err != nil:
		return nil //nolint:nilerr // nobody is there; who holds the store otherwise is said by its lock
	}
	h := &held{wire: &wire{conn: c}}
	again, err := h.greet(newHello(o), path)
	if err != nil || again {
		_ = c.Close() // nothing was done
		return err
	}
	return h
}

// greet says what is to be run. It returns again if the holder is leaving.
func (h *held) greet(said hello, path string) (again bool, err error) {
	c := h.wire.conn
	if err := h.wire.tell(frameHello, said); err != nil {
		return true, nil //nolint:nilerr // it has just gone
	}
	if err := c.SetReadDeadline(time.Now().Add(answerTime)); err != nil {
		return true, nil //nolint:nilerr // as above
	}
	kind, payload, err := readFrame(c)
	var late net.Error
	if errors.As(err, &late) && late.Timeout() {
		who := "another process"
		if n, ok := memory.HolderOf(path); ok {
			who = fmt.Sprintf("process %d (%s)", n.PID, n.Command)
		}
		return false, failed(fmt.Errorf("the data folder %s is open in %s, which does not answer. Nothing was done. If it was suspended, wake it up with fg; or end it",
			filepath.Dir(path), who))
	}
	if err != nil {
		return true, nil //nolint:nilerr // it has just gone
	}
	switch kind {
	case frameRefused:
		return false, failed(errors.New(orchestrator.PrintableLine(string(payload))))
	case frameMoved:
		return true, nil
	case frameWelcome:
		if json.Unmarshal(payload, &h.welcome) == nil {
			return false, c.SetReadDeadline(time.Time{})
		}
	default: // no holder begins like this
	}
	return false, failed(fmt.Errorf("whoever listens on the socket in %s is no banyan. Nothing was done. Choose another folder with --data", filepath.Dir(path)))
}

// busyElsewhere returns a *held if another process serves the store, before a
// command asks or shows anything of its own.
func (o *options) busyElsewhere() error {
	if o.guest != nil {
		return nil
	}
	path, err := o.storePath()
	if err != nil {
		return err
	}
	return o.visitable(path)
}

// standsIn makes a file name on the command line one that another process, which
// stands in another folder, understands as well.
func (o *options) standsIn(file string) {
	whole, err := filepath.Abs(file)
	if o.trip == nil || err != nil {
		return
	}
	args := slices.Clone(o.trip.args)
	for i, arg := range args {
		if head, ok := strings.CutSuffix(arg, file); ok && (head == "" || strings.HasSuffix(head, "=")) {
			args[i] = head + whole
		}
	}
	o.trip.args = args
}
