package openai

import (
	"context"
	"errors"
	"net/http"
	"slices"

	oai "github.com/sashabaranov/go-openai"

	"banyan/orchestrator"
)

// maxRefusals is how often a provider may refuse the way it is asked.
const maxRefusals = 10

// ask puts a question to the model, in the way that is known to work, and more
// simply if the provider refuses that. The reply has ended properly. The usage
// is of all attempts, also if there is an error.
func (b *Backend) ask(ctx context.Context, q question, emit func(string)) (*completion, orchestrator.Usage, error) {
	total := b.usage()
	if b.preset.KeyEnv != "" && b.opts.Key == "" {
		return nil, total, b.fail(orchestrator.CodeBackendNoKey, 0, errors.New("no key"))
	}
	start := b.known()
	w := start
	for range maxRefusals {
		c, x, err := b.once(ctx, w, q, emit)
		total.Add(b.used(c, x))
		if err == nil {
			if w != start {
				b.learned(w)
			}
			if c.counted == nil {
				orchestrator.Notify(ctx, b.preset.Name+" did not say how many tokens it used, so they are not counted.")
			}
			return c, total, b.ended(c)
		}
		simpler, ok := w.after(x, err, q.schema != nil)
		if !ok {
			return nil, total, err
		}
		w = simpler
	}
	return nil, total, b.fail(orchestrator.CodeBackendBadRequest, 0, errors.New("every way of asking was refused"))
}

// after returns a simpler way if the error is a refusal of this one.
func (w way) after(x *exchange, err error, wantsJSON bool) (_ way, ok bool) {
	switch {
	case errors.Is(err, oai.ErrReasoningModelMaxTokensDeprecated):
		return w.otherLimit(), w.limit == limitOld
	case errors.Is(err, oai.ErrReasoningToolsRequireResponses):
		w.noTools = true
		return w.looser(), wantsJSON
	case errors.Is(err, oai.ErrReasoningSamplingUnsupported), errors.Is(err, oai.ErrReasoningModelLimitationsOther):
		had := w.temperature
		w.temperature = false
		return w, had
	case errors.Is(err, oai.ErrReasoningEffortUnsupported):
		had := w.effort
		w.effort = false
		return w, had
	}
	refusing := []int{
		http.StatusBadRequest, http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusUnsupportedMediaType,
		http.StatusUnprocessableEntity, http.StatusInternalServerError, http.StatusNotImplemented,
	}
	if !slices.Contains(refusing, x.status) {
		return w, false
	}
	c := complaintIn(x.status, x.body)
	switch class := c.class(); {
	case class == orchestrator.CodeBackendBadRequest, x.status == http.StatusNotImplemented:
		if simpler, ok := w.without(c.text(), wantsJSON); ok {
			return simpler, true
		}
		// It does not say what it minds: the way of asking for JSON is the likeliest.
		return w.looser(), wantsJSON && w.form < formText && x.status != http.StatusNotFound
	case class == orchestrator.CodeBackendOverloaded, x.status == http.StatusNotFound:
		return w.without(c.text(), wantsJSON) // a failure, unless it names what it cannot do
	default:
		return w, false
	}
}
