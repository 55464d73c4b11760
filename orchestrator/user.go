package orchestrator

import "context"

// Role says what a user may do.
type Role string

// The roles.
const (
	Customer  Role = "customer"  // asks about herself alone
	Support   Role = "support"   // acts for any customer, by naming one
	Presenter Role = "presenter" // runs the demo: moves intents between the eras, and acts for customers as support does
	Admin     Role = "admin"     // everything, control and the audit included
)

// Known tells whether the role is one of the four.
func (r Role) Known() bool { return r == Customer || r.Staff() }

// Staff tells whether people of the role may act for customers.
func (r Role) Staff() bool { return r == Support || r == Presenter || r == Admin }

// User is somebody who can ask, or be asked about.
type User struct {
	Email string `json:"email"`
	Name  string `json:"name"`
	Role  Role   `json:"role"`
}

// Staff tells whether the user may act for customers.
func (u User) Staff() bool { return u.Role.Staff() }

// Directory knows the users. It decides identity, so it is code that main hands
// in, never something that a message or a model can extend.
type Directory interface {
	// Lookup finds a user by email, full name or first name, ignoring case. It
	// returns ErrUnknownUser if there is none, or if the name is not unique.
	Lookup(ctx context.Context, who string) (User, error)
	// Mentioned returns the users whose email, full name or unique first name stands
	// in text, in the order of their appearance. A first name that is an English
	// word as well counts only where it is surely a name, and nothing inside an
	// email address is a name.
	Mentioned(ctx context.Context, text string) ([]User, error)
}
