package orchestrator

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"sync/atomic"
	"text/template"
	"time"

	"github.com/google/jsonschema-go/jsonschema"
)

// Wording gives templates their functions. Templates are text/template over
// .args and .result (maps in JSON's shape, times as RFC 3339 text), with
//
//	money 45 "EUR"      45.00 EUR
//	date .shipped       today 14:02, yesterday, 3 days ago, 9 Nov 2026
//	day .due            the same without the time of day; also tomorrow, in 3 days
//	plural 2 "order"    2 orders
//	items .items        2 × kettle and mug
//	list .names         a, b and c
//	default "–" .x      "–" where x is missing
//	number 3            3 without a decimal point
//	word $ .status      what people call a value of an enumeration
//	theirs $ "Order"    Ada's order where staff ask about Ada, else Order
//	whose $ "address"   your address, Ada's address, or the address if it is not known
//
// Beside them stand .own, which is true where people ask about themselves, and
// .name, the name of whom it is about where that is somebody else; neither is set
// where that is not known. A value of the wrong type gives an empty text, never an
// error. In a Confirm template .args has the subject as well. A template that
// prints a field which is not there does not count.
type Wording struct {
	// Now is what "yesterday" is counted from, in the time zone that people see.
	Now time.Time
	// Locale is how numbers, dates and lists are written; nil is the language of
	// the intent, or English.
	Locale *Locale
	// Own and Name become .own and .name.
	Own  bool
	Name string
}

// RenderConfirm renders the intent's Confirm template; ok is false if there is
// none or it does not run on these arguments.
func (w Wording) RenderConfirm(e *Entry, args, result map[string]any) (text string, ok bool) {
	return w.try(e, e.confirm, args, result)
}

// RenderAnswer renders the intent's Answer template; ok is false if there is
// none or it does not run on this result.
func (w Wording) RenderAnswer(e *Entry, args, result map[string]any) (text string, ok bool) {
	return w.try(e, e.answer, args, result)
}

// noValue is what text/template writes for a key that a map does not have: a
// template that says so does not fit.
const noValue = "<no value>"

func (w Wording) try(e *Entry, t *wordingTemplate, args, result map[string]any) (string, bool) {
	if t == nil {
		return "", false
	}
	if w.Locale == nil {
		w.Locale = e.Locale
	}
	bound, err := t.bind(w)
	if err != nil {
		return "", false
	}
	data := map[string]any{"args": args, "result": result, "own": w.Own, "name": w.Name, "values": e.values()}
	var b strings.Builder
	if err := bound.Execute(&b, data); err != nil {
		return "", false
	}
	text := strings.TrimSpace(b.String())
	return text, text != "" && !strings.Contains(text, noValue)
}

type wordingTemplate struct {
	t    *template.Template
	last atomic.Pointer[boundTemplate]
}

// boundTemplate is a template whose functions know what day it is, and the
// language. It serves until the day is over, because nothing that they write is
// finer.
type boundTemplate struct {
	*template.Template
	day    time.Time
	loc    *time.Location
	locale *Locale
}

func (t *wordingTemplate) bind(w Wording) (*boundTemplate, error) {
	day, loc := midnight(w.Now), w.Now.Location()
	if b := t.last.Load(); b != nil && b.day.Equal(day) && b.loc == loc && b.locale == w.Locale {
		return b, nil
	}
	clone, err := t.t.Clone()
	if err != nil {
		return nil, err
	}
	b := &boundTemplate{clone.Funcs(w.funcs()), day, loc, w.Locale}
	t.last.Store(b)
	return b, nil
}

// parseWording returns nil for an empty text.
func parseWording(text string) (*wordingTemplate, error) {
	if text == "" {
		return nil, nil //nolint:nilnil // no text, no template
	}
	t, err := template.New("").Funcs(Wording{}.funcs()).Parse(text)
	if err != nil {
		return nil, err
	}
	return &wordingTemplate{t: t}, nil
}

