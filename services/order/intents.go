package order

import "banyan/orchestrator"

var listOrders = orchestrator.Intent{
	Name:      "list_orders",
	Summary:   "List a customer's orders, newest first, with status, items and total",
	Effect:    orchestrator.Read,
	Subject:   "email",
	Access:    own,
	Languages: german["list_orders"],
	Examples: []string{
		"show me my orders",
		"what have I ordered?",
		"list all orders of this customer",
		"which of my orders have been delivered?",
		"my order history please",
		"do I have any open orders",
		"what did I buy last month?",
		"orders",
		"show my last three orders",
		"how many orders do I have?",
		"how is my newest order coming along?",
		"is anything still on its way to me?",
		"any orders on my account?",
		"how much have I spent here",
		"was my last order really cancelled?",
		"when did I order the headphones?",
		"give me an overview of everything I bought",
		"has my last order shipped yet?",
		"any cancelled orders on her account?",
	},
	// A list of orders is best seen as a table, which the general rendering makes: the
	// template has words only for an empty one.
	Answer: `{{if not .result.orders}}{{if .own}}You have{{else if .name}}{{.name}} has{{else}}There are{{end}} no {{with .args.status}}{{.}} {{end}}orders` +
		`{{if .args.status}}.{{else}} yet.{{if .own}} As soon as you place one, you can look it up, track it and change it here.{{end}}{{end}}{{end}}`,
}

var getOrder = orchestrator.Intent{
	Name:      "get_order",
	Summary:   "Show one order: its status, items, prices, total and when it was placed, shipped and delivered",
	Effect:    orchestrator.Read,
	Subject:   "email",
	Access:    own,
	Languages: german["get_order"],
	Examples: []string{
		"show me order 1002",
		"how much was order 1002?",
		"details of order 4001",
		"what is the status of order 2001?",
		"has order 1003 shipped yet?",
		"order 1001",
		"what's in my order 4003",
		"when did I place order 1002?",
		"is order 3010 cancelled?",
		"tell me more about that order",
		"what did the kettle cost?",
		"what exactly did I order there?",
		"look up order number 5120 please",
		"status of my lamp order",
		"when was it delivered?",
		"did I really order two of those?",
		"was the order with the boots cancelled",
	},
	Answer: `{{with .result}}{{theirs $ "Order"}} **{{.order_id}}** {{if le (len .items) 1}}({{items .items}}, {{money .total .currency}}) {{end}}` +
		`{{if eq .status "processing"}}is **processing**: it was placed {{date .placed}} and has not shipped yet.` +
		`{{else if eq .status "shipped"}}is **shipped**: it was placed {{date .placed}} and left {{date .shipped}}.` +
		`{{else if eq .status "delivered"}}is **delivered**: it was placed {{date .placed}} and arrived {{date .delivered}}.` +
		`{{else if eq .status "cancelled"}}is **cancelled**: it was placed {{date .placed}} and cancelled {{date .cancelled}}.` +
		`{{else}}is **returned**: it was placed {{date .placed}} and came back {{date .returned}}.{{end}}` +
		`{{$cur := .currency}}{{if gt (len .items) 1}}` + "\n\n" +
		`{{range .items}}- {{number .quantity}} × {{.name}}, {{money .price $cur}}{{if ne .quantity 1.0}} each{{end}}` + "\n" + `{{end}}` + "\n" +
		`Total: **{{money .total .currency}}**{{end}}{{end}}`,
}

