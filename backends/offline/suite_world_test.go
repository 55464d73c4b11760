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

// suiteCatalog is a catalog of the suite with the small world behind it: who
// there is, what everybody has, and what each intent does with it.
type suiteCatalog struct {
	// ServicesOf names another file whose services these are.
	ServicesOf string                     `json:"services_of"`
	Services   []orchestrator.Description `json:"services"`
	People     []orchestrator.User        `json:"people"`
	// Holdings are what a customer has, by email and kind: a list of objects or one
	// object. Those of "*" are everybody's.
	Holdings map[string]map[string]any `json:"holdings"`
	Calls    map[string]suiteDoing     `json:"calls"`
}

// suiteDoing says what an intent does. Exactly one of List, Find and Add names a
// kind of holding; none of them: the intent only says something.
type suiteDoing struct {
	List string `json:"list"` // all of a kind, narrowed by arguments of the same name
	Find string `json:"find"` // the one whose field Field is the argument By
	Add  string `json:"add"`  // one more, made of the arguments and Set
	By   string `json:"by"`
	// Field is the same as By if it is empty.
	Field string `json:"field"`
	// Only are the states of a field in which the business says yes.
	Only map[string][]string `json:"only"`
	// Set is what becomes of the object, Say what else the result says; a value
	// "$name" is the argument of that name.
	Set map[string]any `json:"set"`
	Say map[string]any `json:"say"`
}

// mustSuiteCatalog reads a catalog from the folder "catalogs" of a suite.
func mustSuiteCatalog(tb testing.TB, dir, name string) *suiteCatalog {
	tb.Helper()
	path := filepath.Join(dir, "catalogs", name+".json")
	var c suiteCatalog
	mustReadJSON(tb, path, &c)
	if c.ServicesOf != "" {
		var other suiteCatalog
		mustReadJSON(tb, filepath.Join(filepath.Dir(path), c.ServicesOf), &other)
		c.Services = other.Services
	}
	for i := range c.Services {
		c.Services[i].Version, c.Services[i].Contract = "1.0.0", orchestrator.ContractVersion
		for _, in := range c.Services[i].Intents {
			if _, ok := c.Calls[in.Name]; !ok {
				tb.Fatalf("%s: nothing is said of what %s does", path, in.Name)
			}
		}
	}
	return &c
}

func mustReadJSON(tb testing.TB, path string, into any) {
	tb.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	if err := json.Unmarshal(raw, into); err != nil {
		tb.Fatalf("%s: %v", path, err)
	}
}

// suiteHoldings is the part of a world that changes.
type suiteHoldings struct {
	mu  sync.Mutex // guards all
	all map[string]map[string]any
}

// clone returns holdings of the same content that change by themselves.
func (h *suiteHoldings) clone(tb testing.TB) *suiteHoldings {
	tb.Helper()
	h.mu.Lock()
	defer h.mu.Unlock()
	raw, err := json.Marshal(h.all)
	if err != nil {
		tb.Fatal(err)
	}
	out := &suiteHoldings{}
	if err := json.Unmarshal(raw, &out.all); err != nil {
		tb.Fatal(err)
	}
	return out
}

// suiteDesk is one service of the world.
type suiteDesk struct {
	d        orchestrator.Description
	calls    map[string]suiteDoing
	holdings *suiteHoldings
}

func (d *suiteDesk) Describe(context.Context) (orchestrator.Description, error) { return d.d, nil }

