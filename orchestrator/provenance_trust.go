package orchestrator

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/google/jsonschema-go/jsonschema"
)

// trust says where the value of a parameter of a change may come from.
type trust uint8

const (
	trustAny    trust = iota // from anywhere: it decides nothing of weight
	trustResult              // from the user, or from a field of a result that may be trusted
	trustUser                // from the user alone
)

// trustOf reads x-trust of a parameter. A parameter that does not say it is guarded by
// what it is: addresses of all kinds, amounts of money, and what names a thing.
func trustOf(name string, s *jsonschema.Schema) trust {
	switch said, _ := s.Extra["x-trust"].(string); said {
	case "any":
		return trustAny
	case "user":
		return trustUser
	case "result":
		return trustResult
	}
	switch t := schemaType(s); {
	case len(s.Enum) > 0 || s.Const != nil || t == "boolean":
		return trustAny
	case t == "array" && s.Items != nil && s.Items != s:
		if len(s.Items.Properties) > 0 {
			return nested(s.Items)
		}
		return max(guardOf(name, s.Items), guardOf(strings.TrimSuffix(name, "s"), s.Items))
	case t == "object":
		return nested(s)
	}
	return guardOf(name, s)
}

// checkTrust finds keywords about trust that say nothing that is known.
func checkTrust(in Intent) error {
	if in.Params != nil {
		for name, p := range in.Params.Properties {
			if said, ok := p.Extra["x-trust"]; ok && said != "any" && said != "user" && said != "result" {
				return fmt.Errorf("x-trust of the parameter %s is %v: it must be user, result or any", name, said)
			}
		}
	}
	if in.Result != nil {
		for name, p := range in.Result.Properties {
			if said, ok := p.Extra["x-trusted"]; ok && said != true && said != false {
				return fmt.Errorf("x-trusted of the field %s is %v: it must be true or false", name, said)
			}
		}
	}
	return nil
}

// nested is the strictest trust of the fields of an object.
func nested(s *jsonschema.Schema) trust {
	out := trustAny
	for name, p := range s.Properties {
		if p != nil && schemaType(p) != "object" && schemaType(p) != "array" {
			out = max(out, trustOf(name, p))
		}
	}
	return out
}

// destinations are the words of a parameter's name that say that it decides where
// something goes, or how much.
var destinations = wordSet("address addr street phone telephone mobile fax email mail iban bic swift account amount sum order recipient payee beneficiary receiver url uri link webhook callback destination target card wallet")

// kinds are formats that say the same.
var kinds = wordSet("email idn-email phone tel uri url iri uri-reference iri-reference hostname idn-hostname postal-address address iban uuid")

func guardOf(name string, s *jsonschema.Schema) trust {
	words := nameWords(name)
	text := schemaType(s) != "number" && schemaType(s) != "integer"
	switch {
	case kinds[s.Format]:
		return trustResult
	case s.Format == "date" || s.Format == "date-time" || s.Format == "time" || s.Format == "duration":
		return trustAny
	case isIdentifier(words, text), !text && schemaType(s) == "number" && currencyCode(Unit(s)):
		return trustResult
	}
	for _, w := range words {
		if destinations[w] || destinations[strings.TrimSuffix(w, "es")] || destinations[strings.TrimSuffix(w, "s")] {
			return trustResult
		}
	}
	if len(words) == 1 && words[0] == "to" {
		return trustResult
	}
	return trustAny
}

// identifiers are the last words of names that stand for one thing among others.
var identifiers = wordSet("id ids uuid guid key ref reference handle slug")

// isIdentifier tells whether a name is that of an identifier: order_id, invoiceNumber.
func isIdentifier(words []string, text bool) bool {
	if len(words) == 0 {
		return false
	}
	last := words[len(words)-1]
	return identifiers[last] || text && len(words) > 1 && (last == "number" || last == "no" || last == "code")
}

// isInternal tells whether a name is that of an identifier which means something to its
// service alone: account_id, as opposed to an account number.
func isInternal(words []string) bool {
	return len(words) > 0 && slices.Contains([]string{"id", "ids", "uuid", "guid"}, words[len(words)-1])
}

// nameWords are the words of a parameter's or field's name: order_id, orderID.
func nameWords(name string) []string {
	var b strings.Builder
	before := ' '
	for _, c := range name {
		if unicode.IsUpper(c) && (unicode.IsLower(before) || unicode.IsDigit(before)) {
			b.WriteByte(' ')
		}
		before = c
		if !unicode.IsLetter(c) && !unicode.IsDigit(c) {
			c = ' '
		}
		b.WriteRune(unicode.ToLower(c))
	}
	return strings.Fields(b.String())
}

// paramKind says what a parameter is for.
type paramKind uint8

const (
	plainParam       paramKind = iota
	identifierParam            // it names one thing among others
	destinationParam           // it says where something goes: an address of some kind
)

func kindOf(name string, s *jsonschema.Schema) paramKind {
	words := nameWords(name)
	switch {
	case isInternal(words):
		return identifierParam
	case kinds[s.Format] && s.Format != "uuid", slices.ContainsFunc(words, func(w string) bool { return delicate[w] || delicate[strings.TrimSuffix(w, "s")] }):
		return destinationParam
	case s.Format == "uuid", isIdentifier(words, schemaType(s) == "string"):
		return identifierParam
	}
	return plainParam
}

// delicate are words of a field's name that keep it from being trusted for its name: it
// may be an identifier, but one that says where to send something.
var delicate = wordSet("account iban bic swift card wallet phone telephone mobile fax email mail address url uri link recipient payee beneficiary receiver webhook callback destination target")

// vouched tells whether a field of a result may decide where a change goes: x-trusted
// says it, or else it is a number, a truth or a time by its type, one of the values that
// the schema names, or a short code in a field that is named as an identifier. A text is
// not to be trusted unless the service says so: anybody may have written it.
// Where a parameter is an address of some kind, only x-trusted counts; where it is an
// identifier, numbers of other kinds do not.
func vouched(name string, s *jsonschema.Schema, value any, kind paramKind) bool {
	if s != nil {
		if said, ok := s.Extra["x-trusted"].(bool); ok {
			return said
		}
	}
	text, isText := value.(string)
	words := nameWords(name)
	switch {
	case isText && kind == destinationParam:
		return false
	case !isText:
		return kind != identifierParam || isIdentifier(words, true)
	case s != nil && slices.Contains(s.Enum, value):
		return true
	case s != nil && (s.Format == "date" || s.Format == "date-time" || s.Format == "uuid"):
		return true
	case !isIdentifier(words, true) || !isInternal(words) && slices.ContainsFunc(words, func(w string) bool { return delicate[w] }):
		return false
	}
	return isCode(text)
}

// isCode tells whether a text is a short code: one word with a digit in it, or a word.
func isCode(s string) bool {
	return len(s) > 0 && len(s) <= 64 && !strings.Contains(s, "://") && !strings.ContainsFunc(s, func(c rune) bool {
		return !unicode.IsLetter(c) && !unicode.IsDigit(c) && !strings.ContainsRune("-_.:#/", c)
	})
}
