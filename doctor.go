package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"banyan/memory"
	"banyan/orchestrator"
	"banyan/orchestrator/datasync"
	"banyan/services/control"
)

// finding is one thing that the doctor looked at.
type finding struct {
	what   string
	state  string // ok, note or bad
	detail string
	advice string // what to do; for note and bad
}

func doctorCommand(o *options) *cobra.Command {
	return &cobra.Command{
		Use:   "doctor",
		Short: "Check configuration, backend, services, store and terminal",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			findings, err := examine(cmd, o)
			if err != nil {
				return err
			}
			return printFindings(cmd.OutOrStdout(), findings)
		},
	}
}

// examine looks at everything, as far as one thing does not need another. The error
// is a *held: the process that has the data open has a look itself.
func examine(cmd *cobra.Command, o *options) ([]finding, error) {
	found := []finding{{what: "program", state: "ok", detail: fmt.Sprintf("banyan %s, %s on %s/%s", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)}}
	if err := o.load(cmd); err != nil {
		return append(found, finding{"configuration", "bad", err.Error(), "Mend it as it says; all else was not looked at."}), nil //nolint:nilerr // it is a finding
	}
	found = append(found, finding{what: "configuration", state: "ok", detail: fmt.Sprintf("monolith latency %s", o.Latency)})
	found = append(found, examineLimits(o)...)
	found = append(found, examineKeys(o)...)
	store, err := examineStore(cmd.Context(), o)
	if err != nil {
		return nil, err
	}
	return append(append(found, store...), o.examineTerminal()...), nil
}

func examineStore(ctx context.Context, o *options) ([]finding, error) {
	path, err := o.storePath()
	if o.guest != nil {
		path = o.guest.holder.app.store.Path()
	} else if err != nil {
		return []finding{{"store", "bad", err.Error(), "Say where to keep data with --data DIR."}}, nil
	}
	_, missing := os.Stat(path)
	a, err := open(ctx, o, "banyan doctor")
	if errors.As(err, new(*held)) {
		return nil, err
	}
	if err != nil {
		advice := "Mend what it says, or choose another folder with --data DIR."
		var coded *orchestrator.Error
		if errors.As(err, &coded) && coded.Code == memory.CodeBusy {
			advice = "It does not serve others: it may be starting, ending or suspended. Try again, or end it."
		}
		if errors.As(err, new(*backendProblem)) {
			return []finding{{"backend", "bad", err.Error(), "Mend the setting that it names; \"--backend offline\" always works."}}, nil
		}
		what := "store"
		if coded == nil && errors.As(err, new(*memory.Flaw)) {
			what, advice = "shop", `"banyan reset" makes new files and keeps the damaged ones beside them.`
		}
		return append([]finding{{what, "bad", err.Error(), advice}}, examineKept(filepath.Dir(path))...), nil
	}
	defer func() { _ = a.Close() }()
	found := examineHolder(o)
	infos, err := a.store.Conversations(ctx, "", 0)
	switch checked := a.store.Check(); {
	case err != nil || checked != nil:
		found = append(found, finding{"store", "bad", fmt.Sprintf("%s is damaged: %v", path, errors.Join(err, checked)), "Keep a copy of the file, then move it away: a new one is made at the next start."})
	case errors.Is(missing, fs.ErrNotExist):
		found = append(found, finding{what: "store", state: "ok", detail: path + " was made just now"})
	default:
		found = append(found, finding{what: "store", state: "ok", detail: fmt.Sprintf("%s, %d conversations, sound", path, len(infos))})
	}
	if info, err := os.Stat(path); err == nil && runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		found = append(found, finding{"store", "bad", fmt.Sprintf("others may read %s (mode %o)", path, info.Mode().Perm()), "chmod 600 " + path})
	}
	found = append(found, examineKept(filepath.Dir(path))...)
	found = append(found, examineShop(ctx, a, path)...)
	return slices.Concat(found, examineServices(a), examineMigration(ctx, a), examineBackends(ctx, a)), nil
}

// backendProblem is why a backend cannot be used as it is set.
type backendProblem struct{ error }

