package legacy

import (
	"context"
	"time"

	"banyan/orchestrator"
)

type loyalty struct {
	Points int    `json:"points" title:"points" jsonschema:"the loyalty points collected"`
	Tier   string `json:"tier" title:"tier" enum:"basic,silver,gold" jsonschema:"the level of the loyalty programme"`
}

type methodList struct {
	Methods []method `json:"methods" title:"payment methods" jsonschema:"the ways to pay on file"`
}

type method struct {
	Kind    string `json:"kind" title:"kind" enum:"card,invoice" synonyms:"card=credit card|debit card,invoice=bill|on account" jsonschema:"how it pays"`
	Label   string `json:"label" title:"payment method" jsonschema:"what it is called"`
	Expires string `json:"expires,omitempty" title:"expires" pattern:"^[0-9]{4}-[0-9]{2}$" jsonschema:"the last month of a card"`
	Default bool   `json:"default" title:"default" jsonschema:"whether it is used if nothing else is said"`
}

type newsletter struct {
	Email      string `json:"email" title:"email" format:"email" personal:"email" jsonschema:"where the newsletter goes"`
	Subscribed bool   `json:"subscribed" title:"subscribed" jsonschema:"whether the newsletter is sent"`
	Previously bool   `json:"previously_subscribed" title:"previously subscribed" jsonschema:"whether it was sent before"`
}

type passwordReset struct {
	Email   string    `json:"email" title:"email" format:"email" personal:"email" jsonschema:"where the link was sent"`
	Expires time.Time `json:"expires" title:"expires" jsonschema:"until when the link is good"`
}

type closure struct {
	Email  string    `json:"email" title:"email" format:"email" personal:"email" jsonschema:"the customer's email"`
	Closed time.Time `json:"closed" title:"closed" jsonschema:"when the account was closed"`
}

