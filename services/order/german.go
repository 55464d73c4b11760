package order

import "banyan/orchestrator"

// german are the wordings of the intents in German, by name.
var german = map[string]map[string]orchestrator.Words{
	"list_orders": {"de": {
		Summary: "Alle Bestellungen zeigen, die neuesten zuerst",
		Examples: []string{
			"zeig mir meine Bestellungen", "welche Bestellungen habe ich?", "was habe ich bestellt?", "meine Bestellungen bitte",
			"liste alle Bestellungen auf", "habe ich offene Bestellungen?", "welche Bestellungen sind schon geliefert?", "wie viele Bestellungen habe ich?",
			"zeige die Bestellungen der Kundin", "Bestellübersicht", "meine letzten drei Bestellungen",
		},
		Answer: `{{if not .result.orders}}{{if .own}}Du hast{{else if .name}}{{.name}} hat{{else}}Es gibt{{end}} {{if not .args.status}}noch {{end}}keine Bestellungen` +
			`{{with .args.status}} mit dem Status „{{word $ .}}“{{end}}.{{end}}`,
		Labels: orderLabels, Values: statusWords, Messages: refusals,
	}},
	"get_order": {"de": {
		Summary: "Eine Bestellung zeigen: Status, Artikel, Preise und Daten",
		Examples: []string{
			"zeig mir Bestellung 1002", "was ist mit Bestellung 2001?", "wie ist der Status meiner Bestellung 1003?", "Details zu Bestellung 4001",
			"ist Bestellung 1003 schon versandt?", "was kostet Bestellung 1002?", "Bestellung 1001", "wann habe ich Bestellung 1002 aufgegeben?",
			"was ist in meiner Bestellung 4003?", "Status meiner letzten Bestellung", "zeig mir die Bestellung mit den Stiefeln",
		},
		Answer: `{{with .result}}{{theirs $ "Bestellung"}} **{{.order_id}}** {{if le (len .items) 1}}({{items .items}}, {{money .total .currency}}) {{end}}` +
			`{{if eq .status "processing"}}ist **in Bearbeitung**: Sie wurde {{date .placed}} aufgegeben und ist noch nicht versandt.` +
			`{{else if eq .status "shipped"}}ist **versandt**: Sie wurde {{date .placed}} aufgegeben und ging {{date .shipped}} auf den Weg.` +
			`{{else if eq .status "delivered"}}ist **geliefert**: Sie wurde {{date .placed}} aufgegeben und kam {{date .delivered}} an.` +
			`{{else if eq .status "cancelled"}}ist **storniert**: Sie wurde {{date .placed}} aufgegeben und {{date .cancelled}} storniert.` +
			`{{else}}ist **zurückgeschickt**: Sie wurde {{date .placed}} aufgegeben und kam {{date .returned}} zurück.{{end}}` +
			`{{$cur := .currency}}{{if gt (len .items) 1}}` + "\n\n" +
			`{{range .items}}- {{number .quantity}} × {{.name}}, {{if ne .quantity 1.0}}je {{end}}{{money .price $cur}}` + "\n" + `{{end}}` + "\n" +
			`Summe: **{{money .total .currency}}**{{end}}{{end}}`,
		Labels: orderLabels, Values: statusWords, Messages: refusals,
	}},
	"cancel_order": {"de": {
		Summary: "Eine Bestellung stornieren, die noch nicht versandt ist",
		Examples: []string{
			"storniere Bestellung 1003", "storniere meine letzte Bestellung", "bitte storniere sie", "ich möchte meine Bestellung stornieren",
			"kannst du Bestellung 4003 stornieren?", "ich will die Lampe nicht mehr, storniere die Bestellung", "Stornierung von Bestellung 2044",
			"meine Bestellung absagen", "zieh meine Bestellung zurück", "ich habe das Falsche bestellt, bitte stornieren",
		},
		Confirm: `Bestellung {{.args.order_id}} stornieren{{with .result}}: {{items .items}}, {{money .total .currency}}{{end}}`,
		Answer: `{{with .result}}{{theirs $ "Bestellung"}} **{{.order_id}}** ({{items .items}}, {{money .total .currency}}) ist **storniert**. ` +
			`Die Erstattung ist veranlasst, und es ist nichts zurückzuschicken.{{end}}`,
		Labels: orderLabels, Values: statusWords, Messages: refusals,
	}},
	"reinstate_order": {"de": {
		Summary: "Eine stornierte Bestellung wieder aufnehmen",
		Examples: []string{
			"nimm Bestellung 1003 wieder auf", "ich möchte die stornierte Bestellung doch haben", "die Stornierung war ein Fehler",
			"stell meine Bestellung wieder her", "Stornierung von Bestellung 4003 aufheben", "aktiviere meine Bestellung wieder",
		},
		Confirm: `Bestellung {{.args.order_id}} wieder aufnehmen{{with .result}}: {{items .items}}, {{money .total .currency}}{{end}}`,
		Answer: `{{with .result}}{{theirs $ "Bestellung"}} **{{.order_id}}** ({{items .items}}, {{money .total .currency}}) ist wieder aufgenommen: ` +
			`Sie wird bearbeitet, und es wird nichts erstattet.{{end}}`,
		Labels: orderLabels, Values: statusWords, Messages: refusals,
	}},
	"change_order": {"de": {
		Summary: "Die Menge eines Artikels ändern oder ihn entfernen, solange die Bestellung nicht versandt ist",
		Examples: []string{
			"ändere die Menge der Socken in Bestellung 4003 auf 5", "mach zwei Becher daraus", "entferne die Stöcke aus meiner Bestellung",
			"ich brauche drei Lampen in Bestellung 1003", "setze die Anzahl der Becher auf 4", "nimm den Becher aus meiner Bestellung",
			"ich möchte meine Bestellung ändern", "nur einen Wasserkocher bitte", "erhöhe die Menge der Kerzen auf 10", "Bestellung ändern",
		},
		Confirm: `{{if eq (number .args.quantity) "0"}}{{.args.item}} aus Bestellung {{.args.order_id}} entfernen` +
			`{{else}}Bestellung {{.args.order_id}} auf {{number .args.quantity}} × {{.args.item}} ändern{{end}}` +
			`{{with .result}}; sie enthält dann {{items .items}}, {{money .total .currency}}{{end}}`,
		Answer: `{{with .result}}Erledigt: {{theirs $ "Bestellung"}} **{{.order_id}}** enthält jetzt {{items .items}}, zusammen **{{money .total .currency}}**.{{end}}`,
		Labels: orderLabels, Values: statusWords, Messages: refusals,
	}},
}

