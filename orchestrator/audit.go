package orchestrator

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"github.com/google/jsonschema-go/jsonschema"
)

// Auditor keeps who did what to whom. It is handed to the kernel by Config; without
// one nothing is kept. Implementations must be safe for concurrent use.
type Auditor interface {
	// Record appends entries and returns a mark for the last one, which the turn keeps,
	// so that a log whose end was cut off can be told. durable asks that they survive a
	// loss of power when Record returns.
	Record(ctx context.Context, durable bool, entries ...AuditEntry) (mark string, err error)
}

// AuditKind says what an entry of the audit tells.
type AuditKind string

// The kinds of entries.
const (
	AuditCall     AuditKind = "call"     // a step, with what came of it
	AuditRefused  AuditKind = "refused"  // a turn that was not allowed
	AuditAsked    AuditKind = "asked"    // a confirmation was shown
	AuditYes      AuditKind = "yes"      // it was confirmed
	AuditNo       AuditKind = "no"       // it was declined, or nobody answered
	AuditActing   AuditKind = "acting"   // staff began or ceased to act for a customer
	AuditRoute    AuditKind = "route"    // a route or a rollout was changed
	AuditFault    AuditKind = "fault"    // a service was broken or mended on purpose
	AuditRecord   AuditKind = "record"   // a system of record was switched, or data were repaired
	AuditReset    AuditKind = "reset"    // the demo shop was put back
	AuditTornTail AuditKind = "torn"     // the log had ended in the middle of an entry
	AuditDeleted  AuditKind = "deleted"  // conversations were deleted
	AuditExported AuditKind = "exported" // conversations were exported
)

// AuditEntry is one thing that somebody did.
type AuditEntry struct {
	At   time.Time `json:"at"`
	Kind AuditKind `json:"kind"`
	// User acted, with that role; Subject is whom it was about.
	User    string `json:"user"`
	Role    Role   `json:"role,omitempty"`
	Subject string `json:"subject,omitempty"`

	Conversation string `json:"conversation,omitempty"`
	Turn         string `json:"turn,omitempty"`
	Step         string `json:"step,omitempty"`
	// Plan is a hash of the plan that the step belongs to, Backend who made it.
	Plan    string `json:"plan,omitempty"`
	Backend string `json:"backend,omitempty"`
	// Confirmed says by what a change was confirmed: the ID of the turn that asked, or
	// "beforehand".
	Confirmed string `json:"confirmed,omitempty"`

	Intent string         `json:"intent,omitempty"`
	Effect Effect         `json:"effect,omitempty"`
	Args   map[string]any `json:"args,omitempty"`
	// Free are the names of the arguments that are neither numbers nor words of a
	// choice nor keys of a fixed form, as far as the schema tells: whoever masks
	// arguments has to mask these.
	Free         []string   `json:"-"`
	Route        Era        `json:"route,omitempty"`
	FallbackFrom Era        `json:"fallback_from,omitempty"`
	Service      string     `json:"service,omitempty"`
	Version      string     `json:"version,omitempty"`
	Status       StepStatus `json:"status,omitempty"`
	Code         string     `json:"code,omitempty"`
	Key          string     `json:"key,omitempty"`
	Flag         string     `json:"flag,omitempty"`
	Recovered    bool       `json:"recovered,omitempty"`
	// Text is for people.
	Text string `json:"text,omitempty"`
}

// audit tells the auditor what the turn did. A log that cannot be written stops all
// further changes, because nobody could tell afterwards who made them.
func (r *run) audit(ctx context.Context) {
	a := r.k.cfg.Auditor
	if a == nil {
		return
	}
	entries, durable := r.entries()
	if len(entries) == 0 {
		return
	}
	mark, err := a.Record(ctx, durable, entries...)
	if err != nil {
		r.k.unaudited.Store(true)
		r.k.cfg.Logger.Error("the audit log cannot be written; no more changes are made", "turn", r.turn.ID, "cause", err)
		return
	}
	r.k.unaudited.Store(false)
	r.turn.Audit = mark
}

