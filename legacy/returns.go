package legacy

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"banyan/legacy/monolith"
	"banyan/orchestrator"
)

type returnParams struct {
	Email   string `json:"email" title:"email" format:"email" personal:"email" jsonschema:"the customer's email"`
	OrderID string `json:"order_id" title:"order number" pattern:"^[0-9]{4}$" example:"4001" jsonschema:"the four digits of the order's number"`
	Item    string `json:"item,omitempty" title:"item" maxlen:"60" example:"boots" jsonschema:"the item's name or a part of it; without it all of the order is returned"`
	Reason  string `json:"reason,omitempty" title:"reason" maxlen:"500" jsonschema:"why it is returned"`
}

type returned struct {
	OrderID      string   `json:"order_id" title:"order number" jsonschema:"the four digits of the order's number"`
	ReturnID     string   `json:"return_id" title:"return number" jsonschema:"the number to write on the parcel"`
	Status       string   `json:"status" title:"status" enum:"processing,shipped,delivered,cancelled,returned" jsonschema:"the order's status after the return"`
	Items        []string `json:"items" title:"items" jsonschema:"the names of what is returned"`
	RefundAmount float64  `json:"refund_amount" title:"refund" unit:"EUR" jsonschema:"what is paid back"`
	Currency     string   `json:"currency" title:"currency" jsonschema:"the currency of the amounts"`
	RefundDue    string   `json:"refund_due" title:"refund due" format:"date" jsonschema:"the day by which it is paid back"`
}

type withdrawParams struct {
	Email    string `json:"email" title:"email" format:"email" personal:"email" jsonschema:"the customer's email"`
	OrderID  string `json:"order_id" title:"order number" pattern:"^[0-9]{4}$" example:"4001" jsonschema:"the four digits of the order's number"`
	ReturnID string `json:"return_id,omitempty" title:"return number" pattern:"^RET-[0-9]{6}$" example:"RET-000012" jsonschema:"the number of the return; without it the last return of the order"`
}

type withdrawn struct {
	OrderID  string   `json:"order_id" title:"order number" jsonschema:"the four digits of the order's number"`
	ReturnID string   `json:"return_id" title:"return number" jsonschema:"the number of the return that was withdrawn"`
	Status   string   `json:"status" title:"status" enum:"processing,shipped,delivered,cancelled,returned" jsonschema:"the order's status after the withdrawal"`
	Items    []string `json:"items" title:"items" jsonschema:"the names of what is kept after all"`
	Reason   string   `json:"reason" title:"reason" jsonschema:"why it was to be returned; empty if that was not said"`
}

type refund struct {
	OrderID   string  `json:"order_id" title:"order number" jsonschema:"the four digits of the order's number"`
	Status    string  `json:"refund_status" title:"refund status" enum:"pending,paid" synonyms:"pending=open|waiting|not paid yet,paid=done|sent|paid back|transferred" jsonschema:"whether the money was paid"`
	Amount    float64 `json:"amount" title:"amount" unit:"EUR" jsonschema:"what is paid back"`
	Currency  string  `json:"currency" title:"currency" jsonschema:"the currency of the amounts"`
	Requested string  `json:"requested" title:"requested" format:"date" jsonschema:"the day on which the refund was started"`
	Due       string  `json:"due,omitempty" title:"due" format:"date" jsonschema:"the day by which a pending refund is paid"`
	Paid      string  `json:"paid,omitempty" title:"paid" format:"date" jsonschema:"the day on which the refund was paid"`
}

type invoice struct {
	OrderID  string  `json:"order_id" title:"order number" jsonschema:"the four digits of the order's number"`
	Number   string  `json:"invoice_number" title:"invoice number" jsonschema:"the number of the invoice"`
	Issued   string  `json:"issued" title:"issued" format:"date" jsonschema:"the date of the invoice"`
	Items    []item  `json:"items" title:"items" jsonschema:"what was invoiced"`
	Total    float64 `json:"total" title:"total" unit:"EUR" jsonschema:"the sum of the invoice"`
	Currency string  `json:"currency" title:"currency" jsonschema:"the currency of the amounts"`
}

