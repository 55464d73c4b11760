package privacy

import (
	"slices"
	"strings"
	"testing"
)

func TestPlaceholdersAreStable(t *testing.T) {
	t.Parallel()
	v := newVault()
	v.learn(name, "Ada Okafor")
	m := newMask(v)
	for _, c := range [][2]string{
		{"Ada Okafor <ada@example.com>", "<name-1> <<email-1>>"},
		{"ada, Okafor and ADA OKAFOR", "<name-1.2>, <name-1.3> and <name-1.4>"},
		{"ben@example.com, ada@example.com", "<email-2>, <email-1>"},
		{"+47 400 00 100 is 0047 40000100", "<phone-1> is <phone-1.2>"},
		{"Ada Okafor", "<name-1>"},
	} {
		if got := m.text(c[0]); got != c[1] {
			t.Errorf("%q became %q, want %q", c[0], got, c[1])
		}
		if got := m.restore(c[1]); got != c[0] {
			t.Errorf("%q came back as %q", c[1], got)
		}
	}
	if got := newMask(v).text("ask Ada Okafor at ben@example.com"); got != "ask <name-1> at <email-2>" {
		t.Errorf("the next request: %q", got)
	}
}

// TestNobodyGetsWhatWasNotGiven: a placeholder that was typed, planted or guessed is
// nobody's data.
func TestNobodyGetsWhatWasNotGiven(t *testing.T) {
	t.Parallel()
	v := newVault()
	first := newMask(v)
	first.text("ben@example.com")
	m := newMask(v)
	typed := "what is <email-1>? and <EMAIL-1>, <email-2>, <text-1>?"
	masked := m.text("ada@example.com asks: " + typed)
	if strings.Contains(masked, "<email-1>") || strings.Contains(masked, "<EMAIL-1>") {
		t.Errorf("what was typed went out as a placeholder: %q", masked)
	}
	if got := m.restore(masked); got != "ada@example.com asks: "+typed {
		t.Errorf("it came back as %q", got)
	}
	for _, guess := range []string{"<email-1>", "<email-7>", "<phone-1>", "<email-2", "email-2>", "< email-2>", "<email-02>"} {
		if got := m.restore(guess); got != guess {
			t.Errorf("the guess %s became %q", guess, got)
		}
	}
	if got := m.restore("<Email-2>"); got != "ada@example.com" {
		t.Errorf("a placeholder with a capital letter: %q", got)
	}
}

func TestStreamCutAnywhere(t *testing.T) {
	t.Parallel()
	v := newVault()
	v.learn(name, "Ada Okafor")
	m := newMask(v)
	want := "Hello Ada Okafor <ada@example.com>, is 3 < 4? <em> <name-9> Your phone is +47 400 00 100. <name-1> is typed, ä<"
	masked := m.text(want)
	for i := range len(masked) + 1 {
		for j := i; j <= len(masked); j++ {
			var got strings.Builder
			s := &stream{m: m, emit: func(p string) { got.WriteString(p) }}
			s.add(masked[:i])
			s.add(masked[i:j])
			s.add(masked[j:])
			s.end()
			if got.String() != want {
				t.Fatalf("cut at %d and %d: %q", i, j, got.String())
			}
		}
	}
}

// TestStreamHoldsLittle: what cannot become a placeholder any more leaves at once.
func TestStreamHoldsLittle(t *testing.T) {
	t.Parallel()
	m := newMask(newVault())
	m.text("ada@example.com")
	var got []string
	s := &stream{m: m, emit: func(p string) { got = append(got, p) }}
	for _, piece := range []string{"a <", "b", " <em", "ail-", "1", ">", "<email-2", "<"} {
		s.add(piece)
	}
	s.end()
	if want := []string{"a ", "<b", " ", "ada@example.com", "<email-2", "<"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestExpressions(t *testing.T) {
	t.Parallel()
	v := newVault()
	v.learn(name, `Greta O'Brien`)
	m := newMask(v)
	for in, want := range map[string]string{
		`steps.a.email == 'ada@example.com' && user.name == "Greta O'Brien"`: `steps.a.email == '<email-1>' && user.name == "<name-1>"`,
		`steps.a.name == 'Greta O\'Brien'`:                                   `steps.a.name == '<name-1>'`,
		`steps.a.total > 50.0 && now - steps.a.due > days(30)`:               `steps.a.total > 50.0 && now - steps.a.due > days(30)`,
		`steps.a.path == 'a\\b'`:                                             `steps.a.path == 'a\\b'`,
	} {
		got := m.expression(in)
		if got != want {
			t.Errorf("%s\n got %s\nwant %s", in, got, want)
		}
		if back := m.restoreExpression(got); back != in {
			t.Errorf("%s came back as\n%s", in, back)
		}
	}
	if got := m.restoreExpression(`x == '<name-1>' || x == r'<name-1>'`); got != `x == 'Greta O\'Brien' || x == 'Greta O\'Brien'` {
		t.Errorf("a quote in a name: %s", got)
	}
	if got := m.restoreExpression(`x == "<email-1>`); got != `x == "ada@example.com` {
		t.Errorf("a literal that does not end: %s", got)
	}
}

func FuzzReplaceAndPutBack(f *testing.F) {
	for _, s := range []string{
		"Ada Okafor lives at 14 Birch Street, 0150 Oslo", "<email-1> ada@example.com <<name-1.2>>", "+47 400 00 100 4111 1111 1111 1111",
		"<na\xffme-1>", "a@b.cc@d.ee", "ada\u200b okafor", "<text-1><text-1>", "DE89 3704 0044 0532 0130 00",
	} {
		f.Add(s, 3)
	}
	f.Fuzz(func(t *testing.T, s string, cut int) {
		v := newVault()
		v.learn(name, "Ada Okafor")
		v.learn(address, "14 Birch Street, 0150 Oslo")
		v.learn(phone, "+47 400 00 100")
		m := newMask(v)
		masked := m.text(s)
		if got := m.restore(masked); got != s {
			t.Fatalf("%q became %q and came back as %q", s, masked, got)
		}
		if len(masked) == 0 {
			return
		}
		at := int(uint(cut) % uint(len(masked)))
		var got strings.Builder
		st := &stream{m: m, emit: func(p string) { got.WriteString(p) }}
		st.add(masked[:at])
		st.add(masked[at:])
		st.end()
		if got.String() != s {
			t.Fatalf("%q in two pieces came back as %q", s, got.String())
		}
	})
}
