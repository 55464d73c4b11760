package tui

import (
	"context"
	"fmt"
	"os"
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
	if err := Run(context.Background(), cfg); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
