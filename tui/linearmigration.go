package tui

import (
	"context"
	"strings"

	"banyan/orchestrator"
)

// migration shows the board as lines, or does what stands behind the command.
func (l *linear) migration(ctx context.Context, arg string) error {
	mig := l.cfg.Migration
	if mig == nil {
		l.say("banyan: nobody routes calls here, so there is no migration to show. /intents tells who serves what.")
		return nil
	}
	o, err := parseOrder(arg)
	if err != nil {
		l.say("error: %s", sentence(err))
		return nil
	}
	switch o.verb {
	case verbSteer:
		return l.steer(ctx, o)
	case verbShow:
		l.board(ctx, o.intent)
	case verbDifferences:
		l.differences(ctx, o.intent)
	case verbReport:
		l.report(ctx)
	case verbExplain, verbHistory:
		l.explain(ctx, o)
	}
	return nil
}

// steer makes a change, after asking twice where that can do harm.
func (l *linear) steer(ctx context.Context, o order) error {
	if !l.maySteer() {
		l.say("error: %s", onlyStaff)
		return nil
	}
	s := o.steering
	s.by.Email = l.user.Email
	if s.what == "set" && s.change.Route.Kind == orchestrator.RouteRetired {
		l.say("attention: legacy refuses %s until that is taken back (/migration undo), and nothing can fall back on it. /migration report tells whether it can be spared.", cleanLine(o.intent))
		for _, word := range []string{"retire", cleanLine(o.intent)} {
			line, err := l.ask(ctx, "to go on type "+word+", anything else leaves it as it is: ")
			if err != nil {
				return err
			}
			if strings.TrimSpace(line) != word {
				l.say("banyan: nothing was changed.")
				return nil
			}
		}
	}
	text, err := s.do(ctx, l.cfg.Migration)
	if err != nil {
		l.say("error: could not %s: %s", s.about(), sentence(err))
		if s.what == "set" && !s.change.Force {
			l.say("banyan: force behind the route does it all the same where a contract is in the way.")
		}
		return nil
	}
	l.say("migration: %s", text)
	return nil
}

// maySteer tells whether the user may change something about the migration, and see
// what other people were answered.
func (l *linear) maySteer() bool {
	if l.cfg.CanSteer != nil {
		return l.cfg.CanSteer(l.user)
	}
	return l.user.Staff()
}

// board says every intent in a line, or all about one.
func (l *linear) board(ctx context.Context, only string) {
	s, err := l.cfg.Migration.Status(ctx)
	if err != nil {
		l.say("error: the state of the migration could not be read: %s", sentence(err))
		return
	}
	m := l.screenless(s)
	l.say("migration: %s", strings.ReplaceAll(m.migrating.summary(), " · ", ", "))
	if f := m.faults(); f != "" {
		l.say("attention: broken on purpose: %s", f)
	}
	if f := m.breakers(); f != "" {
		l.say("attention: %s", f)
	}
	if len(s.Intents) == 0 {
		l.say("banyan: no service offers anything yet.")
	}
	found := false
	for _, i := range s.Intents {
		if only != "" && i.Intent != only {
			continue
		}
		found = true
		parts := []string{cleanLine(i.Intent), routeWords(i.Version.Route)}
		if old, fresh := recent(i.Legacy), recent(i.Modern); old+fresh > 0 {
			parts = append(parts, "modern served "+grouped(fresh)+" of "+count(old+fresh, "call")+" of the last hour")
		} else {
			parts = append(parts, "no calls in the last hour")
		}
		if rate, of := match(i.Shadow); rate != "" {
			parts = append(parts, "matches in "+rate+" "+of)
		}
		if r := i.Rollout; r != nil {
			parts = append(parts, "rollout "+cleanLine(r.State)+", "+cleanLine(r.Verdict)+", "+grouped(r.Calls)+" of "+count(r.Needed, "call"))
		}
		if n := len(i.Contract); n > 0 {
			parts = append(parts, count(n, "contract problem"))
		}
		l.say("intent: %s", strings.Join(parts, ", "))
		if only != "" {
			for _, line := range m.intentDetail(i, 1000) {
				label, text, _ := strings.Cut(strings.TrimSpace(line), " ")
				l.say("%s: %s", label, strings.TrimSpace(text))
			}
		}
	}
	if only != "" && !found {
		l.say("error: there is no intent %s. /intents lists them.", cleanLine(only))
	}
	if only == "" {
		l.say("banyan: %s.", orderHelp)
	}
}

// screenless is a model that writes the words of the board without colours.
func (l *linear) screenless(s orchestrator.MigrationStatus) *model {
	return &model{cfg: l.cfg, signs: newSigns(true), migrating: board{status: s, known: true}}
}

func (l *linear) differences(ctx context.Context, intent string) {
	list, err := seenBy(l.cfg.Migration, l.user).Mismatches(ctx, intent, 20)
	if err != nil {
		l.say("error: the differences could not be read: %s", sentence(err))
		return
	}
	if len(list) == 0 {
		l.say("banyan: no difference was found in %s.", cleanLine(intent))
	}
	if !l.maySteer() {
		for _, k := range kindsOf(list) {
			l.say("difference: %s, %s", count(k.n, "time"), k.said)
		}
		if len(list) > 0 {
			l.say("banyan: %s", onlyCounts)
		}
		return
	}
	w := orchestrator.Wording{Now: l.cfg.Now()}
	for n, x := range list {
		said, _ := verdict(x.Found)
		l.say("difference %d of %d: %s, %s", n+1, len(list), w.Time(x.At, true), said)
		for _, d := range x.Found.Differences {
			l.say("field: %s, %s says %s, %s says %s", cleanLine(d.Path), cleanLine(string(x.Primary.Era)), valueText(d.Primary), cleanLine(string(x.Candidate.Era)), valueText(d.Candidate))
		}
	}
}

func (l *linear) report(ctx context.Context) {
	r, err := l.cfg.Migration.Report(ctx)
	if err != nil {
		l.say("error: the report could not be made: %s", sentence(err))
		return
	}
	l.say("report: %d of %s can do without legacy", r.Ready, count(len(r.Intents), "intent"))
	for _, i := range r.Intents {
		state := "not yet"
		if i.Ready {
			state = "ready to retire"
		}
		l.say("intent: %s, %s, %s. %s", cleanLine(i.Intent), routeWords(i.Route), state, cleanLine(strings.Join(i.Why, " ")))
	}
}

func (l *linear) explain(ctx context.Context, o order) {
	e, err := explainTo(ctx, seenBy(l.cfg.Migration, l.user), l.maySteer(), o.intent, o.who, l.user.Email)
	if err != nil {
		l.say("error: that could not be explained: %s", sentence(err))
		return
	}
	l.say("why: %s", cleanLine(e.Text))
	history, err := l.cfg.Migration.History(ctx, o.intent)
	if err != nil {
		l.say("error: its history could not be read: %s", sentence(err))
		return
	}
	w := orchestrator.Wording{Now: l.cfg.Now()}
	for _, v := range history {
		l.say("version %d: %s, %s %s%s %s", v.Version, routeWords(v.Route), cleanLine(v.Cause), w.Time(v.At, true), byWhom(v.By), cleanLine(v.By.Why))
	}
}

// broken says what is broken on purpose, if anything is.
func (l *linear) broken(ctx context.Context) {
	if l.cfg.Migration == nil {
		return
	}
	if s, err := l.cfg.Migration.Status(ctx); err == nil && len(s.Faults) > 0 {
		l.say("attention: broken on purpose: %s", l.screenless(s).faults())
	}
}
