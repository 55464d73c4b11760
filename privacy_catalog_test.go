package main

import (
	"context"
	"slices"
	"strings"
	"testing"

	"banyan/backends/privacy"
	"banyan/orchestrator"
)

// lookedAt keeps the catalog that it is asked with.
type lookedAt struct {
	orchestrator.Backend
	catalog *orchestrator.Catalog
}

func (l *lookedAt) Plan(_ context.Context, req orchestrator.PlanRequest) (orchestrator.PlanReply, error) {
	l.catalog = req.Catalog
	return orchestrator.PlanReply{}, nil
}

// TestCatalogNamesNobody: what a service says of itself stays, unless it happens to
// hold the data of somebody whom the conversation is about. No intent is lost then.
func TestCatalogNamesNobody(t *testing.T) {
	t.Parallel()
	a := mustApp(t, &options{Backend: offlineName})
	defer func() { _ = a.Close() }()
	catalog := a.kernel.Catalog()
	inner := &lookedAt{}
	b := privacy.New(inner, privacy.Config{})
	ask := func(phone string) {
		t.Helper()
		steps := []orchestrator.StepRecord{{ID: "me", Intent: "get_profile", Result: map[string]any{"phone": phone}}}
		if _, err := b.Plan(t.Context(), orchestrator.PlanRequest{Message: "hello", Catalog: catalog, Goal: true, Done: steps}); err != nil {
			t.Fatal(err)
		}
	}
	examples := func() string { return strings.Join(inner.catalog.Intent("update_phone").Examples, "\n") }
	if ask("+47 999 99 999"); inner.catalog != catalog {
		t.Error("a catalog that names nobody was copied")
	}
	if ask("0047 40000123"); !strings.Contains(strings.Join(catalog.Intent("update_phone").Examples, "\n"), "+47 400 00 123") || strings.Contains(examples(), "400 00 123") {
		t.Errorf("the examples: %s", examples())
	}
	names := func(c *orchestrator.Catalog) (out []string) {
		for _, e := range c.Intents() {
			out = append(out, e.Name)
		}
		return out
	}
	if !slices.Equal(names(inner.catalog), names(catalog)) {
		t.Errorf("of %v there is left %v", names(catalog), names(inner.catalog))
	}
}
