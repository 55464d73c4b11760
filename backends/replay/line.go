package replay

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"banyan/orchestrator"
)

// format is the version of the file format.
const format = 1

// maxLine bounds one line of a recording, in bytes.
const maxLine = 8 << 20

// ErrFormat means that something is not a recording, or not one of this version.
var ErrFormat = errors.New("not a recording")

// The skills, as recorded.
const (
	skillPlan    = "plan"
	skillJudge   = "judge"
	skillRespond = "respond"
)

// header is the first line of a session.
type header struct {
	Recording    int      `json:"banyan_recording"`
	Backend      string   `json:"backend"`
	Model        string   `json:"model,omitempty"`
	Version      string   `json:"version,omitempty"`
	Capabilities []string `json:"capabilities,omitempty"`
}

// line is one exchange, masked.
type line struct {
	Skill string `json:"skill"`
	// Hash is that of the whole request, Said that of the message alone.
	Hash string `json:"hash"`
	Said string `json:"said"`
	// Message is for people; Hash and Said are what is compared.
	Message string `json:"message"`
	// Spans tell where in the message, masked by patterns alone, further personal
	// data stood.
	Spans []span `json:"spans,omitempty"`

	Plan    *orchestrator.Plan `json:"plan,omitempty"`
	Verdict *verdict           `json:"verdict,omitempty"`
	// Text is the answer; with an error, the pieces that were emitted before it.
	Text  string             `json:"text,omitempty"`
	Usage orchestrator.Usage `json:"usage"`
	Error *failure           `json:"error,omitempty"`
}

// span is a piece of a message: Length bytes from At.
type span struct {
	Name   string `json:"name"`
	At     int    `json:"at"`
	Length int    `json:"length"`
}

type verdict struct {
	Met   bool   `json:"met"`
	Known bool   `json:"known"`
	Why   string `json:"why,omitempty"`
}

type failure struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// again is how a head begins that stands further down: a file may hold several
// sessions, one behind the other.
var again = []byte(`{"banyan_recording":`)

// read takes a recording apart. Errors wrap ErrFormat, or come from r.
func read(r io.Reader) (header, []line, error) {
	var h header
	var lines []line
	sc := bufio.NewScanner(r)
	sc.Buffer(make([]byte, 0, 64<<10), maxLine)
	for n := 1; sc.Scan(); n++ {
		text := bytes.TrimSpace(sc.Bytes())
		switch {
		case len(text) == 0:
		case h.Recording == 0 || bytes.HasPrefix(text, again): // the head, or that of a later session
			h = header{}
			if err := json.Unmarshal(text, &h); err != nil || h.Recording == 0 {
				return header{}, nil, fmt.Errorf("line %d is not the head of a recording: %w", n, ErrFormat)
			}
			if h.Recording != format {
				return header{}, nil, fmt.Errorf("the recording is of version %d, this program reads version %d: %w", h.Recording, format, ErrFormat)
			}
		default:
			var l line
			if err := json.Unmarshal(text, &l); err != nil {
				return header{}, nil, fmt.Errorf("line %d: %w: %w", n, ErrFormat, err)
			}
			if err := l.sound(); err != nil {
				return header{}, nil, fmt.Errorf("line %d: %w: %w", n, ErrFormat, err)
			}
			lines = append(lines, l)
		}
	}
	if errors.Is(sc.Err(), bufio.ErrTooLong) {
		return header{}, nil, fmt.Errorf("a line is longer than %d bytes: %w", maxLine, ErrFormat)
	}
	if sc.Err() != nil {
		return header{}, nil, fmt.Errorf("reading the recording: %w", sc.Err())
	}
	if h.Recording == 0 {
		return header{}, nil, fmt.Errorf("it is empty: %w", ErrFormat)
	}
	return h, lines, nil
}

func (l *line) sound() error {
	whole := l.Error != nil
	switch l.Skill {
	case skillPlan:
		whole = whole || l.Plan != nil
	case skillJudge:
		whole = whole || l.Verdict != nil
	case skillRespond:
		whole = true
	default:
		return fmt.Errorf("there is no skill %q", l.Skill)
	}
	if !whole {
		return errors.New("neither a reply nor an error")
	}
	return nil
}
