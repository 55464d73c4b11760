package legacy

import (
	"fmt"
	"time"
	"unicode"
	"unicode/utf8"

	"banyan/legacy/monolith"
)

// currency is the only one that the monolith knows.
const currency = "EUR"

// The parameters that several intents share.

type emailParams struct {
	Email string `json:"email" title:"email" format:"email" personal:"email" jsonschema:"the customer's email"`
}

type orderParams struct {
	Email   string `json:"email" title:"email" format:"email" personal:"email" jsonschema:"the customer's email"`
	OrderID string `json:"order_id" title:"order number" pattern:"^[0-9]{4}$" example:"1003" jsonschema:"the four digits of the order's number"`
}

// The results that several intents share.

type profile struct {
	Email   string `json:"email" title:"email" format:"email" personal:"email" trusted:"true" jsonschema:"the customer's email"`
	Name    string `json:"name" title:"name" personal:"name" jsonschema:"the customer's full name"`
	Phone   string `json:"phone" title:"phone number" format:"phone" personal:"phone" trusted:"true" jsonschema:"the customer's phone number"`
	Address string `json:"address" title:"address" format:"postal-address" personal:"address" trusted:"true" jsonschema:"where the customer lives"`
	Since   string `json:"customer_since" title:"customer since" format:"date" jsonschema:"the day on which the customer joined"`
}

// phoneChange and addressChange are a profile and what of it was changed.
type phoneChange struct {
	Email   string `json:"email" title:"email" format:"email" personal:"email" trusted:"true" jsonschema:"the customer's email"`
	Name    string `json:"name" title:"name" personal:"name" jsonschema:"the customer's full name"`
	Phone   string `json:"phone" title:"phone number" format:"phone" personal:"phone" trusted:"true" jsonschema:"the customer's phone number"`
	Address string `json:"address" title:"address" format:"postal-address" personal:"address" trusted:"true" jsonschema:"where the customer lives"`
	Since   string `json:"customer_since" title:"customer since" format:"date" jsonschema:"the day on which the customer joined"`

	PreviousPhone string `json:"previous_phone" title:"previous phone number" format:"phone" personal:"phone" trusted:"true" jsonschema:"the phone number before the change; empty if there was none"`
}

type addressChange struct {
	Email   string `json:"email" title:"email" format:"email" personal:"email" trusted:"true" jsonschema:"the customer's email"`
	Name    string `json:"name" title:"name" personal:"name" jsonschema:"the customer's full name"`
	Phone   string `json:"phone" title:"phone number" format:"phone" personal:"phone" trusted:"true" jsonschema:"the customer's phone number"`
	Address string `json:"address" title:"address" format:"postal-address" personal:"address" trusted:"true" jsonschema:"where the customer lives"`
	Since   string `json:"customer_since" title:"customer since" format:"date" jsonschema:"the day on which the customer joined"`

	PreviousAddress string `json:"previous_address" title:"previous address" format:"postal-address" personal:"address" trusted:"true" jsonschema:"the home address before the change; empty if there was none"`
}

type order struct {
	OrderID   string    `json:"order_id" title:"order number" pattern:"^[0-9]{4}$" example:"1003" jsonschema:"the four digits of the order's number"`
	Status    string    `json:"status" title:"status" enum:"processing,shipped,delivered,cancelled,returned" synonyms:"processing=open|pending|being prepared|not shipped|in progress|preparing,shipped=sent|dispatched|on its way|in transit|under way|posted,delivered=arrived|received|came,cancelled=canceled|called off|stopped,returned=sent back|given back" jsonschema:"how far the order has come"`
	Placed    time.Time `json:"placed" title:"placed" jsonschema:"when the order was placed"`
	Shipped   time.Time `json:"shipped,omitzero" title:"shipped" jsonschema:"when the order left the warehouse"`
	Delivered time.Time `json:"delivered,omitzero" title:"delivered" jsonschema:"when the order arrived"`
	Cancelled time.Time `json:"cancelled,omitzero" title:"cancelled" jsonschema:"when the order was cancelled"`
	Returned  time.Time `json:"returned,omitzero" title:"returned" jsonschema:"when all of the order was returned"`
	Items     []item    `json:"items" title:"items" jsonschema:"what was ordered"`
	Total     float64   `json:"total" title:"total" unit:"EUR" jsonschema:"the sum of quantity times price over the items"`
	Currency  string    `json:"currency" title:"currency" jsonschema:"the currency of the amounts"`
}

