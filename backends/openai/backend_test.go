package openai

import (
	"slices"
	"strings"
	"testing"

	"banyan/backends/openai/fake"
	"banyan/orchestrator"
	"banyan/orchestrator/conformance"
)

func TestConformance(t *testing.T) {
	for _, form := range []struct {
		name   string
		refuse []string
	}{
		{"Schema", nil},
		{"Tool", []string{"json_schema"}},
		{"JSON", []string{"json_schema", "tools"}},
		{"Text", []string{"response_format", "tools"}},
	} {
		t.Run(form.name, func(t *testing.T) {
			both(t, func(t *testing.T, change func(*Options)) {
				conformance.Backend(t, func(tb testing.TB) orchestrator.Backend {
					s := mustServe(tb, librarian)
					s.Refuse = form.refuse
					return mustNew(tb, s, change)
				})
			})
		})
	}
}

func TestPlan(t *testing.T) {
	const full = `{"kind":"steps","text":"","steps":[` +
		`{"id":"loans","intent":"list_loans","for":null,"args":[],"when":null,"after":[],"lookup":true,"text":"my latest loan"},` +
		`{"id":"renew","intent":"renew_loan","for":"Bob Birch","args":[{"name":"loan_id","value":null,"ref":"steps.loans.loans[0].loan_id","text":"my latest loan"},` +
		`{"name":"weeks","value":3,"ref":null,"text":null},{"name":"notes","value":"[\"a\",\"b\"]","ref":null,"text":null}],` +
		`"when":{"text":"it is not overdue","expr":"steps.loans.loans[0].due > now"},"after":["loans"],"lookup":false,"text":"renew it"}],"missing":null}`
	both(t, func(t *testing.T, change func(*Options)) {
		s := mustServe(t, func(r fake.Request) fake.Reply {
			p := fake.JSON(r, full)
			p.Usage = &fake.Usage{Prompt: 1000, Completion: 100}
			return p
		})
		b := mustNew(t, s, change)
		catalog := library(t)
		reply, err := b.Plan(t.Context(), planRequest(catalog, "renew my latest loan if it is not overdue"))
		if err != nil {
			t.Fatal(err)
		}
		if problems := orchestrator.CheckPlan(t.Context(), catalog, &reply.Plan); len(problems) > 0 {
			t.Errorf("the plan is not sound: %s", strings.Join(problems, "; "))
		}
		renew := reply.Plan.Steps[1]
		if renew.For != "Bob Birch" || renew.Args["loan_id"].Ref == "" || renew.Args["weeks"].Value != 3.0 || renew.When.Expr == "" || !slices.Equal(renew.After, []string{"loans"}) {
			t.Errorf("the step is %+v", renew)
		}
		if list, _ := renew.Args["notes"].Value.([]any); len(list) != 2 {
			t.Errorf("the list is %v", renew.Args["notes"].Value)
		}
		want := orchestrator.Usage{Backend: "openai", Model: "test-model", ModelCalls: 1, InputTokens: 1000, OutputTokens: 100, CostUSD: 0.0028}
		if reply.Usage != want {
			t.Errorf("the usage is %+v, want %+v", reply.Usage, want)
		}
	})
}

func TestRespond(t *testing.T) {
	both(t, func(t *testing.T, change func(*Options)) {
		for _, c := range []struct{ name, says, want string }{
			{"Plain", "You have **one** loan.", "You have **one** loan."},
			{"Thought", "<think>\nHm, loans.\n</think>\n\nYou have one.", "You have one."},
			{"LessThan", "<b> is a tag", "<b> is a tag"},
			{"Unicode", "Du hast ein Buch: „Ätläs“ 📚.", "Du hast ein Buch: „Ätläs“ 📚."},
		} {
			t.Run(c.name, func(t *testing.T) {
				b := mustNew(t, mustServe(t, func(fake.Request) fake.Reply { return fake.Reply{Text: c.says} }), change)
				var pieces []string
				reply, err := b.Respond(t.Context(), answerRequest(library(t)), func(d string) { pieces = append(pieces, d) })
				if err != nil {
					t.Fatal(err)
				}
				if reply.Text != c.want || strings.Join(pieces, "") != c.want {
					t.Errorf("the answer is %q, in pieces %q, want %q", reply.Text, pieces, c.want)
				}
				if reply.Usage.OutputTokens == 0 || reply.Usage.CostUSD == 0 {
					t.Errorf("the usage is %+v", reply.Usage)
				}
			})
		}
	})
}

func TestJudge(t *testing.T) {
	both(t, func(t *testing.T, change func(*Options)) {
		for says, want := range map[string]orchestrator.Verdict{
			`{"met":true,"why":"It is."}`:      {Met: true, Known: true, Why: "It is."},
			`{"met":false,"why":"It is not."}`: {Known: true, Why: "It is not."},
			`{"met":null,"why":"Who knows."}`:  {Why: "Who knows."},
		} {
			b := mustNew(t, mustServe(t, func(r fake.Request) fake.Reply { return fake.JSON(r, says) }), change)
			v, err := b.Judge(t.Context(), orchestrator.JudgeRequest{Condition: "it is heavy", Steps: answerRequest(nil).Steps, Now: noon})
			if err != nil {
				t.Fatal(err)
			}
			if v.Usage.ModelCalls != 1 {
				t.Errorf("the usage is %+v", v.Usage)
			}
			if v.Usage = (orchestrator.Usage{}); v != want {
				t.Errorf("%s: %+v", says, v)
			}
		}
	})
}
