package openai

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"banyan/orchestrator"
)

// TestPeopleWhoAreTold shows whose directory entries a request may hold.
func TestPeopleWhoAreTold(t *testing.T) {
	t.Parallel()
	ann := orchestrator.User{Email: "ann@example.com", Name: "Ann Beck", Role: orchestrator.Customer}
	joe := orchestrator.User{Email: "joe@example.com", Name: "Joe Carr", Role: orchestrator.Customer}
	staff := orchestrator.User{Email: "sam@example.com", Name: "Sam Dow", Role: orchestrator.Support}
	for _, c := range []struct {
		user    orchestrator.User
		message string
		want    []string
	}{
		{ann, "who are Ann, Joe and Sam", []string{ann.Email}},
		{ann, "who is Joe Carr, joe@example.com", []string{ann.Email}},
		{staff, "who are Ann and Joe", []string{staff.Email}},
		{staff, "orders of joe  CARR, and of xann@example.com", []string{joe.Email, staff.Email}},
		{staff, "orders of ann@example.com.", []string{ann.Email, staff.Email}},
	} {
		var got []string
		for _, u := range tellable(orchestrator.PlanRequest{Message: c.message, User: c.user, People: []orchestrator.User{ann, joe, staff}}) {
			got = append(got, u.Email)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s says %q: %v instead of %v", c.user.Email, c.message, got, c.want)
		}
	}
	b := mustNew(t, mustServe(t, librarian))
	req := planRequest(library(t), "who are Ann, Joe")
	req.User, req.Subject, req.People = ann, ann, []orchestrator.User{ann, joe}
	messages, err := b.prompts.plan(req, b.chooser.choose(t.Context(), req), fence{"f00d"}, false)
	if text := fmt.Sprint(messages); err != nil || strings.Contains(text, joe.Email) || strings.Contains(text, joe.Name) {
		t.Errorf("a customer's request tells of somebody else: %v", err)
	}
}
