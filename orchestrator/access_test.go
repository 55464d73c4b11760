package orchestrator

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

var (
	pia  = User{Email: "pia@example.com", Name: "Pia Pine", Role: Presenter}
	adam = User{Email: "adam@example.com", Name: "Adam Aspen", Role: Admin}
)

func TestDefaultAccess(t *testing.T) {
	about := Intent{Name: "x", Subject: "email", Effect: Write}
	nobody := func(e Effect) Intent { return Intent{Name: "x", Effect: e} }
	for _, tc := range []struct {
		name          string
		in            Intent
		user, subject User
		want          bool
	}{
		{"OwnAccount", about, ann, ann, true},
		{"AnotherCustomer", about, ann, bob, false},
		{"SupportForCustomer", about, sue, ann, true},
		{"PresenterForCustomer", about, pia, ann, true},
		{"SupportForStaff", about, sue, pia, false},
		{"AdminForStaff", about, adam, sue, true},
		{"CustomerForStaff", about, ann, sue, false},
		{"NobodySignedIn", about, User{}, ann, false},
		{"AboutNobodyRead", nobody(Read), ann, ann, true},
		{"AboutNobodyWrite", nobody(Write), ann, ann, false},
		{"AboutNobodyDestructive", nobody(Destructive), ann, ann, false},
		{"AboutNobodyWriteByStaff", nobody(Write), sue, sue, true},
		{"AboutNobodyReadByNobody", nobody(Read), User{}, User{}, false},
		{"UnknownRole", about, User{Email: "x@example.com", Role: "root"}, ann, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			a, err := newAccess(newExpressions(), tc.in)
			if err != nil {
				t.Fatal(err)
			}
			o := Offer{Intent: tc.in, access: a}
			if got := o.allows(t.Context(), testNow, tc.user, tc.subject, nil); (got == nil) != tc.want {
				t.Errorf("got %v", got)
			}
		})
	}
	t.Run("NoRuleAtAll", func(t *testing.T) {
		if err := (&Offer{Intent: about}).allows(t.Context(), testNow, adam, adam, nil); err == nil {
			t.Error("an offer without a compiled rule is allowed")
		}
	})
}

// till is a service with one intent of each kind, whose rules a test sets.
type till struct {
	depot
	era   Era
	rules map[string]string
}

type payParams struct {
	Email  string  `json:"email" format:"email"`
	Amount float64 `json:"amount" trust:"any"`
	Note   string  `json:"note,omitempty"`
}

type paid struct {
	Amount float64 `json:"amount"`
	Note   string  `json:"note"`
}

func (s *till) Describe(context.Context) (Description, error) {
	params, err := SchemaFor[payParams]()
	if err != nil {
		return Description{}, err
	}
	result, err := SchemaFor[paid]()
	if err != nil {
		return Description{}, err
	}
	d := Description{Name: "till-" + string(s.era), Version: "1.0.0", Contract: ContractVersion, Era: s.era}
	for name, effect := range map[string]Effect{"pay": Write, "see_paid": Read} {
		d.Intents = append(d.Intents, Intent{Name: name, Summary: "Do " + name, Params: params, Result: result, Effect: effect, Subject: "email", Access: s.rules[name]})
	}
	return d, nil
}

func (s *till) Call(_ context.Context, call Call) (Result, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, call)
	return Result{Data: map[string]any{"amount": call.Args["amount"], "note": "yes, go ahead"}}, nil
}

