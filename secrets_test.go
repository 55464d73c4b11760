package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/zalando/go-keyring"

	"banyan/backends/offline"
	"banyan/backends/openai/fake"
	"banyan/backends/privacy"
	"banyan/backends/replay"
	"banyan/orchestrator"
)

// drawer is a keyring in memory.
type drawer struct {
	mu    sync.Mutex // guards what follows
	text  string
	reads int
	err   error
	hang  chan struct{} // not nil: nothing is answered before it is closed
}

func (d *drawer) Get(string, string) (string, error) {
	if d.hang != nil {
		<-d.hang
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.reads++
	if d.err == nil && d.text == "" {
		return "", keyring.ErrNotFound
	}
	return d.text, d.err
}

func (d *drawer) Set(_, _, text string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.text = text
	return d.err
}

func (d *drawer) Delete(string, string) error { return d.Set("", "", "") }

func TestKeysComeFromThreePlaces(t *testing.T) {
	d := &drawer{}
	o := &options{vault: &keyVault{ring: d, wait: time.Minute}, dotenv: map[string]string{}}
	if v := o.secret("OPENAI_API_KEY"); v != "" {
		t.Fatalf("got %q from nowhere", v)
	}
	for _, v := range []*keyVault{o.vault, {ring: d, wait: time.Minute}} { // two processes
		if err := v.put("OPENAI_API_KEY", canary); err != nil {
			t.Fatal(err)
		}
	}
	check := func(want, from string) {
		t.Helper()
		if v, where := o.secretFrom("OPENAI_API_KEY"); v != want || where != from {
			t.Errorf("got %q from %s, want %q from %s", v, where, want, from)
		}
	}
	t.Setenv("OPENAI_API_KEY", "")
	check(canary, "the keyring")
	o.dotenv["OPENAI_API_KEY"] = "two"
	check("two", ".env")
	t.Setenv("OPENAI_API_KEY", "three")
	check("three", "the environment")
	if d.reads != 2 {
		t.Errorf("the keyring was read %d times by two", d.reads)
	}
	if err := o.vault.put("OPENAI_API_KEY", ""); err != nil || d.text != "" {
		t.Errorf("%v, %q is left", err, d.text)
	}
}

func TestNoKeyring(t *testing.T) {
	hang := make(chan struct{})
	defer close(hang)
	for _, tc := range []struct {
		name string
		v    *keyVault
	}{
		{"None", nil},
		{"Fails", &keyVault{ring: &drawer{err: errors.New("no such service")}, wait: time.Minute}},
		{"Hangs", &keyVault{ring: &drawer{hang: hang}, wait: time.Millisecond}},
		{"NotOurs", &keyVault{ring: &drawer{text: "what"}, wait: time.Minute}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			o := &options{vault: tc.v}
			if v := o.secret("BANYAN_NO_SUCH_KEY"); v != "" {
				t.Errorf("got %q", v)
			}
			if err := tc.v.put("BANYAN_NO_SUCH_KEY", "x"); err == nil {
				t.Error("a key was kept nowhere")
			}
		})
	}
}

// A session bus that is not there, or says nothing, stops no command.
func TestDeadSessionBus(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		return // elsewhere the keyring needs no bus
	}
	dir := t.TempDir()
	silent, err := (&net.ListenConfig{}).Listen(t.Context(), "unix", filepath.Join(dir, "bus"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = silent.Close() }()
	for _, bus := range []string{filepath.Join(dir, "nothing"), silent.Addr().String()} {
		cmd := command(t, dir, "ask", "--email", "ada@example.com", "status of order 1003")
		cmd.Env = append(cmd.Env, "DBUS_SESSION_BUS_ADDRESS=unix:path="+bus)
		if got := finish(t, cmd, ""); got.status != 0 || !strings.Contains(got.out, "1003") || got.err != "" {
			t.Errorf("%s: status %d\n%s\n%s", bus, got.status, got.out, got.err)
		}
	}
}

