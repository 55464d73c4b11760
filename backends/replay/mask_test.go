package replay

import (
	"strings"
	"testing"

	"banyan/orchestrator"
)

func TestMask(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"I am Ada Okafor", "I am ⟦user.name⟧"},
		{"i am ada okafor, ADA", "i am ⟦user.name:lower⟧, ⟦user.name1:upper⟧"},
		{"Adam is not Ada", "Adam is not ⟦user.name1⟧"},
		{"ada@example.com and eve@example.org", "⟦user.email⟧ and ⟦email.1⟧"},
		{"eve@example.org, EVE@EXAMPLE.ORG", "⟦email.1⟧, ⟦email.1:upper⟧"},
		{"call +47 400 00 123", "call ⟦phone.1⟧"},
		{"call 40000123 or (555) 123-4567", "call ⟦phone.1⟧ or ⟦phone.2⟧"},
		{"my card is 4111 1111 1111 1111, really", "my card is ⟦card.1⟧, really"},
		{"to 12 Elm Street, 0150 Oslo please", "to ⟦address.1⟧ please"},
		{"to 12 elm street, 0150 oslo", "to ⟦address.1⟧"},
		{"to Storgata 5, 0155 Oslo", "to ⟦address.1⟧"},
		{"key sk-proj-abcdefghijkl0123 here", "key ⟦secret.1⟧ here"},
		{"password: hunter22", "⟦secret.1⟧"},
		{"Authorization: Bearer abcdef0123456789", "Authorization: ⟦secret.1⟧"},
		{"0123456789abcdef0123456789abcdef", "⟦secret.1⟧"},
		{"url?k=xthe-house-keyx", "url?k=x⟦key.1⟧x"},
		{"a mark ⟦user.email⟧", "a mark ⟦mark1⟧user.email⟦mark2⟧"},
		{"+47 40000123.", "⟦phone.1⟧."},
		// What is none of it stays.
		{"order 1003 of 2026-03-05 14:02, 45.00 EUR", "order 1003 of 2026-03-05 14:02, 45.00 EUR"},
		{"cancel 1001 and 1002, then 1003", "cancel 1001 and 1002, then 1003"},
		{"tracking number SP40000123 or 40000123X", "tracking number SP40000123 or 40000123X"},
		{"cancel 1001 1002", "cancel 1001 1002"},
		{"steps.orders.orders[0].order_id", "steps.orders.orders[0].order_id"},
		{"2026-03-05T12:00:00+01:00", "2026-03-05T12:00:00+01:00"},
		{"a very-long-word-with-hyphens-and-so-on-and-so-on", "a very-long-word-with-hyphens-and-so-on-and-so-on"},
	} {
		m := newMask([]string{"the-house-key"}, ada, ada, nil)
		got := m.text(c.in)
		if got != c.want {
			t.Errorf("%q becomes %q instead of %q", c.in, got, c.want)
		}
		if back := m.restore(got); !strings.EqualFold(back, c.in) {
			t.Errorf("%q comes back as %q", c.in, back)
		}
	}
}

// What a recogniser finds is not in the recording, and comes back.
func TestMaskRecognises(t *testing.T) {
	m := newMask(nil, ada, ada, nil)
	m.see = func(s string, put func(sort, value string) string) string {
		return strings.ReplaceAll(s, "the 7 barns", put("address", "the 7 barns"))
	}
	const in = "from the 7 barns, says Ada: 40000123"
	got := m.text(in)
	if got != "from ⟦address.1⟧, says ⟦user.name1⟧: ⟦phone.1⟧" || m.restore(got) != in {
		t.Errorf("%q, %q", got, m.restore(got))
	}
}

// Names in results are known by the email beside them.
func TestMaskFields(t *testing.T) {
	m := newMask(nil, ada, ada, nil)
	m.fields(map[string]any{
		"profile": map[string]any{"email": "eve@example.org", "name": "Eve Ng", "phone": "1"},
		"items":   []any{map[string]any{"name": "desk lamp", "delivery_address": "the barn"}},
	})
	if got := m.text("Eve Ng wants the desk lamp in the barn"); got != "⟦name.1⟧ wants the desk lamp in ⟦address.1⟧" {
		t.Error(got)
	}
}

func TestRestoreUnknown(t *testing.T) {
	if got := newMask(nil, ada, ada, nil).restore("call ⟦phone.7⟧"); got != "call [phone]" {
		t.Error(got)
	}
}

// Masking keeps every text but for the case of letters, and nothing that was found
// once is left.
func FuzzMask(f *testing.F) {
	for _, s := range []string{"Ada ada ADA aDa", "⟦user.email⟧", "⟦⟧⟧⟦", "eve@example.org", "+47 400 00 123", "sk-proj-abcdefghijkl0123", "ﬀ İ ſ K ada", "12 Elm Street, 0150 Oslo"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		m := newMask([]string{"house-key"}, ada, ben, []orchestrator.User{{Email: "eve@example.org", Name: "Eve Ng"}})
		masked := m.text(s)
		if back := m.restore(masked); !strings.EqualFold(back, s) {
			t.Errorf("%q comes back as %q", s, back)
		}
		if strings.Contains(strings.ToLower(masked), "house-key") {
			t.Errorf("%q is left in %q", "house-key", masked)
		}
	})
}

// Whatever stands in a file, it is read or refused; what is read can be played.
func FuzzOpen(f *testing.F) {
	const head = `{"banyan_recording":1,"backend":"script"}` + "\n"
	f.Add(head)
	f.Add(head + `{"skill":"plan","hash":"a","said":"b","plan":{"kind":"answer","text":"⟦user.name⟧"},"spans":[{"name":"x","at":-1,"length":9}]}`)
	f.Add(head + `{"skill":"respond","text":"hello there"}`)
	f.Add(head + `{"skill":"judge","error":{"code":"x","message":"y"}}`)
	f.Fuzz(func(t *testing.T, tape string) {
		p, err := Open(strings.NewReader(tape))
		if err != nil {
			return
		}
		for _, l := range p.lines {
			q := &request{skill: l.Skill, hash: l.Hash, said: l.Said, plain: "hello", mask: newMask(nil, ada, ada, nil)}
			found, err := p.next(t.Context(), q)
			if err != nil {
				t.Fatalf("a line that was read is not found: %v", err)
			}
			if found.Plan != nil {
				_ = plan(*found.Plan, q.mask.restore)
			}
		}
		_, _ = p.Plan(t.Context(), ask(ada, "hello"))
	})
}
