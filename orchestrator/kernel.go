package orchestrator

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/oklog/ulid/v2"
)

// Request is one message of a user.
type Request struct {
	// Conversation is the ID of the conversation, from NewConversation or the store.
	Conversation string
	// User is who asks, as the session decided.
	User    User
	Message string
	// Yes confirms all writes of this turn beforehand, except those that a goal's later
	// rounds plan.
	Yes bool
	// As names the customer for whom staff act from this turn on, by email or name: the
	// same as the command /as before it. Empty leaves it as it is.
	As string
	// Answers is the ID of the turn that the user saw last in this conversation, if the
	// surface knows it. A yes or a no to something that was asked since, by another
	// surface, is not taken: it is asked again.
	Answers string
	// Goal lets the backend plan on after the results, until what the message asks for
	// is reached or a limit is.
	Goal bool
}

// Config is what main hands to the kernel. Services, Backend, Store and Directory
// are required.
type Config struct {
	Services  []Service
	Backend   Backend
	Store     Store
	Directory Directory
	// Credentials signs every call for the services that verify it; calls are not signed
	// if it is nil.
	Credentials *Credentials
	// Logger gets the causes of failures; nothing is logged if it is nil.
	Logger *slog.Logger
	// Now and NewID are the sources of time and of IDs; time.Now and ULIDs if nil.
	Now   func() time.Time
	NewID func() string
	// CallTimeout bounds one call to a service (5 s), StepTimeout all calls of a step
	// (15 s), BackendTimeout one call to the backend (60 s), ConfirmFor how long a yes
	// is good (10 min).
	CallTimeout    time.Duration
	StepTimeout    time.Duration
	BackendTimeout time.Duration
	ConfirmFor     time.Duration
	// MaxMessage is the length of a message in characters (8,000), MaxSteps the
	// number of steps in a plan (20).
	MaxMessage int
	MaxSteps   int
	// GoalRounds is how many plans a backend may make for one message in goal mode
	// (4), GoalCost what they may cost together in US dollars (0.25).
	GoalRounds int
	GoalCost   float64
	// Router decides which side serves an intent that both offer; nil: modern before
	// legacy. FallbackAfter is how long modern may take to answer a read that legacy
	// could answer as well (2 s), ShadowTimeout how long a shadow call may take (2 s).
	Router        Router
	FallbackAfter time.Duration
	ShadowTimeout time.Duration
	// Limits bound the harm that can be done.
	Limits Limits
	// Auditor keeps who did what to whom; nil: nobody does.
	Auditor Auditor
	// Locale is the language in which services' wordings and the kernel's questions
	// are said; nil is English.
	Locale *Locale
}

func (c *Config) fill() error {
	switch {
	case c.Backend == nil:
		return errors.New("the kernel needs a backend")
	case c.Store == nil:
		return errors.New("the kernel needs a store")
	case c.Directory == nil:
		return errors.New("the kernel needs a directory of users")
	}
	setDefault(&c.CallTimeout, 5*time.Second)
	setDefault(&c.StepTimeout, 3*c.CallTimeout)
	setDefault(&c.BackendTimeout, time.Minute)
	setDefault(&c.FallbackAfter, 2*time.Second)
	setDefault(&c.ShadowTimeout, 2*time.Second)
	setDefault(&c.ConfirmFor, 10*time.Minute)
	setDefault(&c.MaxMessage, 8000)
	setDefault(&c.MaxSteps, 20)
	setDefault(&c.GoalRounds, 4)
	setDefault(&c.GoalCost, 0.25)
	c.Limits.fill()
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.NewID == nil {
		c.NewID = newID
	}
	return nil
}

func setDefault[T comparable](p *T, v T) {
	var zero T
	if *p == zero {
		*p = v
	}
}

// newID returns a ULID: unique, and sorted by time.
func newID() string {
	return ulid.MustNew(ulid.Now(), rand.Reader).String()
}

