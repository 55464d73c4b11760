package legacy

import (
	"fmt"
	"time"

	"banyan/legacy/monolith"
	"banyan/orchestrator"
)

// The codes of what the shop refuses, beside those of the kernel.
const (
	codeAlreadyCancelled = "already_cancelled"
	codeAlreadyShipped   = "already_shipped"
	codeAlreadyReturned  = "already_returned"
	codeNotShipped       = "not_shipped"
	codeNotDelivered     = "not_delivered"
	codeWindowClosed     = "return_window_closed"
	codeNoRefund         = "no_refund"
	codeNoSuchItem       = "no_such_item"
	codeLastItem         = "last_item"
	codeOrdersOpen       = "orders_open"
	codeAccountClosed    = "account_closed"
	codeKeyReused        = "key_reused"
	codeKeyUnknown       = "key_unknown"
	codeNoReturn         = "no_return"
	codeRefundPaid       = "refund_paid"
)

// refusal puts a code of the monolith into words. A code that says that the two do
// not understand each other is a failure, not an *orchestrator.Error.
func refusal(c monolith.Code, text string, request, detail *monolith.Record) error {
	order := request.Text("ORDR-NUMBER")
	if order == "" {
		order = request.Text("CMPL-ORDR-NUMBER")
	}
	item := request.Text("ITEM-NAME")
	when := detail.Time("ERR")
	cause := fmt.Errorf("the monolith answered %04d %s", c, text)
	code, message := "", ""
	switch c {
	case monolith.NoCustomer:
		code, message = orchestrator.CodeNotFound, "There is no customer with this email."
	case monolith.NoOrder:
		code, message = orchestrator.CodeNotFound, fmt.Sprintf("There is no order %s in this account.", order)
	case monolith.OrderCancelled:
		code, message = codeAlreadyCancelled, fmt.Sprintf("Order %s is already cancelled.", order)
		if request.Layout() != "ORCN-REQUEST" {
			message = fmt.Sprintf("Order %s was cancelled%s, so it cannot be %s.", order, on(when), asked(request))
		}
	case monolith.OrderShipped:
		code, message = codeAlreadyShipped, fmt.Sprintf("Order %s has already shipped, so it can no longer be %s.", order, asked(request))
	case monolith.OrderDelivered:
		code, message = codeAlreadyShipped, fmt.Sprintf("Order %s was already delivered%s, so it can no longer be %s.", order, on(when), asked(request))
	case monolith.OrderReturned:
		code, message = codeAlreadyReturned, fmt.Sprintf("Order %s was already returned%s.", order, on(when))
	case monolith.NotShipped:
		code, message = codeNotShipped, fmt.Sprintf("Order %s has not shipped yet.", order)
	case monolith.NotDelivered:
		code, message = codeNotDelivered, fmt.Sprintf("Order %s has not been delivered yet, so there is nothing to return.", order)
	case monolith.WindowClosed:
		code, message = codeWindowClosed, fmt.Sprintf("Order %s can no longer be returned: its 30 days ended%s.", order, on(when))
	case monolith.NoRefund:
		code, message = codeNoRefund, fmt.Sprintf("There is no refund for order %s: it was neither cancelled nor returned.", order)
	case monolith.NoReturn:
		code, message = codeNoReturn, fmt.Sprintf("There is no such return of order %s.", order)
	case monolith.RefundPaid:
		code, message = codeRefundPaid, fmt.Sprintf("The return of order %s can no longer be withdrawn: its refund was paid%s.", order, on(when))
	case monolith.NoItem:
		code, message = codeNoSuchItem, fmt.Sprintf("Order %s has no item %q. It has %s.", order, item, names(detail))
	case monolith.AmbiguousItem:
		code, message = orchestrator.CodeInvalid, fmt.Sprintf("Order %s has more than one item like %q: %s. Which one is meant?", order, item, names(detail))
	case monolith.LastItem:
		code, message = codeLastItem, fmt.Sprintf("%s is the last item of order %s, so it cannot be removed. The order can be cancelled instead.", upperFirst(names(detail)), order)
	case monolith.ItemReturned:
		code, message = codeAlreadyReturned, fmt.Sprintf("%s of order %s was already returned.", upperFirst(names(detail)), order)
	case monolith.OrdersOpen:
		code, message = codeOrdersOpen, fmt.Sprintf("The account cannot be closed while orders are being processed: %s.", names(detail))
	case monolith.AccountClosed:
		code, message = codeAccountClosed, fmt.Sprintf("The account was already closed%s.", on(when))
	case monolith.BadQuantity:
		code, message = orchestrator.CodeInvalid, "The quantity of an item is 0 to 99."
	case monolith.BadPhone:
		code, message = orchestrator.CodeInvalid, "A phone number has 7 to 15 digits; spaces, +, - and brackets are fine."
	case monolith.BadAddress:
		code, message = orchestrator.CodeInvalid, "An address has 8 to 160 characters, all of them printable."
	case monolith.NoText:
		code, message = orchestrator.CodeInvalid, "A complaint needs some words about what went wrong."
	case monolith.KeyReused:
		code, message = codeKeyReused, "This request was already used for something else. Nothing was changed."
	case monolith.KeyUnknown:
		code, message = codeKeyUnknown, "This request was not carried out."
	default:
		return cause
	}
	return &orchestrator.Error{Code: code, Message: message, Cause: cause}
}

// asked is the word for what a request wanted to be done to an order.
func asked(request *monolith.Record) string {
	switch request.Layout() {
	case "ORCN-REQUEST":
		return "cancelled"
	case "SHAD-REQUEST":
		return "sent elsewhere"
	case "SHTR-REQUEST":
		return "tracked"
	case "SHES-REQUEST":
		return "delivered"
	case "RTRQ-REQUEST", "RTWD-REQUEST":
		return "returned"
	case "IVIN-REQUEST":
		return "invoiced"
	}
	return "changed"
}

// on says on which day something was, with a space before it; "" if that is not
// known.
func on(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(" on 2 January 2006")
}

// names joins what an error is about.
func names(detail *monolith.Record) string {
	var list []string
	for _, n := range detail.List("ERR-NAME") {
		list = append(list, n.Text("ERR-NAME-TEXT"))
	}
	return orchestrator.JoinAnd(list)
}
