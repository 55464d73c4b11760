package legacy

import (
	"context"
	"fmt"
	"strings"

	"banyan/legacy/monolith"
	"banyan/orchestrator"
)

type listParams struct {
	Email  string `json:"email" title:"email" format:"email" personal:"email" jsonschema:"the customer's email"`
	Status string `json:"status,omitempty" title:"status" enum:"processing,shipped,delivered,cancelled,returned" synonyms:"processing=open|pending|being prepared|not shipped|in progress|preparing,shipped=sent|dispatched|on its way|in transit|under way|posted,delivered=arrived|received|came,cancelled=canceled|called off|stopped,returned=sent back|given back" jsonschema:"only orders of this status"`
	Limit  *int   `json:"limit,omitempty" title:"number of orders" min:"1" max:"100" jsonschema:"at most this many orders, the newest first"`
}

type orderList struct {
	Orders []order `json:"orders" title:"orders" jsonschema:"the orders, newest first"`
	Count  int     `json:"count" title:"number of orders" jsonschema:"how many orders are listed"`
}

type changeParams struct {
	Email    string `json:"email" title:"email" format:"email" personal:"email" jsonschema:"the customer's email"`
	OrderID  string `json:"order_id" title:"order number" pattern:"^[0-9]{4}$" example:"1003" jsonschema:"the four digits of the order's number"`
	Item     string `json:"item" title:"item" minlen:"1" maxlen:"60" example:"kettle" jsonschema:"the item's name or a part of it"`
	Quantity *int   `json:"quantity" title:"quantity" min:"0" max:"99" jsonschema:"how many of it there should be; 0 removes it"`
}

func orderOperations() []operation {
	return []operation{
		define(orchestrator.Intent{
			Name: "list_orders", Summary: "List a customer's orders, newest first", Effect: orchestrator.Read,
			Examples: []string{
				"show my orders",
				"what have I ordered?",
				"list everything I bought",
				"which of my orders are still open",
				"my order history please",
				"how many orders do I have?",
				"what did I buy recently",
				"show me the last three orders",
				"any orders on their way to me?",
				"give me all delivered orders of this customer",
				"orders",
				"have I got anything that was cancelled?",
			},
		}, listOrders),
		define(orchestrator.Intent{
			Name: "get_order", Summary: "Show one order: its status, items and total", Effect: orchestrator.Read,
			Examples: []string{
				"what's the status of order 1003?",
				"show order 2001",
				"details of my latest order",
				"what is in order 4003",
				"has my lamp been sent yet?",
				"how much did I pay for order 1001",
				"did the cancellation go through?",
				"has order 1002 shipped",
				"pull up 4001 for me",
				"when did I place that order?",
				"tell me about the order with the teapot",
				"order status",
			},
			Answer: `{{theirs $ "Order"}} **{{.result.order_id}}** ({{items .result.items}}, {{money .result.total .result.currency}}) ` +
				`{{if eq .result.status "processing"}}is processing and has not shipped yet. It was placed {{date .result.placed}}.` +
				`{{else if eq .result.status "shipped"}}is on its way: it shipped {{date .result.shipped}}.` +
				`{{else if eq .result.status "delivered"}}was delivered {{date .result.delivered}}.` +
				`{{else if eq .result.status "cancelled"}}was cancelled{{with .result.cancelled}} {{date .}}{{end}}.` +
				`{{else}}was returned{{with .result.returned}} {{date .}}{{end}}.{{end}}`,
		}, func(ctx context.Context, x *exchange, p orderParams) (order, error) {
			r, err := x.askOrder(ctx, "ORIN", p.OrderID, nil)
			return orderIf(r, err)
		}),
		define(orchestrator.Intent{
			Name: "cancel_order", Summary: "Cancel an order that has not shipped yet", Effect: orchestrator.Destructive,
			Examples: []string{
				"cancel order 1003",
				"I don't want the lamp any more",
				"please cancel my latest order",
				"stop order 4003 before it goes out",
				"call off my order",
				"can you cancel what I bought yesterday?",
				"I changed my mind about the kettle, cancel it",
				"abort 1003",
				"the customer wants order 2001 cancelled",
				"I ordered the wrong thing and would like to undo it",
				"cancel that",
				"get rid of my order please, I no longer need it",
			},
			Confirm: `Cancel order {{.args.order_id}}{{with .result}}: {{items .items}}, {{money .total .currency}}{{end}}`,
			Answer:  `{{theirs $ "Order"}} **{{.result.order_id}}** ({{items .result.items}}, {{money .result.total .result.currency}}) is cancelled. The refund has been started.`,
			// It can be taken back where orders are reinstated, which the monolith never
			// learned. An order that has shipped meanwhile is refused.
			Recovery: orchestrator.RecoverComplete,
		}, func(ctx context.Context, x *exchange, p orderParams) (order, error) {
			r, err := x.askOrder(ctx, "ORCN", p.OrderID, nil)
			return orderIf(r, err)
		}),
		define(orchestrator.Intent{
			Name: "change_order", Summary: "Change how many of an item an order has, or remove the item", Effect: orchestrator.Write,
			Examples: []string{
				"make it two desk lamps instead of one",
				"change the quantity of wool socks in order 4003 to 5",
				"remove the mug from order 1002",
				"I want 3 kettles, not 1",
				"take the hiking poles out of my order",
				"add one more teapot to my order",
				"edit the items of order 1003",
				"can I still change the amount of socks I ordered?",
				"drop the poles but keep the rest",
				"set the lamp to 4 pieces",
				"order 4003 should only have two pairs of socks",
				"modify my order",
			},
			Confirm: `{{if eq (number .args.quantity) "0"}}Remove {{.args.item}} from order {{.args.order_id}}` +
				`{{else}}Change the quantity of {{.args.item}} in order {{.args.order_id}} to {{number .args.quantity}}{{end}}` +
				`{{with .result}}, which then is: {{items .items}}, {{money .total .currency}}{{end}}`,
			Answer: `{{theirs $ "Order"}} **{{.result.order_id}}** is now {{items .result.items}}, {{money .result.total .result.currency}}.`,
			Undo: &orchestrator.Undo{
				Intent: "change_order",
				Args:   map[string]string{"order_id": "result.order_id", "item": "result.item", "quantity": "result.previous_quantity"},
				When:   "result.previous_quantity != args.quantity",
			},
			Recovery: orchestrator.RecoverComplete, // an order that has shipped meanwhile is refused
		}, changeOrder),
	}
}

