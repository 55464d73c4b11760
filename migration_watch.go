package main

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"strings"

	"banyan/orchestrator"
)

// For is the migration as a user may see it: all of it for those who may steer, and
// for everybody else without what other people asked for and were answered.
func (m *migration) For(user orchestrator.User) orchestrator.Migration {
	if steersMigration(user) {
		return m
	}
	return watched{m, user}
}

// watched is the migration for somebody who may look at it and not steer it.
type watched struct {
	*migration
	user orchestrator.User
}

// Mismatches returns of each difference where it was found and of which class it is:
// neither values nor arguments, nor whose and when it was.
func (w watched) Mismatches(ctx context.Context, intent string, n int) ([]orchestrator.Mismatch, error) {
	list, err := w.migration.Mismatches(ctx, intent, n)
	if err != nil {
		return nil, err
	}
	out := make([]orchestrator.Mismatch, len(list))
	for i, x := range list {
		out[i] = bare(x)
	}
	return out, nil
}

// Explain tells users where their own calls go.
func (w watched) Explain(ctx context.Context, intent, who string) (orchestrator.Explanation, error) {
	if who = cmp.Or(who, w.user.Email); !strings.EqualFold(who, w.user.Email) {
		return orchestrator.Explanation{}, &orchestrator.Error{
			Code:    orchestrator.CodeDenied,
			Message: fmt.Sprintf("%s can only be told where her or his own calls go. Staff, presenters and admins are told about others.", cmp.Or(w.user.Email, "Nobody in particular")),
		}
	}
	return w.migration.Explain(ctx, intent, w.user.Email)
}

// bare is a difference without anything that was asked or answered.
func bare(x orchestrator.Mismatch) orchestrator.Mismatch {
	out := orchestrator.Mismatch{
		Intent: x.Intent, Noise: x.Noise,
		Found:     orchestrator.ShadowRecord{Matched: x.Found.Matched, Inconclusive: x.Found.Inconclusive, Class: x.Found.Class},
		Primary:   orchestrator.SideAnswer{Era: x.Primary.Era, Service: x.Primary.Service},
		Candidate: orchestrator.SideAnswer{Era: x.Candidate.Era, Service: x.Candidate.Service},
	}
	for _, d := range x.Found.Differences {
		out.Found.Differences = append(out.Found.Differences, orchestrator.Difference{Path: fieldNames(d.Path), Class: d.Class})
	}
	return out
}

// A key in a path is data where it is quoted, a number, or has a digit in it, such as
// that of an order.
var pathKeys = regexp.MustCompile(`\[[^\[\]"]*\]|\["(?:[^"\\]|\\.)*"\]|[^.\[\]"]*[0-9@][^.\[\]"]*`)

// fieldNames is a path without the keys in it that are data.
func fieldNames(path string) string {
	return pathKeys.ReplaceAllStringFunc(path, func(key string) string {
		if strings.HasPrefix(key, "[") {
			return "[*]"
		}
		return "*"
	})
}

// seen is the migration as the user of a command may see it, and who that is. A
// command that names nobody is run by the owner of the data folder, who may see
// everything.
func (a *app) seen(ctx context.Context) (m orchestrator.Migration, who string, err error) {
	if a.opts.Email == "" {
		return a.migration, "", nil
	}
	user, err := a.user(ctx)
	if err != nil {
		return nil, "", err
	}
	return a.migration.For(user), user.Email, nil
}

// whole tells whether differences hold what was answered.
func whole(list []orchestrator.Mismatch) bool {
	for _, x := range list {
		if x.Who != "" || !x.At.IsZero() {
			return true
		}
	}
	return false
}

// differenceCount says how often a kind of difference was found.
type differenceCount struct {
	Intent string   `json:"intent"`
	Class  string   `json:"class"`
	Fields []string `json:"fields,omitempty"`
	Count  int      `json:"count"`
}

// counted sums differences up, each kind where it comes first.
func counted(list []orchestrator.Mismatch) []differenceCount {
	var out []differenceCount
	at := map[string]int{}
	for _, x := range list {
		c := differenceCount{Intent: x.Intent, Class: x.Found.Class, Count: 1}
		for _, d := range x.Found.Differences {
			c.Fields = append(c.Fields, fieldNames(d.Path))
		}
		id := fmt.Sprintf("%q", append([]string{c.Intent, c.Class}, c.Fields...))
		if i, ok := at[id]; ok {
			out[i].Count++
			continue
		}
		at[id] = len(out)
		out = append(out, c)
	}
	return out
}