func (w Wording) funcs() template.FuncMap {
	return template.FuncMap{
		"money":  func(v any, cur any) string { return w.Money(v, cur) },
		"date":   func(v any) string { return w.Date(v) },
		"day":    func(v any) string { return w.Day(v) },
		"plural": func(n any, noun string) string { return w.Plural(n, noun) },
		"items":  func(v any) string { return w.Items(v) },
		"list":   func(v any) string { return w.List(v) },
		"number": func(v any) string { return w.Number(v) },
		"default": func(d string, v any) any {
			if v == nil || v == "" {
				return d
			}
			return v
		},
		"word": func(data map[string]any, v any) string {
			s, _ := v.(string)
			if words, _ := data["values"].(map[string]string); words[s] != "" {
				return words[s]
			}
			return strings.ReplaceAll(s, "_", " ")
		},
		"theirs": func(data map[string]any, noun string) string {
			if name, _ := data["name"].(string); name != "" {
				return w.Locale.Whose(FirstName(name), noun)
			}
			return noun
		},
		"whose": func(data map[string]any, noun string) string {
			name, _ := data["name"].(string)
			switch own, _ := data["own"].(bool); {
			case own:
				return filled(w.Locale.or(func(l *Locale) string { return l.Yours }), "noun", noun)
			case name != "":
				return w.Locale.Whose(FirstName(name), noun)
			}
			return filled(w.Locale.or(func(l *Locale) string { return l.Somebodys }), "noun", noun)
		},
	}
}

// FirstName is what somebody is called: the first word of the name, unless that is
// an initial or a title.
func FirstName(name string) string {
	first, _, _ := strings.Cut(name, " ")
	if len([]rune(first)) < 2 || strings.HasSuffix(first, ".") {
		return name
	}
	return first
}

// Money writes an amount with its currency: 45.00 EUR.
func (w Wording) Money(v, currency any) string {
	f, ok := v.(float64)
	if !ok {
		return ""
	}
	s := w.Locale.grouped(strconv.FormatFloat(f, 'f', 2, 64))
	if c, _ := currency.(string); c != "" {
		return filled(w.Locale.or(func(l *Locale) string { return l.Money }), "amount", s, "currency", c)
	}
	return s
}

// Number writes a number without needless decimals.
func (w Wording) Number(v any) string {
	switch n := v.(type) {
	case float64:
		if n == math.Trunc(n) && math.Abs(n) < 1e15 {
			return strconv.FormatInt(int64(n), 10)
		}
		return strings.Replace(strconv.FormatFloat(n, 'f', -1, 64), ".", w.Locale.or(func(l *Locale) string { return l.Decimal }), 1)
	case int:
		return strconv.Itoa(n)
	case int64:
		return strconv.FormatInt(n, 10)
	}
	return ""
}

// Plural writes a count with its noun: 1 order, 2 orders, no orders.
func (w Wording) Plural(v any, noun string) string {
	n := w.Number(v)
	rule := func(l *Locale) string { return l.Many }
	switch n {
	case "1":
		rule = func(l *Locale) string { return l.One }
	case "0":
		rule = func(l *Locale) string { return l.None }
	}
	return filled(w.Locale.or(rule), "n", n, "nouns", w.Locale.PluralOf(noun), "noun", noun)
}

// PluralOf gives the regular English plural of a noun.
func PluralOf(noun string) string {
	switch {
	case noun == "" || strings.HasSuffix(noun, "ings"):
		return noun
	case strings.HasSuffix(noun, "s"), strings.HasSuffix(noun, "x"), strings.HasSuffix(noun, "ch"), strings.HasSuffix(noun, "sh"):
		return noun + "es"
	case strings.HasSuffix(noun, "y") && len(noun) > 1 && !strings.ContainsRune("aeiou", rune(noun[len(noun)-2])):
		return noun[:len(noun)-1] + "ies"
	}
	return noun + "s"
}

// SingularOf gives the singular of a regular English plural.
func SingularOf(noun string) string {
	switch {
	case strings.HasSuffix(noun, "ies") && len(noun) > 4:
		return noun[:len(noun)-3] + "y"
	case strings.HasSuffix(noun, "sses"), strings.HasSuffix(noun, "xes"), strings.HasSuffix(noun, "ches"), strings.HasSuffix(noun, "shes"):
		return noun[:len(noun)-2]
	case strings.HasSuffix(noun, "s") && !strings.HasSuffix(noun, "ss"):
		return noun[:len(noun)-1]
	}
	return noun
}

// Items writes a list of objects with name and quantity: 2 × kettle and mug.
func (w Wording) Items(v any) string {
	list, _ := v.([]any)
	var names []string
	for _, it := range list {
		m, _ := it.(map[string]any)
		name, _ := m["name"].(string)
		if q, ok := m["quantity"].(float64); ok && q != 1 {
			name = w.Number(q) + " × " + name
		}
		names = append(names, name)
	}
	return w.Locale.JoinAnd(names)
}

