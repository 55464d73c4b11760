package orchestrator

import (
	"context"
	"fmt"
)

// Try asks one side what it would answer, without changing anything: a read is
// called, a change is a dry run, and no turn, event or statistic comes of it. The
// error says why it could not be asked; what the service said, its refusals
// included, is in the answer.
func (k *Kernel) Try(ctx context.Context, era Era, call Call) (Answer, error) {
	e := k.Catalog().Intent(call.Intent)
	if e == nil {
		return Answer{}, fmt.Errorf("there is no intent %s", call.Intent)
	}
	offer := e.Offer(era)
	if offer == nil {
		return Answer{}, fmt.Errorf("%s is not offered on the %s side", call.Intent, era)
	}
	if e.Changes() {
		if d, ok := offer.service.(DryRunner); !ok || !d.CanDryRun(call.Intent) {
			return Answer{}, fmt.Errorf("the %s service cannot tell what %s would do without doing it", offer.Service, call.Intent)
		}
		call.DryRun = true
	}
	call.Key, call.Args = "", (&stepRun{entry: e, subject: call.Subject}).callArgs(call.Args)
	res, problem, took := k.call(ctx, *offer, call)
	return Answer{Era: era, Service: offer.Service, Result: res, Err: problem, Duration: took}, nil
}
