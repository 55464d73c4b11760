package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"time"

	"banyan/backends/offline/language"
	"banyan/backends/policy"
	"banyan/orchestrator"
)

// bench is a backend and a catalog, ready to plan.
type bench struct {
	evaluator
	info  orchestrator.BackendInfo
	lang  *language.Language // of the offline backend; nil is English
	close []io.Closer
}

// openBench makes the backend that was chosen, the offline one by default, and
// reads the catalog. With a file for the catalog, the store is not opened unless a
// budget is kept there.
func openBench(ctx context.Context, o *options, catalog string) (*bench, error) {
	chosen := *o
	if chosen.Backend == "" {
		chosen.Backend = offlineName
	}
	b := &bench{evaluator: evaluator{now: time.Now, user: orchestrator.User{Email: "someone@example.com", Role: orchestrator.Customer}}}
	if o.now != nil {
		b.now = o.now
	}
	if err := b.open(ctx, &chosen, catalog); err != nil {
		return nil, errors.Join(err, b.Close())
	}
	return b, nil
}

func (b *bench) open(ctx context.Context, o *options, catalog string) error {
	if catalog != "" {
		var err error
		if b.catalog, err = readCatalog(catalog); err != nil {
			return err
		}
	}
	purse := policy.Ledger(policy.NewMemory(b.now))
	if catalog == "" || o.Budget != (budgetSettings{}) {
		shop := *o
		shop.Backend, shop.Record = offlineName, "" // what is scored is made below
		app, err := open(ctx, &shop, "banyan eval")
		if err != nil {
			return err
		}
		b.close = append(b.close, app)
		purse = &ledger{db: app.store.DB(), now: b.now}
		if catalog == "" {
			b.catalog, b.people = app.kernel.Catalog(), app.shop.Directory().Mentioned
			if o.Email != "" {
				if b.user, err = app.user(ctx); err != nil {
					return err
				}
			}
		}
	}
	// Nothing that was learned before is used, so that the time of the training is
	// the time of a training.
	made, err := newBackends(o, purse, nil)
	if err != nil {
		return err
	}
	b.close = append(b.close, made)
	if b.lang, err = language.New(o.Language); err != nil {
		return wrong("%w", err)
	}
	if b.backend, _, err = made.open(ctx, o.Backend); err != nil {
		return err
	}
	if b.info, err = b.backend.Describe(ctx); err != nil {
		return failed(fmt.Errorf("the backend does not describe itself: %w", err))
	}
	if b.info.Local && len(b.info.Parts) == 0 && o.Backend == offlineName {
		b.scores = made.offline
	}
	return nil
}

// prepare makes the backend ready for the catalog, from nothing, and says how many
// milliseconds that took. A model is asked whether it could work, so that a run of
// thousands of cases does not fail at each.
func (b *bench) prepare(ctx context.Context) (float64, error) {
	start := time.Now()
	if p, ok := b.backend.(orchestrator.Preparer); ok {
		p.Prepare(ctx, b.catalog)
	}
	if b.scores != nil { // what Prepare left out is done now
		if _, _, err := b.scores.Scores(ctx, "ready", b.catalog); err != nil {
			return 0, failed(err)
		}
	}
	took := float64(time.Since(start)) / float64(time.Millisecond)
	if c, ok := b.backend.(orchestrator.Checker); ok && b.scores == nil {
		if err := c.Check(ctx); err != nil {
			return 0, failed(errors.New("the backend cannot work now: " + withCause(err)))
		}
	}
	return took, nil
}

// outcomes plans the cases, several at a time, and hands on what became of each, in
// their order.
func (b *bench) outcomes(ctx context.Context, cases iter.Seq2[evalCase, error], parallel int, each func(evalCase, verdict) error) error {
	type job struct {
		c    evalCase
		done chan verdict
	}
	if parallel == 1 {
		for c, err := range cases {
			if err == nil {
				err = ctx.Err()
			}
			if err == nil {
				err = each(c, b.evaluate(ctx, c))
			}
			if err != nil {
				return err
			}
		}
		return nil
	}
	var waiting []job
	var failure error
	next := func() {
		j := waiting[0]
		waiting = waiting[1:]
		if o := <-j.done; failure == nil {
			failure = each(j.c, o)
		}
	}
	for c, err := range cases {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			failure = err
			break
		}
		j := job{c, make(chan verdict, 1)}
		waiting = append(waiting, j)
		go func() { j.done <- b.evaluate(ctx, c) }()
		if len(waiting) == parallel {
			if next(); failure != nil {
				break
			}
		}
	}
	for len(waiting) > 0 {
		next()
	}
	return failure
}

// Close closes what openBench opened.
func (b *bench) Close() error {
	var errs []error
	for _, c := range slices.Backward(b.close) {
		errs = append(errs, c.Close())
	}
	return errors.Join(errs...)
}