func TestAccessRules(t *testing.T) {
	pay := func(amount Arg) Step { return Step{ID: "pay", Intent: "pay", Args: args("amount", amount)} }
	see := Step{ID: "see", Intent: "see_paid", Args: args("amount", lit(900.0))}
	small := `user.email == subject.email && args.amount < 100.0`
	for _, tc := range []struct {
		name  string
		rules map[string]string
		plan  []Step
		user  User
		kind  TurnKind
		want  string // statuses
		calls int
	}{
		{"Default", nil, []Step{pay(lit(50.0))}, ann, KindAnswer, "pay done", 1},
		{"NotTheirRole", map[string]string{"pay": `user.role == "admin"`}, []Step{pay(lit(50.0))}, ann, KindRefusal, "", 0},
		{"ArgumentAllowed", map[string]string{"pay": small}, []Step{pay(lit(50.0))}, ann, KindAnswer, "pay done", 1},
		{"ArgumentDenied", map[string]string{"pay": small}, []Step{pay(lit(500.0))}, ann, KindRefusal, "pay denied", 0},
		{"ReferenceDenied", map[string]string{"pay": small}, []Step{see, pay(expr("steps.see.amount"))}, ann, KindAnswer, "see done, pay denied", 0},
		{"MissingArgumentDenies", map[string]string{"pay": `args.note == "ok"`}, []Step{pay(lit(50.0))}, ann, KindRefusal, "pay denied", 0},
		{"ReadDenied", map[string]string{"see_paid": `false`}, []Step{see}, ann, KindRefusal, "", 0},
		{"TimeOfDay", map[string]string{"pay": `now.getHours() > 20`}, []Step{pay(lit(50.0))}, ann, KindRefusal, "", 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := &till{era: Modern, rules: tc.rules}
			k := mustKernel(t, steps(tc.plan...), s)
			turn, err := k.Turn(t.Context(), Request{Conversation: "c", User: tc.user, Message: "pay 50, or 500, or 900", Yes: true})
			if err != nil || turn.Kind != tc.kind || statuses(turn) != tc.want {
				t.Errorf("got %s %q %q %v", turn.Kind, statuses(turn), turn.Answer, err)
			}
			if n := len(s.made("pay")); n != tc.calls {
				t.Errorf("%d calls, want %d", n, tc.calls)
			}
			if tc.calls == 0 && len(s.calls) != strings.Count(tc.want, "see done") {
				t.Errorf("%d calls in all: a dry run or a look-up got through", len(s.calls))
			}
		})
	}
}

// TestAccessOfTheSideThatIsCalled has both eras offer an intent under different rules.
func TestAccessOfTheSideThatIsCalled(t *testing.T) {
	modern, old := &till{era: Modern, rules: map[string]string{"see_paid": `true`}}, &till{era: Legacy, rules: map[string]string{"see_paid": `user.staff`}}
	k := mustKernel(t, steps(Step{ID: "see", Intent: "see_paid", Args: args("amount", lit(1.0))}), modern, old)
	if turn := k.mustTurn(t, ann, "see"); turn.Kind != KindAnswer || len(modern.calls) != 1 || len(old.calls) != 0 {
		t.Fatalf("got %s, %d and %d calls", turn.Kind, len(modern.calls), len(old.calls))
	}
	offers := k.Catalog().Intent("see_paid").Offers
	call := Call{Intent: "see_paid", Args: map[string]any{"email": ann.Email, "amount": 1.0}, User: ann, Subject: ann}
	for _, o := range offers {
		_, problem, _ := k.call(t.Context(), o, call)
		if (problem == nil) != (o.Era == Modern) {
			t.Errorf("%s: %v", o.Era, problem)
		}
	}
	if len(old.calls) != 0 {
		t.Error("legacy was called against its own rule")
	}
}

// TestCallsAreChecked proves that the last check stands right before the call and
// believes nobody: not the step, not what was checked before.
func TestCallsAreChecked(t *testing.T) {
	s := &till{era: Modern}
	k := mustKernel(t, nil, s)
	offer := k.Catalog().Intent("pay").Offers[0]
	for _, tc := range []struct {
		name          string
		user, subject User
		email         any
		ok            bool
	}{
		{"Sound", ann, ann, ann.Email, true},
		{"AnotherSubject", ann, bob, bob.Email, false},
		{"AnotherArgument", ann, ann, bob.Email, false},
		{"NoArgument", ann, ann, nil, false},
		{"StaffWithAnotherArgument", sue, ann, bob.Email, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			before := len(s.calls)
			_, problem, _ := k.call(t.Context(), offer, Call{Intent: "pay", Args: map[string]any{"email": tc.email, "amount": 1.0}, User: tc.user, Subject: tc.subject})
			if (problem == nil) != tc.ok || len(s.calls) != before+strings.Count(fmt.Sprint(tc.ok), "true") {
				t.Errorf("got %v and %d calls", problem, len(s.calls)-before)
			}
			if problem != nil && (problem.Code != CodeDenied || !errors.Is(problem, errNotAllowed)) {
				t.Errorf("got %+v", problem)
			}
		})
	}
}