// cancelOrder is completed after a crash: the customer said yes, and an order that
// has shipped meanwhile is refused. It is taken back by reinstate_order.
var cancelOrder = orchestrator.Intent{
	Name:      "cancel_order",
	Summary:   "Cancel an order that has not shipped yet",
	Effect:    orchestrator.Destructive,
	Subject:   "email",
	Access:    own,
	Languages: german["cancel_order"],
	Examples: []string{
		"cancel order 1003",
		"cancel my latest order",
		"I don't want it any more, please cancel it",
		"can you cancel the order I placed yesterday?",
		"stop my order before it ships",
		"please call off order 4003",
		"I ordered the wrong thing, cancel it",
		"cancel it",
		"the customer wants to cancel her last order",
		"I changed my mind about the lamp, cancel that order",
		"cancellation of order 2044",
		"is it still possible to cancel my order?",
		"abort my purchase",
		"annul the order with the teapot",
		"I'd like to withdraw my order",
		"scrap my most recent order please",
	},
	Confirm: `Cancel order {{.args.order_id}}{{with .result}}: {{items .items}}, {{money .total .currency}}{{end}}`,
	Answer: `{{with .result}}{{theirs $ "Order"}} **{{.order_id}}** ({{items .items}}, {{money .total .currency}}) is **cancelled**. ` +
		`The refund has been started, and there is nothing to send back.{{end}}`,
	Undo:     &orchestrator.Undo{Intent: "reinstate_order", Args: map[string]string{"order_id": "result.order_id"}},
	Recovery: orchestrator.RecoverComplete,
}

// reinstateOrder takes cancel_order back. Its words keep away from those that ask
// for a cancellation, so that the one is never taken for the other.
var reinstateOrder = orchestrator.Intent{
	Name:      "reinstate_order",
	Summary:   "Reinstate an order that was called off by mistake, within a day",
	Effect:    orchestrator.Write,
	Subject:   "email",
	Access:    own,
	Languages: german["reinstate_order"],
	Examples: []string{
		"reinstate order 1003",
		"please reinstate my order",
		"restore the order that I called off",
		"I want my order back after all",
		"restore order 4003",
		"reopen order 2044",
		"revive order 1003 please",
		"I do want the lamp after all, reactivate the order",
		"the customer would like her order reinstated",
		"can you put order 2044 back in place?",
		"that was a mistake, please send me order 1003 after all",
		"reactivate my latest order",
	},
	Confirm: `Reinstate order {{.args.order_id}}{{with .result}}: {{items .items}}, {{money .total .currency}}{{end}}`,
	Answer: `{{with .result}}Order **{{.order_id}}** ({{items .items}}, {{money .total .currency}}) is reinstated: ` +
		`it is being processed again, and nothing is refunded.{{end}}`,
	Undo:     &orchestrator.Undo{Intent: "cancel_order", Args: map[string]string{"order_id": "result.order_id"}},
	Recovery: orchestrator.RecoverComplete,
}

// changeOrder is taken back by itself: an item that was removed stays known to its
// order and can be put back by its name.
var changeOrder = orchestrator.Intent{
	Name:      "change_order",
	Summary:   "Change how many of an item an order has, or remove the item, while the order has not shipped",
	Effect:    orchestrator.Write,
	Subject:   "email",
	Access:    own,
	Languages: german["change_order"],
	Examples: []string{
		"make it two mugs instead of one",
		"change the quantity of socks in order 4003 to 5",
		"remove the hiking poles from my order",
		"I only want one kettle",
		"add another pair of socks to my order",
		"set the number of mugs to 4 in order 1002",
		"take the mug off my latest order",
		"can I change my order?",
		"please reduce the socks to two",
		"I need three lamps, not one, in order 1003",
		"order 4003 without the poles please",
		"the customer wants 6 cups instead of 4",
		"delete the teapot from order 2001",
		"increase the quantity of the candles to 10",
		"change order",
		"drop one item from my order",
	},
	Confirm: `{{if eq (number .args.quantity) "0"}}Remove {{.args.item}} from order {{.args.order_id}}` +
		`{{else}}Change order {{.args.order_id}} to {{number .args.quantity}} × {{.args.item}}{{end}}` +
		`{{with .result}}; it will then be {{items .items}}, {{money .total .currency}}{{end}}`,
	Answer: `{{with .result}}Done: {{theirs $ "order"}} **{{.order_id}}** is now {{items .items}}, **{{money .total .currency}}** in total.{{end}}`,
	Undo: &orchestrator.Undo{
		Intent: "change_order",
		Args:   map[string]string{"order_id": "result.order_id", "item": "result.item", "quantity": "result.previous_quantity"},
		When:   "result.previous_quantity != args.quantity",
	},
	Recovery: orchestrator.RecoverComplete,
}