func returnOperations() []operation {
	return []operation{
		define(orchestrator.Intent{
			Name: "request_return", Summary: "Return a delivered order, or one item of it", Effect: orchestrator.Write,
			Languages: german["request_return"],
			Examples: []string{
				"I want to return the boots",
				"return order 4001",
				"send back my headphones, they are too small",
				"can I give the jacket back?",
				"the boots don't fit, I'd like my money back",
				"start a return for order 1001 because it is broken",
				"how do I send this back? I want to return it",
				"I'd like to return one item of my order",
				"these shoes are the wrong size, take them back please",
				"the customer wants to return 4001, reason: damaged",
				"return label for the boots please",
				"I'm not happy with it and want to send it back",
			},
			Confirm: `Return {{with .result}}{{list .items}} of {{else}}{{with .args.item}}{{.}} of {{end}}{{end}}order {{.args.order_id}}` +
				`{{with .result}} for a refund of {{money .refund_amount .currency}}{{end}}`,
			Answer: `The return of {{list .result.items}} (order {{.result.order_id}}) is registered as **{{.result.return_id}}**. ` +
				`{{money .result.refund_amount .result.currency}} will be paid back {{day .result.refund_due}} at the latest.`,
			Undo: &orchestrator.Undo{
				Intent: "withdraw_return",
				Args:   map[string]string{"order_id": "result.order_id", "return_id": "result.return_id"},
			},
			Recovery: orchestrator.RecoverComplete, // the window of 30 days may close before it is asked for again
		}, requestReturn),
		define(orchestrator.Intent{
			Name: "withdraw_return", Summary: "Withdraw a return that was requested, to keep the items after all", Effect: orchestrator.Write,
			Languages: german["withdraw_return"],
			Examples: []string{
				"withdraw the return of order 4001",
				"I'll keep the boots after all, withdraw my return",
				"call off return RET-000012",
				"forget about the return, I'm keeping it",
				"please withdraw my return request",
				"the return is no longer needed, the shoes fit now",
				"stop the return of the headphones",
				"the customer wants to keep the tent, please drop the return",
				"I decided to keep it, so no return",
				"can the return I asked for be withdrawn?",
				"take my return request off the list",
			},
			Confirm: `Withdraw the return {{with .result}}{{.return_id}} of {{list .items}}, {{else}}{{with .args.return_id}}{{.}} of {{else}}of {{end}}{{end}}order {{.args.order_id}}`,
			Answer:  `The return {{.result.return_id}} of {{list .result.items}} (order {{.result.order_id}}) is withdrawn, and nothing is paid back.`,
			// A return of several items was one of all that was left.
			Undo: &orchestrator.Undo{
				Intent: "request_return",
				Args: map[string]string{
					"order_id": "result.order_id", "reason": "result.reason",
					"item": `size(result.items) == 1 ? result.items[0] : ""`,
				},
			},
			Recovery: orchestrator.RecoverComplete, // once the refund is paid it is refused
		}, withdrawReturn),
		define(orchestrator.Intent{
			Name: "get_refund_status", Summary: "Say how far the refund of a cancelled or returned order is", Effect: orchestrator.Read,
			Languages: german["get_refund_status"],
			Examples: []string{
				"where is my refund?",
				"have you paid me back for order 4002",
				"refund status of 4002",
				"when do I get my money back?",
				"did the refund for the jacket go out",
				"how much will be refunded for my cancelled order?",
				"I'm still waiting for my refund",
				"has the money for the rain jacket been returned to me",
				"check the refund on order 4002 please",
				"is my refund pending or paid",
				"you still owe me money for the order I cancelled",
			},
			Answer: `The refund of **{{money .result.amount .result.currency}}** for {{theirs $ "order"}} {{.result.order_id}} ` +
				`{{if eq .result.refund_status "paid"}}was **paid** {{day .result.paid}}.{{else}}is **pending**: it was requested {{day .result.requested}}{{with .result.due}} and will be paid {{day .}} at the latest{{end}}.{{end}}`,
		}, refundStatus),
		define(orchestrator.Intent{
			Name: "get_invoice", Summary: "Show the invoice of an order that has shipped", Effect: orchestrator.Read,
			Languages: german["get_invoice"],
			Examples: []string{
				"I need the invoice for order 1001",
				"show me the bill for my headphones",
				"can I get a receipt?",
				"invoice 2001",
				"send me the invoice of my last order",
				"I need a proof of purchase for my tax return",
				"what's the invoice number of order 1002",
				"give me the bill of the boots",
				"receipt for order 4001 please",
				"do you have an invoice for the teapot that I can hand in at work?",
				"print the customer's invoice",
			},
			Answer: `Invoice **{{.result.invoice_number}}** for {{theirs $ "order"}} {{.result.order_id}}, issued {{day .result.issued}}: {{items .result.items}}, ` +
				`**{{money .result.total .result.currency}}** in total.`,
		}, func(ctx context.Context, x *exchange, p orderParams) (invoice, error) {
			r, err := x.askOrder(ctx, "IVIN", p.OrderID, nil)
			if err != nil {
				return invoice{}, err
			}
			issued := r.Date("INVC-ISSUED-DATE")
			inv := invoice{
				OrderID: r.Text("ORDR-NUMBER"), Issued: day(issued), Currency: currency,
				Number: fmt.Sprintf("INV-%d-%s", issued.Year(), r.Text("INVC-NUMBER")),
			}
			inv.Items, inv.Total = itemsOf(r)
			return inv, nil
		}),
	}
}

