package control

// RouteParams are the parameters of set_route.
type RouteParams struct {
	Intent  string `json:"intent" title:"intent" example:"cancel_order" jsonschema:"the name of the intent whose route is set"`
	Route   string `json:"route,omitempty" title:"route" enum:"shadow,canary,legacy,modern,retired" synonyms:"legacy=the monolith|monolith|the old side|old system|old service|the old one,shadow=shadow mode|shadowing|compare|comparing|mirror|mirroring|beside|side by side|alongside|in parallel,canary=a canary|canary release|some users|a share of the users,modern=the microservice|microservice|the new side|new service|the modern side|everybody|all users|everyone" jsonschema:"who shall serve the intent; a canary if only a share of the users is given"`
	Percent int    `json:"percent,omitempty" title:"percent" unit:"percent" min:"1" max:"100" example:"10" jsonschema:"for a canary: the share of the users that the modern side serves, in percent"`
	Mode    string `json:"mode,omitempty" title:"mode" enum:"manual,auto" synonyms:"auto=automatic|automatically|by itself|let the judge decide,manual=by hand|manually" jsonschema:"for a canary: whether the judge moves it on by itself"`
}

// IntentParams are the parameters of what needs only the name of an intent.
type IntentParams struct {
	Intent string `json:"intent" title:"intent" example:"cancel_order" jsonschema:"the name of the intent"`
}

// ExplainParams are the parameters of explain_route.
type ExplainParams struct {
	Intent string `json:"intent,omitempty" title:"intent" example:"cancel_order" jsonschema:"the name of the intent; without it the last call of this conversation is explained"`
	Who    string `json:"who,omitempty" title:"customer" format:"email" example:"ada@example.com" jsonschema:"the email address of the customer whose call is explained; without it the one whom the last call was about, or who asks"`
}

// ShowParams are the parameters of show_migration: there are none.
type ShowParams struct{}

// FaultParams are the parameters of inject_fault.
type FaultParams struct {
	Service string `json:"service" title:"service" example:"shipping" jsonschema:"the service to break"`
	Kind    string `json:"kind" title:"kind" enum:"errors,latency,outage,wrong_answers" synonyms:"errors=error|failures|failing|fail|fails|error rate|exceptions,latency=slow|slowness|slower|slow down|slowly|delay|delays|delayed|lag|sluggish|longer,outage=down|unreachable|offline|off|kill|outages|dead|unavailable,wrong_answers=wrong answers|wrong answer|bug|bugs|wrong|incorrect|lie|lies|stale|reverse|drop|outdated" jsonschema:"how it is broken"`
	Percent int    `json:"percent,omitempty" title:"percent" unit:"percent" min:"1" max:"100" example:"30" jsonschema:"for errors: how many of the calls fail, in percent; 20 if it is not said"`
	Millis  int    `json:"milliseconds,omitempty" title:"milliseconds" unit:"ms" min:"1" max:"60000" example:"800" jsonschema:"for latency: how much longer every call takes, in milliseconds; 1000 if it is not said"`
	Bug     string `json:"bug,omitempty" title:"bug" example:"off_by_one_date" jsonschema:"for wrong answers: the name of the bug"`
	Seconds int    `json:"lasting_seconds,omitempty" title:"lasting" unit:"s" min:"1" example:"120" jsonschema:"for how long it shall stay broken, in seconds; it stays so until it is mended, which is told"`
}

// HealParams are the parameters of heal_service.
type HealParams struct {
	Service string `json:"service,omitempty" title:"service" example:"shipping" jsonschema:"the service to mend; without it all of them"`
}

// OptionalIntent are the parameters of what is about one intent, or about all of them.
type OptionalIntent struct {
	Intent string `json:"intent,omitempty" title:"intent" example:"cancel_order" jsonschema:"the name of the intent; without it all of them"`
}

// Readiness is the result of show_report.
type Readiness struct {
	Ready   int       `json:"ready" title:"ready to retire" jsonschema:"of how many intents the legacy side can be retired"`
	Intents []Verdict `json:"intents" title:"intents" jsonschema:"the intents with a modern home, and whether legacy is still needed for them"`
	Text    string    `json:"text" title:"verdict" jsonschema:"the same in sentences"`
}

