package orchestrator

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// views are the parts of a catalog that different users get to see, each made when it
// is first needed.
type views struct {
	mu    sync.Mutex // guards what follows
	users map[User]*Catalog
	parts map[string]*Catalog // by the names of what is left out
}

// maxViews is for how many users it is remembered what they see.
const maxViews = 1024

// For returns the part of the catalog that the user can use at all: what a user's
// role forbids, whoever it is about and whatever the arguments are, is left out, so
// that it is neither planned nor suggested. It is a convenience: what may be called
// is decided when it is called.
func (c *Catalog) For(ctx context.Context, now time.Time, user User) *Catalog {
	c.views.mu.Lock()
	defer c.views.mu.Unlock()
	if seen := c.views.users[user]; seen != nil {
		return seen
	}
	part := c.part(ctx, now, user)
	if c.views.users == nil || len(c.views.users) >= maxViews {
		c.views.users = map[User]*Catalog{}
	}
	c.views.users[user] = part
	return part
}

// part returns the part itself, which users with the same rights share.
func (c *Catalog) part(ctx context.Context, now time.Time, user User) *Catalog {
	var hidden []string
	for _, e := range c.entries {
		if !e.usable(ctx, now, user) {
			hidden = append(hidden, e.Name)
		}
	}
	if len(hidden) == 0 {
		return c
	}
	key := strings.Join(hidden, " ")
	if part := c.views.parts[key]; part != nil {
		return part
	}
	part := &Catalog{byName: map[string]*Entry{}}
	for _, e := range c.entries {
		if _, found := slices.BinarySearch(hidden, e.Name); !found {
			part.entries = append(part.entries, e)
			part.byName[e.Name] = e
		}
	}
	part.version = sync.OnceValue(func() string { return fmt.Sprintf("%s without %s", c.Version(), key) })
	if c.views.parts == nil {
		c.views.parts = map[string]*Catalog{}
	}
	c.views.parts[key] = part
	return part
}

// usable tells whether any offer of the intent may be called by the user in the best
// case: about the user, or for staff about some customer. A rule that reads arguments
// may always turn out true.
func (e *Entry) usable(ctx context.Context, now time.Time, user User) bool {
	about := []User{user}
	if user.Staff() {
		about = append(about, User{Email: "somebody", Role: Customer})
	}
	for i := range e.Offers {
		o := &e.Offers[i]
		if o.access == nil || o.access.readArgs {
			return true
		}
		for _, subject := range about {
			if o.allows(ctx, now, user, subject, nil) == nil {
				return true
			}
		}
	}
	return false
}
