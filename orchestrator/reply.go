package orchestrator

import (
	"slices"
	"strings"
	"unicode"
)

type replyKind int

const (
	replyOther   replyKind = iota // something else, to be planned
	replyUnclear                  // an answer, but neither a plain yes nor a plain no
	replyYes
	replyNo
)

// reply is what a message answers to a confirmation.
type reply struct {
	kind replyKind
	only []int // numbers of the changes that the yes is for; nil means all
}

func (a reply) takes(n int) bool { return a.only == nil || slices.Contains(a.only, n) }

var (
	yesWords = wordSet("y yes yeah yep yup ok okay sure confirm confirmed proceed affirmative absolutely definitely")
	noWords  = wordSet("n no nope nah stop abort cancel dont nevermind negative")
	// againstYes are words that leave no yes standing.
	againstYes = wordSet("n no nope nah stop abort dont not never nevermind but wait hmm except")
	// againstUnlessOwn leave none either, unless the change itself is called so.
	againstUnlessOwn = wordSet("cancel leave forget changed mind skip without keep anything")
	// fillWords may stand around a yes or a no without changing it.
	fillWords = wordSet("please pls plz now great perfect good fine cool alright well oh ah right thanks thank you do it that this go ahead all both them of course to i am sure im right fine yes no confirm not just leave as is forget never mind and mean the cancel changed my want anything thats why")
	// leadWords may stand before a yes or a no.
	leadWords = wordSet("great perfect good cool alright well oh ah and so then hm thanks")
	phrases   = map[string]replyKind{
		"do it": replyYes, "go ahead": replyYes, "go for it": replyYes, "of course": replyYes, "please do": replyYes, "all": replyYes, "both": replyYes,
		"all of them": replyYes, "both of them": replyYes, "sounds good": replyYes, "thats right": replyYes, "thats fine": replyYes, "yes to both": replyYes, "yes to all": replyYes,
		"sure why not": replyYes, "why not": replyYes,
		"never mind": replyNo, "forget it": replyNo, "leave it": replyNo, "do not": replyNo, "dont do it": replyNo, "do not do it": replyNo, "rather not": replyNo, "better not": replyNo,
		"i changed my mind": replyNo, "not now": replyNo, "neither": replyNo, "none": replyNo, "none of them": replyNo, "leave it as it is": replyNo, "keep it": replyNo,
		"go ahead and dont": replyUnclear, "im not sure": replyUnclear, "not sure": replyUnclear, "maybe": replyUnclear, "wait": replyUnclear, "hmm": replyUnclear, "what": replyUnclear,
		"i dont know": replyUnclear, "right": replyUnclear, "correct": replyUnclear, "really": replyUnclear, "are you sure": replyUnclear,
	}
)

func wordSet(s string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(s) {
		set[w] = true
	}
	return set
}

// parseReply reads the answer to a confirmation of these changes. It is strict:
// only a message that says nothing but yes, no or which ones counts as one; the
// words of the changes themselves may stand in it ("yes, cancel order 1003"). A
// question is never a yes. l has the words of another language, nil is English.
func parseReply(message string, changes []StepRecord, l *Locale) reply {
	words := replyWords(message)
	if l != nil {
		said := strings.Join(words, " ")
		for kind, list := range map[replyKind][]string{replyYes: l.Asking.Yes, replyNo: l.Asking.No} {
			switch {
			case !slices.Contains(list, said):
			case strings.ContainsRune(message, '?'):
				return reply{kind: replyUnclear}
			default:
				return reply{kind: kind}
			}
		}
	}
	for len(words) > 1 && leadWords[words[0]] { // "oh well, perfect, yes"
		words = words[1:]
	}
	if len(words) == 0 {
		return reply{kind: replyUnclear}
	}
	asking := strings.ContainsRune(message, '?')
	if kind, ok := phrases[strings.Join(words, " ")]; ok {
		if asking {
			kind = replyUnclear
		}
		return reply{kind: kind}
	}
	if answer, ok := parseWhich(message, len(changes), l); ok {
		return answer
	}
	own := map[string]bool{}
	for _, c := range changes {
		for _, w := range replyWords(c.Sentence) {
			own[w] = true
		}
	}
	known := func(w string) bool { return fillWords[w] || yesWords[w] || noWords[w] || own[w] }
	all := !slices.ContainsFunc(words[1:], func(w string) bool { return !known(w) })
	against := func(w string) bool { return againstYes[w] || againstUnlessOwn[w] && !own[w] }
	switch first := words[0]; {
	case yesWords[first] && (!all || asking || slices.ContainsFunc(words[1:], against)):
		return reply{kind: replyUnclear}
	case yesWords[first]:
		return reply{kind: replyYes}
	case noWords[first] && all && !asking:
		return reply{kind: replyNo}
	case len(words) == 1 && !asking && stretchedNo(first, l):
		return reply{kind: replyNo}
	case l != nil && slices.Contains(l.Asking.Picking.Yes, first), len(words) == 1 && meant(first, l):
		return reply{kind: replyUnclear}
	}
	return reply{}
}

// unstretched is a word without letters that are written several times in a row.
func unstretched(w string) string { return string(slices.Compact([]rune(w))) }

// stretchedNo tells whether a word is a no with letters written several times: nooo.
func stretchedNo(word string, l *Locale) bool {
	same := func(w string) bool { return unstretched(word) == unstretched(w) }
	for w := range noWords {
		if same(w) {
			return true
		}
	}
	return l != nil && slices.ContainsFunc(l.Asking.Picking.No, same)
}

// meant tells whether a word is a yes or a no with a slip of the finger: yess, yse. It counts as neither, but whoever writes it answers the question.
func meant(word string, l *Locale) bool {
	near := func(w string) bool {
		return unstretched(word) == unstretched(w) || oneApart(word, w) || len(w) == 3 && len(word) == 3 && oneApart(word+"x", w+"x")
	}
	for _, set := range []map[string]bool{yesWords, noWords} {
		for w := range set {
			if near(w) {
				return true
			}
		}
	}
	return l != nil && (slices.ContainsFunc(l.Asking.Picking.Yes, near) || slices.ContainsFunc(l.Asking.Picking.No, near))
}

// replyWords are the words of a text in lower case, without apostrophes.
func replyWords(text string) []string {
	plain := strings.NewReplacer("'", "", "’", "").Replace(strings.ToLower(text))
	return strings.FieldsFunc(plain, func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) })
}
