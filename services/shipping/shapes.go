package shipping

import "time"

// Track are the parameters of track_shipment.
type Track struct {
	Email   string `json:"email" title:"email" format:"email" personal:"email" jsonschema:"the customer whom it is about"`
	OrderID string `json:"order_id" title:"order number" pattern:"^[0-9]{4}$" example:"1003" jsonschema:"the number of the order to track, four digits"`
}

// NewAddress are the parameters of change_delivery_address.
type NewAddress struct {
	Email   string `json:"email" title:"email" format:"email" personal:"email" jsonschema:"the customer whom it is about"`
	OrderID string `json:"order_id" title:"order number" pattern:"^[0-9]{4}$" example:"1003" jsonschema:"the number of the order to deliver elsewhere, four digits"`
	Address string `json:"address" title:"delivery address" format:"postal-address" personal:"address" example:"12 Elm Street, 0150 Oslo" jsonschema:"where to deliver instead: street, postcode and town"`
}

// GetEstimate are the parameters of get_delivery_estimate.
type GetEstimate struct {
	Email   string `json:"email" title:"email" format:"email" personal:"email" jsonschema:"the customer whom it is about"`
	OrderID string `json:"order_id" title:"order number" pattern:"^[0-9]{4}$" example:"1003" jsonschema:"the number of the order that is awaited, four digits"`
}

// Tracking is where a parcel is.
type Tracking struct {
	OrderID           string    `json:"order_id" title:"order number" pattern:"^[0-9]{4}$" jsonschema:"the number of the order"`
	Status            Status    `json:"status" title:"status" enum:"processing,shipped,delivered,cancelled,returned" synonyms:"shipped=sent|dispatched|on its way|on the way|in transit|under way,delivered=arrived|received|came,cancelled=canceled|called off,returned=sent back|given back" jsonschema:"how far the order is"`
	Carrier           string    `json:"carrier" title:"carrier" jsonschema:"the company that brings the parcel"`
	TrackingNumber    string    `json:"tracking_number" title:"tracking number" jsonschema:"the carrier's number of the parcel"`
	Shipped           time.Time `json:"shipped" title:"shipped" jsonschema:"when it was shipped"`
	Delivered         time.Time `json:"delivered,omitzero" title:"delivered" jsonschema:"when it was delivered; absent while it has not"`
	EstimatedDelivery string    `json:"estimated_delivery,omitempty" title:"expected" format:"date" jsonschema:"the day on which it is expected; absent once it was delivered"`
	Address           string    `json:"address" title:"delivery address" format:"postal-address" personal:"address" trusted:"true" jsonschema:"where it is delivered to"`
	LastEvent         string    `json:"last_event" title:"last event" jsonschema:"where the parcel is: what the carrier reported last"`
}

// Destination is the result of change_delivery_address.
type Destination struct {
	OrderID string `json:"order_id" title:"order number" pattern:"^[0-9]{4}$" jsonschema:"the number of the order"`
	Status  Status `json:"status" title:"status" enum:"processing,shipped,delivered,cancelled,returned" jsonschema:"how far the order is"`
	Address string `json:"address" title:"delivery address" format:"postal-address" personal:"address" trusted:"true" jsonschema:"where it will be delivered to"`

	PreviousAddress string `json:"previous_address" title:"previous delivery address" format:"postal-address" personal:"address" trusted:"true" jsonschema:"where it would have been delivered before the change"`
}

// Estimate is when a parcel will come, or came.
type Estimate struct {
	OrderID   string    `json:"order_id" title:"order number" pattern:"^[0-9]{4}$" jsonschema:"the number of the order"`
	Status    Status    `json:"status" title:"status" enum:"processing,shipped,delivered,cancelled,returned" synonyms:"processing=open|pending|in progress|unshipped|being prepared,shipped=sent|dispatched|on its way|on the way|in transit|under way,delivered=arrived|received|came" jsonschema:"how far the order is"`
	Earliest  string    `json:"earliest,omitempty" title:"earliest" format:"date" jsonschema:"the first day on which it may arrive; absent once it was delivered"`
	Latest    string    `json:"latest,omitempty" title:"latest" format:"date" jsonschema:"the day by which it should have arrived; absent once it was delivered"`
	Delivered time.Time `json:"delivered,omitzero" title:"delivered" jsonschema:"when it was delivered; absent while it has not"`
}
