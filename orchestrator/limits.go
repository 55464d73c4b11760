package orchestrator

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"time"
	"unicode"
	"unicode/utf8"
)

// Limits bound the harm that one user, one message or a model that has gone wild
// can do. Negative is no limit. The length of a message and the steps of a plan are
// Config's own; what models may cost is the backends' business.
type Limits struct {
	// CallsPerTurn is how often services may be called for one message: by steps, their
	// repetitions and what is tried again (zero: 1,000). What takes changes back is
	// not counted.
	CallsPerTurn int
	// AnswerLength is the length of an answer in characters (zero: 20,000). What is
	// longer is cut; the question before a change never is.
	AnswerLength int
	// TurnsPerConversation is how many turns one conversation may have (zero: 5,000).
	TurnsPerConversation int

	// TurnsPerMinute is the rate of a user's turns that may last, TurnsAtOnce how many
	// may come at once; AllTurnsPerMinute and AllTurnsAtOnce are the same for all users
	// together. Zero is no limit here, so that a kernel in a test or a tool runs as
	// fast as it can; ProgramLimits has the program's.
	TurnsPerMinute    int
	TurnsAtOnce       int
	AllTurnsPerMinute int
	AllTurnsAtOnce    int
	// ChangesPerHour is how many changes a user may make in an hour, also across
	// restarts. Zero is no limit, as above.
	ChangesPerHour int
}

// ProgramLimits are the limits of the program, if its settings say nothing else.
func ProgramLimits() Limits {
	l := Limits{TurnsPerMinute: 60, TurnsAtOnce: 1000, AllTurnsPerMinute: 1200, AllTurnsAtOnce: 5000, ChangesPerHour: 500}
	l.fill()
	return l
}

func (l *Limits) fill() {
	setDefault(&l.CallsPerTurn, 1000)
	setDefault(&l.AnswerLength, 20_000)
	setDefault(&l.TurnsPerConversation, 5000)
	setDefault(&l.TurnsAtOnce, l.TurnsPerMinute)
	setDefault(&l.AllTurnsAtOnce, l.AllTurnsPerMinute)
}

// The codes of what a limit has stopped.
const (
	CodeRateLimited      = "rate_limited"      // too many turns in too short a time
	CodeConversationFull = "conversation_full" // the conversation has as many turns as it may have
	CodeTooManyCalls     = "too_many_calls"    // the turn has called services as often as it may
	CodeTooManyChanges   = "too_many_changes"  // the user has changed as much in an hour as is allowed
	CodeAnswerTooLong    = "answer_too_long"   // the answer was cut; only the log has it
)

// callCount is how many calls a turn has left. It travels in the turn's context, so
// that whatever calls a service in the turn's name is counted.
type callCount struct {
	most int
	made atomic.Int64
}

type callCountKey struct{}

// counting makes a turn's calls count.
func (l Limits) counting(ctx context.Context) context.Context {
	if l.CallsPerTurn < 0 {
		return ctx
	}
	return context.WithValue(ctx, callCountKey{}, &callCount{most: l.CallsPerTurn})
}

// uncounted is a context for calls that must not fail for their number.
func uncounted(ctx context.Context) context.Context {
	return context.WithValue(ctx, callCountKey{}, (*callCount)(nil))
}

// countCall returns the error of a call that is one too many. The service was not
// called then.
func countCall(ctx context.Context) *Error {
	c, _ := ctx.Value(callCountKey{}).(*callCount)
	if c == nil || c.made.Add(1) <= int64(c.most) {
		return nil
	}
	return &Error{
		Code: CodeTooManyCalls, Cause: ErrNotSent,
		Message: fmt.Sprintf("This message has called services %d times, which is as often as one may. This step was not called and changed nothing. Ask for less at a time, or raise calls-per-turn in [limits].", c.most),
	}
}

// full returns the error of a conversation that may not grow. An open question about
// a change may still be answered.
func (r *run) full() *Error {
	most := r.k.cfg.Limits.TurnsPerConversation
	if most < 0 || r.earlier < most {
		return nil
	}
	if n := len(r.history); n > 0 && r.history[n-1].Kind == KindConfirmation {
		return nil
	}
	return Errorf(CodeConversationFull, "This conversation has %d turns, which is as many as one may have. Nothing was done; all of it is kept. Start a new conversation and ask there.", r.earlier)
}

// cutAnswer keeps an answer to its length, and says so at its end.
func (r *run) cutAnswer(answer string) string {
	most := r.k.cfg.Limits.AnswerLength
	short, cut := shortened(answer, most)
	if !cut && !r.cut {
		return answer
	}
	r.k.cfg.Logger.Warn("the answer was cut", "turn", r.turn.ID, "code", CodeAnswerTooLong)
	return short + fmt.Sprintf("\n\nThe answer is cut here, because it has more than %d characters. What was done is not touched by that. Ask for less at a time, or raise answer-length in [limits].", most)
}

// shortened cuts a text that is longer than most characters, where a word ends.
func shortened(s string, most int) (string, bool) {
	if most < 0 || len(s) <= most || utf8.RuneCountInString(s) <= most {
		return s, false
	}
	at := 0
	for range most {
		_, size := utf8.DecodeRuneInString(s[at:])
		at += size
	}
	if space := strings.LastIndexFunc(s[:at], unicode.IsSpace); space > 0 {
		at = space
	}
	return strings.TrimRightFunc(s[:wholeTo(s, at)], unicode.IsSpace), true
}

// answerCap stops a backend that writes more than an answer may have.
type answerCap struct {
	most int
	emit func(string)
	stop context.CancelFunc
	text strings.Builder
	size int // in characters
	full bool
}

func (c *answerCap) take(delta string) {
	if c.full {
		return
	}
	c.text.WriteString(delta)
	if c.size += utf8.RuneCountInString(delta); c.most >= 0 && c.size > c.most {
		c.full = true
		c.stop()
		return
	}
	c.emit(delta)
}

// answer is what the backend said, within the length.
func (c *answerCap) answer(text string, err error) (string, bool, error) {
	if c.full {
		text, err = c.text.String(), nil
	}
	short, cut := shortened(text, c.most)
	return short, cut, err
}

// inTime says when something may be tried again.
func inTime(d time.Duration) string {
	switch s := int((d + time.Second - 1) / time.Second); {
	case s < 2:
		return "in a second"
	case s < 90:
		return fmt.Sprintf("in %d seconds", s)
	default:
		return fmt.Sprintf("in %d minutes", (s+59)/60)
	}
}

// refuse ends a turn before anything is done for it. It is not stored, so that a
// flood of messages fills no disk.
func (r *run) refuse(problem *Error) Turn {
	message, cut := shortened(r.req.Message, shownOfTooLong)
	if r.turn.Message = Printable(message); cut {
		r.turn.Message += "…"
	}
	r.turn.Problem = problem
	r.end(KindError, problem.Message)
	turn := r.turn
	r.publish(Event{Kind: EventTurnEnded, Ended: &turn})
	return turn
}
