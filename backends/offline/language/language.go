// Package language holds what the offline backend says and understands in each
// language, as a folder of rules and templates that is compiled in:
//
//	locale.toml      how numbers, money, dates, counts and lists are written
//	answers.toml     the sentences of answers, by key
//	sentences.toml   the planner's own sentences: English, and how it is said here
//	words.toml       the small words of messages (if, and, my, not yet, yes), and
//	                 their English; what stands between them is the catalog's
//	grammar.toml     how sentences are built where English builds them otherwise
//
// English is the language in which everything is written down first: its folder
// has the answers alone. What another language lacks is said in English.
package language

import (
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"github.com/BurntSushi/toml"

	"banyan/orchestrator"
)

//go:embed en de
var files embed.FS

// English is the tag of the language that needs no translation.
const English = "en"

// Language is one language. It does not change once made; a nil *Language is
// English.
type Language struct {
	tag     string
	locale  *orchestrator.Locale
	answers map[string]string
	said    []Pattern
	glosses map[string][]gloss // by the first word, the longest first
	grammar Grammar
}

// Tags lists the languages that there are.
func Tags() []string {
	entries, err := fs.ReadDir(files, ".")
	if err != nil {
		return []string{English} // cannot be: the files are compiled in
	}
	var tags []string
	for _, e := range entries {
		tags = append(tags, e.Name())
	}
	return tags
}

// New returns the language of a tag such as de; a region after it (de-AT, de_CH)
// does not count. The empty tag is English, which is nil.
func New(tag string) (*Language, error) {
	name, _, _ := strings.Cut(strings.ToLower(strings.ReplaceAll(tag, "_", "-")), "-")
	if name == "" || name == English {
		return nil, nil //nolint:nilnil // English needs nothing
	}
	if !slices.Contains(Tags(), name) {
		return nil, fmt.Errorf("there is no language %q; there is: %s", tag, strings.Join(Tags(), ", "))
	}
	l := &Language{tag: name, locale: &orchestrator.Locale{}}
	if err := read(name, "locale.toml", l.locale); err != nil {
		return nil, err
	}
	l.locale.Language = name
	var sentences, words map[string]string
	for file, into := range map[string]*map[string]string{"answers.toml": &l.answers, "sentences.toml": &sentences, "words.toml": &words} {
		if err := read(name, file, into); err != nil {
			return nil, err
		}
	}
	var err error
	if l.said, err = Patterns(sentences); err != nil {
		return nil, fmt.Errorf("%s/sentences.toml: %w", name, err)
	}
	l.glosses = glosses(words)
	if err := read(name, "grammar.toml", &l.grammar); err != nil {
		return nil, err
	}
	return l, nil
}

// read decodes one file of a language; one that is not there holds nothing.
func read(tag, file string, into any) error {
	data, err := files.ReadFile(tag + "/" + file)
	if err != nil {
		return nil //nolint:nilerr // what is missing is English
	}
	if err := toml.Unmarshal(data, into); err != nil {
		return fmt.Errorf("%s/%s: %w", tag, file, err)
	}
	return nil
}

// inEnglish holds the sentences of answers in English. They are read when the
// first answer is written.
var inEnglish = sync.OnceValue(func() map[string]string {
	var m map[string]string
	if err := read(English, "answers.toml", &m); err != nil {
		return nil // cannot be: a test reads the file
	}
	return m
})

// Tag is the tag of the language.
func (l *Language) Tag() string {
	if l == nil {
		return English
	}
	return l.tag
}

// Locale is how the language writes numbers, dates and lists; nil for English.
func (l *Language) Locale() *orchestrator.Locale {
	if l == nil {
		return nil
	}
	return l.locale
}

// Answer is a sentence of an answer, with values, given as name, value, name,
// value …, in its {holes}. A sentence that there is not is empty.
func (l *Language) Answer(key string, values ...string) string {
	text, ok := "", false
	if l != nil {
		text, ok = l.answers[key]
	}
	if !ok {
		text = inEnglish()[key]
	}
	for i := 0; i+1 < len(values); i += 2 {
		if at := strings.Index(text, "{"+values[i]+"}"); at >= 0 {
			text = text[:at] + values[i+1] + text[at+len(values[i])+2:]
		}
	}
	return text
}

// Missing lists the keys of answers that English has and the language has not.
func (l *Language) Missing() []string {
	if l == nil {
		return nil
	}
	var out []string
	for key := range inEnglish() {
		if _, ok := l.answers[key]; !ok {
			out = append(out, key)
		}
	}
	slices.Sort(out)
	return out
}
