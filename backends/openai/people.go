package openai

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"banyan/orchestrator"
)

// tellable returns the people of whom a model may be told that the directory knows them:
// a customer hears of nobody but herself, staff of those whom the message names in
// full or by email.
func tellable(req orchestrator.PlanRequest) []orchestrator.User {
	var out []orchestrator.User
	for _, u := range req.People {
		if u.Email == req.User.Email || req.User.Staff() && (says(req.Message, u.Email) || says(req.Message, u.Name)) {
			out = append(out, u)
		}
	}
	return out
}

// says tells whether a name or an address stands in a text by itself, whatever its
// case and the spaces in it.
func says(text, name string) bool {
	text, name = strings.ToLower(strings.Join(strings.Fields(text), " ")), strings.ToLower(strings.Join(strings.Fields(name), " "))
	letter := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
	for at := 0; name != ""; {
		i := strings.Index(text[at:], name)
		if i < 0 {
			return false
		}
		i += at
		before, _ := utf8.DecodeLastRuneInString(text[:i])
		after, size := utf8.DecodeRuneInString(text[i+len(name):])
		if (i == 0 || !letter(before)) && (size == 0 || !letter(after)) {
			return true
		}
		at = i + len(name)
	}
	return false
}
