package openai

import (
	"context"
	"errors"
	"fmt"
	"strings"

	oai "github.com/sashabaranov/go-openai"

	"banyan/orchestrator"
)

// Plan asks the model for a plan. A reply that is complete but no plan goes back
// once with the reason. The plan's steps are not checked here: that is the
// kernel's work.
func (b *Backend) Plan(ctx context.Context, req orchestrator.PlanRequest) (orchestrator.PlanReply, error) {
	out := orchestrator.PlanReply{Usage: b.usage()}
	chosen := b.chooser.choose(ctx, req)
	f := fence{b.opts.Fence()}
	messages, err := b.prompts.plan(req, chosen, f, b.byWords())
	if err != nil {
		return out, err
	}
	for try := 0; ; try++ {
		q := question{messages: messages, name: "plan", about: "Hands the plan to the program.", schema: planSchema, maxTokens: b.opts.MaxOutput}
		c, used, err := b.ask(ctx, q, nil)
		out.Usage.Add(used)
		if err != nil {
			return out, err
		}
		plan, raw, err := b.planIn(c, req)
		if err == nil {
			out.Plan = plan
			return out, nil
		}
		if errors.Is(err, errCut) {
			return out, b.fail(orchestrator.CodeBackendTruncated, 0, err)
		}
		if try > 0 {
			return out, b.fail(orchestrator.CodeBackendBadOutput, 0, err)
		}
		messages, err = b.prompts.mend(messages, raw, []string{err.Error()}, f)
		if err != nil {
			return out, err
		}
		orchestrator.Notify(ctx, b.preset.Name+" did not reply with a plan and is asked once more.")
	}
}

// planIn reads the plan out of a reply that has ended properly.
func (b *Backend) planIn(c *completion, req orchestrator.PlanRequest) (plan orchestrator.Plan, raw string, err error) {
	if refused := strings.TrimSpace(c.refusal.String()); refused != "" && len(c.calls) == 0 {
		return orchestrator.Plan{Kind: orchestrator.PlanRefusal, Text: refused}, "", nil
	}
	raw, err = c.json("plan")
	if err != nil {
		return plan, raw, err
	}
	text, err := extract(raw, "kind")
	if err != nil {
		return plan, raw, err
	}
	plan, err = decodePlan(text, req.Catalog)
	return plan, text, err
}

// json returns the text in which the wanted JSON should stand: the arguments of
// the one call of the tool, or what was written.
func (c *completion) json(tool string) (string, error) {
	switch len(c.calls) {
	case 0:
		return c.content.String(), nil
	case 1:
		if name := c.calls[0].name.String(); name != tool {
			return "", fmt.Errorf("the reply calls the tool %q, there is only %s", line(name, 40), tool)
		}
		args := c.calls[0].args.String()
		if strings.TrimSpace(args) == "" {
			return "", errCut
		}
		return args, nil
	default:
		return "", fmt.Errorf("the reply calls %d tools at once: call %s once", len(c.calls), tool)
	}
}

// byWords tells whether the form of the JSON has to be asked for in words.
func (b *Backend) byWords() bool { return b.known().form >= formJSON }

// PromptSize tells how large the prompt for planning a request is, in bytes, and
// which intents are in it. It asks nobody.
func (b *Backend) PromptSize(ctx context.Context, req orchestrator.PlanRequest) (size int, intents []string, err error) {
	chosen := b.chooser.choose(ctx, req)
	messages, err := b.prompts.plan(req, chosen, fence{b.opts.Fence()}, b.byWords())
	if err != nil {
		return 0, nil, err
	}
	for _, e := range chosen {
		intents = append(intents, e.Name)
	}
	return length(messages), intents, nil
}

func length(messages []oai.ChatCompletionMessage) int {
	n := 0
	for _, m := range messages {
		n += len(m.Content)
	}
	return n
}
