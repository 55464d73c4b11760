package privacy

import "strings"

// Expressions in CEL hold personal data in their string literals.

// expression replaces the personal data of an expression.
func (m *mask) expression(s string) string {
	return literals(s, m.text, func(literal string) (string, bool) {
		masked := m.text(literal)
		return masked, masked != literal
	})
}

// restoreExpression puts values back, written as their literals demand.
func (m *mask) restoreExpression(s string) string {
	return literals(s, m.restore, func(literal string) (string, bool) {
		restored := m.restore(literal)
		return restored, restored != literal
	})
}

// literals applies in to the contents of the string literals of an expression, and out
// to what stands between them. A literal that in leaves as it is stays as it was
// written.
func literals(s string, out func(string) string, in func(string) (string, bool)) string {
	if strings.IndexByte(s, '"') < 0 && strings.IndexByte(s, '\'') < 0 {
		return out(s)
	}
	var b strings.Builder
	for s != "" {
		at := strings.IndexAny(s, `"'`)
		if at < 0 {
			break
		}
		end := closing(s, at)
		if end < 0 {
			break // no literal: a broken expression
		}
		if at > 0 {
			b.WriteString(out(s[:at]))
		}
		written := s[at:end]
		raw := at > 0 && (s[at-1] == 'r' || s[at-1] == 'R')
		if changed, ok := in(plainLiteral(written, raw)); ok {
			if raw { // without the mark, which escapes need
				kept := b.String()
				b.Reset()
				b.WriteString(kept[:len(kept)-1])
			}
			b.WriteString(quoteLiteral(changed, written[0]))
		} else {
			b.WriteString(written)
		}
		s = s[end:]
	}
	if s != "" {
		b.WriteString(out(s))
	}
	return b.String()
}

// closing returns where the literal ends whose quote stands at i, or -1.
func closing(s string, i int) int {
	for j := i + 1; j < len(s); j++ {
		switch s[j] {
		case '\\':
			j++
		case s[i]:
			return j + 1
		}
	}
	return -1
}

// plainLiteral returns what a literal says, apart from escapes that stand for
// characters no personal data has.
func plainLiteral(written string, raw bool) string {
	s := written[1 : len(written)-1]
	if raw || strings.IndexByte(s, '\\') < 0 {
		return s
	}
	return strings.NewReplacer(`\\`, `\`, `\'`, `'`, `\"`, `"`, `\n`, "\n", `\t`, "\t").Replace(s)
}

// quoteLiteral writes a literal.
func quoteLiteral(s string, quote byte) string {
	q := string(quote)
	return q + strings.NewReplacer(`\`, `\\`, q, `\`+q, "\n", `\n`, "\r", `\r`, "\t", `\t`).Replace(s) + q
}