func requestReturn(ctx context.Context, x *exchange, p returnParams) (returned, error) {
	r, err := x.askOrder(ctx, "RTRQ", p.OrderID, func(r *monolith.Record) {
		setLine(r, "ITEM-NAME", p.Item)
		set(r, "RTRN-REASON", p.Reason)
	})
	if err != nil {
		return returned{}, err
	}
	status, err := statusWord(r.Text("ORDR-STATUS"))
	ret := returned{
		OrderID: r.Text("RTRN-ORDR-NUMBER"), ReturnID: "RET-" + r.Text("RTRN-NUMBER"), Status: status, Items: []string{},
		RefundAmount: euros(r.Number("RTRN-AMOUNT")), Currency: currency, RefundDue: day(r.Date("RTRN-DUE-DATE")),
	}
	for _, e := range r.List("RTRN-ITEM") {
		ret.Items = append(ret.Items, e.Text("RTRN-ITEM-NAME"))
	}
	return ret, err
}

func withdrawReturn(ctx context.Context, x *exchange, p withdrawParams) (withdrawn, error) {
	number, ok := int64(0), true
	if p.ReturnID != "" {
		digits, named := strings.CutPrefix(strings.TrimSpace(p.ReturnID), "RET-")
		n, err := strconv.ParseUint(digits, 10, 20)
		number, ok = int64(n), named && len(digits) == 6 && err == nil && n > 0
	}
	if !ok {
		return withdrawn{}, orchestrator.Errorf(orchestrator.CodeInvalid, "A return number looks like RET-000012.")
	}
	r, err := x.askOrder(ctx, "RTWD", p.OrderID, func(r *monolith.Record) { r.SetNumber("RTRN-NUMBER", number) })
	if err != nil {
		return withdrawn{}, err
	}
	status, err := statusWord(r.Text("ORDR-STATUS"))
	w := withdrawn{OrderID: r.Text("RTRN-ORDR-NUMBER"), ReturnID: "RET-" + r.Text("RTRN-NUMBER"), Status: status, Items: []string{}, Reason: r.Text("RTRN-REASON")}
	for _, e := range r.List("RTRN-ITEM") {
		w.Items = append(w.Items, e.Text("RTRN-ITEM-NAME"))
	}
	return w, err
}

func refundStatus(ctx context.Context, x *exchange, p orderParams) (refund, error) {
	r, err := x.askOrder(ctx, "RFIN", p.OrderID, nil)
	if err != nil {
		return refund{}, err
	}
	ref := refund{
		OrderID: r.Text("ORDR-NUMBER"), Status: "pending", Amount: euros(r.Number("RFND-AMOUNT")), Currency: currency,
		Requested: day(r.Date("RFND-REQUESTED-DATE")),
	}
	if due := day(r.Date("RFND-DUE-DATE")); r.Flag("RFND-PAID") {
		ref.Status, ref.Paid = "paid", due
	} else {
		ref.Due = due
	}
	return ref, nil
}
