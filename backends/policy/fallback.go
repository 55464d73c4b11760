package policy

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"banyan/orchestrator"
)

// FallbackConfig says when the next backend takes over. The zero value is a
// sensible one.
type FallbackConfig struct {
	// Kinds are the kinds of error after which the next takes over, see Kind. Nil:
	// all of them. After an error of kind CodeBackendBudget only a backend takes over
	// that says it is Local, because the others cost money too.
	Kinds []string
}

// Fallback is a chain of backends: the first that succeeds gives the reply. In
// Respond the next takes over only while nothing has been emitted; after the first
// piece a failure is the call's, so that no answer is ever pieced together from two
// backends. If all fail, the errors are joined: the first one's message is for
// people.
//
// If the context has a deadline, a backend with another behind it has two thirds
// of the time that is left to finish, or in Respond to emit a first piece, so that
// there is time for the others.
type Fallback struct {
	parts []orchestrator.Backend
	layer
	kinds map[string]bool // nil: all
}

// NewFallback makes a chain of at least one backend, the preferred first.
func NewFallback(cfg FallbackConfig, first orchestrator.Backend, others ...orchestrator.Backend) *Fallback {
	f := &Fallback{parts: append([]orchestrator.Backend{first}, others...)}
	if cfg.Kinds != nil {
		f.kinds = orDefault(cfg.Kinds, nil)
	}
	f.layer = layer{inner: first, do: f.around}
	return f
}

// Unwrap returns the chain itself: it has no single backend inside.
func (f *Fallback) Unwrap() orchestrator.Backend { return nil }

// Describe names the chain after its parts, see joinInfo.
func (f *Fallback) Describe(ctx context.Context) (orchestrator.BackendInfo, error) {
	return joinInfo(ctx, f.parts)
}

// Prepare tells all parts of a new catalog.
func (f *Fallback) Prepare(ctx context.Context, catalog *orchestrator.Catalog) {
	for _, b := range f.parts {
		prepare(ctx, b, catalog)
	}
}

// Check succeeds if any part could work now.
func (f *Fallback) Check(ctx context.Context) error { return checkAny(ctx, f.parts) }

// Close closes all parts.
func (f *Fallback) Close() error { return closeAll(f.parts) }

func (f *Fallback) around(ctx context.Context, x *exchange) error {
	var spent tally
	var errs []error
	for i, b := range f.parts {
		if i > 0 {
			if !f.next(ctx, b, errs[len(errs)-1]) {
				continue
			}
			orchestrator.Notify(ctx, fmt.Sprintf("fallback: %s failed (%s), %s takes over",
				nameOf(ctx, f.parts[i-1]), words(Kind(errs[len(errs)-1])), nameOf(ctx, b)))
		}
		err := f.try(ctx, x, b, i == len(f.parts)-1)
		spent.add(x)
		*x.usage() = spent.sum
		if err == nil {
			return nil
		}
		errs = append(errs, err)
		if x.emitted || ctx.Err() != nil {
			break
		}
	}
	return joinErrors(errs)
}

// try asks one part, within its share of the time.
func (f *Fallback) try(ctx context.Context, x *exchange, b orchestrator.Backend, last bool) error {
	end, ok := ctx.Deadline()
	if !ok || last || f.kinds != nil && !f.kinds[orchestrator.CodeBackendTimeout] {
		return x.ask(ctx, b)
	}
	share := time.Until(end) * 2 / 3
	bounded, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	clock := time.AfterFunc(share, func() { cancel(&tooSlow{"no reply after " + brief(share)}) })
	defer clock.Stop()
	if emit := x.emit; emit != nil {
		x.emit = func(delta string) {
			if delta != "" {
				clock.Stop()
			}
			emit(delta)
		}
		defer func() { x.emit = emit }()
	}
	return wordSlow(ctx, bounded, b, x.ask(bounded, b))
}

// next tells whether b may take over after err.
func (f *Fallback) next(ctx context.Context, b orchestrator.Backend, err error) bool {
	kind := Kind(err)
	if f.kinds != nil && !f.kinds[kind] {
		return false
	}
	if kind != orchestrator.CodeBackendBudget {
		return true
	}
	info, err := b.Describe(ctx)
	return err == nil && info.Local
}

// joinErrors makes one error of those of a chain, with the code and message of the
// first.
func joinErrors(errs []error) error {
	var coded *orchestrator.Error
	if len(errs) == 1 || !errors.As(errs[0], &coded) {
		return errors.Join(errs...)
	}
	return &orchestrator.Error{Code: coded.Code, Message: coded.Message, Cause: errors.Join(errs...)}
}

// joinInfo describes several backends as one: the names joined by commas, the
// first one's model, Local if all are, the capabilities that all have, and the
// highest price, which is unknown if that of any is that is not Local.
func joinInfo(ctx context.Context, parts []orchestrator.Backend) (orchestrator.BackendInfo, error) {
	whole := orchestrator.BackendInfo{Version: version, Contract: orchestrator.ContractVersion, Local: true, Price: &orchestrator.Price{}}
	var names []string
	for i, b := range parts {
		info, err := b.Describe(ctx)
		if err != nil {
			return orchestrator.BackendInfo{}, fmt.Errorf("part %d of the chain does not describe itself: %w", i+1, err)
		}
		if info.Contract != orchestrator.ContractVersion {
			return orchestrator.BackendInfo{}, fmt.Errorf("part %d of the chain, %s, was made for contract version %d, this program speaks version %d: update the older of the two",
				i+1, info.Name, info.Contract, orchestrator.ContractVersion)
		}
		names = append(names, info.Name)
		whole.Parts = append(whole.Parts, info)
		whole.Local = whole.Local && info.Local
		if i == 0 {
			whole.Model, whole.Capabilities = info.Model, slices.Clone(info.Capabilities)
		} else {
			whole.Capabilities = slices.DeleteFunc(whole.Capabilities, func(c string) bool { return !slices.Contains(info.Capabilities, c) })
		}
		switch price := info.Price; {
		case price != nil && whole.Price != nil:
			whole.Price = &orchestrator.Price{
				InputPerMTok:  max(whole.Price.InputPerMTok, price.InputPerMTok),
				OutputPerMTok: max(whole.Price.OutputPerMTok, price.OutputPerMTok),
			}
		case price == nil && !info.Local:
			whole.Price = nil
		}
	}
	whole.Name = strings.Join(names, ",")
	return whole, nil
}

func checkAny(ctx context.Context, parts []orchestrator.Backend) error {
	var errs []error
	for _, b := range parts {
		err := check(ctx, b)
		if err == nil {
			return nil
		}
		errs = append(errs, err)
	}
	return joinErrors(errs)
}

func closeAll(parts []orchestrator.Backend) error {
	var errs []error
	for _, b := range parts {
		errs = append(errs, closeBackend(b))
	}
	return errors.Join(errs...)
}
