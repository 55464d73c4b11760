package legacy

import (
	"context"
	"time"

	"banyan/legacy/monolith"
	"banyan/orchestrator"
)

type orderAddressParams struct {
	Email   string `json:"email" title:"email" format:"email" personal:"email" jsonschema:"the customer's email"`
	OrderID string `json:"order_id" title:"order number" pattern:"^[0-9]{4}$" example:"1003" jsonschema:"the four digits of the order's number"`
	Address string `json:"address" title:"delivery address" format:"postal-address" personal:"address" minlen:"8" maxlen:"160" example:"12 Elm Street, 0150 Oslo" jsonschema:"where the order should go"`
}

type shipment struct {
	OrderID   string    `json:"order_id" title:"order number" jsonschema:"the four digits of the order's number"`
	Status    string    `json:"status" title:"status" enum:"processing,shipped,delivered,cancelled,returned" jsonschema:"how far the order has come"`
	Carrier   string    `json:"carrier" title:"carrier" jsonschema:"who carries the parcel"`
	Tracking  string    `json:"tracking_number" title:"tracking number" jsonschema:"the carrier's number of the parcel"`
	Shipped   time.Time `json:"shipped" title:"shipped" jsonschema:"when the order left the warehouse"`
	Delivered time.Time `json:"delivered,omitzero" title:"delivered" jsonschema:"when the order arrived"`
	Estimated string    `json:"estimated_delivery,omitempty" title:"expected" format:"date" jsonschema:"the day on which the order is expected"`
	Address   string    `json:"address" title:"delivery address" format:"postal-address" personal:"address" trusted:"true" jsonschema:"where the order goes"`
	LastEvent string    `json:"last_event" title:"last event" jsonschema:"what was last heard of the parcel"`
}

// delivery is the result of change_delivery_address.
type delivery struct {
	OrderID string `json:"order_id" title:"order number" jsonschema:"the four digits of the order's number"`
	Status  string `json:"status" title:"status" enum:"processing,shipped,delivered,cancelled,returned" jsonschema:"how far the order has come"`
	Address string `json:"address" title:"delivery address" format:"postal-address" personal:"address" trusted:"true" jsonschema:"where the order goes"`

	PreviousAddress string `json:"previous_address" title:"previous delivery address" format:"postal-address" personal:"address" trusted:"true" jsonschema:"where the order would have gone before the change"`
}

type estimate struct {
	OrderID   string    `json:"order_id" title:"order number" jsonschema:"the four digits of the order's number"`
	Status    string    `json:"status" title:"status" enum:"processing,shipped,delivered,cancelled,returned" jsonschema:"how far the order has come"`
	Earliest  string    `json:"earliest,omitempty" title:"earliest" format:"date" jsonschema:"the first day on which the order may arrive"`
	Latest    string    `json:"latest,omitempty" title:"latest" format:"date" jsonschema:"the day by which the order should have arrived"`
	Delivered time.Time `json:"delivered,omitzero" title:"delivered" jsonschema:"when the order arrived"`
}

