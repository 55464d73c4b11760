package chaos

import (
	"encoding/json"
	"sync"

	"banyan/orchestrator"
)

// maxMemory bounds the answers that are remembered; beyond it they are right.
const maxMemory = 1000

// memory holds the first answer to each read.
type memory struct {
	mu   sync.Mutex // guards what follows
	data map[string][]byte
}

// first returns what was said to the same call before; if nothing was, data is
// remembered and returned.
func (m *memory) first(call orchestrator.Call, data map[string]any) map[string]any {
	key, err := json.Marshal([]any{call.Intent, call.Subject.Email, call.Args})
	if err != nil {
		return data
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if kept, ok := m.data[string(key)]; ok {
		var old map[string]any
		if json.Unmarshal(kept, &old) == nil {
			return old
		}
		return data
	}
	kept, err := json.Marshal(data)
	if err != nil || len(m.data) >= maxMemory {
		return data
	}
	if m.data == nil {
		m.data = map[string][]byte{}
	}
	m.data[string(key)] = kept
	return data
}
