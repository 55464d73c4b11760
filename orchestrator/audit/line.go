package audit

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"banyan/orchestrator"
)

// Line is one line of the log. Entry is kept as it was written, so that the hash is
// over exactly these bytes.
type Line struct {
	Seq   uint64          `json:"seq"`
	Prev  string          `json:"prev"`
	Entry json.RawMessage `json:"entry"`
	Hash  string          `json:"hash"`
}

// zero stands for the hash before the first line.
var zero = strings.Repeat("0", 2*sha256.Size)

// maxLine bounds one line; the arguments of a call are far smaller.
const maxLine = 4 << 20

func hash(seq uint64, prev string, entry []byte) string {
	h := sha256.New()
	_, _ = h.Write([]byte(strconv.FormatUint(seq, 10) + "\n" + prev + "\n")) // a hash does not fail
	_, _ = h.Write(entry)
	return hex.EncodeToString(h.Sum(nil))
}

// parse reads a line and checks that it is exactly as Record writes it, so that no
// byte of it can differ unnoticed.
func parse(text []byte) (Line, error) {
	var line Line
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&line); err != nil {
		return line, fmt.Errorf("it is no entry: %w", err)
	}
	again, err := json.Marshal(line)
	if err != nil || !bytes.Equal(again, text) {
		return line, errors.New("it is not written as the log writes entries")
	}
	if hash(line.Seq, line.Prev, line.Entry) != line.Hash {
		return line, errors.New("its hash does not fit what it says")
	}
	return line, nil
}

// tail returns the last whole line of a file, nil if there is none, and how many
// bytes stand behind it.
func tail(f *os.File) (*Line, int64, error) {
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, 0, err
	}
	from := max(0, size-maxLine)
	buf := make([]byte, size-from)
	if _, err := f.ReadAt(buf, from); err != nil && !errors.Is(err, io.EOF) {
		return nil, 0, err
	}
	end := bytes.LastIndexByte(buf, '\n')
	torn := int64(len(buf) - end - 1)
	if end < 0 {
		if from > 0 {
			return nil, 0, errors.New("its last line has no end")
		}
		return nil, torn, nil
	}
	start := bytes.LastIndexByte(buf[:end], '\n') + 1
	line, err := parse(buf[start:end])
	if err != nil {
		return nil, 0, fmt.Errorf("the last entry was tampered with or damaged: %w. Keep the file, move it away, and a new log is begun", err)
	}
	return &line, torn, nil
}

// Report is what Verify found.
type Report struct {
	Entries uint64
	// Last is the hash of the last entry.
	Last string
	// Torn is how many bytes stand behind the last whole entry: the program ended while
	// it wrote, or somebody put them there. The next start takes them off and notes it.
	Torn int64
	// Missing are marks that should be in the log and are not.
	Missing []string
}

// Damage says where a log is not as it was written.
type Damage struct {
	Line int // counted from 1
	Why  error
}

func (d *Damage) Error() string {
	return fmt.Sprintf("line %d is not as it was written: %v", d.Line, d.Why)
}

func (d *Damage) Unwrap() error { return d.Why }

// Verify reads a whole log and checks the chain. A line that does not fit is a
// *Damage. marks are hashes that others keep of entries; those that are not in the
// log are told in the report. A file that does not exist is a log without entries.
func Verify(path string, marks []string) (Report, error) {
	report := Report{Last: zero}
	open := map[string]bool{}
	for _, m := range marks {
		open[m] = true
	}
	err := Each(path, func(line Line, _ orchestrator.AuditEntry) error {
		report.Entries, report.Last = line.Seq, line.Hash
		delete(open, line.Hash)
		return nil
	})
	if err == nil {
		report.Torn, err = torn(path)
	}
	for _, m := range marks {
		if open[m] {
			report.Missing = append(report.Missing, m)
			delete(open, m)
		}
	}
	return report, err
}

// torn returns how many bytes stand behind the last whole line of a file.
func torn(path string) (int64, error) {
	f, err := os.Open(path) //nolint:gosec // the caller names the file
	if errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("open the audit log: %w", err)
	}
	defer func() { _ = f.Close() }() // only read
	_, n, err := tail(f)
	return n, err
}

// Each calls fn for every entry of a log, oldest first, checking the chain on the
// way. It stops at the first error. An unfinished last line is skipped: the process
// that writes it may still be at it.
func Each(path string, fn func(Line, orchestrator.AuditEntry) error) error {
	f, err := os.Open(path) //nolint:gosec // the caller names the file
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("open the audit log: %w", err)
	}
	defer func() { _ = f.Close() }() // only read
	r := bufio.NewReaderSize(f, 64<<10)
	prev, seq := zero, uint64(0)
	for n := 1; ; n++ {
		text, err := readLine(r)
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return &Damage{n, err}
		}
		line, err := parse(text)
		if err == nil && (line.Prev != prev || line.Seq != seq+1) {
			err = errors.New("it does not follow the line before")
		}
		var entry orchestrator.AuditEntry
		if err == nil {
			err = json.Unmarshal(line.Entry, &entry)
		}
		if err != nil {
			return &Damage{n, err}
		}
		if err := fn(line, entry); err != nil {
			return err
		}
		prev, seq = line.Hash, line.Seq
	}
}

// readLine returns the next whole line without its end.
func readLine(r *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case err == nil:
			return line[:len(line)-1], nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return nil, err
		case len(line) > maxLine:
			return nil, errors.New("it is far too long")
		}
	}
}
