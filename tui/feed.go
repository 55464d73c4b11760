package tui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"banyan/orchestrator"
)

// frame is how long pieces of an answer are collected before they are drawn.
const frame = 33 * time.Millisecond

// feedBuffer is how many events the kernel may be ahead. What is missed beyond
// that is made good by the turn that the kernel returns.
const feedBuffer = 1024

// eventsMsg carries events in their order.
type eventsMsg struct{ events []orchestrator.Event }

// readEvents waits for the next event and returns it with what has come since.
// Pieces of an answer are collected for one frame; anything else ends the wait.
func readEvents(ctx context.Context, c <-chan orchestrator.Event) tea.Msg {
	var batch []orchestrator.Event
	select {
	case <-ctx.Done():
		return nil
	case ev, ok := <-c:
		if !ok {
			return nil
		}
		batch = append(batch, ev)
	}
	t := time.NewTimer(frame)
	defer t.Stop()
	for len(batch) < 512 {
		if batch[len(batch)-1].Kind != orchestrator.EventAnswerDelta {
			select {
			case ev, ok := <-c:
				if !ok {
					return eventsMsg{batch}
				}
				batch = append(batch, ev)
				continue
			default:
				return eventsMsg{batch}
			}
		}
		select {
		case ev, ok := <-c:
			if !ok {
				return eventsMsg{batch}
			}
			batch = append(batch, ev)
		case <-t.C:
			return eventsMsg{batch}
		case <-ctx.Done():
			return eventsMsg{batch}
		}
	}
	return eventsMsg{batch}
}
