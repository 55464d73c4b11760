package services

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"

	"banyan/orchestrator"
)

// Typed is one intent with the function that performs it; see Handle.
type Typed struct {
	intent orchestrator.Intent
	call   func(context.Context, orchestrator.Call) (orchestrator.Result, error)
	// revive gives the result in JSON's shape again that was kept as the function
	// returned it.
	revive func(kept []byte) (map[string]any, error)
	err    error
}

// Handle couples an intent with the function that performs it. In and Out are
// structs; the intent's Params and Result are inferred from them and must be left
// empty. The function gets arguments that fit the schema of In, and a context that
// CallFrom understands. A refusal for people is an *orchestrator.Error; any other
// error counts as a failure of the service. A function that changes something does
// so once for each idempotency key and not at all on a dry run, which storage.Change
// sees to. A mistake in the structs is reported by New.
func Handle[In, Out any](intent orchestrator.Intent, fn func(ctx context.Context, in In) (Out, error)) Typed {
	t := Typed{intent: intent}
	params, err := orchestrator.SchemaFor[In]()
	if err != nil {
		t.err = fmt.Errorf("schema of the parameters: %w", err)
		return t
	}
	result, err := orchestrator.SchemaFor[Out]()
	if err != nil {
		t.err = fmt.Errorf("schema of the result: %w", err)
		return t
	}
	t.intent.Params, t.intent.Result = params, result
	rules, err := rulesOf(params, reflect.TypeFor[In]())
	if err != nil {
		t.err = fmt.Errorf("schema of the parameters: %w", err)
		return t
	}
	encode, err := encoderOf[Out]()
	if err != nil {
		t.err = fmt.Errorf("result: %w", err)
		return t
	}
	t.revive = func(kept []byte) (map[string]any, error) {
		var out Out
		if err := json.Unmarshal(kept, &out); err != nil {
			return nil, err
		}
		return encode(out), nil
	}
	t.call = func(ctx context.Context, call orchestrator.Call) (orchestrator.Result, error) {
		var in In
		if err := decode(rules, call.Args, &in); err != nil {
			return orchestrator.Result{}, err
		}
		out, err := fn(context.WithValue(ctx, callKey{}, call), in)
		if err != nil {
			return orchestrator.Result{}, err
		}
		return orchestrator.Result{Data: encode(out)}, nil
	}
	return t
}

type callKey struct{}

// CallFrom returns the call that a function of Handle works for: who asks (User),
// whom it is about (Subject), the idempotency key and whether it is a dry run. On
// any other context it is the zero Call.
func CallFrom(ctx context.Context) orchestrator.Call {
	call, _ := ctx.Value(callKey{}).(orchestrator.Call)
	return call
}

// WithCall returns a context that carries the call, for those who run a function
// of Handle outside a Service.
func WithCall(ctx context.Context, call orchestrator.Call) context.Context {
	return context.WithValue(ctx, callKey{}, call)
}