// Kernel runs turns. It is safe for concurrent use; turns of one conversation
// run one after the other.
type Kernel struct {
	cfg     Config
	backend atomic.Pointer[inUse]
	bus     bus
	exprs   *expressions
	catalog atomic.Pointer[Catalog]
	recall  *recall
	paces   *paces
	changes *changesMade

	stop       context.CancelFunc // ends what runs in the background
	background func() context.Context
	done       sync.WaitGroup // what runs in the background
	shadows    atomic.Int32   // shadow calls under way
	unaudited  atomic.Bool    // the audit log could not be written

	mu       sync.Mutex           // guards what follows
	locks    map[string]*turnLock // conversations with a turn under way
	problems []error              // services that could not be used

	recovered   []Turn  // that an earlier process left unfinished; not changed after New
	unrecovered []error // why others are not; not changed after New
}

// New asks every service what it can do and returns a kernel that is ready.
// A service that cannot be described is left out and reported by Problems. Close
// the kernel when done.
func New(ctx context.Context, cfg Config) (*Kernel, error) {
	if err := cfg.fill(); err != nil {
		return nil, err
	}
	background, cancel := context.WithCancel(context.WithoutCancel(ctx))
	k := &Kernel{cfg: cfg, exprs: newExpressions(), stop: cancel, locks: map[string]*turnLock{}}
	k.recall = newRecall(cfg.Store)
	k.paces = newPaces(cfg.Limits)
	k.changes = newChangesMade(cfg.Store, cfg.Limits.ChangesPerHour)
	k.Refresh(ctx)
	if err := k.use(ctx, background, cfg.Backend); err != nil {
		cancel()
		return nil, err
	}
	k.background = func() context.Context { return background }
	k.recover(ctx)
	return k, nil
}

// inUse is the backend that turns use at the moment.
type inUse struct {
	Backend
	info BackendInfo
}

// Use makes the turns from now on use another backend; those under way go on
// with the one before. The kernel does not close the one before. It returns an
// error, and leaves things as they are, if the backend does not describe itself
// or speaks another version of the contract.
func (k *Kernel) Use(ctx context.Context, b Backend) error {
	return k.use(ctx, k.background(), b)
}

func (k *Kernel) use(ctx, background context.Context, b Backend) error {
	info, err := guarded(func() (BackendInfo, error) { return b.Describe(ctx) })
	if err != nil {
		return fmt.Errorf("the backend does not describe itself: %w", err)
	}
	if info.Contract != ContractVersion {
		return fmt.Errorf("backend %s was made for contract version %d, this program speaks version %d: update the older of the two", info.Name, info.Contract, ContractVersion)
	}
	used := &inUse{b, info}
	k.backend.Store(used)
	k.prepare(background, used)
	return nil
}

// prepareStaff is how long the backend is left in peace with what customers can use
// before it is told of what only staff can.
const prepareStaff = 500 * time.Millisecond

// prepare tells the backend of the catalog, if it wants to know beforehand.
func (k *Kernel) prepare(background context.Context, b *inUse) {
	if p, ok := b.Backend.(Preparer); ok {
		catalog := k.Catalog()
		customers := catalog.For(background, k.cfg.Now(), User{Email: "somebody", Role: Customer})
		k.done.Go(func() {
			p.Prepare(background, customers)
			if customers != catalog {
				pause(background, prepareStaff)
				if background.Err() == nil {
					p.Prepare(background, catalog)
				}
			}
		})
	}
}

// Refresh asks every service again and puts a new catalog in place. Turns under
// way go on with the old one.
func (k *Kernel) Refresh(ctx context.Context) {
	descriptions := make([]Offered, len(k.cfg.Services))
	errs := make([]error, len(k.cfg.Services))
	var wg sync.WaitGroup
	for i, s := range k.cfg.Services {
		wg.Go(func() {
			ctx, cancel := context.WithTimeout(ctx, k.cfg.CallTimeout)
			defer cancel()
			d, err := describe(ctx, s)
			if err != nil {
				errs[i] = fmt.Errorf("service %d does not describe itself: %w", i+1, err)
			}
			descriptions[i] = Offered{Service: s, Description: d}
		})
	}
	wg.Wait()
	var offered []Offered
	var problems []error
	for i, d := range descriptions {
		if errs[i] != nil {
			problems = append(problems, errs[i])
			continue
		}
		offered = append(offered, d)
	}
	catalog, bad := NewCatalog(offered)
	problems = append(problems, bad...)
	catalog = catalog.In(k.cfg.Locale)
	if k.cfg.Router != nil {
		k.cfg.Router.Learn(catalog)
	}
	k.catalog.Store(catalog)
	if b := k.backend.Load(); b != nil {
		k.prepare(k.background(), b)
	}
	k.mu.Lock()
	k.problems = problems
	k.mu.Unlock()
	for _, p := range problems {
		k.publish(Event{Kind: EventServiceFailed, Text: p.Error()})
	}
	k.publish(Event{Kind: EventCatalog, Count: len(catalog.Intents())})
}

