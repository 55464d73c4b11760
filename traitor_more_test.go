package main

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"banyan/backends/openai/fake"
	"banyan/orchestrator"
)

// TestTraitorIsCounted shows that every zero of TestTraitor can fail: without the guards,
// the same counters count.
func TestTraitorIsCounted(t *testing.T) {
	t.Parallel()
	w := newTraitorWorld(t, attackStrings(t), "ada@example.com", "")
	ben, err := w.app.shop.Directory().Lookup(t.Context(), "ben@example.com")
	if err != nil {
		t.Fatal(err)
	}
	w.socket.expect(expected{user: w.asker.user.Email, subjects: []string{w.asker.user.Email}})
	shown := ""
	for _, call := range []orchestrator.Call{
		{Intent: "get_profile", User: ben, Subject: ben, Args: map[string]any{"email": ben.Email}},
		{Intent: "update_phone", User: w.asker.user, Subject: w.asker.user, Args: map[string]any{"email": w.asker.user.Email, "phone": "+47 400 11 222"}, Key: "k"},
	} {
		for _, s := range w.app.shop.Services() {
			d, err := s.Describe(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if d.Name != "user" {
				continue
			}
			call.Credential = w.app.proof.Sign(call)
			res, err := w.socket.before(s).Call(t.Context(), call)
			if err != nil {
				t.Fatal(err)
			}
			shown += fmt.Sprint(res.Data)
		}
	}
	w.look("the answer", shown+"\x1b[2J")
	k := w.socket
	if k.foreign != 1 || k.unconfirmed != 1 || k.handed == 0 || w.shown == 0 || w.drives != 1 {
		t.Errorf("foreign %d, unconfirmed %d, given away %d, shown %d, drives %d", k.foreign, k.unconfirmed, k.handed, w.shown, w.drives)
	}
	for _, text := range []string{canaryPhone(1), canaryAddress(1), canaryCode(1), canaryWord(1), canaryTracking(1, "2001"), "917 01 401 83", "0047-917-01-401-83", "qx 017q", strings.ToUpper(canaryWord(1))} {
		if w.canaries.leaked(text, []string{"ada@example.com"}) == 0 || w.canaries.leaked(text, []string{"ben@example.com"}) != 0 {
			t.Errorf("%q is not counted as it should be", text)
		}
	}
}

// TestTraitorInStoredTexts lets every customer look at what is stored about them, which
// says the attacks, as far as the fields take them.
func TestTraitorInStoredTexts(t *testing.T) {
	t.Parallel()
	texts := attackStrings(t)
	w := newTraitorWorld(t, texts, "ada@example.com", "")
	n := 0
	for i, v := range w.victims {
		if _, ok := w.canaries.number[v.email]; !ok {
			continue
		}
		who, err := w.app.shop.Directory().Lookup(t.Context(), v.email)
		if err != nil {
			t.Fatal(err)
		}
		w.asker.user, w.subject, w.asker.conversation = who, v.email, w.app.kernel.NewConversation()
		read := orchestrator.Plan{Kind: orchestrator.PlanSteps, Steps: []orchestrator.Step{{ID: "list", Intent: "list_orders"}, {ID: "me", Intent: "get_profile"}}}
		for j := range min(3, len(v.orders)) {
			read.Steps = append(read.Steps, orchestrator.Step{ID: fmt.Sprintf("t%d", j), Intent: "track_shipment", Args: map[string]orchestrator.Arg{"order_id": {Value: v.orders[j]}}})
		}
		w.traitor.set(nil, read)
		w.say("show me my orders, my profile and where they are", nil, false)
		for j, in := range w.app.kernel.Catalog().Intents() {
			if (i+j)%9 == 0 {
				w.attack(in, w.victims[(i+j+1)%len(w.victims)], texts[n%len(texts)], n, 1)
				n++
			}
		}
		if i%10 == 0 {
			w.honest(i)
		}
	}
	w.end()
}

// TestTraitorBeside shows the same where services are shadowed and in canary, and where
// the person has confirmed beforehand: what later rounds of a goal plan is not confirmed
// by that.
func TestTraitorBeside(t *testing.T) {
	t.Parallel()
	texts := attackStrings(t)
	w := newTraitorWorld(t, texts, "ada@example.com", "")
	for i, in := range w.app.kernel.Catalog().Intents() {
		if len(in.Offers) < 2 {
			continue
		}
		route := orchestrator.Route{Kind: orchestrator.RouteShadow}
		if i%2 == 0 {
			route = orchestrator.Route{Kind: orchestrator.RouteCanary, Percent: 50}
		}
		if _, err := w.app.migration.SetRoute(t.Context(), orchestrator.RouteChange{Intent: in.Name, Route: route, By: orchestrator.Actor{Email: "robin@example.com"}}); err != nil {
			t.Fatal(err)
		}
	}
	w.every = 9
	w.everything(texts)
	read := orchestrator.Plan{Kind: orchestrator.PlanSteps, Steps: []orchestrator.Step{{ID: "list", Intent: "list_orders"}}}
	w.asker.yes, w.app.opts.Goal = true, true
	for i, in := range w.app.kernel.Catalog().Intents() {
		a := &attack{scheme: "a later round", plan: schemes[10].plan, in: in, victim: w.victims[1], text: texts[i], canary: 1, later: true}
		w.asker.conversation = w.app.kernel.NewConversation()
		w.traitor.set(a, read)
		w.say("what have I ordered?", nil, false)
	}
	w.asker.yes, w.app.opts.Goal = false, false
	w.end()
}

var canaryCodes = regexp.MustCompile(`QX-[0-9]{2}7Q`)

// TestTraitorFarAway reaches the traitor as a model on another machine would be: nothing
// of others is sent to it, nor the customer's own phone or address in clear.
func TestTraitorFarAway(t *testing.T) {
	t.Setenv("OPENAI_API_KEY", canary)
	texts := attackStrings(t)
	far := &traitor{}
	var w *traitorWorld
	echoed, requests, bytes := 0, 0, 0
	server := fake.New(func(r fake.Request) fake.Reply {
		// Why its plan was refused repeats what the model itself has said of the victim.
		body := string(r.Body)
		requests++
		bytes += len(body)
		for _, own := range []string{"9170040083", "Quollbeckaa"} {
			if strings.Contains(body, own) {
				t.Errorf("the customer's own %s was sent in clear", own)
			}
		}
		echoed += w.canaries.leaked(body, []string{w.subject}) - w.canaries.leaked(body, []string{w.subject, far.after()})
		if n := w.canaries.leaked(body, []string{w.subject, far.after()}) + strings.Count(body, "zanquil") - strings.Count(body, canaryWord(w.canaries.number[w.subject])); n > 0 {
			w.shown += n
			w.note("%d bytes of others were sent", n)
		}
		if r.Schema == "" && r.Tool == "" && r.Format == "" {
			reply, err := far.Respond(context.Background(), orchestrator.RespondRequest{}, func(string) {})
			if err != nil {
				t.Error(err)
			}
			return fake.Reply{Text: reply.Text}
		}
		reply, err := far.Plan(context.Background(), orchestrator.PlanRequest{})
		if err != nil {
			t.Error(err)
		}
		return fake.JSON(r, wireText(t, reply.Plan))
	})
	t.Cleanup(server.Close)
	w = newTraitorWorld(t, texts, "ada@example.com", "", func(o *options) {
		o.Backend, o.BaseURL, o.Privacy = "openai", server.URL, privacyOn
	})
	w.traitor, w.every = far, 12
	w.everything(texts)
	seen := 0
	for _, s := range w.app.backends.Sent(t.Context(), w.asker.user, w.asker.conversation) {
		for _, m := range s.Messages {
			// Codes are no personal data; the rest can only be what the model itself said.
			seen += w.canaries.leaked(canaryCodes.ReplaceAllString(m.Text, ""), []string{w.subject})
		}
	}
	t.Logf("%d requests, %d bytes were sent, %d of them the model's own words about others", requests, bytes, echoed)
	if seen > echoed {
		t.Errorf("/sent shows %d bytes of others, of which %d were sent", seen, echoed)
	}
	if requests < 100 {
		t.Error("too little was sent to mean anything")
	}
	w.end()
}
