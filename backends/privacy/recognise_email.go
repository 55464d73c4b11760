package privacy

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// emails adds the email addresses of a text.
func emails(s string, out *spans) {
	for at := 0; at < len(s); {
		i := strings.IndexAny(s[at:], "@＠")
		if i < 0 {
			return
		}
		i += at
		_, size := utf8.DecodeRuneInString(s[i:])
		from := localPart(s, i)
		to := domain(s, i+size)
		if from < i && to > i+size {
			out.add(span{from: from, to: to, sort: email})
		}
		at = max(i+size, to)
	}
}

// localPart returns where the part before the @ at i begins.
func localPart(s string, i int) int {
	from := i
	for from > 0 {
		r, size := utf8.DecodeLastRuneInString(s[:from])
		if !letterOrDigit(r) && !strings.ContainsRune("._%+'-&=!#$*/?^`{|}~", r) || r == utf8.RuneError {
			break
		}
		from -= size
	}
	for from < i { // it begins with a letter or a digit
		r, size := utf8.DecodeRuneInString(s[from:])
		if letterOrDigit(r) || r == '_' {
			break
		}
		from += size
	}
	return from
}

// domain returns where the domain ends that begins at i; i if there is none.
func domain(s string, i int) int {
	end, label, dots := i, i, 0
	for at := i; at < len(s); {
		r, size := utf8.DecodeRuneInString(s[at:])
		switch {
		case letterOrDigit(r) || r == '-' && at > label:
			at += size
			end = at
		case (r == '.' || r == '。') && at > label:
			at += size
			label = at
			dots++
		default:
			at = len(s)
		}
	}
	for end > i && s[end-1] == '-' {
		end--
	}
	if dots == 0 || !strings.ContainsAny(s[i:end], ".。") {
		return i
	}
	return end
}

func letterOrDigit(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r >= utf8.RuneSelf && r != utf8.RuneError && unicode.In(r, unicode.L, unicode.Nd, unicode.M)
}
