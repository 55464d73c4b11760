package main

import (
	"context"
	"encoding/json"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"banyan/orchestrator"
)

// lies are ways to alter one fact of an answer: where such a fact stands, and what
// is wrong in its place. Changes come until one of them is new to all that is known.
var lies = []struct {
	kind  string
	fact  *regexp.Regexp
	wrong func(fact string, try int) string
}{
	{"order number", regexp.MustCompile(`(?:^|[ |])[1-9]\d{3}(?:$|[ |,:])`), otherDigit},
	{"amount", regexp.MustCompile(`\b\d+\.\d{2}\b`), otherDigit},
	{"date", regexp.MustCompile(`\b\d{1,2} (?:January|February|March|April|May|June|July|August|September|October|November|December)\b`), otherMonth},
	{"phone number", regexp.MustCompile(`\+\d[\d ]{7,}\d`), otherDigit},
	{"tracking number", regexp.MustCompile(`\b[A-Z]{2}\d{6,}\b`), otherDigit},
	{"name", regexp.MustCompile(`\b(?:Ada Okafor|Ben Sato|Cleo Marsh|Dora Lindqvist)\b`), otherName},
	{"address", regexp.MustCompile(`\b\d{1,3} [A-Z][a-z]+ (?:Street|Road|Hill|Way|Lane)\b`), otherHouse},
	{"time", regexp.MustCompile(`\b\d{2}:\d{2}\b`), otherMinute},
}

// otherDigit changes the last digit, then the one before it as well, and so on.
func otherDigit(fact string, try int) string {
	out := []byte(fact)
	for i := len(out) - 1; i >= 0 && try > 0; i-- {
		if out[i] >= '0' && out[i] <= '9' {
			out[i] = '0' + (out[i]-'0'+byte(try%10))%10
			try /= 10
		}
	}
	return string(out)
}

func otherMonth(fact string, try int) string {
	months := []string{"June", "July", "April", "May", "March"}
	day, _, _ := strings.Cut(fact, " ")
	return day + " " + months[try%len(months)]
}

func otherName(fact string, try int) string {
	first, _, _ := strings.Cut(fact, " ")
	return first + " " + []string{"Winterbourne", "Castellano", "Hargreaves"}[try%3]
}

func otherHouse(fact string, try int) string {
	number, street, _ := strings.Cut(fact, " ")
	return otherDigit(number, try) + " " + street
}

func otherMinute(fact string, try int) string {
	return fact[:len(fact)-1] + otherDigit(fact[len(fact)-1:], try)
}

// liar answers as the backend behind it does, but for one fact: its answers to one
// turn are altered in one kind of fact each.
type liar struct {
	orchestrator.Backend
	first int    // of lies to look for in the answer of this turn
	known string // what the shop holds
	told  []lie  // of this turn
}

type lie struct{ kind, wrong string }

func (l *liar) Respond(ctx context.Context, req orchestrator.RespondRequest, emit func(string)) (orchestrator.Reply, error) {
	again := req.Rejected != ""
	req.Rejected, req.Problems = "", nil
	reply, err := l.Backend.Respond(ctx, req, func(string) {})
	if err != nil {
		return reply, err
	}
	req.Catalog = nil
	said, err := json.Marshal(req)
	if err != nil {
		return reply, err
	}
	first := l.first
	if again {
		first += len(lies) / 2
	}
	for i := range lies {
		k := lies[(first+i)%len(lies)]
		at := k.fact.FindStringIndex(reply.Text)
		if at == nil {
			continue
		}
		fact := reply.Text[at[0]:at[1]]
		for try := 1; try < 100; try++ {
			wrong := k.wrong(fact, try)
			bare := strings.Trim(wrong, " |,:")
			if bare != strings.Trim(fact, " |,:") && !strings.Contains(string(said), bare) && !strings.Contains(l.known, bare) && !strings.Contains(reply.Text, bare) {
				reply.Text = reply.Text[:at[0]] + wrong + reply.Text[at[1]:]
				l.told = append(l.told, lie{k.kind, bare})
				break
			}
		}
		break
	}
	for word := range strings.SplitAfterSeq(reply.Text, " ") {
		emit(word)
	}
	return reply, nil
}

// A backend that gets one fact of an otherwise good answer wrong is not heard with
// it, neither while the answer streams nor in the end.
func TestNoAlteredFactComesThrough(t *testing.T) {
	shop, err := os.ReadFile("testdata/shop.json")
	if err != nil {
		t.Fatal(err)
	}
	for round := range 2 {
		t.Run(strconv.Itoa(round), func(t *testing.T) {
			t.Parallel()
			tried := map[string]int{}
			var l *liar
			var of *app
			prepare := func(p *play) {
				if of != p.app {
					offline, _, err := p.app.backends.open(t.Context(), offlineName)
					if err != nil {
						t.Fatal(p.where, err)
					}
					of, l = p.app, &liar{Backend: offline, first: round, known: string(shop)}
					if err := p.app.kernel.Use(t.Context(), l); err != nil {
						t.Fatal(p.where, err)
					}
				}
				if p.planned != nil {
					p.planned.Backend = l
				}
			}
			observed(t, "testdata/*/*.txt", prepare, func(p *play, events []orchestrator.Event) {
				dropped, streamed := 0, ""
				for _, e := range events {
					switch e.Kind {
					case orchestrator.EventAnswerDropped:
						dropped++
						streamed += "\n"
					case orchestrator.EventAnswerDelta:
						streamed += e.Text
					default:
					}
				}
				if dropped < len(l.told) {
					t.Errorf("%s\n  %d of the answers %v were refused: %q", p.where, dropped, l.told, p.turn.Answer)
				}
				for _, told := range l.told {
					tried[told.kind]++
					if strings.Contains(p.turn.Answer, told.wrong) || strings.Contains(streamed, told.wrong) {
						t.Errorf("%s\n  the %s %q came through: %q", p.where, told.kind, told.wrong, p.turn.Answer)
					}
				}
				l.first, l.told = l.first+3, nil
			})
			t.Log(tried)
			if len(tried) < len(lies) {
				t.Errorf("only these kinds of facts were altered: %v", tried)
			}
		})
	}
}