func accountOperations() []operation {
	return []operation{
		define(orchestrator.Intent{
			Name: "get_loyalty_points", Summary: "Show the loyalty points and tier", Effect: orchestrator.Read,
			Languages: german["get_loyalty_points"],
			Examples: []string{
				"how many points do I have?",
				"my loyalty points",
				"what's my bonus balance",
				"am I gold or silver?",
				"show the customer's loyalty tier",
				"have I collected enough points yet",
				"which status do I have in the loyalty programme?",
				"points balance please",
				"rewards",
				"tell me how many reward points are on my account",
				"what level am I at in your bonus programme",
			},
			Answer: `{{if .own}}You have{{else if .name}}{{.name}} has{{else}}There are{{end}} **{{plural .result.points "loyalty point"}}**, tier {{.result.tier}}.`,
		}, func(ctx context.Context, x *exchange, _ emailParams) (loyalty, error) {
			r, err := x.ask(ctx, "LYIN", nil)
			if err != nil {
				return loyalty{}, err
			}
			return loyalty{Points: int(r.Number("CUST-POINTS")), Tier: tierWord(r.Text("CUST-TIER"))}, nil
		}),
		define(orchestrator.Intent{
			Name: "list_payment_methods", Summary: "List the payment methods on file", Effect: orchestrator.Read,
			Languages: german["list_payment_methods"],
			Examples: []string{
				"which payment methods do I have?",
				"show my cards",
				"how do I pay at the moment",
				"is my credit card still valid?",
				"list the customer's payment options",
				"what card is on my account",
				"when does my card expire?",
				"which one is my default payment method",
				"payment methods",
				"can I pay by invoice?",
				"tell me what bank cards you have stored for me",
			},
			Answer: `{{if .result.methods}}{{if .own}}You can{{else if .name}}{{.name}} can{{else}}The customer can{{end}} pay with:

{{range .result.methods}}- {{.label}}{{with .expires}}, good until {{.}}{{end}}{{if .default}}, **default**{{end}}
{{end}}{{else}}There is no payment method on file.{{end}}`,
		}, paymentMethods),
		define(orchestrator.Intent{
			Name: "subscribe_newsletter", Summary: "Subscribe to the newsletter", Effect: orchestrator.Write,
			Languages: german["subscribe_newsletter"],
			Examples: []string{
				"subscribe me to the newsletter",
				"sign me up for news",
				"I want to get your offers by email",
				"newsletter please",
				"can I receive your mailing?",
				"put me on the mailing list",
				"keep me posted about sales and new products",
				"please add the customer to the newsletter",
				"I'd love to hear about your discounts",
				"send me your newsletter from now on",
				"register my email for updates",
			},
			Confirm: `Subscribe {{.args.email}} to the newsletter`,
			Answer:  `The newsletter now goes to **{{.result.email}}**.`,
			Undo:    &orchestrator.Undo{Intent: "unsubscribe_newsletter", When: "!result.previously_subscribed"},
			// Mail that nobody knows to have asked for is worse than none.
			Recovery: orchestrator.RecoverUndo,
		}, newsletterBy("NLSB")),
		define(orchestrator.Intent{
			Name: "unsubscribe_newsletter", Summary: "Unsubscribe from the newsletter", Effect: orchestrator.Write,
			Languages: german["unsubscribe_newsletter"],
			Examples: []string{
				"unsubscribe me from the newsletter",
				"I don't want your newsletter any more",
				"stop sending me offers by email",
				"unsubscribe",
				"take me off the mailing list",
				"no more advertising mails please",
				"opt out of the newsletter",
				"please remove the customer from the newsletter",
				"how do I stop your mailing?",
				"too many emails from you, end the newsletter",
				"I'd rather not hear about sales and discounts any longer",
			},
			Confirm:  `Unsubscribe {{.args.email}} from the newsletter`,
			Answer:   `The newsletter no longer goes to **{{.result.email}}**.`,
			Undo:     &orchestrator.Undo{Intent: "subscribe_newsletter", When: "result.previously_subscribed"},
			Recovery: orchestrator.RecoverComplete, // who wants no more mail shall get none
		}, newsletterBy("NLUN")),
		define(orchestrator.Intent{
			Name: "reset_password", Summary: "Send a link to set a new password", Effect: orchestrator.Write,
			Languages: german["reset_password"],
			Examples: []string{
				"I forgot my password",
				"reset my password",
				"I can't log in any more",
				"send me a new password",
				"password reset link please",
				"how do I change my password?",
				"my password doesn't work",
				"locked out of my account",
				"the customer needs a password reset",
				"I'd like to set a new password because I lost the old one",
				"forgot login",
			},
			Confirm: `Send a link to set a new password to {{.args.email}}`,
			Answer:  `A link to set a new password is on its way to **{{.result.email}}**. It is good until {{date .result.expires}}.`,
			// A link that comes long after it was asked for frightens, and cannot be taken
			// back: a person looks whether it is still wanted.
			Recovery: orchestrator.RecoverFlag,
		}, func(ctx context.Context, x *exchange, _ emailParams) (passwordReset, error) {
			r, err := x.ask(ctx, "PWRS", nil)
			if err != nil {
				return passwordReset{}, err
			}
			return passwordReset{Email: r.Text("RSET-CUST-EMAIL"), Expires: r.Time("RSET-EXPIRES")}, nil
		}),
		define(orchestrator.Intent{
			Name: "close_account", Summary: "Close the account for good", Effect: orchestrator.Destructive,
			Languages: german["close_account"],
			Examples: []string{
				"close my account",
				"delete my account please",
				"I don't want to be a customer any more",
				"remove me from your shop for good",
				"terminate my account",
				"how can I delete my profile? I want to leave",
				"I want out, shut down my account",
				"the customer asks to have the account closed",
				"cancel my account",
				"erase my customer account",
				"deactivate my account permanently",
			},
			Confirm: `Close the account of {{.args.email}} for good`,
			Answer:  `The account of **{{.result.email}}** is closed.`,
			// For good: nobody's account is closed while the customer is not there to see it.
			Recovery: orchestrator.RecoverFlag,
		}, func(ctx context.Context, x *exchange, _ emailParams) (closure, error) {
			r, err := x.ask(ctx, "CUCL", nil)
			if err != nil {
				return closure{}, err
			}
			return closure{Email: r.Text("CUST-EMAIL"), Closed: r.Time("CUST-CLOSED")}, nil
		}),
	}
}

// newsletterBy is the transaction of a code that starts or ends the newsletter.
func newsletterBy(code string) func(context.Context, *exchange, emailParams) (newsletter, error) {
	return func(ctx context.Context, x *exchange, _ emailParams) (newsletter, error) {
		r, err := x.ask(ctx, code, nil)
		if err != nil {
			return newsletter{}, err
		}
		return newsletter{Email: r.Text("CUST-EMAIL"), Subscribed: r.Flag("CUST-NEWSLETTER"), Previously: r.Flag("PREV-NEWSLETTER")}, nil
	}
}

func paymentMethods(ctx context.Context, x *exchange, _ emailParams) (methodList, error) {
	r, err := x.ask(ctx, "PMLS", nil)
	if err != nil {
		return methodList{}, err
	}
	list := methodList{Methods: []method{}}
	for _, pm := range customerOf(r).Methods {
		list.Methods = append(list.Methods, method(pm))
	}
	return list, nil
}
