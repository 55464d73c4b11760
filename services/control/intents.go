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
		"canary get_order 10 manual",
		"25% canary for cancel_order please",
		"25 percent canary for get_invoice",
		"send a quarter of the users of get_order to modern",
		"route get_invoice to modern",
		"give half of the users the new list_orders",
		"promote get_order to 75 percent",
		"raise the canary of update_phone to 40 percent",
		"make it canary 10",
		"send a third of the users of list_orders to the new service",
	},
	Confirm: `Route {{.args.intent}} to {{with .result}}{{.route}}{{else}}{{.args.route}}{{end}}{{with .result}} (it is {{.before}} now{{if .same}}, so nothing changes{{end}}){{end}}`,
	Answer: `{{with .result}}**{{.intent}}** is routed to **{{.route}}** now; before it was {{.before}}.` +
		`{{if eq .mode "auto"}} The judge moves it on, or back, by itself.{{end}}{{end}}`,
	Undo: &orchestrator.Undo{Intent: "undo_route", Args: map[string]string{"intent": "result.intent"}, When: "result.route != result.before"},
}

var shadowRoute = orchestrator.Intent{
	Name:    "shadow_route",
	Summary: "Compare both sides of an intent in shadow mode: legacy answers, modern runs beside it",
	Effect:  orchestrator.Write,
	Access:  steerers,
	Examples: []string{
		"compare get_order with legacy",
		"compare the old and the new cancel_order",
		"mirror list_orders to the new service",
		"mirror the traffic of get_profile",
		"run modern beside legacy for track_shipment",
		"run update_phone on both sides",
		"shadow cancel_order",
		"put get_order in shadow mode",
		"start shadowing list_orders",
		"let the new service run along for get_order",
	},
	Confirm: `Route {{.args.intent}} to shadow{{with .result}} (it is {{.before}} now{{if .same}}, so nothing changes{{end}}){{end}}: legacy answers, modern runs beside it and is compared`,
	Answer:  `{{with .result}}**{{.intent}}** is routed to **{{.route}}** now; before it was {{.before}}.{{end}}`,
	Undo:    &orchestrator.Undo{Intent: "undo_route", Args: map[string]string{"intent": "result.intent"}, When: "result.route != result.before"},
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
		"retire cancel_order",
		"retire the old update_address",
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
		"promote get_order",
		"promote it",
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
		"abort get_order",
		"roll back",
		"roll back get_order",
		"stop the rollout of update_phone",
		"abort the rollout",
		"undo the canary of get_order",
		"stop the rollout",
		"stop the canary",
		"roll it back",
		"abort it",
		"abort the canary",
	},
	Confirm: `Abort the rollout of {{.args.intent}}{{with .result}}{{if .same}}: it is {{.before}} already, so its route does not change{{else}}: back from {{.before}} to {{with .route}}{{.}}, {{end}}the last stable route{{end}}{{end}}`,
	Answer:  `{{with .result}}The rollout of **{{.intent}}** is aborted: it is routed to **{{.route}}** again.{{end}}`,
}

var abortAll = orchestrator.Intent{
	Name:    "abort_all",
	Summary: "Abort all rollouts that are under way",
	Effect:  orchestrator.Write,
	Access:  steerers,
	Examples: []string{
		"abort all rollouts",
		"abort everything",
		"stop all canaries",
		"roll everything back",
		"roll back all intents",
		"abort every canary",
		"all intents back to their stable routes",
	},
	Confirm: `Abort all rollouts under way{{with .result}}: {{.text}}{{end}}`,
	Answer:  `{{with .result}}Aborted: {{.text}}.{{end}}`,
}

