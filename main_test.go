package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"banyan/memory"
	"banyan/orchestrator"
)

// asBanyan makes the test binary be the program itself.
const asBanyan = "BANYAN_TEST_BE_THE_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asBanyan) != "" {
		os.Exit(run())
	}
	if dir := os.Getenv(asTill); dir != "" {
		os.Exit(beTill(dir))
	}
	os.Exit(m.Run())
}

// command is the program as a child process, with an environment of its own.
func command(t testing.TB, dir string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], args...)
	cmd.Dir = dir
	cmd.Env = []string{asBanyan + "=1", "HOME=" + dir, "PATH=" + os.Getenv("PATH"), "BANYAN_LEGACY_LATENCY=0"}
	return cmd
}

type ran struct {
	out, err string
	status   int
}

func banyan(t testing.TB, dir, in string, args ...string) ran {
	t.Helper()
	return finish(t, command(t, dir, args...), in)
}

func finish(t testing.TB, cmd *exec.Cmd, in string) ran {
	t.Helper()
	var out, errs bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(in), &out, &errs
	err := cmd.Run()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		t.Fatal(err)
	}
	return ran{out.String(), errs.String(), cmd.ProcessState.ExitCode()}
}

// TestCommandLine runs every command, by itself and through another process that has
// the data folder open: there is no difference.
func TestCommandLine(t *testing.T) {
	t.Parallel()
	t.Run("Alone", func(t *testing.T) {
		t.Parallel()
		testCommandLine(t, t.TempDir())
	})
	t.Run("BesideAnother", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		startHolder(t, dir)
		testCommandLine(t, dir)
	})
}

