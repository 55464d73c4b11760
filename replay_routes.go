package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"banyan/orchestrator"
	"banyan/orchestrator/rollout"
)

func replayCommand(o *options) *cobra.Command {
	var file string
	var asJSON bool
	var most int
	cmd := &cobra.Command{
		Use:   "replay --routes FILE",
		Short: "Run stored conversations against proposed routes, as dry runs",
		Long: "FILE has an intent and its route on every line, such as \"cancel_order canary=25\"; what stands\n" +
			"behind a # is a remark. Every stored call that these routes would send to another side is\n" +
			"asked of both sides now, changes as dry runs, and the answers are compared. Nothing is changed.",
		Example: "printf 'cancel_order legacy\\n' > proposed.txt\nbanyan replay --routes proposed.txt",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if most < 1 {
				return wrong("--most is at least 1, not %d", most)
			}
			proposed, err := readRoutes(file)
			if err != nil {
				return err
			}
			o.standsIn(file)
			return withMigration(cmd, o, false, func(ctx context.Context, a *app, _ orchestrator.Actor, out io.Writer) error {
				r := replaying{app: a, most: most}
				if err := r.run(ctx, proposed); err != nil {
					return err
				}
				return r.print(out, asJSON)
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&file, "routes", "", "the file of proposed routes")
	f.BoolVar(&asJSON, "json", false, "print one JSON object a line for every call that would move")
	f.IntVar(&most, "most", 200, "how many different calls are tried at the most, the latest first")
	_ = cmd.MarkFlagRequired("routes")
	return cmd
}

// proposedRoute is one line of the file.
type proposedRoute struct {
	intent string
	route  orchestrator.Route
}

func readRoutes(file string) (routes []proposedRoute, err error) {
	f, err := os.Open(file) //nolint:gosec // the user names the file
	if err != nil {
		return nil, wrong("the routes cannot be read: %w", err)
	}
	defer func() { _ = f.Close() }()
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		text, _, _ := strings.Cut(lines.Text(), "#")
		words := strings.Fields(text)
		if len(words) == 0 {
			continue
		}
		route, err := orchestrator.ParseRoute(strings.Join(words[1:], " "))
		if err != nil {
			return nil, wrong("%s, line %d: %w", file, n, err)
		}
		if slices.ContainsFunc(routes, func(p proposedRoute) bool { return p.intent == words[0] }) {
			return nil, wrong("%s, line %d: %s has a route in an earlier line already", file, n, words[0])
		}
		routes = append(routes, proposedRoute{words[0], route})
	}
	if err := lines.Err(); err != nil {
		return nil, wrong("the routes cannot be read: %w", err)
	}
	if len(routes) == 0 {
		return nil, wrong("%s proposes no routes: every line has an intent and its route, such as \"cancel_order canary=25\"", file)
	}
	return routes, nil
}

// replaying tries what proposed routes would do to stored conversations.
type replaying struct {
	app   *app
	most  int
	turns int
	calls int
	moved []movedCall
	left  int // calls that would move and were not tried
	tried map[string]orchestrator.ShadowRecord
}

// movedCall is one stored call that would go to another side, as --json prints it.
type movedCall struct {
	Conversation string                    `json:"conversation"`
	Turn         string                    `json:"turn"`
	At           time.Time                 `json:"at"`
	Message      string                    `json:"message"`
	Intent       string                    `json:"intent"`
	For          string                    `json:"for,omitempty"`
	From         orchestrator.Era          `json:"from"`
	To           orchestrator.Era          `json:"to"`
	Found        orchestrator.ShadowRecord `json:"found"`
}

func (r *replaying) run(ctx context.Context, routes []proposedRoute) error {
	catalog := r.app.kernel.Catalog()
	proposed, err := r.propose(ctx, catalog, routes)
	if err != nil {
		return err
	}
	defer func() { _ = proposed.Close() }()
	infos, err := r.app.store.Conversations(ctx, r.app.opts.Email, 0)
	if err != nil {
		return failed(err)
	}
	r.tried = map[string]orchestrator.ShadowRecord{}
	for _, info := range infos {
		turns, err := r.app.store.Turns(ctx, info.ID, 0)
		if err != nil {
			return failed(err)
		}
		for _, t := range slices.Backward(turns) {
			r.turns++
			for _, rec := range t.Steps {
				if err := r.step(ctx, catalog, proposed, t, rec); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// propose makes a router of the proposed routes, which nobody else sees.
func (r *replaying) propose(ctx context.Context, catalog *orchestrator.Catalog, routes []proposedRoute) (*rollout.Controller, error) {
	c, err := rollout.New(rollout.Options{})
	if err != nil {
		return nil, failed(err)
	}
	c.Learn(catalog)
	status, err := r.app.migration.Status(ctx)
	if err != nil {
		return nil, failed(err)
	}
	by := orchestrator.Actor{Email: localActor, Why: "proposed"}
	for _, st := range status.Intents { // what is not proposed stays as it is
		if st.Version.Version > 0 {
			_, err = c.SetRoute(ctx, orchestrator.RouteChange{Intent: st.Intent, Route: st.Version.Route, By: by, Force: true})
			if err != nil {
				return nil, failed(err)
			}
		}
	}
	for _, p := range routes {
		if _, err := c.SetRoute(ctx, orchestrator.RouteChange{Intent: p.intent, Route: p.route, By: by, Force: true}); err != nil {
			return nil, wrong("%w", err)
		}
	}
	return c, nil
}

func (r *replaying) step(ctx context.Context, catalog *orchestrator.Catalog, proposed *rollout.Controller, t orchestrator.Turn, rec orchestrator.StepRecord) error {
	e := catalog.Intent(rec.Intent)
	if e == nil || rec.Route == "" || rec.Group || rec.Status != orchestrator.StepDone && rec.Status != orchestrator.StepFailed {
		return nil
	}
	r.calls++
	who := rec.For
	if who == "" {
		who = t.User
	}
	ask := orchestrator.RouteAsk{Entry: e, Who: who}
	from, to := r.app.migration.Choose(ask).First, proposed.Choose(ask).First
	if from == to {
		return nil
	}
	key, err := json.Marshal([]any{rec.Intent, who, rec.Args})
	if err != nil {
		return failed(err)
	}
	found, known := r.tried[string(key)]
	switch {
	case !known && len(r.tried) >= r.most:
		r.left++
		return nil
	case !known:
		if found, err = r.compare(ctx, e, t, rec, who, from, to); err != nil {
			return err
		}
		r.tried[string(key)] = found
	}
	r.moved = append(r.moved, movedCall{t.Conversation, t.ID, t.At, t.Message, rec.Intent, rec.For, from, to, found})
	return nil
}

// compare asks both sides the same, now.
func (r *replaying) compare(ctx context.Context, e *orchestrator.Entry, t orchestrator.Turn, rec orchestrator.StepRecord, who string, from, to orchestrator.Era) (orchestrator.ShadowRecord, error) {
	directory := r.app.shop.Directory()
	user, err := directory.Lookup(ctx, t.User)
	subject := user
	if err == nil && rec.For != "" {
		subject, err = directory.Lookup(ctx, rec.For)
	}
	if errors.Is(err, orchestrator.ErrUnknownUser) {
		return orchestrator.ShadowRecord{Inconclusive: true, Class: "unknown user"}, nil
	}
	if err != nil {
		return orchestrator.ShadowRecord{}, failed(err)
	}
	call := orchestrator.Call{Intent: rec.Intent, Args: rec.Args, User: user, Subject: subject, Conversation: t.Conversation, Turn: t.ID, Step: rec.ID}
	pair := orchestrator.Pair{At: t.At, Entry: e, Args: rec.Args, Who: who, Conversation: t.Conversation, Turn: t.ID, Step: rec.ID}
	for era, answer := range map[orchestrator.Era]*orchestrator.Answer{from: &pair.Primary, to: &pair.Candidate} {
		if era == "" {
			return orchestrator.ShadowRecord{Class: "nobody serves it"}, nil
		}
		var untold error
		if *answer, untold = r.app.kernel.Try(ctx, era, call); untold != nil {
			return orchestrator.ShadowRecord{Inconclusive: true, Class: untold.Error()}, nil //nolint:nilerr // it is told in the record
		}
	}
	return r.app.migration.compare(pair), nil
}

func (r *replaying) print(out io.Writer, asJSON bool) error {
	if asJSON {
		for _, m := range r.moved {
			if err := writeJSONLine(out, m); err != nil {
				return err
			}
		}
		return nil
	}
	if err := say(out, "%d turns with %d calls were looked at. %d of the calls would go to another side.", r.turns, r.calls, len(r.moved)+r.left); err != nil {
		return err
	}
	if r.left > 0 {
		if err := say(out, "%d of these were not tried; --most says how many are.", r.left); err != nil {
			return err
		}
	}
	if len(r.moved) == 0 {
		return nil
	}
	type line struct{ moved, same, differ, unclear int }
	lines := map[string]*line{}
	var names []string
	for _, m := range r.moved {
		name := fmt.Sprintf("%s\t%s → %s", m.Intent, orNobody(m.From), orNobody(m.To))
		l := lines[name]
		if l == nil {
			l = &line{}
			lines[name], names = l, append(names, name)
		}
		l.moved++
		switch {
		case m.Found.Inconclusive:
			l.unclear++
		case m.Found.Matched:
			l.same++
		default:
			l.differ++
		}
	}
	slices.Sort(names)
	w := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
	_, _ = fmt.Fprintln(w, "INTENT\tSIDE\tCALLS\tSAME ANSWER\tANOTHER ANSWER\tCANNOT TELL")
	for _, name := range names {
		l := lines[name]
		_, _ = fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\n", name, l.moved, l.same, l.differ, l.unclear)
	}
	if err := flushed(w); err != nil {
		return err
	}
	return r.printDifferences(out)
}

// shownDifferences is how many differing calls are listed.
const shownDifferences = 20

func (r *replaying) printDifferences(out io.Writer) error {
	n := 0
	for _, m := range r.moved {
		if m.Found.Matched || m.Found.Inconclusive {
			continue
		}
		if n++; n > shownDifferences {
			return say(out, "… and more; --json lists all of them.")
		}
		if err := say(out, "\n%s  %q  %s: %s", when(m.At), orchestrator.PrintableLine(m.Message), m.Intent, m.Found.Class); err != nil {
			return err
		}
		for _, d := range m.Found.Differences {
			if err := say(out, "    %s (%s): %s says %s, %s says %s", d.Path, d.Class, m.From, shortJSON(d.Primary), m.To, shortJSON(d.Candidate)); err != nil {
				return err
			}
		}
	}
	return nil
}

func orNobody(e orchestrator.Era) string {
	if e == "" {
		return "nobody"
	}
	return string(e)
}
