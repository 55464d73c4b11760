package orchestrator

import (
	"slices"
	"testing"
)

func TestParseReply(t *testing.T) {
	for message, want := range map[string]replyKind{
		"yes": replyYes, "Yes!": replyYes, "perfect, yes": replyYes, "oh well, yes pls": replyYes, "oh no": replyNo, "well, never mind": replyNo, "good morning": replyOther, "great, what is it": replyOther, "y": replyYes, "ok": replyYes, "yes please": replyYes, "sure, go ahead": replyYes, "do it": replyYes, "yes, do both": replyYes,
		"no": replyNo, "No.": replyNo, "no thanks": replyNo, "nope": replyNo, "don't": replyNo, "stop": replyNo, "never mind": replyNo, "cancel": replyNo, "no, leave it as it is": replyNo,
		"yes but change the address": replyUnclear, "no, order 1002": replyOther, "yesterday": replyOther, "yes, no": replyUnclear, "not yes": replyOther, "maybe": replyUnclear, "sure?": replyUnclear, "yes?": replyUnclear, "confirm?": replyUnclear, "yes, and change my phone to 4000": replyUnclear, "👍": replyUnclear,
		"cancel order 1002": replyOther, "": replyUnclear, "do not do it": replyNo, "yes to order 1002": replyUnclear, "okay what is it": replyUnclear,
		"yes, cancel it": replyYes, "yes, cancel order 1003": replyYes, "yes cancel order 1004": replyUnclear, "yes but not the phone": replyUnclear,
		"only 1": replyYes, "1 and 2": replyYes, "only 3": replyUnclear, "2": replyYes, "0": replyUnclear, "no, 1002": replyOther, "1002": replyOther, "only 9 and 1": replyUnclear,
	} {
		if got := parseReply(message, []StepRecord{{Sentence: "Cancel order 1003"}, {Sentence: "Change your phone number"}}, nil); got.kind != want {
			t.Errorf("%q: got %d, want %d", message, got.kind, want)
		}
	}
}

func TestParseReplyWhich(t *testing.T) {
	changes := []StepRecord{{Sentence: "Cancel order 1003"}, {Sentence: "Change your phone number"}, {Sentence: "Close the account"}}
	for message, want := range map[string][]int{
		"only 1": {1}, "just 1 and 3": {1, 3}, "1, 2": {1, 2}, "only the first": {1}, "the second one": {2}, "all except 2": {1, 3}, "all but 3": {1, 2}, "everything except the first": {2, 3},
		"yes to 1, no to 2": {1}, "yes to the first one, no to the second": {1}, "yes but only 1": {1}, "yes but not 2": {1, 3}, "not 2": nil, "only 4": nil, "1 or so": nil,
	} {
		got := parseReply(message, changes, nil)
		if !slices.Equal(got.only, want) || (len(want) > 0) != (got.kind == replyYes) {
			t.Errorf("%q: got %d %v, want %v", message, got.kind, got.only, want)
		}
	}
	for _, message := range []string{"1", "2", "only 1", "the first"} {
		if got := parseReply(message, changes[:1], nil); got.kind == replyYes {
			t.Errorf("%q is a yes though there is nothing to choose", message)
		}
	}
}
