package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"banyan/orchestrator"
	"banyan/orchestrator/audit"
)

// auditPath is where the audit log is: beside the store.
func (a *app) auditPath() string {
	return filepath.Join(filepath.Dir(a.store.Path()), "audit.log")
}

func auditCommand(o *options) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "audit",
		Short: "Show and verify the log of who did what to whom",
		Long: "The log is only ever appended to, and its entries are chained by hashes. Of the arguments only\n" +
			"numbers and keys stand in it; addresses, phone numbers and free text are replaced by their length.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return withStore(cmd, o, showAudit(auditFilter{most: 20})) },
	}
	f := auditFilter{}
	show := &cobra.Command{
		Use: "show", Short: "Show the log, oldest first", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return withStore(cmd, o, showAudit(f)) },
	}
	flags := show.Flags()
	flags.StringVar(&f.user, "user", "", "only what this user did")
	flags.StringVar(&f.subject, "subject", "", "only what was done for or to this customer")
	flags.StringVar(&f.intent, "intent", "", "only calls of this intent")
	flags.StringVar(&f.turn, "turn", "", "only this turn")
	flags.IntVar(&f.most, "most", 100, "how many entries at the most, the last ones")
	flags.BoolVar(&f.json, "json", false, "print one JSON object a line, with the hashes")
	verify := &cobra.Command{
		Use: "verify", Short: "Check that no byte of the log was changed and nothing was cut off", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return withStore(cmd, o, verifyAudit) },
	}
	cmd.AddCommand(show, verify)
	return cmd
}

// auditFilter says which entries are shown.
type auditFilter struct {
	user, subject, intent, turn string
	most                        int
	json                        bool
}

func (f auditFilter) takes(e orchestrator.AuditEntry) bool {
	return (f.user == "" || strings.EqualFold(f.user, e.User)) && (f.subject == "" || strings.EqualFold(f.subject, e.Subject)) &&
		(f.intent == "" || f.intent == e.Intent) && (f.turn == "" || f.turn == e.Turn)
}

func showAudit(f auditFilter) func(context.Context, *app, io.Writer) error {
	return func(_ context.Context, a *app, out io.Writer) error {
		type found struct {
			line  audit.Line
			entry orchestrator.AuditEntry
		}
		var last []found
		damage := audit.Each(a.auditPath(), func(l audit.Line, e orchestrator.AuditEntry) error {
			if f.takes(e) {
				last = append(last, found{l, e})
				if f.most > 0 && len(last) > 2*f.most {
					last = slices.Clone(last[len(last)-f.most:])
				}
			}
			return nil
		})
		if f.most > 0 && len(last) > f.most {
			last = last[len(last)-f.most:]
		}
		for _, l := range last {
			var err error
			if f.json {
				err = writeJSONLine(out, l.line)
			} else {
				err = say(out, "%s", orchestrator.PrintableLine(auditInWords(l.line.Seq, l.entry)))
			}
			if err != nil {
				return err
			}
		}
		if damage != nil {
			return tampered(damage)
		}
		if len(last) == 0 && !f.json {
			return say(out, "There is nothing in the audit log that fits.")
		}
		return nil
	}
}

func auditInWords(seq uint64, e orchestrator.AuditEntry) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%5d  %s  %-7s  %s", seq, when(e.At), e.Kind, e.User)
	if e.Subject != "" && e.Subject != e.User {
		b.WriteString(" for " + e.Subject)
	}
	if e.Intent != "" {
		fmt.Fprintf(&b, "  %s %s", e.Intent, e.Status)
	}
	if e.Route != "" {
		fmt.Fprintf(&b, "  %s %s", e.Route, e.Service)
	}
	if e.FallbackFrom != "" {
		fmt.Fprintf(&b, " (instead of %s)", e.FallbackFrom)
	}
	for _, name := range sortedKeys(e.Args) {
		fmt.Fprintf(&b, "  %s=%v", name, e.Args[name])
	}
	if e.Confirmed != "" {
		b.WriteString("  confirmed by " + e.Confirmed)
	}
	if e.Code != "" {
		b.WriteString("  " + e.Code)
	}
	if e.Recovered {
		b.WriteString("  recovered")
	}
	if e.Text != "" {
		b.WriteString("  " + orchestrator.PrintableLine(e.Text))
	}
	return b.String()
}

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// auditHead is where the hash of the last entry is kept beside the log, for the entries
// that belong to no stored turn.
const auditHead = "audit/head"

