package orchestrator

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

var german = &Locale{Language: "de", Asking: Questions{
	Yes: []string{"ja", "beide"}, No: []string{"nein"},
	Picking: Picking{
		Yes: []string{"ja"}, No: []string{"nein"}, Not: []string{"nicht"}, Only: []string{"nur"}, All: []string{"alle", "beide"}, Except: []string{"außer"},
		To: []string{"zu"}, But: []string{"aber"}, And: []string{"und"}, Fill: []string{"bitte", "das", "die"}, Numbers: []string{"eins erste", "zwei zweite"},
	},
}}

func TestWhichOfTwo(t *testing.T) {
	changes := []StepRecord{{Sentence: "Cancel order 1003"}, {Sentence: "Change your phone number"}}
	for message, want := range map[string][]int{
		"1 yes 2 no": {1}, "2 yes 1 no": {2}, "1: no, 2: yes": {2}, "1=yes, 2=no": {1}, "1. no\n2. yes": {2}, "1 yes and 2 no": {1}, "no to 1, yes to 2": {2}, "1, not 2": {1}, "1 but not 2": {1},
		"yes, but not 2": {1}, "all but 1": {2}, "yes except 2": {1}, "the first one, not the second": {1}, "not 2 but only 1": {1}, "yes, 1": {1}, "only the second one please": {2},
		"1 no": nil, "1 - no": nil, "1=no": nil, "one no": nil, "the first no": nil, "the first not": nil, "just 1 not": nil, "2 no": nil, "two please not": nil, "not only 2": nil,
		"not just 1": nil, "-1": nil, "!1": nil, "1 not": nil, "no 1": nil, "1, 2 no": nil, "not 1, 2": nil, "not 2, 1": nil, "only 1, no 2": nil, "1 ✅ 2 ❌": nil, "1-2": nil, "1, no, 2": nil, "1 no 2 yes": nil,
		"1. not 2. yes": nil, "keep 1": nil, "never 2": nil, "yes but 2": nil, "1 yes, no": nil, "not both": nil, "1 or 2": nil, "1, only 2": nil, "nothing but 2": nil, "ok, 1 no": nil, "don't do 1": nil,
		"yes, leave it": nil, "ok forget it": nil, "yes, i changed my mind": nil, "ok skip 1": nil,
	} {
		got := parseReply(message, changes, nil)
		if !slices.Equal(got.only, want) || (got.kind == replyYes) != (want != nil) || want == nil && got.kind != replyUnclear {
			t.Errorf("%q: got %d %v, want %v", message, got.kind, got.only, want)
		}
	}
	for message, want := range map[string][]int{
		"nur 2": {2}, "2": {2}, "ja außer 2": {1}, "ja, 1 nicht": {2}, "nur das erste": {1}, "1 ja 2 nein": {1}, "alle außer 1": {2}, "ja, aber nicht 2": {1}, "ja zu 1, nein zu 2": {1}, "only 1": {1},
		"nicht 2": nil, "das erste nicht": nil, "2 nein": nil, "nicht nur 1": nil, "nicht beide": nil,
	} {
		got := parseReply(message, changes, german)
		if !slices.Equal(got.only, want) || (got.kind == replyYes) != (want != nil) || want == nil && got.kind != replyUnclear {
			t.Errorf("%q: got %d %v, want %v", message, got.kind, got.only, want)
		}
	}
	if got := parseReply("beide", changes, german); got.kind != replyYes || got.only != nil {
		t.Errorf("beide: got %+v", got)
	}
	for _, message := range []string{"yess", "yesss", "yse", "surre"} {
		if got := parseReply(message, changes, nil); got.kind != replyUnclear {
			t.Errorf("%q: got %d", message, got.kind)
		}
	}
}

// Whatever an answer consists of: what stands beside a word that negates is not made,
// and neither is anything if all numbers of the answer stand beside one.
func TestNegatedIsNeverMade(t *testing.T) {
	numbers := map[string]int{"1": 1, "2": 2, "3": 3, "first": 1, "second": 2, "one": 1, "two": 2, "eins": 1, "zweite": 2}
	negations := strings.Fields("no not don't skip leave except never keep nein nicht außer without")
	others := strings.Fields("yes ok only just all both and but to please the ja nur alle und aber zu bitte")
	signs := []string{" ", " ", " ", ", ", "; ", ": ", " - ", "=", ". ", "\n"}
	var words []string
	for w := range numbers {
		words = append(words, w)
	}
	slices.Sort(words)
	all := slices.Concat(words, words, negations, negations, others)
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(1, 4).Draw(rt, "changes")
		said := rapid.SliceOfN(rapid.SampledFrom(all), 1, 7).Draw(rt, "words")
		between := rapid.SliceOfN(rapid.SampledFrom(signs), len(said), len(said)).Draw(rt, "signs")
		var b strings.Builder
		for i, w := range said {
			if i > 0 {
				b.WriteString(between[i])
			}
			b.WriteString(w)
		}
		got := parseReply(b.String(), make([]StepRecord, n), german)
		if got.kind != replyYes {
			return
		}
		negated := 0
		for i, w := range said {
			if !slices.Contains(negations, w) {
				continue
			}
			negated++
			pauses := func(sign string) bool { return strings.ContainsAny(sign, ",;.\n") }
			if i+1 < len(said) && numbers[said[i+1]] > 0 && !pauses(between[i+1]) && got.takes(numbers[said[i+1]]) {
				rt.Fatalf("%q makes %v", b.String(), got.only)
			}
			if i > 0 && numbers[said[i-1]] > 0 && !pauses(between[i]) && got.takes(numbers[said[i-1]]) {
				rt.Fatalf("%q makes %v", b.String(), got.only)
			}
		}
		if negated > 0 && (got.only == nil || len(got.only) == n) {
			rt.Fatalf("%q makes all in spite of a no", b.String())
		}
	})
}
