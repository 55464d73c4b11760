package shipping

import "banyan/orchestrator"

// german are the wordings of the intents in German, by name.
var german = map[string]map[string]orchestrator.Words{
	"track_shipment": {"de": {
		Summary: "Das Paket einer Bestellung verfolgen: wo es ist, wer es bringt und die Sendungsnummer",
		Examples: []string{
			"wo ist mein Paket?", "wo ist meine Bestellung?", "verfolge Bestellung 1002", "Sendungsnummer bitte", "wo bleibt mein Wasserkocher?",
			"Sendungsverfolgung für Bestellung 2001", "wer liefert mein Paket?", "ist mein Paket noch unterwegs?", "wo steckt die Sendung der Kundin?",
			"verfolge meine letzte Bestellung", "wo ist es?",
		},
		Answer: `{{with .result}}{{theirs $ "Bestellung"}} **{{.order_id}}** ` +
			`{{if eq .status "delivered"}}wurde {{date .delivered}} **geliefert**, gebracht von {{.carrier}} an: {{.address}}.` +
			`{{else if eq .status "returned"}}wurde **zurückgeschickt**; versandt wurde sie {{date .shipped}} mit {{.carrier}}.` +
			`{{else if eq .status "cancelled"}}wurde **storniert**, nachdem sie {{date .shipped}} mit {{.carrier}} versandt war.` +
			`{{else}}ist mit {{.carrier}} **unterwegs**: Sie ging {{date .shipped}} auf den Weg an: {{.address}}.{{end}}` + "\n\n" +
			`- Sendungsnummer: {{.tracking_number}}{{with .estimated_delivery}}` + "\n" + `- Erwartet: {{day .}}{{end}}{{end}}`,
		Labels: labels, Values: values, Messages: refusals,
	}},
	"change_delivery_address": {"de": {
		Summary: "Eine Bestellung an eine andere Adresse liefern, solange sie nicht versandt ist",
		Examples: []string{
			"ändere die Lieferadresse von Bestellung 1003", "liefere Bestellung 4003 an 12 Elm Street, 0150 Oslo", "schick meine Bestellung ins Büro",
			"neue Lieferadresse für Bestellung 2044", "kannst du das woandershin liefern?", "die Lieferadresse ist falsch", "Lieferadresse ändern",
			"bitte an meine Nachbarin liefern", "die Bestellung soll an eine andere Adresse gehen",
		},
		Confirm: `Bestellung {{.args.order_id}} liefern an: {{with .result}}{{.address}}{{else}}{{.args.address}}{{end}}`,
		Answer:  `{{with .result}}Erledigt: {{theirs $ "Bestellung"}} **{{.order_id}}** wird geliefert an: **{{.address}}**.{{end}}`,
		Labels:  labels, Values: values, Messages: refusals,
	}},
	"get_delivery_estimate": {"de": {
		Summary: "Den Liefertermin einer Bestellung schätzen",
		Examples: []string{
			"wann kommt meine Bestellung?", "wann kommt die Lampe an?", "wie lange dauert es noch bis Bestellung 1003 da ist?", "voraussichtliche Lieferung von Bestellung 2001",
			"wann wird mein Paket geliefert?", "Liefertermin bitte", "kommt meine Bestellung vor dem Wochenende?", "wann ist meine letzte Bestellung da?",
			"bis wann sollten die Stiefel hier sein?",
		},
		Answer: `{{with .result}}{{theirs $ "Bestellung"}} **{{.order_id}}** ` +
			`{{if .delivered}}wurde {{date .delivered}} **geliefert**.` +
			`{{else if eq .earliest .latest}}sollte **{{day .latest}}** ankommen.` +
			`{{else}}sollte **{{day .earliest}}** ankommen, spätestens **{{day .latest}}**.{{end}}` +
			`{{if eq .status "processing"}} Sie ist noch nicht versandt.{{else if eq .status "shipped"}} Sie ist unterwegs.{{end}}{{end}}`,
		Labels: labels, Values: values, Messages: refusals,
	}},
}

var (
	labels = map[string]string{
		"order_id": "Bestellnummer", "status": "Status", "carrier": "Zusteller", "tracking_number": "Sendungsnummer", "shipped": "versandt", "delivered": "geliefert",
		"estimated_delivery": "erwartet", "address": "Lieferadresse", "last_event": "letzte Meldung", "earliest": "frühestens", "latest": "spätestens",
	}
	values = map[string][]string{
		"processing": {"in Bearbeitung", "offen", "unversandt"},
		"shipped":    {"versandt", "verschickt", "versendet", "unterwegs", "abgeschickt"},
		"delivered":  {"geliefert", "zugestellt", "angekommen"},
		"cancelled":  {"storniert", "abgesagt"},
		"returned":   {"zurückgeschickt", "retourniert", "zurückgegeben"},
	}
	refusals = map[string]string{
		"There is no order {id} in this account.":                       "Bestellung {id} gibt es in diesem Konto nicht.",
		"Order {id} has not shipped yet, so there is nothing to track.": "Bestellung {id} ist noch nicht versandt; es gibt noch nichts zu verfolgen.",
		"Order {id} was cancelled, so nothing will be delivered.":       "Bestellung {id} wurde storniert; es wird nichts geliefert.",
		"Order {id} was returned, so nothing will be delivered.":        "Bestellung {id} wurde zurückgeschickt; es wird nichts geliefert.",
		"Order {id} has already shipped, {so}":                          "Bestellung {id} ist schon versandt; die Lieferadresse lässt sich nicht mehr ändern.",
		"Order {id} has already been delivered, {so}":                   "Bestellung {id} ist schon geliefert; die Lieferadresse lässt sich nicht mehr ändern.",
	}
)
