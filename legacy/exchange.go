package legacy

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"unicode/utf8"

	"banyan/legacy/monolith"
	"banyan/orchestrator"
)

// keyWidth is the width of REQ-ID.
const keyWidth = 120

// exchange is one call on its way through the monolith.
type exchange struct {
	m    *monolith.Monolith
	call orchestrator.Call
	who  string
	mode string
}

// ask performs the transaction of a code. fill writes the request; the response's
// record comes back, or the refusal in words.
func (x *exchange) ask(ctx context.Context, code string, fill func(r *monolith.Record)) (*monolith.Record, error) {
	book := x.m.Copybook()
	head, body := book.New("REQUEST-HEADER"), book.New(code+"-REQUEST")
	head.SetText("TRAN-CODE", code)
	head.SetText("TRAN-MODE", x.mode)
	if x.mode == monolith.ModeUpdate || x.mode == monolith.ModeSearch {
		head.SetText("REQ-ID", requestID(x.call.Key))
	}
	head.SetText("USER-ID", strings.TrimSpace(x.call.User.Email))
	head.SetText("CUST-EMAIL", strings.TrimSpace(x.who))
	if fill != nil {
		fill(body)
	}
	request, err := encode(head, body)
	if err != nil {
		return nil, &orchestrator.Error{
			Code: orchestrator.CodeInvalid, Cause: err,
			Message: "One of the details is too long, or cannot be written in the shop's records.",
		}
	}
	response, err := x.m.Exchange(ctx, request)
	if err != nil {
		return nil, err
	}
	answer, rest, err := book.DecodePrefix("RESPONSE-HEADER", response)
	if err != nil {
		return nil, err
	}
	if c := monolith.Code(answer.Number("RESP-CODE")); c != monolith.OK {
		detail, err := book.Decode("ERROR-RECORD", rest)
		if err != nil {
			return nil, err
		}
		return nil, refusal(c, answer.Text("RESP-TEXT"), body, detail)
	}
	return book.Decode(code+"-RESPONSE", rest)
}

func encode(records ...*monolith.Record) (string, error) {
	var b strings.Builder
	for _, r := range records {
		text, err := r.Encode()
		if err != nil {
			return "", err
		}
		b.WriteString(text)
	}
	return b.String(), nil
}

// setLine writes a text on one line, with single spaces.
func setLine(r *monolith.Record, field, v string) {
	r.SetText(field, strings.Join(strings.Fields(v), " "))
}

// requestID makes an idempotency key fit its field: a key that would not come back
// the same is replaced by its digest.
func requestID(key string) string {
	if utf8.ValidString(key) && utf8.RuneCountInString(key) <= keyWidth && strings.TrimSpace(key) == key {
		return key
	}
	sum := sha256.Sum256([]byte(key))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// orderNumber checks that an order_id can be one.
func orderNumber(id string) (string, error) {
	id = strings.TrimSpace(id)
	if len(id) != 4 || strings.Trim(id, "0123456789") != "" {
		return "", orchestrator.Errorf(orchestrator.CodeInvalid, "An order number has four digits, such as 1003.")
	}
	return id, nil
}

// askOrder performs a transaction about one order; fill writes what else the
// request holds and may be nil.
func (x *exchange) askOrder(ctx context.Context, code, orderID string, fill func(r *monolith.Record)) (*monolith.Record, error) {
	number, err := orderNumber(orderID)
	if err != nil {
		return nil, err
	}
	return x.ask(ctx, code, func(r *monolith.Record) {
		r.SetText("ORDR-NUMBER", number)
		if fill != nil {
			fill(r)
		}
	})
}

// statusWord translates an ORDR-STATUS.
func statusWord(letter string) (string, error) {
	for word, l := range statuses() {
		if l == letter {
			return word, nil
		}
	}
	return "", fmt.Errorf("%q is no order status of the monolith", letter)
}

func statuses() map[string]string {
	return map[string]string{
		"processing": monolith.StatusProcessing, "shipped": monolith.StatusShipped, "delivered": monolith.StatusDelivered,
		"cancelled": monolith.StatusCancelled, "returned": monolith.StatusReturned,
	}
}
