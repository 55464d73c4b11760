package openai

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	oai "github.com/sashabaranov/go-openai"

	"banyan/orchestrator"
)

const version = "1.0.0"

// Options say which model is asked, where and how.
type Options struct {
	// Preset names the provider; openai if it is empty.
	Preset string
	// BaseURL is another address of the provider, or of any other server that speaks
	// the same language. It ends before /chat/completions.
	BaseURL string
	// Key is sent as bearer token. It is never logged and never part of an error.
	Key string
	// Model is asked instead of the preset's.
	Model string
	// Price is what the model costs; nil if it is not known. A model on the own
	// machine costs nothing unless Price says otherwise.
	Price *orchestrator.Price
	// Local says whether nothing leaves the machine; nil: it does not if the
	// address is a loopback address.
	Local *bool
	// NoStream asks for whole replies instead of pieces.
	NoStream bool
	// Effort is how much a reasoning model should think; low if it is empty.
	Effort string
	// Matcher finds the relevant intents of a large catalog. Without one the intents
	// that share words with the message are taken.
	Matcher orchestrator.Matcher
	// Timeouts bound the waiting of one request.
	Timeouts Timeouts
	// MaxOutput is the longest plan or answer in tokens; if it is 0, 4,096, and
	// four times that for a model that thinks before it writes.
	MaxOutput int
	// HTTPClient carries the requests; if it is nil, one that keeps many connections
	// to the same host. Redirects are not followed in either case.
	HTTPClient *http.Client
	// Fence makes the tags of fences around data; they must not be guessable.
	// Random ones if it is nil.
	Fence func() string
}

// Timeouts bound one request. A zero field takes the default, a negative one
// waits for ever. How long a request may take in all is its context's to say.
type Timeouts struct {
	// Connect is until the connection stands, 10 s. It is not used with an
	// HTTPClient of one's own.
	Connect time.Duration
	// First is from sending the request to the first piece of the reply, 45 s. If
	// the reply does not come in pieces it is until the reply is there.
	First time.Duration
	// Idle is between two pieces of a reply, 20 s. Keep-alive comments do not count
	// as pieces.
	Idle time.Duration
}

func (t *Timeouts) fill() {
	for _, f := range []struct {
		d   *time.Duration
		std time.Duration
	}{{&t.Connect, 10 * time.Second}, {&t.First, 45 * time.Second}, {&t.Idle, 20 * time.Second}} {
		if *f.d == 0 {
			*f.d = f.std
		}
	}
}

// Backend asks a model. It is safe for concurrent use.
type Backend struct {
	opts    Options
	preset  Preset
	local   bool
	price   *orchestrator.Price
	client  *oai.Client
	http    *http.Client
	prompts *prompts
	chooser *chooser

	mu  sync.Mutex // guards way
	way way        // how the provider is asked
}

// New returns a backend. It does not use the network; a key that is missing is
// told by the first request. It returns an error if the preset is unknown, the
// address is none or no model is named.
func New(o Options) (*Backend, error) {
	if o.Preset == "" {
		o.Preset = "openai"
	}
	p, ok := PresetNamed(o.Preset)
	if !ok {
		var names []string
		for _, p := range Presets() {
			names = append(names, p.Name)
		}
		return nil, fmt.Errorf("there is no preset %q: choose one of %s, or give a base URL", o.Preset, strings.Join(names, ", "))
	}
	if o.BaseURL == "" {
		o.BaseURL = p.BaseURL
	} else if strings.TrimRight(o.BaseURL, "/") != p.BaseURL {
		p.KeyEnv = "" // it is somebody else's server: whether it needs a key, it will say
	}
	u, err := url.Parse(o.BaseURL)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.User != nil || u.RawQuery != "" {
		return nil, errors.New("the base URL of the backend is not an address such as https://host/v1, without a user and without parameters")
	}
	o.BaseURL = strings.TrimSuffix(strings.TrimRight(o.BaseURL, "/"), "/chat/completions")
	if o.Model == "" {
		o.Model = p.Model
	}
	if o.Model == "" {
		return nil, fmt.Errorf("backend %s has no default model: name one with --model", p.Name)
	}
	o.Key = strings.TrimSpace(o.Key)
	if o.Effort == "" {
		o.Effort = oai.ReasoningEffortLow
	}
	if o.Fence == nil {
		o.Fence = randomTag
	}
	if o.MaxOutput == 0 {
		o.MaxOutput = 4096
		if thinks.MatchString(o.Model) {
			o.MaxOutput *= 4
		}
	}
	o.Timeouts.fill()
	b := &Backend{opts: o, preset: p, price: o.Price, local: loopback(o.BaseURL), chooser: &chooser{matcher: o.Matcher}}
	if o.Local != nil {
		b.local = *o.Local
	}
	if b.price == nil && b.local {
		b.price = &orchestrator.Price{}
	}
	b.http = httpClient(o.HTTPClient, o.Timeouts.Connect)
	cfg := oai.DefaultConfig(o.Key)
	cfg.BaseURL = o.BaseURL
	cfg.HTTPClient = b.http
	cfg.EmptyMessagesLimit = 1 << 30 // the size of a stream is bounded instead
	b.client = oai.NewClientWithConfig(cfg)
	b.way = firstWay(p, o)
	if b.prompts, err = newPrompts(); err != nil {
		return nil, err
	}
	return b, nil
}

// loopback tells whether an address is on this machine.
func loopback(base string) bool {
	u, err := url.Parse(base)
	if err != nil {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || (ip != nil && ip.IsLoopback())
}

// Describe names the provider, the model and what the provider was not yet seen
// to refuse.
func (b *Backend) Describe(context.Context) (orchestrator.BackendInfo, error) {
	info := orchestrator.BackendInfo{
		Name: b.preset.Name, Version: version, Contract: orchestrator.ContractVersion,
		Model: b.opts.Model, Local: b.local, Capabilities: append(b.known().capabilities(b.preset), CapGoal),
	}
	if b.price != nil {
		price := *b.price
		info.Price = &price
	}
	return info, nil
}

// Prepare lets the matcher learn a catalog that is too large for one prompt.
func (b *Backend) Prepare(ctx context.Context, catalog *orchestrator.Catalog) {
	if p, ok := b.opts.Matcher.(orchestrator.Preparer); ok && len(catalog.Intents()) > wholeCatalog {
		p.Prepare(ctx, catalog)
	}
}

// Close lets go of idle connections. Requests under way are not touched.
func (b *Backend) Close() error {
	b.http.CloseIdleConnections()
	return nil
}

// known returns the way of asking that is thought to work.
func (b *Backend) known() way {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.way
}

// learned remembers a way that worked.
func (b *Backend) learned(w way) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.way = w
}

// usage is a usage with nothing in it.
func (b *Backend) usage() orchestrator.Usage {
	return orchestrator.Usage{Backend: b.preset.Name, Model: b.opts.Model}
}
