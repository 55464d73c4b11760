package shipping

import "banyan/orchestrator"

var trackShipment = orchestrator.Intent{
	Name:      "track_shipment",
	Summary:   "Track the parcel of an order that has shipped: where it is, carrier and tracking number",
	Effect:    orchestrator.Read,
	Subject:   "email",
	Access:    own,
	Languages: german["track_shipment"],
	Examples: []string{
		"where is my parcel?",
		"where is it",
		"track order 1002",
		"tracking number please",
		"where is my kettle?",
		"has the package left the warehouse?",
		"which carrier brings my order 2001?",
		"where's my stuff",
		"can you track my shipment",
		"tell me where the teapot is right now",
		"what is happening with my delivery?",
		"my package has not arrived, where is it?",
		"the customer asks where her parcel is",
		"track my latest order",
		"give me the tracking link for order 5123",
		"where did the courier leave my boots?",
		"is my parcel still in transit?",
		"to which address is my order being delivered",
	},
	Answer: `{{with .result}}{{theirs $ "Order"}} **{{.order_id}}** ` +
		`{{if eq .status "delivered"}}was **delivered** {{date .delivered}}, brought by {{.carrier}} to {{.address}}.` +
		`{{else if eq .status "returned"}}was **returned**; it had shipped {{date .shipped}} with {{.carrier}}.` +
		`{{else if eq .status "cancelled"}}was **cancelled** after it had shipped {{date .shipped}} with {{.carrier}}.` +
		`{{else}}is **on its way** with {{.carrier}}: it shipped {{date .shipped}} to {{.address}}.{{end}}` + "\n\n" +
		"- Last event: {{.last_event}}\n- Tracking number: {{.tracking_number}}" +
		`{{with .estimated_delivery}}` + "\n" + `- Expected: {{day .}}{{end}}{{end}}`,
}

// changeDeliveryAddress is completed after a crash: a parcel that has left meanwhile
// is refused. It is taken back by itself, with the address that was there before.
var changeDeliveryAddress = orchestrator.Intent{
	Name:      "change_delivery_address",
	Summary:   "Deliver one order to another address, while it has not shipped",
	Effect:    orchestrator.Write,
	Subject:   "email",
	Access:    own,
	Languages: german["change_delivery_address"],
	Examples: []string{
		"change the delivery address of order 1003",
		"send my order to my office instead: 7 Mill Road, 5020 Bergen",
		"deliver order 4003 to 12 Elm Street, 0150 Oslo",
		"can you ship it to a different address?",
		"please redirect my latest order to my neighbour at 9 Oak Avenue, Leeds LS1 4AP",
		"the lamp should go to another address",
		"change where my order is delivered",
		"new delivery address for order 2044: 3 Quai de la Gare, 75013 Paris",
		"I won't be at home, deliver my order to my parents",
		"wrong shipping address on my order, please fix it",
		"the customer wants order 3012 delivered to her work address",
		"update the shipping address for that order",
		"send it somewhere else",
		"change delivery address",
		"my order is going to the old address, can you change that?",
	},
	Confirm: `Deliver order {{.args.order_id}} to {{with .result}}{{.address}}{{else}}{{.args.address}}{{end}}`,
	Answer:  `{{with .result}}Done: {{theirs $ "order"}} **{{.order_id}}** will be delivered to **{{.address}}**.{{end}}`,
	Undo: &orchestrator.Undo{
		Intent: "change_delivery_address",
		Args:   map[string]string{"order_id": "result.order_id", "address": "result.previous_address"},
		When:   "result.previous_address != result.address",
	},
	Recovery: orchestrator.RecoverComplete,
}

var getDeliveryEstimate = orchestrator.Intent{
	Name:      "get_delivery_estimate",
	Summary:   "Estimate when an order will be delivered, or say when it was",
	Effect:    orchestrator.Read,
	Subject:   "email",
	Access:    own,
	Languages: german["get_delivery_estimate"],
	Examples: []string{
		"when will my order arrive?",
		"when does the lamp come?",
		"how long until order 1003 is delivered?",
		"estimated delivery of order 2001",
		"ETA for my parcel",
		"what day will it be here",
		"will my order come before the weekend?",
		"when can I expect my latest order?",
		"delivery date please",
		"how many more days do I have to wait for my package?",
		"when will the customer get order 4003?",
		"is it going to arrive tomorrow?",
		"by when should the boots be here",
		"expected delivery date of my teapot",
		"how soon will it be delivered",
		"when is my delivery coming?",
	},
	Answer: `{{with .result}}{{theirs $ "Order"}} **{{.order_id}}** ` +
		`{{if .delivered}}was **delivered** {{date .delivered}}.` +
		`{{else if eq .earliest .latest}}should arrive **{{day .latest}}**.` +
		`{{else}}should arrive **{{day .earliest}}**, or **{{day .latest}}** at the latest.{{end}}` +
		`{{if eq .status "processing"}} It has not shipped yet.{{else if eq .status "shipped"}} It is on its way.{{end}}{{end}}`,
}
