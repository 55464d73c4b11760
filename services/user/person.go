package user

import (
	"fmt"
	"strings"
	"time"

	"banyan/orchestrator"
	"banyan/services/storage"

	"go.etcd.io/bbolt"
)

// Person is a customer or somebody of the staff, as the service keeps them.
type Person struct {
	Email string            `json:"email"` // lower case, the key
	Name  string            `json:"name"`  // full name
	Role  orchestrator.Role `json:"role"`
	// Phone, Address and Since (the day, midnight UTC) are those of a customer.
	Phone   string    `json:"phone,omitempty"`
	Address string    `json:"address,omitempty"`
	Since   time.Time `json:"since,omitzero"`
}

// User is the person as the kernel sees them.
func (p Person) User() orchestrator.User {
	return orchestrator.User{Email: p.Email, Name: p.Name, Role: p.Role}
}

// people is the collection of everybody, by email.
const people = "people"

// Get returns the person with that email in the caller's transaction; ok is false
// if there is none.
func (s *Service) Get(tx *bbolt.Tx, email string) (p Person, ok bool, err error) {
	return storage.Get[Person](s.store.Collection(tx, people), strings.ToLower(email))
}

// Put adds or replaces a person in the caller's transaction, without telling the
// hook of OnChange. Email, name and role must be given.
func (s *Service) Put(tx *bbolt.Tx, p Person) error {
	p.Email = strings.ToLower(p.Email)
	if p.Email == "" || p.Name == "" || !p.Role.Known() {
		return fmt.Errorf("person %q has no email, name or role", p.Email)
	}
	if err := storage.Put(s.store.Collection(tx, people), p.Email, p); err != nil {
		return err
	}
	tx.OnCommit(s.index.forget)
	return nil
}

// Each calls fn for everybody, in the order of their emails, and stops at the
// first error, which it returns.
func (s *Service) Each(tx *bbolt.Tx, fn func(Person) error) error {
	b := s.store.Collection(tx, people)
	return b.ForEach(func(k, _ []byte) error {
		p, _, err := storage.Get[Person](b, string(k))
		if err != nil {
			return err
		}
		return fn(p)
	})
}

// Empty tells whether nobody is known.
func (s *Service) Empty(tx *bbolt.Tx) bool {
	k, _ := s.store.Collection(tx, people).Cursor().First()
	return k == nil
}

// Clear forgets everybody and everything in the caller's transaction.
func (s *Service) Clear(tx *bbolt.Tx) error {
	tx.OnCommit(s.index.forget)
	return s.store.Clear(tx)
}
