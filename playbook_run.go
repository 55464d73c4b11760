package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"banyan/orchestrator"
)

func playbookRunCommand(o *options) *cobra.Command {
	var a asker
	var goOn bool
	cmd := &cobra.Command{
		Use:   "run NAME [PARAMETER=VALUE…]",
		Short: "Run a playbook as a turn",
		Long: "The parameters are those of the playbook; what is missing is asked for. Changes wait for a\n" +
			"yes, as with \"banyan ask\", and the exit statuses are the same.",
		Example: "banyan playbook run guided_return order_id=4001 reason=\"too small\" --email dora@example.com",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			if err := o.load(cmd); err != nil {
				return err
			}
			app, err := open(ctx, o, "banyan playbook run")
			if err != nil {
				return err
			}
			a.app, a.out, a.err = app, cmd.OutOrStdout(), cmd.ErrOrStderr()
			status := a.play(ctx, args[0], args[1:], cmd.InOrStdin(), goOn)
			if err := app.Close(); err != nil && status == nil {
				return failed(err)
			}
			return status
		},
	}
	a.register(cmd, o, &goOn)
	return cmd
}

// play runs a playbook as the first turn, and what the user answers as the next.
func (a *asker) play(ctx context.Context, name string, params []string, in io.Reader, goOn bool) error {
	plan, err := a.playbookPlan(name, params)
	if err != nil {
		return err
	}
	message := strings.Join(append([]string{"Run the playbook", name}, params...), " ")
	if a.planned, err = a.app.usePlan(ctx, message, plan); err != nil {
		return err
	}
	defer func() {
		if a.planned != nil {
			a.planned()
		}
	}()
	return a.run(ctx, []string{message}, in, goOn)
}

// usePlan puts a plan for a message before the kernel's backend, until done is
// called. One process may have several commands that do so; they do it in turn.
func (a *app) usePlan(ctx context.Context, message string, plan orchestrator.Plan) (done func(), err error) {
	if a.holder == nil {
		if err := a.kernel.Use(ctx, &firstPlan{Backend: a.backend, message: message, plan: plan}); err != nil {
			return nil, failed(err)
		}
		return nil, nil
	}
	select {
	case a.holder.playing <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	chain := a.backends.inUse()
	backend, _, err := a.backends.open(ctx, chain)
	if err == nil {
		err = a.kernel.Use(ctx, &firstPlan{Backend: backend, message: message, plan: plan})
	}
	if err != nil {
		<-a.holder.playing
		return nil, failed(err)
	}
	return func() {
		if a.backends.inUse() == chain { // nobody has switched meanwhile
			_ = a.kernel.Use(context.WithoutCancel(ctx), backend) // it described itself before
		}
		<-a.holder.playing
	}, nil
}

// inUse names the backends in use, as they were asked for.
func (b *backends) inUse() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return strings.Join(b.chain, ",")
}

// playbookPlan is the plan that has the playbook as its only step.
func (a *asker) playbookPlan(name string, params []string) (orchestrator.Plan, error) {
	e := a.app.kernel.Catalog().Intent(name)
	if _, ok := a.app.playbooks.Play(name); !ok || e == nil {
		sayPlaybookProblems(a.err, a.app.playbooks)
		return orchestrator.Plan{}, wrong("there is no playbook %q; \"banyan playbook list\" shows what there is", name)
	}
	step := orchestrator.Step{ID: "play", Intent: name, Args: map[string]orchestrator.Arg{}}
	for _, p := range params {
		key, value, ok := strings.Cut(p, "=")
		if !ok || e.Params.Properties[key] == nil || key == e.Subject {
			return orchestrator.Plan{}, wrong("%q is no parameter of %s; write NAME=VALUE, it has: %s", p, name, strings.Join(e.ParamNames(), ", "))
		}
		step.Args[key] = orchestrator.Arg{Value: value}
	}
	play, _ := a.app.playbooks.Play(name)
	for _, key := range e.ParamNames() {
		if _, given := step.Args[key]; !given && e.Required(key) {
			question := play.Questions[key]
			if question == "" {
				question = fmt.Sprintf("What is the %s?", strings.ReplaceAll(key, "_", " "))
			}
			return orchestrator.Plan{
				Kind: orchestrator.PlanQuestion, Text: question, Steps: []orchestrator.Step{step},
				Missing: &orchestrator.Missing{Step: step.ID, Param: key},
			}, nil
		}
	}
	return orchestrator.Plan{Kind: orchestrator.PlanSteps, Steps: []orchestrator.Step{step}, Partly: play.Plan.Partly}, nil
}

// firstPlan is a backend with a plan for one message ready. Everything else is left
// to the backend that it wraps.
type firstPlan struct {
	orchestrator.Backend
	message string
	plan    orchestrator.Plan
}

// Plan returns the ready plan for its message, without a look at anything.
func (f *firstPlan) Plan(ctx context.Context, req orchestrator.PlanRequest) (orchestrator.PlanReply, error) {
	if req.Message != f.message || req.Goal {
		return f.Backend.Plan(ctx, req)
	}
	return orchestrator.PlanReply{Plan: f.plan}, nil
}
