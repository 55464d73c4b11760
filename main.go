// Banyan is a chatbot in the terminal that shows the strangler fig pattern at
// work: it routes what people ask for to a legacy monolith or to the
// microservices that are taking over from it.
//
// main wires everything; every command has a file of its own beside this one.
package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"charm.land/fang/v2"
	"github.com/spf13/cobra"

	"banyan/orchestrator"
)

// The exit statuses that programs may rely on.
const (
	exitFailed      = 1   // the work was not done
	exitUsage       = 2   // the command line or the configuration is wrong
	exitUnconfirmed = 3   // a confirmation is needed and nobody could give it
	exitInterrupted = 130 // by Ctrl+C or a signal
)

// exit ends the program with a status. Err may be nil: then everything has been
// said.
type exit struct {
	status int
	err    error
}

func (e *exit) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

func (e *exit) Unwrap() error { return e.err }

// failed and wrong are the usual ends.
func failed(err error) error { return &exit{exitFailed, err} }

func wrong(format string, args ...any) error {
	return &exit{exitUsage, fmt.Errorf(format, args...)}
}

func main() { os.Exit(run()) }

// collectRarely lets the heap, which is a few megabytes, grow to five times its
// size before it is collected. It saves a third of the time of a turn.
func collectRarely() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400)
	}
}

func run() int {
	collectRarely()
	t := &trip{args: os.Args[1:], trail: trail{Token: rand.Text()}, input: newInput(os.Stdin)}
	for first := true; ; first = false {
		err := execute(t, first)
		var h *held
		if !errors.As(err, &h) {
			return exitStatus(err)
		}
		if status, over := h.visit(t); over {
			return status
		}
	}
}

// execute runs the command line. What it read before, in another process, it does
// not read again.
func execute(t *trip, first bool) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	root := commandLine(&options{trip: t})
	if !first {
		root.SetIn(t.input)
	}
	return fang.Execute(ctx, root, fang.WithVersion(version()), fang.WithErrorHandler(sayError))
}

// sayError prints an error for people, through the gate.
func sayError(w io.Writer, _ fang.Styles, err error) {
	if errors.As(err, new(*held)) {
		return // it has only just begun
	}
	if text := err.Error(); text != "" && !errors.Is(err, context.Canceled) {
		_, _ = fmt.Fprintln(w, "banyan: "+orchestrator.Printable(hideKeys(text)))
	}
}

// version is what the build knows of itself.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "0.1.0-dev"
	}
	return info.Main.Version
}

// rootCommand is the command line of this process alone.
func rootCommand() *cobra.Command { return commandLine(&options{}) }

// commandLine is the command line with the options that its commands fill and use.
func commandLine(o *options) *cobra.Command {
	root := &cobra.Command{
		Use:   "banyan",
		Short: "The chat that grows around your monolith",
		Long: "Banyan is a chatbot in the terminal. It plans what you ask for, and routes every\n" +
			"intent to a legacy monolith or to the microservice that takes over from it.\n" +
			"Without a command it opens the chat.",
		Example: "banyan\nbanyan ask --email ada@example.com \"where is my kettle?\"\nbanyan intents",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return chat(cmd, o) },
	}
	o.register(root)
	root.AddCommand(askCommand(o), intentsCommand(o), conversationsCommand(o), resetCommand(o), doctorCommand(o), evalCommand(o), playbookCommand(o), auditCommand(o), keyCommand(o), syncCommand(o),
		routesCommand(o), reportCommand(o), replayCommand(o), chaosCommand(o), demoCommand(o))
	return root
}