// TestKeysInConfig shows that a key in the config file is refused without being
// repeated, with a word on where it belongs.
func TestKeysInConfig(t *testing.T) {
	for _, tc := range []struct{ name, config, says string }{
		{"TopLevel", `api-key = "` + canary + `"`, "api-key"},
		{"OfAModel", "[models.mistral]\nkey = \"abc\"", "MISTRAL_API_KEY"},
		{"AsTheNameOfOne", "[models.openai]\nkey-env = \"" + canary + `"`, "models.openai.key-env"},
		{"InAnyPlace", `email = "` + canary + `"`, "email"},
		{"BrokenFile", `key = "` + canary, "cannot be read"},
		{"BareValue", "key = " + canary, "cannot be read"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "config.toml")
			mustWrite(t, file, tc.config+"\n")
			_, _, err := (&options{Config: file}).readConfig(nil)
			if err == nil || strings.Contains(err.Error(), canary[3:]) || !strings.Contains(err.Error(), tc.says) {
				t.Fatalf("got %v", err)
			}
			if tc.says != "cannot be read" && !strings.Contains(err.Error(), "banyan key set") {
				t.Errorf("it does not say where the key belongs: %v", err)
			}
		})
	}
	t.Run("NameIsFine", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "config.toml")
		mustWrite(t, file, "[models.openai]\nkey-env = \"MY_KEY\"\n[limits]\nchanges-per-hour = 7\n")
		o := options{Config: file}
		if _, _, err := o.readConfig(nil); err != nil || o.Models["openai"].KeyEnv != "MY_KEY" || o.Harm.limits().ChangesPerHour != 7 {
			t.Errorf("%v %+v", err, o.Models)
		}
	})
	t.Run("BrokenDotenv", func(t *testing.T) {
		t.Chdir(t.TempDir())
		mustWrite(t, ".env", "OPENAI API KEY "+canary+"\n")
		if _, err := readDotenv(); err == nil || strings.Contains(err.Error(), canary[3:]) {
			t.Errorf("got %v", err)
		}
	})
}

// TestNoKeyInAnySink runs sessions with a provider that repeats the key in all that
// it says goes wrong, and looks for it in everything that is written.
func TestNoKeyInAnySink(t *testing.T) {
	t.Parallel()
	server := fake.New(func(fake.Request) fake.Reply {
		return fake.Fail(401, "invalid_api_key", "", "Incorrect API key provided: "+canary+". Bearer "+canary)
	})
	t.Cleanup(server.Close)
	dir := t.TempDir()
	run := func(in string, args ...string) ran {
		t.Helper()
		cmd := command(t, dir, args...)
		cmd.Env = append(cmd.Env, "OPENAI_API_KEY="+canary, "BANYAN_BASE_URL="+server.URL, "BANYAN_LOG_LEVEL=debug", "BANYAN_DATA="+filepath.Join(dir, "data"))
		return finish(t, cmd, in)
	}
	ada := "--email=ada@example.com"
	record := filepath.Join(dir, "session.jsonl")
	asked := 0
	for _, args := range [][]string{
		{"ask", ada, "--backend", "openai", "cancel my latest order"},
		{"ask", ada, "--backend", "openai", "--json", "cancel my latest order"},
		{"ask", ada, "--backend", "openai,offline", "--record", record, "status of order 1003"},
		{"ask", ada, "--backend", canary, "hello"},
		{"doctor"},
		{"intents"},
		{"eval", "--backend", "openai"},
		{"conversations", "export"},
		{"conversations", "export", "--format", "json"},
		{"key", "set", canary},
		{"key", "list"},
		{canary},
		{"--" + canary},
	} {
		got := run("", args...)
		for sink, text := range map[string]string{"standard output": got.out, "standard error": got.err} {
			asked += len(text)
			if strings.Contains(text, canary[3:]) {
				t.Errorf("%q: the key is in %s: %s", args[0], sink, text)
			}
		}
	}
	if asked == 0 || server.Calls() == 0 {
		t.Fatal("nothing was looked at")
	}
	files := 0
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		files++
		if bytes.Contains(data, []byte(canary[3:])) {
			t.Errorf("the key is in %s", path)
		}
		return err
	})
	if err != nil || files < 3 {
		t.Errorf("%d files were looked at: %v", files, err)
	}
}