func orderIf(r *monolith.Record, err error) (order, error) {
	if err != nil {
		return order{}, err
	}
	return orderOf(r)
}

// listOrders asks on as long as the monolith says that there is more.
func listOrders(ctx context.Context, x *exchange, p listParams) (orderList, error) {
	list := orderList{Orders: []order{}}
	status, ok := statuses()[p.Status]
	if p.Status != "" && !ok {
		return list, orchestrator.Errorf(orchestrator.CodeInvalid, "%q is no status of an order.", p.Status)
	}
	limit := 0
	if p.Limit != nil {
		if limit = *p.Limit; limit < 1 {
			return list, orchestrator.Errorf(orchestrator.CodeInvalid, "The number of orders must be at least 1.")
		}
	}
	for {
		r, err := x.ask(ctx, "ORLS", func(r *monolith.Record) {
			r.SetText("LIST-STATUS", status)
			r.SetNumber("LIST-SKIP", int64(len(list.Orders)))
			r.SetNumber("LIST-LIMIT", int64(min(limit, 999_999)))
		})
		if err != nil {
			return list, err
		}
		page := r.List("LIST-ORDER")
		for _, e := range page {
			o, err := orderOf(e)
			if err != nil {
				return list, err
			}
			list.Orders = append(list.Orders, o)
		}
		list.Count = len(list.Orders)
		if !r.Flag("LIST-MORE") {
			return list, nil
		}
		if len(page) == 0 {
			return list, fmt.Errorf("the monolith promises more orders after an empty page")
		}
	}
}

func changeOrder(ctx context.Context, x *exchange, p changeParams) (orderChange, error) {
	if p.Quantity == nil || *p.Quantity < 0 || *p.Quantity > 99 {
		return orderChange{}, orchestrator.Errorf(orchestrator.CodeInvalid, "The quantity of an item is 0 to 99.")
	}
	if strings.TrimSpace(p.Item) == "" {
		return orderChange{}, orchestrator.Errorf(orchestrator.CodeInvalid, "It is not said which item of the order is meant.")
	}
	r, err := x.askOrder(ctx, "ORCH", p.OrderID, func(r *monolith.Record) {
		setLine(r, "ITEM-NAME", p.Item)
		r.SetNumber("ITEM-QUANTITY", int64(*p.Quantity))
	})
	o, err := orderIf(r, err)
	if err != nil {
		return orderChange{}, err
	}
	return orderChange{
		OrderID: o.OrderID, Status: o.Status, Placed: o.Placed, Shipped: o.Shipped, Delivered: o.Delivered,
		Cancelled: o.Cancelled, Returned: o.Returned, Items: o.Items, Total: o.Total, Currency: o.Currency,
		Item: r.Text("CHNG-ITEM-NAME"), PreviousQuantity: int(r.Number("PREV-QUANTITY")),
	}, nil
}
