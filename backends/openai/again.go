package openai

import (
	"fmt"
	"slices"
	"strings"

	oai "github.com/sashabaranov/go-openai"

	"banyan/orchestrator"
)

// maxRefusedAnswer is how many characters of a refused answer are shown again.
const maxRefusedAnswer = 8000

// respondAgain is the prompt for answering; if an answer was refused, with that
// answer and the reasons behind it.
func (p *prompts) respondAgain(req orchestrator.RespondRequest, f fence) ([]oai.ChatCompletionMessage, error) {
	messages, err := p.respond(req, f)
	if err != nil || req.Rejected == "" {
		return messages, err
	}
	var list strings.Builder
	for _, what := range req.Problems {
		fmt.Fprintf(&list, "- %s\n", line(what, 600))
	}
	text, err := p.render("respond_again", map[string]any{"Problems": f.data("problems", list.String())})
	if err != nil {
		return nil, err
	}
	return append(slices.Clone(messages),
		oai.ChatCompletionMessage{Role: oai.ChatMessageRoleAssistant, Content: cut(req.Rejected, maxRefusedAnswer)},
		oai.ChatCompletionMessage{Role: oai.ChatMessageRoleUser, Content: text}), nil
}
