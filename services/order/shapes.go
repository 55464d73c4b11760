package order

import "time"

// ListOrders are the parameters of list_orders.
type ListOrders struct {
	Email  string `json:"email" title:"email" format:"email" personal:"email" jsonschema:"the customer whom it is about"`
	Status Status `json:"status,omitempty" title:"status" enum:"processing,shipped,delivered,cancelled,returned" synonyms:"processing=open|pending|in progress|unshipped|not shipped|being prepared,shipped=sent|dispatched|on its way|on their way|on the way|in transit|under way,delivered=arrived|received|completed|came,cancelled=canceled|called off,returned=sent back|given back" jsonschema:"only orders of this status"`
	Limit  int    `json:"limit,omitempty" title:"limit" min:"1" max:"100" example:"3" jsonschema:"at most so many orders, the newest"`
}

// GetOrder are the parameters of get_order.
type GetOrder struct {
	Email   string `json:"email" title:"email" format:"email" personal:"email" jsonschema:"the customer whom it is about"`
	OrderID string `json:"order_id" title:"order number" pattern:"^[0-9]{4}$" example:"1003" jsonschema:"the number of the order, four digits"`
}

// CancelOrder are the parameters of cancel_order.
type CancelOrder struct {
	Email   string `json:"email" title:"email" format:"email" personal:"email" jsonschema:"the customer whom it is about"`
	OrderID string `json:"order_id" title:"order number" pattern:"^[0-9]{4}$" example:"1003" jsonschema:"the number of the order to cancel, four digits"`
}

// ReinstateOrder are the parameters of reinstate_order.
type ReinstateOrder struct {
	Email   string `json:"email" title:"email" format:"email" personal:"email" jsonschema:"the customer whom it is about"`
	OrderID string `json:"order_id" title:"order number" pattern:"^[0-9]{4}$" example:"1003" jsonschema:"the number of the order to reinstate, four digits"`
}

// ChangeOrder are the parameters of change_order.
type ChangeOrder struct {
	Email    string `json:"email" title:"email" format:"email" personal:"email" jsonschema:"the customer whom it is about"`
	OrderID  string `json:"order_id" title:"order number" pattern:"^[0-9]{4}$" example:"1003" jsonschema:"the number of the order to change, four digits"`
	Item     string `json:"item" title:"item" minlen:"1" maxlen:"60" example:"mug" jsonschema:"the name of an item of the order, or a part of it"`
	Quantity int    `json:"quantity" title:"quantity" min:"0" max:"99" example:"2" jsonschema:"how many there shall be; 0 removes the item"`
}

// Orders is the result of list_orders.
type Orders struct {
	Orders []Order `json:"orders" title:"orders" jsonschema:"the orders, newest first"`
	Count  int     `json:"count" title:"count" jsonschema:"how many orders are listed"`
}

// Order is what a customer may know about an order.
type Order struct {
	OrderID   string    `json:"order_id" title:"order number" pattern:"^[0-9]{4}$" jsonschema:"the number of the order"`
	Status    Status    `json:"status" title:"status" enum:"processing,shipped,delivered,cancelled,returned" synonyms:"processing=open|pending|in progress|unshipped|being prepared,shipped=sent|dispatched|on its way|on the way|in transit|under way,delivered=arrived|received|completed|came,cancelled=canceled|called off,returned=sent back|given back" jsonschema:"how far the order is"`
	Placed    time.Time `json:"placed" title:"placed" jsonschema:"when it was placed, ordered or bought"`
	Shipped   time.Time `json:"shipped,omitzero" title:"shipped" jsonschema:"when it was shipped; absent while it has not"`
	Delivered time.Time `json:"delivered,omitzero" title:"delivered" jsonschema:"when it was delivered; absent while it has not"`
	Cancelled time.Time `json:"cancelled,omitzero" title:"cancelled" jsonschema:"when it was cancelled; absent if it was not"`
	Returned  time.Time `json:"returned,omitzero" title:"returned" jsonschema:"when all of it was returned; absent if it was not"`
	Items     []Item    `json:"items" title:"items" jsonschema:"what was ordered"`
	Total     float64   `json:"total" title:"total" unit:"EUR" jsonschema:"what the order costs: the sum of quantity times price"`
	Currency  string    `json:"currency" title:"currency" jsonschema:"the currency of total and prices"`
}

// Changed is the result of change_order: the order as it is now, and what was
// changed.
type Changed struct {
	OrderID   string    `json:"order_id" title:"order number" pattern:"^[0-9]{4}$" jsonschema:"the number of the order"`
	Status    Status    `json:"status" title:"status" enum:"processing,shipped,delivered,cancelled,returned" synonyms:"processing=open|pending|in progress|unshipped|being prepared,shipped=sent|dispatched|on its way|on the way|in transit|under way,delivered=arrived|received|completed|came,cancelled=canceled|called off,returned=sent back|given back" jsonschema:"how far the order is"`
	Placed    time.Time `json:"placed" title:"placed" jsonschema:"when it was placed, ordered or bought"`
	Shipped   time.Time `json:"shipped,omitzero" title:"shipped" jsonschema:"when it was shipped; absent while it has not"`
	Delivered time.Time `json:"delivered,omitzero" title:"delivered" jsonschema:"when it was delivered; absent while it has not"`
	Cancelled time.Time `json:"cancelled,omitzero" title:"cancelled" jsonschema:"when it was cancelled; absent if it was not"`
	Returned  time.Time `json:"returned,omitzero" title:"returned" jsonschema:"when all of it was returned; absent if it was not"`
	Items     []Item    `json:"items" title:"items" jsonschema:"what was ordered"`
	Total     float64   `json:"total" title:"total" unit:"EUR" jsonschema:"what the order costs: the sum of quantity times price"`
	Currency  string    `json:"currency" title:"currency" jsonschema:"the currency of total and prices"`

	Item             string `json:"item" title:"item" jsonschema:"the name of the item that was changed"`
	PreviousQuantity int    `json:"previous_quantity" title:"previous quantity" jsonschema:"how many of it there were before; 0 if it had been removed"`
}

// Item is one item of an order.
type Item struct {
	Name     string  `json:"name" title:"item" jsonschema:"the name of the item, product or article"`
	Quantity int     `json:"quantity" title:"quantity" jsonschema:"how many of it were ordered"`
	Price    float64 `json:"price" title:"price" unit:"EUR" jsonschema:"the price of one"`
}

func orderOf(r Record) Order {
	o := Order{
		OrderID: r.ID, Status: r.Status, Placed: r.PlacedAt.UTC(), Shipped: r.ShippedAt.UTC(), Delivered: r.DeliveredAt.UTC(),
		Cancelled: r.CancelledAt.UTC(), Returned: r.ReturnedAt.UTC(), Items: []Item{}, Currency: "EUR",
	}
	var cents int64
	for _, l := range r.present() {
		o.Items = append(o.Items, Item{Name: l.Name, Quantity: l.Quantity, Price: float64(l.Cents) / 100})
		cents += int64(l.Quantity) * l.Cents
	}
	o.Total = float64(cents) / 100
	return o
}

// changedOf tells what became of an order and what of it was changed.
func changedOf(o Order, item string, before int) Changed {
	return Changed{
		OrderID: o.OrderID, Status: o.Status, Placed: o.Placed, Shipped: o.Shipped, Delivered: o.Delivered,
		Cancelled: o.Cancelled, Returned: o.Returned, Items: o.Items, Total: o.Total, Currency: o.Currency,
		Item: item, PreviousQuantity: before,
	}
}