func testCommandLine(t *testing.T, dir string) {
	ada := []string{"--email", "ada@example.com"}
	ask := func(args ...string) []string { return append(append([]string{"ask"}, ada...), args...) }
	for _, tc := range []struct {
		name     string
		args     []string
		in       string
		status   int
		out, err string // parts
	}{
		{"Version", []string{"--version"}, "", 0, "banyan", ""},
		{"Help", []string{"--help"}, "", 0, "ask", ""},
		{"Man", []string{"man"}, "", 0, ".TH", ""},
		{"Completion", []string{"completion", "bash"}, "", 0, "banyan", ""},
		{"ChatWithoutTerminal", nil, "", exitUsage, "", "banyan ask"},
		{"UnknownCommand", []string{"dance"}, "", exitUsage, "", "dance"},
		{"UnknownFlag", []string{"ask", "--dance"}, "", exitUsage, "", "dance"},
		{"Ask", ask("what's", "the", "status", "of", "order", "1003?"), "", 0, "processing", ""},
		{"AskLines", ask(), "status of order 1003\n\n  \nand 1002?\n", 0, "1002", ""},
		{"AskDash", ask("-"), "status of order 1003\n", 0, "processing", ""},
		{"AskBlankEnd", ask(), "status of order 1003\n\n  ", 0, "processing", ""},
		{"AskHalfLine", ask(), "status of order 1003", 0, "processing", ""},
		{"AskNobody", []string{"ask", "hello"}, "", exitUsage, "", "--email"},
		{"AskUnknown", []string{"ask", "--email", "eve@example.com", "hello"}, "", exitUsage, "", "eve@example.com"},
		{"AskEmpty", ask(""), "", exitFailed, "Nothing was done", ""},
		{"AskTooLong", ask(), strings.Repeat("x", 20_000) + "\n", exitFailed, "20000 characters", ""},
		{"AskThenGoesOn", ask(), strings.Repeat("x", 20_000) + "\nstatus of order 1003\n", 0, "processing", ""},
		{"NeedsYes", ask("cancel order 1003"), "", exitUnconfirmed, "1003", "--yes"},
		{"NextLineIsNo", ask(), "cancel order 1003\nno\n", 0, "", ""},
		{"Yes", ask("--yes", "cancel order 1003"), "", 0, "cancelled", ""},
		{"Continue", ask("--continue", "and 1002?"), "", 0, "1002", ""},
		{"UnknownConversation", ask("--conversation", "none", "hello"), "", exitUsage, "", "none"},
		{"BadBackend", ask("--backend", "oracle", "hello"), "", exitUsage, "", "offline"},
		{"BadLatency", ask("--legacy-latency", "slow", "hello"), "", exitUsage, "", "slow"},
		{"Intents", []string{"intents"}, "", 0, "cancel_order", ""},
		{"IntentsJSON", []string{"intents", "--json"}, "", 0, `"route":"modern"`, ""},
		{"Conversations", []string{"conversations"}, "", 0, "ada@example.com", ""},
		{"ConversationsOfNobody", []string{"conversations", "--email", "ben@example.com"}, "", 0, "no conversations", ""},
		{"Search", []string{"conversations", "search", "1003"}, "", 0, "1003", ""},
		{"Export", []string{"conversations", "export"}, "", 0, "# Conversation", ""},
		{"ExportJSON", []string{"conversations", "export", "--format", "json"}, "", 0, `"turn":`, ""},
		{"ExportOther", []string{"conversations", "export", "--format", "xml"}, "", exitUsage, "", "xml"},
		{"ShowUnknown", []string{"conversations", "show", "none"}, "", exitFailed, "", "none"},
		{"DeleteUnknown", []string{"conversations", "delete", "--yes", "none"}, "", exitFailed, "", "none"},
		{"Doctor", []string{"doctor"}, "", 0, "backend", ""},
		{"Playbook", []string{"playbook", "run", "guided_return", "order_id=4001", "reason=too small", "--email", "dora@example.com"}, "", exitUnconfirmed, "4001", ""},
		{"PlaybookAsks", []string{"playbook", "run", "guided_return", "order_id=4001", "--email", "dora@example.com"}, "", 0, "?", ""},
		{"PlaybookUnknown", []string{"playbook", "run", "nothing", "--email", "dora@example.com"}, "", exitUsage, "", "nothing"},
		{"ResetNeedsYes", []string{"reset"}, "", exitUnconfirmed, "", "--yes"},
		{"Reset", []string{"reset", "--yes"}, "", 0, "as it was", ""},
		{"AfterReset", ask("status of order 1003"), "", 0, "processing", ""},
		{"ResetAll", []string{"reset", "--yes", "--conversations"}, "", 0, "Deleted", ""},
		{"NoConversations", []string{"conversations", "list"}, "", 0, "no conversations", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := banyan(t, dir, tc.in, tc.args...)
			if got.status != tc.status || !strings.Contains(got.out, tc.out) || !strings.Contains(got.err, tc.err) {
				t.Errorf("status %d\nout: %s\nerr: %s", got.status, got.out, got.err)
			}
			if tc.status == 0 && got.out == "" {
				t.Error("nothing on standard output")
			}
		})
	}
	if beside := banyan(t, dir, "", "doctor"); strings.Contains(beside.out, "holder") != strings.HasSuffix(t.Name(), "BesideAnother") {
		t.Errorf("who holds the data folder: %s", beside.out)
	}
	info, err := os.Stat(filepath.Join(dir, ".local", "share", "banyan", "banyan.db"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the store: %v, %v", info, err)
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, flag, env, dotenv, config string
		want                            string // who asked
		status                          int
	}{
		{"Flag", "ada", "ben", "cleo", "dora", "ada", 0},
		{"Environment", "", "ben", "cleo", "dora", "ben", 0},
		{"DotEnv", "", "", "cleo", "dora", "cleo", 0},
		{"Config", "", "", "", "dora", "dora", 0},
		{"Nothing", "", "", "", "", "", exitUsage},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := t.TempDir()
			mail := func(name string) string { return name + "@example.com" }
			args := []string{"ask", "--json", "hello"}
			if tc.flag != "" {
				args = append(args, "--email", mail(tc.flag))
			}
			cmd := command(t, dir, args...)
			if tc.env != "" {
				cmd.Env = append(cmd.Env, "BANYAN_EMAIL="+mail(tc.env))
			}
			if tc.dotenv != "" {
				mustWrite(t, filepath.Join(dir, ".env"), "BANYAN_EMAIL="+mail(tc.dotenv)+"\n")
			}
			if tc.config != "" {
				mustWrite(t, filepath.Join(dir, ".config", "banyan", "config.toml"), "email = \""+mail(tc.config)+"\"\n")
			}
			got := finish(t, cmd, "")
			if got.status != tc.status || (tc.want != "" && !strings.Contains(got.out, `"user":"`+mail(tc.want)+`"`)) {
				t.Errorf("status %d\n%s\n%s", got.status, got.out, got.err)
			}
		})
	}
	for name, config := range map[string]string{"UnknownKey": "colour = 1\n", "NotTOML": "email = \n", "WrongValue": "ascii = \"perhaps\"\n"} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			file := filepath.Join(dir, "c.toml")
			mustWrite(t, file, config)
			args := []string{"intents", "--config", file}
			if name == "WrongValue" {
				args = []string{"--config", file} // a setting of the chat
			}
			if got := banyan(t, dir, "", args...); got.status != exitUsage || !strings.Contains(got.err, file) {
				t.Errorf("status %d: %s", got.status, got.err)
			}
		})
	}
}

