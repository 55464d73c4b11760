package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"
)

var writeJoined = flag.Bool("write-joined", false, "write testdata/nlu/joined anew instead of comparing with it")

// The development sets, which the offline backend's classifier is measured on too.
const nluSets = "backends/offline/match/testdata"

func nluNames() []string { return []string{"clinc150", "snips"} }

// joinedCount is how many messages are made of each set: two thirds with two
// requests, one third with three.
const joinedCount = 600

// single is a case of a development set with one wanted intent.
type single struct {
	Text string                    `json:"text"`
	Want []string                  `json:"want"`
	Args map[string]map[string]any `json:"args,omitempty"`
}

// joined is a message of several requests, in the format of `banyan eval`. Group
// says how the requests were joined.
type joined struct {
	Text  string                    `json:"text"`
	Want  []string                  `json:"want"`
	Args  map[string]map[string]any `json:"args,omitempty"`
	Group string                    `json:"group"`
}

// joint is one way to make a message of requests.
type joint struct {
	name string
	// form holds %s for a request that goes on in the sentence, %S for one that
	// starts a sentence. A request before an end mark in the form keeps its own.
	form string
}

// joints are the ways to join two requests, and three. Sentences and clauses,
// with commas and without, in the order said and with words of order.
func joints() (two, three []joint) {
	two = []joint{
		{"and", "%s and %s"},
		{", and", "%s, and %s"},
		{"and then", "%s and then %s"},
		{", then", "%s, then %s"},
		{"and also", "%s and also %s"},
		{", also", "%s, also %s"},
		{". Also", "%S. Also, %s"},
		{".", "%S. %S."},
		{";", "%s; %s"},
		{"after that", "%s, after that %s"},
		{". After that", "%S. After that %s."},
		{"plus", "%s, plus %s"},
		{"as well as", "%s as well as %s"},
		{"first … then", "first %s, then %s"},
		{"first … and then", "First %s and then %s."},
		{",", "%s, %s"},
		{"line", "%S\n%S"},
		{"oh and", "%s, oh and %s"},
	}
	three = []joint{
		{", …, and", "%s, %s, and %s"},
		{"and … and", "%s and %s and %s"},
		{", then …, and then", "%s, then %s, and then %s"},
		{". … .", "%S. %S. %S."},
		{"; … ;", "%s; %s; %s"},
		{"and …. Also", "%S and %s. Also, %s"},
		{"first … then … after that", "first %s, then %s, and after that %s"},
		{"first … second … finally", "First %s. Then %s. Finally, %s."},
		{", plus … as well as", "%s, plus %s as well as %s"},
		{"lines", "%S\n%S\n%S"},
	}
	return two, three
}

// join makes a message. Low writes everything small, as many people type.
func join(j joint, requests []string, low bool) string {
	var b strings.Builder
	rest := j.form
	for _, r := range requests {
		i := strings.Index(rest, "%")
		b.WriteString(rest[:i])
		starts := rest[i+1] == 'S' || i > 0 && strings.HasSuffix(rest[:i], ". ")
		rest = rest[i+2:]
		r = strings.TrimSpace(r)
		bare := strings.TrimRight(r, ".?!;, ")
		mark := r[len(bare):]
		switch {
		case strings.HasPrefix(rest, ".") && strings.ContainsAny(mark, "?!"):
			r, rest = bare+mark, rest[1:]
		case rest == "" || strings.HasPrefix(rest, "\n"):
			// the last words of a message or a line stay as they are
		default:
			r = bare
		}
		b.WriteString(firstLetter(r, starts))
	}
	text := b.String() + rest
	if low {
		text = strings.ToLower(text)
	}
	return text
}

// firstLetter writes the first letter large, or small unless the first word is I
// or an abbreviation.
func firstLetter(s string, large bool) string {
	r := []rune(s)
	word, _, _ := strings.Cut(s, " ")
	switch {
	case len(r) == 0:
	case large:
		r[0] = unicode.ToUpper(r[0])
	case word == "I" || strings.HasPrefix(word, "I'") || len(r) > 1 && unicode.IsUpper(r[1]):
	default:
		r[0] = unicode.ToLower(r[0])
	}
	return string(r)
}

// joinSet makes the messages of a set: the same every time. Each uses requests of
// different intents, every request is used about equally often, out-of-scope ones
// never; every joint is used about equally often too, a third of the messages are
// all small letters.
func joinSet(singles []single) []joined {
	random := rand.New(rand.NewPCG(150, 7))
	var pool []single
	for _, s := range singles {
		if len(s.Want) == 1 {
			pool = append(pool, s)
		}
	}
	two, three := joints()
	var deck []single
	draw := func(taken []string) single {
		for {
			for i, s := range deck {
				if !slices.Contains(taken, s.Want[0]) {
					deck = slices.Delete(deck, i, i+1)
					return s
				}
			}
			more := slices.Clone(pool)
			random.Shuffle(len(more), func(i, j int) { more[i], more[j] = more[j], more[i] })
			deck = append(deck, more...)
		}
	}
	var out []joined
	for i := range joinedCount {
		n, j := 2, two[(i-i/3)%len(two)]
		if i%3 == 2 {
			n, j = 3, three[(i/3)%len(three)]
		}
		m := joined{Group: fmt.Sprintf("%d: %s", n, j.name)}
		var texts []string
		for range n {
			s := draw(m.Want)
			texts = append(texts, s.Text)
			m.Want = append(m.Want, s.Want[0])
			for intent, args := range s.Args {
				if m.Args == nil {
					m.Args = map[string]map[string]any{}
				}
				m.Args[intent] = args
			}
		}
		m.Text = join(j, texts, random.IntN(3) == 0)
		out = append(out, m)
	}
	return out
}

func mustSingles(tb testing.TB, set string) []single {
	tb.Helper()
	raw, err := os.ReadFile(filepath.Join(nluSets, set, "cases.jsonl"))
	if err != nil {
		tb.Fatal(err)
	}
	var out []single
	for sc := bufio.NewScanner(bytes.NewReader(raw)); sc.Scan(); {
		var s single
		if err := json.Unmarshal(sc.Bytes(), &s); err != nil {
			tb.Fatal(err)
		}
		out = append(out, s)
	}
	return out
}

// TestJoinedSets checks that the sets of joined requests are what their recipe
// makes of the development sets.
func TestJoinedSets(t *testing.T) {
	for _, set := range nluNames() {
		t.Run(set, func(t *testing.T) {
			var b bytes.Buffer
			enc := json.NewEncoder(&b)
			enc.SetEscapeHTML(false)
			for _, m := range joinSet(mustSingles(t, set)) {
				if err := enc.Encode(m); err != nil {
					t.Fatal(err)
				}
			}
			file := filepath.Join("testdata", "nlu", "joined", set+".jsonl")
			if *writeJoined {
				if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			got, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, b.Bytes()) {
				t.Errorf("%s is not what its recipe makes; write it anew with go test . -run JoinedSets -write-joined", file)
			}
		})
	}
}
