package offline

import "strings"

// irregular maps forms of common English words to the word whose stem they
// share.
var irregular = map[string]string{
	"sent": "send", "paid": "pay", "bought": "buy", "got": "get", "gotten": "get", "gave": "give", "given": "give",
	"made": "make", "took": "take", "taken": "take", "went": "go", "gone": "go", "came": "come", "lost": "lose",
	"broke": "break", "broken": "break", "said": "say", "told": "tell", "found": "find", "kept": "keep", "held": "hold",
	"written": "write", "wrote": "write", "chose": "choose", "chosen": "choose", "began": "begin", "begun": "begin",
	"done": "do", "did": "do", "does": "do", "sold": "sell", "brought": "bring", "spent": "spend", "lent": "lend",
	"children": "child", "people": "person", "men": "man", "women": "woman", "driven": "drive", "drove": "drive",
	"ran": "run", "withdrawn": "withdraw", "hidden": "hide", "shown": "show", "known": "know", "left": "leave",
	"due": "due", "news": "news", "this": "this", "his": "his", "always": "always", "pickup": "pickup",
}

// stem reduces an English word to what its regular forms share: cancel, cancels,
// cancelled and canceling have one stem. It is no word and is never shown.
func stem(w string) string {
	if len(w) < 3 || strings.IndexByte(w, '\'') >= 0 {
		return w
	}
	if base, ok := irregular[w]; ok {
		w = base
	}
	w = stripPlural(w)
	switch {
	case strings.HasSuffix(w, "ing") && stemOK(w[:len(w)-3]):
		w = w[:len(w)-3]
	case strings.HasSuffix(w, "ied") && len(w) > 4:
		w = w[:len(w)-2]
	case strings.HasSuffix(w, "eed"):
	case strings.HasSuffix(w, "ed") && stemOK(w[:len(w)-2]):
		w = w[:len(w)-2]
	}
	if n := len(w); n > 3 && w[n-1] == w[n-2] && !strings.ContainsRune("aeiou", rune(w[n-1])) {
		w = w[:n-1]
	}
	if n := len(w); n > 3 && w[n-1] == 'e' {
		w = w[:n-1]
	}
	if n := len(w); n > 3 && w[n-1] == 'y' {
		w = w[:n-1] + "i"
	}
	return w
}

func stripPlural(w string) string {
	switch {
	case strings.HasSuffix(w, "ies") && len(w) > 4:
		return w[:len(w)-3] + "y"
	case strings.HasSuffix(w, "sses"), strings.HasSuffix(w, "xes"), strings.HasSuffix(w, "ches"), strings.HasSuffix(w, "shes"):
		return w[:len(w)-2]
	case strings.HasSuffix(w, "ss"), strings.HasSuffix(w, "us"), strings.HasSuffix(w, "is"):
		return w
	case strings.HasSuffix(w, "s") && len(w) > 3:
		return w[:len(w)-1]
	}
	return w
}

// stemOK tells whether what is left after taking off an ending can be a word.
func stemOK(w string) bool {
	return len(w) >= 3 && strings.ContainsAny(w, "aeiouy")
}

// related tells whether two stems are likely forms of one word, also across
// parts of speech: cancel and cancellation, deliver and delivery.
func related(a, b string) bool {
	if a == b {
		return true
	}
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(a) < 4 {
		return len(a) == 3 && strings.HasPrefix(b, a) && (len(b) == 3 || strings.HasPrefix(b[3:], "ment"))
	}
	n := 0
	for n < len(a) && a[n] == b[n] {
		n++
	}
	return n >= 4 && n >= len(a)-1 && len(b)-n <= 6
}
