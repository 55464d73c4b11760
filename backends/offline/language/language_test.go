package language

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func mustNew(tb testing.TB, tag string) *Language {
	tb.Helper()
	l, err := New(tag)
	if err != nil {
		tb.Fatal(err)
	}
	return l
}

func TestNew(t *testing.T) {
	for _, tag := range []string{"", "en", "EN", "en-GB", "en_US"} {
		if l := mustNew(t, tag); l != nil || l.Tag() != English || l.Locale() != nil {
			t.Errorf("%q is not English", tag)
		}
	}
	for _, tag := range []string{"de", "DE", "de-AT", "de_CH"} {
		if l := mustNew(t, tag); l.Tag() != "de" || l.Locale().Language != "de" {
			t.Errorf("%q is not German", tag)
		}
	}
	if _, err := New("tlh"); err == nil || !strings.Contains(err.Error(), "de, en") {
		t.Errorf("an unknown language: %v", err)
	}
}

// Every language has every sentence, with the same holes, and every rule.
func TestNothingIsMissing(t *testing.T) {
	if len(inEnglish()) < 20 {
		t.Fatal("the English sentences cannot be read")
	}
	for _, tag := range Tags() {
		l := mustNew(t, tag)
		if l == nil {
			continue
		}
		if m := l.Missing(); len(m) > 0 {
			t.Errorf("%s: no answers for %s", tag, strings.Join(m, ", "))
		}
		for key, text := range l.answers {
			english, ok := inEnglish()[key]
			if !ok {
				t.Errorf("%s: the answer %q is none that English has", tag, key)
			}
			for _, h := range hole.FindAllString(text, -1) {
				if !strings.Contains(english, h) && !slices.Contains([]string{"{what}", "{nouns}", "{participle}"}, h) {
					t.Errorf("%s: the answer %q has the hole %s of its own", tag, key, h)
				}
			}
		}
		v := reflect.ValueOf(*l.Locale())
		for i := range v.NumField() {
			if v.Field(i).IsZero() {
				t.Errorf("%s: locale.toml does not say %s", tag, v.Type().Field(i).Tag.Get("toml"))
			}
		}
	}
}

var sentence = regexp.MustCompile(`^[A-Z][^|]* [^|]*[a-z.?!:;,“(]"?$|^[^A-Za-z]? ?[a-z ]+ .*[.?!]$`)

// The planner's sentences are those in its source. What no pattern of a language
// contains is listed; nothing breaks, because it is said in English.
func TestSentencesOfThePlanner(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatal("no source: ", err)
	}
	for _, tag := range Tags() {
		l := mustNew(t, tag)
		if l == nil {
			continue
		}
		var known []string
		for _, p := range l.said {
			known = append(known, p.english)
		}
		total, missing := 0, 0
		for _, file := range files {
			if base := filepath.Base(file); strings.HasSuffix(base, "_test.go") || strings.HasPrefix(base, "render") || base == "respond.go" {
				continue
			}
			for _, text := range literals(t, file) {
				total++
				if !slices.ContainsFunc(known, func(k string) bool { return strings.Contains(k, text) }) {
					missing++
					t.Logf("%s: %s says %q in English", tag, filepath.Base(file), text)
				}
			}
		}
		if total < 20 || missing*5 > total {
			t.Errorf("%s: %d of %d sentences of the planner are not translated", tag, missing, total)
		}
	}
}

// literals are the texts of a source file that are said to people: those that look
// like a sentence or the beginning of one.
func literals(t *testing.T, file string) []string {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
	if err != nil {
		if os.IsNotExist(err) {
			return nil
		}
		t.Fatal(err)
	}
	var out []string
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.CallExpr:
			if id, ok := n.Fun.(*ast.Ident); ok && (id.Name == "newPhrases" || id.Name == "set") {
				return false
			}
		case *ast.BasicLit:
			text, err := strconv.Unquote(n.Value)
			if err == nil && n.Kind == token.STRING && sentence.MatchString(text) && !strings.Contains(text, "steps.") {
				out = append(out, strings.TrimSpace(text))
			}
		}
		return true
	})
	return out
}

func TestTranslate(t *testing.T) {
	l := mustNew(t, "de")
	more, err := Patterns(map[string]string{"Room {room} is full until {day}.": "Zimmer {room} ist bis {day} belegt."})
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct{ name, english, want string }{
		{"Whole", "You're welcome.", "Gern geschehen."},
		{"Hole", "Hello, Ada! What can I do for you?", "Hallo, Ada! Was kann ich für dich tun?"},
		{"List", "Which room do you mean: A1, B2 or C3?", "Was meinst du (room): A1, B2 oder C3?"},
		{"Nested", "I did not get that. What is the size? (“never mind” ends it.)", "Das habe ich nicht verstanden. Ich brauche noch: size. Was soll ich eintragen? („Egal“ beendet es.)"},
		{"Lines", "Just tell me what you need, in your own words; several things at once are fine.\n\nI can look things up:\n\n- Zimmer zeigen", "Sag mir einfach in deinen Worten, was du brauchst; es dürfen auch mehrere Dinge auf einmal sein.\n\nIch kann nachsehen:\n\n- Zimmer zeigen"},
		{"UnknownStays", "Xyzzy plugh.", "Xyzzy plugh."},
		{"KnownAmongUnknown", "Xyzzy plugh. Nothing was changed.", "Xyzzy plugh. Es wurde nichts geändert."},
		{"Service", "Room 12 is full until 3 May 2026.", "Zimmer 12 ist bis 3. Mai 2026 belegt."},
		{"Empty", "", ""},
	} {
		if got := l.Translate(tc.english, more...); got != tc.want {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
	}
	var english *Language
	if got := english.Translate("Nothing was changed."); got != "Nothing was changed." {
		t.Errorf("English: %q", got)
	}
	if _, err := Patterns(map[string]string{"Hello, {name}!": "Hallo, {nome}!"}); err == nil {
		t.Error("a hole of its own was not found")
	}
}

func TestGloss(t *testing.T) {
	l := mustNew(t, "de")
	for _, tc := range []struct {
		words   string
		n       int
		english string
	}{
		{"noch nicht versandt", 2, "not yet"},
		{"ja bitte", 2, "yes please"},
		{"ja", 1, "yes"},
		{"mal sehen", 1, ""},
		{"bestellung", 0, ""},
		{"", 0, ""},
	} {
		n, english := l.Gloss(strings.Fields(tc.words))
		if n != tc.n || strings.Join(english, " ") != tc.english {
			t.Errorf("%q: %d %q", tc.words, n, english)
		}
	}
}

// A text of any length is translated in reasonable time, whatever stands in it.
func FuzzTranslate(f *testing.F) {
	f.Add("Hello, Ada! I can, for example, a, b or c. What can I do for you?")
	f.Add("Do you want to {a}, or to {b}?")
	l := mustNew(f, "de")
	f.Fuzz(func(t *testing.T, text string) {
		if got := l.Translate(text); text != "" && got == "" {
			t.Errorf("%q was translated to nothing", text)
		}
	})
}

func BenchmarkNew(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		mustNew(b, "de")
	}
}

func BenchmarkTranslateHelp(b *testing.B) {
	l := mustNew(b, "de")
	b.ReportAllocs()
	for b.Loop() {
		l.Translate("I can't help with that here. What I can do is, for example: a, b, c or d. Say “help” for everything.")
	}
}

func BenchmarkReadEnglish(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		var m map[string]string
		if err := read(English, "answers.toml", &m); err != nil {
			b.Fatal(err)
		}
	}
}
