package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"strings"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"banyan/memory"
	"banyan/orchestrator"
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
			findings := examine(cmd, o)
			return printFindings(cmd.OutOrStdout(), findings)
		},
	}
}

// examine looks at everything, as far as one thing does not need another.
func examine(cmd *cobra.Command, o *options) []finding {
	found := []finding{{what: "program", state: "ok", detail: fmt.Sprintf("banyan %s, %s on %s/%s", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)}}
	if err := o.load(cmd); err != nil {
		return append(found, finding{"configuration", "bad", err.Error(), "Mend it as it says; all else was not looked at."})
	}
	found = append(found, finding{what: "configuration", state: "ok", detail: fmt.Sprintf("monolith latency %s", o.Latency)})
	found = append(found, examineLimits(o)...)
	found = append(found, examineKeys(o)...)
	found = append(found, examineStore(cmd.Context(), o)...)
	return append(found, examineTerminal()...)
}

func examineStore(ctx context.Context, o *options) []finding {
	path, err := o.storePath()
	if err != nil {
		return []finding{{"store", "bad", err.Error(), "Say where to keep data with --data DIR."}}
	}
	_, missing := os.Stat(path)
	a, err := open(ctx, o, "banyan doctor")
	if err != nil {
		advice := "Mend what it says, or choose another folder with --data DIR."
		var coded *orchestrator.Error
		if errors.As(err, &coded) && coded.Code == memory.CodeBusy {
			advice = "This is fine if the chat is open there; close it to look further."
		}
		return []finding{{"store", "bad", err.Error(), advice}}
	}
	defer func() { _ = a.Close() }()
	var found []finding
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
	return append(append(found, examineServices(a)...), examineBackends(ctx, a)...)
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
	for _, name := range a.backends.chain {
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
	}
	return found
}

func examineTerminal() []finding {
	if !isTerminal(os.Stdout) {
		return []finding{{"terminal", "note", "standard output is not a terminal", "The chat needs one; \"banyan ask\" does not."}}
	}
	var found []finding
	width, height, err := term.GetSize(os.Stdout.Fd())
	detail := fmt.Sprintf("%s, %d×%d, colours: %s", os.Getenv("TERM"), width, height, colorprofile.Detect(os.Stdout, os.Environ()))
	switch {
	case err != nil:
		found = append(found, finding{"terminal", "note", "its size cannot be read", "Screens assume 80×24."})
	case width < 60 || height < 20:
		found = append(found, finding{"terminal", "note", detail, "The chat works from 60×20 up."})
	default:
		found = append(found, finding{what: "terminal", state: "ok", detail: detail})
	}
	locale := os.Getenv("LC_ALL") + os.Getenv("LC_CTYPE") + os.Getenv("LANG")
	if lower := strings.ToLower(locale); !strings.Contains(lower, "utf-8") && !strings.Contains(lower, "utf8") {
		found = append(found, finding{"terminal", "note", "the locale does not say UTF-8", "If signs look wrong, use --ascii or set LANG=C.UTF-8."})
	}
	return found
}

func printFindings(out io.Writer, findings []finding) error {
	signs := map[string]string{"ok": "✓ ok  ", "note": "… note", "bad": "✗ bad "}
	bad := 0
	for _, f := range findings {
		if f.state == "bad" {
			bad++
		}
		_, _ = fmt.Fprintf(out, "%s  %-13s  %s\n", signs[f.state], f.what, orchestrator.PrintableLine(f.detail))
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
