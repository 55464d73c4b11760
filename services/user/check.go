package user

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"banyan/orchestrator"
)

// checkPhone returns the number without needless spaces, or says what is wrong
// with it.
func checkPhone(text string) (string, error) {
	phone := strings.Join(strings.Fields(text), " ")
	digits := 0
	for _, r := range phone {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case !strings.ContainsRune(" +-()", r):
			return "", orchestrator.Errorf(orchestrator.CodeInvalid,
				"%q is not a phone number: it may have digits, spaces, +, - and parentheses only.", text)
		}
	}
	if digits < 7 || digits > 15 || len(phone) > 40 {
		return "", orchestrator.Errorf(orchestrator.CodeInvalid,
			"%q is not a phone number: it must have 7 to 15 digits.", text)
	}
	return phone, nil
}

// checkAddress returns the address on one line, or says what is wrong with it.
func checkAddress(text string) (string, error) {
	address := strings.Join(strings.Fields(text), " ")
	if n := utf8.RuneCountInString(address); n < 8 || n > 160 {
		return "", orchestrator.Errorf(orchestrator.CodeInvalid,
			"An address must be 8 to 160 characters long; this one has %d.", n)
	}
	if strings.ContainsFunc(address, unicode.IsControl) {
		return "", orchestrator.Errorf(orchestrator.CodeInvalid, "The address contains characters that cannot be printed.")
	}
	return address, nil
}
