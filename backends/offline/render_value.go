package offline

import (
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"banyan/orchestrator"

	"github.com/google/jsonschema-go/jsonschema"
)

// shown is an object of a result with what its schema says of it.
type shown struct {
	data   map[string]any
	schema *jsonschema.Schema // may be nil
	// currency is the one that the objects around it name.
	currency string
}

func objectOf(data map[string]any, e *orchestrator.Entry) shown {
	o := shown{data: data}
	if e != nil {
		o.schema = e.Result
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

// fieldNames lists the fields in the order of the schema, then by name.
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
	for _, n := range slices.Sorted(maps.Keys(o.data)) {
		if !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	return names
}

// label is what people call a field.
func (o shown) label(name string) string {
	if p := o.property(name); p != nil && p.Title != "" {
		return plain(p.Title)
	}
	return words(name)
}

// noun is what people call one member of a list field: order for orders.
func (o shown) noun(list string) string {
	n := o.label(list)
	switch {
	case strings.HasSuffix(n, "ies") && len(n) > 4:
		return n[:len(n)-3] + "y"
	case strings.HasSuffix(n, "sses"), strings.HasSuffix(n, "xes"), strings.HasSuffix(n, "ches"), strings.HasSuffix(n, "shes"):
		return n[:len(n)-2]
	case strings.HasSuffix(n, "s") && !strings.HasSuffix(n, "ss"):
		return n[:len(n)-1]
	}
	return n
}

// identifier returns the name of the field that identifies the object, or "".
func (o shown) identifier() string {
	for _, n := range o.fieldNames() {
		if isIdentifier(n) {
			switch o.data[n].(type) {
			case string, float64:
				return n
			}
		}
	}
	return ""
}

func isIdentifier(name string) bool {
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

// called names the object by its identifier: order 2001.
func (o shown) called() string {
	id := o.identifier()
	if id == "" {
		return ""
	}
	kind := o.label(id)
	for _, end := range []string{" id", " number", " code", " reference", " ref"} {
		kind = strings.TrimSuffix(kind, end)
		kind = strings.TrimSuffix(kind, strings.ToUpper(end))
	}
	return kind + " " + o.value(id)
}

// value writes the value of a field for people; "" if there is nothing to say.
func (o shown) value(name string) string {
	return o.format(name, o.data[name], o.property(name), orchestrator.Wording{})
}

func (o shown) format(name string, v any, p *jsonschema.Schema, say orchestrator.Wording) string {
	switch t := v.(type) {
	case string:
		if !say.Now.IsZero() && isTime(t, p) {
			if d := say.Date(t); d != "" {
				return strings.TrimPrefix(d, "on ")
			}
		}
		if p != nil && len(p.Enum) > 0 {
			t = strings.ReplaceAll(t, "_", " ")
		}
		return plain(t)
	case bool:
		if t {
			return "yes"
		}
		return "no"
	case float64:
		unit := orchestrator.Unit(p)
		switch {
		case isCurrency(unit):
			return say.Money(t, unit)
		case unit != "":
			return say.Number(t) + " " + plain(unit)
		case o.currency != "" && isMoneyName(name):
			return say.Money(t, o.currency)
		}
		return say.Number(t)
	case map[string]any:
		in := o.inner(t, p)
		var parts []string
		for _, n := range in.fieldNames() {
			if text := in.format(n, t[n], in.property(n), say); text != "" {
				parts = append(parts, text)
			}
		}
		return strings.Join(parts, ", ")
	case []any:
		var items *jsonschema.Schema
		if p != nil {
			items = p.Items
		}
		parts := make([]string, 0, len(t))
		for _, e := range t {
			if m, ok := e.(map[string]any); ok {
				parts = append(parts, o.inner(m, items).short(say))
			} else if text := o.format(name, e, items, say); text != "" {
				parts = append(parts, text)
			}
		}
		return orchestrator.JoinAnd(parts)
	}
	return ""
}

// short names an object in one or two words: 2 × kettle.
func (o shown) short(say orchestrator.Wording) string {
	name := ""
	for _, n := range []string{"name", "title", "label", "description", o.identifier()} {
		if s, ok := o.data[n].(string); ok && s != "" {
			name = plain(s)
			break
		}
	}
	if name == "" {
		for _, n := range o.fieldNames() {
			if text := o.format(n, o.data[n], o.property(n), say); text != "" {
				name = text
				break
			}
		}
	}
	for _, n := range []string{"quantity", "count"} {
		if q, ok := o.data[n].(float64); ok && q != 1 {
			return say.Number(q) + " × " + name
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
	for _, w := range []string{"price", "total", "amount", "cost", "fee", "sum", "balance", "charge", "refund", "deposit", "rate", "tax", "paid", "due"} {
		if strings.Contains(name, w) {
			return !strings.HasPrefix(name, "total_count")
		}
	}
	return false
}

// words turns a snake_case name into words.
func words(name string) string { return strings.ReplaceAll(name, "_", " ") }

// capitalised starts a text with a capital letter.
func capitalised(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	if !unicode.IsLower(r) {
		return s
	}
	return string(unicode.ToUpper(r)) + s[size:]
}

// plain makes a text safe to stand in a line of Markdown or a cell of a table:
// one line, with nothing in it that Markdown would act on.
func plain(s string) string {
	s = strings.TrimSpace(orchestrator.PrintableLine(s))
	if !strings.ContainsAny(s, "\\`*_[]<>|~#&!") {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 8)
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch c {
		case '\\', '`', '*', '[', ']', '<', '>', '|', '~':
			b.WriteByte('\\')
		case '_':
			if !between(s, i) {
				b.WriteByte('\\')
			}
		case '#':
			if i == 0 {
				b.WriteByte('\\')
			}
		case '&':
			if i+1 < len(s) && s[i+1] != ' ' {
				b.WriteByte('\\')
			}
		}
		b.WriteByte(c)
	}
	return b.String()
}

// between tells whether letters or digits stand on both sides of s[i].
func between(s string, i int) bool {
	ok := func(c byte) bool {
		return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
	}
	return i > 0 && i+1 < len(s) && ok(s[i-1]) && ok(s[i+1])
}

// tame returns data for a template: the same, but that texts in it can neither
// begin a line nor a link. Data without such texts is returned as it is.
func tame(data map[string]any) map[string]any {
	if !wild(data) {
		return data
	}
	out, _ := tamed(data).(map[string]any)
	return out
}

const wildChars = "\n\r`[]<|"

func wild(v any) bool {
	switch t := v.(type) {
	case string:
		return strings.ContainsAny(t, wildChars)
	case map[string]any:
		for _, e := range t {
			if wild(e) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(t, wild)
	}
	return false
}

func tamed(v any) any {
	switch t := v.(type) {
	case string:
		if strings.ContainsAny(t, wildChars) {
			return plain(t)
		}
	case map[string]any:
		out := make(map[string]any, len(t))
		for k, e := range t {
			out[k] = tamed(e)
		}
		return out
	case []any:
		out := make([]any, len(t))
		for i, e := range t {
			out[i] = tamed(e)
		}
		return out
	}
	return v
}
