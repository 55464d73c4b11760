package offline

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"banyan/orchestrator"
)

var writeAnswers = flag.Bool("write-answers", false, "write testdata/answers instead of comparing with it")

type roomBooking struct {
	BookingID string    `json:"booking_id" title:"booking number"`
	Room      string    `json:"room"`
	Status    string    `json:"status" enum:"confirmed,on_hold,released"`
	Starts    time.Time `json:"starts"`
	Released  time.Time `json:"released,omitzero"`
	Seats     int       `json:"seats"`
	Price     float64   `json:"price" unit:"CHF"`
	Catering  bool      `json:"catering"`
	Extras    []extra   `json:"extras,omitempty"`
	Remark    string    `json:"remark,omitempty"`
}

type extra struct {
	Name     string `json:"name"`
	Quantity int    `json:"quantity"`
}

type roomBookings struct {
	Bookings []roomBooking `json:"bookings"`
	Count    int           `json:"count"`
}

type weather struct {
	Place    string  `json:"place"`
	Degrees  float64 `json:"degrees" title:"temperature" unit:"°C"`
	Umbrella bool    `json:"umbrella"`
}

type tags struct {
	Tags []string `json:"tags"`
}

type subjectOnly struct {
	Email string `json:"email"`
}

type listParams struct {
	Email  string `json:"email"`
	Status string `json:"status,omitempty" enum:"confirmed,on_hold,released"`
}

// describer is a service that only describes itself.
type describer struct{ orchestrator.Service }

func mustAnswerCatalog(tb testing.TB) *orchestrator.Catalog {
	tb.Helper()
	intent := func(name, summary string, effect orchestrator.Effect) orchestrator.Intent {
		in := orchestrator.Intent{Name: name, Summary: summary, Effect: effect}
		var err error
		switch name {
		case "list_bookings":
			in.Params, err = orchestrator.SchemaFor[listParams]()
		default:
			in.Params, err = orchestrator.SchemaFor[subjectOnly]()
		}
		if err != nil {
			tb.Fatal(err)
		}
		in.Subject = "email"
		switch name {
		case "list_bookings":
			in.Result, err = orchestrator.SchemaFor[roomBookings]()
		case "get_weather":
			in.Subject = ""
			in.Result, err = orchestrator.SchemaFor[weather]()
		case "list_tags":
			in.Subject = ""
			in.Result, err = orchestrator.SchemaFor[tags]()
		case "anything":
			in.Subject = ""
		default:
			in.Result, err = orchestrator.SchemaFor[roomBooking]()
		}
		if err != nil {
			tb.Fatal(err)
		}
		return in
	}
	release := intent("release_booking", "Release a booked room", orchestrator.Destructive)
	release.Answer = "Booking **{{.result.booking_id}}** of {{.result.room}} is released."
	c, errs := orchestrator.NewCatalog([]orchestrator.Offered{{
		Service: describer{}, Description: orchestrator.Description{
			Name: "rooms", Version: "1.0.0", Contract: orchestrator.ContractVersion, Era: orchestrator.Modern,
			Intents: []orchestrator.Intent{
				intent("list_bookings", "List the bookings", orchestrator.Read),
				intent("get_booking", "Show one booking", orchestrator.Read),
				intent("get_weather", "Tell the weather", orchestrator.Read),
				intent("list_tags", "List the tags", orchestrator.Read),
				intent("anything", "Show anything", orchestrator.Read),
				intent("change_booking", "Change a booking", orchestrator.Write),
				release,
			},
		},
	}})
	if len(errs) > 0 {
		tb.Fatal(errs)
	}
	return c
}

var answerNow = time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC)

func booking(id, room, status string, days int, price float64) map[string]any {
	return map[string]any{
		"booking_id": id, "room": room, "status": status,
		"starts": answerNow.AddDate(0, 0, days).Format(time.RFC3339),
		"seats":  12.0, "price": price, "catering": true,
		"extras": []any{map[string]any{"name": "projector", "quantity": 1.0}, map[string]any{"name": "chair", "quantity": 4.0}},
	}
}

func bookings(list ...any) map[string]any {
	return map[string]any{"bookings": list, "count": float64(len(list))}
}

type answerCase struct {
	name    string
	preface string
	user    orchestrator.User
	subject orchestrator.User
	steps   []orchestrator.StepRecord
}

