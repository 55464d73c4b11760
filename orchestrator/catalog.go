package orchestrator

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// Catalog is what the kernel learned by asking every service. It does not change
// once made; a refresh makes a new one.
type Catalog struct {
	entries []*Entry // sorted by name
	byName  map[string]*Entry
	version func() string // computed on first use
	views   views
}

// Entry is one intent of the catalog with everybody who offers it.
type Entry struct {
	// Intent is described by the preferred offer.
	Intent
	// Offers are sorted by preference: modern before legacy, then by service name.
	Offers []Offer

	candidate *atomic.Int64 // how long shadow calls take lately, in nanoseconds

	params  *validator            // nil where there is no schema
	byParam map[string]*validator // each parameter by itself
	confirm *wordingTemplate
	answer  *wordingTemplate
}

// Offer is one service's offer to perform an intent.
type Offer struct {
	Service string
	Version string
	Era     Era
	Intent  Intent

	service        Service
	params, result *validator
	keys           bool // the service keeps results by idempotency key
	confirm        *wordingTemplate
	answer         *wordingTemplate
	slots          chan struct{} // one element for each call under way to the service
	undo           *undoing      // nil if the intent cannot be taken back
	access         *access
}

// Offered couples a service with its description.
type Offered struct {
	Service     Service
	Description Description
}

// defaultConcurrency bounds the calls to a service that does not say how many it
// can take at a time.
const defaultConcurrency = 16

