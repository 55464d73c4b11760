package user

import (
	"context"
	"fmt"
	"time"

	"banyan/orchestrator"
	"banyan/services"
	"banyan/services/storage"

	"go.etcd.io/bbolt"
)

// Service serves get_profile, update_phone and update_address. It is an
// orchestrator.Service, DryRunner, Finder and Directory, safe for concurrent use.
type Service struct {
	*services.Service
	store    *storage.Store
	index    index
	onChange func(ctx context.Context, tx *bbolt.Tx, c Change) error
}

// New opens the service on db, its own file, which the caller closes. now is
// the clock; time.Now if nil.
func New(db *bbolt.DB, now func() time.Time) (*Service, error) {
	store, err := storage.Open(db, "service_user", now, people)
	if err != nil {
		return nil, fmt.Errorf("user service: %w", err)
	}
	s := &Service{store: store}
	s.index.load = s.everybody
	s.Service, err = services.New("user", "1.0.0",
		services.Handle(getProfile, s.profile),
		services.Handle(updatePhone, s.updatePhone),
		services.Handle(updateAddress, s.updateAddress),
	)
	if err != nil {
		return nil, err
	}
	s.KeepKeys(store)
	return s, nil
}

// The events of the service: what has happened to a person.
const (
	PhoneChanged   = "PhoneChanged"
	AddressChanged = "AddressChanged"
)

// Change is what a call has changed.
type Change struct {
	Event  string // PhoneChanged or AddressChanged
	Key    string // the idempotency key of the call
	Person Person // after the change
	DryRun bool   // the change will be taken back
}

// OnChange sets the hook that is called with every change that a call of the
// service makes, in the transaction of the change and with the context of the call;
// its error takes the change back. On a dry run the transaction is taken back
// whatever it says. Set it before the first call.
func (s *Service) OnChange(hook func(ctx context.Context, tx *bbolt.Tx, c Change) error) {
	s.onChange = hook
}

func (s *Service) profile(ctx context.Context, _ Me) (Profile, error) {
	var out Profile
	err := s.store.View(func(tx *bbolt.Tx) error {
		p, err := s.customer(tx, services.CallFrom(ctx).Subject)
		out = profileOf(p)
		return err
	})
	return out, err
}

func (s *Service) updatePhone(ctx context.Context, in NewPhone) (NewPhoneProfile, error) {
	phone, err := checkPhone(in.Phone)
	if err != nil {
		return NewPhoneProfile{}, err
	}
	return change(ctx, s, PhoneChanged, func(p *Person) NewPhoneProfile {
		before := p.Phone
		p.Phone = phone
		now := profileOf(*p)
		return NewPhoneProfile{now.Email, now.Name, now.Phone, now.Address, now.CustomerSince, before}
	})
}

func (s *Service) updateAddress(ctx context.Context, in NewAddress) (NewAddressProfile, error) {
	address, err := checkAddress(in.Address)
	if err != nil {
		return NewAddressProfile{}, err
	}
	return change(ctx, s, AddressChanged, func(p *Person) NewAddressProfile {
		before := p.Address
		p.Address = address
		now := profileOf(*p)
		return NewAddressProfile{now.Email, now.Name, now.Phone, now.Address, now.CustomerSince, before}
	})
}

// change applies set to the subject's entry, tells the hook and returns what set
// does.
func change[T any](ctx context.Context, s *Service, event string, set func(*Person) T) (T, error) {
	call := services.CallFrom(ctx)
	return storage.Change(ctx, s.store, call, func(tx *bbolt.Tx) (T, error) {
		var none T
		p, err := s.customer(tx, call.Subject)
		if err != nil {
			return none, err
		}
		out := set(&p)
		if err := s.Put(tx, p); err != nil {
			return none, err
		}
		if s.onChange != nil {
			if err := s.onChange(ctx, tx, Change{Event: event, Key: call.Key, Person: p, DryRun: call.DryRun}); err != nil {
				return none, fmt.Errorf("pass on the change of %s: %w", p.Email, err)
			}
		}
		return out, nil
	})
}

// customer finds the subject among the customers.
func (s *Service) customer(tx *bbolt.Tx, subject orchestrator.User) (Person, error) {
	p, ok, err := s.Get(tx, subject.Email)
	if err != nil {
		return Person{}, err
	}
	if !ok || p.Role != orchestrator.Customer {
		return Person{}, orchestrator.Errorf(orchestrator.CodeNotFound, "There is no customer profile for %s.", subject.Email)
	}
	return p, nil
}
