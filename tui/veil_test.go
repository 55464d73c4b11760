package tui

import (
	"regexp"
	"strings"
	"sync"
	"testing"

	"banyan/orchestrator"
)

// fakeMasker hides email addresses, and the addresses that turns tell.
type fakeMasker struct {
	mu    sync.Mutex // guards known
	known []string
}

var fakeEmail = regexp.MustCompile(`[a-z]+@example\.com`)

func (f *fakeMasker) Learn(t orchestrator.Turn, _ *orchestrator.Catalog) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.known = append(f.known, t.Message)
}

func (f *fakeMasker) Hide(text string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	bullets := func(s string) string { return strings.Repeat("•", len([]rune(s))) }
	text = fakeEmail.ReplaceAllStringFunc(text, bullets)
	for _, k := range f.known {
		text = strings.ReplaceAll(text, k, bullets(k))
	}
	return text
}

func TestMask(t *testing.T) {
	for _, ascii := range []bool{false, true} {
		d := newDriver(t, 120, 40, func(c *Config) { as("ada@example.com")(c); c.Masker, c.ASCII = &fakeMasker{}, ascii })
		d.say("show my orders")
		before := d.cells()
		d.has("ada@example.com", "show my orders")
		d.command("/mask")
		d.hasNot("ada@example.com", "show my orders")
		d.has("/mask shows it again")
		if ascii == strings.Contains(d.cells(), "•") {
			t.Errorf("with ASCII only %t:\n%s", ascii, d.cells())
		}
		if title := d.m.View().WindowTitle; strings.Contains(title, "ada@") {
			t.Errorf("the window's title is %q", title)
		}
		fits(t, d, 120, 40)
		d.command("/mask off")
		d.press("esc")
		if after := d.cells(); !strings.Contains(before, "ada@example.com") || !strings.Contains(after, "show my orders") {
			t.Errorf("it is not shown again:\n%s", after)
		}
		d.command("/mask perhaps")
		d.has("Say /mask, /mask on or /mask off")
		d.say("ben@example.com asks")
		if got := d.lastSent(); got != "ben@example.com asks" {
			t.Errorf("sent: %q", got)
		}
	}
}

func TestMaskedFromTheStart(t *testing.T) {
	d := newDriver(t, 80, 24, func(c *Config) { c.Masker, c.Masked = &fakeMasker{}, true })
	d.hasNot("ada@example.com")
	d = newDriver(t, 80, 24, as("ada@example.com"))
	d.command("/mask")
	d.has("cannot be hidden", "ada@example.com")
	out, err := linearChat(t, func(c *Config) { c.Masker = &fakeMasker{} }, "1", "/mask", "/new", "/mask", "/new")
	if err != nil {
		t.Fatal(err)
	}
	if hidden := out[strings.Index(out, "is hidden"):strings.Index(out, "data is shown")]; strings.Contains(hidden, "ada@") || !strings.Contains(hidden, "you are •") {
		t.Errorf("while it is hidden: %s", hidden)
	}
}

func TestVeilKeepsCells(t *testing.T) {
	t.Parallel()
	v := &veil{masker: &fakeMasker{}}
	for in, want := range map[string]string{
		"\x1b[1mada\x1b[0m@example.com│ x": "\x1b[1m•••\x1b[0m••••••••••••│ x",
		"日本 ada@example.com":               "日本 •••••••••••••••",
		"nothing":                          "nothing",
	} {
		if got := v.hide(in); got != want || width(got) != width(in) {
			t.Errorf("%q\n got %q\nwant %q", in, got, want)
		}
	}
}
