package tui

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"strings"

	"banyan/orchestrator"
)

// linear is the chat as a dialogue of labelled lines, for screen readers: no
// alternate screen, no boxes, nothing is ever redrawn.
type linear struct {
	cfg     Config
	kernel  Kernel
	sub     *orchestrator.Subscription
	out     *bufio.Writer
	lines   <-chan string
	user    orchestrator.User
	conv    string
	last    string // ID of the turn before
	catalog *orchestrator.Catalog
	failed  string // the message to send again, after its backend has failed
	goal    bool   // the backend may plan on after the results
	breaks  *interrupts
	ascii   bool
	veil    veil
}

// errLeave ends the dialogue.
var errLeave = errors.New("leave")

// runLinear is Run in the linear mode. It reads lines from In until its end,
// until ctx ends or until Ctrl+C. The first Ctrl+C stops a running turn; without
// one it leaves at once.
func runLinear(ctx context.Context, cfg Config) error {
	if cfg.Remote != nil {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		return dialogue(ctx, cfg, cfg.Remote.Interrupts)
	}
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, os.Interrupt)
	defer signal.Stop(signals)
	return dialogue(ctx, cfg, signals)
}

// dialogue is runLinear with the interrupts of signals.
func dialogue(ctx context.Context, cfg Config, signals <-chan os.Signal) error {
	if cfg.In == nil {
		cfg.In = os.Stdin
	}
	if cfg.Out == nil {
		cfg.Out = os.Stdout
	}
	ctx, breaks := watchInterrupts(ctx, signals)
	defer breaks.close()
	lines, done := readLines(cfg.In)
	defer done()
	l := &linear{cfg: cfg, out: bufio.NewWriter(cfg.Out), lines: lines, breaks: breaks, ascii: cfg.ASCII}
	l.say("banyan: the linear mode is on. Everything is a plain line and nothing is redrawn. Type /help for the commands and /quit to leave; without --accessible and ACCESSIBLE the full screen starts.")
	err := l.run(ctx)
	if l.sub != nil {
		l.sub.Close()
	}
	if ctx.Err() != nil {
		err = context.Cause(ctx)
		l.say("")
	}
	if errors.Is(err, errLeave) || errors.Is(err, io.EOF) || errors.Is(err, ErrInterrupted) {
		l.say("banyan: goodbye.")
	}
	if errors.Is(err, errLeave) || errors.Is(err, io.EOF) {
		err = nil
	}
	return err
}

func (l *linear) run(ctx context.Context) error {
	o := Opened{Kernel: l.cfg.Kernel}
	if o.Kernel == nil {
		l.say("banyan: opening the shop.")
		var err error
		if o, err = l.cfg.Open(ctx); err != nil {
			return err
		}
	}
	if o.Accounts != nil {
		l.cfg.Accounts = o.Accounts
	}
	if o.Lookup != nil {
		l.cfg.Lookup = o.Lookup
	}
	if o.Suggestions != nil {
		l.cfg.Suggestions = o.Suggestions
	}
	if o.Integrations != nil {
		l.cfg.Integrations = o.Integrations
	}
	if o.Migration != nil {
		l.cfg.Migration = o.Migration
	}
	if o.CanSteer != nil {
		l.cfg.CanSteer = o.CanSteer
	}
	if o.Outbox != nil {
		l.cfg.Outbox = o.Outbox
	}
	if o.Masker != nil {
		l.cfg.Masker = o.Masker
	}
	l.veil = veil{masker: l.cfg.Masker, on: l.cfg.Masker != nil && l.cfg.Masked, ascii: l.ascii}
	if o.Notice != "" {
		l.cfg.Notice = o.Notice
	}
	if o.User != nil {
		l.cfg.User = o.User
	}
	if o.Conversation != "" {
		l.cfg.Conversation = o.Conversation
	}
	l.kernel, l.sub, l.catalog = o.Kernel, o.Kernel.Subscribe(feedBuffer), o.Kernel.Catalog()
	if notice := cleanLine(l.cfg.Notice); notice != "" {
		l.say("banyan: %s", notice)
	}
	if l.cfg.User != nil {
		l.user = *l.cfg.User
	} else if err := l.login(ctx); err != nil {
		return err
	}
	if err := l.enter(ctx, l.cfg.Conversation); err != nil {
		return err
	}
	l.recovered()
	if o.Draft != "" {
		l.say("banyan: nothing came of your last message. Type it again, or something else: %s", cleanLine(o.Draft))
	}
	for {
		line, err := l.ask(ctx, "you: ")
		if err != nil {
			return err
		}
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		if strings.HasPrefix(line, "/") {
			err = l.command(ctx, line)
		} else {
			err = l.turn(ctx, line)
		}
		if err != nil {
			return err
		}
	}
}

// say writes one labelled line. What stands in it has gone through the gate, or
// is ours.
func (l *linear) say(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if l.veil.on {
		text = l.veil.hide(text)
	}
	if l.ascii {
		text = plainer(text)
	}
	_, _ = l.out.WriteString(text + "\n") // a terminal that is gone ends the reading too
	_ = l.out.Flush()
}

