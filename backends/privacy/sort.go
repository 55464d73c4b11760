package privacy

import (
	"strings"

	"github.com/google/jsonschema-go/jsonschema"

	"banyan/orchestrator"
)

// sort is what a piece of personal data is. It stands in the placeholder.
type sort string

const (
	email   sort = "email"
	phone   sort = "phone"
	address sort = "address"
	name    sort = "name"
	card    sort = "card" // a card or an account with a bank
	text    sort = "text" // not personal: a text that looks like a placeholder
)

// sortOf says which sort of personal data a property holds, "" if none. What the
// schema states counts; without it, the format, and then what the property is called.
func sortOf(property string, s *jsonschema.Schema) sort {
	switch known := sort(orchestrator.Personal(s)); known {
	case email, phone, address, name, card:
		return known
	case text:
	}
	if s != nil {
		if s.Items != nil {
			if of := sortOf("", s.Items); of != "" {
				return of
			}
		}
		switch s.Format {
		case "email", "idn-email":
			return email
		case "phone", "tel", "phone-number", "e164":
			return phone
		case "postal-address", "address", "street-address":
			return address
		case "iban", "credit-card", "card-number":
			return card
		case "":
		default:
			return "" // it is known to be something else
		}
		if s.Type != "" && s.Type != "string" && s.Type != "integer" && s.Type != "number" || len(s.Enum) > 0 {
			return ""
		}
	}
	return sortOfName(property)
}

// personalNames are what properties are called that hold personal data.
var personalNames = map[string]sort{
	"email": email, "mail": email, "emailaddress": email, "e_mail": email,
	"phone": phone, "mobile": phone, "telephone": phone, "tel": phone, "fax": phone, "phonenumber": phone, "cellphone": phone, "msisdn": phone,
	"address": address, "street": address, "postaladdress": address, "streetaddress": address,
	"fullname": name, "firstname": name, "lastname": name, "surname": name, "givenname": name, "familyname": name, "customername": name,
	"recipient": name, "cardholder": name, "holder": name,
	"iban": card, "cardnumber": card, "accountnumber": card, "pan": card,
}

// sortOfName goes by the last words of a property's name: previous_phone.
func sortOfName(property string) sort {
	plain := strings.ToLower(strings.ReplaceAll(property, "-", "_"))
	if of, ok := personalNames[strings.ReplaceAll(plain, "_", "")]; ok {
		return of
	}
	for {
		_, rest, more := strings.Cut(plain, "_")
		if !more {
			return ""
		}
		plain = rest
		if of, ok := personalNames[strings.ReplaceAll(plain, "_", "")]; ok {
			return of
		}
	}
}
