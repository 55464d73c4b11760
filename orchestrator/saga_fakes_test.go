package orchestrator

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
)

// desk is a store with a journal, in memory. Kernels share it as processes share a
// file: each holds a copy of its own handle, and a dead handle writes no more.
type desk struct {
	*deskData
	dead func() bool
}

type deskData struct {
	shelf
	jmu  sync.Mutex // guards what follows
	open []OpenTurn
	// unreadable is what Unfinished says of the rest.
	unreadable error
	// loses makes Unfinished forget the notes after the last one that was synced, as a
	// loss of power may.
	loses  bool
	synced map[string]int // turn → notes up to the last one that was synced
}

func newDesk() *desk {
	return &desk{deskData: &deskData{synced: map[string]int{}}, dead: func() bool { return false }}
}

var errDead = errors.New("this process is dead")

func (d *desk) Append(ctx context.Context, t Turn) error {
	if d.dead() {
		return errDead
	}
	if err := d.shelf.Append(ctx, t); err != nil {
		return err
	}
	return d.Drop(ctx, t.ID)
}

func (d *desk) Begin(_ context.Context, o OpenTurn) error {
	d.jmu.Lock()
	defer d.jmu.Unlock()
	if d.dead() {
		return errDead
	}
	d.open = slices.DeleteFunc(d.open, func(other OpenTurn) bool { return other.Turn.ID == o.Turn.ID })
	o.Turn.Steps = slices.Clone(o.Turn.Steps)
	d.open = append(d.open, o)
	return nil
}

func (d *desk) Note(_ context.Context, turn string, n JournalNote, sync bool) error {
	d.jmu.Lock()
	defer d.jmu.Unlock()
	if d.dead() {
		return errDead
	}
	for i := range d.open {
		if d.open[i].Turn.ID == turn {
			d.open[i].Notes = append(d.open[i].Notes, n)
			if sync {
				d.synced[turn] = len(d.open[i].Notes)
			}
			return nil
		}
	}
	return fmt.Errorf("turn %s has not begun", turn)
}

func (d *desk) Unfinished(context.Context) ([]OpenTurn, error) {
	d.jmu.Lock()
	defer d.jmu.Unlock()
	open := slices.Clone(d.open)
	for i := range open {
		if d.loses {
			open[i].Notes = open[i].Notes[:d.synced[open[i].Turn.ID]]
		}
	}
	return open, d.unreadable
}

func (d *desk) Drop(_ context.Context, turn string) error {
	d.jmu.Lock()
	defer d.jmu.Unlock()
	d.open = slices.DeleteFunc(d.open, func(o OpenTurn) bool { return o.Turn.ID == turn })
	return nil
}

// fault is what goes wrong with a call.
type callFault string

const (
	noFault      callFault = "none"
	refuses      callFault = "refuses"           // a no of the business
	failsOnce    callFault = "fails once"        // an error before the effect, then all is well
	failsAfter   callFault = "fails after"       // an error after the effect, once
	failsAlways  callFault = "fails always"      // an error before the effect, every time
	hangsBefore  callFault = "hangs before"      // no answer and no effect, once
	hangsAfter   callFault = "hangs after"       // the effect and no answer, once
	hangsAlways  callFault = "hangs always"      // no answer and no effect, every time
	panicsBefore callFault = "panics before"     // once
	panicsAfter  callFault = "panics after"      // once
	dropsAnswer  callFault = "answers nonsense"  // the effect, and an answer that does not fit the schema, once
	diesBefore   callFault = "process dies"      // the whole process, before the effect
	diesAfter    callFault = "process dies late" // the whole process, after the effect
)

var (
	callFaults = []callFault{
		refuses, failsOnce, failsAfter, failsAlways, hangsBefore, hangsAfter, hangsAlways,
		panicsBefore, panicsAfter, dropsAnswer, diesBefore, diesAfter,
	}
	vaultSlots = []string{"a", "b", "c", "d"}
)

// vault is a service with four things to set, each of which can be taken back.
type vault struct {
	keys, finds bool
	recovery    Recovery
	noUndo      string // the slot that cannot be taken back

	mu      sync.Mutex // guards what follows
	set     map[string]bool
	effects map[string]int    // by key
	kept    map[string]string // key → intent
	faults  map[string]callFault
}

func newVault() *vault {
	return &vault{keys: true, finds: true, set: map[string]bool{}, effects: map[string]int{}, kept: map[string]string{}, faults: map[string]callFault{}}
}

type slotResult struct {
	Slot string `json:"slot"`
	Set  bool   `json:"set"`
}