// entries are what the audit keeps of the turn; durable is true if something was
// changed or was about to be.
func (r *run) entries() (entries []AuditEntry, durable bool) {
	base := AuditEntry{
		At: r.turn.At, User: r.turn.User, Role: r.req.User.Role, Subject: r.turn.Subject, Conversation: r.turn.Conversation, Turn: r.turn.ID,
		Backend: r.turn.Usage.Backend, Recovered: r.turn.Recovered,
	}
	add := func(kind AuditKind, text string) {
		e := base
		e.Kind, e.Text = kind, text
		entries = append(entries, e)
	}
	for _, subject := range r.acts {
		add(AuditActing, "")
		entries[len(entries)-1].Subject = subject
	}
	base.Plan = planMark(r.turn.Plan)
	yes := ""
	switch {
	case r.turn.Kind == KindConfirmation:
		add(AuditAsked, "")
	case r.turn.Kind == KindRefusal:
		add(AuditRefused, "") // the words may be a model's
	case r.turn.Settles != "" && r.declined():
		add(AuditNo, "")
	case r.turn.Settles != "" && r.turn.Lapsed == "":
		yes = r.turn.Settles
		add(AuditYes, "")
	case r.acting && (r.req.Yes || r.turn.Recovered):
		yes = "beforehand"
	}
	if r.turn.Lapsed != "" {
		add(AuditNo, "The confirmation "+r.turn.Lapsed+" lapsed.")
	}
	told := map[string]bool{} // by the turn that asked
	for _, s := range r.all() {
		told[s.rec.ID] = s.before
	}
	for _, rec := range r.turn.Steps {
		if rec.Group || told[rec.ID] || rec.Status == StepPlanned || rec.Status == StepWaiting {
			continue
		}
		e := base
		e.Kind, e.Step, e.Intent, e.Status, e.Flag, e.Key = AuditCall, rec.ID, rec.Intent, rec.Status, rec.Flag, rec.Key
		e.Args, e.Route, e.FallbackFrom, e.Service, e.Version = rec.Args, rec.Route, rec.FallbackFrom, rec.Service, rec.Version
		if rec.For != "" {
			e.Subject = rec.For
		}
		if rec.Error != nil {
			e.Code = rec.Error.Code
		}
		if in := r.catalog.Intent(rec.Intent); in != nil {
			e.Effect, e.Free = in.Effect, freeArgs(in.Intent, rec.Args)
			if in.Changes() && rec.Key != "" {
				e.Confirmed, durable = yes, true
			}
		}
		entries = append(entries, e)
	}
	return entries, durable
}

// freeArgs are the arguments of a call that may hold any text.
func freeArgs(in Intent, args map[string]any) (free []string) {
	for name := range args {
		var p *jsonschema.Schema
		if in.Params != nil {
			p = in.Params.Properties[name]
		}
		switch {
		case p == nil:
			free = append(free, name)
		case len(p.Enum) > 0 || p.Pattern != "" && p.Extra["x-personal"] == nil:
		case schemaType(p) == "number" || schemaType(p) == "integer" || schemaType(p) == "boolean":
		default:
			free = append(free, name)
		}
	}
	return free
}

// declined tells whether the user said no to every change that a confirmation asked
// for.
func (r *run) declined() bool {
	for _, s := range r.ownChanges() {
		if s.rec.Status != StepDenied && !s.early {
			return false
		}
	}
	return true
}

// planMark is a short hash of a plan; empty for none.
func planMark(p *Plan) string {
	if p == nil {
		return ""
	}
	raw, err := json.Marshal(p)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:8])
}

// mayChange refuses a change that nobody could account for.
func (k *Kernel) mayChange() *Error {
	if k.unaudited.Load() {
		return Errorf(CodeStore, "The audit log cannot be written, so no changes are made at the moment. Nothing was changed. Look after the disk, then ask anything: the next turn tries the log again.")
	}
	return nil
}
