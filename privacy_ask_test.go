package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"banyan/backends/openai/fake"
)

// TestAskTellsWhatWasSent: with --sent, standard error has what the model was told,
// and the answer on standard output is in clear.
func TestAskTellsWhatWasSent(t *testing.T) {
	t.Parallel()
	server := fake.New(func(r fake.Request) fake.Reply {
		if r.Schema != "" || r.Tool != "" {
			return fake.JSON(r, `{"kind":"steps","text":"","steps":[{"id":"me","intent":"get_profile"}],"missing":null,"partly":false}`)
		}
		return fake.Reply{Text: "You are <name-1>, you live at <address-1> and your phone is <phone-1>. Not <phone-7>."}
	})
	t.Cleanup(server.Close)
	dir := t.TempDir()
	ask := func(privacy string) ran {
		cmd := command(t, mustDir(t, dir, privacy), "ask", "--sent", "--backend", "openai", "--base-url", server.URL, "--email", "ada@example.com", "what do you know about Ada?")
		cmd.Env = append(cmd.Env, "BANYAN_PRIVACY="+privacy, "OPENAI_API_KEY="+canary)
		return finish(t, cmd, "")
	}
	got := ask("on")
	if got.status != 0 || !strings.Contains(got.out, "Ada Okafor") || !strings.Contains(got.out, "14 Birch Street, 0150 Oslo") || !strings.Contains(got.out, "+47 400 00 100") {
		t.Errorf("status %d: %s", got.status, got.out)
	}
	for _, want := range []string{"sent to openai", "Who asks: <name-1> <<email-1>>", "what do you know about <name-1.2>?", "You are the planner", `"phone":"<phone-1>"`} {
		if !strings.Contains(got.err, want) {
			t.Errorf("it was not told: %q", want)
		}
	}
	for _, not := range []string{"ada@example", "Okafor", "Birch", "400 00 100", canary} {
		if strings.Contains(got.err, not) {
			t.Errorf("%q was sent: %s", not, got.err)
		}
	}
	if got := ask("perhaps"); got.status != exitUsage || !strings.Contains(got.err, "on, off or remote") {
		t.Errorf("a wrong setting: status %d: %s", got.status, got.err)
	}
	if got := ask("remote"); strings.Contains(got.err, "sent to") { // the server is on this machine
		t.Errorf("what stayed on this machine is told: %s", got.err)
	}
}

// TestWhichModelsGetPlaceholders: by default those that are not on this machine, in
// a chain each by itself.
func TestWhichModelsGetPlaceholders(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		privacy, backend, address string
		private                   bool
	}{
		{"", "openai", "", true},
		{privacyRemote, "mistral", "", true},
		{privacyRemote, "openai", "http://127.0.0.1:1/v1", false},
		{privacyRemote, "ollama", "", false},
		{privacyRemote, "ollama", "http://10.0.0.5:11434/v1", true},
		{privacyOn, "ollama", "", true},
		{privacyOff, "openai", "", false},
		{privacyOn, "offline", "", false},
	} {
		o := &options{Backend: c.backend, BaseURL: c.address, Privacy: c.privacy, Language: ""}
		b, err := newBackends(o, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		b.chain = []string{c.backend}
		m, err := b.get(t.Context(), c.backend)
		if err != nil {
			t.Fatal(err)
		}
		if m.private != c.private || b.Backends()[0].Private != c.private {
			t.Errorf("%+v: %t", c, m.private)
		}
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	}
}

func mustDir(t *testing.T, parts ...string) string {
	t.Helper()
	dir := filepath.Join(parts...)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	return dir
}
