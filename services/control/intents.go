package control

import "banyan/orchestrator"

// steerers says who may see and steer the migration.
const steerers = `user.role in ["support", "presenter", "admin"]`

var setRoute = orchestrator.Intent{
	Name:    "set_route",
	Summary: "Set the route of an intent: who serves it from now on",
	Effect:  orchestrator.Write,
	Access:  steerers,
	Examples: []string{
		"move cancel_order to canary 25",
		"set the route of list_orders to shadow",
		"send track_shipment to shadow",
		"route cancel_order to the monolith",
		"switch update_phone to modern",
		"put get_order back on legacy",
		"let 10 percent of the users go to the new service for list_orders",
		"canary 50 for track_shipment, automatically",
		"let 30 % of the users use the new cancel_order",
		"migrate list_orders to the microservice",
		"change the route of update_address to canary 10",
		"make modern serve cancel_order",
	},
	Confirm: `Route {{.args.intent}} to {{with .result}}{{.route}}{{else}}{{.args.route}}{{end}}{{with .result}} (it is {{.before}} now){{end}}`,
	Answer: `{{with .result}}**{{.intent}}** is routed to **{{.route}}** now; before it was {{.before}}.` +
		`{{if eq .mode "auto"}} The judge moves it on, or back, by itself.{{end}}{{end}}`,
	Undo: &orchestrator.Undo{Intent: "undo_route", Args: map[string]string{"intent": "result.intent"}, When: "result.route != result.before"},
}

var retireRoute = orchestrator.Intent{
	Name:    "retire_route",
	Summary: "Retire the legacy side of an intent, so that it refuses",
	Effect:  orchestrator.Write,
	Access:  steerers,
	Examples: []string{
		"retire get_profile",
		"retire track_shipment",
		"retire the legacy side of get_order",
		"retire list_orders on the monolith",
		"switch off legacy for update_phone",
		"the monolith shall refuse get_profile from now on",
	},
	Confirm: `Retire the legacy side of {{.args.intent}}{{with .result}} (its route is {{.before}} now){{end}}: nobody answers for modern then`,
	Answer:  `{{with .result}}The legacy side of **{{.intent}}** is retired; before its route was {{.before}}.{{end}}`,
	Undo:    &orchestrator.Undo{Intent: "undo_route", Args: map[string]string{"intent": "result.intent"}, When: "result.route != result.before"},
}

var undoRoute = orchestrator.Intent{
	Name:    "undo_route",
	Summary: "Take back the last change of an intent's route",
	Effect:  orchestrator.Write,
	Access:  steerers,
	Examples: []string{
		"undo the last route change of cancel_order",
		"take back the route of list_orders",
		"give track_shipment the route that it had before",
		"revert the routing of get_order",
	},
	Confirm: `Give {{.args.intent}} the route back that it had{{with .result}}: {{.route}} (it is {{.before}} now){{end}}`,
	Answer:  `{{with .result}}**{{.intent}}** is routed to **{{.route}}** again.{{end}}`,
}

var promoteRoute = orchestrator.Intent{
	Name:    "promote_route",
	Summary: "Promote an intent to the next stage of its migration",
	Effect:  orchestrator.Write,
	Access:  steerers,
	Examples: []string{
		"promote cancel_order",
		"promote the route of track_shipment",
		"take list_orders to the next stage",
		"move the canary of cancel_order one step on",
		"advance the migration of get_order",
		"next stage for update_phone please",
	},
	Confirm: `Promote {{.args.intent}}{{with .result}} from {{.before}} to {{with .route}}{{.}}{{else}}the next stage{{end}}{{end}}`,
	Answer:  `{{with .result}}**{{.intent}}** is promoted from {{.before}} to **{{.route}}**.{{end}}`,
	Undo:    &orchestrator.Undo{Intent: "undo_route", Args: map[string]string{"intent": "result.intent"}, When: "result.route != result.before"},
}

var abortRoute = orchestrator.Intent{
	Name:    "abort_route",
	Summary: "Abort the rollout of an intent and return it to its last stable route",
	Effect:  orchestrator.Write,
	Access:  steerers,
	Examples: []string{
		"abort the rollout of cancel_order",
		"abort cancel_order",
		"abort track_shipment",
		"roll back cancel_order",
		"abort the canary of track_shipment",
		"stop the canary of list_orders",
		"rollback the route of get_order",
		"back to the stable route for update_phone",
		"return cancel_order to its last stable route",
	},
	Confirm: `Abort the rollout of {{.args.intent}}{{with .result}}: back from {{.before}} to the last stable route{{end}}`,
	Answer:  `{{with .result}}The rollout of **{{.intent}}** is aborted: it is routed to **{{.route}}** again.{{end}}`,
}

var showMigration = orchestrator.Intent{
	Name:    "show_migration",
	Summary: "Show how far the migration from the monolith to the microservices is",
	Effect:  orchestrator.Read,
	Access:  steerers,
	Examples: []string{
		"how far is the migration?",
		"show the migration",
		"show me the routes",
		"which intents are still served by the monolith?",
		"what is the state of the strangler fig?",
		"list the routes of all intents",
		"how many intents are modern by now?",
		"migration status please",
		"is anything broken on purpose?",
		"what is broken?",
		"which services are broken right now?",
	},
}

var explainRoute = orchestrator.Intent{
	Name:    "explain_route",
	Summary: "Explain why a call went to legacy or to modern",
	Effect:  orchestrator.Read,
	Access:  steerers,
	Examples: []string{
		"why did this go to legacy?",
		"why did that go to the monolith?",
		"why was this served by modern?",
		"explain the route of cancel_order",
		"who serves list_orders and why?",
		"where does track_shipment go?",
		"why is cancel_order still on legacy?",
		"why is track_shipment on legacy?",
		"which side answered that?",
		"who answered this, the old or the new service?",
	},
	Answer: `{{.result.text}}`,
}

var injectFault = orchestrator.Intent{
	Name:    "inject_fault",
	Summary: "Break a service on purpose: errors, slowness, an outage or wrong answers",
	Effect:  orchestrator.Write,
	Access:  steerers,
	Examples: []string{
		"break shipping with 30 percent errors",
		"inject errors into the order service",
		"make the shipping service slow",
		"add 800 milliseconds of latency to user",
		"take the order service down",
		"simulate an outage of shipping",
		"make shipping give wrong answers",
		"break the order service on purpose",
		"inject a fault into user: 20 % errors",
		"chaos for shipping please",
	},
	Confirm: `Break the {{.args.service}} service on purpose{{with .result}}: {{.state}}{{end}}`,
	Answer:  `{{with .result}}The **{{.service}}** service is broken on purpose now: {{.state}}. "Heal {{.service}}" mends it.{{end}}`,
	Undo:    &orchestrator.Undo{Intent: "heal_service", Args: map[string]string{"service": "result.service"}},
}

var healService = orchestrator.Intent{
	Name:    "heal_service",
	Summary: "Mend a service that was broken on purpose, or all of them",
	Effect:  orchestrator.Write,
	Access:  steerers,
	Examples: []string{
		"heal shipping",
		"mend the order service",
		"heal all services",
		"stop the chaos",
		"remove the fault from user",
		"make shipping work again",
		"repair the order service",
	},
	Confirm: `{{if .args.service}}Mend the {{.args.service}} service{{else}}Mend all services that are broken on purpose{{end}}`,
	Answer:  `{{with .result}}{{if .service}}The **{{.service}}** service works again.{{else}}All services work again.{{end}}{{end}}`,
}