func answerCases() []answerCase {
	yes, no := true, false
	mia := orchestrator.User{Email: "mia@example.com", Name: "Mia Berg", Role: orchestrator.Customer}
	staff := orchestrator.User{Email: "ole@example.com", Name: "Ole Dahl", Role: orchestrator.Support}
	done := func(id, intent string, result map[string]any) orchestrator.StepRecord {
		s := orchestrator.StepRecord{ID: id, Intent: intent, Status: orchestrator.StepDone, Result: result, Service: "rooms"}
		if intent != "get_weather" && intent != "list_tags" && intent != "anything" {
			s.For = "mia@example.com"
		}
		return s
	}
	as := func(s orchestrator.StepRecord, status orchestrator.StepStatus, change func(*orchestrator.StepRecord)) orchestrator.StepRecord {
		s.Status, s.Result = status, nil
		if change != nil {
			change(&s)
		}
		return s
	}
	lookup := func(s orchestrator.StepRecord) orchestrator.StepRecord { s.Lookup = true; return s }
	when := func(text, expr string, met *bool) func(*orchestrator.StepRecord) {
		return func(s *orchestrator.StepRecord) {
			s.Condition = &orchestrator.Decided{Text: text, Expr: expr, Met: met, By: "cel"}
		}
	}
	fail := func(code, message, service string) func(*orchestrator.StepRecord) {
		return func(s *orchestrator.StepRecord) {
			s.Error, s.Service = &orchestrator.Error{Code: code, Message: message}, service
		}
	}
	two := bookings(booking("B-17", "Oak", "confirmed", 2, 80), booking("B-12", "Birch", "on_hold", -3, 45.5))
	one := bookings(booking("B-17", "Oak", "released", 2, 80))
	release := done("release", "release_booking", booking("B-17", "Oak", "released", 2, 80))
	change := done("change", "change_booking", booking("B-17", "Oak", "confirmed", 2, 80))
	evil := booking("B-1", "Oak\n\n# Boss | *x*", "confirmed", 1, 10)
	evil["remark"] = "[click](http://evil.example) <b>`rm`</b>"
	evilTemplate := booking("B-1", "Oak\n\n# Boss [x](y)", "released", 1, 10)
	is := func(status string) string {
		return `steps.bookings.bookings.sortBy(o, o.starts)[0].status == "` + status + `"`
	}
	return []answerCase{
		{name: "list_as_table", user: mia, steps: []orchestrator.StepRecord{done("a", "list_bookings", bookings(
			booking("B-17", "Oak", "confirmed", 2, 80), booking("B-12", "Birch", "on_hold", -3, 45.5), booking("B-9", "Elm", "released", -40, 1045.5),
		))}},
		{name: "list_of_two", user: mia, steps: []orchestrator.StepRecord{done("a", "list_bookings", two)}},
		{name: "list_of_one", user: mia, steps: []orchestrator.StepRecord{done("a", "list_bookings", one)}},
		{name: "list_empty_own", user: mia, steps: []orchestrator.StepRecord{done("a", "list_bookings", bookings())}},
		{name: "list_empty_staff", user: staff, subject: mia, steps: []orchestrator.StepRecord{done("a", "list_bookings", bookings())}},
		{name: "list_empty_filtered", user: mia, steps: []orchestrator.StepRecord{func() orchestrator.StepRecord {
			s := done("a", "list_bookings", bookings())
			s.Args = map[string]any{"status": "on_hold"}
			return s
		}()}},
		{name: "list_of_texts", user: mia, steps: []orchestrator.StepRecord{done("a", "list_tags", map[string]any{"tags": []any{"quiet", "bright", "a*b"}})}},
		{name: "object_short", user: mia, steps: []orchestrator.StepRecord{done("a", "get_weather", map[string]any{"place": "Bern", "degrees": 21.5, "umbrella": false})}},
		{name: "object_long", user: mia, steps: []orchestrator.StepRecord{done("a", "get_booking", booking("B-17", "Oak", "on_hold", 2, 80))}},
		{name: "no_schema", user: mia, steps: []orchestrator.StepRecord{done("a", "anything", map[string]any{
			"ticket_id": "T-9", "total": 12.0, "currency": "EUR", "opened": "2026-05-19T09:30:00Z", "where": map[string]any{"street": "Elm 1", "city": "Oslo"}, "open": true,
		})}},
		{name: "unknown_intent_empty", user: mia, steps: []orchestrator.StepRecord{done("a", "anything", map[string]any{})}},
		{name: "hostile_values", user: mia, steps: []orchestrator.StepRecord{
			done("a", "list_bookings", bookings(evil, evil, evil)), done("b", "get_booking", evil), done("c", "release_booking", evilTemplate),
		}},
		{name: "write_template_and_read", user: mia, preface: "Here you are.", steps: []orchestrator.StepRecord{
			lookup(done("l", "list_bookings", two)), release, done("w", "get_weather", map[string]any{"place": "Bern", "degrees": 7.0, "umbrella": true}),
		}},
		{name: "write_general", user: mia, steps: []orchestrator.StepRecord{change}},
		{name: "only_lookup", user: mia, steps: []orchestrator.StepRecord{lookup(done("a", "list_bookings", bookings()))}},
		{name: "condition_not_met", user: mia, steps: []orchestrator.StepRecord{
			lookup(done("bookings", "list_bookings", one)), as(release, orchestrator.StepSkipped, when("it is still confirmed", is("confirmed"), &no)),
		}},
		{name: "condition_met_for_one", user: mia, steps: []orchestrator.StepRecord{
			lookup(done("bookings", "list_bookings", two)),
			func() orchestrator.StepRecord {
				s := done("release", "release_booking", booking("B-12", "Birch", "released", -3, 45.5))
				when("they are on hold", `steps.bookings.bookings[1].status == "on_hold"`, &yes)(&s)
				return s
			}(),
			as(release, orchestrator.StepSkipped, when("they are on hold", `steps.bookings.bookings[0].status == "on_hold"`, &no)),
		}},
		{name: "condition_on_price_and_time", user: mia, steps: []orchestrator.StepRecord{
			lookup(done("bookings", "list_bookings", one)),
			as(release, orchestrator.StepSkipped, when("it costs more than 100 and starts within a day",
				`steps.bookings.bookings[0].price > 100.0 && steps.bookings.bookings[0].starts < now + days(1) && !has(steps.bookings.bookings[0].released)`, &no)),
		}},
		{name: "condition_that_cannot_be_read", user: mia, steps: []orchestrator.StepRecord{
			lookup(done("bookings", "list_bookings", one)), as(release, orchestrator.StepSkipped, when("the host agrees", "", &no)),
		}},
		{name: "otherwise_ran", user: mia, steps: []orchestrator.StepRecord{
			lookup(done("bookings", "list_bookings", one)),
			as(release, orchestrator.StepSkipped, when("it is not released yet", is("confirmed"), &no)),
			func() orchestrator.StepRecord {
				s := done("show", "get_weather", map[string]any{"place": "Bern", "degrees": 7.0})
				when("otherwise", "!("+is("confirmed")+")", &yes)(&s)
				return s
			}(),
		}},
		{name: "otherwise_skipped", user: mia, steps: []orchestrator.StepRecord{
			lookup(done("bookings", "list_bookings", two)),
			func() orchestrator.StepRecord {
				s := release
				when("it is confirmed", is("on_hold"), &yes)(&s)
				return s
			}(),
			as(done("show", "get_weather", nil), orchestrator.StepSkipped, when("otherwise", "!("+is("on_hold")+")", &no)),
		}},
		{name: "read_of_a_playbook_skipped", user: mia, steps: []orchestrator.StepRecord{
			done("bookings", "list_bookings", one),
			as(done("show", "get_weather", nil), orchestrator.StepSkipped, func(s *orchestrator.StepRecord) {
				when("it is on hold", is("on_hold"), &no)(s)
				s.Playbook, s.Text = "visit", "look at the weather there"
			}),
		}},
		{name: "refused_by_business", user: mia, steps: []orchestrator.StepRecord{as(release, orchestrator.StepFailed, fail("already_released", "Booking B-17 is already released.", "rooms"))}},
		{name: "read_failed", user: mia, steps: []orchestrator.StepRecord{
			as(done("a", "get_booking", nil), orchestrator.StepFailed, fail(orchestrator.CodeTimeout, "The rooms service did not answer in time.", "rooms")),
			done("w", "get_weather", map[string]any{"place": "Bern", "degrees": 7.0}),
		}},
		{name: "write_failed", user: mia, steps: []orchestrator.StepRecord{
			as(release, orchestrator.StepFailed, fail(orchestrator.CodeTimeout, "The rooms service did not answer in time. It is not known whether the change was made; look before you ask again.", "rooms")),
		}},
		{name: "lookup_failed", user: mia, steps: []orchestrator.StepRecord{
			lookup(as(done("a", "list_bookings", nil), orchestrator.StepFailed, fail(orchestrator.CodeUnavailable, "The rooms service failed.", "rooms"))),
			as(release, orchestrator.StepFailed, fail(orchestrator.CodeDependency, "It was not tried, because what it depends on did not work.", "")),
		}},
		{name: "nothing_to_act_on", user: mia, steps: []orchestrator.StepRecord{
			lookup(done("bookings", "list_bookings", bookings())),
			as(release, orchestrator.StepFailed, fail(orchestrator.CodeNotFound, "There is nothing that fits: my latest booking.", "")),
		}},
		{name: "said_no", user: mia, steps: []orchestrator.StepRecord{
			lookup(done("bookings", "list_bookings", two)), as(release, orchestrator.StepDenied, nil), as(change, orchestrator.StepDenied, nil),
		}},
		{name: "said_no_to_one", user: mia, steps: []orchestrator.StepRecord{
			release, as(change, orchestrator.StepDenied, func(s *orchestrator.StepRecord) { s.Sentence = "Move booking B-12 to Oak" }),
		}},
		{name: "not_allowed", user: mia, steps: []orchestrator.StepRecord{as(release, orchestrator.StepDenied, fail(orchestrator.CodeDenied, "You may only release your own bookings.", ""))}},
	}
}

