package legacy

import (
	"context"

	"banyan/legacy/monolith"
	"banyan/orchestrator"
)

type phoneParams struct {
	Email string `json:"email" title:"email" format:"email" personal:"email" jsonschema:"the customer's email"`
	Phone string `json:"phone" title:"phone number" format:"phone" personal:"phone" minlen:"7" maxlen:"40" example:"+47 400 00 123" jsonschema:"the new phone number"`
}

type addressParams struct {
	Email   string `json:"email" title:"email" format:"email" personal:"email" jsonschema:"the customer's email"`
	Address string `json:"address" title:"address" format:"postal-address" personal:"address" minlen:"8" maxlen:"160" example:"12 Elm Street, 0150 Oslo" jsonschema:"the new address"`
}

func profileOperations() []operation {
	return []operation{
		define(orchestrator.Intent{
			Name: "get_profile", Summary: "Show a customer's name, phone number and address", Effect: orchestrator.Read,
			Examples: []string{
				"what details do you have about me?",
				"show my profile",
				"what's my phone number on file?",
				"which address do you have for me",
				"my account details please",
				"is my contact information up to date? show me what you've got",
				"since when am I a customer?",
				"who am I logged in as",
				"give me the customer's contact data",
				"look up ben's phone number",
				"what email and phone are registered on the account",
				"where do I live according to you",
			},
			Answer: `**{{.result.name}}** joined {{day .result.customer_since}}.

- Email: {{.result.email}}
- Phone: {{default "none" .result.phone}}
- Address: {{default "none" .result.address}}`,
		}, func(ctx context.Context, x *exchange, _ emailParams) (profile, error) {
			r, err := x.ask(ctx, "CUIN", nil)
			if err != nil {
				return profile{}, err
			}
			return profileOf(r), nil
		}),
		define(orchestrator.Intent{
			Name: "update_phone", Summary: "Change a customer's phone number", Effect: orchestrator.Write,
			Examples: []string{
				"change my phone number to +47 400 00 123",
				"I have a new phone number: 0171 555 0199",
				"update phone",
				"my mobile number is different now, it's +44 20 7946 0018",
				"please put +49 30 901820 down as my number",
				"can you save a new telephone number for me?",
				"set the customer's phone to 555-010-9988",
				"you have the wrong phone number for me",
				"new cell number",
				"call me on +47 911 22 333 from now on",
				"I'd like to replace the phone number in my account",
			},
			Confirm: `Change {{whose $ "phone number"}} to {{.args.phone}}`,
			Answer:  `Done: {{whose $ "phone number"}} is now **{{.result.phone}}**.`,
			Undo: &orchestrator.Undo{
				Intent: "update_phone", Args: map[string]string{"phone": "result.previous_phone"},
				When: "result.previous_phone != result.phone",
			},
			Recovery: orchestrator.RecoverComplete, // to write the same number again harms nobody
		}, func(ctx context.Context, x *exchange, p phoneParams) (phoneChange, error) {
			r, err := x.ask(ctx, "CUPH", func(r *monolith.Record) { setLine(r, "CUST-PHONE", p.Phone) })
			if err != nil {
				return phoneChange{}, err
			}
			now := profileOf(r)
			return phoneChange{now.Email, now.Name, now.Phone, now.Address, now.Since, r.Text("PREV-PHONE")}, nil
		}),
		define(orchestrator.Intent{
			Name: "update_address", Summary: "Change a customer's home address", Effect: orchestrator.Write,
			Examples: []string{
				"I moved, my new address is 12 Elm Street, 0150 Oslo",
				"change my address",
				"update my home address to 7 Harbour Road, Bergen",
				"we live at 3 Mill Lane, Leeds now",
				"please correct the address in my profile",
				"I've got a new address",
				"set the customer's address to 44 Rue du Lac, Geneva",
				"could you register where I live now? It's 9 Birch Avenue, Dublin",
				"my account still has my old address",
				"moving house next week, so change my postal address",
				"edit the address on my account",
			},
			Confirm: `Change {{whose $ "home address"}} to {{.args.address}}`,
			Answer:  `Done: {{whose $ "home address"}} is now **{{.result.address}}**. Orders that were placed before keep theirs.`,
			Undo: &orchestrator.Undo{
				Intent: "update_address", Args: map[string]string{"address": "result.previous_address"},
				When: "result.previous_address != result.address",
			},
			Recovery: orchestrator.RecoverComplete, // as for the phone number
		}, func(ctx context.Context, x *exchange, p addressParams) (addressChange, error) {
			r, err := x.ask(ctx, "CUAD", func(r *monolith.Record) { setLine(r, "CUST-ADDRESS", p.Address) })
			if err != nil {
				return addressChange{}, err
			}
			now := profileOf(r)
			return addressChange{now.Email, now.Name, now.Phone, now.Address, now.Since, r.Text("PREV-ADDRESS")}, nil
		}),
	}
}