func (p *backendProblem) Unwrap() error { return p.error }

// examineHolder says which other process has the data folder open.
func examineHolder(o *options) []finding {
	if o.guest == nil {
		return nil
	}
	h := o.guest.holder
	detail := fmt.Sprintf("open in process %d (%s), which runs this and every other command on %s", os.Getpid(), h.command, h.folder)
	if n, ok := memory.HolderOf(h.app.store.Path()); ok {
		detail += fmt.Sprintf(", since %s", n.Since.Local().Format("2 January 2006 15:04:05"))
	}
	return []finding{{what: "holder", state: "ok", detail: detail}}
}

// examineShop looks at the files of the shop and at whether both sides agree.
func examineShop(ctx context.Context, a *app, store string) []finding {
	var found []finding
	dir := filepath.Dir(store)
	for node := range a.shop.files {
		path := shopFile(dir, node)
		if info, err := os.Stat(path); err == nil && runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
			found = append(found, finding{"shop", "bad", fmt.Sprintf("others may read %s (mode %o)", path, info.Mode().Perm()), "chmod 600 " + path})
		}
	}
	st := a.shop.sync.Status()
	differences, err := a.shop.sync.Compare(ctx)
	underway := len(differences)
	differences = slices.DeleteFunc(differences, func(d datasync.Difference) bool { return d.Pending })
	underway -= len(differences)
	switch {
	case err != nil:
		found = append(found, finding{"shop", "bad", err.Error(), `"banyan reset" puts the shop back.`})
	case len(differences) > 0:
		found = append(found, finding{
			"shop", "bad", fmt.Sprintf("legacy and modern differ in %d fields, first in %s", len(differences), differences[0]),
			`"banyan sync reconcile --repair" mends it.`,
		})
	case st.Lag > 0 || !st.Barrier:
		found = append(found, finding{
			"shop", "note", fmt.Sprintf("for a demonstration the sides are made to lag by %s (barrier: %t), %d fields are under way", st.Lag, st.Barrier, underway),
			`"banyan sync lag 0" and "banyan sync barrier on" end it.`,
		})
	default:
		found = append(found, finding{what: "shop", state: "ok", detail: fmt.Sprintf("legacy and modern agree, %d conflicts found so far", st.Conflicts)})
	}
	return found
}

// examineMigration tells what of the migration is out of the ordinary.
func examineMigration(ctx context.Context, a *app) []finding {
	status, err := a.migration.Status(ctx)
	if err != nil {
		return []finding{{"migration", "bad", err.Error(), "Routes are as they were; start the program again."}}
	}
	var found []finding
	for _, f := range status.Faults {
		found = append(found, finding{"migration", "note", f.Service + " is broken on purpose: " + control.InWords(f), "\"banyan chaos heal\" mends it."})
	}
	for _, n := range status.Services {
		if n.Breaker != "closed" {
			found = append(found, finding{"migration", "note", fmt.Sprintf("the circuit breaker of %s is %s", n.Service, n.Breaker), "It closes by itself when the service answers again."})
		}
	}
	for _, in := range status.Intents {
		if in.Rollout != nil && (in.Rollout.State == "aborted" || in.Rollout.State == "paused") {
			found = append(found, finding{"migration", "note", fmt.Sprintf("the rollout of %s is %s", in.Intent, in.Rollout.State), "\"banyan routes history " + in.Intent + "\" says why."})
		}
	}
	return found
}

func examineServices(a *app) []finding {
	var found []finding
	services := map[string]int{}
	var names []string
	for _, e := range a.kernel.Catalog().Intents() {
		for _, of := range e.Offers {
			name := fmt.Sprintf("%s %s %s %s", eraSign(of.Era), of.Era, of.Service, of.Version)
			if services[name] == 0 {
				names = append(names, name)
			}
			services[name]++
		}
	}
	for _, name := range names {
		found = append(found, finding{what: "service", state: "ok", detail: fmt.Sprintf("%s, %d intents", name, services[name])})
	}
	for _, p := range a.playbooks.Problems() {
		found = append(found, finding{"playbook", "bad", "left out: " + p.Error(), `Mend the file; "banyan playbook check" says when it is sound. All others work.`})
	}
	for _, p := range a.kernel.Problems() {
		found = append(found, finding{"service", "bad", p.Error(), "It is left out until it is mended; all other services work."})
	}
	return found
}

