package orchestrator

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Locale is how a language writes numbers, money, dates, counts and lists. A nil
// *Locale is English; in one that is given, an empty rule is as in English. It
// must not be changed once it is in use.
//
// Patterns have their parts in braces: {n}, {amount}, {currency}, {day}, {month},
// {year}, {date}, {time}, {noun}, {nouns}, {name}.
type Locale struct {
	// Language is the tag of the language: de.
	Language string `toml:"language"`

	// Decimal separates the decimals, Group every three digits before them. Yes and
	// No are the words for true and false.
	Decimal string `toml:"decimal"`
	Group   string `toml:"group"`
	Money   string `toml:"money"` // {amount} {currency}
	Yes     string `toml:"yes"`
	No      string `toml:"no"`

	// Days near now, and Date and DateYear for the others, as they stand after a
	// verb: "on 9 November". OnDate is what they begin with, which is left out where
	// a date stands alone.
	Today     string   `toml:"today"`
	Yesterday string   `toml:"yesterday"`
	Tomorrow  string   `toml:"tomorrow"`
	DaysAgo   string   `toml:"days_ago"`
	InDays    string   `toml:"in_days"`
	OnDate    string   `toml:"on_date"`
	Date      string   `toml:"date"`
	DateYear  string   `toml:"date_year"`
	Clock     string   `toml:"clock"` // {date} {time}
	Months    []string `toml:"months"`

	// And and Or stand before the last of several.
	And string `toml:"and"`
	Or  string `toml:"or"`

	// One, None and Many write a count with its noun. Plurals holds the nouns whose
	// plural is irregular, Endings the regular ones: the first pair of which the noun
	// ends in the first part ends in the second instead.
	One     string            `toml:"one"`
	None    string            `toml:"none"`
	Many    string            `toml:"many"`
	Plurals map[string]string `toml:"plurals"`
	Endings [][2]string       `toml:"endings"`

	// Owned writes whose something is, OwnedS the same for a name that ends in a
	// hissing sound: Ada's order. Yours is for what belongs to who asks, Somebodys
	// for what belongs to nobody in particular. NounsUpper: nouns are written large
	// within a sentence.
	Yours      string `toml:"yours"`
	Somebodys  string `toml:"somebodys"`
	Owned      string `toml:"owned"`
	OwnedS     string `toml:"owned_s"`
	NounsUpper bool   `toml:"nouns_upper"`

	// Asking is how a confirmation is asked for and answered.
	Asking Questions `toml:"asking"`
}

// Questions holds the kernel's own sentences around a confirmation, and what counts as
// an answer to it beside the English words.
type Questions struct {
	Lead    string `toml:"lead"`
	One     string `toml:"one"`
	All     string `toml:"all"`
	AllOrNo string `toml:"all_or_no"` // if one fails, none is made
	AsFar   string `toml:"as_far"`    // if one fails, those before it are taken back as far as they can be
	OnlyIf  string `toml:"only_if"`   // {condition}
	Met     string `toml:"met"`       // {condition}
	For     string `toml:"for"`       // {name}
	Unclear string `toml:"unclear"`
	// Where a value comes from that decides where a change goes.
	FromYou      string `toml:"from_you"`
	FromResult   string `toml:"from_result"` // {source}
	FromPlaybook string `toml:"from_playbook"`
	Left         string `toml:"left"` // {list}
	// Yes and No are whole messages, in small letters and without signs.
	Yes []string `toml:"yes"`
	No  []string `toml:"no"`
	// Picking are the words in which some of several changes are chosen.
	Picking Picking `toml:"picking"`
}

// Picking are the words of a language in which a yes or a no is said to some of
// several changes, in small letters: yes, no, not (and what leaves something out), only,
// all (and both), except, to (as in "no to 2"), but, and. Unsure are words that may
// turn round what stands beside them: an answer with one of them is asked for again.
// Fill says nothing of itself. Numbers are the words for the first, the second …, with
// spaces between those for the same one.
type Picking struct {
	Yes     []string `toml:"yes"`
	No      []string `toml:"no"`
	Not     []string `toml:"not"`
	Only    []string `toml:"only"`
	All     []string `toml:"all"`
	Except  []string `toml:"except"`
	To      []string `toml:"to"`
	But     []string `toml:"but"`
	And     []string `toml:"and"`
	Unsure  []string `toml:"unsure"`
	Fill    []string `toml:"fill"`
	Numbers []string `toml:"numbers"`
}

