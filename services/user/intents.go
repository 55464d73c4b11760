package user

import (
	"time"

	"banyan/orchestrator"
)

// Me are the parameters of a question about the subject alone.
type Me struct {
	Email string `json:"email" title:"email" format:"email" personal:"email" jsonschema:"the customer whom it is about"`
}

// NewPhone are the parameters of update_phone.
type NewPhone struct {
	Email string `json:"email" title:"email" format:"email" personal:"email" jsonschema:"the customer whom it is about"`
	Phone string `json:"phone" title:"phone number" format:"phone" personal:"phone" example:"+47 400 00 123" jsonschema:"the new phone number, with 7 to 15 digits"`
}

// NewAddress are the parameters of update_address.
type NewAddress struct {
	Email   string `json:"email" title:"email" format:"email" personal:"email" jsonschema:"the customer whom it is about"`
	Address string `json:"address" title:"address" format:"postal-address" personal:"address" example:"12 Elm Street, 0150 Oslo" jsonschema:"the new home address: street, postcode and town"`
}

// Profile is what a customer may know about herself.
type Profile struct {
	Email         string `json:"email" title:"email" format:"email" personal:"email" trusted:"true" jsonschema:"the email address of the customer"`
	Name          string `json:"name" title:"name" personal:"name" jsonschema:"the full name of the customer"`
	Phone         string `json:"phone" title:"phone number" format:"phone" personal:"phone" trusted:"true" jsonschema:"the phone number of the customer"`
	Address       string `json:"address" title:"address" format:"postal-address" personal:"address" trusted:"true" jsonschema:"the home address of the customer"`
	CustomerSince string `json:"customer_since" title:"customer since" format:"date" jsonschema:"the day on which the customer joined"`
}

// NewPhoneProfile is the result of update_phone: the profile, and what was changed.
type NewPhoneProfile struct {
	Email         string `json:"email" title:"email" format:"email" personal:"email" trusted:"true" jsonschema:"the email address of the customer"`
	Name          string `json:"name" title:"name" personal:"name" jsonschema:"the full name of the customer"`
	Phone         string `json:"phone" title:"phone number" format:"phone" personal:"phone" trusted:"true" jsonschema:"the phone number of the customer"`
	Address       string `json:"address" title:"address" format:"postal-address" personal:"address" trusted:"true" jsonschema:"the home address of the customer"`
	CustomerSince string `json:"customer_since" title:"customer since" format:"date" jsonschema:"the day on which the customer joined"`
	PreviousPhone string `json:"previous_phone" title:"previous phone number" format:"phone" personal:"phone" trusted:"true" jsonschema:"the phone number before the change; empty if there was none"`
}

// NewAddressProfile is the result of update_address: the profile, and what was
// changed.
type NewAddressProfile struct {
	Email           string `json:"email" title:"email" format:"email" personal:"email" trusted:"true" jsonschema:"the email address of the customer"`
	Name            string `json:"name" title:"name" personal:"name" jsonschema:"the full name of the customer"`
	Phone           string `json:"phone" title:"phone number" format:"phone" personal:"phone" trusted:"true" jsonschema:"the phone number of the customer"`
	Address         string `json:"address" title:"address" format:"postal-address" personal:"address" trusted:"true" jsonschema:"the home address of the customer"`
	CustomerSince   string `json:"customer_since" title:"customer since" format:"date" jsonschema:"the day on which the customer joined"`
	PreviousAddress string `json:"previous_address" title:"previous address" format:"postal-address" personal:"address" trusted:"true" jsonschema:"the home address before the change; empty if there was none"`
}

func profileOf(p Person) Profile {
	return Profile{
		Email: p.Email, Name: p.Name, Phone: p.Phone, Address: p.Address,
		CustomerSince: p.Since.UTC().Format(time.DateOnly),
	}
}

var getProfile = orchestrator.Intent{
	Name:      "get_profile",
	Summary:   "Show a customer's profile: name, email, phone number, address and since when",
	Effect:    orchestrator.Read,
	Subject:   "email",
	Access:    own,
	Languages: german["get_profile"],
	Examples: []string{
		"show me my profile",
		"what do you know about me?",
		"which phone number do you have for me?",
		"what's my address on file",
		"my account details please",
		"what is the customer's phone number?",
		"where does this customer live?",
		"how long have I been a customer?",
		"is my phone number still the old one?",
		"contact details",
		"look up the profile of this customer",
		"under which name am I registered?",
		"what email address is my account under",
		"can you check which address you have saved for me?",
		"since when am I a customer here",
		"pull up her contact information",
	},
	Answer: "{{with .result}}**{{.name}}** joined {{day .customer_since}}.\n\n" +
		"- Email: {{.email}}\n- Phone: {{.phone}}\n- Address: {{.address}}{{end}}",
}

// updatePhone is completed after a crash: to write the same number again harms
// nobody. It is taken back by itself, with the number that was there before.
var updatePhone = orchestrator.Intent{
	Name:      "update_phone",
	Summary:   "Change the phone number in a customer's profile",
	Effect:    orchestrator.Write,
	Subject:   "email",
	Access:    own,
	Languages: german["update_phone"],
	Examples: []string{
		"change my phone number to +47 400 00 123",
		"I have a new phone number",
		"my number is now 0171 5550123, please update it",
		"update phone",
		"new mobile: +44 7700 900123",
		"please replace the telephone number on my account",
		"can you change the number you call me on?",
		"set the customer's phone to +1 (555) 010-2030",
		"the phone number you have is wrong, it should be 555 0100 200",
		"I got a new mobile, how do I change it in my profile?",
		"she has a new phone number, put it in her profile",
		"correct my telephone number",
		"use this number to reach me from now on",
		"save my new cell phone number",
	},
	Confirm: `Change {{whose $ "phone number"}} to {{.args.phone}}`,
	Answer:  `Done: {{whose $ "phone number"}} is now **{{.result.phone}}**.`,
	Undo: &orchestrator.Undo{
		Intent: "update_phone", Args: map[string]string{"phone": "result.previous_phone"},
		When: "result.previous_phone != result.phone",
	},
	Recovery: orchestrator.RecoverComplete,
}

// updateAddress is recovered and taken back as updatePhone is.
var updateAddress = orchestrator.Intent{
	Name:      "update_address",
	Summary:   "Change the home address in a customer's profile, not that of an order",
	Effect:    orchestrator.Write,
	Subject:   "email",
	Access:    own,
	Languages: german["update_address"],
	Examples: []string{
		"I have moved to 12 Elm Street, 0150 Oslo",
		"change my address",
		"update my home address to 3 Rue des Lilas, 75011 Paris",
		"my new address is 8 Harbour Road, Bergen 5003",
		"we moved house, please update our address",
		"can you change the address on my account?",
		"the customer has moved, change her address to 5 High Street, York YO1 7EP",
		"I don't live there any more, here is my new address",
		"please correct the address in my profile",
		"new home address",
		"set my address to 44 Birch Lane, 2100 Copenhagen",
		"I'm moving next week, can I give you my new address?",
		"the street in my profile is misspelled",
		"update where I live",
	},
	Confirm: `Change {{whose $ "home address"}} to {{.args.address}}`,
	Answer:  `Done: {{whose $ "home address"}} is now **{{.result.address}}**. Orders that are already placed keep theirs.`,
	Undo: &orchestrator.Undo{
		Intent: "update_address", Args: map[string]string{"address": "result.previous_address"},
		When: "result.previous_address != result.address",
	},
	Recovery: orchestrator.RecoverComplete,
}