// orderChange is an order and what of it was changed.
type orderChange struct {
	OrderID   string    `json:"order_id" title:"order number" pattern:"^[0-9]{4}$" example:"1003" jsonschema:"the four digits of the order's number"`
	Status    string    `json:"status" title:"status" enum:"processing,shipped,delivered,cancelled,returned" synonyms:"processing=open|pending|being prepared|not shipped|in progress|preparing,shipped=sent|dispatched|on its way|in transit|under way|posted,delivered=arrived|received|came,cancelled=canceled|called off|stopped,returned=sent back|given back" jsonschema:"how far the order has come"`
	Placed    time.Time `json:"placed" title:"placed" jsonschema:"when the order was placed"`
	Shipped   time.Time `json:"shipped,omitzero" title:"shipped" jsonschema:"when the order left the warehouse"`
	Delivered time.Time `json:"delivered,omitzero" title:"delivered" jsonschema:"when the order arrived"`
	Cancelled time.Time `json:"cancelled,omitzero" title:"cancelled" jsonschema:"when the order was cancelled"`
	Returned  time.Time `json:"returned,omitzero" title:"returned" jsonschema:"when all of the order was returned"`
	Items     []item    `json:"items" title:"items" jsonschema:"what was ordered"`
	Total     float64   `json:"total" title:"total" unit:"EUR" jsonschema:"the sum of quantity times price over the items"`
	Currency  string    `json:"currency" title:"currency" jsonschema:"the currency of the amounts"`

	Item             string `json:"item" title:"item" jsonschema:"the name of the item that was changed"`
	PreviousQuantity int    `json:"previous_quantity" title:"previous quantity" jsonschema:"how many of it there were before; 0 if it had been removed"`
}

type item struct {
	Name     string  `json:"name" title:"item" jsonschema:"what it is"`
	Quantity int     `json:"quantity" title:"quantity" min:"0" max:"99" jsonschema:"how many of it"`
	Price    float64 `json:"price" title:"price" unit:"EUR" jsonschema:"the price of one"`
}

func profileOf(r *monolith.Record) profile {
	return profile{
		Email: r.Text("CUST-EMAIL"), Name: r.Text("CUST-NAME"), Phone: r.Text("CUST-PHONE"), Address: r.Text("CUST-ADDRESS"),
		Since: day(r.Time("CUST-SINCE")),
	}
}

func orderOf(r *monolith.Record) (order, error) {
	status, err := statusWord(r.Text("ORDR-STATUS"))
	if err != nil {
		return order{}, fmt.Errorf("order %s: %w", r.Text("ORDR-NUMBER"), err)
	}
	o := order{
		OrderID: r.Text("ORDR-NUMBER"), Status: status,
		Placed: r.Time("ORDR-PLACED"), Shipped: r.Time("ORDR-SHIPPED"), Delivered: r.Time("ORDR-DELIVERED"),
		Cancelled: r.Time("ORDR-CANCELLED"), Returned: r.Time("ORDR-RETURNED"),
		Currency: currency,
	}
	o.Items, o.Total = itemsOf(r)
	return o, nil
}

// itemsOf returns the items of an order that were not removed, and their total. It
// is added up in cents.
func itemsOf(r *monolith.Record) (items []item, total float64) {
	items = []item{}
	var cents int64
	for _, e := range r.List("ORDR-ITEM") {
		if e.Number("ITEM-QUANTITY") == 0 {
			continue
		}
		cents += e.Number("ITEM-QUANTITY") * e.Number("ITEM-PRICE")
		items = append(items, item{
			Name: e.Text("ITEM-NAME"), Quantity: int(e.Number("ITEM-QUANTITY")), Price: euros(e.Number("ITEM-PRICE")),
		})
	}
	return items, euros(cents)
}

func euros(cents int64) float64 { return float64(cents) / 100 }

// day writes a date, "" for the zero time.
func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.DateOnly)
}

func upperFirst(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[size:]
}
