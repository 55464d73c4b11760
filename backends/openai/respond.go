package openai

import (
	"context"
	"errors"
	"strings"

	"banyan/orchestrator"
)

// Respond asks the model for the answer and emits its pieces as they arrive. If
// it fails after some pieces, they are void.
func (b *Backend) Respond(ctx context.Context, req orchestrator.RespondRequest, emit func(delta string)) (orchestrator.Reply, error) {
	out := orchestrator.Reply{Usage: b.usage()}
	messages, err := b.prompts.respondAgain(req, fence{b.opts.Fence()})
	if err != nil {
		return out, err
	}
	text := &spoken{emit: emit}
	c, used, err := b.ask(ctx, question{messages: messages, maxTokens: b.opts.MaxOutput}, text.add)
	out.Usage.Add(used)
	if err != nil {
		return out, err
	}
	text.end()
	out.Text = text.all.String()
	switch {
	case strings.TrimSpace(out.Text) != "":
		return out, nil
	case c.refusal.Len() > 0:
		return out, b.fail(orchestrator.CodeBackendFiltered, 0, errors.New("the model refuses to answer"))
	default:
		return out, b.fail(orchestrator.CodeBackendBadOutput, 0, errors.New("the answer is empty"))
	}
}

// spoken passes an answer on as it comes and leaves out what a model thinks aloud
// before it.
type spoken struct {
	emit    func(string)
	all     strings.Builder
	held    string // the beginning, while it may be a thought
	started bool   // the answer itself has begun
}

const (
	thoughtOpen  = "<think>"
	thoughtClose = "</think>"
)

func (s *spoken) add(piece string) {
	if s.started {
		s.say(piece)
		return
	}
	s.held += piece
	text := strings.TrimLeft(s.held, " \t\r\n")
	switch {
	case strings.HasPrefix(text, thoughtOpen):
		if _, rest, ok := strings.Cut(text, thoughtClose); ok {
			s.held = rest
			s.started = strings.TrimSpace(rest) != ""
		}
	case strings.HasPrefix(thoughtOpen, text):
		return // it could still become one, or nothing but space has come
	default:
		s.started = true
	}
	if s.started {
		text := strings.TrimLeft(s.held, " \t\r\n")
		s.held = ""
		s.say(text)
	}
}

// end lets out what was held because it could have become a thought.
func (s *spoken) end() {
	if text := strings.TrimSpace(s.held); text != "" && !s.started && !strings.HasPrefix(text, thoughtOpen) {
		s.say(text)
	}
}

func (s *spoken) say(text string) {
	if text == "" {
		return
	}
	s.all.WriteString(text)
	if s.emit != nil {
		s.emit(text)
	}
}
