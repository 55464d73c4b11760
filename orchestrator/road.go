package orchestrator

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// run is one turn on its way. Its fields are filled stop by stop; mu guards the
// steps while several of them run.
type run struct {
	k       *Kernel
	req     Request
	started time.Time
	now     time.Time
	catalog *Catalog
	backend *inUse

	turn    Turn
	earlier int    // turns in this conversation before this one
	history []Turn // of this conversation, oldest first
	digest  []Turn // of the user's other conversations
	subject User   // whom the conversation is about; zero for staff before naming anyone
	key     string // what idempotency keys start with: the turn in which the plan was made

	// abandoned are the changes that the turn before asked about, if this message
	// neither confirmed nor declined them.
	abandoned []StepRecord

	behalf    User            // the customer for whom staff said to act; zero if they did not
	undone    map[string]bool // the steps that the kernel itself planned, to take changes back
	saying    sync.Once       // fills words
	words     *said           // what the user said in this conversation
	grounding sync.Mutex      // held while grounds are read
	grounds   *facts          // what a plan may say, see ground

	told    string // the customer whom staff were last said to act for
	unasked bool   // nobody asks: a plan is checked for its own sake, see CheckPlan

	plan *Plan
	mu   sync.Mutex
	// steps stand in plan order.
	steps []*stepRun

	acts   []string  // for whom staff began to act in this turn; an empty one ends it
	beside []*shadow // calls whose answers are compared

	begun     bool // the journal has the turn; only changes set it, which run one at a time
	confirmed bool // and has it as one whose yes was given
	acting    bool // the yes was given: from here on changes are made together or not at all
	cut       bool // the answer was longer than it may be
	broken    bool // a change failed, so that those after it are not begun; mu guards it
}

// Turn runs one turn, start to end, and returns it as it was stored. Whatever
// goes wrong inside becomes part of the turn (kind error); the error is non-nil
// only if there is no turn: it could not be stored, the conversation is somebody
// else's, or ctx ended before the turn could start. Cancelling ctx ends a turn
// soon; it is stored all the same. A turn that comes too fast, or to a conversation
// that is full, is an error that is not stored.
func (k *Kernel) Turn(ctx context.Context, req Request) (Turn, error) {
	if problem := k.paces.admit(req.User.Email, k.cfg.Now()); problem != nil {
		return k.newRun(req).refuse(problem), nil
	}
	free, err := k.lock(ctx, req.Conversation)
	if err != nil {
		return Turn{}, fmt.Errorf("waiting for the conversation's turn before: %w", err)
	}
	defer free()
	r := k.newRun(req)
	if err := r.recall(ctx); err != nil {
		return Turn{}, err
	}
	if problem := r.full(); problem != nil {
		return r.refuse(problem), nil
	}
	ctx = k.cfg.Limits.counting(ctx)
	if problem := r.walk(ctx); problem != nil {
		r.fail(ctx, problem)
	}
	r.compared()
	return r.remember(ctx)
}

// newRun makes the turn of a request.
func (k *Kernel) newRun(req Request) *run {
	now := k.cfg.Now()
	r := &run{k: k, req: req, started: time.Now(), now: now, catalog: k.Catalog(), backend: k.backend.Load()}
	r.turn = Turn{
		Conversation: req.Conversation, ID: k.cfg.NewID(), User: req.User.Email, At: now,
		Usage: Usage{Backend: r.backend.info.Name, Model: r.backend.info.Model},
	}
	r.key = r.turn.ID
	return r
}

// walk goes from Admit to Respond. A returned problem ends the turn as an error;
// nil means that the turn's kind and answer are set.
func (r *run) walk(ctx context.Context) *Error {
	if problem := r.admit(); problem != nil {
		return problem
	}
	r.publish(Event{Kind: EventTurnStarted, Text: r.turn.Message})
	r.publish(Event{Kind: EventRecalled, Count: len(r.history) + len(r.digest)})
	if done, problem := r.settle(ctx); done || problem != nil {
		return problem
	}
	if r.actAs(ctx) {
		return nil
	}
	if done, problem := r.planAndCheck(ctx); done || problem != nil {
		return problem
	}
	if done, problem := r.carryOut(ctx); done || problem != nil {
		return problem
	}
	return r.pursue(ctx)
}

// carryOut goes from Look to Act. It returns done if the turn ends here, because
// something waits for the user.
func (r *run) carryOut(ctx context.Context) (done bool, problem *Error) {
	if problem := r.look(ctx); problem != nil {
		return false, problem
	}
	if r.ask() {
		return true, nil
	}
	if waiting, problem := r.confirm(ctx); waiting || problem != nil {
		return waiting, problem
	}
	return false, r.act(ctx)
}

// end sets the turn's kind and answer. Changes that the turn before asked about
// and that nobody said yes or no to are said to be left undone.
func (r *run) end(kind TurnKind, answer string) {
	if len(r.abandoned) > 0 && kind != KindConfirmation && kind != KindError {
		var what []string
		for _, rec := range r.abandoned {
			what = append(what, rec.Sentence)
		}
		l := r.k.cfg.Locale
		answer += "\n\n" + filled(l.or(func(l *Locale) string { return l.Asking.Left }), "list", l.JoinAnd(what))
	}
	if kind != KindConfirmation {
		answer = r.cutAnswer(answer)
	}
	r.turn.Kind, r.turn.Answer = kind, answer
}

// fail ends the turn as an error. What was done before is said.
func (r *run) fail(ctx context.Context, problem *Error) {
	if ctx.Err() != nil && problem.Code != CodeCancelled {
		problem = r.stopped(ctx)
	}
	r.turn.Problem = problem
	answer := problem.Message
	if done := r.changesDone(); done != "" {
		answer += "\n\n" + done
	}
	r.end(KindError, answer)
	if problem.Cause != nil {
		r.k.cfg.Logger.Error("turn failed", "turn", r.turn.ID, "code", problem.Code, "cause", problem.Cause)
	}
}

// stopped words the end of the turn's context.
func (r *run) stopped(ctx context.Context) *Error {
	msg := "Stopped. Nothing was changed."
	if r.changesDone() != "" {
		msg = "Stopped."
	}
	for _, rec := range r.records() {
		if e := r.catalog.Intent(rec.Intent); e != nil && e.Changes() && rec.Status == StepFailed && rec.Route != "" {
			msg = "Stopped while a change was under way. " + rec.Error.Message
		}
	}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		msg = "That took too long and was stopped. What you typed is kept; send it again to try once more."
	}
	return &Error{Code: CodeCancelled, Message: msg, Cause: ctx.Err()}
}

// asking is the context for calling the backend, within its deadline.
func (r *run) asking(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx = WithAsking(ctx, Asking{Conversation: r.turn.Conversation, Turn: r.turn.ID, User: r.turn.User}, func(text string) {
		r.publish(Event{Kind: EventBackend, Text: Printable(text)})
	})
	return context.WithTimeout(ctx, r.k.cfg.BackendTimeout)
}

func (r *run) publish(e Event) {
	e.Conversation, e.Turn = r.turn.Conversation, r.turn.ID
	r.k.publish(e)
}