// english holds the rules that a locale without them falls back to. It does not
// change.
var english = &Locale{
	Language: "en", Decimal: ".", Group: ",", Money: "{amount} {currency}", Yes: "yes", No: "no",
	Today: "today", Yesterday: "yesterday", Tomorrow: "tomorrow", DaysAgo: "{n} days ago", InDays: "in {n} days",
	OnDate: "on ", Date: "{day} {month}", DateYear: "{day} {month} {year}", Clock: "{date} {time}",
	Months: []string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
	And:    "and", Or: "or", One: "1 {noun}", None: "no {nouns}", Many: "{n} {nouns}",
	Asking: Questions{
		Lead: "Before anything changes:", One: "Shall I do this? Answer yes or no.",
		All:     "Shall I do all of this? Answer yes, no, or \"only 1\".",
		AllOrNo: "Shall I do all of this? If one of them fails, none is made. Answer yes, no, or \"only 1\".",
		AsFar:   "Shall I do all of this? If one of them fails, those before it are taken back as far as they can be. Answer yes, no, or \"only 1\".",
		OnlyIf:  "only if {condition}", Met: "condition met: {condition}", For: "(for {name})",
		FromYou: "from your message", FromResult: "from {source}", FromPlaybook: "from the playbook",
		Unclear: "I need a plain yes or no to this, so nothing was changed yet.",
		Left:    "Left undone, because you did not say yes: {list}.",
	},
	Yours: "your {noun}", Somebodys: "the {noun}", Owned: "{name}'s {noun}", OwnedS: "{name}'s {noun}",
}

// or returns the rule of the locale, or the English one.
func (l *Locale) or(rule func(*Locale) string) string {
	if l != nil {
		if s := rule(l); s != "" {
			return s
		}
	}
	return rule(english)
}

// filled puts values, given as name, value, name, value …, into a pattern.
func filled(pattern string, pairs ...string) string {
	for i := 0; i+1 < len(pairs); i += 2 {
		pattern = strings.ReplaceAll(pattern, "{"+pairs[i]+"}", pairs[i+1])
	}
	return pattern
}

// JoinAnd joins with commas and a last "and".
func (l *Locale) JoinAnd(parts []string) string {
	return joined(parts, l.or(func(l *Locale) string { return l.And }))
}

// JoinOr joins with commas and a last "or".
func (l *Locale) JoinOr(parts []string) string {
	return joined(parts, l.or(func(l *Locale) string { return l.Or }))
}

func joined(parts []string, word string) string {
	if len(parts) < 2 {
		return strings.Join(parts, "")
	}
	return strings.Join(parts[:len(parts)-1], ", ") + " " + word + " " + parts[len(parts)-1]
}

// Bool is the word for true or false.
func (l *Locale) Bool(v bool) string {
	if v {
		return l.or(func(l *Locale) string { return l.Yes })
	}
	return l.or(func(l *Locale) string { return l.No })
}

// PluralOf gives the plural of a noun.
func (l *Locale) PluralOf(noun string) string {
	if l == nil || l.Plurals == nil && l.Endings == nil {
		return PluralOf(noun)
	}
	if p, ok := l.Plurals[noun]; ok {
		return p
	}
	last := "" // the longest noun that this one, a compound or several words, ends in
	for singular := range l.Plurals {
		if len(singular) > len(last) && strings.HasSuffix(strings.ToLower(noun), strings.ToLower(singular)) {
			last = singular
		}
	}
	if n := len(noun) - len(last); last != "" && n >= 0 {
		plural := l.Plurals[last]
		if r, _ := utf8.DecodeRuneInString(noun[n:]); unicode.IsLower(r) {
			plural = strings.ToLower(plural)
		}
		return noun[:n] + plural
	}
	for _, e := range l.Endings {
		if strings.HasSuffix(noun, e[0]) {
			return strings.TrimSuffix(noun, e[0]) + e[1]
		}
	}
	return noun
}

// SingularsOf gives the nouns that may have this plural, the likeliest first.
func (l *Locale) SingularsOf(plural string) []string {
	var out []string
	if l == nil || l.Plurals == nil && l.Endings == nil {
		return []string{SingularOf(plural)}
	}
	for singular := range l.Plurals {
		if l.PluralOf(singular) == plural {
			out = append(out, singular)
		}
	}
	for _, e := range l.Endings {
		if stem, ok := strings.CutSuffix(plural, e[1]); ok && l.PluralOf(stem+e[0]) == plural && !slices.Contains(out, stem+e[0]) {
			out = append(out, stem+e[0])
		}
	}
	return out
}

// Whose writes that something belongs to a person: Ada's order.
func (l *Locale) Whose(name, noun string) string {
	rule := func(l *Locale) string { return l.Owned }
	if strings.HasSuffix(name, "s") || strings.HasSuffix(name, "x") || strings.HasSuffix(name, "z") || strings.HasSuffix(name, "ß") {
		rule = func(l *Locale) string { return l.OwnedS }
	}
	if l == nil || !l.NounsUpper {
		r, size := utf8.DecodeRuneInString(noun)
		noun = string(unicode.ToLower(r)) + noun[size:]
	}
	return filled(l.or(rule), "name", name, "noun", noun)
}

// grouped writes the digits of a number in groups of three.
func (l *Locale) grouped(digits string) string {
	sign := ""
	if strings.HasPrefix(digits, "-") {
		sign, digits = "-", digits[1:]
	}
	whole, decimals, _ := strings.Cut(digits, ".")
	group := l.or(func(l *Locale) string { return l.Group })
	var b strings.Builder
	b.WriteString(sign)
	for i, d := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteString(group)
		}
		b.WriteRune(d)
	}
	if decimals != "" {
		b.WriteString(l.or(func(l *Locale) string { return l.Decimal }) + decimals)
	}
	return b.String()
}
