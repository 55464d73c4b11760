package orchestrator

import (
	"strings"
	"testing"
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
		{"Bidi", "a\u202eb\u2066c\u200f", "a�b�c�"},
		{"ZeroWidth", "a\u200bb\ufeffc\u00ad\u2060", "a�b�c��"},
		{"LineSeparators", "a\u2028b\u2029\u0085", "a�b��"},
		{"Tags", "\U000e0041", "�"},
		{"Private", "\ue000", "�"},
		{"Blank", "a\u3164b", "a�b"},
		{"JoinerAlone", "\u200da", "�a"},
		{"Accents", "e\u0301", "e\u0301"},
		{"NotUTF8", "\xff\xc3", "��"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := Printable(tc.in); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
	if got := Printable("👩‍💻 ❤️"); got != "👩‍💻 ❤️" {
		t.Errorf("emoji: %q", got)
	}
	if got := PrintableLine("a\nb"); got != "a b" {
		t.Errorf("one line: %q", got)
	}
}

func FuzzPrintable(f *testing.F) {
	for _, s := range []string{"a\x1b[31m", "\u009b", "\u202e", "👩‍💻", "\xff", "a\r\nb"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		out := Printable(s)
		if !utf8.ValidString(out) {
			t.Fatalf("%q is not UTF-8", out)
		}
		for _, r := range out {
			if (r < 0x20 && r != '\n') || (r >= 0x7f && r < 0xa0) || (r >= 0x202a && r <= 0x202e) || (r >= 0x2066 && r <= 0x2069) || r == 0x200b || r == 0xfeff {
				t.Fatalf("%q let %U pass", out, r)
			}
		}
		if again := Printable(out); again != out {
			t.Fatalf("a text that has passed changes when it passes again: %q, %q", out, again)
		}
		for i := range len(s) { // wherever a text is split, no part lets anything pass
			if joined := Printable(s[:i]) + Printable(s[i:]); strings.ContainsAny(joined, "\x1b\u009b\x07\x00") {
				t.Fatalf("split at %d: %q", i, joined)
			}
		}
	})
}