var pauseRoute = orchestrator.Intent{
	Name:    "pause_route",
	Summary: "Pause the rollout of an intent, so that it stays where it is",
	Effect:  orchestrator.Write,
	Access:  steerers,
	Examples: []string{
		"pause get_order",
		"pause cancel_order",
		"pause the rollout of track_shipment",
		"pause the canary of list_orders",
		"hold the rollout of update_phone where it is",
		"let the judge of get_order wait",
		"freeze the canary of cancel_order",
		"put the rollout of get_profile on hold",
		"pause the rollout",
		"pause it",
	},
	Confirm: `Pause the rollout of {{.args.intent}}{{with .result}}: it stays at {{.route}}{{if .same}}, and is paused already{{end}}{{end}}`,
	Answer:  `{{with .result}}The rollout of **{{.intent}}** is paused at {{.route}}.{{end}}`,
	Undo:    &orchestrator.Undo{Intent: "resume_route", Args: map[string]string{"intent": "result.intent"}, When: "!has(result.same)"},
}

var resumeRoute = orchestrator.Intent{
	Name:    "resume_route",
	Summary: "Let the paused rollout of an intent go on",
	Effect:  orchestrator.Write,
	Access:  steerers,
	Examples: []string{
		"resume get_order",
		"resume the rollout of cancel_order",
		"continue the canary of track_shipment",
		"let the rollout of list_orders go on",
		"unpause update_phone",
		"go on with the rollout of get_profile",
		"carry on with the canary of get_order",
		"resume the rollout",
		"resume it",
	},
	Confirm: `Let the rollout of {{.args.intent}} go on{{with .result}} from {{.route}}{{if .same}}; it is under way already{{end}}{{end}}`,
	Answer:  `{{with .result}}The rollout of **{{.intent}}** goes on from {{.route}}.{{end}}`,
	Undo:    &orchestrator.Undo{Intent: "pause_route", Args: map[string]string{"intent": "result.intent"}, When: "!has(result.same)"},
}

var showReport = orchestrator.Intent{
	Name:    "show_report",
	Summary: "Report whether the legacy side of an intent can be retired, or of all",
	Effect:  orchestrator.Read,
	Access:  steerers,
	Examples: []string{
		"what can be retired?",
		"which intents can be retired?",
		"can get_order be retired?",
		"is cancel_order ready to be retired?",
		"is legacy still needed for get_order?",
		"do we still need the monolith for track_shipment?",
		"is it safe to retire list_orders?",
		"is it a good idea to retire get_order?",
		"should we retire update_phone?",
		"show the migration report",
		"report on the migration",
		"what is missing until get_profile can be retired?",
		"why can cancel_order not be retired yet?",
	},
	Answer: `{{.result.text}}{{if not .args.intent}}{{range .result.intents}}
- **{{.intent}}** ({{.route}}): {{.why}}{{end}}{{end}}`,
}

var showDifferences = orchestrator.Intent{
	Name:    "show_differences",
	Summary: "Show where the answers of legacy and modern differ, as shadowing found",
	Effect:  orchestrator.Read,
	Access:  steerers,
	Examples: []string{
		"where did shadow differ?",
		"where do legacy and modern differ?",
		"show the differences for get_order",
		"show the mismatches",
		"which mismatches did shadowing find for track_shipment?",
		"what did the shadow calls of list_orders find?",
		"how well do both sides match for cancel_order?",
		"does modern answer the same as legacy?",
		"in what do the old and the new get_order differ?",
	},
	Answer: `{{.result.text}}{{range .result.found}}
- {{.intent}}{{with .field}}, {{.}}{{end}}: {{.class}}, {{.count}} times{{end}}`,
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
		"which calls still go to the monolith?",
		"what does legacy still serve?",
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
		"why?",
		"why did the call of ada@example.com to cancel_order go to legacy?",
		"why did her call to get_order go to the monolith?",
		"why was get_order served by legacy?",
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
		"make the order service slower by 3 seconds",
		"800ms slower for shipping",
		"slow down user by 2 s",
		"let shipping answer with wrong amounts",
		"make the order service return wrong dates",
		"kill the user service",
		"make every call to shipping take 500 milliseconds longer",
		"kill the monolith",
		"take the monolith down",
	},
	Confirm: `Break the {{.args.service}} service on purpose{{with .result}}: {{.state}}{{with .note}}. {{.}}{{end}}{{end}}`,
	Answer:  `{{with .result}}The **{{.service}}** service is broken on purpose now: {{.state}}.{{with .note}} {{.}}{{end}} "Heal {{.service}}" mends it.{{end}}`,
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
