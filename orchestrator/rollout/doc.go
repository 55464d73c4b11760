// Package rollout moves intents from legacy to modern. A Controller is the kernel's
// Router and ShadowJudge, and the Migration that people and commands steer: it keeps a
// route for each intent, splits the users of a canary, judges the canary by what its
// calls come to, leaves services alone that keep failing, and counts what a report
// needs that says what can be retired.
//
// What lasts is kept in an orchestrator.State: routes and rollouts at once, in the
// record of their intent, by compare-and-set; counts and mismatches every few seconds
// and at Close, so that an abrupt end loses some seconds of statistics and no route.
// Several controllers on one State see each other's routes as they are set. Each of
// them judges by the calls that it saw itself.
//
// A call waits for nothing here: Choose reads one snapshot that is replaced as a whole,
// and Observe adds to counters in memory.
package rollout
