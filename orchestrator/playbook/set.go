package playbook

import (
	"context"
	"maps"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"banyan/orchestrator"
)

// Name is the name of the service that a Set is.
const Name = "playbooks"

// Set offers the playbooks of its sources: an orchestrator.Service and Playbook,
// safe for concurrent use.
type Set struct {
	services []orchestrator.Service
	sources  []Source

	mu    sync.RWMutex // guards what follows
	plays map[string]orchestrator.Play
	books []Info
	found []Problem
	read  []string // the stamps of the files that this comes from
}

// Info is a playbook that is offered.
type Info struct {
	orchestrator.Intent
	File  string
	Steps int
}

// New returns a set of the playbooks in sources, whose steps call what services
// offer. Nothing is read before Describe. Of two playbooks with one name the
// earlier one counts.
func New(services []orchestrator.Service, sources ...Source) *Set {
	return &Set{services: services, sources: sources}
}

// Report is what a check has found.
type Report struct {
	Playbooks []Info
	Problems  []Problem
}

// Check reads the files of a source and checks them as Describe would, beside the
// set's own playbooks, which they may play and whose names they may not take, except
// in place of one from the same file. The set stays as it is.
func (s *Set) Check(ctx context.Context, src Source) (Report, error) {
	books, found := src.load()
	var own []*book
	for _, o := range s.sources {
		b, _ := o.load()
		own = append(own, b...)
	}
	own = slices.DeleteFunc(own, func(o *book) bool {
		return slices.ContainsFunc(books, func(b *book) bool { return sameFile(b.file, o.file) })
	})
	c := &checker{offered: s.offered(ctx)}
	r := Report{Problems: found}
	for _, b := range c.check(ctx, slices.Concat(own, books)) {
		if slices.Contains(books, b) {
			r.Playbooks = append(r.Playbooks, b.info())
		}
	}
	for _, p := range c.found {
		if slices.ContainsFunc(books, func(b *book) bool { return b.file == p.File }) {
			r.Problems = append(r.Problems, p)
		}
	}
	r.Problems = inOrder(r.Problems)
	return r, ctx.Err()
}

// sameFile tells whether two names, as problems show them, mean one file.
func sameFile(a, b string) bool {
	a, errA := filepath.Abs(a)
	b, errB := filepath.Abs(b)
	return errA == nil && errB == nil && a == b
}

func (b *book) info() Info { return Info{Intent: b.intent, File: b.file, Steps: len(b.steps)} }

// Describe reads all files again, checks them against what the services offer, and
// describes the playbooks that are sound. Problems tells what is wrong with the
// others.
func (s *Set) Describe(ctx context.Context) (orchestrator.Description, error) {
	read := s.stamps() // before the files, so that what changes meanwhile is seen later
	var books []*book
	var found []Problem
	for _, src := range s.sources {
		b, bad := src.load()
		books, found = append(books, b...), append(found, bad...)
	}
	c := &checker{}
	if len(books) > 0 { // otherwise there is nothing to hold against the services
		c.offered = s.offered(ctx)
	}
	books = c.check(ctx, books)
	d := orchestrator.Description{Name: Name, Version: "1.0.0", Contract: orchestrator.ContractVersion, Era: orchestrator.Modern}
	plays := map[string]orchestrator.Play{}
	var infos []Info
	for _, b := range books {
		d.Intents = append(d.Intents, b.intent)
		plays[b.name] = b.play
		infos = append(infos, b.info())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.plays, s.books, s.found, s.read = plays, infos, inOrder(append(found, c.found...)), read
	return d, ctx.Err()
}

// offered are the intents of the services, modern before legacy. A service that does
// not answer in half of the time that there is offers nothing.
func (s *Set) offered(ctx context.Context) map[string]orchestrator.Intent {
	if deadline, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Until(deadline)/2)
		defer cancel()
	}
	type answer struct {
		from int
		orchestrator.Description
	}
	answers := make(chan answer, len(s.services)) // who comes too late finds nobody waiting, and leaves
	for i, svc := range s.services {
		go func() { answers <- answer{i, describe(ctx, svc)} }()
	}
	all := make([]orchestrator.Description, len(s.services))
	for range s.services {
		select {
		case a := <-answers:
			all[a.from] = a.Description
		case <-ctx.Done():
		}
	}
	out := map[string]orchestrator.Intent{}
	for _, era := range []orchestrator.Era{orchestrator.Legacy, orchestrator.Modern} {
		for _, d := range all {
			for _, in := range d.Intents {
				if d.Era == era {
					out[in.Name] = in
				}
			}
		}
	}
	return out
}

// describe asks a service; one that fails or crashes says nothing.
func describe(ctx context.Context, svc orchestrator.Service) (d orchestrator.Description) {
	defer func() {
		if recover() != nil {
			d = orchestrator.Description{}
		}
	}()
	d, err := svc.Describe(ctx)
	if err != nil {
		return orchestrator.Description{}
	}
	return d
}

// Call fails: the kernel plays a playbook, it does not call it.
func (s *Set) Call(_ context.Context, call orchestrator.Call) (orchestrator.Result, error) {
	return orchestrator.Result{}, &orchestrator.Error{
		Code: orchestrator.CodeInvalid, Cause: errNotCalled,
		Message: "The playbook " + call.Intent + " is a plan and cannot be called as a whole.",
	}
}

// Play returns the plan of a playbook as it was described last.
func (s *Set) Play(intent string) (orchestrator.Play, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	p, ok := s.plays[intent]
	if ok {
		p.Plan.Steps = slices.Clone(p.Plan.Steps)
		p.Questions = maps.Clone(p.Questions)
	}
	return p, ok
}

// Playbooks returns what was described last, in the order of sources and files.
func (s *Set) Playbooks() []Info {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.Clone(s.books)
}

// Problems returns what was wrong with the files when they were described last.
func (s *Set) Problems() []Problem {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.Clone(s.found)
}