// TestFilesArePrivate walks everything that a session has made.
func TestFilesArePrivate(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		return // files have no modes there
	}
	dir := t.TempDir()
	home := filepath.Join(dir, "home")
	if err := os.Mkdir(home, 0o755); err != nil {
		t.Fatal(err)
	}
	ada := "--email=ada@example.com"
	for _, args := range [][]string{
		{"ask", ada, "--yes", "cancel order 1003"},
		{"ask", ada, "--record", filepath.Join(home, "rec.jsonl"), "--log-level", "debug", "--backend", "ollama", "--base-url", "http://127.0.0.1:1/v1", "status of order 1002"},
		{"ask", ada, "--data", filepath.Join(home, "elsewhere"), "status of order 1002"},
		{"conversations"},
		{"doctor"},
		{"reset", "--yes"},
	} {
		cmd := command(t, home, args...)
		cmd.Env = append(cmd.Env, "BANYAN_LOG_LEVEL=debug")
		finish(t, cmd, "")
	}
	seen := map[string]bool{}
	err := filepath.WalkDir(home, func(path string, e fs.DirEntry, err error) error {
		if err != nil || path == home {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		// The XDG base folders are the user's; what is Banyan's begins below them.
		if rel, _ := filepath.Rel(home, path); strings.HasPrefix(rel, ".") && !strings.Contains(rel, "banyan") {
			return nil
		}
		want := fs.FileMode(0o600)
		if e.IsDir() {
			want = 0o700
		}
		seen[filepath.Base(path)] = true
		if mode := info.Mode().Perm(); mode != want {
			t.Errorf("%s has mode %o, want %o", path, mode, want)
		}
		return nil
	})
	if err != nil || !seen["banyan.db"] || !seen["banyan.log"] || !seen["rec.jsonl"] || !seen["elsewhere"] {
		t.Errorf("%v, seen %v", err, seen)
	}
}

func TestHideKeys(t *testing.T) {
	for _, tc := range []struct{ in, want string }{
		{"Incorrect API key provided: " + canary + ".", "Incorrect API key provided: [key]."},
		{"my own-secret-1234 here", "my [key] here"},
		{"order sk-1003 ships", "order sk-1003 ships"},
		{"AIzaSyA1234567890abcdef", "[key]"},
		{`{"message":"sk-\u0053ECRETSECRETSECRET"}`, `{"message":"[key]"}`},
		{`own\\u002dsecret-1234 own%2Dsecret%2d1234 own&#45;secret&#x2d;1234 OWN-SECRET-1234`, "[key] [key] [key] [key]"},
		{"the body Xy7Qp2Lm9Rt4Wz8 alone, or y7Qp2Lm9Rt4Wz", "the body [key] alone, or [key]"},
		{`a path C:\x41 and 100% of %41 stay`, `a path C:\x41 and 100% of %41 stay`},
	} {
		if got := hideKeys(tc.in, "own-secret-1234", "prefix_Xy7Qp2Lm9Rt4Wz8", "x", ""); got != tc.want {
			t.Errorf("%q became %q", tc.in, got)
		}
	}
}

// TestRecordingIsAsPrivateAsARequest: a recording has neither what privacy recognises
// nor a part of a key, and every line stays JSON.
func TestRecordingIsAsPrivateAsARequest(t *testing.T) {
	t.Parallel()
	const message = "reach me at +47 911 22 333 7 Elm Road, 0152 Oslo or pay with 4111.1111.1111.1111"
	var tape bytes.Buffer
	catalog, _ := orchestrator.NewCatalog(nil)
	r := replay.Record(keyless{&tape, []string{"prefix_Xy7Qp2Lm9Rt4Wz8"}}, offline.New(), "prefix_Xy7Qp2Lm9Rt4Wz8").Recognise(privacy.Replace)
	req := orchestrator.PlanRequest{Message: message + " Xy7Qp2Lm9Rt4Wz8", User: orchestrator.User{Email: "a@example.com"}, Catalog: catalog}
	if _, err := r.Plan(t.Context(), req); err != nil {
		t.Fatal(err)
	}
	for _, leak := range []string{"911", "333", "Elm", "0152", "4111", "1111", "Xy7Qp2Lm9Rt4"} {
		if strings.Contains(tape.String(), leak) {
			t.Errorf("%q is in %s", leak, tape.String())
		}
	}
	p, err := replay.Open(&tape)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Recognise(privacy.Replace).Plan(t.Context(), req); err != nil {
		t.Errorf("it is not played: %v", err)
	}
}