// note writes down what a command did that is no turn, and remembers where the log
// ends, so that what is cut off later can be told.
func (a *app) note(ctx context.Context, by string, kind orchestrator.AuditKind, text string) error {
	if a.audit == nil {
		log, err := audit.Open(a.auditPath(), audit.Options{Now: a.opts.now})
		if err != nil {
			return failed(err)
		}
		a.audit = log
	}
	now := time.Now
	if a.opts.now != nil {
		now = a.opts.now
	}
	if _, err := a.audit.Record(ctx, true, orchestrator.AuditEntry{At: now(), Kind: kind, User: by, Text: text}); err != nil {
		return failed(fmt.Errorf("it was done, but the audit log could not be written: %w", err))
	}
	return a.keepHead(ctx)
}

// keepHead remembers where the log ends.
func (a *app) keepHead(ctx context.Context) error {
	head := a.audit.Head()
	if head == "" {
		return nil
	}
	state := a.store.State()
	before, revision, err := state.Get(ctx, auditHead)
	if err == nil && string(before) != head {
		_, err = state.Put(ctx, auditHead, []byte(head), revision)
	}
	if err != nil && !errors.Is(err, orchestrator.ErrStale) { // somebody wrote more at the same moment
		return failed(fmt.Errorf("where the audit log ends could not be noted: %w", err))
	}
	return nil
}

// steerer is who runs a command that steers: whoever owns the data folder, if nobody
// is named, or somebody of the staff.
func (a *app) steerer(ctx context.Context) (string, error) {
	if a.opts.Email == "" {
		return localActor, nil
	}
	user, err := a.user(ctx)
	if err == nil && !steersMigration(user) {
		err = failed(fmt.Errorf("%s may look but not change this. Nothing was changed. Staff, presenters and admins may", user.Email))
	}
	return user.Email, err
}

func verifyAudit(ctx context.Context, a *app, out io.Writer) error {
	var marks []string
	infos, err := a.store.Conversations(ctx, "", 0)
	if err != nil {
		return failed(err)
	}
	for _, c := range infos {
		turns, err := a.store.Turns(ctx, c.ID, 0)
		if err != nil {
			return failed(err)
		}
		for _, t := range turns {
			if t.Audit != "" {
				marks = append(marks, t.Audit)
			}
		}
	}
	head, _, err := a.store.State().Get(ctx, auditHead)
	if err != nil {
		return failed(err)
	}
	turns := len(marks)
	if len(head) > 0 {
		marks = append(marks, string(head))
	}
	report, err := audit.Verify(a.auditPath(), marks)
	if err != nil {
		return tampered(err)
	}
	if n := len(report.Missing); n > 0 {
		return failed(fmt.Errorf("the audit log is not whole: %d of its entries are known elsewhere and missing from it, so something was cut off or taken out. What is there (%d entries) is as it was written. Keep the file, and look at who could write to it", n, report.Entries))
	}
	if report.Torn > 0 {
		return failed(fmt.Errorf("behind its %d entries, which are as they were written, the audit log has %d bytes that are none: the program was killed while it wrote, or somebody put them there. The next start takes them off and notes it", report.Entries, report.Torn))
	}
	return say(out, "The audit log is as it was written: %d entries, and those of all %d stored turns that have any are there. Last hash: %s", report.Entries, turns, report.Last)
}

// tampered says what is wrong with the log.
func tampered(err error) error {
	var damage *audit.Damage
	if errors.As(err, &damage) {
		return failed(fmt.Errorf("the audit log was changed or damaged: %w. The lines before it are as they were written. Keep the file, and look at who could write to it", err))
	}
	return failed(err)
}
