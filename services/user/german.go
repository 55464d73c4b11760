package user

import "banyan/orchestrator"

// german are the wordings of the intents in German, by name.
var german = map[string]map[string]orchestrator.Words{
	"get_profile": {"de": {
		Summary: "Das Profil zeigen: Name, E-Mail, Telefonnummer und Adresse",
		Examples: []string{
			"zeig mir mein Profil", "was wisst ihr über mich?", "welche Telefonnummer habt ihr von mir?", "wie ist meine Adresse bei euch?",
			"meine Kontodaten bitte", "wie lautet die Telefonnummer der Kundin?", "seit wann bin ich Kunde?", "Kontaktdaten", "unter welchem Namen bin ich registriert?",
		},
		Answer: "{{with .result}}**{{.name}}** ist {{day .customer_since}} dazugekommen.\n\n" +
			"- E-Mail: {{.email}}\n- Telefon: {{.phone}}\n- Adresse: {{.address}}{{end}}",
		Labels: labels,
	}},
	"update_phone": {"de": {
		Summary: "Die Telefonnummer im Profil ändern",
		Examples: []string{
			"ändere meine Telefonnummer auf +47 400 00 123", "ich habe eine neue Telefonnummer", "meine Nummer ist jetzt 0171 5550123", "neue Handynummer: +44 7700 900123",
			"Telefonnummer ändern", "bitte die Telefonnummer in meinem Konto ersetzen", "die Telefonnummer der Kundin hat sich geändert", "aktualisiere meine Handynummer",
		},
		Confirm: `Die Telefonnummer ändern auf {{.args.phone}}`,
		Answer:  `Erledigt: Die Telefonnummer{{with .name}} von {{.}}{{end}} ist jetzt **{{.result.phone}}**.`,
		Labels:  labels,
	}},
	"update_address": {"de": {
		Summary: "Die Wohnadresse im Profil ändern",
		Examples: []string{
			"ich bin umgezogen nach 12 Elm Street, 0150 Oslo", "ändere meine Adresse", "meine neue Adresse ist 8 Harbour Road, Bergen 5003", "Adresse ändern",
			"wir sind umgezogen, bitte die Adresse aktualisieren", "die Adresse in meinem Profil ist falsch", "neue Wohnadresse", "die Kundin ist umgezogen",
		},
		Confirm: `Die Wohnadresse ändern auf {{.args.address}}`,
		Answer:  `Erledigt: Die Wohnadresse{{with .name}} von {{.}}{{end}} ist jetzt **{{.result.address}}**. Schon aufgegebene Bestellungen behalten ihre.`,
		Labels:  labels,
	}},
}

var labels = map[string]string{
	"email": "E-Mail", "name": "Name", "phone": "Telefonnummer", "address": "Adresse", "customer_since": "Kunde seit",
}
