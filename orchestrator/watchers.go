package orchestrator

import (
	"context"
	"errors"
	"strings"
	"sync"
)

// Watchers tells those who watch a State which keys were changed. Every State can
// use one: its Watch is that of the contract, and Notify is called after each change.
// The zero value is ready, and it is safe for concurrent use.
type Watchers struct {
	mu     sync.Mutex // guards what follows
	all    map[*watcher]bool
	closed bool
	done   sync.WaitGroup
}

// watcher holds the keys that one who watches has not been sent yet.
type watcher struct {
	prefix string
	out    chan string
	stop   chan struct{} // closed when the State is closed
	wake   chan struct{} // holds one token while keys are waiting

	mu      sync.Mutex // guards what follows
	waiting []string
	queued  map[string]bool // the keys that stand in waiting
}

// Watch sends the key of every change under prefix from now on, until ctx ends or
// Close is called; then the channel is closed. Changes of a key that is still
// waiting to be received count as one.
func (w *Watchers) Watch(ctx context.Context, prefix string) (<-chan string, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	one := &watcher{
		prefix: prefix, out: make(chan string), stop: make(chan struct{}),
		wake: make(chan struct{}, 1), queued: map[string]bool{},
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return nil, errors.New("it is closed, nothing in it changes any more")
	}
	if w.all == nil {
		w.all = map[*watcher]bool{}
	}
	w.all[one] = true
	w.done.Go(func() {
		defer func() {
			w.mu.Lock()
			delete(w.all, one)
			w.mu.Unlock()
			close(one.out)
		}()
		one.run(ctx)
	})
	return one.out, nil
}

// Notify says that a key was changed. It does not wait for anybody. It is called once
// Get returns the new value.
func (w *Watchers) Notify(key string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for one := range w.all {
		if strings.HasPrefix(key, one.prefix) {
			one.add(key)
		}
	}
}

// Close ends all watching and waits for that. To close it again is nothing.
func (w *Watchers) Close() {
	w.mu.Lock()
	if !w.closed {
		w.closed = true
		for one := range w.all {
			close(one.stop)
		}
	}
	w.mu.Unlock()
	w.done.Wait()
}

func (w *watcher) add(key string) {
	w.mu.Lock()
	if !w.queued[key] {
		w.queued[key] = true
		w.waiting = append(w.waiting, key)
	}
	w.mu.Unlock()
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// run sends until it is told to end.
func (w *watcher) run(ctx context.Context) {
	for {
		select {
		case <-w.wake:
		case <-ctx.Done():
			return
		case <-w.stop:
			return
		}
		for key, more := w.next(); more; key, more = w.next() {
			select {
			case w.out <- key:
			case <-ctx.Done():
				return
			case <-w.stop:
				return
			}
		}
	}
}

// next takes the key that has waited longest.
func (w *watcher) next() (key string, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.waiting) == 0 {
		return "", false
	}
	key, w.waiting = w.waiting[0], w.waiting[1:]
	delete(w.queued, key)
	return key, true
}
