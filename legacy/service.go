package legacy

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"

	"banyan/legacy/monolith"
	"banyan/orchestrator"

	"github.com/google/jsonschema-go/jsonschema"
	"go.etcd.io/bbolt"
)

// The name and version that the service states. The version is the monolith's.
const (
	Name    = "monolith"
	Version = "7.3.0"
)

// Change says what happened.
type Change struct {
	Event string // one of the events below
	Key   string // the idempotency key of the call, or its digest if it is very long
	// DryRun says that the change will be taken back.
	DryRun bool
}

// The events of the monolith.
const (
	PhoneChanged           = "PhoneChanged"
	AddressChanged         = "AddressChanged"
	NewsletterSubscribed   = "NewsletterSubscribed"
	NewsletterUnsubscribed = "NewsletterUnsubscribed"
	AccountClosed          = "AccountClosed"
	OrderCancelled         = "OrderCancelled"
	OrderChanged           = "OrderChanged"
	DeliveryAddressChanged = "DeliveryAddressChanged"
	ReturnRequested        = "ReturnRequested"
	ReturnWithdrawn        = "ReturnWithdrawn"
)

// events are what the monolith's transactions do to customers and orders, in the
// words of the business.
func events() map[string]string {
	return map[string]string{
		"CUPH": PhoneChanged, "CUAD": AddressChanged, "NLSB": NewsletterSubscribed, "NLUN": NewsletterUnsubscribed,
		"CUCL": AccountClosed, "ORCN": OrderCancelled, "ORCH": OrderChanged, "SHAD": DeliveryAddressChanged,
		"RTRQ": ReturnRequested, "RTWD": ReturnWithdrawn,
	}
}

// Hooks are told what the monolith changed, in the write transaction of the
// change and with the context of the call. Their error takes the change back and
// fails the call. They are not called for what is put by PutCustomer, PutOrder and PutDelivery,
// or when nothing is different from before. Either may be nil.
type Hooks struct {
	OnCustomer func(ctx context.Context, tx *bbolt.Tx, what Change, c Customer) error
	// OnOrder is also told when an item of an order is returned, or not returned
	// after all, and the order stays as it is.
	OnOrder func(ctx context.Context, tx *bbolt.Tx, what Change, o Order) error
}

// Service is the monolith as the kernel sees it: an orchestrator.Service,
// DryRunner and Finder of the legacy era. It is safe for concurrent use.
type Service struct {
	m          *monolith.Monolith
	operations map[string]operation
	trusted    *orchestrator.Credentials
	describe   func() (orchestrator.Description, error)
}

// New returns the service in front of a monolith, whose change notices it takes
// over. The monolith must not have been used yet.
func New(m *monolith.Monolith, hooks Hooks) *Service {
	ops := allOperations()
	s := &Service{m: m, operations: make(map[string]operation, len(ops))}
	for _, op := range ops {
		s.operations[op.intent.Name] = op
	}
	s.describe = sync.OnceValues(func() (orchestrator.Description, error) { return describe(ops) })
	m.Changed(hooks.changed)
	return s
}

// Trust makes the adapter refuse every call without a credential of c that fits it. It
// must be called before the service is used.
func (s *Service) Trust(c *orchestrator.Credentials) { s.trusted = c }

// Describe lists every intent of the shop.
func (s *Service) Describe(context.Context) (orchestrator.Description, error) { return s.describe() }

// CanDryRun is true for every intent that changes something.
func (s *Service) CanDryRun(intent string) bool {
	op, ok := s.operations[intent]
	return ok && op.intent.Changes()
}

// Call performs one intent as one transaction of the monolith, or as several for a
// long list. A key is remembered for good once the change was carried out.
func (s *Service) Call(ctx context.Context, call orchestrator.Call) (orchestrator.Result, error) {
	op, who, err := s.operation(call)
	if err != nil {
		return orchestrator.Result{}, err
	}
	x := &exchange{m: s.m, call: call, who: who, mode: monolith.ModeInquire}
	if op.intent.Changes() {
		x.mode = monolith.ModeUpdate
		if call.DryRun {
			x.mode = monolith.ModeValidate
		}
	}
	data, err := op.perform(ctx, x)
	if err != nil {
		return orchestrator.Result{}, err
	}
	return orchestrator.Result{Data: data}, nil
}