// examineBackends asks every backend of the chain one tiny question.
func examineBackends(ctx context.Context, a *app) []finding {
	var found []finding
	for name := range strings.SplitSeq(a.backends.inUse(), ",") {
		err := a.backends.Test(ctx, name)
		m, _ := a.backends.get(ctx, name) // Test has made it
		what := strings.TrimSpace(name)
		if m != nil {
			what = strings.TrimSpace(fmt.Sprintf("%s %s %s", m.info.Name, m.info.Version, m.info.Model))
		}
		if err != nil {
			found = append(found, finding{"backend", "bad", what + ": " + err.Error(), "The next one of --backend takes over, if there is one; \"--backend offline\" always works."})
			continue
		}
		found = append(found, finding{what: "backend", state: "ok", detail: what})
		switch {
		case m != nil && m.private:
			found = append(found, finding{what: "privacy", state: "ok", detail: m.info.Name + " is sent placeholders in place of personal data"})
		case m != nil && !m.info.Local && m.info.Model != "":
			found = append(found, finding{"privacy", "note", m.info.Name + " is sent personal data as it is", "--privacy remote, the default, sends placeholders."})
		}
	}
	return found
}

func (o *options) examineTerminal() []finding {
	if _, out := o.terminals(); !out {
		return []finding{{"terminal", "note", "standard output is not a terminal", "The chat needs one; \"banyan ask\" does not."}}
	}
	var found []finding
	width, height, profile := o.terminalSize()
	detail := fmt.Sprintf("%s, %d×%d, colours: %s", o.getenv("TERM"), width, height, profile)
	switch {
	case width == 0:
		found = append(found, finding{"terminal", "note", "its size cannot be read", "Screens assume 80×24."})
	case width < 60 || height < 20:
		found = append(found, finding{"terminal", "note", detail, "The chat works from 60×20 up."})
	default:
		found = append(found, finding{what: "terminal", state: "ok", detail: detail})
	}
	locale := o.getenv("LC_ALL") + o.getenv("LC_CTYPE") + o.getenv("LANG")
	if lower := strings.ToLower(locale); !strings.Contains(lower, "utf-8") && !strings.Contains(lower, "utf8") {
		found = append(found, finding{"terminal", "note", "the locale does not say UTF-8", "If signs look wrong, use --ascii or set LANG=C.UTF-8."})
	}
	return found
}

// terminalSize is the size of the command's terminal, 0 if it is not known, and what
// colours it has.
func (o *options) terminalSize() (width, height int, profile colorprofile.Profile) {
	if g := o.guest; g != nil {
		return g.said.Size.Width, g.said.Size.Height, g.said.Profile
	}
	width, height, err := term.GetSize(os.Stdout.Fd())
	if err != nil {
		width, height = 0, 0
	}
	return width, height, colorprofile.Detect(os.Stdout, os.Environ())
}

func printFindings(out io.Writer, findings []finding) error {
	signs := map[string]string{"ok": "✓ ok  ", "note": "… note", "bad": "✗ bad "}
	bad := 0
	for _, f := range findings {
		if f.state == "bad" {
			bad++
		}
		_, _ = fmt.Fprintf(out, "%s  %-13s  %s\n", signs[f.state], orchestrator.PrintableLine(f.what), orchestrator.PrintableLine(f.detail))
		if f.advice != "" {
			_, _ = fmt.Fprintf(out, "%24s%s\n", "→ ", orchestrator.PrintableLine(f.advice))
		}
	}
	if bad > 0 {
		return &exit{status: exitFailed}
	}
	_, err := fmt.Fprintln(out, "Everything that was looked at works.")
	if err != nil {
		return failed(err)
	}
	return nil
}
