package privacy

import (
	"strings"
	"testing"
)

// marked replaces what is found by its sort in brackets.
func marked(v *vault, s string) string {
	found := v.find(s, true)
	var b strings.Builder
	end := 0
	for _, f := range found.sorted() {
		b.WriteString(s[end:f.from] + "[" + string(f.sort) + "]")
		end = f.to
	}
	return b.String() + s[end:]
}

// TestByForm shows what is recognised without knowing anybody.
func TestByForm(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"write to ada@example.com.":                                                "write to [email].",
		"mailto:Ada.O+x@mail.example.co.uk?x":                                      "mailto:[email]?x",
		"<ada@example.com>, jörg@münchen.example":                                  "<[email]>, [email]",
		"ada@localhost and @home, a @ b":                                           "ada@localhost and @home, a @ b",
		"call +47 400 00 100 now":                                                  "call [phone] now",
		"+44 7700 900142; 0171 5550123; (555) 010-2030":                            "[phone]; [phone]; [phone]",
		"my number is 555 0100 200":                                                "my number is [phone]",
		"change the phone of dora to 40000222":                                     "change the phone of dora to [phone]",
		"0047 40000100, +1-555-010-2030, +46 70 000 03 00":                         "[phone], [phone], [phone]",
		"٠١٧١ ٥٥٥٠١٢٣":                                                             "[phone]",
		"order 1003, 1004 and 1005 of 2026-11-21 14:02":                            "order 1003, 1004 and 1005 of 2026-11-21 14:02",
		"on 21.11.2026 10 parcels, 1,234.56 EUR":                                   "on 21.11.2026 10 parcels, 1,234.56 EUR",
		"2026-11-21T14:02:00+01:00":                                                "2026-11-21T14:02:00+01:00",
		"where is parcel 12345678?":                                                "where is parcel 12345678?",
		"NB123456789NO":                                                            "NB123456789NO",
		"card 4111 1111 1111 1111 please":                                          "card [card] please",
		"4111111111111112 is none by its check digit":                              "4111111111111112 is none by its check digit",
		"to DE89 3704 0044 0532 0130 00 today":                                     "to [card] today",
		"IBAN GB29NWBK60161331926819":                                              "IBAN [card]",
		"I have moved to 12 Elm Street, 0150 Oslo":                                 "I have moved to [address]",
		"i live at 12 elm street, 0150 oslo now":                                   "i live at [address] now",
		"3 Rue des Lilas, 75011 Paris":                                             "[address]",
		"8 Harbour Road, Bergen 5003":                                              "[address]",
		"5 High Street, York YO1 7EP.":                                             "[address].",
		"109 Mill Lane, 111 20 Stockholm":                                          "[address]",
		"8 Castle Hill, 2100 Copenhagen, please":                                   "[address], please",
		"Hauptstraße 5, 10115 Berlin":                                              "[address]",
		"ich wohne jetzt in der Lange Straße 5, 10115 Berlin":                      "ich wohne jetzt in der [address]",
		"Storgata 12 B, 0150 Oslo":                                                 "[address]",
		"Calle de Alcalá 12, 28009 Madrid":                                         "[address]",
		"send it to 221B Baker Street, London":                                     "send it to [address]",
		"2 items are on the way to the street":                                     "2 items are on the way to the street",
		"I ordered 2 mugs and 3 lamps in the park":                                 "I ordered 2 mugs and 3 lamps in the park",
		"my name is Jane Doe and Mr Jones knows":                                   "my name is [name] and Mr [name] knows",
		"Who is the name of it?":                                                   "Who is the name of it?",
		"5th Avenue 12, New York":                                                  "[address]",
		"to Park Avenue 12, New York":                                              "to [address]",
		"to elm road 12, 0152 oslo":                                                "to [address]",
		"42 5th Avenue, New York 10011":                                            "[address]",
		"Unit 5 Old Mill Business Park, Some Industrial Estate Road 17, 0150 Oslo": "[address]",
		"12 The Old Brewery Yard Close, Upper Harbour East, Unit 7, 5003 Bergen":   "[address]",
		"ship to 12 Elm Street, Oslo, and tell Bob":                                "ship to [address], and tell Bob",
		"Visa ending in 4021 and Mastercard •••• 7718, card ending 1180":           "[card] and [card], [card]",
		"my card 1003 is in the order card":                                        "my card 1003 is in the order card",
		// What stands beside a number is none of it, and does not save it.
		"reach me at +47 911 22 333 7 Elm Road, 0152 Oslo": "reach me at [phone] [address]",
		"+44 7700 900142 8 Castle Hill, 2100 Copenhagen":   "[phone] [address]",
		"+47 911 22 333 Elm Road 12, 0152 Oslo":            "[phone] [address]",
		"+1 (415) 555-0132 5pm":                            "[phone] 5pm",
		"+1 (415) 555-0132 14:30 or 2026-11-21":            "[phone] 14:30 or 2026-11-21",
		"911 22 333 2026-11-21 please":                     "[phone] 2026-11-21 please",
		"+47 911 22 333 +47 400 00 100":                    "[phone] [phone]",
		"911 22 333 400 00 100":                            "[phone] [phone]",
		"+47 911 22 333 / 400 00 100 / 0171 5550123":       "[phone] / [phone] / [phone]",
		"+47 400 00 100 2 times":                           "[phone] 2 times",
		"+47 40000100 1003":                                "[phone] 1003",
		"+49 30 901820 7 Elm Road, 0152 Oslo":              "[phone] [address]",
		"020 7946 0958 12 boxes":                           "[phone] 12 boxes",
		"+44 (0)20 7946 0958 3":                            "[phone] 3",
		"0047 911 22 333 7 days":                           "[phone] 7 days",
		"ada@example.com+47 911 22 333":                    "[email][phone]",
		"+47 911 22 333and then":                           "[phone]and then",
		"01.02.03.04.05":                                   "[phone]",
		"4111.1111.1111.1111":                              "[card]",
		"4111,1111,1111,1111 and 4111\n1111\n1111\n1111":   "[card] and [card]",
		"4111 1111 1111 1111 12/28 123":                    "[card] 12/28 123",
		"4111111111111111 0 5":                             "[card] 0 5",
		"99 4111111111111111":                              "99 [card]",
		"41111111111111111228":                             "[card]1228",
		"378282246310005, 3782 822463 10005":               "[card], [card]",
		"3782-822463-10005 04/29":                          "[card] 04/29",
		"cancel 1001 1002 1003 and 100 200 300 400":        "cancel 1001 1002 1003 and 100 200 300 400",
		"a user writes <email-1> and <Name-2.3>":           "a user writes [text] and [text]",
	} {
		if got := marked(newVault(), in); got != want {
			t.Errorf("%q\n got %q\nwant %q", in, got, want)
		}
	}
}

