package replay

import (
	"regexp"
	"strings"
	"unicode"
)

// pattern finds one sort of secret or personal data in text.
type pattern struct {
	name string
	expr *regexp.Regexp
	// hint is a quick look whether there can be a match at all.
	hint func(text string) bool
	// fits has the last word on a match; nil: every match counts.
	fits func(match string) bool
}

// patterns stand in the order in which they are looked for: what one has found, the
// next does not see.
var patterns = []pattern{
	{"secret", regexp.MustCompile(`-----BEGIN [A-Z ]*PRIVATE KEY-----(?s:.*?)(?:-----END [A-Z ]*PRIVATE KEY-----|$)`), hasKeyWord, nil},
	{"secret", regexp.MustCompile(`\b(?:(?:sk|pk|rk|gsk|xai|hf|nvapi|glpat|gh[pousr]|github_pat|xox[abeprs])[-_]|AKIA|ASIA|AIza|ya29\.)[-_.A-Za-z0-9]{12,}`), isLong, nil},
	{"secret", regexp.MustCompile(`\beyJ[-_A-Za-z0-9]{8,}\.[-_A-Za-z0-9]{4,}(?:\.[-_A-Za-z0-9]+)?`), isLong, nil},
	{"secret", regexp.MustCompile(`(?i)\b(?:bearer|basic)\s+[-._~+/A-Za-z0-9]{8,}=*`), hasKeyWord, nil},
	{"secret", regexp.MustCompile(`(?i)\b(?:api[-_ ]?key|access[-_ ]?key|token|secret|passw(?:or)?d|passphrase|pwd|pin)\b(?:\s*[:=]\s*|\s+is\s+)["']?[^\s"',;]{3,}`), hasKeyWord, nil},
	{"email", regexp.MustCompile(`[\pL\pN._%+'-]+@[\pL\pN-]+(?:\.[\pL\pN-]+)*\.\pL{2,}`), hasAt, nil},
	{"secret", regexp.MustCompile(`[-_+/A-Za-z0-9]{28,}={0,2}`), hasDigit, looksRandom},
	{"card", regexp.MustCompile(`\b\d(?:[ -]?\d){12,18}\b`), hasDigit, nil},
	{"phone", regexp.MustCompile(`(?:\+|\b|\()\(?\d[\d ()./-]{5,20}\d\b`), hasDigit, looksLikePhone},
	{"address", regexp.MustCompile(`\b\d{1,5}[a-zA-Z]?(?:\s+\p{Lu}[\pL'.-]*){1,4}\s+(?i:street|str|st|road|rd|avenue|ave|lane|ln|drive|dr|way|square|sq|close|court|ct|place|pl|boulevard|blvd|terrace|row|hill|park|crescent|quay)\b\.?` + town), hasDigit, nil},
	{"address", regexp.MustCompile(`(?i)\b\d{1,5}[a-z]?(?:\s+[\pL'.-]+){1,2}\s+(?:street|avenue|boulevard|road|lane)\b(?:,?\s+\d{4,6}\s+\pL+)?`), hasDigit, nil},
	{"address", regexp.MustCompile(`(?:\p{Lu}[\pL'.-]*\s+){0,3}\p{Lu}?[\pL'.-]*(?i:gata|gate|gaten|veien|vegen|vei|veg|plass|gatan|vägen|straße|strasse|weg|allee|platz|laan|straat)\s+\d{1,5}\s?[a-zA-Z]?\b` + town), hasDigit, nil},
	{"address", regexp.MustCompile(`\b(?i:rue|avenue|via|calle|plaza|piazza)(?:\s+(?i:de|du|des|la|le|del|della)){0,2}(?:\s+\p{Lu}[\pL'.-]*){1,3},?\s+\d{1,5}\b` + town), hasDigit, nil},
}

func hasAt(s string) bool { return strings.Contains(s, "@") }

func hasDigit(s string) bool { return strings.ContainsAny(s, "0123456789") }

// isLong tells whether there is room for a key.
func isLong(s string) bool { return len(s) >= 14 }

// hasKeyWord tells whether there is a word with which secrets are introduced.
func hasKeyWord(s string) bool {
	s = strings.ToLower(s)
	for _, w := range []string{"key", "token", "secret", "pass", "pwd", "pin", "bearer", "basic"} {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}

// town is a post code and a town behind a street, in either order.
const town = `(?:,?\s+(?:[A-Z]{1,2}-?)?\d{4,6}(?:\s+\p{Lu}[\pL'.-]*){1,3}|,\s*\p{Lu}[\pL'.-]*(?:\s+\p{Lu}[\pL'.-]*){0,2}(?:,?\s+[A-Z]{2})?(?:\s+\d{4,6}\b)?)?`

// looksRandom tells whether a long word mixes letters and digits as keys do, or is
// a long number in hexadecimal.
func looksRandom(s string) bool {
	var lower, upper, digit, slash int
	hex := true
	for _, r := range s {
		switch {
		case unicode.IsDigit(r):
			digit++
		case unicode.IsLower(r):
			lower++
			hex = hex && r <= 'f'
		case unicode.IsUpper(r):
			upper++
			hex = hex && r <= 'F'
		default:
			slash++
			hex = false
		}
	}
	return digit >= 3 && (hex || lower > 0 && upper > 0 && slash <= len(s)/8)
}

var (
	datelike = regexp.MustCompile(`^(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4})`)
	grouped  = regexp.MustCompile(`^(?:\d{3}[-. ]\d{3}[-. ]\d{4}|\d{3} \d{2} \d{3}|\d{2} \d{2} \d{2} \d{2})$`)
)

// looksLikePhone tells numbers of phones from dates and from lists of numbers.
func looksLikePhone(s string) bool {
	digits := strings.Count(strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return '0'
		}
		return r
	}, s), "0")
	switch {
	case datelike.MatchString(s):
		return false
	case s[0] == '+':
		return digits >= 7 && digits <= 15
	case digits == len(s): // one word
		return digits >= 8 && digits <= 12
	case s[0] == '0' || s[0] == '(':
		return digits >= 8 && digits <= 13 && !strings.Contains(s, "  ")
	}
	return grouped.MatchString(s)
}

// personalField matches the names of fields whose text is personal, whatever it
// looks like.
var personalField = regexp.MustCompile(`(?i)(?:^|_)(?:e?mail|phone|mobile|tel|fax|address|street|postcode|postal_code|zip|iban|card_number|account_number|ssn|passport|birth(?:day|_date)?|first_name|last_name|full_name|customer_name|recipient|password|secret|token|api_key)$`)
