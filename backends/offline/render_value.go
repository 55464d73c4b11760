package offline

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"

	"banyan/orchestrator"

	"github.com/google/jsonschema-go/jsonschema"
)

// shown is an object of a result with what its schema says of it.
type shown struct {
	data   map[string]any
	schema *jsonschema.Schema // may be nil
	// currency is the one that the objects around it name, kind the noun for such
	// objects, if it is known.
	currency, kind string
}

func objectOf(data map[string]any, e *orchestrator.Entry) shown {
	o := shown{data: data}
	if e != nil {
		o.schema = e.Result
		o.kind = e.Name[strings.LastIndexByte(e.Name, '_')+1:]
	}
	o.currency, _ = data["currency"].(string)
	return o
}

// inner returns an object inside o.
func (o shown) inner(data map[string]any, s *jsonschema.Schema) shown {
	in := shown{data: data, schema: s, currency: o.currency}
	if c, ok := data["currency"].(string); ok {
		in.currency = c
	}
	return in
}

// property returns the schema of a field, or nil.
func (o shown) property(name string) *jsonschema.Schema {
	if o.schema == nil {
		return nil
	}
	return o.schema.Properties[name]
}

// fieldNames lists the fields in the order of the schema, those that it does not
// put in order by what they say and by name.
func (o shown) fieldNames() []string {
	var names []string
	if o.schema != nil {
		names = make([]string, 0, len(o.schema.PropertyOrder))
		for _, n := range o.schema.PropertyOrder {
			if _, ok := o.data[n]; ok {
				names = append(names, n)
			}
		}
	}
	if len(names) == len(o.data) {
		return names
	}
	rest := slices.Sorted(maps.Keys(o.data))
	slices.SortStableFunc(rest, func(a, b string) int { return cmp.Compare(o.place(a), o.place(b)) })
	for _, n := range rest {
		if !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	return names
}

// place is where a field stands that no schema puts in order: what identifies and
// names the thing first, then how it stands, then all else.
func (o shown) place(name string) int {
	snake := snakeCase(name)
	switch {
	case isIdentifier(name):
		return 0
	case snake == "name", snake == "title", snake == "label":
		return 1
	case snake == "status", snake == "state":
		return 2
	}
	return 3
}

// label is what people call a field: its title, or its name, without an "id" that
// says nothing.
func (o shown) label(name string) string {
	if p := o.property(name); p != nil && p.Title != "" {
		return plain(p.Title)
	}
	text := words(name)
	if bare, ok := strings.CutSuffix(text, " id"); ok && o.data[bare] == nil && bare != "" {
		text = bare
	}
	return plain(text)
}

// noun is what people call one member of a list field: order for orders.
func (w *answerWriter) noun(o shown, list string) string {
	n := w.small(o.label(list))
	if singulars := w.say.Locale.SingularsOf(n); len(singulars) > 0 {
		return singulars[0]
	}
	return n
}

// identifier returns the name of the field that identifies the object, or "": the
// one that has the object's noun in its name, else the first.
func (o shown) identifier() string {
	first := ""
	for _, n := range o.fieldNames() {
		if !isIdentifier(n) {
			continue
		}
		switch o.data[n].(type) {
		case string, float64:
			snake := snakeCase(n)
			if !strings.Contains(snake, "_") || o.kind != "" && strings.HasPrefix(snake, o.kind+"_") {
				return n
			}
			if first == "" {
				first = n
			}
		}
	}
	return first
}

func isIdentifier(name string) bool {
	name = snakeCase(name)
	switch name {
	case "id", "number", "code", "reference":
		return true
	}
	for _, end := range []string{"_id", "_number", "_code", "_ref"} {
		if strings.HasSuffix(name, end) && name != "tracking_number" && name != "postal_code" && name != "phone_number" {
			return true
		}
	}
	return false
}

// snakeCase writes a name in small letters with underscores: orderId, order-id.
func snakeCase(name string) string {
	if !strings.ContainsFunc(name, func(r rune) bool { return unicode.IsUpper(r) || r == '-' || r == ' ' }) {
		return name
	}
	var b strings.Builder
	small := false
	for _, r := range name {
		switch {
		case r == '-' || r == ' ':
			r, small = '_', false
		case unicode.IsUpper(r):
			if small {
				b.WriteByte('_')
			}
			r, small = unicode.ToLower(r), false
		default:
			small = true
		}
		b.WriteRune(r)
	}
	return b.String()
}

// called names the object by its identifier: order 2001.
func (w *answerWriter) called(o shown) string {
	id := o.identifier()
	if id == "" {
		return ""
	}
	kind := w.small(o.label(id))
	for _, end := range []string{" id", " number", " code", " reference", " ref"} {
		kind = strings.TrimSuffix(kind, end)
		kind = strings.TrimSuffix(kind, strings.ToUpper(end))
	}
	value := ""
	switch t := o.data[id].(type) {
	case string:
		value = plain(t)
	case float64:
		value = w.say.Number(t)
	}
	return kind + " " + value
}

// money is the currency of a number, "" if it is no amount of money.
func (o shown) money(name string) string {
	unit := orchestrator.Unit(o.property(name))
	switch {
	case isCurrency(unit) && o.currency != "":
		return o.currency
	case isCurrency(unit):
		return unit
	case unit == "" && o.currency != "" && isMoneyName(name):
		return o.currency
	}
	return ""
}

// inside bounds how many members of a list stand in one value.
const inside = 6

// format writes the value of a field for people; "" if there is nothing to say.
func (w *answerWriter) format(o shown, name string, v any, p *jsonschema.Schema) string {
	switch t := v.(type) {
	case string:
		return w.text(t, p)
	case bool:
		return w.say.Locale.Bool(t)
	case float64:
		if c := o.money(name); c != "" {
			return w.say.Money(t, c)
		}
		if unit := orchestrator.Unit(p); unit != "" {
			return w.say.Number(t) + " " + plain(unit)
		}
		return w.say.Number(t)
	case map[string]any:
		in := o.inner(t, p)
		var parts []string
		for _, n := range in.fieldNames() {
			if text := w.format(in, n, t[n], in.property(n)); text != "" {
				parts = append(parts, text)
			}
		}
		return strings.Join(parts, ", ")
	case []any:
		var items *jsonschema.Schema
		if p != nil {
			items = p.Items
		}
		parts := make([]string, 0, min(len(t), inside+1))
		for i, e := range t {
			if i == inside && len(t) > inside+1 {
				parts = append(parts, w.lang.Answer("more_inside", "n", w.say.Number(len(t)-inside)))
				break
			}
			if m, ok := e.(map[string]any); ok {
				parts = append(parts, w.short(o.inner(m, items)))
			} else if text := w.format(o, name, e, items); text != "" {
				parts = append(parts, text)
			}
		}
		return w.say.Locale.JoinAnd(parts)
	}
	return ""
}

// text writes a text: a moment as people say it, a value of an enumeration in
// words, anything else as it is.
func (w *answerWriter) text(t string, p *jsonschema.Schema) string {
	if isTime(t, p) {
		if d := w.say.Date(t); d != "" {
			return w.say.Alone(d)
		}
	}
	if p == nil || len(p.Enum) == 0 {
		return plain(t)
	}
	if word := orchestrator.EnumWord(p, t); word != "" {
		return plain(word)
	}
	if strings.ContainsAny(t, "_-") && strings.ToUpper(t) == t {
		t = strings.ToLower(t) // IN_TRANSIT
	}
	return plain(strings.ReplaceAll(t, "_", " "))
}

// short names an object in one or two words: 2 × kettle.
func (w *answerWriter) short(o shown) string {
	name := ""
	for _, n := range []string{"name", "title", "label", "description", o.identifier()} {
		if s, ok := o.data[n].(string); ok && s != "" {
			name = plain(s)
			break
		}
	}
	if name == "" {
		for _, n := range o.fieldNames() {
			if text := w.format(o, n, o.data[n], o.property(n)); text != "" {
				name = text
				break
			}
		}
	}
	for _, n := range []string{"quantity", "count"} {
		if q, ok := o.data[n].(float64); ok && q != 1 {
			return w.say.Number(q) + " × " + name
		}
	}
	return name
}

// isTime tells whether a text is a moment or a day.
func isTime(s string, p *jsonschema.Schema) bool {
	if p != nil && (p.Format == "date-time" || p.Format == "date") {
		return true
	}
	if len(s) < 10 || s[4] != '-' || s[7] != '-' {
		return false
	}
	if len(s) == 10 {
		_, err := time.Parse(time.DateOnly, s)
		return err == nil
	}
	_, err := time.Parse(time.RFC3339, s)
	return err == nil
}

// isCurrency tells an ISO 4217 code from other units.
func isCurrency(unit string) bool {
	return len(unit) == 3 && strings.ToUpper(unit) == unit && unit[0] >= 'A' && unit[0] <= 'Z'
}

// isMoneyName tells whether a number beside a currency is an amount of it.
func isMoneyName(name string) bool {
	name = snakeCase(name)
	for _, w := range []string{"price", "total", "amount", "cost", "fee", "sum", "balance", "charge", "refund", "deposit", "rate", "tax", "paid", "due"} {
		if strings.Contains(name, w) {
			return !strings.HasPrefix(name, "total_count")
		}
	}
	return false
}
