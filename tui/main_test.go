package tui

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"testing"
	"time"
)

// TestMain lets the test binary be the chat itself, on the fake kernel: that is
// what the tests in a pseudo-terminal run.
func TestMain(m *testing.M) {
	if os.Getenv("BANYAN_TUI_CHILD") == "" {
		os.Exit(m.Run())
	}
	k, in := newFakeKernel(time.Now), newFakeIntegrations()
	in.k = k
	cfg := Config{Kernel: k, Integrations: in, Accounts: fakeAccounts(), NoAnimation: os.Getenv("BANYAN_TUI_STILL") != ""}
	// The program's own context ends with the first signal, as in main.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	err := Run(ctx, cfg)
	if errors.Is(err, ErrInterrupted) {
		// What is typed from here on is for whoever reads next.
		fmt.Println("the end, and a line please")
		line, _ := bufio.NewReader(os.Stdin).ReadString('\n') // its end is an empty line
		fmt.Println("read after the end:", line)
		os.Exit(130) //nolint:gocritic // the end of the process
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
