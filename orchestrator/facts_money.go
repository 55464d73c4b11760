package orchestrator

import (
	"fmt"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"
)

// currencyOf takes the sign or code of a currency off a number.
func currencyOf(s string) (number, currency string) {
	for _, sign := range []string{"€", "$", "£", "¥", "₹", "₩", "₺", "zł"} {
		if rest, ok := strings.CutPrefix(strings.TrimLeft(s, "-+"), sign); ok {
			return rest, sign
		}
		if rest, ok := strings.CutSuffix(s, sign); ok {
			return rest, sign
		}
		if len(s) > len(sign)+2 && s[:2] == "US" && s[2:2+len(sign)] == sign {
			return s[2+len(sign):], "USD"
		}
	}
	if len(s) > 3 {
		if currencyCode(s[:3]) && isNumber(s[3:]) {
			return s[3:], s[:3]
		}
		if n := len(s) - 3; currencyCode(s[n:]) && isNumber(s[:n]) {
			return s[:n], s[n:]
		}
	}
	return s, ""
}

// currencies are the codes that are told from other capitals.
var currencies = wordSet("EUR USD GBP CHF NOK SEK DKK ISK PLN CZK HUF RON BGN TRY RUB UAH JPY CNY HKD TWD KRW INR IDR MYR PHP SGD THB VND AUD NZD CAD MXN BRL ARS CLP COP PEN ZAR EGP NGN KES MAD ILS AED SAR QAR PKR BDT LKR")

func currencyCode(s string) bool { return len(s) == 3 && s[0] <= 'Z' && currencies[s] }

var moneyWords = wordSet("euro euros dollar dollars pound pounds cents kroner kronor franc francs rupees yen")

func moneyWord(s string) bool { return moneyWords[s] || s == "€" || s == "£" || s == "$" }

// checkCurrency finds an amount in another currency than any source mentions, if
// they mention one.
func (f *facts) checkCurrency(text string, r reading, out *findings) {
	if r.currency == "" || len(f.currencies) == 0 || f.currencies[r.currency] {
		return
	}
	if !f.united {
		f.united = true
		for i := range f.steps {
			if e := f.entry(i); e != nil {
				f.addUnits(e.Result)
			}
		}
	}
	for code := range f.currencies {
		if code == r.currency || sameCurrency(code, r.currency) || sameCurrency(r.currency, code) {
			return
		}
	}
	out.problem(fmt.Sprintf("the currency of %q stands in no result", text[r.start:r.end]+" "+r.currency))
}

// addUnits adds the currencies that a schema gives as units.
func (f *facts) addUnits(s *jsonschema.Schema) {
	if s == nil {
		return
	}
	if u := Unit(s); currencyCode(u) {
		f.currencies[u] = true
	}
	for _, p := range s.Properties {
		f.addUnits(p)
	}
	f.addUnits(s.Items)
}

// sameCurrency tells whether a sign can stand for a code.
func sameCurrency(code, sign string) bool {
	switch sign {
	case "€":
		return code == "EUR"
	case "£":
		return code == "GBP" || code == "EGP"
	case "$":
		return strings.HasSuffix(code, "D") || code == "MXN" || code == "ARS" || code == "CLP" || code == "COP"
	case "¥":
		return code == "JPY" || code == "CNY"
	case "₹":
		return code == "INR"
	case "₩":
		return code == "KRW"
	case "₺":
		return code == "TRY"
	case "zł":
		return code == "PLN"
	}
	return false
}