func describe(ctx context.Context, s Service) (d Description, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("it crashed: %v", r)
		}
	}()
	return s.Describe(ctx)
}

// Problems returns what was wrong with services when the catalog was made, and with
// turns that an earlier process left unfinished.
func (k *Kernel) Problems() []error {
	k.mu.Lock()
	defer k.mu.Unlock()
	return slices.Concat(k.unrecovered, k.problems)
}

// Subscribe returns a subscription to all events from now on. A subscriber that
// is buffer events behind misses the next ones.
func (k *Kernel) Subscribe(buffer int) *Subscription { return k.bus.subscribe(buffer) }

func (k *Kernel) publish(e Event) {
	e.At = k.cfg.Now()
	k.bus.publish(e)
}

// Announce tells all who are there something that belongs to no turn, in one or two
// sentences: as an event of kind EventNotice. Any goroutine may call it.
func (k *Kernel) Announce(text string) {
	k.publish(Event{Kind: EventNotice, Text: PrintableLine(text)})
}

// Migrated tells all who are there that a route, a rollout or a fault was changed, in
// one or two sentences: as an event of kind EventMigration. Any goroutine may call it.
func (k *Kernel) Migrated(text string) {
	k.publish(Event{Kind: EventMigration, Text: PrintableLine(text)})
}

// Catalog returns the current catalog.
func (k *Kernel) Catalog() *Catalog { return k.catalog.Load() }

// Backend says which backend is in use.
func (k *Kernel) Backend() BackendInfo { return k.backend.Load().info }

// NewConversation returns a fresh conversation ID.
func (k *Kernel) NewConversation() string { return k.cfg.NewID() }

// Turns returns the last n turns of a conversation of the user, oldest first; all
// if n is 0. Somebody else's conversation has none.
func (k *Kernel) Turns(ctx context.Context, user User, conversation string, n int) ([]Turn, error) {
	turns, err := k.cfg.Store.Turns(ctx, conversation, n)
	if err != nil || len(turns) == 0 || turns[0].User != user.Email {
		return nil, err
	}
	return turns, nil
}

// Conversations lists the last n conversations of the user, latest first; all if
// n is 0.
func (k *Kernel) Conversations(ctx context.Context, user User, n int) ([]ConversationInfo, error) {
	return k.cfg.Store.Conversations(ctx, user.Email, n)
}

// Close ends what runs in the background and closes the services, the backend and
// the store, if they can be closed. No turn may be under way.
func (k *Kernel) Close() error {
	k.stop()
	k.done.Wait()
	var errs []error
	for _, s := range k.cfg.Services {
		errs = append(errs, closePlugin(s))
	}
	errs = append(errs, closePlugin(k.backend.Load().Backend), closePlugin(k.cfg.Store))
	return errors.Join(errs...)
}

func closePlugin(p any) error {
	if c, ok := p.(io.Closer); ok {
		return c.Close()
	}
	return nil
}

// turnLock makes the turns of one conversation queue.
type turnLock struct {
	ch      chan struct{} // holds a token while free
	waiting int
}

// lock waits until the conversation has no other turn under way and returns the
// function that frees it.
func (k *Kernel) lock(ctx context.Context, conversation string) (func(), error) {
	k.mu.Lock()
	l := k.locks[conversation]
	if l == nil {
		l = &turnLock{ch: make(chan struct{}, 1)}
		l.ch <- struct{}{}
		k.locks[conversation] = l
	}
	l.waiting++
	k.mu.Unlock()
	leave := func() {
		k.mu.Lock()
		defer k.mu.Unlock()
		if l.waiting--; l.waiting == 0 {
			delete(k.locks, conversation)
		}
	}
	select {
	case <-l.ch:
		return func() { l.ch <- struct{}{}; leave() }, nil
	case <-ctx.Done():
		leave()
		return nil, ctx.Err()
	}
}
