package monolith

// Code is the four-digit outcome of a transaction. Its text stands in the
// copybook.
type Code int

// The codes of the copybook.
const (
	OK                 Code = 0
	BadRecord          Code = 1
	UnknownTransaction Code = 2
	BadMode            Code = 3
	KeyReused          Code = 4
	KeyUnknown         Code = 5
	NoCustomer         Code = 101
	AccountClosed      Code = 102
	OrdersOpen         Code = 103
	NoOrder            Code = 201
	OrderCancelled     Code = 202
	OrderShipped       Code = 203
	OrderDelivered     Code = 204
	OrderReturned      Code = 205
	NotShipped         Code = 206
	NotDelivered       Code = 207
	WindowClosed       Code = 208
	NoRefund           Code = 209
	NoReturn           Code = 210
	RefundPaid         Code = 211
	NoItem             Code = 301
	LastItem           Code = 302
	AmbiguousItem      Code = 303
	ItemReturned       Code = 304
	BadQuantity        Code = 401
	BadPhone           Code = 402
	BadAddress         Code = 403
	NoText             Code = 404
)
