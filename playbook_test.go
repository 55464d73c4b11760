package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"banyan/orchestrator"
)

const lookup = `name: my_orders
summary: Show what is open
examples: [show what is open at the moment]
steps:
  - id: open
    intent: list_orders
    args: {status: processing}
`

// playbookFolder makes a folder of playbooks where the program looks for them.
func mustPlaybooks(t testing.TB, home string, files map[string]string) string {
	t.Helper()
	dir := filepath.Join(home, ".config", "banyan", "playbooks")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestPlaybookList(t *testing.T) {
	home := t.TempDir()
	dir := mustPlaybooks(t, home, map[string]string{"mine.yaml": lookup, "wrong.yaml": "name: wrong\nsummary: x\nsteps:\n  - {id: a, intent: get_odrer}\n"})
	r := banyan(t, home, "", "playbook", "list")
	lines := strings.Split(strings.TrimSpace(r.out), "\n")
	if r.status != 0 || len(lines) != 4 {
		t.Fatalf("status %d: %s%s", r.status, r.out, r.err)
	}
	for i, want := range []string{"address_everywhere", "guided_return", "late_parcel", "my_orders"} {
		if !strings.HasPrefix(lines[i], want) {
			t.Errorf("line %d is %q, want %s", i+1, lines[i], want)
		}
	}
	if want := "left out: " + filepath.Join(dir, "wrong.yaml") + `:4:21: there is no intent "get_odrer" (is "get_order" meant?)`; !strings.Contains(r.err, want) {
		t.Errorf("it says %q, want %q", r.err, want)
	}
	if r := banyan(t, home, "", "playbook", "list", "--playbooks", t.TempDir()); r.status != 0 || strings.Contains(r.out, "my_orders") || r.err != "" {
		t.Errorf("another folder: %d %s%s", r.status, r.out, r.err)
	}
	if r := banyan(t, home, "", "playbook", "list", "--playbooks", filepath.Join(dir, "gone")); r.status != exitUsage {
		t.Errorf("a folder that is not there: %d %s", r.status, r.err)
	}
}

func TestPlaybookCheck(t *testing.T) {
	home := t.TempDir()
	dir := mustPlaybooks(t, home, map[string]string{"mine.yaml": lookup})
	good, bad := filepath.Join(dir, "mine.yaml"), filepath.Join(t.TempDir(), "bad.yaml")
	if err := os.WriteFile(bad, []byte("name: bad\nsummary: x\nsteps:\n  - id: a\n    intent: get_order\n    args:\n      order_id: =steps.b.order_id\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if r := banyan(t, home, "", "playbook", "check", good); r.status != 0 || !strings.Contains(r.out, "my_orders is sound, 1 step\n") {
		t.Errorf("a good one: %d %s%s", r.status, r.out, r.err)
	}
	r := banyan(t, home, "", "playbook", "check", good, bad)
	if r.status != exitFailed || !strings.HasPrefix(r.out, bad+":7:17: ") || strings.Contains(r.out, "sound") {
		t.Errorf("a bad one: %d %s%s", r.status, r.out, r.err)
	}
	if r := banyan(t, home, "", "playbook", "check", filepath.Join(dir, "gone.yaml")); r.status != exitFailed || !strings.Contains(r.out, "gone.yaml: the file cannot be read") {
		t.Errorf("a missing one: %d %s%s", r.status, r.out, r.err)
	}
	if r := banyan(t, home, "", "playbook", "check"); r.status != exitUsage {
		t.Errorf("no file: %d", r.status)
	}
	if r := banyan(t, home, "", "playbook", "check", dir); r.status != 0 {
		t.Errorf("a folder: %d %s%s", r.status, r.out, r.err)
	}
}

// The bundled playbooks are sound by the file, as a contributor checks them.
func TestBundledPlaybooksAreSound(t *testing.T) {
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	cmd := command(t, t.TempDir(), "playbook", "check", bundledFolder)
	cmd.Dir = here
	if r := finish(t, cmd, ""); r.status != 0 || strings.Count(r.out, " is sound, ") != 3 {
		t.Errorf("%d %s%s", r.status, r.out, r.err)
	}
}

func turnsOf(t *testing.T, r ran) (turns []orchestrator.Turn) {
	t.Helper()
	for line := range strings.Lines(r.out) {
		var turn orchestrator.Turn
		if err := json.Unmarshal([]byte(line), &turn); err != nil {
			t.Fatalf("%v: %s%s", err, r.out, r.err)
		}
		turns = append(turns, turn)
	}
	return turns
}

func TestPlaybookRun(t *testing.T) {
	home := t.TempDir()
	run := func(args ...string) ran {
		t.Helper()
		return banyan(t, home, "", append([]string{"playbook", "run", "--backend", "offline", "--json"}, args...)...)
	}
	r := run("guided_return", "order_id=4001", "--email", "dora@example.com")
	if turns := turnsOf(t, r); r.status != 0 || len(turns) != 1 || turns[0].Answer != "Why do you want to return it?" {
		t.Fatalf("without a reason: %d %s%s", r.status, r.out, r.err)
	}
	r = run("guided_return", "order_id=4001", "reason=too small", "--email", "dora@example.com")
	if turns := turnsOf(t, r); r.status != exitUnconfirmed || len(turns) != 1 || turns[0].Kind != orchestrator.KindConfirmation {
		t.Fatalf("without a yes: %d %s%s", r.status, r.out, r.err)
	}
	r = run("guided_return", "order_id=4001", "reason=too small", "--email", "dora@example.com", "--yes")
	turns := turnsOf(t, r)
	if r.status != 0 || len(turns) != 1 || turns[0].Kind != orchestrator.KindAnswer || turns[0].Outcome != orchestrator.OutcomeDone {
		t.Fatalf("with a yes: %d %s%s", r.status, r.out, r.err)
	}
	for _, s := range turns[0].Steps {
		if s.Status != orchestrator.StepDone {
			t.Errorf("%s is %s", s.ID, s.Status)
		}
		if s.Intent == "request_return" && s.Args["reason"] != "too small" {
			t.Errorf("the reason is %v", s.Args["reason"])
		}
	}
	for name, c := range map[string]struct {
		args   []string
		status int
		says   string
	}{
		"NoSuchPlaybook":  {[]string{"guided_retrun", "--email", "ada@example.com"}, exitUsage, "there is no playbook"},
		"AnIntent":        {[]string{"get_profile", "--email", "ada@example.com"}, exitUsage, "there is no playbook"},
		"NoSuchParameter": {[]string{"late_parcel", "order=1002", "--email", "ada@example.com"}, exitUsage, "order_id"},
		"TheSubject":      {[]string{"late_parcel", "email=ben@example.com", "--email", "ada@example.com"}, exitUsage, "no parameter"},
		"NoValue":         {[]string{"late_parcel", "order_id", "--email", "ada@example.com"}, exitUsage, "NAME=VALUE"},
		"Nobody":          {[]string{"late_parcel", "order_id=1002"}, exitUsage, "--email"},
		"Missing":         {[]string{"late_parcel", "--email", "ada@example.com"}, 0, "Which order is late?"},
		"BadValue":        {[]string{"late_parcel", "order_id=abc", "--email", "ada@example.com"}, 0, "does not work"},
		"OfAnother":       {[]string{"late_parcel", "order_id=2001", "--email", "ada@example.com"}, 0, "2001"},
	} {
		if r := run(c.args...); r.status != c.status || !strings.Contains(r.out+r.err, c.says) {
			t.Errorf("%s: %d %s%s", name, r.status, r.out, r.err)
		}
	}
}

func TestPlaybookNotice(t *testing.T) {
	dir := t.TempDir()
	bad := "name: bad\nsummary: x\nsteps: [{id: a, intent: nothing}]\n"
	if err := os.WriteFile(filepath.Join(dir, "bad.yaml"), []byte(bad), 0o600); err != nil {
		t.Fatal(err)
	}
	a := mustApp(t, &options{Backend: "offline", Playbooks: dir})
	defer func() { _ = a.Close() }()
	if want := "A playbook is left out: " + filepath.Join(dir, "bad.yaml") + `:3:25: there is no intent "nothing".`; a.notice != want {
		t.Errorf("the notice is %q, want %q", a.notice, want)
	}
}

// A playbook that is written while the program runs is offered soon; one that is
// broken then is left out, and the others stay.
func TestPlaybooksAreReloaded(t *testing.T) {
	dir := t.TempDir()
	a, err := open(t.Context(), &options{Backend: "offline", Data: t.TempDir(), Playbooks: dir, Latency: "0", LogLevel: "warn", noSync: true}, "test")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = a.Close() }()
	events := a.kernel.Subscribe(64)
	defer events.Close()
	announced := func(want string) {
		t.Helper()
		deadline := time.After(20 * time.Second)
		for {
			select {
			case e := <-events.C:
				if e.Kind == orchestrator.EventNotice {
					if e.Text != want {
						t.Errorf("it is said %q, want %q", e.Text, want)
					}
					return
				}
			case <-deadline:
				t.Fatal("nothing is said")
			}
		}
	}
	refreshed := func() {
		t.Helper()
		deadline := time.After(20 * time.Second)
		for {
			select {
			case e := <-events.C:
				if e.Kind == orchestrator.EventCatalog {
					return
				}
			case <-deadline:
				t.Fatal("the catalog was not refreshed")
			}
		}
	}
	write := func(text string) {
		t.Helper()
		temp := filepath.Join(t.TempDir(), "mine.yaml")
		if err := os.WriteFile(temp, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(temp, filepath.Join(dir, "mine.yaml")); err != nil {
			t.Fatal(err)
		}
	}
	write(lookup)
	refreshed()
	if a.kernel.Catalog().Intent("my_orders") == nil {
		t.Fatalf("the new playbook is not offered: %v", a.playbooks.Problems())
	}
	write(strings.Replace(lookup, "list_orders", "list_odrers", 1))
	refreshed()
	if a.kernel.Catalog().Intent("my_orders") != nil || a.kernel.Catalog().Intent("late_parcel") == nil || len(a.playbooks.Problems()) != 1 {
		t.Errorf("the broken playbook: %v", a.playbooks.Problems())
	}
	announced(`A playbook is left out: mine.yaml:6:13: there is no intent "list_odrers" (is "list_orders" meant?).`)
	if found := examineServices(a); !slices.ContainsFunc(found, func(f finding) bool { return f.what == "playbook" && f.state == "bad" }) {
		t.Errorf("the doctor finds %v", found)
	}
	write(strings.Replace(lookup, "what is open", "whatever is open", 1))
	announced("The playbooks in mine.yaml are in order again.")
}

// BenchmarkBundledPlaybooks is what reading and checking them costs at the start.
func BenchmarkBundledPlaybooks(b *testing.B) {
	s := newTestShop(b)
	set, err := newPlaybooks(&options{Playbooks: b.TempDir()}, s.Services())
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if d, err := set.Describe(b.Context()); err != nil || len(d.Intents) != 3 {
			b.Fatal(err, set.Problems())
		}
	}
}
