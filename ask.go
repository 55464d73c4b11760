package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"banyan/orchestrator"
)

// asker runs turns without the TUI.
type asker struct {
	app          *app
	user         orchestrator.User
	conversation string
	as           string // the customer for whom staff act
	json, yes    bool
	out, err     io.Writer
	tellsSent    bool
	told         int // the number of the last request that was told
	last         orchestrator.Turn
	turns        int    // that were dealt with
	planned      func() // is called once a turn was run; nil: nobody waits for that
}

func askCommand(o *options) *cobra.Command {
	var a asker
	var goOn bool
	cmd := &cobra.Command{
		Use:   "ask [MESSAGE…]",
		Short: "Ask without the chat screen",
		Long: "The arguments are one message. Without arguments, or with \"-\", each line of standard\n" +
			"input is one turn of the same conversation. A change waits for a yes: the next line,\n" +
			"or --yes. Exit status 3 means that a yes was needed and nobody could give it.",
		Example: "banyan ask --email ben@example.com \"where is my teapot?\"\n" +
			"banyan ask --email ada@example.com --yes \"cancel my latest order\"\n" +
			"printf 'cancel my latest order\\nyes\\n' | banyan ask --email ada@example.com --json",
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			if err := o.load(cmd); err != nil {
				return err
			}
			app, err := open(ctx, o, "banyan ask")
			if err != nil {
				return err
			}
			a.app, a.out, a.err = app, cmd.OutOrStdout(), cmd.ErrOrStderr()
			status := a.run(ctx, args, cmd.InOrStdin(), goOn)
			if err := app.Close(); err != nil && status == nil {
				return failed(err)
			}
			return status
		},
	}
	a.register(cmd, o, &goOn)
	return cmd
}

// register adds the flags of the commands that run turns without the screen.
func (a *asker) register(cmd *cobra.Command, o *options, goOn *bool) {
	f := cmd.Flags()
	f.BoolVar(&a.json, "json", false, "print one JSON object a line for every turn")
	f.BoolVar(&a.tellsSent, "sent", false, "print on standard error what was sent to models on other machines")
	f.BoolVar(&a.yes, "yes", false, "confirm all changes beforehand")
	f.StringVar(&a.conversation, "conversation", "", "go on with the conversation of this ID")
	f.StringVar(&a.as, "as", "", "for staff: the customer to act for, by email or name")
	f.BoolVar(goOn, "continue", false, "go on with the latest conversation")
	o.registerGoal(cmd)
	cmd.MarkFlagsMutuallyExclusive("conversation", "continue")
}

func (a *asker) run(ctx context.Context, args []string, in io.Reader, goOn bool) error {
	var err error
	if a.user, err = a.app.user(ctx); err != nil {
		return err
	}
	if err := a.choose(ctx, goOn); err != nil {
		return err
	}
	t, single := a.app.opts.trail(), len(args) > 0 && (len(args) != 1 || args[0] != "-")
	first := strings.Join(args, " ")
	a.tellRecovered()
	switch {
	case t.Conversation != "":
		if line := strings.TrimRight(t.Line, "\r\n"); t.Turns > 0 || !single {
			err = a.goOn(ctx, t, line, strings.TrimSpace(line) != "")
		} else {
			err = a.goOn(ctx, t, first, true)
		}
	case single:
		err = a.turn(ctx, first)
	}
	if err != nil {
		return err
	}
	terminal := typed(in)
	lines := bufio.NewReader(in)
	for !single || terminal && a.last.Kind == orchestrator.KindConfirmation {
		more, err := a.line(ctx, lines)
		if err != nil {
			return err
		}
		if !more || ctx.Err() != nil {
			break
		}
	}
	return a.status(ctx)
}

// choose finds the conversation to go on with, or starts a new one, and notes it
// before anything is asked in it.
func (a *asker) choose(ctx context.Context, goOn bool) error {
	if t := a.app.opts.trail(); t.Conversation != "" {
		a.conversation, a.turns = t.Conversation, t.Turns
		return nil
	}
	if err := a.find(ctx, goOn); err != nil {
		return err
	}
	turns, err := a.app.kernel.Turns(ctx, a.user, a.conversation, 1)
	if err != nil {
		return failed(err)
	}
	t := trail{Conversation: a.conversation, User: a.user.Email}
	if len(turns) > 0 {
		t.Last = turns[0].ID
	}
	a.app.opts.reached(t)
	return nil
}