// TestKnown shows what is found of what is known: also in part, and in other forms.
func TestKnown(t *testing.T) {
	t.Parallel()
	v := newVault()
	v.learn(name, "Ada Okafor")
	v.learn(name, "Greta O'Brien")
	v.learn(name, "Ingrid Grant")
	v.learn(name, "Zoë van der Berg-Lund")
	v.learn(email, "ada@intern")
	v.learn(phone, "+47 400 00 100")
	v.learn(address, "14 Birch Street, 0150 Oslo")
	v.learn(address, "Am Hof 3, 8000 Zürich")
	for in, want := range map[string]string{
		"Ada Okafor, ADA, okafor's order, Okafor, Ada":         "[name], [name], [name]'s order, [name], [name]",
		"adagio and Canada":                                    "adagio and Canada",
		"GRETA obrien, o'brien, O’Brien":                       "[name] [name], [name], [name]",
		"grant me this, says Grant":                            "grant me this, says [name]",
		"zoe BERG, Lund and van der":                           "[name] [name], [name] and van der",
		"A\u200bda":                                            "[name]",
		"ada@intern":                                           "[email]",
		"40000100 or 47 40000100, 0047-400-00-100, 4000 0100":  "[phone] or [phone], [phone], [phone]",
		"14 birch street 0150 oslo; 14  Birch Street; in Oslo": "[address]; [address]; in Oslo",
		"am hof 3 or 8000 Zurich":                              "[address] or [address]",
		"steps.orders[0].ada_okafor":                           "steps.orders[0].[name]",
		"Adas address, bens, Okafors and ada okafors":          "[name]s address, bens, [name]s and [name]s",
		"ADAS": "[name]S",
	} {
		if got := marked(v, in); got != want {
			t.Errorf("%q\n got %q\nwant %q", in, got, want)
		}
	}
}
