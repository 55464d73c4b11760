package legacy

import "banyan/orchestrator"

// german are the German wordings of the intents that only the monolith offers, by
// name.
var german = map[string]map[string]orchestrator.Words{
	"get_loyalty_points": {"de": {
		Summary:  "Die Treuepunkte und die Stufe zeigen",
		Examples: []string{"wie viele Treuepunkte habe ich?", "mein Punktestand bitte", "Treuepunkte", "welche Stufe habe ich?", "wie viele Punkte sind auf dem Konto der Kundin?", "zeig mir meine Treuepunkte"},
		Answer: `{{if .own}}Du hast{{else if .name}}{{.name}} hat{{else}}Auf dem Konto sind{{end}} **{{plural .result.points "Treuepunkt"}}**; das ist die ` +
			`{{if eq .result.tier "gold"}}goldene{{else if eq .result.tier "silver"}}silberne{{else}}erste{{end}} Stufe.`,
		Labels: germanLabels,
	}},
	"list_payment_methods": {"de": {
		Summary:  "Die hinterlegten Zahlungsarten zeigen",
		Examples: []string{"welche Zahlungsarten habe ich?", "zeig meine Karten", "wie bezahle ich im Moment?", "ist meine Kreditkarte noch gültig?", "Zahlungsarten", "kann ich auf Rechnung zahlen?", "welche Karte ist hinterlegt?"},
		Answer: `{{if .result.methods}}{{if .own}}Du kannst{{else if .name}}{{.name}} kann{{else}}Die Kundin kann{{end}} so bezahlen:

{{range .result.methods}}- {{.label}}{{with .expires}}, gültig bis {{.}}{{end}}{{if .default}}, **Standard**{{end}}
{{end}}{{else}}Es ist keine Zahlungsart hinterlegt.{{end}}`,
		Labels: germanLabels,
	}},
	"subscribe_newsletter": {"de": {
		Summary:  "Den Newsletter abonnieren",
		Examples: []string{"melde mich für den Newsletter an", "ich möchte den Newsletter", "Newsletter abonnieren", "schickt mir eure Angebote per Mail", "trag mich in den Verteiler ein"},
		Confirm:  `Den Newsletter für {{.args.email}} abonnieren`,
		Answer:   `Der Newsletter geht jetzt an **{{.result.email}}**.`,
		Labels:   germanLabels,
	}},
	"unsubscribe_newsletter": {"de": {
		Summary:  "Den Newsletter abbestellen",
		Examples: []string{"melde mich vom Newsletter ab", "Newsletter abbestellen", "ich will keinen Newsletter mehr", "keine Werbung mehr bitte", "nimm mich aus dem Verteiler"},
		Confirm:  `Den Newsletter für {{.args.email}} abbestellen`,
		Answer:   `**{{.result.email}}** bekommt den Newsletter nicht mehr.`,
		Labels:   germanLabels,
	}},
	"reset_password": {"de": {
		Summary:  "Einen Link für ein neues Passwort schicken",
		Examples: []string{"ich habe mein Passwort vergessen", "Passwort zurücksetzen", "ich kann mich nicht mehr anmelden", "neues Passwort bitte", "mein Passwort geht nicht", "die Kundin braucht ein neues Passwort"},
		Confirm:  `Einen Link für ein neues Passwort an {{.args.email}} schicken`,
		Answer:   `Ein Link für ein neues Passwort ist unterwegs an **{{.result.email}}**. Er gilt bis {{date .result.expires}}.`,
		Labels:   germanLabels,
	}},
	"close_account": {"de": {
		Summary:  "Das Konto endgültig schließen",
		Examples: []string{"schließe mein Konto", "lösche mein Konto bitte", "ich möchte kein Kunde mehr sein", "Konto löschen", "Konto kündigen", "die Kundin will ihr Konto schließen"},
		Confirm:  `Das Konto von {{.args.email}} endgültig schließen`,
		Answer:   `Das Konto von **{{.result.email}}** ist geschlossen.`,
		Labels:   germanLabels, Messages: germanRefusals,
	}},
	"file_complaint": {"de": {
		Summary:  "Eine Beschwerde aufnehmen",
		Examples: []string{"ich möchte mich beschweren", "Beschwerde: der Becher war zerbrochen", "ich bin unzufrieden mit Bestellung 1002", "Reklamation", "die Lieferung war eine Katastrophe, ich beschwere mich", "nimm eine Beschwerde auf"},
		Confirm:  `Eine Beschwerde{{with .args.order_id}} zu Bestellung {{.}}{{end}} aufnehmen: „{{.args.text}}“`,
		Answer:   `Die Beschwerde{{with .result.order_id}} zu Bestellung {{.}}{{end}} ist aufgenommen als **{{.result.complaint_id}}**.`,
		Labels:   germanLabels, Messages: germanRefusals,
	}},
	"contact_human": {"de": {
		Summary:  "Jemanden vom Kundendienst um eine Antwort bitten",
		Examples: []string{"ich möchte mit einem Menschen sprechen", "verbinde mich mit dem Kundendienst", "kann mich jemand anrufen?", "einen Mitarbeiter bitte", "ich brauche echte Hilfe von einer Person"},
		Answer:   `Jemand vom Kundendienst meldet sich. Das Ticket ist **{{.result.ticket_id}}**.`,
		Labels:   germanLabels,
	}},
	"request_return": {"de": {
		Summary:  "Eine gelieferte Bestellung oder einen Artikel daraus zurückgeben",
		Examples: []string{"ich möchte Bestellung 4001 zurückgeben", "Rücksendung von Bestellung 1001", "die Stiefel passen nicht, ich schicke sie zurück", "kann ich die Kopfhörer zurückgeben?", "Retoure anmelden", "ich will mein Geld zurück für Bestellung 4001"},
		Confirm: `{{with .result}}{{list .items}} aus {{else}}{{with .args.item}}{{.}} aus {{end}}{{end}}Bestellung {{.args.order_id}} zurückgeben` +
			`{{with .result}} für eine Erstattung von {{money .refund_amount .currency}}{{end}}`,
		Answer: `Die Rückgabe von {{list .result.items}} (Bestellung {{.result.order_id}}) ist angemeldet als **{{.result.return_id}}**. ` +
			`{{money .result.refund_amount .result.currency}} werden spätestens {{day .result.refund_due}} erstattet.`,
		Labels: germanLabels, Messages: germanRefusals,
	}},
	"withdraw_return": {"de": {
		Summary:  "Eine angemeldete Rückgabe zurückziehen",
		Examples: []string{"ich behalte die Stiefel doch", "zieh die Rückgabe von Bestellung 4001 zurück", "Rücksendung stornieren", "ich möchte doch nichts zurückgeben"},
		Labels:   germanLabels, Messages: germanRefusals,
	}},
	"get_refund_status": {"de": {
		Summary:  "Den Stand einer Erstattung zeigen",
		Examples: []string{"wo bleibt mein Geld?", "wie weit ist meine Erstattung?", "Erstattung für Bestellung 4002", "wann bekomme ich mein Geld zurück?", "Status der Erstattung meiner letzten Bestellung", "ist die Erstattung schon bezahlt?"},
		Answer: `Die Erstattung von **{{money .result.amount .result.currency}}** für Bestellung {{.result.order_id}} ` +
			`{{if eq .result.refund_status "paid"}}wurde {{day .result.paid}} **bezahlt**.{{else}}ist **veranlasst**: Sie wurde {{day .result.requested}} beantragt{{with .result.due}} und wird spätestens {{day .}} bezahlt{{end}}.{{end}}`,
		Labels: germanLabels, Messages: germanRefusals,
	}},
	"get_invoice": {"de": {
		Summary:  "Die Rechnung einer versandten Bestellung zeigen",
		Examples: []string{"die Rechnung für Bestellung 1002 bitte", "zeig mir die Rechnung", "ich brauche eine Rechnung für meine letzte Bestellung", "Rechnung zu 1001", "Rechnungsnummer von Bestellung 1002"},
		Answer: `Rechnung **{{.result.invoice_number}}** zu Bestellung {{.result.order_id}}, ausgestellt {{day .result.issued}}: {{items .result.items}}, ` +
			`zusammen **{{money .result.total .result.currency}}**.`,
		Labels: germanLabels, Messages: germanRefusals,
	}},
}