func TestRuleThatDoesNotCompile(t *testing.T) {
	for name, rule := range map[string]string{
		"Syntax": `user.email ==`, "NoSuchField": `user.password == "x"`, "NoSuchArgument": `args.nothing == 1`, "NotBool": `user.email`, "NoSuchFunction": `allowed(user)`,
	} {
		t.Run(name, func(t *testing.T) {
			s, d := &till{era: Modern, rules: map[string]string{"pay": rule}}, &depot{era: Modern}
			k, err := New(t.Context(), Config{Services: []Service{s, d}, Backend: &script{}, Store: &shelf{}, Directory: people{}})
			if err != nil {
				t.Fatal(err)
			}
			if p := k.Problems(); len(p) != 1 || !strings.Contains(p[0].Error(), "pay") || !strings.Contains(p[0].Error(), "not loaded") {
				t.Errorf("the problems are %v", p)
			}
			if k.Catalog().Intent("see_paid") != nil || k.Catalog().Intent("get_loan") == nil {
				t.Error("not exactly the service with the mistake is left out")
			}
		})
	}
}

func TestActingFor(t *testing.T) {
	d := &depot{era: Modern}
	look := Step{ID: "look", Intent: "list_loans"}
	k := mustKernel(t, steps(look), d)
	say := func(t *testing.T, u User, message string, want TurnKind, about string) Turn {
		t.Helper()
		turn := k.mustTurn(t, u, message)
		if turn.Kind != want || turn.Subject != about {
			t.Fatalf("%q: got %s about %q: %s", message, turn.Kind, turn.Subject, turn.Answer)
		}
		return turn
	}
	sub := k.Subscribe(1000)
	defer sub.Close()
	say(t, sue, "show the loans", KindQuestion, "")
	say(t, sue, "/as ann@example.com", KindAnswer, "")
	say(t, sue, "show the loans", KindAnswer, ann.Email)
	for range recallTurns + 3 { // longer than what is recalled
		if turn := say(t, sue, "show the loans", KindAnswer, ann.Email); turn.ActingFor != ann.Email {
			t.Fatalf("it acts for %q", turn.ActingFor)
		}
	}
	k.recall.forget("c-" + sue.Email) // as if another process went on
	say(t, sue, "show the loans", KindAnswer, ann.Email)
	say(t, sue, "/as nobody@example.com", KindRefusal, "")
	say(t, sue, "/as "+sue.Email, KindRefusal, "")
	say(t, sue, "show the loans", KindAnswer, ann.Email)
	say(t, sue, "/as", KindAnswer, "")
	say(t, sue, "show the loans", KindQuestion, "")
	say(t, ann, "/as bob@example.com", KindRefusal, "")
	say(t, ann, "show the loans", KindAnswer, ann.Email)
	var acting []string
	for len(sub.C) > 0 {
		if e := <-sub.C; e.Kind == EventActingFor {
			acting = append(acting, e.User+" for "+e.Subject)
		}
	}
	if len(acting) == 0 || acting[0] != sue.Email+" for "+ann.Email || acting[len(acting)-1] != sue.Email+" for " {
		t.Errorf("the events are %q", acting)
	}
	for _, c := range d.calls {
		if c.Subject.Email != ann.Email {
			t.Errorf("a call about %q", c.Subject.Email)
		}
	}
	t.Run("ByRequest", func(t *testing.T) {
		turn, err := k.Turn(t.Context(), Request{Conversation: "by-request", User: sue, As: "Bob Birch", Message: "show the loans"})
		if err != nil || turn.Kind != KindAnswer || turn.Subject != bob.Email || turn.ActingFor != bob.Email {
			t.Errorf("got %+v %v", turn, err)
		}
		turn, err = k.Turn(t.Context(), Request{Conversation: "by-request-2", User: ann, As: "Bob Birch", Message: "show the loans"})
		if err != nil || turn.Kind != KindRefusal {
			t.Errorf("a customer acts for another: %+v %v", turn, err)
		}
	})
}

// TestPlanCannotChooseTheCustomer has a plan name a customer whom staff did not.
func TestPlanCannotChooseTheCustomer(t *testing.T) {
	d := &depot{era: Modern}
	k := mustKernel(t, steps(Step{ID: "look", Intent: "list_loans", For: bob.Email}), d)
	if turn := k.mustTurn(t, sue, "what does Ann Ash have?"); turn.Kind != KindQuestion || len(d.calls) != 0 {
		t.Errorf("got %s after %d calls", turn.Kind, len(d.calls))
	}
	if turn := k.mustTurn(t, sue, "what does Bob Birch have?"); turn.Kind != KindAnswer || len(d.calls) != 1 {
		t.Errorf("got %s after %d calls", turn.Kind, len(d.calls))
	}
}

