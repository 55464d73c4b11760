package orchestrator

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// stated is a random fact: how a result has it and how answers may write it.
type stated struct {
	kind  string
	value any
	forms []string
}

func drawFact(t *rapid.T) stated {
	digits := func(least, most int) string {
		s := rapid.StringOfN(rapid.RuneFrom([]rune("0123456789")), least, most, -1).Draw(t, "digits")
		return "1" + s[1:]
	}
	switch kind := rapid.SampledFrom([]string{"id", "code", "amount", "date", "time", "phone"}).Draw(t, "kind"); kind {
	case "id":
		s := digits(4, 8)
		return stated{kind, s, []string{s, "#" + s, "order-" + s, "**" + s + "**", "(" + s + ")"}}
	case "code":
		s := rapid.StringMatching(`[A-Z]{2,3}`).Draw(t, "letters") + digits(6, 10)
		return stated{kind, s, []string{s, strings.ToLower(s), "`" + s + "`", s[:4] + "-" + s[4:]}}
	case "amount":
		cents := rapid.IntRange(100, 999_999).Draw(t, "cents")
		whole, rest := cents/100, cents%100
		plain := fmt.Sprintf("%d.%02d", whole, rest)
		grouped := plain
		if whole >= 1000 {
			grouped = fmt.Sprintf("%d,%03d.%02d", whole/1000, whole%1000, rest)
		}
		swapped := strings.NewReplacer(",", ".", ".", ",").Replace(grouped)
		return stated{kind, float64(cents) / 100, []string{plain + " EUR", "€" + grouped, grouped + " EUR", swapped + " €", "EUR " + plain, strings.ReplaceAll(swapped, ".", " ") + " EUR"}}
	case "date":
		d := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, rapid.IntRange(0, 3000).Draw(t, "days"))
		return stated{kind, d.Format(time.DateOnly), []string{
			d.Format(time.DateOnly), d.Format("2 January 2006"), d.Format("January 2, 2006"), d.Format("Jan 2, 2006"), d.Format("2 Jan 2006"), d.Format("02.01.2006"),
		}}
	case "time":
		d := time.Date(2026, 3, 1, rapid.IntRange(0, 23).Draw(t, "hour"), rapid.IntRange(0, 59).Draw(t, "minute"), 0, 0, factsNow.Location())
		return stated{kind, d.Format(time.RFC3339), []string{d.Format("15:04"), d.Format("3:04 pm"), d.Format("3:04PM")}}
	default:
		s := digits(8, 8)
		return stated{kind, "+47 " + s[:3] + " " + s[3:5] + " " + s[5:], []string{"+47 " + s, "0047 " + s, s, s[:3] + " " + s[3:5] + " " + s[5:], "+47" + s, "+47-" + s[:4] + "-" + s[4:]}}
	}
}

func factsOf(value any) *facts {
	return newFacts(RespondRequest{Now: factsNow, Steps: []StepRecord{{ID: "s", Result: map[string]any{"field": value, "currency": "EUR"}}}}, nil)
}

func problemsIn(f *facts, answer string) []string {
	var out findings
	f.check(answer, 0, len(answer), &out)
	return out.problems
}

var factsSentences = []string{"%s", "It is %s.", "Your order: %s, as you wished.", "| a | %s | b |", "- %s\n- more", "We have %s for you, and 2 more", "Is it %s?"}

// A fact is known in each of its forms; with one digit changed it is not.
func TestFactsOneDigit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		fact := drawFact(t)
		form := rapid.SampledFrom(fact.forms).Draw(t, "form")
		sentence := rapid.SampledFrom(factsSentences).Draw(t, "sentence")
		if answer := fmt.Sprintf(sentence, form); len(problemsIn(factsOf(fact.value), answer)) > 0 {
			t.Fatalf("%v as %q: %q", fact.value, answer, problemsIn(factsOf(fact.value), answer))
		}
		var places []int
		for i := range form {
			if isDigit(form[i]) {
				places = append(places, i)
			}
		}
		at := rapid.SampledFrom(places).Draw(t, "place")
		changed := form[:at] + string('0'+(form[at]-'0'+byte(rapid.IntRange(1, 9).Draw(t, "by")))%10) + form[at+1:]
		if sameFact(fact, changed) {
			return
		}
		if answer := fmt.Sprintf(sentence, changed); len(problemsIn(factsOf(fact.value), answer)) == 0 {
			t.Fatalf("%v (%s) said as %q is not noticed", fact.value, fact.kind, answer)
		}
	})
}

// sameFact tells whether a changed form still says what is so: the clock's day and
// time are known as well, and a number may begin with zeros.
func sameFact(fact stated, changed string) bool {
	switch fact.kind {
	case "date":
		for _, form := range []string{"2006-01-02", "2 January 2006", "January 2, 2006", "Jan 2, 2006", "2 Jan 2006", "02.01.2006"} {
			if d, err := time.Parse(form, changed); err == nil {
				return d.Format(time.DateOnly) == factsNow.Format(time.DateOnly) || d.Format(time.DateOnly) == fact.value
			}
		}
	case "time":
		for _, form := range []string{"15:04", "3:04 pm", "3:04PM"} {
			if d, err := time.Parse(form, changed); err == nil {
				return d.Format("15:04") == factsNow.Format("15:04") || strings.Contains(fact.value.(string), "T"+d.Format("15:04"))
			}
		}
	case "id":
		return strings.Contains(changed, "2026") // the year
	case "phone":
		return strings.HasPrefix(changed, "0") && !strings.HasPrefix(changed, "00")
	}
	return false
}