func (d *suiteDesk) Call(_ context.Context, c orchestrator.Call) (orchestrator.Result, error) {
	i := slices.IndexFunc(d.d.Intents, func(in orchestrator.Intent) bool { return in.Name == c.Intent })
	if i < 0 {
		return orchestrator.Result{}, fmt.Errorf("no intent %s", c.Intent)
	}
	in, do := d.d.Intents[i], d.calls[c.Intent]
	d.holdings.mu.Lock()
	defer d.holdings.mu.Unlock()
	args := maps.Clone(c.Args)
	delete(args, in.Subject)
	var result map[string]any
	switch {
	case do.List != "":
		result = d.list(in, do, c.Subject.Email, args)
	case do.Find != "":
		object := d.find(do, c.Subject.Email, args)
		if object == nil {
			return orchestrator.Result{}, orchestrator.Errorf(orchestrator.CodeNotFound, "There is no such thing.")
		}
		for field, allowed := range do.Only {
			if !slices.Contains(allowed, fmt.Sprint(object[field])) {
				return orchestrator.Result{}, orchestrator.Errorf("not_possible", "That is not possible any more: it is %v.", object[field])
			}
		}
		result = object
	case do.Add != "":
		result = args
	default:
		result = map[string]any{}
	}
	changed := maps.Clone(result)
	fill(changed, do.Set, args)
	if in.Changes() && !c.DryRun {
		d.change(do, c.Subject.Email, result, changed)
	}
	fill(changed, do.Say, args)
	return orchestrator.Result{Data: shaped(in, changed)}, nil
}

// held returns what a customer has of a kind.
func (d *suiteDesk) held(subject, kind string) any {
	if v, ok := d.holdings.all[subject][kind]; ok {
		return v
	}
	return d.holdings.all["*"][kind]
}

// list returns all of a kind that fit the arguments.
func (d *suiteDesk) list(in orchestrator.Intent, do suiteDoing, subject string, args map[string]any) map[string]any {
	held, _ := d.held(subject, do.List).([]any)
	out := []any{}
	for _, v := range held {
		object, _ := v.(map[string]any)
		fits := true
		for name, arg := range args {
			if field, ok := object[name]; ok && !strings.EqualFold(fmt.Sprint(field), fmt.Sprint(arg)) {
				fits = false
			}
		}
		if fits {
			out = append(out, object)
		}
	}
	if n, ok := args["limit"].(float64); ok && int(n) < len(out) {
		out = out[:int(n)]
	}
	result := map[string]any{"count": float64(len(out))}
	for name, p := range in.Result.Properties {
		if p.Items != nil {
			result[name] = out
		}
	}
	return result
}

// find returns the object that the arguments name, or nil.
func (d *suiteDesk) find(do suiteDoing, subject string, args map[string]any) map[string]any {
	held := d.held(subject, do.Find)
	if one, ok := held.(map[string]any); ok {
		return one
	}
	field := do.Field
	if field == "" {
		field = do.By
	}
	list, _ := held.([]any)
	for _, v := range list {
		if object, _ := v.(map[string]any); strings.EqualFold(fmt.Sprint(object[field]), fmt.Sprint(args[do.By])) {
			return object
		}
	}
	return nil
}

// change makes a write's effect stay.
func (d *suiteDesk) change(do suiteDoing, subject string, before, after map[string]any) {
	switch {
	case do.Find != "":
		maps.Copy(before, after)
	case do.Add != "":
		if d.holdings.all[subject] == nil {
			d.holdings.all[subject] = map[string]any{}
		}
		list, _ := d.holdings.all[subject][do.Add].([]any)
		d.holdings.all[subject][do.Add] = append([]any{after}, list...)
	}
}

// fill writes values over an object, with arguments for those that name one.
func fill(object, values, args map[string]any) {
	for name, v := range values {
		if s, ok := v.(string); ok && strings.HasPrefix(s, "$") {
			if v, ok = args[s[1:]]; !ok {
				continue
			}
		}
		object[name] = v
	}
}

// shaped leaves of an object what the intent's result has room for.
func shaped(in orchestrator.Intent, object map[string]any) map[string]any {
	if in.Result == nil {
		return object
	}
	out := map[string]any{}
	for name := range in.Result.Properties {
		if v, ok := object[name]; ok {
			out[name] = v
		}
	}
	return out
}

// suiteFolk is the directory of a catalog's people.
type suiteFolk []orchestrator.User

