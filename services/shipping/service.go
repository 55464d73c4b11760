package shipping

import (
	"context"
	"fmt"
	"strings"
	"time"

	"banyan/orchestrator"
	"banyan/services"
	"banyan/services/storage"

	"go.etcd.io/bbolt"
)

// Service serves track_shipment, change_delivery_address and
// get_delivery_estimate. It is an orchestrator.Service, DryRunner and
// Finder, safe for concurrent use.
type Service struct {
	*services.Service
	store    *storage.Store
	now      func() time.Time
	onChange func(ctx context.Context, tx *bbolt.Tx, c Change) error
}

// New opens the service on db, its own file, which the caller closes. now is
// the clock; time.Now if nil.
func New(db *bbolt.DB, now func() time.Time) (*Service, error) {
	if now == nil {
		now = time.Now
	}
	store, err := storage.Open(db, "service_shipping", now, shipments)
	if err != nil {
		return nil, fmt.Errorf("shipping service: %w", err)
	}
	s := &Service{store: store, now: now}
	s.Service, err = services.New("shipping", "1.0.0",
		services.Handle(trackShipment, s.track),
		services.Handle(changeDeliveryAddress, s.changeAddress),
		services.Handle(getDeliveryEstimate, s.estimate),
	)
	if err != nil {
		return nil, err
	}
	s.KeepKeys(store)
	return s, nil
}

// DeliveryAddressChanged is the event of the service: a parcel goes elsewhere.
const DeliveryAddressChanged = "DeliveryAddressChanged"

// Change is what a call has changed.
type Change struct {
	Event    string // DeliveryAddressChanged
	Key      string // the idempotency key of the call
	Shipment Record // after the change
	DryRun   bool   // the change will be taken back
}

// OnChange sets the hook that is called with every change that a call of the
// service makes, in the transaction of the change and with the context of the call;
// its error takes the change back. On a dry run the transaction is taken back
// whatever it says. Set it before the first call.
func (s *Service) OnChange(hook func(ctx context.Context, tx *bbolt.Tx, c Change) error) {
	s.onChange = hook
}

func (s *Service) track(ctx context.Context, in Track) (Tracking, error) {
	r, err := s.read(ctx, in.OrderID)
	if err != nil {
		return Tracking{}, err
	}
	return r.track(s.now())
}

func (s *Service) estimate(ctx context.Context, in GetEstimate) (Estimate, error) {
	r, err := s.read(ctx, in.OrderID)
	if err != nil {
		return Estimate{}, err
	}
	return r.estimate(s.now())
}

func (s *Service) changeAddress(ctx context.Context, in NewAddress) (Destination, error) {
	call := services.CallFrom(ctx)
	return storage.Change(ctx, s.store, call, func(tx *bbolt.Tx) (Destination, error) {
		r, err := s.own(tx, call.Subject, in.OrderID)
		if err != nil {
			return Destination{}, err
		}
		if err := r.open(); err != nil {
			return Destination{}, err
		}
		before := r.Address
		if r.Address, err = checkAddress(in.Address); err != nil {
			return Destination{}, err
		}
		if err := s.Put(tx, r); err != nil {
			return Destination{}, err
		}
		if s.onChange != nil {
			if err := s.onChange(ctx, tx, Change{Event: DeliveryAddressChanged, Key: call.Key, Shipment: r, DryRun: call.DryRun}); err != nil {
				return Destination{}, fmt.Errorf("pass on the address of order %s: %w", r.OrderID, err)
			}
		}
		return Destination{OrderID: r.OrderID, Status: r.Status, Address: r.Address, PreviousAddress: before}, nil
	})
}

// read finds a shipment of the subject in a transaction of its own.
func (s *Service) read(ctx context.Context, orderID string) (r Record, err error) {
	err = s.store.View(func(tx *bbolt.Tx) error {
		r, err = s.own(tx, services.CallFrom(ctx).Subject, orderID)
		return err
	})
	return r, err
}

// own finds the shipment of an order of the subject. Somebody else's is reported
// exactly as one that does not exist.
func (s *Service) own(tx *bbolt.Tx, subject orchestrator.User, orderID string) (Record, error) {
	r, ok, err := s.Get(tx, orderID)
	if err != nil {
		return Record{}, err
	}
	if !ok || subject.Email == "" || !strings.EqualFold(r.Email, subject.Email) {
		return Record{}, orchestrator.Errorf(orchestrator.CodeNotFound, "There is no order %s in this account.", orderID)
	}
	return r, nil
}
