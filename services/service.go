package services

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"banyan/orchestrator"
)

// Service is a modern service made of typed functions. It is safe for concurrent
// use if its functions are.
type Service struct {
	description orchestrator.Description
	byName      map[string]Typed
	keeper      Keeper
	credentials *orchestrator.Credentials
}

// Keeper keeps the results of changes by idempotency key; storage.Store is one.
// Kept returns the result of the change that was called with call.Key as it was
// marshalled; found is false if none is kept under the key. A key that was used
// for another intent, subject or arguments is an *orchestrator.Error.
type Keeper interface {
	Kept(ctx context.Context, call orchestrator.Call) (result json.RawMessage, found bool, err error)
}

// New makes a service of the intents in the order given. It fails if a schema
// cannot be inferred, a name is missing or an intent is named twice.
func New(name, version string, intents ...Typed) (*Service, error) {
	if name == "" || version == "" {
		return nil, fmt.Errorf("a service needs a name and a version")
	}
	s := &Service{
		description: orchestrator.Description{
			Name: name, Version: version, Contract: orchestrator.ContractVersion, Era: orchestrator.Modern,
		},
		byName: map[string]Typed{},
	}
	for _, t := range intents {
		if t.err != nil {
			return nil, fmt.Errorf("service %s: intent %s: %w", name, t.intent.Name, t.err)
		}
		if _, twice := s.byName[t.intent.Name]; twice {
			return nil, fmt.Errorf("service %s: intent %s is given twice", name, t.intent.Name)
		}
		s.byName[t.intent.Name] = t
		s.description.Intents = append(s.description.Intents, t.intent)
	}
	return s, nil
}

// KeepKeys says that all functions that change something keep their results with
// k, which the description then promises and Find asks. It must be called before
// the service is used.
func (s *Service) KeepKeys(k Keeper) {
	s.keeper = k
	s.description.Keys = true
}

// Trust makes the service refuse every call without a credential of c that fits it:
// then it works for the kernel alone, and for whom the kernel says. It must be called
// before the service is used.
func (s *Service) Trust(c *orchestrator.Credentials) { s.credentials = c }

// Describe returns the service's intents in the order in which New got them.
func (s *Service) Describe(ctx context.Context) (orchestrator.Description, error) {
	if err := ctx.Err(); err != nil {
		return orchestrator.Description{}, err
	}
	d := s.description
	d.Intents = slices.Clone(d.Intents)
	return d, nil
}

// Call decodes the arguments, runs the function of the intent and encodes its
// result. An intent that the service does not have, and arguments that do not
// fit, are an *orchestrator.Error of code CodeInvalid; a call in which a customer
// asks about another, or whose arguments name another subject than the call does,
// is one of code CodeDenied. Everything else is what the function returned.
func (s *Service) Call(ctx context.Context, call orchestrator.Call) (orchestrator.Result, error) {
	t, err := s.typed(ctx, call)
	if err != nil {
		return orchestrator.Result{}, err
	}
	return t.call(ctx, call)
}

// Find tells what became of the change that was called with call.Key, without
// doing anything. found is false for a call that was refused, has failed, was a
// dry run, is still under way, or has no key. A key that was used for something
// else, an unknown intent and a subject that Call would refuse are an
// *orchestrator.Error. Find fails for a service that does not keep keys: it cannot
// know.
func (s *Service) Find(ctx context.Context, call orchestrator.Call) (res orchestrator.Result, found bool, err error) {
	t, err := s.typed(ctx, call)
	switch {
	case err != nil:
		return orchestrator.Result{}, false, err
	case s.keeper == nil:
		return orchestrator.Result{}, false, fmt.Errorf("the %s service keeps no keys", s.description.Name)
	case call.Key == "" || !t.intent.Changes():
		return orchestrator.Result{}, false, nil
	}
	raw, found, err := s.keeper.Kept(ctx, call)
	if err != nil || !found {
		return orchestrator.Result{}, false, err
	}
	data, err := t.revive(raw)
	if err != nil {
		return orchestrator.Result{}, false, fmt.Errorf("read the result kept under key %s: %w", call.Key, err)
	}
	return orchestrator.Result{Data: data}, true, nil
}

// typed returns the intent of a call whose subject is in order.
func (s *Service) typed(ctx context.Context, call orchestrator.Call) (Typed, error) {
	if err := ctx.Err(); err != nil {
		return Typed{}, err
	}
	t, ok := s.byName[call.Intent]
	if !ok {
		return Typed{}, orchestrator.Errorf(orchestrator.CodeInvalid,
			"The %s service has no intent called %q.", s.description.Name, call.Intent)
	}
	if err := s.credentials.Verify(call); err != nil {
		return Typed{}, err
	}
	return t, checkSubject(t.intent, call)
}

// checkSubject holds the subject of a call, which the session decided, against who
// asks and against the arguments.
func checkSubject(in orchestrator.Intent, call orchestrator.Call) error {
	if in.Subject == "" {
		return nil
	}
	subject := call.Subject.Email
	arg, _ := call.Args[in.Subject].(string)
	switch {
	case subject == "":
		return invalid("It is not said which customer this is about.")
	case !strings.EqualFold(arg, subject) && arg != "",
		call.User.Email != "" && !call.User.Staff() && !strings.EqualFold(call.User.Email, subject):
		return orchestrator.Errorf(orchestrator.CodeDenied, "This is about another customer.")
	}
	return nil
}

// CanDryRun tells whether the service can say what the intent would do without
// doing it. That is so for every intent that changes something: Handle asks it of
// their functions.
func (s *Service) CanDryRun(intent string) bool {
	t, ok := s.byName[intent]
	return ok && t.intent.Changes()
}
