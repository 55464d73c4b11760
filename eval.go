package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"

	"github.com/spf13/cobra"

	"banyan/orchestrator"
)

// evalOptions are the flags of `banyan eval`.
type evalOptions struct {
	catalog, cases string
	json           bool
	parallel       int
	overlap        bool
	overlapSet     bool // by the user
	source         string
}

// mostParallel is how many messages are planned at a time at most.
const mostParallel = 64

func evalCommand(o *options) *cobra.Command {
	var e evalOptions
	cmd := &cobra.Command{
		Use:   "eval --cases FILE",
		Short: "Score a backend on cases",
		Long: "Each line of the cases is a message and the intents wanted of it:\n" +
			"  {\"text\":\"cancel my order if it has not shipped\",\"want\":[\"cancel_order\"],\"condition\":{\"cancel_order\":true}}\n" +
			"\"want\":[] means that the message is out of scope; \"args\":{\"INTENT\":{\"PARAM\":VALUE}} and\n" +
			"\"history\":[{\"role\":\"user\",\"text\":\"…\"}, …] may be added. The backend plans each message over\n" +
			"the catalog, or over the program's own services, and the kernel checks the plan. Nothing\n" +
			"is executed. The backend is the offline one unless another is chosen.",
		Example: "banyan eval --catalog catalog.json --cases cases.jsonl\n" +
			"banyan eval --backend openai --cases cases.jsonl --parallel 8 --json",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.load(cmd); err != nil {
				return err
			}
			e.overlapSet = cmd.Flags().Changed("overlap")
			return e.run(cmd, o)
		},
	}
	f := cmd.Flags()
	f.StringVar(&e.catalog, "catalog", "", "file with the services to plan over (default: the program's own services)")
	f.StringVar(&e.cases, "cases", "", "file with a case a line, - for standard input")
	f.BoolVar(&e.json, "json", false, "print one JSON object a line for every case, and a summary")
	f.IntVar(&e.parallel, "parallel", 1, "how many messages are planned at a time")
	f.BoolVar(&e.overlap, "overlap", false, "report which intents' examples look like another intent's (default: without --json, up to 2,000 examples)")
	return cmd
}

func (e *evalOptions) run(cmd *cobra.Command, o *options) error {
	ctx, out, errs := cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr()
	switch {
	case e.cases == "":
		return wrong(`which cases? Name a file with --cases. It has a case a line, such as {"text":"where is my order?","want":["get_order"]}, and "want":[] for what is out of scope`)
	case e.parallel < 1 || e.parallel > mostParallel:
		return wrong("--parallel is %d: it must be from 1 to %d", e.parallel, mostParallel)
	}
	if e.cases == "-" {
		e.source = "standard input"
	} else {
		e.source = e.cases
	}
	cases, total, closeCases, err := openCases(e.cases, cmd.InOrStdin())
	if err != nil {
		return err
	}
	defer closeCases()
	b, err := openBench(ctx, o, e.catalog)
	if err != nil {
		return err
	}
	sum, err := e.measure(ctx, b, cases, newProgress(errs, out, e.json, total), out, errs)
	if closing := b.Close(); err == nil && closing != nil {
		err = failed(closing)
	}
	switch {
	case ctx.Err() != nil:
		return &exit{status: exitInterrupted}
	case err != nil:
		return err
	}
	if e.json {
		err = writeJSONLine(out, map[string]summary{"summary": sum})
	} else {
		err = sum.table(out)
	}
	switch {
	case err != nil:
		return failed(fmt.Errorf("the figures cannot be written: %w", err))
	case sum.Errors == sum.Cases:
		return failed(errors.New("the backend failed at every case; \"banyan doctor\" says what is wrong with it"))
	}
	return nil
}

// measure plans all cases and sums what came out.
func (e *evalOptions) measure(ctx context.Context, b *bench, cases iter.Seq2[evalCase, error], p *progress, out, errs io.Writer) (summary, error) {
	defer p.end()
	p.say("learning the catalog …")
	train, err := b.prepare(ctx)
	if err != nil {
		return summary{}, err
	}
	s := newScore()
	const mostDoubts = 10
	doubts := map[string]bool{}
	err = b.outcomes(ctx, cases, e.parallel, func(c evalCase, o verdict) error {
		for _, d := range c.doubts(b.catalog) {
			if doubts[d] {
				continue
			}
			if doubts[d] = true; len(doubts) <= mostDoubts {
				p.clear()
				_, _ = fmt.Fprintf(errs, "%s:%d: %s\n", e.source, c.line, orchestrator.PrintableLine(d))
			}
		}
		s.add(o)
		p.step()
		if !e.json {
			return nil
		}
		if err := writeJSONLine(out, o); err != nil {
			return failed(fmt.Errorf("the verdict of a case cannot be written: %w", err))
		}
		return nil
	})
	switch {
	case err != nil:
		return summary{}, err
	case s.cases == 0:
		return summary{}, wrong("%s: there are no cases", e.source)
	}
	p.clear()
	if len(doubts) > mostDoubts {
		_, _ = fmt.Fprintf(errs, "… and %d more of the kind\n", len(doubts)-mostDoubts)
	}
	sum := s.summary(priced(b.info))
	sum.Backend, sum.Model, sum.Intents, sum.TrainMS = b.info.Name, b.info.Model, len(b.catalog.Intents()), round(train, 3)
	if e.overlap || !e.overlapSet && !e.json && b.scores != nil && countExamples(b.catalog) <= mostOverlapExamples {
		p.say("looking for overlaps …")
		if sum.Overlaps, err = overlaps(ctx, b.catalog, b.lang); err != nil {
			return summary{}, failed(err)
		}
	}
	return sum, nil
}

// priced tells whether what a backend costs is known.
func priced(info orchestrator.BackendInfo) bool {
	if len(info.Parts) == 0 {
		return info.Price != nil || info.Local
	}
	for _, p := range info.Parts {
		if !priced(p) {
			return false
		}
	}
	return true
}

// openCases opens a file of cases. A file that can be read twice is checked first,
// so that a mistake on its last line costs nothing; then total is how many cases
// there are, otherwise 0.
func openCases(file string, in io.Reader) (cases iter.Seq2[evalCase, error], total int, closing func(), err error) {
	if file == "-" {
		return readCases(in, "standard input"), 0, func() {}, nil
	}
	f, err := os.Open(file) //nolint:gosec // the user names the file
	if err != nil {
		return nil, 0, nil, wrong("the cases cannot be read: %w", err)
	}
	closing = func() { _ = f.Close() }
	info, err := f.Stat()
	if err == nil && info.IsDir() {
		err = errors.New("it is a folder")
	}
	if err != nil {
		closing()
		return nil, 0, nil, wrong("the cases in %s cannot be read: %w", file, err)
	}
	if !info.Mode().IsRegular() {
		return readCases(f, file), 0, closing, nil
	}
	for _, err := range readCases(f, file) {
		if err != nil {
			closing()
			return nil, 0, nil, err
		}
		total++
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		closing()
		return nil, 0, nil, failed(err)
	}
	return readCases(f, file), total, closing, nil
}
