package match

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// The words of a large catalog that is made up: a class is something that is done
// to a thing.
const (
	largeVerbs = "cancel open close renew review approve reject archive export print rename copy delete restore lock release assign " +
		"schedule find send receive share edit merge split count rate pause resume track refund upgrade install test compare " +
		"translate describe publish hide sort move reserve return repair clean order pay sell lend borrow"
	largeThings = "invoice contract ticket budget report permit licence shipment warranty payslip timesheet campaign prescription " +
		"appointment subscription mortgage inspection certificate donation membership scholarship voucher recipe manuscript " +
		"questionnaire apartment bicycle boat camera candle carpet chair coat concert cupboard curtain desk diary dictionary door " +
		"engine envelope fence festival film fridge garage garden guitar hammer helmet hotel jacket kettle keyboard ladder lamp " +
		"lesson letter library lorry magazine map mattress medal microphone mirror museum necklace newspaper notebook novel oven " +
		"painting parcel passport pension perfume piano pillow poster printer puzzle railway restaurant roof saddle scanner school " +
		"server shelf shirt sofa station stove suitcase tablet telescope tent theatre tower trailer umbrella uniform vehicle violin"
	largeFillers = "please today again quickly tomorrow somehow finally really new old first second whole last small big important " +
		"for my boss from last week before lunch at home this morning in the office with my colleague because it is late"
)

var largeForms = strings.Split("# the @;please # my @;can you # the @ for me;i want to # a @;i need to # our @;how do i # the @;"+
	"# that @ right now;would you # the @;help me # this @;time to # the @;could somebody # the @;i would like to # my @;"+
	"is there a way to # a @;the @ has to be #ed", ";")

// mustLarge makes n classes of ten examples each, and two messages for each class.
func mustLarge(tb testing.TB, n int) ([]Class, []testCase) {
	tb.Helper()
	verbs, things, fillers := strings.Fields(largeVerbs), strings.Fields(largeThings), strings.Fields(largeFillers)
	if n > len(verbs)*len(things) {
		tb.Fatalf("there are words for %d classes", len(verbs)*len(things))
	}
	rng := rand.New(rand.NewPCG(5, 6))
	var classes []Class
	var cases []testCase
	for i := range n {
		verb, thing := verbs[i%len(verbs)], things[i/len(verbs)]
		c := Class{Name: verb + "_" + thing, Texts: []string{verb + " a " + thing}}
		for k, f := range rng.Perm(len(largeForms))[:12] {
			text := strings.NewReplacer("#", verb, "@", thing).Replace(largeForms[f])
			for range rng.IntN(3) {
				text += " " + fillers[rng.IntN(len(fillers))]
			}
			if k < 10 {
				c.Examples = append(c.Examples, text)
			} else {
				cases = append(cases, testCase{Text: text, Want: []string{c.Name}})
			}
		}
		classes = append(classes, c)
	}
	return classes, cases
}
