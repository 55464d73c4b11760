package main

import (
	"io"
	"regexp"
	"strconv"
	"strings"
)

// keyShape matches what looks like a key of a provider.
var keyShape = regexp.MustCompile(`\b(?:sk|pk|rk|gsk|xai|hf|key|glpat|gh[pousr]|github_pat|xox[abeprs])[-_][\w.-]{11,}\w|\bAIza[\w-]{12,}`)

// shortestKey is how many characters a key has at least, keyPart how many of them in a
// row are hidden wherever they stand.
const (
	shortestKey = 6
	keyPart     = 12
)

// hideKeys takes keys out of a text: those that are given, also in part and as escapes
// write them, and what looks like one.
func hideKeys(text string, keys ...string) string {
	return maskSecrets(text, func(string) string { return "[key]" }, keys...)
}

// maskSecrets puts what write returns in the place of every key in a text.
func maskSecrets(text string, write func(string) string, keys ...string) string {
	plain, at := unescaped(text)
	hit := make([]bool, len(plain))
	mark := func(from, to int) {
		for ; from < to; from++ {
			hit[from] = true
		}
	}
	lower := asciiLower(plain)
	for _, key := range keys {
		if len(key) < shortestKey {
			continue
		}
		key = asciiLower(key)
		for from := 0; from+keyPart <= len(key) || from == 0; from++ {
			part := key[from:min(len(key), from+keyPart)]
			for i := strings.Index(lower, part); i >= 0; {
				mark(i, i+len(part))
				next := strings.Index(lower[i+1:], part)
				if next < 0 {
					break
				}
				i += 1 + next
			}
		}
	}
	for _, m := range keyShape.FindAllStringIndex(plain, -1) {
		mark(m[0], m[1])
	}
	var b strings.Builder
	end := 0
	for i := 0; i < len(hit); i++ {
		if !hit[i] {
			continue
		}
		from := i
		for i < len(hit) && hit[i] {
			i++
		}
		b.WriteString(text[end:at[from]] + write(text[at[from]:at[i]]))
		end = at[i]
	}
	return b.String() + text[end:]
}

// asciiLower keeps every byte in its place.
func asciiLower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// escape matches a character as JSON, Go, a URL or HTML writes it in other words.
var escape = regexp.MustCompile(`\\+u[0-9a-fA-F]{4}|\\+u\{[0-9a-fA-F]{1,6}\}|\\+x[0-9a-fA-F]{2}|%(?:25)*[0-9a-fA-F]{2}|&#[0-9]{2,3};|&#[xX][0-9a-fA-F]{2};|\\+[-/_.+=]`)

// unescaped returns a text without the escapes of printable ASCII characters, and
// where each of its bytes, and its end, stands in the text given.
func unescaped(text string) (plain string, at []int) {
	var b strings.Builder
	keep := func(from, to int) {
		for i := from; i < to; i++ {
			b.WriteByte(text[i])
			at = append(at, i)
		}
	}
	end := 0
	if strings.ContainsAny(text, `\%&`) {
		for _, m := range escape.FindAllStringIndex(text, -1) {
			if c := meant(text[m[0]:m[1]]); c > ' ' && c < 0x7f {
				keep(end, m[0])
				b.WriteByte(byte(c))
				at = append(at, m[0])
				end = m[1]
			}
		}
	}
	keep(end, len(text))
	return b.String(), append(at, len(text))
}

// meant returns the character for which an escape stands.
func meant(escape string) int64 {
	digits := strings.TrimLeft(escape, `\`)
	base := 16
	switch {
	case escape[0] == '%':
		digits = escape[len(escape)-2:]
	case strings.HasPrefix(escape, "&#x"), strings.HasPrefix(escape, "&#X"):
		digits = strings.TrimSuffix(escape[3:], ";")
	case escape[0] == '&':
		digits, base = strings.TrimSuffix(escape[2:], ";"), 10
	case len(digits) == 1:
		return int64(digits[0])
	default:
		digits = strings.Trim(digits[1:], "{}")
	}
	n, err := strconv.ParseInt(digits, base, 32)
	if err != nil {
		return -1
	}
	return n
}

// settingName matches what may be meant as the name of a setting.
var settingName = regexp.MustCompile(`^[a-z]+(?:[-_ ][a-z]+)*(?:\.[a-z]+(?:[-_ ][a-z]+)*)*$`)

// unknownSetting names a setting that there is not, unless it may be a key that was
// put in the wrong place.
func unknownSetting(name string) string {
	if len(name) > 40 || !settingName.MatchString(name) || keyStart.MatchString(name) {
		return "that is not repeated here, because it may be a secret"
	}
	return strconv.Quote(name)
}

// keyStart matches how keys begin, whatever their length.
var keyStart = regexp.MustCompile(`(?:^|\.)(?:sk|pk|rk|gsk|xai|hf|glpat|gh[pousr]|github_pat|xox[abeprs])[-_]`)

// keyless writes texts without the keys in them.
type keyless struct {
	w    io.Writer
	keys []string
}

// Write implements io.Writer; it takes whole lines.
func (k keyless) Write(line []byte) (int, error) {
	if _, err := io.WriteString(k.w, hideKeys(string(line), k.keys...)); err != nil {
		return 0, err
	}
	return len(line), nil
}
