package replay

import (
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"banyan/orchestrator"
)

// Placeholders stand between these marks. A mark that stands in a text itself is
// masked too.
const (
	left, right = "⟦", "⟧"
	markName    = "mark"
)

var placeholder = regexp.MustCompile(left + `[^` + left + right + `]*` + right)

// mask knows the personal data of one request, and puts placeholders in its place
// and back.
type mask struct {
	names  map[string]string // value, in lower case → name of its placeholder
	values map[string]string // name → value
	counts map[string]int    // how many placeholders there are of each sort
	known  *regexp.Regexp    // finds any of names; nil if it has to be made
	fixed  []string          // values that are known from the start, not found by patterns
	see    Recogniser        // looks before the patterns do; nil: they alone
}

// Recogniser finds the personal data of a text: it returns the text with what put
// returns, of a sort in lower-case letters and a value, in the place of each. What a
// recording was made with has to be there when it is played.
type Recogniser func(text string, put func(sort, value string) string) string

// newMask returns a mask for a request about these people. secrets are values that
// must never be recorded.
func newMask(secrets []string, user, subject orchestrator.User, people []orchestrator.User) *mask {
	m := &mask{names: map[string]string{}, values: map[string]string{}, counts: map[string]int{}}
	for _, s := range secrets {
		if s != "" {
			m.learn("key", s)
		}
	}
	m.person("user", user)
	m.person("subject", subject)
	for i, p := range people {
		m.person("person"+strconv.Itoa(i+1), p)
	}
	return m
}

func (m *mask) person(who string, u orchestrator.User) {
	m.fix(who+".email", u.Email)
	m.fix(who+".name", u.Name)
	words := strings.Fields(u.Name)
	if len(words) < 2 {
		return
	}
	for i, w := range words {
		if utf8.RuneCountInString(w) >= 3 {
			m.fix(who+".name"+strconv.Itoa(i+1), w)
		}
	}
}

// fix gives a value a name of its own, unless it has one.
func (m *mask) fix(name, value string) {
	key := strings.ToLower(value)
	if strings.TrimSpace(value) == "" || m.names[key] != "" {
		return
	}
	m.names[key], m.values[name] = name, value
	m.fixed = append(m.fixed, value)
	m.known = nil
}

// learn gives a value that is not known yet the next name of its sort.
func (m *mask) learn(sort, value string) {
	key := strings.ToLower(value)
	if strings.TrimSpace(value) == "" || m.names[key] != "" {
		return
	}
	m.counts[sort]++
	m.fix(sort+"."+strconv.Itoa(m.counts[sort]), value)
}

// find returns the name for what a pattern has found.
func (m *mask) find(sort, value string) string {
	if name, ok := m.names[strings.ToLower(value)]; ok {
		return cased(name, m.values[name], value)
	}
	m.counts[sort]++
	name := sort + "." + strconv.Itoa(m.counts[sort])
	m.names[strings.ToLower(value)], m.values[name] = name, value
	return name
}

// cased adds to a name how the text at hand is written, if that is not how the
// value is written.
func cased(name, value, text string) string {
	switch text {
	case value:
	case strings.ToLower(value):
		name += ":lower"
	case strings.ToUpper(value):
		name += ":upper"
	}
	return name
}

// text puts placeholders into s.
func (m *mask) text(s string) string {
	if s == "" {
		return s
	}
	if strings.Contains(s, left) || strings.Contains(s, right) {
		s = strings.NewReplacer(left, left+markName+"1"+right, right, left+markName+"2"+right).Replace(s)
	}
	s = m.fixedIn(s)
	if m.see != nil {
		s = outside(s, func(s string) string {
			return m.see(s, func(sort, value string) string { return left + m.find(sort, value) + right })
		})
	}
	for _, p := range patterns {
		if !p.hint(s) {
			continue
		}
		s = outside(s, func(s string) string {
			return p.expr.ReplaceAllStringFunc(s, func(match string) string {
				if p.fits != nil && !p.fits(match) {
					return match
				}
				return left + m.find(p.name, match) + right
			})
		})
	}
	return s
}

