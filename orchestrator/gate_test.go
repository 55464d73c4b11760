package orchestrator

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestPrintable(t *testing.T) {
	for _, tc := range []struct{ name, in, want string }{
		{"Text", "Grüße, 世界! – “ok”", "Grüße, 世界! – “ok”"},
		{"LineFeeds", "a\nb\r\nc", "a\nb\nc"},
		{"LoneReturn", "a\rb", "a␍b"},
		{"Tab", "a\tb", "a    b"},
		{"Escape", "\x1b[31mred\x1b]0;t\x07", "␛[31mred␛]0;t␇"},
		{"Null", "a\x00b", "a␀b"},
		{"Delete", "a\x7fb", "a␡b"},
		{"C1", "a\u009b31mb\u0090", "a�31mb�"},
		{"C1Bytes", "a\x9b31m", "a�31m"},
		{"Bidi", "a\u202eb\u2066c\u200f\u061c", "a�b�c��"},
		{"ZeroWidth", "a\u200bb\ufeffc\u00ad\u2060", "a�b�c��"},
		{"LineSeparators", "a\u2028b\u2029\u0085", "a�b��"},
		{"Tags", "\U000e0041", "�"},
		{"Flag", "\U0001f3f4\U000e0067\U000e007f", "\U0001f3f4��"},
		{"Private", "\ue000\U000f0000", "��"},
		{"Unassigned", "\U000e0fff\u0378", "��"},
		{"Annotation", "a\ufff9b\ufffac\ufffb\ufffc", "a�b�c��"},
		{"Fillers", "a\u3164b\u115f\u1160\uffa0\u2800\u034f", "a�b�����"},
		{"JoinerAlone", "\u200da", "�a"},
		{"JoinerBetweenLetters", "a\u200db\u200cc", "a�b�c"},
		{"JoinerBetweenEmoji", "👩\u200d💻", "👩\u200d💻"},
		{"JoinersForever", "👩" + strings.Repeat("\u200d👩", 6), "👩" + strings.Repeat("\u200d👩", 4) + "�👩\u200d👩"},
		{"Persian", "می\u200cخواهم", "می\u200cخواهم"},
		{"Hindi", "क्\u200dष", "क्\u200dष"},
		{"SelectorAfterLetter", "a\ufe0f", "a�"},
		{"SelectorsStacked", "❤\ufe0f\ufe0f\ufe0e", "❤\ufe0f��"},
		{"OtherSelectors", "❤\ufe00❤\U000e0100\u180b", "❤�❤��"},
		{"KeyCap", "1\ufe0f\u20e3", "1\ufe0f\u20e3"},
		{"Accents", "e\u0301", "e\u0301"},
		{"AccentsStacked", "e" + strings.Repeat("\u0301", 4), "e" + strings.Repeat("\u0301", 4)},
		{"Zalgo", "e" + strings.Repeat("\u0301", 40) + "x", "e" + strings.Repeat("\u0301", 4) + "�x"},
		{"AccentAlone", "\u0338a\n\u20dd", "◌\u0338a\n◌\u20dd"},
		{"Jamo", "\u1112\u1161\u11ab", "\u1112\u1161\u11ab"},
		{"JamoStacked", "\u1112" + strings.Repeat("\u1161", 9), "\u1112" + strings.Repeat("\u1161", 4) + "�"},
		{"NotUTF8", "\xff\xc3", "��"},
		{"Replacement", "a�b", "a�b"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := Printable(tc.in)
			if got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
			if again := Printable(got); again != got {
				t.Errorf("again: %q", again)
			}
		})
	}
	if got := PrintableLine("a\nb"); got != "a b" {
		t.Errorf("one line: %q", got)
	}
}

func TestPrintableLeavesCleanTextAlone(t *testing.T) {
	for _, s := range []string{"plain", "Grüße, 世界! 👩\u200d💻 ❤\ufe0f e\u0301 �", "two\nlines"} {
		if n := testing.AllocsPerRun(100, func() { _ = Printable(s) }); n != 0 || Printable(s) != s {
			t.Errorf("%q: %v allocations, %q", s, n, Printable(s))
		}
	}
}