// ask writes a prompt and waits for a line.
func (l *linear) ask(ctx context.Context, prompt string) (string, error) {
	_, _ = l.out.WriteString(prompt)
	_ = l.out.Flush()
	select {
	case line, ok := <-l.lines:
		if !ok {
			return "", io.EOF
		}
		return line, nil
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
}

func (l *linear) login(ctx context.Context) error {
	l.say("banyan: who are you?")
	for i, a := range l.cfg.Accounts {
		l.say("choice %d: %s, %s, %s", i+1, cleanLine(a.User.Email), cleanLine(string(a.User.Role)), cleanLine(a.Note))
	}
	for {
		who, err := l.ask(ctx, "a number, an email or a name: ")
		if err != nil {
			return err
		}
		who = strings.TrimSpace(who)
		if who == "/quit" {
			return errLeave
		}
		if n, ok := number(who, len(l.cfg.Accounts)); ok {
			who = l.cfg.Accounts[n-1].User.Email
		}
		user, err := l.lookup(ctx, who)
		if err == nil {
			l.user = user
			return nil
		}
		if !errors.Is(err, orchestrator.ErrUnknownUser) {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			l.say("error: the customers could not be looked up: %s", cleanLine(err.Error()))
			continue
		}
		l.say("error: there is no customer %s in this shop. Nothing was changed. Check the spelling, or type a number.", cleanLine(who))
	}
}

func (l *linear) lookup(ctx context.Context, who string) (orchestrator.User, error) {
	for _, a := range l.cfg.Accounts {
		if strings.EqualFold(a.User.Email, who) {
			return a.User, nil
		}
	}
	if l.cfg.Lookup == nil || who == "" {
		return orchestrator.User{}, orchestrator.ErrUnknownUser
	}
	return l.cfg.Lookup(ctx, who)
}

// enter opens a conversation, or a new one if id is empty, and says how it ended.
func (l *linear) enter(ctx context.Context, id string) error {
	var turns []orchestrator.Turn
	if id != "" {
		var err error
		if turns, err = l.kernel.Turns(ctx, l.user, id, 0); err != nil {
			l.say("error: that conversation could not be opened: %s", cleanLine(err.Error()))
			id = ""
		}
		l.learn(turns...)
	}
	if id == "" {
		id = l.kernel.NewConversation()
	}
	l.conv, l.failed, l.goal = id, "", l.cfg.Goal
	b := l.kernel.Backend()
	l.broken(ctx)
	l.say("banyan: you are %s. The backend is %s.", cleanLine(l.user.Email), cleanLine(b.Name))
	if acts := orchestrator.ActsFor(turns); acts != "" {
		l.say("banyan: you act for %s.", cleanLine(acts))
	}
	if n := len(turns); n > 0 {
		l.say("banyan: this conversation has %s. The last one was:", count(n, "turn"))
		l.say("you: %s", cleanLine(turns[n-1].Message))
		l.answer(turns[n-1])
		l.stands(turns[n-1])
		return nil
	}
	tips := suggestions(l.catalog)
	if l.cfg.Suggestions != nil {
		if own := l.cfg.Suggestions(ctx, l.user); len(own) > 0 {
			tips = own
		}
	}
	for i, t := range tips[:min(len(tips), 4)] {
		l.say("to try, %d: %s", i+1, cleanLine(t))
	}
	return nil
}

func (l *linear) command(ctx context.Context, line string) error {
	name, arg, _ := strings.Cut(line, " ")
	arg = strings.TrimSpace(arg)
	switch name {
	case "/quit", "/exit":
		return errLeave
	case "/new":
		return l.enter(ctx, "")
	case "/login":
		if err := l.login(ctx); err != nil {
			return err
		}
		return l.enter(ctx, "")
	case "/conversations":
		return l.conversations(ctx)
	case "/intents":
		for _, e := range l.catalog.Intents() {
			var eras []string
			for _, o := range e.Offers {
				eras = append(eras, string(o.Era))
			}
			l.say("intent: %s, %s, %s", cleanLine(e.Name), cleanLine(e.Summary), strings.Join(eras, " and "))
		}
	case "/model":
		l.model(ctx, arg)
	case "/integrations":
		l.integrations()
	case "/migration":
		return l.migration(ctx, arg)
	case "/test":
		l.test(ctx, arg)
	case "/again":
		return l.again(ctx)
	case orchestrator.ActCommand:
		return l.turn(ctx, line)
	case orchestrator.UndoCommand:
		return l.turn(ctx, orchestrator.UndoCommand)
	case "/goal":
		l.switchGoal(arg)
	case "/sources":
		l.sources(ctx)
	case "/mask":
		said := ""
		l.veil.on, said = maskSwitched(&l.veil, arg)
		l.say("banyan: %s", said)
	case "/sent":
		l.sent(ctx, arg)
	case "/recovered":
		return l.openRecovered(ctx, arg)
	case "/help":
		l.say("help: type what you need in your own words. Nothing is changed before you have said yes.")
		l.say("commands: /new, /conversations, /intents, /migration, /model, /integrations, /test, /as, /undo, /goal, /sources, /sent, /mask, /recovered, /again, /login, /quit")
	default:
		l.say("error: there is no command %s. /help lists them.", cleanLine(name))
	}
	return nil
}

// number reads a number from 1 to most.
func number(s string, most int) (n int, ok bool) {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	return n, err == nil && n >= 1 && n <= most
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

func (l *linear) conversations(ctx context.Context) error {
	infos, err := l.kernel.Conversations(ctx, l.user, 20)
	if err != nil {
		l.say("error: the conversations could not be read: %s", cleanLine(err.Error()))
		return nil
	}
	if len(infos) == 0 {
		l.say("banyan: there is no earlier conversation yet.")
		return nil
	}
	w := orchestrator.Wording{Now: l.cfg.Now()}
	for i, c := range infos {
		l.say("choice %d: %s, %s, %s", i+1, cleanLine(c.Title), count(c.Turns, "turn"), w.Time(c.Updated, true))
	}
	for {
		line, err := l.ask(ctx, "a number, or an empty line to stay: ")
		if err != nil {
			return err
		}
		if line = strings.TrimSpace(line); line == "" {
			return nil
		}
		if n, ok := number(line, len(infos)); ok {
			return l.enter(ctx, infos[n-1].ID)
		}
		l.say("error: type a number from 1 to %d.", len(infos))
	}
}
