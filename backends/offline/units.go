package offline

import (
	"math"
	"slices"
	"strings"
)

// unitSeconds are the units of time that people write after a number, in seconds.
var unitSeconds = map[string]float64{
	"ms": 0.001, "msec": 0.001, "millisecond": 0.001, "millis": 0.001, "s": 1, "sec": 1, "second": 1, "min": 60, "minute": 60,
	"h": 3600, "hr": 3600, "hour": 3600, "day": 86400, "week": 604800,
}

// secondsIn is the length of a unit of time, 0 if the word is none.
func secondsIn(word string) float64 {
	if u := unitSeconds[word]; u > 0 {
		return u
	}
	return unitSeconds[strings.TrimSuffix(word, "s")]
}

// timeUnit is the unit of time that a number parameter counts in, in seconds, by its
// unit or else by the last word of its name, as in duration_minutes; 0 if it counts
// something else.
func (sl *slot) timeUnit() float64 {
	if sl.kind != kindInteger && sl.kind != kindNumber {
		return 0
	}
	if u := lowUnit(sl); u != "" {
		return secondsIn(u)
	}
	words := strings.Split(sl.name, "_")
	if last := words[len(words)-1]; len(words) > 1 && len(last) > 2 {
		return secondsIn(last)
	}
	return 0
}

// lasts tells whether the parameter says for how long something is, rather than how
// long one time is.
func (sl *slot) lasts() bool {
	return sl.words[stem("lasting")] >= inTitle || sl.words[stem("duration")] >= inTitle
}

// lengthAt reads a length of time at i, in seconds, and how many tokens it has:
// "3 seconds", "800ms", "1.5 s", "an hour", "half a minute".
func lengthAt(toks []token, i int) (seconds float64, n int) {
	low := toks[i].low
	if cut := strings.IndexFunc(low, func(r rune) bool { return (r < '0' || r > '9') && r != '.' && r != ',' }); cut > 0 {
		if v, ok := numberOf(low[:cut]); ok && unitSeconds[low[cut:]] > 0 {
			return v * unitSeconds[low[cut:]], 1
		}
	}
	at, v := i+1, 0.0
	switch num, ok := numberOf(low); {
	case toks[i].is("half") && at < len(toks) && toks[at].is("a", "an"):
		v, at = 0.5, at+1
	case ok:
		v = num
	case toks[i].is("a", "an"):
		v = 1
	default:
		return 0, 0
	}
	if at >= len(toks) || secondsIn(toks[at].low) == 0 || v != 0 && !isNumber(low) && len(toks[at].low) < 3 {
		return 0, 0
	}
	return v * secondsIn(toks[at].low), at + 1 - i
}

// fillMeasured fills a number by the unit that is said with it, converted if the
// parameter counts in another one of the same kind: 3 seconds are 3000 milliseconds, a
// quarter of something is 25 percent. It returns false if no such number is there.
func (p *planner) fillMeasured(sl *slot, want []*slot, b *bag, put func(*slot, any, string)) bool {
	if isPercent(lowUnit(sl)) {
		return fillShare(sl, b, put)
	}
	unit := sl.timeUnit()
	if unit == 0 || sl.isLimit() {
		return false
	}
	lasting := slices.ContainsFunc(want, func(o *slot) bool { return o.timeUnit() > 0 && o.lasts() })
	other := slices.ContainsFunc(want, func(o *slot) bool { return o.timeUnit() > 0 && !o.lasts() })
	for i := range b.toks[:b.own] {
		seconds, n := lengthAt(b.toks[:b.own], i)
		if n == 0 || !b.free(i, n) || i > 0 && b.toks[i-1].is("next", "last", "past", "every", "in", "within") {
			continue
		}
		if during := i > 0 && b.toks[i-1].is("for", "during"); lasting && other && during != sl.lasts() {
			continue
		}
		v := math.Round(seconds/unit*1e6) / 1e6
		if sl.kind == kindInteger && v != math.Trunc(v) {
			continue
		}
		put(sl, v, b.text(i, i+n))
		b.take(i, n)
		return true
	}
	return false
}

func isPercent(unit string) bool { return unit == "percent" || unit == "%" }

// shares are parts of a whole in percent.
var shares = map[string]float64{"half": 50, "third": 100.0 / 3, "quarter": 25, "fifth": 20, "tenth": 10, "twentieth": 5, "hundredth": 1}

// fillShare reads the part of a whole that is said in words: "half of the users", "a
// quarter of them", "three quarters of it".
func fillShare(sl *slot, b *bag, put func(*slot, any, string)) bool {
	toks := b.toks[:b.own]
	for i, t := range toks {
		part := shares[strings.TrimSuffix(t.low, "s")]
		if t.is("half") {
			part = 50
		}
		if _, n := lengthAt(toks, i); n > 0 {
			continue // half a second
		}
		if part == 0 || b.used[i] || i+1 >= len(toks) || !toks[i+1].is("of") && (!t.is("half") || !nounMarks[toks[i+1].low]) {
			continue
		}
		from, v := i, part
		switch n, ok := 0.0, false; {
		case i > 0 && toks[i-1].is("a", "an", "one"):
			from = i - 1
		case i > 0:
			if n, ok = numberOf(toks[i-1].low); ok && n*part <= 100 {
				from, v = i-1, n*part
			} else if !t.is("half") {
				continue
			}
		case !t.is("half"):
			continue
		}
		if sl.kind == kindInteger {
			v = math.Round(v)
		}
		put(sl, v, b.text(from, i+1))
		b.take(from, i+1-from)
		return true
	}
	return false
}

// shareAt tells whether a part of a whole is said at i: "a third of".
func shareAt(toks []token, i int) bool {
	if i < len(toks) && toks[i].is("a", "an", "one") {
		i++
	}
	return i+1 < len(toks) && shares[strings.TrimSuffix(toks[i].low, "s")] > 0 && toks[i+1].is("of")
}

// otherUnit tells whether the number at i is said in a unit of another kind than the
// parameter's, or in one of time that was left to another parameter.
func (sl *slot) otherUnit(toks []token, i int) bool {
	unit := lowUnit(sl)
	if i+1 < len(toks) && (toks[i+1].is("%") || toks[i+1].stem == stem("percent")) {
		return unit != "" && !isPercent(unit) || sl.timeUnit() > 0
	}
	_, n := lengthAt(toks, i)
	return n > 0 && (sl.timeUnit() > 0 || isPercent(unit) || currencyOf(unit) != "")
}
