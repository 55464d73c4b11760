package main

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"banyan/memory"
	"banyan/orchestrator"
)

// holderEnds is how often the process that holds the store is ended; `make soak`
// says 200.
var holderEnds = flag.Int("holder-ends", 5, "how often TestEndOfHolder ends a process, in each way")

// client is `banyan ask --json` with lines on its standard input.
type client struct {
	messages []string
	cmd      *exec.Cmd
	out, err bytes.Buffer
	printed  func() // is called whenever something was printed
}

// Write takes what the client prints.
func (c *client) Write(p []byte) (int, error) {
	c.printed()
	return c.out.Write(p)
}

func startClient(t *testing.T, dir, email string, printed func(), messages ...string) *client {
	t.Helper()
	c := &client{messages: messages, printed: printed, cmd: command(t, dir, "ask", "--json", "--email", email)}
	c.cmd.Stdin, c.cmd.Stdout, c.cmd.Stderr = strings.NewReader(strings.Join(messages, "\n")), c, &c.err
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return c
}

// turns waits for the client and returns what it printed: one turn for every
// message, in their order.
func (c *client) turns(t *testing.T) []orchestrator.Turn {
	t.Helper()
	err := c.cmd.Wait()
	var turns []orchestrator.Turn
	for line := range strings.Lines(c.out.String()) {
		turns = append(turns, mustTurn(t, line))
	}
	if err != nil || len(turns) != len(c.messages) {
		t.Errorf("%v: %d messages, %d turns\n%s", err, len(c.messages), len(turns), c.err.String())
		return turns
	}
	for i, turn := range turns {
		if turn.Message != c.messages[i] || turn.Conversation != turns[0].Conversation || turn.Kind == orchestrator.KindError {
			t.Errorf("message %d, %q: turn %s of %s, %s: %s", i, c.messages[i], turn.ID, turn.Conversation, turn.Kind, turn.Answer)
		}
	}
	return turns
}

// TestEndOfHolder ends the process that holds the store, again and again, while
// others ask and change things through it: they go on by themselves, no message is
// lost and none has two turns.
func TestEndOfHolder(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*exec.Cmd, io.Writer){
		"Killed":      func(c *exec.Cmd, _ io.Writer) { _ = c.Process.Kill() },
		"Leaves":      func(_ *exec.Cmd, in io.Writer) { _ = in.(io.Closer).Close() },
		"Interrupted": func(c *exec.Cmd, _ io.Writer) { _ = c.Process.Signal(os.Interrupt) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			testEndOfHolder(t, end)
		})
	}
}

func testEndOfHolder(t *testing.T, end func(*exec.Cmd, io.Writer)) {
	dir := t.TempDir()
	seed := rand.Uint64()
	rng := rand.New(rand.NewPCG(seed, 0))
	t.Logf("seed %d", seed)
	shown := map[string][]orchestrator.Turn{} // by conversation
	recovered := 0
	for n := range *holderEnds {
		holder, in, out := startAsk(t, dir)
		if _, err := out.ReadString('\n'); err != nil {
			t.Fatal(err)
		}
		// It ends shortly after so many turns of the others, or after their start.
		after, late := rng.IntN(12), time.Duration(rng.IntN(5000))*time.Microsecond
		var printed atomic.Int32
		turn := func() {
			if printed.Add(1) == int32(after) {
				time.AfterFunc(late, func() { end(holder, in) })
			}
		}
		if after == 0 {
			time.AfterFunc(10*late, func() { end(holder, in) })
		}
		var clients []*client
		for i, email := range []string{"ada@example.com", "ben@example.com", "dora@example.com"} {
			clients = append(clients, startClient(t, dir, email, turn,
				"what is my phone number?", fmt.Sprintf("change my phone number to +47 400 %02d %03d", i, n%1000), "yes",
				"how many loyalty points do I have?", "what is my phone number?"))
		}
		for _, c := range clients {
			turns := c.turns(t)
			for _, turn := range turns {
				if turn.Recovered {
					recovered++
				}
			}
			if len(turns) > 0 {
				shown[turns[0].Conversation] = turns
			}
		}
		kill(t, holder)
	}
	stored := storedTurns(t, dir)
	total := 0
	for id, turns := range shown {
		if len(stored[id]) != len(turns) {
			t.Errorf("conversation %s: %d turns printed, %d stored", id, len(turns), len(stored[id]))
			continue
		}
		for i, turn := range turns {
			total++
			if s := stored[id][i]; s.ID != turn.ID || s.Answer != turn.Answer {
				t.Errorf("conversation %s: turn %s printed, %s stored", id, turn.ID, s.ID)
			}
		}
	}
	t.Logf("%d ends, %d turns printed, as many stored, %d of them recovered", *holderEnds, total, recovered)
}

// storedTurns returns what is stored, by conversation.
func storedTurns(t *testing.T, dir string) map[string][]orchestrator.Turn {
	t.Helper()
	store, err := memory.Open(dir+"/.local/share/banyan/banyan.db", memory.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	if err := store.Check(); err != nil {
		t.Error(err)
	}
	stored := map[string][]orchestrator.Turn{}
	for turn, err := range store.All(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		stored[turn.Conversation] = append(stored[turn.Conversation], turn)
	}
	return stored
}

// TestAskBesideAChat asks from a hundred other processes while a chat is open, and
// changes routes from others.
func TestAskBesideAChat(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	chat := startTerminalIn(t, dir, 120, 40, true, "--email", "ada@example.com")
	chat.see("Hello Ada")
	chat.send("where is my kettle?\r")
	chat.see("1002", "stored")
	const processes, atOnce = 100, 4
	work := make(chan int)
	var wg sync.WaitGroup
	var mu sync.Mutex // guards printed
	printed := map[string]orchestrator.Turn{}
	for range atOnce {
		wg.Go(func() {
			for n := range work {
				email := []string{"ben@example.com", "dora@example.com", "cleo@example.com"}[n%3]
				message := "what is my phone number?"
				if n%10 == 5 {
					route := []string{"legacy", "modern", "shadow", "canary=25"}[n/10%4]
					if got := banyan(t, dir, "", "routes", "set", "get_order", route); got.status != 0 {
						t.Errorf("route %d: status %d: %s%s", n, got.status, got.out, got.err)
					}
				}
				if n%10 == 0 {
					message = fmt.Sprintf("change my phone number to +47 400 00 %03d", n)
				}
				got := banyan(t, dir, "", "ask", "--json", "--yes", "--email", email, message)
				if got.status != 0 || got.err != "" {
					t.Errorf("process %d: status %d: %s%s", n, got.status, got.out, got.err)
					continue
				}
				mu.Lock()
				turn := mustTurn(t, got.out)
				printed[turn.ID] = turn
				mu.Unlock()
			}
		})
	}
	for n := range processes {
		work <- n
	}
	close(work)
	wg.Wait()
	chat.send("where is my kettle?\r") // it has not been disturbed
	chat.see("stored")
	chat.send("\x03\x03")
	chat.ends()
	stored := 0
	for _, turns := range storedTurns(t, dir) {
		for _, turn := range turns {
			if printed[turn.ID].Answer == turn.Answer && turn.Answer != "" {
				stored++
			}
		}
	}
	if len(printed) != processes || stored != processes {
		t.Errorf("%d turns of %d processes printed, %d stored", len(printed), processes, stored)
	}
}