// Verdict is one intent of show_report.
type Verdict struct {
	Intent string `json:"intent" title:"intent" jsonschema:"the name of the intent"`
	Route  string `json:"route" title:"route" jsonschema:"the route as it is now"`
	Ready  bool   `json:"ready" title:"ready" jsonschema:"whether its legacy side can be retired"`
	Why    string `json:"why" title:"why" jsonschema:"the evidence, or what is missing"`
}

// Differences is the result of show_differences.
type Differences struct {
	Text  string       `json:"text" title:"differences" jsonschema:"what was found, in a sentence"`
	Found []Difference `json:"found" title:"found" jsonschema:"the differences, the most frequent first"`
}

// Difference counts the differences of one sort.
type Difference struct {
	Intent string `json:"intent" title:"intent" jsonschema:"the name of the intent"`
	Field  string `json:"field,omitempty" title:"field" jsonschema:"the field in which the answers differed"`
	Class  string `json:"class" title:"class" jsonschema:"the sort of difference"`
	Count  int    `json:"count" title:"times" jsonschema:"how often it was found among the differences that are kept"`
}

// RouteResult is what a change of a route leaves.
type RouteResult struct {
	Intent  string `json:"intent" title:"intent" jsonschema:"the name of the intent"`
	Route   string `json:"route,omitempty" title:"route" jsonschema:"the route as it is now: legacy, shadow, canary=N, modern or retired; absent before it is known"`
	Before  string `json:"before" title:"route before" jsonschema:"the route as it was"`
	Version int    `json:"version" title:"version" jsonschema:"counts the changes of this route"`
	Mode    string `json:"mode,omitempty" title:"mode" jsonschema:"manual or auto, if a judge looks at the canary"`
	Same    bool   `json:"same,omitempty" title:"unchanged" jsonschema:"whether the route is the one that it was"`
}

// AbortedAll is what abort_all leaves.
type AbortedAll struct {
	Intents []string `json:"intents" title:"intents" jsonschema:"the intents whose rollouts are aborted"`
	Text    string   `json:"text" title:"changes" jsonschema:"what becomes of each route"`
}

// RolloutResult is what pause_route and resume_route leave.
type RolloutResult struct {
	Intent string `json:"intent" title:"intent" jsonschema:"the name of the intent"`
	Route  string `json:"route" title:"route" jsonschema:"the route as it is now"`
	State  string `json:"state" title:"rollout" jsonschema:"paused or running"`
	Same   bool   `json:"same,omitempty" title:"unchanged" jsonschema:"whether it was so before"`
}

// Explained is the result of explain_route.
type Explained struct {
	Intent string `json:"intent" title:"intent" jsonschema:"the name of the intent"`
	Route  string `json:"route" title:"route" jsonschema:"the route as it is now"`
	Serves string `json:"serves,omitempty" title:"serves" jsonschema:"the side that the call goes to"`
	Text   string `json:"text" title:"explanation" jsonschema:"why, in sentences"`
}

// Migration is the result of show_migration.
type Migration struct {
	Modern  int      `json:"modern" title:"intents with a modern home" jsonschema:"how many intents have a modern home"`
	Live    int      `json:"live" title:"served by modern" jsonschema:"how many intents modern serves to everybody"`
	Total   int      `json:"total" title:"intents" jsonschema:"how many intents there are"`
	Intents []Served `json:"intents" title:"intents" jsonschema:"the intents that both sides offer, and where they stand"`
	Faults  []string `json:"faults,omitempty" title:"broken on purpose" jsonschema:"the services that are broken on purpose, and how"`
}

// Served is one intent of show_migration.
type Served struct {
	Intent string `json:"intent" title:"intent" jsonschema:"the name of the intent"`
	Route  string `json:"route" title:"route" jsonschema:"the route as it is now"`
	Legacy int    `json:"legacy_calls" title:"legacy calls" jsonschema:"calls that legacy served"`
	Modern int    `json:"modern_calls" title:"modern calls" jsonschema:"calls that modern served"`
	Match  string `json:"match,omitempty" title:"match" jsonschema:"how many of the compared answers were the same"`
}

// FaultResult is the result of inject_fault and heal_service.
type FaultResult struct {
	Service string `json:"service,omitempty" title:"service" jsonschema:"the service; empty for all of them"`
	State   string `json:"state" title:"state" jsonschema:"how it is now, in words"`
	Note    string `json:"note,omitempty" title:"note" jsonschema:"what of the wish cannot be done"`
}
