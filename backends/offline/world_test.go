package offline

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"banyan/orchestrator"
)

// saturday is the day on which all tests play.
var saturday = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// MustCatalog reads a catalog of testdata and the data that its services answer
// with.
func MustCatalog(tb testing.TB, name string) ([]orchestrator.Description, map[string]map[string]any) {
	tb.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", name+".json"))
	if err != nil {
		tb.Fatal(err)
	}
	var file struct {
		Services []orchestrator.Description `json:"services"`
		Data     map[string]map[string]any  `json:"data"`
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		tb.Fatal(err)
	}
	for i := range file.Services {
		file.Services[i].Version = "1.0.0"
		file.Services[i].Contract = orchestrator.ContractVersion
	}
	return file.Services, file.Data
}

// desk is a service that answers from data: reads without a key with what is
// there, reads and writes with a key with the object of that key.
type desk struct {
	d    orchestrator.Description
	data map[string]map[string]any
}

func (d *desk) Describe(context.Context) (orchestrator.Description, error) { return d.d, nil }

func (d *desk) Call(_ context.Context, c orchestrator.Call) (orchestrator.Result, error) {
	if data, ok := d.data[c.Intent]; ok {
		return orchestrator.Result{Data: data}, nil
	}
	for _, all := range d.data {
		for _, list := range all {
			objects, _ := list.([]any)
			for _, o := range objects {
				object, _ := o.(map[string]any)
				for _, arg := range c.Args {
					for _, v := range object {
						if fmt.Sprint(v) == fmt.Sprint(arg) {
							return orchestrator.Result{Data: object}, nil
						}
					}
				}
			}
		}
	}
	return orchestrator.Result{}, orchestrator.Errorf(orchestrator.CodeNotFound, "There is no such thing.")
}

// folk is a directory of three.
type folk struct{}

var everybody = []orchestrator.User{
	{Email: "ada@example.com", Name: "Ada Okafor", Role: orchestrator.Customer},
	{Email: "ben@example.com", Name: "Ben Sato", Role: orchestrator.Customer},
	{Email: "sam@example.com", Name: "Sam Rivera", Role: orchestrator.Support},
}

func (folk) Lookup(_ context.Context, who string) (orchestrator.User, error) {
	for _, u := range everybody {
		if first, _, _ := strings.Cut(u.Name, " "); strings.EqualFold(who, u.Email) || strings.EqualFold(who, u.Name) || strings.EqualFold(who, first) {
			return u, nil
		}
	}
	return orchestrator.User{}, orchestrator.ErrUnknownUser
}

func (folk) Mentioned(_ context.Context, text string) ([]orchestrator.User, error) {
	var out []orchestrator.User
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return strings.ContainsRune(" ,.:;?!'’\"()", r) })
	for _, u := range everybody {
		first, _, _ := strings.Cut(strings.ToLower(u.Name), " ")
		if strings.Contains(strings.ToLower(text), u.Email) || slices.Contains(words, first) {
			out = append(out, u)
		}
	}
	return out, nil
}

// drawer is a store in memory.
type drawer struct {
	mu    sync.Mutex // guards turns
	turns []orchestrator.Turn
}

func (s *drawer) Append(_ context.Context, t orchestrator.Turn) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.turns = append(s.turns, t)
	return nil
}

func (s *drawer) Turns(_ context.Context, conversation string, n int) ([]orchestrator.Turn, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []orchestrator.Turn
	for _, t := range s.turns {
		if t.Conversation == conversation {
			out = append(out, t)
		}
	}
	if n > 0 && len(out) > n {
		out = out[len(out)-n:]
	}
	return out, nil
}

func (s *drawer) Conversations(_ context.Context, user string, _ int) ([]orchestrator.ConversationInfo, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []orchestrator.ConversationInfo
	for _, t := range slices.Backward(s.turns) {
		if t.User == user && !slices.ContainsFunc(out, func(c orchestrator.ConversationInfo) bool { return c.ID == t.Conversation }) {
			out = append(out, orchestrator.ConversationInfo{ID: t.Conversation, User: user, Updated: t.At})
		}
	}
	return out, nil
}

func (s *drawer) Delete(context.Context, string) error { return nil }

// spy keeps what the backend planned, whatever the kernel makes of it.
type spy struct {
	*Backend
	plan     orchestrator.Plan
	problems []string
}

func (s *spy) Plan(ctx context.Context, req orchestrator.PlanRequest) (orchestrator.PlanReply, error) {
	r, err := s.Backend.Plan(ctx, req)
	if req.Rejected == nil {
		s.plan, s.problems = r.Plan, nil
	} else {
		s.problems = req.Problems
	}
	return r, err
}

// world is a kernel over one catalog.
type world struct {
	kernel *orchestrator.Kernel
	spy    *spy
	now    time.Time
}

// MustWorld builds the kernel that conversations are tried on.
func MustWorld(tb testing.TB, catalog string, b *Backend) *world {
	tb.Helper()
	ds, data := MustCatalog(tb, catalog)
	return worldOf(tb, ds, data, b)
}

// worldOf is MustWorld over a catalog that has been read.
func worldOf(tb testing.TB, ds []orchestrator.Description, data map[string]map[string]any, b *Backend) *world {
	tb.Helper()
	w := &world{spy: &spy{Backend: b}, now: saturday}
	var services []orchestrator.Service
	for _, d := range ds {
		services = append(services, &desk{d, data})
	}
	k, err := orchestrator.New(context.Background(), orchestrator.Config{
		Services: services, Backend: w.spy, Store: &drawer{}, Directory: folk{},
		Now: func() time.Time { return w.now },
	})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = k.Close() })
	w.kernel = k
	return w
}

// write puts a plan into lines, as they stand in the case files.
func write(p orchestrator.Plan) []string {
	var out []string
	if p.Kind != orchestrator.PlanSteps {
		line := string(p.Kind) + ": " + strings.ReplaceAll(p.Text, "\n", " / ")
		switch {
		case p.Kind == orchestrator.PlanRefusal: // what it offers instead is another test's
			line = string(p.Kind)
		case p.Kind == orchestrator.PlanAnswer && len(line) > 60:
			line = line[:60] + "…"
		}
		if p.Missing != nil {
			line += " [" + p.Missing.Step + "." + p.Missing.Param + "]"
		}
		out = append(out, line)
	} else if p.Text != "" {
		out = append(out, "says: "+p.Text)
	}
	for _, s := range p.Steps {
		var b strings.Builder
		b.WriteString(s.ID)
		if s.ID != s.Intent {
			b.WriteString(" = " + s.Intent)
		}
		if s.For != "" {
			fmt.Fprintf(&b, " for %q", s.For)
		}
		for _, name := range slices.Sorted(maps.Keys(s.Args)) {
			a := s.Args[name]
			if a.Ref != "" {
				fmt.Fprintf(&b, " %s=<%s>", name, a.Ref)
			} else {
				v, _ := json.Marshal(a.Value)
				fmt.Fprintf(&b, " %s=%s", name, v)
			}
		}
		if s.When != nil {
			fmt.Fprintf(&b, " WHEN %s {%s}", s.When.Expr, s.When.Text)
		}
		if len(s.After) > 0 {
			b.WriteString(" AFTER " + strings.Join(s.After, ","))
		}
		if s.Lookup {
			b.WriteString(" (lookup)")
		}
		out = append(out, b.String())
	}
	return out
}