func mustWrite(t testing.TB, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestJSON checks the form that programs rely on.
func TestJSON(t *testing.T) {
	t.Parallel()
	got := banyan(t, t.TempDir(), "cancel my latest order if it has not shipped\nyes\n", "ask", "--json", "--email", "ada@example.com")
	if got.status != 0 {
		t.Fatalf("status %d: %s", got.status, got.err)
	}
	var turns []map[string]any
	for line := range strings.Lines(got.out) {
		var turn map[string]any
		if err := json.Unmarshal([]byte(line), &turn); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		turns = append(turns, turn)
	}
	if len(turns) != 2 || turns[0]["kind"] != "confirmation" || turns[1]["kind"] != "answer" || turns[0]["conversation"] != turns[1]["conversation"] {
		t.Fatal(got.out)
	}
	for _, turn := range turns {
		for _, key := range []string{"conversation", "turn", "user", "message", "kind", "answer", "steps", "usage", "duration_ms"} {
			if _, ok := turn[key]; !ok {
				t.Errorf("%s is missing", key)
			}
		}
		usage, _ := turn["usage"].(map[string]any)
		for _, key := range []string{"backend", "model", "model_calls", "input_tokens", "output_tokens", "cost_usd"} {
			if _, ok := usage[key]; !ok {
				t.Errorf("usage.%s is missing", key)
			}
		}
	}
	steps, _ := turns[1]["steps"].([]any)
	last, _ := steps[len(steps)-1].(map[string]any)
	condition, _ := last["condition"].(map[string]any)
	if last["intent"] != "cancel_order" || last["status"] != "done" || last["route"] != "modern" || last["service"] != "order" ||
		condition["met"] != true || condition["by"] != "cel" || condition["expr"] == "" || condition["text"] == "" {
		t.Errorf("the last step: %v", last)
	}
}

// startHolder starts a process that has the data folder open until the test ends.
func startHolder(t testing.TB, dir string) *exec.Cmd {
	t.Helper()
	cmd, _, out := startAsk(t, dir)
	t.Cleanup(func() { kill(t, cmd) })
	if _, err := out.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	return cmd
}

// startAsk starts `ask --json` on its standard input and asks a first thing.
func startAsk(t testing.TB, dir string) (*exec.Cmd, io.Writer, *bufio.Reader) {
	t.Helper()
	cmd := command(t, dir, "ask", "--json", "--email", "ada@example.com")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(in, "status of order 1003\n"); err != nil {
		t.Fatal(err)
	}
	return cmd, in, bufio.NewReader(out)
}

func kill(t testing.TB, cmd *exec.Cmd) {
	t.Helper()
	if err := cmd.Process.Signal(syscall.SIGKILL); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it was killed
}

// TestKill kills the program at random moments while it asks and changes things,
// and compares the store with what was printed: the parent's log.
func TestKill(t *testing.T) {
	t.Parallel()
	const kills = 50
	dir := t.TempDir()
	seed := rand.Uint64()
	rng := rand.New(rand.NewPCG(seed, 0))
	t.Logf("seed %d", seed)
	var printed []orchestrator.Turn
	for range kills {
		cmd, in, out := startAsk(t, dir)
		go func() { // ends when the pipe breaks
			for i := range 1000 {
				message := []string{"change my phone number to +47 400 00 123\nyes\n", "where is my kettle?\n", "subscribe me to the newsletter\nyes\n"}[i%3]
				if _, err := io.WriteString(in, message); err != nil {
					return
				}
			}
		}()
		// It is killed after so many turns, or so long after the first one.
		wait, late := 1+rng.IntN(40), time.Duration(rng.IntN(60))*time.Millisecond
		var timer *time.Timer
		for range wait {
			line, err := out.ReadString('\n')
			if err != nil {
				break
			}
			printed = append(printed, mustTurn(t, line))
			if timer == nil {
				timer = time.AfterFunc(late, func() { _ = cmd.Process.Kill() })
			}
		}
		kill(t, cmd)
		if timer != nil {
			timer.Stop()
		}
		for { // what had been printed when it was killed
			line, err := out.ReadString('\n')
			if err != nil {
				break
			}
			printed = append(printed, mustTurn(t, line))
		}
	}
	store, err := memory.Open(filepath.Join(dir, ".local", "share", "banyan", "banyan.db"), memory.Options{})
	if err != nil {
		t.Fatalf("after %d kills: %v", kills, err)
	}
	defer func() { _ = store.Close() }()
	if err := store.Check(); err != nil {
		t.Errorf("after %d kills: %v", kills, err)
	}
	stored := map[string]orchestrator.Turn{}
	for turn, err := range store.All(context.Background(), "") {
		if err != nil {
			t.Fatal(err)
		}
		if _, twice := stored[turn.ID]; twice {
			t.Errorf("turn %s is stored twice", turn.ID)
		}
		stored[turn.ID] = turn
	}
	lost := 0
	for _, turn := range printed {
		if stored[turn.ID].Answer != turn.Answer {
			lost++
		}
	}
	t.Logf("%d kills, %d turns printed, %d stored, %d lost", kills, len(printed), len(stored), lost)
	if lost > 0 || len(printed) < kills {
		t.Errorf("%d of %d printed turns are lost", lost, len(printed))
	}
}

func mustTurn(t testing.TB, line string) orchestrator.Turn {
	t.Helper()
	var turn orchestrator.Turn
	if err := json.Unmarshal([]byte(line), &turn); err != nil {
		t.Fatalf("%v: %s", err, line)
	}
	return turn
}

// TestGate asks with what a terminal might obey, and finds none of it in any
// output.
func TestGate(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	evil := "file a complaint: \x1b]52;c;aGk=\x07 \u009b31m \u202e \u200b \x1b[2J the mug is broken"
	banyan(t, dir, "", "ask", "--yes", "--email", "ada@example.com", evil)
	for _, args := range [][]string{
		{"ask", "--email", "ada@example.com", evil},
		{"ask", "--json", "--email", "ada@example.com", evil},
		{"ask", "--email", evil, "hello"},
		{"ask", "--email", "ada@example.com", "--conversation", evil, "hello"},
		{"conversations"},
		{"conversations", "export"},
		{"conversations", "export", "--format", "json"},
		{"conversations", "search", "complaint"},
		{"conversations", "show", evil},
		{"intents"},
		{"doctor"},
		{"doctor", "--backend", evil},
	} {
		got := banyan(t, dir, "", args...)
		for _, text := range []string{got.out, got.err} {
			if text != orchestrator.Printable(text) {
				t.Errorf("%.40q: %q", args, text)
			}
		}
	}
}