var intentName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,63}$`)

// NewCatalog merges descriptions. It returns the catalog of everything that is
// sound and one error for each intent or service that is not, which is left out.
func NewCatalog(offered []Offered) (*Catalog, []error) {
	c := &Catalog{byName: map[string]*Entry{}}
	var errs []error
	type key struct {
		name string
		era  Era
	}
	taken := map[key]string{}
	exprs := newExpressions()
	for _, o := range offered {
		d := o.Description
		if err := checkDescription(d); err != nil {
			errs = append(errs, err)
			continue
		}
		rules, err := accessRules(exprs, d)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		slots := make(chan struct{}, max(1, cmp.Or(d.Concurrency, defaultConcurrency)))
		for i, in := range d.Intents {
			k := key{in.Name, d.Era}
			if other, ok := taken[k]; ok {
				errs = append(errs, fmt.Errorf("service %s: intent %s is already offered by %s", d.Name, in.Name, other))
				continue
			}
			offer, err := newOffer(exprs, o.Service, d, in)
			if err != nil {
				errs = append(errs, fmt.Errorf("service %s: intent %s: %w", d.Name, in.Name, err))
				continue
			}
			offer.slots, offer.access = slots, rules[i]
			taken[k] = d.Name
			e := c.byName[in.Name]
			if e == nil {
				e = &Entry{}
				c.byName[in.Name] = e
				c.entries = append(c.entries, e)
			}
			e.Offers = append(e.Offers, offer)
		}
	}
	for _, e := range c.entries {
		slices.SortStableFunc(e.Offers, func(a, b Offer) int {
			if a.Era != b.Era {
				if a.Era == Modern {
					return -1
				}
				return 1
			}
			return strings.Compare(a.Service, b.Service)
		})
		e.prepare()
	}
	slices.SortFunc(c.entries, func(a, b *Entry) int { return strings.Compare(a.Name, b.Name) })
	c.version = sync.OnceValue(c.hash)
	return c, errs
}

func checkDescription(d Description) error {
	switch {
	case d.Name == "":
		return fmt.Errorf("a service has no name")
	case d.Contract != ContractVersion:
		return fmt.Errorf("service %s was made for contract version %d, this program speaks version %d: update the older of the two", d.Name, d.Contract, ContractVersion)
	case d.Era != Legacy && d.Era != Modern:
		return fmt.Errorf("service %s says its era is %q: it must be %q or %q", d.Name, d.Era, Legacy, Modern)
	}
	return nil
}

func newOffer(x *expressions, s Service, d Description, in Intent) (Offer, error) {
	if !intentName.MatchString(in.Name) {
		return Offer{}, fmt.Errorf("the name must be lower-case letters, digits and underscores")
	}
	switch in.Recovery {
	case "", RecoverComplete, RecoverUndo, RecoverFlag:
	default:
		return Offer{}, fmt.Errorf("the recovery %q is none of complete, undo, flag", in.Recovery)
	}
	switch in.Effect {
	case Read, Write, Destructive:
	case "":
		in.Effect = Write
	default:
		return Offer{}, fmt.Errorf("the effect %q is none of read, write, destructive", in.Effect)
	}
	params, err := newObjectValidator(in.Params)
	if err != nil {
		return Offer{}, fmt.Errorf("schema of the parameters: %w", err)
	}
	result, err := newObjectValidator(in.Result)
	if err != nil {
		return Offer{}, fmt.Errorf("schema of the result: %w", err)
	}
	if in.Subject != "" && (in.Params == nil || in.Params.Properties[in.Subject] == nil) {
		return Offer{}, fmt.Errorf("the subject parameter %q is not among the parameters", in.Subject)
	}
	if err := checkTrust(in); err != nil {
		return Offer{}, err
	}
	confirm, err := parseWording(in.Confirm)
	if err != nil {
		return Offer{}, fmt.Errorf("template of the confirmation: %w", err)
	}
	answer, err := parseWording(in.Answer)
	if err != nil {
		return Offer{}, fmt.Errorf("template of the answer: %w", err)
	}
	undo, err := newUndoing(x, d, in)
	if err != nil {
		return Offer{}, fmt.Errorf("how it is taken back: %w", err)
	}
	return Offer{
		Service: d.Name, Version: d.Version, Era: d.Era, Intent: in,
		service: s, params: params, result: result, keys: d.Keys, undo: undo, confirm: confirm, answer: answer,
	}, nil
}

// prepare takes the description of the preferred offer and fills what it lacks
// from the others. Everything was found sound by newOffer.
func (e *Entry) prepare() {
	e.Intent, e.confirm, e.answer = e.Offers[0].Intent, e.Offers[0].confirm, e.Offers[0].answer
	for _, o := range e.Offers[1:] {
		if len(e.Examples) == 0 {
			e.Examples = o.Intent.Examples
		}
		if e.Confirm == "" {
			e.Confirm, e.confirm = o.Intent.Confirm, o.confirm
		}
		if e.Answer == "" {
			e.Answer, e.answer = o.Intent.Answer, o.answer
		}
	}
	e.candidate = new(atomic.Int64)
	e.params = e.Offers[0].params
	e.byParam = map[string]*validator{}
	if e.Params != nil {
		for name, p := range e.Params.Properties {
			if r, err := newValidator(p); err == nil {
				e.byParam[name] = r // one that needs its surroundings is checked with them
			}
		}
	}
}

// Eras tells on which sides the intent is offered.
func (e *Entry) Eras() (legacy, modern bool) {
	for _, o := range e.Offers {
		legacy = legacy || o.Era == Legacy
		modern = modern || o.Era == Modern
	}
	return legacy, modern
}

// ParamNames returns the names of the parameters that a plan may fill: all but the
// subject, required ones first, each group in the order of the schema.
func (e *Entry) ParamNames() []string {
	return paramNames(e.Intent)
}

// Required tells whether the plan must fill the parameter.
func (e *Entry) Required(param string) bool {
	return e.Params != nil && param != e.Subject && slices.Contains(e.Params.Required, param)
}

// Intents returns all entries, sorted by name. The slice must not be changed.
func (c *Catalog) Intents() []*Entry { return c.entries }

// Intent returns the entry of that name, or nil.
func (c *Catalog) Intent(name string) *Entry { return c.byName[name] }

// Version is a hash over everything that the catalog says: the same descriptions
// give the same version.
func (c *Catalog) Version() string {
	if c.version == nil {
		return ""
	}
	return c.version()
}

func (c *Catalog) hash() string {
	h := sha256.New()
	enc := json.NewEncoder(h)
	for _, e := range c.entries {
		for _, o := range e.Offers {
			_ = enc.Encode(o.Intent) // a hash does not fail, and schemas were marshalled before
			_, _ = fmt.Fprintln(h, o.Service, o.Version, o.Era)
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:12])
}