// TestNamesOfSettingsAreNotRepeated: a key that was put where a setting's name belongs
// is not in the error.
func TestNamesOfSettingsAreNotRepeated(t *testing.T) {
	t.Parallel()
	for _, config := range []string{
		"\"sk-CONFIGKEY1\" = 1\n", "\"sk-CONFIGKEY1234567890abcdef\" = \"x\"\n", "[models.\"sk-CONFIGKEY1\"]\nmodel=\"x\"\n",
		"[models.openai]\n\"sk-CONFIGKEY1\" = 1\n", "[limits]\nCONFIGKEY12345 = 1\n", "[models.\"sk-CONFIGKEY1\"]\napi_key=\"x\"\n",
	} {
		dir := t.TempDir()
		mustWrite(t, filepath.Join(dir, "config.toml"), config)
		_, _, err := (&options{Config: filepath.Join(dir, "config.toml")}).readConfig(nil)
		if err == nil || strings.Contains(err.Error(), "CONFIGKEY") {
			t.Errorf("%q: %v", config, err)
		}
	}
	if got := unknownSetting("legacy-latenci"); got != `"legacy-latenci"` {
		t.Errorf("a name that is only misspelt: %s", got)
	}
}

func TestDoctorTellsLimitsAndKeys(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	mustWrite(t, filepath.Join(dir, ".env"), "OPENAI_API_KEY="+canary+"\n")
	mustWrite(t, filepath.Join(dir, "config.toml"), "[limits]\nchanges-per-hour = 7\nturns-per-minute = -1\nsteps-per-plan = 3\n[budget]\nday = 2.5\n")
	if err := os.Chmod(filepath.Join(dir, ".env"), 0o644); err != nil {
		t.Fatal(err)
	}
	got := banyan(t, dir, "", "doctor", "--config", "config.toml", "--backend", "offline")
	for _, want := range []string{"7 changes an hour", "any number of turns a minute for each user", "3 steps in a plan", "2.50 USD a day", "OPENAI_API_KEY is set in .env", "others may read .env"} {
		if !strings.Contains(got.out, want) {
			t.Errorf("no %q in\n%s", want, got.out)
		}
	}
	got = banyan(t, dir, "", "doctor", "--backend", "openai", "--base-url", "no address")
	if !strings.Contains(got.out, "base URL") || strings.Contains(got.out, "--data") {
		t.Errorf("a bad base URL is told as\n%s", got.out)
	}
	for _, bad := range []string{"turns-per-minute = 0", "changes-per-hour = -5", "message-length = 0"} {
		mustWrite(t, filepath.Join(dir, "config.toml"), "[limits]\n"+bad+"\n")
		if got := banyan(t, dir, "", "ask", "--config", "config.toml", "hello"); got.status != exitUsage || !strings.Contains(got.err, bad+": it must be above zero") {
			t.Errorf("%s: %+v", bad, got)
		}
	}
	mustWrite(t, filepath.Join(dir, "config.toml"), "[limits]\nsteps-per-plan = -1\n")
	if got := banyan(t, dir, "", "ask", "--config", "config.toml", "hello"); got.status != exitUsage || !strings.Contains(got.err, "steps-per-plan") {
		t.Errorf("%+v", got)
	}
}

// TestLimitsHold shows that the config file's limits reach the kernel.
func TestLimitsHold(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		limits limitSettings
		say    []string
		code   string
	}{
		{limitSettings{TurnsPerMinute: 1, TurnsAtOnce: 1}, []string{"hello", "hello"}, orchestrator.CodeRateLimited},
		{limitSettings{AllTurnsPerMinute: 1, AllTurnsAtOnce: 1}, []string{"hello", "hello"}, orchestrator.CodeRateLimited},
		{limitSettings{TurnsPerConversation: 1}, []string{"hello", "hello"}, orchestrator.CodeConversationFull},
		{limitSettings{ChangesPerHour: 1}, []string{"cancel order 1003", "file a complaint: the mug is broken"}, orchestrator.CodeTooManyChanges},
		{limitSettings{MessageLength: 3}, []string{"hello"}, orchestrator.CodeTooLong},
	} {
		t.Run(fmt.Sprintf("%s-%v", tc.code, tc.limits.TurnsPerMinute), func(t *testing.T) {
			a := mustApp(t, &options{Backend: offlineName, Harm: tc.limits})
			defer func() { _ = a.Close() }()
			var last orchestrator.Turn
			for _, message := range tc.say {
				last = mustSay(t, a, message)
			}
			if last.Problem == nil || last.Problem.Code != tc.code {
				t.Errorf("%s: %+v %s", tc.code, last.Problem, last.Answer)
			}
		})
	}
}