// Whatever pieces an answer comes in, what is let out is its beginning, stops in
// front of the first fact from nowhere, and goes on to the end if there is none.
func TestAnswerStream(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		true1, other := drawFact(t), drawFact(t)
		lie := rapid.Bool().Draw(t, "lie")
		f := newFacts(RespondRequest{Now: factsNow, User: User{Name: "Ada Okafor"}, Steps: []StepRecord{{ID: "s", Result: map[string]any{"field": true1.value, "currency": "EUR"}}}}, nil)
		said := rapid.SampledFrom(other.forms).Draw(t, "form")
		answer := "Dear Ada Okafor, your parcel came and\nit says " + rapid.SampledFrom(true1.forms).Draw(t, "true form") + " on the box."
		if lie {
			answer += " The lost one is " + said + " and was with Jonathan Hartwell, as of 3 weeks ago."
		}
		answer += " That is all there is to say."
		problems := problemsIn(f, answer)
		var out strings.Builder
		s := &answerStream{facts: f, publish: func(text string) { out.WriteString(text) }}
		for rest := answer; rest != ""; {
			n := min(len(rest), rapid.IntRange(1, 12).Draw(t, "piece"))
			s.emit(rest[:n])
			rest = rest[n:]
		}
		got := out.String()
		if !strings.HasPrefix(answer, got) {
			t.Fatalf("%q is not the beginning of %q", got, answer)
		}
		if len(problems) == 0 {
			if len(got) < len(answer)-len(" say.") {
				t.Fatalf("of %q only %q came out", answer, got)
			}
			return
		}
		if more := problemsIn(f, got); len(more) > 0 || strings.Contains(got, "Jonathan") || strings.Contains(got, "3 weeks") {
			t.Fatalf("%q was let out of %q, with %q", got, answer, more)
		}
	})
}

func FuzzFacts(f *testing.F) {
	for _, s := range []string{"Order 1003 costs 1,234.50 EUR", "+47 400 00 100", "15–16 November 2026", "Ada Lovelace, 7 Oak Lane", "https://a.b/c?d=1", "3 weeks ago", "**_|#€$.,:-–’", "12:99 pm", "\xff1\xfe", "ﬀ２０"} {
		f.Add(s, 3)
	}
	f.Fuzz(func(t *testing.T, answer string, piece int) {
		answer = Printable(answer)
		facts := newFacts(factsRequest(), nil)
		var found findings
		facts.check(answer, 0, len(answer), &found)
		// What was said in a message may be said in an answer.
		req := factsRequest()
		req.Message += "\n" + answer
		if len(found.problems) == 0 && len(problemsIn(newFacts(req, nil), answer)) > 0 {
			t.Errorf("%q is known, and no longer when it was said before: %q", answer, problemsIn(newFacts(req, nil), answer))
		}
		for _, s := range found.sources {
			if !strings.Contains(answer, s.Fact) || s.From == "" {
				t.Errorf("a source of what is not in %q: %+v", answer, s)
			}
		}
		var out strings.Builder
		stream := &answerStream{facts: facts, publish: func(text string) { out.WriteString(text) }}
		for rest := answer; rest != ""; {
			n := min(len(rest), max(1, piece%20))
			stream.emit(rest[:n])
			rest = rest[n:]
		}
		if !strings.HasPrefix(answer, out.String()) && strings.ToValidUTF8(answer, "") == answer && piece%20 >= 8 {
			t.Errorf("%q is not the beginning of %q", out.String(), answer)
		}
	})
}

func BenchmarkFacts(b *testing.B) {
	req := factsRequest()
	req.Steps = req.Steps[:1]
	for name, answer := range map[string]string{
		"Usual": "Your order **1003** (desk lamp, 1,234.50 EUR) was placed 5 days ago and has shipped. Its tracking number is NP44710021.",
		"Table": "You have 3 orders:\n\n| Order | Placed | Status | Total |\n|---|---|---|---|\n| 1003 | 15 November | shipped | 1,234.50 EUR |\n| 1002 | 28 October | shipped | 52.40 EUR |\n| 1001 | 31 March | delivered | 89.00 EUR |\n\nIn all 1,375.90 EUR.",
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				f := newFacts(req, nil)
				var out findings
				f.check(answer, 0, len(answer), &out)
				if len(out.problems) > 0 {
					b.Fatal(out.problems)
				}
			}
		})
		b.Run(name+"/Streamed", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				s := &answerStream{facts: newFacts(req, nil), publish: func(string) {}}
				for rest := answer; rest != ""; {
					n := min(len(rest), 4)
					s.emit(rest[:n])
					rest = rest[n:]
				}
			}
		})
	}
}
