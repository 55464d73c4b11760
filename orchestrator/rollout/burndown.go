package rollout

import (
	"sync"
	"time"

	"banyan/orchestrator"
)

// burnDown counts the calls of each side by the minute, for a day. The zero value is
// ready, and it is safe for concurrent use.
type burnDown struct {
	mu           sync.Mutex // guards what follows
	total, fresh burnPoints
}

// burnPoints are minutes in which there was a call, oldest first.
type burnPoints []burnPoint

type burnPoint struct {
	Minute int64
	Legacy int `json:",omitempty"`
	Modern int `json:",omitempty"`
}

const burnKept = 24 * 60

func (b *burnDown) add(at time.Time, era orchestrator.Era) {
	p := burnPoint{Minute: minuteOf(at)}
	if era == orchestrator.Legacy {
		p.Legacy = 1
	} else {
		p.Modern = 1
	}
	b.mu.Lock()
	b.total.plus(p)
	b.fresh.plus(p)
	b.mu.Unlock()
}

// plus adds to a minute, and forgets those that are older than a day.
func (l *burnPoints) plus(p burnPoint) {
	list := *l
	i := len(list)
	for i > 0 && list[i-1].Minute > p.Minute {
		i--
	}
	if i > 0 && list[i-1].Minute == p.Minute {
		list[i-1].Legacy += p.Legacy
		list[i-1].Modern += p.Modern
		return
	}
	list = append(list, burnPoint{})
	copy(list[i+1:], list[i:])
	list[i] = p
	first := list[len(list)-1].Minute - burnKept
	for list[0].Minute <= first {
		list = list[1:]
	}
	*l = list
}

// points returns the minutes of the last day in which there was a call.
func (b *burnDown) points(now time.Time) []orchestrator.BurnPoint {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []orchestrator.BurnPoint
	for _, p := range b.total {
		if p.Minute > minuteOf(now)-burnKept {
			out = append(out, orchestrator.BurnPoint{At: time.Unix(p.Minute*60, 0).UTC(), Legacy: p.Legacy, Modern: p.Modern})
		}
	}
	return out
}
