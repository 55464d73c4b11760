package privacy

import "strings"

// Replace puts what put returns in the place of everything in a text that has the form
// of personal data; put gets its sort, such as phone, and the text itself. It knows
// nobody, and is safe for concurrent use.
func Replace(s string, put func(sort, value string) string) string {
	var b strings.Builder
	end := 0
	found := newVault().find(s, true)
	for _, f := range found.sorted() {
		if f.sort == text {
			continue
		}
		b.WriteString(s[end:f.from] + put(string(f.sort), s[f.from:f.to]))
		end = f.to
	}
	return b.String() + s[end:]
}