var (
	orderLabels = map[string]string{
		"orders": "Bestellungen", "order_id": "Bestellnummer", "status": "Status", "placed": "aufgegeben", "shipped": "versandt", "delivered": "geliefert",
		"cancelled": "storniert", "returned": "zurückgeschickt", "items": "Artikel", "total": "Summe", "currency": "Währung", "name": "Artikel",
		"quantity": "Menge", "price": "Preis", "item": "Artikel", "limit": "Anzahl", "count": "Anzahl",
	}
	statusWords = map[string][]string{
		"processing": {"in Bearbeitung", "offen", "offene", "offenen", "unversandt"},
		"shipped":    {"versandt", "verschickt", "versendet", "unterwegs", "abgeschickt", "versandte", "versandten"},
		"delivered":  {"geliefert", "zugestellt", "angekommen", "gelieferte", "gelieferten"},
		"cancelled":  {"storniert", "abgesagt", "stornierte", "stornierten"},
		"returned":   {"zurückgeschickt", "retourniert", "zurückgegeben"},
	}
	refusals = map[string]string{
		"There is no order {id} in this account.":                                           "Bestellung {id} gibt es in diesem Konto nicht.",
		"Order {id} is already cancelled.":                                                  "Bestellung {id} ist bereits storniert.",
		"Order {id} has already shipped, so it cannot be cancelled.":                        "Bestellung {id} ist schon versandt und kann nicht mehr storniert werden.",
		"Order {id} has already been delivered, so it cannot be cancelled.":                 "Bestellung {id} ist schon geliefert und kann nicht mehr storniert werden.",
		"Order {id} was returned, so it cannot be cancelled.":                               "Bestellung {id} wurde zurückgeschickt und kann nicht storniert werden.",
		"Order {id} is cancelled, so it cannot be changed.":                                 "Bestellung {id} ist storniert und kann nicht geändert werden.",
		"Order {id} has already shipped, so it cannot be changed.":                          "Bestellung {id} ist schon versandt und kann nicht mehr geändert werden.",
		"Order {id} has already been delivered, so it cannot be changed.":                   "Bestellung {id} ist schon geliefert und kann nicht mehr geändert werden.",
		"Order {id} was returned, so it cannot be changed.":                                 "Bestellung {id} wurde zurückgeschickt und kann nicht geändert werden.",
		"Order {id} was returned, so it cannot be reinstated.":                              "Bestellung {id} wurde zurückgeschickt und kann nicht wieder aufgenommen werden.",
		"Order {id} is not cancelled, so there is nothing to reinstate.":                    "Bestellung {id} ist nicht storniert; es gibt nichts wieder aufzunehmen.",
		"Order {id} had already shipped when it was cancelled, so it cannot be reinstated.": "Bestellung {id} war schon versandt, als sie storniert wurde, und kann nicht wieder aufgenommen werden.",
		"There is no {item} in order {id}. It has {list}.":                                  "In Bestellung {id} gibt es kein {item}. Sie enthält {list}.",

		"The item is missing.": "Der Artikel fehlt.",
	}
)