// onlyPrintable says what in s is more than text; empty if nothing is. It does not
// share code with the gate.
func onlyPrintable(s string) string {
	if !utf8.ValidString(s) {
		return "it is not UTF-8"
	}
	marks, last := 0, rune(0)
	for _, r := range s {
		switch {
		case r == '\n' || r == 0xfffd:
		case r < 0x20, r >= 0x7f && r < 0xa0, r == 0xad, r == 0x61c,
			r >= 0x200b && r <= 0x200f && r != 0x200c && r != 0x200d, r >= 0x2028 && r <= 0x202e, r >= 0x2060 && r <= 0x206f,
			r == 0xfeff, r >= 0xfff0 && r <= 0xfffc, r >= 0xe000 && r <= 0xf8ff, r >= 0xe0000,
			r == 0x2800, r == 0x3164, r == 0x115f, r == 0x1160, r == 0xffa0, r == 0x34f, r >= 0x180b && r <= 0x180f, r >= 0xfe00 && r <= 0xfe0d:
			return fmt.Sprintf("it has %U", r)
		}
		if leans(r) && leans(last) && !isSkin(r) && !isPresentation(last) && !isSkin(last) {
			return fmt.Sprintf("it has %U after %U", r, last)
		}
		if unicode.In(r, unicode.Mn, unicode.Me) && r != 0xfe0f && r != 0xfe0e {
			if marks++; marks > 4 || last == 0 || last == '\n' {
				return fmt.Sprintf("%U is mark %d after %U", r, marks, last)
			}
		} else {
			marks = 0
		}
		last = r
	}
	return ""
}

func FuzzPrintable(f *testing.F) {
	for _, s := range []string{
		"a\x1b[31m", "\u009b", "\u202e", "👩‍💻", "\xff", "a\r\nb", "e\u0301\u0301\u0301\u0301\u0301", "👩🏽‍❤️‍💋‍👨🏽", "\u1112\u1161\u11ab",
		"می\u200cخواهم", "1\ufe0f\u20e3", "\n\u0301", "\U000e0041", "❤\ufe0f\ufe0f", "\ue000", "\t\u0301", "क्\u200dष",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		out := Printable(s)
		if what := onlyPrintable(out); what != "" {
			t.Fatalf("%q became %q: %s", s, out, what)
		}
		if again := Printable(out); again != out {
			t.Fatalf("a text that has passed changes when it passes again: %q, %q", out, again)
		}
		for i := range len(s) + 1 { // wherever a text is split, no part lets anything pass
			for _, part := range []string{s[:i], s[i:]} {
				if what := onlyPrintable(Printable(part)); what != "" {
					t.Fatalf("%q: %s", part, what)
				}
			}
		}
		if !utf8.ValidString(s) {
			return
		}
		for i := range s { // where wholeTo says, the parts are the whole
			at := wholeTo(s, i)
			if joined := Printable(s[:at]) + Printable(s[at:]); at > 0 && joined != out {
				t.Fatalf("%q split at %d: %q, whole %q", s, at, joined, out)
			}
		}
	})
}

// What streams out is the text that is kept, wherever the deltas are split.
func TestStreamedAnswerIsGated(t *testing.T) {
	for _, text := range []string{
		"see \x1b]0;title\x07 here, my friend", "a\u009bJb is there", "cafe\u0301 au lait e" + strings.Repeat("\u0301", 9) + " here", "we 👩\u200d💻 work 👩🏽\u200d❤\ufe0f\u200d👨🏽 well",
		"one\r\ntwo\rthree words", "\u202eabc\u2066 and so on", "tags \U000e0041\U000e0042 end", "x \ufe0f\u200d\u0301 y \xff\x9b31m z",
	} {
		want := Printable(text)
		for i := range len(text) + 1 {
			var got []string
			s := &answerStream{facts: newFacts(RespondRequest{Catalog: &Catalog{}, Now: testNow}, nil), publish: func(p string) { got = append(got, p) }}
			s.emit(text[:i])
			s.emit(text[i:])
			joined := strings.Join(got, "")
			if !strings.HasPrefix(want, joined) || joined == "" {
				t.Fatalf("%q split at %d came out as %q", text, i, joined)
			}
			if at := slices.IndexFunc(got, func(p string) bool { return onlyPrintable(p) != "" }); at >= 0 {
				t.Fatalf("%q split at %d: %q", text, i, got[at])
			}
		}
	}
}

func BenchmarkPrintable(b *testing.B) {
	for _, tc := range []struct{ name, in string }{
		{"ASCII", strings.Repeat("Order 1003 is on its way. ", 20)},
		{"Unicode", strings.Repeat("Grüße, 世界, e\u0301. ", 20)},
		{"Hostile", strings.Repeat("\x1b[31mred\u202e\xff ", 20)},
	} {
		b.Run(tc.name, func(b *testing.B) {
			b.SetBytes(int64(len(tc.in)))
			b.ReportAllocs()
			for b.Loop() {
				_ = Printable(tc.in)
			}
		})
	}
}
