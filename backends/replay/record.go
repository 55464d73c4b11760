package replay

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"banyan/orchestrator"
)

// Recorder is a Backend that passes everything on to another and writes down what
// was asked and replied.
type Recorder struct {
	inner   orchestrator.Backend
	secrets []string
	people  people
	see     Recogniser

	mu    sync.Mutex // guards what follows
	w     io.Writer
	begun bool  // the header is written
	err   error // the first failure to write
}

// Record returns a backend that writes the exchanges of b to w, masked. Each line is
// written at once with one call of Write. secrets are values, such as the keys in
// use, that never reach w whatever they look like. A failure to write does not
// disturb the conversation: nothing more is written then, and Close returns it. Calls
// whose context ended are not recorded.
func Record(w io.Writer, b orchestrator.Backend, secrets ...string) *Recorder {
	return &Recorder{inner: b, w: w, secrets: secrets}
}

// Recognise makes the recorder look for personal data with see as well. It is called
// before the first exchange.
func (r *Recorder) Recognise(see Recogniser) *Recorder {
	r.see = see
	return r
}

// Describe returns the description of the backend that is recorded.
func (r *Recorder) Describe(ctx context.Context) (orchestrator.BackendInfo, error) {
	return r.inner.Describe(ctx)
}

// Unwrap returns the backend that is recorded.
func (r *Recorder) Unwrap() orchestrator.Backend { return r.inner }

// Prepare tells the recorded backend of a new catalog, if it wants to know.
func (r *Recorder) Prepare(ctx context.Context, catalog *orchestrator.Catalog) {
	if p, ok := r.inner.(orchestrator.Preparer); ok {
		p.Prepare(ctx, catalog)
	}
}

// Check asks the recorded backend whether it could work now. It is not recorded.
func (r *Recorder) Check(ctx context.Context) error {
	if c, ok := r.inner.(orchestrator.Checker); ok {
		return c.Check(ctx)
	}
	return nil
}

// Close closes the recorded backend, if it can be closed, and returns the first
// failure to write. It does not close the writer.
func (r *Recorder) Close() error {
	r.mu.Lock()
	err := r.err
	r.mu.Unlock()
	if err != nil {
		err = fmt.Errorf("the recording is not complete: %w", err)
	}
	if c, ok := r.inner.(io.Closer); ok {
		return errors.Join(err, c.Close())
	}
	return err
}

// Plan implements orchestrator.Backend.
func (r *Recorder) Plan(ctx context.Context, req orchestrator.PlanRequest) (orchestrator.PlanReply, error) {
	reply, err := r.inner.Plan(ctx, req)
	if ctx.Err() != nil {
		return reply, err
	}
	r.people.remember(ctx, group{req.User, req.Subject, req.People})
	q := planRequest(r.see, r.secrets, req)
	l := line{Usage: reply.Usage}
	if err == nil {
		l.Spans = q.spans(reply.Plan)
		p := plan(reply.Plan, q.mask.text)
		l.Plan = &p
	}
	r.write(ctx, q, l, err)
	return reply, err
}

// Judge implements orchestrator.Backend.
func (r *Recorder) Judge(ctx context.Context, req orchestrator.JudgeRequest) (orchestrator.Verdict, error) {
	v, err := r.inner.Judge(ctx, req)
	if ctx.Err() != nil {
		return v, err
	}
	q := judgeRequest(r.see, r.secrets, r.people.recall(ctx), req)
	l := line{Usage: v.Usage}
	if err == nil {
		l.Verdict = &verdict{v.Met, v.Known, q.mask.text(v.Why)}
	}
	r.write(ctx, q, l, err)
	return v, err
}

// Respond implements orchestrator.Backend.
func (r *Recorder) Respond(ctx context.Context, req orchestrator.RespondRequest, emit func(delta string)) (orchestrator.Reply, error) {
	var emitted strings.Builder
	reply, err := r.inner.Respond(ctx, req, func(delta string) {
		emitted.WriteString(delta)
		emit(delta)
	})
	if ctx.Err() != nil {
		return reply, err
	}
	q := respondRequest(r.see, r.secrets, req)
	l := line{Usage: reply.Usage, Text: q.mask.text(reply.Text)}
	if err != nil {
		l.Text = q.mask.text(emitted.String())
	}
	r.write(ctx, q, l, err)
	return reply, err
}

// spans learns what a plan holds in fields with personal names and no pattern has
// found, and says where it stands in the message, so that it can be put back.
func (q *request) spans(p orchestrator.Plan) []span {
	var spans []span
	learn := func(field, text string) {
		if !personalField.MatchString(field) || q.mask.text(text) != text {
			return
		}
		sort := sortOf(field)
		at := strings.Index(q.plain, text)
		if at < 0 {
			q.mask.learn(sort, text)
			return
		}
		name := sort + ".said" + strconv.Itoa(len(spans)+1)
		q.mask.fix(name, text)
		spans = append(spans, span{name, at, len(text)})
	}
	for _, s := range p.Steps {
		for _, name := range sortedKeys(s.Args) {
			if text, ok := s.Args[name].Value.(string); ok {
				learn(name, text)
			}
			q.mask.fields(s.Args[name].Value)
		}
	}
	if len(spans) > 0 {
		q.message = q.mask.text(q.mask.restore(q.plain))
	}
	return spans
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// write puts one exchange into the recording.
func (r *Recorder) write(ctx context.Context, q *request, l line, failed error) {
	l.Skill, l.Hash, l.Said, l.Message = q.skill, q.hash, q.said, q.message
	if failed != nil {
		l.Error = &failure{orchestrator.CodeBackend, "The language backend failed."}
		var coded *orchestrator.Error
		if errors.As(failed, &coded) {
			l.Error = &failure{coded.Code, q.mask.text(coded.Message)}
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err != nil {
		return
	}
	if r.err = r.append(ctx, l); r.err != nil {
		orchestrator.Notify(ctx, fmt.Sprintf("recording: it stops here, because it cannot be written: %v", r.err))
	}
}

// append writes a line, the first after a header; mu is held.
func (r *Recorder) append(ctx context.Context, l line) error {
	var text []byte
	if !r.begun {
		info, err := r.inner.Describe(ctx)
		if err != nil {
			return fmt.Errorf("describing the backend: %w", err)
		}
		head, err := json.Marshal(header{format, info.Name, info.Model, info.Version, info.Capabilities})
		if err != nil {
			return fmt.Errorf("writing the head: %w", err)
		}
		text = append(head, '\n')
	}
	data, err := json.Marshal(l)
	if err != nil {
		return fmt.Errorf("writing an exchange: %w", err)
	}
	text = append(append(text, data...), '\n')
	if _, err := r.w.Write(text); err != nil {
		return err
	}
	r.begun = true
	return nil
}
