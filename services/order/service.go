package order

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

// Service serves list_orders, get_order, cancel_order, reinstate_order and
// change_order. It is an orchestrator.Service, DryRunner and Finder, safe for
// concurrent use.
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
	store, err := storage.Open(db, "service_order", now, orders, byCustomer)
	if err != nil {
		return nil, fmt.Errorf("order service: %w", err)
	}
	s := &Service{store: store, now: now}
	s.Service, err = services.New("order", "1.0.0",
		services.Handle(listOrders, s.list),
		services.Handle(getOrder, s.get),
		services.Handle(cancelOrder, s.cancel),
		services.Handle(reinstateOrder, s.reinstate),
		services.Handle(changeOrder, s.change),
	)
	if err != nil {
		return nil, err
	}
	s.KeepKeys(store)
	return s, nil
}

// The events of the service: what has happened to an order.
const (
	OrderCancelled  = "OrderCancelled"
	OrderReinstated = "OrderReinstated"
	OrderChanged    = "OrderChanged"
)

// Change is what a call has changed.
type Change struct {
	Event  string // one of the events above
	Key    string // the idempotency key of the call
	Order  Record // after the change
	DryRun bool   // the change will be taken back
}

// OnChange sets the hook that is called with every change that a call of the
// service makes, in the transaction of the change and with the context of the call;
// its error takes the change back. On a dry run the transaction is taken back
// whatever it says. Set it before the first call.
func (s *Service) OnChange(hook func(ctx context.Context, tx *bbolt.Tx, c Change) error) {
	s.onChange = hook
}

func (s *Service) list(ctx context.Context, in ListOrders) (Orders, error) {
	out := Orders{Orders: []Order{}}
	err := s.store.View(func(tx *bbolt.Tx) error {
		return s.EachOf(tx, services.CallFrom(ctx).Subject.Email, func(r Record) bool {
			if in.Status == "" || in.Status == r.Status {
				out.Orders = append(out.Orders, orderOf(r))
			}
			return in.Limit == 0 || len(out.Orders) < in.Limit
		})
	})
	out.Count = len(out.Orders)
	return out, err
}

func (s *Service) get(ctx context.Context, in GetOrder) (Order, error) {
	var out Order
	err := s.store.View(func(tx *bbolt.Tx) error {
		r, err := s.own(tx, services.CallFrom(ctx).Subject, in.OrderID)
		out = orderOf(r)
		return err
	})
	return out, err
}

func (s *Service) cancel(ctx context.Context, in CancelOrder) (Order, error) {
	return update(ctx, s, OrderCancelled, in.OrderID, orderOf, func(r *Record) error {
		if err := r.open("cancelled"); err != nil {
			return err
		}
		r.Status = Cancelled
		r.CancelledAt = s.now().UTC().Truncate(time.Second)
		return nil
	})
}

func (s *Service) reinstate(ctx context.Context, in ReinstateOrder) (Order, error) {
	return update(ctx, s, OrderReinstated, in.OrderID, orderOf, func(r *Record) error { return r.reinstate(s.now()) })
}

func (s *Service) change(ctx context.Context, in ChangeOrder) (Changed, error) {
	var item string
	var before int
	tell := func(r Record) Changed { return changedOf(orderOf(r), item, before) }
	return update(ctx, s, OrderChanged, in.OrderID, tell, func(r *Record) (err error) {
		if err = r.open("changed"); err != nil {
			return err
		}
		item, before, err = r.setQuantity(in.Item, in.Quantity)
		return err
	})
}

// update applies what to the subject's order, tells the hook and returns what tell
// makes of the order.
func update[T any](ctx context.Context, s *Service, event, id string, tell func(Record) T, what func(*Record) error) (T, error) {
	call := services.CallFrom(ctx)
	return storage.Change(ctx, s.store, call, func(tx *bbolt.Tx) (T, error) {
		var none T
		r, err := s.own(tx, call.Subject, id)
		if err != nil {
			return none, err
		}
		if err := what(&r); err != nil {
			return none, err
		}
		if err := s.Put(tx, r); err != nil {
			return none, err
		}
		if s.onChange != nil {
			if err := s.onChange(ctx, tx, Change{Event: event, Key: call.Key, Order: r, DryRun: call.DryRun}); err != nil {
				return none, fmt.Errorf("pass on the change of order %s: %w", r.ID, err)
			}
		}
		return tell(r), nil
	})
}

// own finds an order of the subject. Somebody else's is reported exactly as one
// that does not exist.
func (s *Service) own(tx *bbolt.Tx, subject orchestrator.User, id string) (Record, error) {
	r, ok, err := s.Get(tx, id)
	if err != nil {
		return Record{}, err
	}
	if !ok || subject.Email == "" || !strings.EqualFold(r.Email, subject.Email) {
		return Record{}, orchestrator.Errorf(orchestrator.CodeNotFound, "There is no order %s in this account.", id)
	}
	return r, nil
}
