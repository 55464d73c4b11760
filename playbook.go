package main

import (
	"context"
	"embed"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"banyan/orchestrator"
	"banyan/orchestrator/playbook"
)

// bundled are the demo shop's own playbooks. They belong to the shop's services,
// whose intents they call, so they stand beside them.
//
//go:embed services/playbooks/*.yaml
var bundled embed.FS

const bundledFolder = "services/playbooks"

// newPlaybooks returns the bundled playbooks and those of the user's folder, over
// the services.
func newPlaybooks(o *options, services []orchestrator.Service) (*playbook.Set, error) {
	own, err := fs.Sub(bundled, bundledFolder)
	if err != nil {
		return nil, err
	}
	folder, err := o.playbookFolder()
	if err != nil {
		return nil, err
	}
	return playbook.New(services, playbook.Source{FS: own, Folder: bundledFolder}, playbook.Source{FS: os.DirFS(folder), Folder: folder}), nil
}

// playbookFolder is where a user keeps playbooks; it need not exist unless it was
// asked for.
func (o *options) playbookFolder() (string, error) {
	if o.Playbooks != "" {
		if info, err := os.Stat(o.Playbooks); err != nil || !info.IsDir() {
			return "", wrong("the folder of playbooks %s cannot be read: it must be a folder that exists", o.Playbooks)
		}
		return o.Playbooks, nil
	}
	dir, err := xdg("XDG_CONFIG_HOME", ".config")
	if err != nil {
		return "", err
	}
	return filepath.Join(dir, "playbooks"), nil
}

// watchPlaybooks refreshes the catalog when a file of playbooks has changed.
func (a *app) watchPlaybooks() {
	a.logPlaybookProblems()
	a.notice = strings.TrimSpace(a.notice + " " + playbookNotice(a.playbooks.Problems()))
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		before := a.playbooks.Problems()
		a.playbooks.Watch(ctx, nil, func() {
			a.kernel.Refresh(ctx)
			a.logPlaybookProblems()
			now := a.playbooks.Problems()
			if text := playbookNews(before, now); text != "" {
				a.kernel.Announce(text)
			}
			before = now
		})
	}()
	a.watching = func() { cancel(); <-done }
}

// playbookNotice says at the start of the chat, in one line, what is left out.
func playbookNotice(found []playbook.Problem) string {
	switch len(found) {
	case 0:
		return ""
	case 1:
		return "A playbook is left out: " + found[0].Error() + "."
	}
	return "Playbooks are left out: " + found[0].Error() + `. What else is wrong, "banyan playbook list" says.`
}

// playbookNews says, in one line, what became of the playbooks when their files
// changed: what is left out now, or else which files are in order again. It is empty
// if nothing is new.
func playbookNews(before, now []playbook.Problem) string {
	var fresh []playbook.Problem
	for _, p := range now {
		if !slices.Contains(before, p) {
			fresh = append(fresh, p)
		}
	}
	if len(fresh) > 0 { // in one line of the screen: the folder is known
		fresh[0].File = filepath.Base(fresh[0].File)
		return playbookNotice(fresh)
	}
	var mended []string
	for _, p := range before {
		again := slices.ContainsFunc(now, func(q playbook.Problem) bool { return q.File == p.File })
		if !again && !slices.Contains(mended, p.File) {
			mended = append(mended, p.File)
		}
	}
	for i, file := range mended {
		mended[i] = filepath.Base(file)
	}
	if len(mended) == 0 {
		return ""
	}
	return "The playbooks in " + strings.Join(mended, ", ") + " are in order again."
}

func (a *app) logPlaybookProblems() {
	for _, p := range a.playbooks.Problems() {
		a.logger.Warn("a playbook is left out", "problem", p.Error())
	}
}

func playbookCommand(o *options) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "playbook",
		Short: "Plans that are written down in files: list them, check them, run one",
		Long: "A playbook is a YAML file with steps, conditions and questions. Those in the folder\n" +
			"playbooks beside the config file, or in --playbooks, are offered like the program's own.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(playbookListCommand(o), playbookCheckCommand(o), playbookRunCommand(o))
	return cmd
}