// List joins a list of texts: a, b and c.
func (w Wording) List(v any) string {
	list, _ := v.([]any)
	var names []string
	for _, it := range list {
		names = append(names, fmt.Sprint(it))
	}
	return w.Locale.JoinAnd(names)
}

// JoinAnd joins with commas and a last "and".
func JoinAnd(parts []string) string { return english.JoinAnd(parts) }

// Date writes a time as people say it, with the time of day if it is recent.
func (w Wording) Date(v any) string { return w.when(v, true) }

// Day is Date without the time of day; it also looks ahead.
func (w Wording) Day(v any) string { return w.when(v, false) }

func (w Wording) when(v any, clock bool) string {
	s, _ := v.(string)
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		if t, err = time.ParseInLocation(time.DateOnly, s, w.Now.Location()); err != nil {
			return ""
		}
		clock = false
	}
	return w.Time(t, clock)
}

// Time writes a moment relative to Now: "today 14:02", "yesterday", "3 days ago",
// "in 2 days", and from two weeks on as a date.
func (w Wording) Time(t time.Time, clock bool) string {
	t = t.In(w.Now.Location())
	days := int(math.Round(midnight(t).Sub(midnight(w.Now)).Hours() / 24))
	l := w.Locale
	switch {
	case days == 0:
		return w.clock(l.or(func(l *Locale) string { return l.Today }), t, clock)
	case days == -1:
		return w.clock(l.or(func(l *Locale) string { return l.Yesterday }), t, clock)
	case days == 1:
		return w.clock(l.or(func(l *Locale) string { return l.Tomorrow }), t, clock)
	case days < 0 && days > -14:
		return filled(l.or(func(l *Locale) string { return l.DaysAgo }), "n", strconv.Itoa(-days))
	case days > 0 && days < 14:
		return filled(l.or(func(l *Locale) string { return l.InDays }), "n", strconv.Itoa(days))
	}
	rule := func(l *Locale) string { return l.DateYear }
	if t.Year() == w.Now.Year() {
		rule = func(l *Locale) string { return l.Date }
	}
	months := english.Months
	if l != nil && len(l.Months) == len(months) {
		months = l.Months
	}
	return l.or(func(l *Locale) string { return l.OnDate }) +
		filled(l.or(rule), "day", strconv.Itoa(t.Day()), "month", months[t.Month()-1], "year", strconv.Itoa(t.Year()))
}

func (w Wording) clock(date string, t time.Time, clock bool) string {
	if !clock {
		return date
	}
	return filled(w.Locale.or(func(l *Locale) string { return l.Clock }), "date", date, "time", t.Format("15:04"))
}

// Alone takes the "on" off a date that stands alone: in a table, after a colon.
func (w Wording) Alone(date string) string {
	return strings.TrimPrefix(date, w.Locale.or(func(l *Locale) string { return l.OnDate }))
}

func midnight(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// Duration writes a span as the screens show it: 3 ms, 0.4 s, 2 min.
func Duration(ms float64) string {
	switch {
	case ms < 1:
		return "<1 ms"
	case ms < 100:
		return fmt.Sprintf("%.0f ms", ms)
	case ms < 60_000:
		return fmt.Sprintf("%.1f s", ms/1000)
	default:
		return fmt.Sprintf("%.0f min", ms/60_000)
	}
}

// Field writes one field of a result as its schema says: amounts with their unit
// or the currency beside them, dates relative to Now, booleans as yes and no.
func (w Wording) Field(s *jsonschema.Schema, v any, siblings map[string]any) string {
	switch t := v.(type) {
	case float64:
		if unit := Unit(s); len(unit) == 3 && strings.ToUpper(unit) == unit {
			if c, ok := siblings["currency"].(string); ok {
				unit = c
			}
			return w.Money(t, unit)
		} else if unit != "" {
			return w.Number(t) + " " + unit
		}
		return w.Number(t)
	case string:
		if word := EnumWord(s, t); word != "" {
			return word
		}
		if s != nil && (s.Format == "date-time" || s.Format == "date") {
			if d := w.when(t, true); d != "" {
				return d
			}
		}
	}
	return inWords(v)
}