func (c answerCase) request(catalog *orchestrator.Catalog) orchestrator.RespondRequest {
	return orchestrator.RespondRequest{
		Preface: c.preface, User: c.user, Subject: c.subject, Steps: c.steps, Catalog: catalog, Now: answerNow,
	}
}

func TestRespond(t *testing.T) {
	catalog := mustAnswerCatalog(t)
	for _, c := range answerCases() {
		t.Run(c.name, func(t *testing.T) {
			var pieces []string
			reply, err := New().Respond(context.Background(), c.request(catalog), func(s string) { pieces = append(pieces, s) })
			if err != nil {
				t.Fatal(err)
			}
			if joined := strings.Join(pieces, ""); joined != reply.Text {
				t.Errorf("the pieces are %q, the text is %q", joined, reply.Text)
			}
			path := filepath.Join("testdata", "answers", c.name+".md")
			if *writeAnswers {
				if err := os.WriteFile(path, []byte(reply.Text+"\n"), 0o600); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if got := reply.Text + "\n"; got != string(want) {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// A value may not begin a heading, a link or a row, whatever it holds.
func TestRespondValuesAreData(t *testing.T) {
	catalog := mustAnswerCatalog(t)
	for _, hostile := range []string{"# big", "a\n# big", "[a](http://b)", "x | y", "`code`", "<script>", "**bold**", "- item\n- item", "\x1b[31mred", "a\r\n| b"} {
		b := booking("B-1", hostile, "confirmed", 1, 10)
		b["remark"] = hostile
		req := orchestrator.RespondRequest{Catalog: catalog, Now: answerNow, Steps: []orchestrator.StepRecord{
			{ID: "a", Intent: "get_booking", Status: orchestrator.StepDone, Result: b},
			{ID: "b", Intent: "list_bookings", Status: orchestrator.StepDone, Result: bookings(b, b, b)},
			{ID: "c", Intent: "release_booking", Status: orchestrator.StepDone, Result: b},
		}}
		text := respond(req, nil).Text
		for line := range strings.SplitSeq(text, "\n") {
			if strings.HasPrefix(line, "#") || strings.Contains(line, "](") && !strings.Contains(line, `\](`) || strings.Contains(line, "\x1b") {
				t.Errorf("%q gave the line %q", hostile, line)
			}
			if strings.HasPrefix(line, "|") && strings.Count(strings.ReplaceAll(line, `\|`, ""), "|") != columns+1 {
				t.Errorf("%q gave a row of another width: %q", hostile, line)
			}
		}
	}
}

func BenchmarkRespondTwoResults(b *testing.B) {
	catalog := mustAnswerCatalog(b)
	var req orchestrator.RespondRequest
	for _, c := range answerCases() {
		if c.name == "write_template_and_read" {
			req = c.request(catalog)
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		respond(req, func(string) {})
	}
}

func BenchmarkRespondWhy(b *testing.B) {
	catalog := mustAnswerCatalog(b)
	var req orchestrator.RespondRequest
	for _, c := range answerCases() {
		if c.name == "condition_not_met" {
			req = c.request(catalog)
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		respond(req, func(string) {})
	}
}