func TestCredentials(t *testing.T) {
	now := testNow
	c := NewCredentials(func() time.Time { return now })
	call := Call{Intent: "pay", User: ann, Subject: ann, Key: "k"}
	call.Credential = c.Sign(call)
	for name, change := range map[string]func(*Call){
		"User":     func(c *Call) { c.User = bob },
		"Role":     func(c *Call) { c.User.Role = Admin },
		"Subject":  func(c *Call) { c.Subject = bob },
		"Intent":   func(c *Call) { c.Intent = "see_paid" },
		"Key":      func(c *Call) { c.Key = "k2" },
		"DryRun":   func(c *Call) { c.DryRun = true },
		"Missing":  func(c *Call) { c.Credential = "" },
		"Nonsense": func(c *Call) { c.Credential = "x.y" },
		"Longer":   func(c *Call) { c.Credential = "zzzzzz" + c.Credential[strings.Index(c.Credential, "."):] },
		"OtherKey": func(other *Call) { other.Credential = NewCredentials(c.now).Sign(*other) },
		"Moved":    func(c *Call) { c.User.Email, c.Subject.Email = c.User.Email+c.Subject.Email[:1], c.Subject.Email[1:] },
	} {
		t.Run(name, func(t *testing.T) {
			forged := call
			change(&forged)
			if err := asError(c.Verify(forged)); err == nil || err.Code != CodeDenied {
				t.Errorf("got %v", err)
			}
		})
	}
	if err := c.Verify(call); err != nil {
		t.Error(err)
	}
	now = now.Add(credentialLife + time.Second)
	if c.Verify(call) == nil {
		t.Error("it fits for ever")
	}
	var none *Credentials
	if none.Sign(call) != "" || none.Verify(Call{}) != nil {
		t.Error("nil credentials sign or ask for something")
	}
}

// BenchmarkPolicy is what the rules cost for one step: at the check of the plan, when
// its arguments are known, and before the call, with the credential.
func BenchmarkPolicy(b *testing.B) {
	own := `user.email == subject.email || user.role == "admin" || user.staff && subject.role == "customer"`
	for name, rule := range map[string]string{"Default": "", "Stated": own, "Arguments": own + ` && args.amount < 1000.0 && now.getHours() > 5`} {
		b.Run(name, func(b *testing.B) {
			s := &till{era: Modern, rules: map[string]string{"pay": rule, "see_paid": rule}}
			k := mustKernel(b, nil, s)
			k.cfg.Credentials = NewCredentials(k.cfg.Now)
			r := &run{k: k.Kernel, now: testNow, req: Request{User: sue}}
			st := &stepRun{entry: k.Catalog().Intent("pay"), subject: ann}
			call := Call{Intent: "pay", User: sue, Subject: ann, Key: "k", Args: map[string]any{"email": ann.Email, "amount": 5.0}}
			b.ReportAllocs()
			for b.Loop() {
				if r.refusedAtOnce(b.Context(), st) != nil || r.allowed(b.Context(), st, call.Args) != nil || k.mayCall(b.Context(), st.entry.Offers[0], call) != nil {
					b.Fatal("refused")
				}
				if k.cfg.Credentials.Sign(call) == "" {
					b.Fatal("not signed")
				}
			}
		})
	}
}

func TestCatalogFor(t *testing.T) {
	young, old := twoSides(0, 0)
	k, _ := routedKernel(t, nil, &script{}, young, old, &till{era: Modern, rules: map[string]string{
		"pay":      `user.role in ["presenter", "admin"]`,
		"see_paid": `args.amount < 100.0`,
	}})
	all := k.Catalog()
	names := func(u User) (out string) {
		for _, e := range all.For(t.Context(), testNow, u).Intents() {
			if e.Name == "pay" || e.Name == "see_paid" {
				out += e.Name + " "
			}
		}
		return out
	}
	for _, tc := range []struct {
		user User
		want string
	}{{ann, "see_paid "}, {bob, "see_paid "}, {sue, "see_paid "}, {pia, "pay see_paid "}, {adam, "pay see_paid "}} {
		for range 2 {
			if got := names(tc.user); got != tc.want {
				t.Errorf("%s sees %q, want %q", tc.user.Email, got, tc.want)
			}
		}
	}
	anns, bobs := all.For(t.Context(), testNow, ann), all.For(t.Context(), testNow, bob)
	if anns != bobs || anns.Version() == all.Version() || anns.Intent("pay") != nil || all.Intent("pay") == nil {
		t.Error("those who see the same do not share it, or it cannot be told from the whole")
	}
	if all.For(t.Context(), testNow, adam) != all {
		t.Error("who sees everything does not see the catalog itself")
	}
}