func shippingOperations() []operation {
	return []operation{
		define(orchestrator.Intent{
			Name: "track_shipment", Summary: "Track where a shipped order is", Effect: orchestrator.Read,
			Examples: []string{
				"where is my order?",
				"track order 2001",
				"where is my kettle",
				"what's the tracking number of 1002?",
				"which carrier has my parcel",
				"follow my package",
				"is the teapot on its way, and where exactly?",
				"locate shipment 4001",
				"I'd like to trace my delivery",
				"my parcel still isn't here, where has it got to?",
				"tracking",
				"who delivers order 1002 and what was the last scan",
			},
			Answer: `{{theirs $ "Order"}} **{{.result.order_id}}**: {{.result.last_event}}. It was shipped {{date .result.shipped}} with {{default "our carrier" .result.carrier}}` +
				`{{with .result.tracking_number}}, tracking number **{{.}}**{{end}}` +
				`{{if .result.delivered}}, and delivered {{date .result.delivered}}{{else}}{{with .result.estimated_delivery}}, and is expected {{day .}}{{end}}{{end}}.` +
				`{{with .result.address}} It goes to {{.}}.{{end}}`,
		}, trackShipment),
		define(orchestrator.Intent{
			Name: "change_delivery_address", Summary: "Send an order that has not shipped yet to another address", Effect: orchestrator.Write,
			Examples: []string{
				"change the delivery address of order 1003 to 12 Elm Street, 0150 Oslo",
				"send my lamp to another address",
				"deliver order 4003 to my office, 5 Market Square, Bergen",
				"can my parcel go to my neighbour at 8 Oak Road instead?",
				"the shipping address of my order is wrong",
				"redirect order 1003",
				"ship the socks to 20 Station Road, York",
				"please have my latest order delivered somewhere else",
				"different delivery address for order 1003",
				"update where my order is being sent",
				"I won't be home, send the order to my sister's place",
			},
			Confirm: `Deliver order {{.args.order_id}} to {{.args.address}}`,
			Answer:  `{{theirs $ "Order"}} **{{.result.order_id}}** will be delivered to **{{.result.address}}**.`,
			Undo: &orchestrator.Undo{
				Intent: "change_delivery_address",
				Args:   map[string]string{"order_id": "result.order_id", "address": "result.previous_address"},
				When:   "result.previous_address != result.address",
			},
			Recovery: orchestrator.RecoverComplete, // an order that has shipped meanwhile is refused
		}, func(ctx context.Context, x *exchange, p orderAddressParams) (delivery, error) {
			r, err := x.askOrder(ctx, "SHAD", p.OrderID, func(r *monolith.Record) { setLine(r, "ORDR-ADDRESS", p.Address) })
			if err != nil {
				return delivery{}, err
			}
			status, err := statusWord(r.Text("ORDR-STATUS"))
			return delivery{OrderID: r.Text("ORDR-NUMBER"), Status: status, Address: r.Text("ORDR-ADDRESS"), PreviousAddress: r.Text("PREV-ADDRESS")}, err
		}),
		define(orchestrator.Intent{
			Name: "get_delivery_estimate", Summary: "Say when an order will arrive", Effect: orchestrator.Read,
			Examples: []string{
				"when will my order arrive?",
				"how long until the lamp is here",
				"delivery date of order 1003",
				"when can I expect my parcel",
				"will order 2001 come this week?",
				"what day does my kettle get here",
				"ETA for 1002",
				"estimated delivery please",
				"how many more days for the socks?",
				"is my order going to be here by Friday",
				"when is the delivery of order 4003 due",
				"what's the expected arrival of the teapot?",
			},
			Answer: `{{if .result.delivered}}{{theirs $ "Order"}} **{{.result.order_id}}** was delivered {{date .result.delivered}}.` +
				`{{else}}{{theirs $ "Order"}} **{{.result.order_id}}** should arrive {{day .result.earliest}}` +
				`{{if ne .result.earliest .result.latest}}, or {{day .result.latest}} at the latest{{end}}.{{end}}`,
		}, func(ctx context.Context, x *exchange, p orderParams) (estimate, error) {
			r, err := x.askOrder(ctx, "SHES", p.OrderID, nil)
			if err != nil {
				return estimate{}, err
			}
			status, err := statusWord(r.Text("ORDR-STATUS"))
			return estimate{
				OrderID: r.Text("ORDR-NUMBER"), Status: status, Delivered: r.Time("ORDR-DELIVERED"),
				Earliest: day(r.Date("ESTM-EARLIEST-DATE")), Latest: day(r.Date("ESTM-LATEST-DATE")),
			}, err
		}),
	}
}

func trackShipment(ctx context.Context, x *exchange, p orderParams) (shipment, error) {
	r, err := x.askOrder(ctx, "SHTR", p.OrderID, nil)
	if err != nil {
		return shipment{}, err
	}
	status, err := statusWord(r.Text("ORDR-STATUS"))
	s := shipment{
		OrderID: r.Text("ORDR-NUMBER"), Status: status, Carrier: r.Text("ORDR-CARRIER"), Tracking: r.Text("ORDR-TRACKING"),
		Shipped: r.Time("ORDR-SHIPPED"), Delivered: r.Time("ORDR-DELIVERED"), Address: r.Text("ORDR-ADDRESS"),
		LastEvent: eventWords(r.Text("TRCK-EVENT"), r.Text("ORDR-CARRIER")),
	}
	if status == "shipped" {
		s.Estimated = day(r.Date("ORDR-ESTIMATE-DATE"))
	}
	return s, err
}

// eventWords puts a TRCK-EVENT into words.
func eventWords(event, carrier string) string {
	switch event {
	case "H":
		if carrier == "" {
			carrier = "the carrier"
		}
		return "handed over to " + carrier
	case "D":
		return "delivered"
	case "R":
		return "returned to us"
	case "C":
		return "stopped on its way"
	}
	return "on its way"
}
