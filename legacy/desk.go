package legacy

import (
	"context"
	"time"

	"banyan/legacy/monolith"
	"banyan/orchestrator"
)

type complaintParams struct {
	Email   string `json:"email" title:"email" format:"email" personal:"email" jsonschema:"the customer's email"`
	Text    string `json:"text" title:"complaint" minlen:"1" maxlen:"2000" jsonschema:"what went wrong, in the customer's words"`
	OrderID string `json:"order_id,omitempty" title:"order number" pattern:"^[0-9]{4}$" example:"1001" jsonschema:"the order that it is about, if any"`
}

type complaint struct {
	ID       string    `json:"complaint_id" title:"complaint number" jsonschema:"the number of the complaint"`
	Received time.Time `json:"received" title:"received" jsonschema:"when it was received"`
	OrderID  string    `json:"order_id,omitempty" title:"order number" jsonschema:"the order that it is about"`
}

type humanParams struct {
	Email   string `json:"email" title:"email" format:"email" personal:"email" jsonschema:"the customer's email"`
	Message string `json:"message,omitempty" title:"message" maxlen:"2000" jsonschema:"what the colleague should know"`
}

type ticket struct {
	ID    string `json:"ticket_id" title:"ticket number" jsonschema:"the number of the ticket"`
	Queue string `json:"queue" title:"desk" jsonschema:"who takes care of it"`
	Reply string `json:"expected_reply" title:"expected reply" jsonschema:"when somebody will reply, in words"`
}

func deskOperations() []operation {
	return []operation{
		define(orchestrator.Intent{
			Name: "file_complaint", Summary: "File a complaint about an order or the shop", Effect: orchestrator.Write,
			Languages: german["file_complaint"],
			Examples: []string{
				"I want to complain",
				"file a complaint: the kettle arrived with a crack",
				"my parcel was damaged and nobody cares",
				"this is unacceptable, I'd like to make a formal complaint",
				"complaint about order 1001: the headphones stopped working after a week",
				"I'm very unhappy with your service, please take note of it",
				"register a complaint for the customer",
				"the driver was rude and threw my package over the fence",
				"I have a grievance about the last delivery",
				"lodge a complaint about the poor quality of the socks",
				"something was missing from the box and I want to report it",
			},
			Confirm: `File a complaint{{with .args.order_id}} about order {{.}}{{end}}: "{{.args.text}}"`,
			Answer:  `The complaint{{with .result.order_id}} about order {{.}}{{end}} is filed as **{{.result.complaint_id}}**.`,
			// What a customer wrote is not lost, and its key keeps it from being filed twice.
			Recovery: orchestrator.RecoverComplete,
		}, fileComplaint),
		define(orchestrator.Intent{
			Name: "contact_human", Summary: "Ask a person of the support staff to get in touch", Effect: orchestrator.Write, Unconfirmed: true,
			Languages: german["contact_human"],
			Examples: []string{
				"I want to talk to a human",
				"connect me to a real person",
				"can somebody call me back?",
				"let me speak with an agent",
				"this bot doesn't help, give me support staff",
				"please have someone contact me about my order",
				"is there a person I can talk to",
				"customer service please",
				"hand this over to a colleague",
				"I need help from a human being, the robot doesn't get it",
				"operator",
			},
			Answer:   `A colleague of the {{.result.queue}} will reply {{.result.expected_reply}}. The ticket is **{{.result.ticket_id}}**.`,
			Recovery: orchestrator.RecoverComplete, // nobody waits for a reply that will not come
		}, contactHuman),
	}
}

func fileComplaint(ctx context.Context, x *exchange, p complaintParams) (complaint, error) {
	number := ""
	if p.OrderID != "" {
		var err error
		if number, err = orderNumber(p.OrderID); err != nil {
			return complaint{}, err
		}
	}
	r, err := x.ask(ctx, "CMFL", func(r *monolith.Record) {
		r.SetFlag("CMPL-HAS-ORDER", number != "")
		r.SetText("CMPL-ORDR-NUMBER", number)
		set(r, "CMPL-TEXT", p.Text)
	})
	if err != nil {
		return complaint{}, err
	}
	return complaint{ID: "CMP-" + r.Text("CMPL-NUMBER"), Received: r.Time("CMPL-RECEIVED"), OrderID: number}, nil
}

func contactHuman(ctx context.Context, x *exchange, p humanParams) (ticket, error) {
	r, err := x.ask(ctx, "TKOP", func(r *monolith.Record) { set(r, "TICK-TEXT", p.Message) })
	if err != nil {
		return ticket{}, err
	}
	t := ticket{ID: "TIC-" + r.Text("TICK-NUMBER"), Queue: "general desk", Reply: "within two hours"}
	if r.Text("TICK-QUEUE") == "O" {
		t.Queue = "order desk"
	}
	switch r.Text("TICK-REPLY") {
	case "D":
		t.Reply = "later today"
	case "T":
		t.Reply = "tomorrow morning"
	case "M":
		t.Reply = "on Monday morning"
	}
	return t, nil
}