var (
	germanLabels = map[string]string{
		"email": "E-Mail", "order_id": "Bestellnummer", "points": "Punkte", "tier": "Stufe", "methods": "Zahlungsarten", "label": "Bezeichnung",
		"expires": "gültig bis", "default": "Standard", "text": "Beschwerde", "message": "Nachricht", "item": "Artikel", "items": "Artikel", "reason": "Grund",
		"return_id": "Rückgabenummer", "refund_amount": "Erstattung", "refund_due": "zu zahlen bis", "refund_status": "Stand", "amount": "Betrag",
		"requested": "beantragt", "due": "zu zahlen bis", "paid": "bezahlt", "invoice_number": "Rechnungsnummer", "issued": "ausgestellt", "total": "Summe",
		"complaint_id": "Beschwerdenummer", "ticket_id": "Ticket", "subscribed": "abonniert", "closed": "geschlossen",
	}
	germanRefusals = map[string]string{
		"There is no order {id} in this account.":                                   "Bestellung {id} gibt es in diesem Konto nicht.",
		"Order {id} was cancelled on {day}, so it cannot be {what}.":                "Bestellung {id} wurde am {day} storniert; das geht also nicht mehr.",
		"Order {id} was already returned on {day}.":                                 "Bestellung {id} wurde schon am {day} zurückgegeben.",
		"Order {id} has not shipped yet.":                                           "Bestellung {id} ist noch nicht versandt.",
		"Order {id} has not been delivered yet, so there is nothing to return.":     "Bestellung {id} ist noch nicht geliefert; es gibt nichts zurückzugeben.",
		"Order {id} can no longer be returned: its 30 days ended on {day}.":         "Bestellung {id} kann nicht mehr zurückgegeben werden: Die 30 Tage endeten am {day}.",
		"There is no refund for order {id}: it was neither cancelled nor returned.": "Für Bestellung {id} gibt es keine Erstattung: Sie wurde weder storniert noch zurückgegeben.",
		"There is no such return of order {id}.":                                    "Eine solche Rückgabe von Bestellung {id} gibt es nicht.",
		"The account cannot be closed while orders are being processed: {list}.":    "Das Konto kann nicht geschlossen werden, solange Bestellungen bearbeitet werden: {list}.",
		"A complaint needs some words about what went wrong.":                       "Eine Beschwerde braucht ein paar Worte darüber, was schiefging.",
	}
)