func (v *vault) Describe(context.Context) (Description, error) {
	params, err := SchemaFor[struct {
		Email string `json:"email"`
	}]()
	if err != nil {
		return Description{}, err
	}
	result, err := SchemaFor[slotResult]()
	if err != nil {
		return Description{}, err
	}
	d := Description{Name: "vault", Version: "1.0.0", Contract: ContractVersion, Era: Modern, Keys: v.keys}
	for _, slot := range vaultSlots {
		set := Intent{Name: "set_" + slot, Summary: "Set " + slot, Params: params, Result: result, Effect: Write, Subject: "email", Recovery: v.recovery}
		if slot != v.noUndo {
			set.Undo = &Undo{Intent: "unset_" + slot, When: "result.set"}
		}
		d.Intents = append(d.Intents, set,
			Intent{Name: "unset_" + slot, Summary: "Unset " + slot, Params: params, Result: result, Effect: Write, Subject: "email"})
	}
	return d, nil
}

func (v *vault) result(call Call) Result {
	slot, set := call.Intent[len(call.Intent)-1:], call.Intent[0] == 's'
	return Result{Data: map[string]any{"slot": slot, "set": set}}
}

// call answers one call of a process, which it may be the end of.
func (v *vault) call(ctx context.Context, p *process, call Call) (Result, error) {
	v.mu.Lock()
	fault := v.faults[call.Intent]
	switch fault {
	case doesLate, failsOnce, failsAfter, hangsBefore, hangsAfter, panicsBefore, panicsAfter, dropsAnswer, diesBefore, diesAfter:
		delete(v.faults, call.Intent)
	case noFault, refuses, failsAlways, hangsAlways:
	}
	v.mu.Unlock()
	switch fault {
	case refuses:
		return Result{}, Errorf("not_now", "Not now.")
	case failsOnce, failsAlways:
		return Result{}, errors.New("the line is dead")
	case hangsBefore, hangsAlways:
		<-ctx.Done()
		return Result{}, ctx.Err()
	case doesLate:
		<-ctx.Done()
		pause(context.WithoutCancel(ctx), firstPause) // longer than anybody waits for it
	case panicsBefore:
		panic("before")
	case diesBefore:
		p.die()
		return Result{}, errDead
	default:
	}
	v.effect(call)
	switch fault {
	case failsAfter:
		return Result{}, errors.New("the line went dead")
	case hangsAfter:
		<-ctx.Done()
		return Result{}, ctx.Err()
	case panicsAfter:
		panic("after")
	case dropsAnswer:
		return Result{Data: map[string]any{"slot": 7.0}}, nil
	case diesAfter:
		p.die()
		return Result{}, errDead
	default:
	}
	return v.result(call), nil
}

// effect does what the call asks for, once for each key if the vault keeps keys.
func (v *vault) effect(call Call) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if _, ok := v.kept[call.Key]; ok && v.keys {
		return
	}
	v.kept[call.Key] = call.Intent
	v.effects[call.Key]++
	v.set[call.Intent[len(call.Intent)-1:]] = call.Intent[0] == 's'
}

// process is a kernel over a desk and a vault that can die: from then on nothing of
// it reaches them any more.
type process struct {
	*vault
	kernel *Kernel
	died   chan struct{}
	once   sync.Once
}

func (p *process) die() { p.once.Do(func() { close(p.died) }) }

func (p *process) isDead() bool {
	select {
	case <-p.died:
		return true
	default:
		return false
	}
}

func (p *process) Call(ctx context.Context, call Call) (Result, error) {
	if p.isDead() {
		return Result{}, errDead
	}
	return p.call(ctx, p, call)
}

// finder is a process whose vault can be asked what became of a call.
type finder struct{ *process }

func (f finder) Find(_ context.Context, call Call) (Result, bool, error) {
	if f.isDead() {
		return Result{}, false, errDead
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	intent, ok := f.kept[call.Key]
	if ok && intent != call.Intent {
		return Result{}, false, Errorf("key_reused", "The key was used for something else.")
	}
	return f.result(call), ok, nil
}

// start starts a kernel whose plan sets the four slots in order, and lets it finish
// what another left.
func (p *process) start(ctx context.Context, d *desk, partly bool) error {
	var service Service = p
	if p.finds {
		service = finder{p}
	}
	plan := Plan{Kind: PlanSteps, Partly: partly}
	for _, slot := range vaultSlots {
		plan.Steps = append(plan.Steps, Step{ID: slot, Intent: "set_" + slot})
	}
	var err error
	p.kernel, err = New(ctx, Config{
		Services: []Service{service}, Store: &desk{deskData: d.deskData, dead: p.isDead}, Directory: people{},
		Backend: &script{plan: func(PlanRequest) Plan { return plan }},
	})
	return err
}
