package openai

import (
	"context"
	"errors"

	"banyan/orchestrator"
)

// Judge asks the model whether a condition holds.
func (b *Backend) Judge(ctx context.Context, req orchestrator.JudgeRequest) (orchestrator.Verdict, error) {
	out := orchestrator.Verdict{Usage: b.usage()}
	messages, err := b.prompts.judge(req, fence{b.opts.Fence()}, b.byWords())
	if err != nil {
		return out, err
	}
	q := question{messages: messages, name: "verdict", about: "Hands over the verdict.", schema: verdictSchema, maxTokens: b.opts.MaxOutput / 4}
	c, used, err := b.ask(ctx, q, nil)
	out.Usage.Add(used)
	if err != nil {
		return out, err
	}
	text, err := c.json("verdict")
	if err == nil {
		text, err = extract(text, "met")
	}
	var v struct {
		Met *bool  `json:"met"`
		Why string `json:"why"`
	}
	if err == nil {
		err = strict([]byte(text), &v)
	}
	switch {
	case errors.Is(err, errCut):
		return out, b.fail(orchestrator.CodeBackendTruncated, 0, err)
	case err != nil:
		return out, b.fail(orchestrator.CodeBackendBadOutput, 0, err)
	}
	if v.Met != nil {
		out.Known, out.Met = true, *v.Met
	}
	out.Why = line(v.Why, 300)
	return out, nil
}
