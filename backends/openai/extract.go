package openai

import (
	"encoding/json"
	"errors"
	"io"
	"regexp"
	"strings"
)

// What can be wrong with the text in which JSON was asked for.
var (
	errNoJSON    = errors.New("there is no JSON in the reply")
	errAmbiguous = errors.New("there are several JSON objects in the reply and it is not clear which one counts")
)

// thoughts are what some models write before the reply itself.
var thoughts = regexp.MustCompile(`(?s)^\s*<think(?:ing)?>.*?</think(?:ing)?>`)

// maxBraces bounds how many places in a text are tried as the start of the JSON.
const maxBraces = 64

// extract returns the one JSON object in a text that has the given field. Models
// that are not bound to a form put words or a code fence around it, or think
// aloud first.
func extract(text, field string) (string, error) {
	text = strings.TrimSpace(thoughts.ReplaceAllString(text, ""))
	if json.Valid([]byte(text)) && has(text, field) {
		return text, nil
	}
	var found string
	for at, tries := strings.IndexByte(text, '{'), 0; at >= 0 && at < len(text) && tries < maxBraces; tries++ {
		dec := json.NewDecoder(strings.NewReader(text[at:]))
		var raw json.RawMessage
		err := dec.Decode(&raw)
		skip := 1
		switch {
		case err == nil && has(string(raw), field):
			if found != "" && found != string(raw) {
				return "", errAmbiguous
			}
			found = string(raw)
			skip = len(raw)
		case err == nil:
			skip = len(raw)
		case errors.Is(err, io.ErrUnexpectedEOF):
			return "", errCut // whatever follows stands inside what is not closed
		}
		next := strings.IndexByte(text[at+skip:], '{')
		if next < 0 {
			break
		}
		at += skip + next
	}
	if found == "" {
		return "", errNoJSON
	}
	return found, nil
}

func has(object, field string) bool {
	var m map[string]json.RawMessage
	return json.Unmarshal([]byte(object), &m) == nil && m[field] != nil
}
