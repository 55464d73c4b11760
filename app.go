package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"banyan/backends/offline"
	"banyan/memory"
	"banyan/orchestrator"
	"banyan/orchestrator/audit"
	"banyan/orchestrator/playbook"
)

// app is everything a command may need, opened and wired.
type app struct {
	opts     *options
	store    *memory.Store
	shop     *shop
	proof    *orchestrator.Credentials // of the calls to the shop's services
	backends *backends
	backend  orchestrator.Backend
	kernel   *orchestrator.Kernel
	log      *logFile
	logger   *slog.Logger

	audit     *audit.Log
	migration *migration
	playbooks *playbook.Set
	watching  func() // ends the look-out for changed playbooks; nil before it began

	notice string // what is to be said about the backend

	holder *holder // serves other processes; nil if this one does not
	lent   bool    // to a command of another process, which does not close it
}

// open opens the store and the shop and makes the kernel. Close the app when
// done.
func open(ctx context.Context, o *options, command string) (*app, error) {
	a := &app{opts: o}
	if err := a.open(ctx, command); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

func (a *app) open(ctx context.Context, command string) error {
	if err := a.openStore(ctx, command); err != nil || a.lent {
		return err
	}
	a.logger = slog.New(slog.NewJSONHandler(a.log, &slog.HandlerOptions{Level: a.log.level}))
	if err := a.openShop(); err != nil {
		return err
	}
	backend, err := a.openBackend(ctx)
	if err != nil {
		return &backendProblem{err}
	}
	if a.audit, err = audit.Open(a.auditPath(), audit.Options{Now: a.opts.now}); err != nil {
		return failed(err)
	}
	services, err := a.openMigration(ctx)
	if err != nil {
		return err
	}
	if a.playbooks, err = newPlaybooks(a.opts, services); err != nil {
		return err
	}
	a.backend = backend
	goal := a.opts.goalLimits()
	steps, message := a.opts.Harm.plan()
	kernel, err := orchestrator.New(ctx, orchestrator.Config{
		Services:    append(services, a.playbooks),
		Backend:     backend,
		Store:       lentStore{a.store},
		Directory:   a.shop.Directory(),
		Now:         a.opts.now,
		Credentials: a.proof,
		Auditor:     a.audit,
		Router:      a.migration,
		GoalRounds:  goal.Rounds, GoalCost: goal.Cost,
		Limits: a.opts.Harm.limits(), MaxSteps: steps, MaxMessage: message,
		Logger: a.logger,
		Locale: a.backends.locale(),
	})
	if err != nil {
		return failed(err)
	}
	a.kernel, a.backends.kernel = kernel, kernel
	a.migration.kernel.Store(kernel)
	a.watchPlaybooks()
	if a.opts.trip == nil {
		return nil
	}
	if err := a.serve(command); err != nil { // this process can do its own work all the same
		a.logger.Error("other processes are not served", "cause", err)
		a.notice = strings.TrimSpace(a.notice + " Other processes cannot use this data folder now: " + orchestrator.PrintableLine(err.Error()) + ".")
	}
	return nil
}

// lend makes the open app that of a command of another process.
func (a *app) lend(o *options) *app {
	b := *a
	b.opts, b.lent = o, true
	return &b
}

// openBackend makes the chain of backends that the settings, or the keys in the
// environment, ask for.
func (a *app) openBackend(ctx context.Context) (orchestrator.Backend, error) {
	now := a.opts.now
	if now == nil {
		now = time.Now
	}
	var err error
	learned := offline.CacheIn(filepath.Join(filepath.Dir(a.store.DB().Path()), "models"))
	if a.backends, err = newBackends(a.opts, &ledger{db: a.store.DB(), now: now}, a.shop.Directory(), learned); err != nil {
		return nil, err
	}
	chain, notice := a.backends.choose()
	backend, names, err := a.backends.open(ctx, chain)
	if err != nil {
		return nil, err
	}
	a.backends.chain, a.notice = names, strings.TrimSpace(a.notice+" "+notice)
	return backend, nil
}

// storeWait is how long a program that cannot run its command elsewhere waits for
// another one to finish with the store.
const storeWait = time.Second

// openStore opens the store. It returns a *held if another process has it open and
// is ready to run the command.
func (a *app) openStore(ctx context.Context, command string) error {
	if g := a.opts.guest; g != nil {
		*a = *g.holder.app.lend(a.opts)
		g.saySettings()
		return nil
	}
	path, err := a.opts.storePath()
	if err != nil {
		return err
	}
	level, err := a.opts.logLevel()
	if err != nil {
		return err
	}
	logPath, err := a.opts.logPath()
	if err != nil {
		return err
	}
	a.log = &logFile{path: logPath, level: level, keys: a.opts.keys}
	lost := lostStore(path)
	a.store, err = a.opts.reach(ctx, path, command)
	if err != nil {
		if !errors.As(err, new(*held)) && !errors.As(err, new(*exit)) {
			err = failed(err)
		}
		return err
	}
	if lost != "" {
		a.alarm(lost)
	}
	if err := a.store.Damage(); err != nil {
		a.alarm(err.Error())
	}
	return nil
}

func (a *app) openShop() error {
	low, high, err := a.opts.latency()
	if err != nil {
		return err
	}
	a.proof = orchestrator.NewCredentials(a.opts.now)
	a.shop, err = openShop(filepath.Dir(a.store.Path()), shopOptions{
		Credentials: a.proof, LatencyLow: low, LatencyHigh: high, Now: a.opts.now, NoSync: a.opts.noSync, Wait: storeWait, Logger: a.logger,
	})
	if err != nil {
		return failed(fmt.Errorf("the demo shop cannot be opened: %w. Conversations are not touched; \"banyan reset\" puts the shop back", err))
	}
	if a.shop.putBack != "" {
		a.alarm(a.shop.putBack)
	}
	return nil
}

// lentStore is the store as the kernel gets it, which does not close it.
type lentStore struct{ *memory.Store }

// Close implements io.Closer.
func (lentStore) Close() error { return nil }

// Close closes what is open, after other processes' turns under way have ended. If
// they do not, the store is left as the end of the process leaves it.
func (a *app) Close() error {
	if a.lent {
		return nil
	}
	if a.holder != nil {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		defer stop()
		if !a.holder.leave(ctx, os.Stderr) {
			return nil
		}
	}
	var errs []error
	if a.watching != nil {
		a.watching()
	}
	if a.kernel != nil {
		errs = append(errs, a.kernel.Close())
	}
	if a.migration != nil {
		errs = append(errs, a.migration.Close())
	}
	if a.shop != nil {
		errs = append(errs, a.shop.Close())
	}
	if a.backends != nil {
		errs = append(errs, a.backends.Close())
	}
	if a.audit != nil {
		if err := a.keepHead(context.Background()); err != nil && a.logger != nil { // the next entry of a command notes it again
			a.logger.Error("where the audit log ends could not be noted", "cause", err)
		}
		errs = append(errs, a.audit.Close())
	}
	if a.store != nil { // last: its lock keeps other processes from all that stands beside it
		errs = append(errs, a.store.Close())
	}
	if a.log != nil {
		errs = append(errs, a.log.Close())
	}
	return errors.Join(errs...)
}

// user finds who asks. The local login is trusted: whoever runs the program may
// be anybody of the directory.
func (a *app) user(ctx context.Context) (orchestrator.User, error) {
	if a.opts.Email == "" {
		return orchestrator.User{}, wrong("who is asking? Say it with --email, for example --email ada@example.com, or set BANYAN_EMAIL")
	}
	u, err := a.shop.Directory().Lookup(ctx, a.opts.Email)
	if errors.Is(err, orchestrator.ErrUnknownUser) {
		return u, wrong("the shop knows nobody called %s. Try ada@example.com, ben@example.com, cleo@example.com, dora@example.com, or for staff sam@example.com, pat@example.com or robin@example.com", a.opts.Email)
	}
	if err != nil {
		return u, failed(err)
	}
	return u, nil
}

// logFile is made when the first line is written.
type logFile struct {
	path  string
	level slog.Level
	keys  func() []string // what must not stand in it; nil: nothing
	f     *os.File
}

// Write implements io.Writer; slog serialises the calls. Logging must never stop
// the program: what cannot be written is dropped.
func (l *logFile) Write(p []byte) (int, error) {
	if l.f == nil {
		if err := os.MkdirAll(filepath.Dir(l.path), 0o700); err != nil {
			return len(p), nil //nolint:nilerr // see above
		}
		f, err := os.OpenFile(l.path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		if err != nil {
			return len(p), nil //nolint:nilerr // see above
		}
		l.f = f
	}
	text := strings.TrimSuffix(string(p), "\n")
	if l.keys != nil {
		text = hideKeys(text, l.keys()...)
	}
	line := orchestrator.Printable(text) + "\n"
	if _, err := io.WriteString(l.f, line); err != nil {
		return len(p), nil //nolint:nilerr // see above
	}
	return len(p), nil
}

func (l *logFile) Close() error {
	if l.f == nil {
		return nil
	}
	return l.f.Close()
}