func (a *asker) find(ctx context.Context, goOn bool) error {
	if a.conversation != "" {
		turns, err := a.app.kernel.Turns(ctx, a.user, a.conversation, 1)
		if err != nil {
			return failed(err)
		}
		if len(turns) == 0 {
			return wrong("there is no conversation %q of %s; \"banyan conversations list\" shows what there is", a.conversation, a.user.Email)
		}
		return nil
	}
	if goOn {
		infos, err := a.app.kernel.Conversations(ctx, a.user, 1)
		if err != nil {
			return failed(err)
		}
		if len(infos) > 0 {
			a.conversation = infos[0].ID
			return nil
		}
		_, _ = fmt.Fprintln(a.err, "There is no earlier conversation; this is a new one.")
	}
	a.conversation = a.app.kernel.NewConversation()
	return nil
}

// maxLine bounds what is kept of one line of input, in bytes; the kernel's own
// limit is far below and says so.
const maxLine = 1 << 20

// line runs one line of input as a turn. It returns false at the end of input.
func (a *asker) line(ctx context.Context, r *bufio.Reader) (more bool, err error) {
	text, err := readLine(r)
	if err != nil && !errors.Is(err, io.EOF) {
		return false, failed(fmt.Errorf("standard input cannot be read: %w", err))
	}
	if strings.TrimSpace(text) != "" {
		if err := a.turn(ctx, text); err != nil {
			return false, err
		}
	}
	return err == nil, nil
}

func readLine(r *bufio.Reader) (string, error) {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		if len(line) < maxLine {
			line = append(line, part...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return strings.TrimRight(string(line), "\r\n"), err
		}
	}
}

func (a *asker) turn(ctx context.Context, message string) error {
	over, err := a.app.opts.begin()
	if err != nil {
		return err
	}
	defer over()
	turn, err := a.app.kernel.Turn(ctx, orchestrator.Request{
		Conversation: a.conversation, User: a.user, Message: message, Yes: a.yes, As: a.as, Goal: a.app.opts.Goal, Answers: a.last.ID,
	})
	if a.planned != nil {
		a.planned()
		a.planned = nil
	}
	if ctx.Err() != nil && turn.ID == "" {
		return &exit{status: exitInterrupted}
	}
	if err != nil {
		return failed(err)
	}
	return a.deal(turn)
}

// deal prints a turn and notes that it is dealt with.
func (a *asker) deal(turn orchestrator.Turn) error {
	a.last = turn
	a.tellSent()
	a.tellStanding(turn)
	if a.json {
		if err := writeJSONLine(a.out, turn); err != nil {
			return err
		}
	} else if _, err := fmt.Fprintln(a.out, orchestrator.Printable(turn.Answer)); err != nil {
		return failed(err)
	}
	a.turns++
	a.app.opts.reached(trail{Conversation: a.conversation, User: a.user.Email, Last: turn.ID, Turns: a.turns})
	return nil
}

// writeJSONLine writes a value on one line. What a terminal might obey is escaped, so
// that the line is safe to look at and still decodes to the same values.
func writeJSONLine(out io.Writer, v any) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return failed(err)
	}
	if _, err := io.WriteString(out, escapeUnprintable(b.String())); err != nil {
		return failed(err)
	}
	return nil
}

// escapeUnprintable replaces the characters of a JSON text that the gate would
// not let through by \u escapes. They can only stand inside strings.
func escapeUnprintable(s string) string {
	if orchestrator.Printable(s) == s {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case r < 0x7f || orchestrator.Printable(string(r)) == string(r):
			b.WriteRune(r)
		case r > 0xffff:
			r -= 0x10000
			fmt.Fprintf(&b, `\u%04x\u%04x`, 0xd800+(r>>10), 0xdc00+(r&0x3ff))
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}

// status is how the program ends after its last turn.
func (a *asker) status(ctx context.Context) error {
	switch {
	case ctx.Err() != nil:
		return &exit{status: exitInterrupted}
	case a.last.Kind == orchestrator.KindConfirmation:
		_, _ = fmt.Fprintln(a.err, "A yes is needed and nobody was there to give it. Nothing was changed. Run it again with --yes, or go on with --continue yes.")
		return &exit{status: exitUnconfirmed}
	case a.last.Kind == orchestrator.KindError:
		return &exit{status: exitFailed}
	}
	return nil
}
