package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"

	"banyan/orchestrator"
)

// evalCase is one line of a file of cases: a message, and what is wanted of it.
type evalCase struct {
	Text string `json:"text"`
	// Want are the intents; none means out of scope.
	Want []string `json:"want"`
	// Args are the wanted arguments, by intent and parameter; others are not looked
	// at. A list stands for the values over several steps of the intent, null for an
	// argument that must not be there.
	Args map[string]map[string]any `json:"args"`
	// Condition tells which intents must carry a condition, or must not.
	Condition map[string]bool `json:"condition"`
	// History is what was said before, oldest first.
	History []evalSaid `json:"history"`
	// Now is the time at which the message is understood: the present if it is not
	// given.
	Now time.Time `json:"now"`
	// Group is a name under which figures are printed apart.
	Group string `json:"group"`

	line int
}

// evalSaid is one thing said before, by the user or by the assistant.
type evalSaid struct {
	Role string `json:"role"`
	Text string `json:"text"`
}

const (
	roleUser      = "user"
	roleAssistant = "assistant"
)

// maxCase is the length of a line of a file of cases, in bytes.
const maxCase = 16 << 20

// readCases yields the cases of a file, one a line, as they are read; empty lines
// are skipped. It ends with the first error, which names the file and the line.
func readCases(r io.Reader, file string) iter.Seq2[evalCase, error] {
	return func(yield func(evalCase, error) bool) {
		lines := bufio.NewScanner(r)
		lines.Buffer(nil, maxCase)
		n := 0
		for lines.Scan() {
			n++
			text := bytes.TrimSpace(bytes.TrimPrefix(lines.Bytes(), []byte("\ufeff")))
			if len(text) == 0 {
				continue
			}
			c, err := readCase(text)
			c.line = n
			if err != nil {
				yield(c, wrong("%s:%d: %w", file, n, err))
				return
			}
			if !yield(c, nil) {
				return
			}
		}
		if err := lines.Err(); errors.Is(err, bufio.ErrTooLong) {
			yield(evalCase{}, wrong("%s:%d: the line is longer than %d bytes", file, n+1, maxCase))
		} else if err != nil {
			yield(evalCase{}, failed(fmt.Errorf("%s cannot be read: %w", file, err)))
		}
	}
}

func readCase(text []byte) (evalCase, error) {
	var c evalCase
	if err := json.Unmarshal(text, &c); err != nil {
		return c, fmt.Errorf("this is not a case: %w", inPlainWords(err))
	}
	var has struct {
		Text *string `json:"text"`
	}
	if err := json.Unmarshal(text, &has); err != nil || has.Text == nil {
		return c, errors.New(`"text" is missing`)
	}
	if strings.TrimSpace(c.Text) == "" {
		return c, errors.New(`"text" is empty: there is nothing to understand`)
	}
	if c.Want == nil {
		return c, errors.New(`"want" is missing; [] means that the message is out of scope`)
	}
	for _, s := range c.History {
		if s.Role != roleUser && s.Role != roleAssistant {
			return c, fmt.Errorf(`the history has the role %q: it must be %q or %q`, s.Role, roleUser, roleAssistant)
		}
	}
	return c, nil
}

// doubts says what is odd about a case over a catalog: it can be counted, but only
// as wrong.
func (c evalCase) doubts(catalog *orchestrator.Catalog) []string {
	var out []string
	for _, w := range c.Want {
		if catalog.Intent(w) == nil {
			out = append(out, fmt.Sprintf("the wanted intent %s is not in the catalog", w))
		}
	}
	for _, intent := range slices.Sorted(maps.Keys(c.Args)) {
		if !slices.Contains(c.Want, intent) {
			out = append(out, fmt.Sprintf("arguments are given for %s, which is not wanted", intent))
		}
	}
	for _, intent := range slices.Sorted(maps.Keys(c.Condition)) {
		if !slices.Contains(c.Want, intent) {
			out = append(out, fmt.Sprintf("a condition is given for %s, which is not wanted", intent))
		}
	}
	return out
}