func (f suiteFolk) Lookup(_ context.Context, who string) (orchestrator.User, error) {
	for _, u := range f {
		if first, _, _ := strings.Cut(u.Name, " "); strings.EqualFold(who, u.Email) || strings.EqualFold(who, u.Name) || strings.EqualFold(who, first) {
			return u, nil
		}
	}
	return orchestrator.User{}, orchestrator.ErrUnknownUser
}

func (f suiteFolk) Mentioned(_ context.Context, text string) ([]orchestrator.User, error) {
	var out []orchestrator.User
	text = strings.ToLower(text)
	words := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" ,.:;?!'’\"()", r) })
	for _, u := range f {
		first, _, _ := strings.Cut(strings.ToLower(u.Name), " ")
		if strings.Contains(text, u.Email) || slices.Contains(words, first) {
			out = append(out, u)
		}
	}
	slices.SortStableFunc(out, func(a, b orchestrator.User) int { return placeOf(text, a) - placeOf(text, b) })
	return out, nil
}

func placeOf(text string, u orchestrator.User) int {
	first, _, _ := strings.Cut(strings.ToLower(u.Name), " ")
	return max(strings.Index(text, first), strings.Index(text, u.Email))
}

// suiteWorld is a kernel over a catalog and its holdings.
type suiteWorld struct {
	kernel   *orchestrator.Kernel
	catalog  *suiteCatalog
	holdings *suiteHoldings
	now      time.Time
}

// mustSuiteWorld builds a world in which b answers.
func mustSuiteWorld(tb testing.TB, c *suiteCatalog, holdings *suiteHoldings, now time.Time, b orchestrator.Backend) *suiteWorld {
	tb.Helper()
	w := &suiteWorld{catalog: c, holdings: holdings, now: now}
	var services []orchestrator.Service
	for _, d := range c.Services {
		services = append(services, &suiteDesk{d, c.Calls, holdings})
	}
	k, err := orchestrator.New(context.Background(), orchestrator.Config{
		Services: services, Backend: b, Store: &drawer{}, Directory: suiteFolk(c.People),
		Now: func() time.Time { return w.now },
	})
	if err != nil {
		tb.Fatal(err)
	}
	for _, p := range k.Problems() {
		tb.Fatal(p)
	}
	tb.Cleanup(func() { _ = k.Close() })
	w.kernel = k
	return w
}

// fixed is a backend that always has the same plan and learns nothing.
type fixed struct {
	orchestrator.Backend
	plan orchestrator.Plan
}

func (f fixed) Plan(context.Context, orchestrator.PlanRequest) (orchestrator.PlanReply, error) {
	return orchestrator.PlanReply{Plan: f.plan}, nil
}

// args returns the arguments that a skipped step would have had: the plan is
// tried without its conditions, in a copy of the world, up to the yes.
func (w *suiteWorld) args(tb testing.TB, user orchestrator.User, turn orchestrator.Turn, step string) map[string]any {
	tb.Helper()
	if turn.Plan == nil {
		return nil
	}
	plan := orchestrator.Plan{Kind: orchestrator.PlanSteps}
	simple := true
	for _, s := range turn.Plan.Steps {
		s.When = nil
		plan.Steps = append(plan.Steps, s)
		if s.ID != step {
			continue
		}
		args := map[string]any{}
		for name, a := range s.Args {
			args[name] = a.Value
			simple = simple && a.Ref == ""
		}
		if simple {
			return args
		}
	}
	try := mustSuiteWorld(tb, w.catalog, w.holdings.clone(tb), turn.At, fixed{New(), plan})
	tried, err := try.kernel.Turn(tb.Context(), orchestrator.Request{Conversation: try.kernel.NewConversation(), User: user, Message: turn.Message})
	if err != nil {
		tb.Fatal(err)
	}
	for _, s := range tried.Steps {
		if s.ID == step {
			return s.Args
		}
	}
	return nil
}
