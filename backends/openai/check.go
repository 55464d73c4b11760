package openai

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	oai "github.com/sashabaranov/go-openai"

	"banyan/orchestrator"
)

// Check asks the model for one word. A nil error means that address, key and
// model are right.
func (b *Backend) Check(ctx context.Context) error {
	q := question{maxTokens: 16, messages: []oai.ChatCompletionMessage{{Role: oai.ChatMessageRoleUser, Content: "Say ok."}}}
	_, _, err := b.ask(ctx, q, nil)
	var e *orchestrator.Error
	if errors.As(err, &e) && e.Code == orchestrator.CodeBackendTruncated && errors.Is(err, errNoRoom) {
		return nil // sixteen tokens are few for a model that thinks
	}
	return err
}

// probeFor is how long Probe waits if its context does not say less.
const probeFor = 400 * time.Millisecond

// Probe finds out whether a server answers at the base URL and which models it
// has, within a moment. It sends no key and follows no redirect.
func Probe(ctx context.Context, baseURL string) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, probeFor)
	defer cancel()
	client := httpClient(nil, probeFor)
	defer client.CloseIdleConnections()
	x := &exchange{}
	req, err := http.NewRequestWithContext(withExchange(ctx, x), http.MethodGet, strings.TrimRight(baseURL, "/")+"/models", nil)
	if err != nil {
		return nil, errors.New("this is not the address of a server")
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	_ = resp.Body.Close() // the transport has read it
	var list struct {
		Object string `json:"object"`
		Data   []struct {
			ID string `json:"id"`
		} `json:"data"`
	}
	if resp.StatusCode != http.StatusOK || json.Unmarshal(x.body, &list) != nil || (list.Object != "list" && list.Data == nil) {
		return nil, errors.New("a server answers there, but it does not list models")
	}
	models := make([]string, 0, len(list.Data))
	for _, m := range list.Data {
		models = append(models, line(m.ID, 100))
	}
	return models, nil
}