// Find tells what became of the change that was called with call.Key: the monolith
// searches its saved responses and runs nothing. It waits for its turn there, so a
// change that was under way has ended by then. A key that was used for something
// else is an error of code key_reused.
func (s *Service) Find(ctx context.Context, call orchestrator.Call) (res orchestrator.Result, found bool, err error) {
	op, who, err := s.operation(call)
	if err != nil {
		return orchestrator.Result{}, false, err
	}
	if call.Key == "" || !op.intent.Changes() {
		return orchestrator.Result{}, false, nil
	}
	data, err := op.perform(ctx, &exchange{m: s.m, call: call, who: who, mode: monolith.ModeSearch})
	var no *orchestrator.Error
	switch {
	case errors.As(err, &no) && no.Code == codeKeyUnknown:
		return orchestrator.Result{}, false, nil
	case err != nil:
		return orchestrator.Result{}, false, err
	}
	return orchestrator.Result{Data: data}, true, nil
}

// operation returns what a call asks for and whom it is about.
func (s *Service) operation(call orchestrator.Call) (operation, string, error) {
	op, ok := s.operations[call.Intent]
	if !ok {
		return operation{}, "", orchestrator.Errorf(orchestrator.CodeNotFound, "The monolith does not know how to %s.", strings.ReplaceAll(call.Intent, "_", " "))
	}
	if err := s.trusted.Verify(call); err != nil {
		return operation{}, "", err
	}
	who, err := subject(call)
	return op, who, err
}

// subject says whom a call is about. The session decides that; an argument that
// says otherwise, or a customer who asks about another, is refused.
func subject(call orchestrator.Call) (string, error) {
	arg, _ := call.Args["email"].(string)
	who := call.Subject.Email
	if who == "" {
		who = arg
	}
	switch {
	case who == "":
		return "", orchestrator.Errorf(orchestrator.CodeInvalid, "It is not said which customer this is about.")
	case arg != "" && !strings.EqualFold(arg, who),
		call.User.Email != "" && !call.User.Staff() && !strings.EqualFold(call.User.Email, who):
		return "", orchestrator.Errorf(orchestrator.CodeDenied, "This is about another customer.")
	}
	return who, nil
}

// own is the access rule of all intents: what is a customer's is for that customer, and
// for staff who act for her.
const own = `user.email == subject.email || user.role == "admin" || user.staff && subject.role == "customer"`

// operation is one intent and how it is done.
type operation struct {
	intent  orchestrator.Intent // without its schemas
	schemas func() (params, result *jsonschema.Schema, err error)
	perform func(ctx context.Context, x *exchange) (map[string]any, error)
}

// define makes an operation of a function from parameters P to a result R. Every P
// has a field email.
func define[P, R any](in orchestrator.Intent, run func(ctx context.Context, x *exchange, p P) (R, error)) operation {
	in.Subject, in.Access = "email", own
	return operation{
		intent: in,
		schemas: func() (params, result *jsonschema.Schema, err error) {
			if params, err = orchestrator.SchemaFor[P](); err != nil {
				return nil, nil, err
			}
			result, err = orchestrator.SchemaFor[R]()
			return params, result, err
		},
		perform: func(ctx context.Context, x *exchange) (map[string]any, error) {
			var p P
			if err := reshape(x.call.Args, &p); err != nil {
				return nil, &orchestrator.Error{Code: orchestrator.CodeInvalid, Message: "One of the details has the wrong form, or is none that can be given here.", Cause: err}
			}
			r, err := run(ctx, x, p)
			if err != nil {
				return nil, err
			}
			var data map[string]any
			if err := reshape(r, &data); err != nil {
				return nil, fmt.Errorf("shape the result of %s: %w", in.Name, err)
			}
			return data, nil
		},
	}
}

// reshape carries a value over into another type of the same JSON form. What the
// other type has no place for is an error.
func reshape(from, to any) error {
	b, err := json.Marshal(from)
	if err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	return d.Decode(to)
}

func allOperations() []operation {
	var all []operation
	for _, group := range [][]operation{
		profileOperations(), orderOperations(), shippingOperations(), returnOperations(), accountOperations(), deskOperations(),
	} {
		all = append(all, group...)
	}
	return all
}

func describe(ops []operation) (orchestrator.Description, error) {
	d := orchestrator.Description{
		Name: Name, Version: Version, Contract: orchestrator.ContractVersion, Era: orchestrator.Legacy,
		Keys: true, Concurrency: 1, // it does one thing at a time, so to send it more only makes a queue
	}
	for _, op := range ops {
		in := op.intent
		var err error
		if in.Params, in.Result, err = op.schemas(); err != nil {
			return d, fmt.Errorf("describe %s: %w", in.Name, err)
		}
		d.Intents = append(d.Intents, in)
	}
	return d, nil
}