// fixedIn replaces the values that are known from the start, where they stand as
// whole words; keys also within words.
func (m *mask) fixedIn(s string) string {
	if len(m.fixed) == 0 {
		return s
	}
	if m.known == nil {
		values := slices.Clone(m.fixed)
		slices.SortStableFunc(values, func(a, b string) int { return len(b) - len(a) })
		for i, v := range values {
			values[i] = regexp.QuoteMeta(v)
		}
		m.known = regexp.MustCompile(`(?i)` + strings.Join(values, "|"))
	}
	return outside(s, func(s string) string {
		var out strings.Builder
		end := 0
		for _, at := range m.known.FindAllStringIndex(s, -1) {
			match := s[at[0]:at[1]]
			name := m.names[strings.ToLower(match)]
			switch {
			case name == "": // equal only under folding of exotic letters
				continue
			case inWord(s, at[0], at[1]) && !strings.HasPrefix(name, "key."):
				continue
			}
			out.WriteString(s[end:at[0]] + left + cased(name, m.values[name], match) + right)
			end = at[1]
		}
		return out.String() + s[end:]
	})
}

// inWord tells whether s[from:to] goes on as a word on either side.
func inWord(s string, from, to int) bool {
	letter := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' }
	before, _ := utf8.DecodeLastRuneInString(s[:from])
	first, _ := utf8.DecodeRuneInString(s[from:])
	last, _ := utf8.DecodeLastRuneInString(s[:to])
	after, _ := utf8.DecodeRuneInString(s[to:])
	return from > 0 && letter(before) && letter(first) || to < len(s) && letter(after) && letter(last)
}

// outside applies f to what is not a placeholder.
func outside(s string, f func(string) string) string {
	if !strings.Contains(s, left) {
		return f(s)
	}
	var out strings.Builder
	end := 0
	for _, at := range placeholder.FindAllStringIndex(s, -1) {
		out.WriteString(f(s[end:at[0]]))
		out.WriteString(s[at[0]:at[1]])
		end = at[1]
	}
	out.WriteString(f(s[end:]))
	return out.String()
}

// restore puts the values of this request where placeholders stand. One without a
// value becomes a word in brackets: [phone].
func (m *mask) restore(s string) string {
	return placeholder.ReplaceAllStringFunc(s, func(p string) string {
		name, form, _ := strings.Cut(strings.TrimSuffix(strings.TrimPrefix(p, left), right), ":")
		switch name {
		case markName + "1":
			return left
		case markName + "2":
			return right
		}
		value, ok := m.values[name]
		switch {
		case !ok:
			sort, _, _ := strings.Cut(name, ".")
			return "[" + sort + "]"
		case form == "lower":
			return strings.ToLower(value)
		case form == "upper":
			return strings.ToUpper(value)
		}
		return value
	})
}

// value applies f to all texts in a value in JSON's shape, in a fixed order.
func value(v any, f func(string) string) any {
	switch t := v.(type) {
	case string:
		return f(t)
	case float64:
		if t == math.Trunc(t) && math.Abs(t) >= 1e12 {
			text := strconv.FormatFloat(t, 'f', -1, 64)
			if masked := f(text); masked != text {
				return masked
			}
		}
	case []any:
		out := make([]any, len(t))
		for i, e := range t {
			out[i] = value(e, f)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(t))
		for _, k := range slices.Sorted(maps.Keys(t)) {
			out[k] = value(t[k], f)
		}
		return out
	}
	return v
}

// fields teaches the mask the texts that stand in fields with personal names.
func (m *mask) fields(v any) {
	switch t := v.(type) {
	case []any:
		for _, e := range t {
			m.fields(e)
		}
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(t)) {
			text, ok := t[k].(string)
			switch {
			case ok && personalField.MatchString(k):
				m.learn(sortOf(k), text)
			case ok && k == "name" && t["email"] != nil: // of a person, not of a thing
				m.learn("name", text)
			default:
				m.fields(t[k])
			}
		}
	}
}

// sortOf names the placeholders of a field.
func sortOf(field string) string {
	parts := personalField.FindString(strings.ToLower(field))
	parts = strings.TrimPrefix(parts, "_")
	switch {
	case strings.HasSuffix(parts, "mail"):
		return "email"
	case parts == "street", parts == "address":
		return "address"
	}
	return parts
}