func playbookListCommand(o *options) *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the playbooks, one a line",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withPlaybooks(cmd, o, func(set *playbook.Set) error {
				if _, err := set.Describe(cmd.Context()); err != nil {
					return failed(err)
				}
				w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 3, ' ', 0)
				for _, p := range set.Playbooks() {
					_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", p.Name, p.Effect, orchestrator.PrintableLine(p.File), orchestrator.PrintableLine(p.Summary))
				}
				if err := w.Flush(); err != nil {
					return failed(err)
				}
				sayPlaybookProblems(cmd.ErrOrStderr(), set)
				return nil
			})
		},
	}
}

// withPlaybooks hands over the playbooks. It opens no store, so that playbooks can
// be listed and checked while a chat is running: to know what the services offer, a
// shop without data is enough.
func withPlaybooks(cmd *cobra.Command, o *options, use func(*playbook.Set) error) error {
	if err := o.load(cmd); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "banyan")
	if err != nil {
		return failed(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	s, err := newShop(dir, shopOptions{Now: o.now, NoSync: true})
	if err != nil {
		return failed(err)
	}
	defer func() { _ = s.abandon() }()
	set, err := newPlaybooks(o, s.Services())
	if err != nil {
		return err
	}
	return use(set)
}

func sayPlaybookProblems(w io.Writer, set *playbook.Set) {
	for _, p := range set.Problems() {
		_, _ = fmt.Fprintln(w, "left out: "+orchestrator.PrintableLine(p.Error()))
	}
}

func playbookCheckCommand(o *options) *cobra.Command {
	return &cobra.Command{
		Use:   "check FILE…",
		Short: "Check playbooks and say where the mistakes stand",
		Long: "Each mistake is one line, file:line:column: what is wrong. The exit status is 1 if there\n" +
			"is one. The files are checked against what the services offer now.",
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withPlaybooks(cmd, o, func(set *playbook.Set) error {
				return checkPlaybooks(cmd.Context(), cmd.OutOrStdout(), set, args)
			})
		},
	}
}

// checkPlaybooks checks files beside the playbooks that there are, so that they may
// play those. A file of a playbook that there is already is checked in its place.
func checkPlaybooks(ctx context.Context, out io.Writer, set *playbook.Set, files []string) error {
	files, err := playbookFiles(files)
	if err != nil {
		return err
	}
	checked, err := set.Check(ctx, playbook.Source{FS: osFiles{}, Files: files})
	if err != nil {
		return failed(err)
	}
	for _, p := range checked.Problems {
		_, _ = fmt.Fprintln(out, orchestrator.PrintableLine(p.Error()))
	}
	if n := len(checked.Problems); n > 0 {
		return &exit{status: exitFailed}
	}
	for _, p := range checked.Playbooks {
		_, _ = fmt.Fprintf(out, "%s: %s is sound, %s\n", orchestrator.PrintableLine(p.File), p.Name, orchestrator.Wording{}.Plural(p.Steps, "step"))
	}
	return nil
}

// playbookFiles puts the files of folders in place of the folders.
func playbookFiles(args []string) ([]string, error) {
	var files []string
	for _, arg := range args {
		info, err := os.Stat(arg)
		if err != nil || !info.IsDir() {
			files = append(files, arg) // one that is missing is reported as any other mistake
			continue
		}
		for _, pattern := range []string{"*.yaml", "*.yml"} {
			found, err := filepath.Glob(filepath.Join(arg, pattern))
			if err != nil {
				return nil, failed(err)
			}
			files = append(files, found...)
		}
	}
	if len(files) == 0 {
		return nil, wrong("there is no playbook in %s", strings.Join(args, ", "))
	}
	slices.Sort(files)
	return slices.Compact(files), nil
}

// osFiles opens files by any path, as the command line gives them.
type osFiles struct{}

func (osFiles) Open(name string) (fs.File, error) { return os.Open(name) } //nolint:gosec // the user names it
