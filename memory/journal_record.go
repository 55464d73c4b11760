package memory

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"hash/crc32"

	"banyan/orchestrator"
)

// The journal's file is a head and then one record behind the other. Numbers are
// big-endian.
//
//	head    "banyan journal" 0, version, checksum of these 16 bytes
//	record  mark, length of the body, checksum of length and body, body
//	body    kind, length of the turn's ID, the ID, JSON
//
// The mark is no UTF-8 and stands in no body, so that behind a damaged record the
// next whole one is found.
const (
	journalHead    = "banyan journal\x00"
	journalVersion = 1
	headLength     = len(journalHead) + 1 + 4

	recordMark = "\xf5\xc0\xff\xfb"
	recordHead = len(recordMark) + 4 + 4
	bodyHead   = 1 + 2
)

// The kinds of record.
const (
	recordBegin = 'b' // JSON of an orchestrator.OpenTurn
	recordNote  = 'n' // JSON of an orchestrator.JournalNote
	recordDrop  = 'd' // no JSON
)

// journalStart is the head of a file.
func journalStart(version byte) []byte {
	b := append([]byte(journalHead), version)
	return binary.BigEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
}

// frame returns a record as it stands in the file.
func frame(kind byte, turn string, content []byte) []byte {
	n := bodyHead + len(turn) + len(content)
	b := append(make([]byte, 0, recordHead+n), recordMark...)
	b = binary.BigEndian.AppendUint32(b, uint32(n))         //nolint:gosec // turns are far smaller than 4 GB
	b = append(b, 0, 0, 0, 0, kind)                         // the checksum comes when the body is there
	b = binary.BigEndian.AppendUint16(b, uint16(len(turn))) //nolint:gosec // at most maxID
	b = append(append(b, turn...), content...)
	binary.BigEndian.PutUint32(b[len(recordMark)+4:], recordChecksum(b))
	return b
}

// recordChecksum covers what the checksum of a whole record does.
func recordChecksum(b []byte) uint32 {
	sum := crc32.Checksum(b[len(recordMark):len(recordMark)+4], castagnoli)
	return crc32.Update(sum, castagnoli, b[recordHead:])
}

// span is where a record stands in the file.
type span struct{ at, length int64 }

// found is a record that was read.
type found struct {
	span    span
	kind    byte
	turn    string
	content []byte
}

// parseRecord reads the record that b starts with; ok is false if there is no
// whole one.
func parseRecord(b []byte) (r found, ok bool) {
	if len(b) < recordHead+bodyHead || !bytes.HasPrefix(b, []byte(recordMark)) {
		return found{}, false
	}
	n := int64(binary.BigEndian.Uint32(b[len(recordMark):]))
	if n < int64(bodyHead) || n > int64(len(b)-recordHead) {
		return found{}, false
	}
	b = b[:int64(recordHead)+n]
	if binary.BigEndian.Uint32(b[len(recordMark)+4:]) != recordChecksum(b) {
		return found{}, false
	}
	body := b[recordHead:]
	id := int(binary.BigEndian.Uint16(body[1:]))
	if bodyHead+id > len(body) {
		return found{}, false
	}
	return found{
		span: span{length: int64(len(b))}, kind: body[0],
		turn: string(body[bodyHead : bodyHead+id]), content: body[bodyHead+id:],
	}, true
}

// contents is what a journal's file holds.
type contents struct {
	records []found
	// end is where the last whole record ends. What comes behind it was being
	// written when the process or the machine died.
	end int64
	// gaps counts the places in front of end that cannot be read, and a record behind it
	// that was whole once.
	gaps int
	// version is that of the layout; 0 if the head cannot be read, which is a gap.
	version byte
}

// readJournal reads the content of a file, whatever it is.
func readJournal(b []byte) contents {
	var c contents
	at := 0
	switch {
	case len(b) >= headLength && bytes.Equal(b[:headLength], journalStart(b[len(journalHead)])):
		c.version, at = b[len(journalHead)], headLength
	case len(b) < headLength && bytes.HasPrefix(journalStart(journalVersion), b):
		c.version = journalVersion // as good as empty
		return c
	}
	c.end = int64(at)
	bad := c.version == 0
	for at < len(b) {
		r, ok := parseRecord(b[at:])
		if !ok {
			bad = true
			next := bytes.Index(b[at+1:], []byte(recordMark))
			if next < 0 {
				break
			}
			at += 1 + next
			continue
		}
		if bad {
			c.gaps++
			bad = false
		}
		r.span.at = int64(at)
		c.records = append(c.records, r)
		at += int(r.span.length)
		c.end = int64(at)
	}
	if bad && c.version != 0 && wasWhole(b[c.end:]) {
		c.gaps++
	}
	if c.version == 0 && c.gaps == 0 && len(b) > 0 {
		c.gaps = 1 // no head and no record: it is something else
	}
	return c
}

// wasWhole tells whether what stands behind the last whole record was a whole one
// once, and not one that was being written: a write that is cut off leaves the
// beginning of a record, perhaps with zeros or with an older record behind.
func wasWhole(b []byte) bool {
	if len(b) < recordHead+bodyHead || b[len(b)-1] == 0 || bytes.Contains(b[1:], []byte(recordMark)) {
		return false
	}
	if bytes.HasPrefix(b, []byte(recordMark)) && int64(binary.BigEndian.Uint32(b[len(recordMark):])) == int64(len(b)-recordHead) {
		return true
	}
	// Its head is damaged: a body that is complete shows it.
	body := b[recordHead+bodyHead:]
	from := bytes.IndexByte(body, '{')
	return from >= 0 && json.Valid(body[from:])
}

// encodeOpen writes an open turn as it is kept: times in UTC. It is not changed.
func encodeOpen(o orchestrator.OpenTurn) ([]byte, error) {
	o.Turn = inUTC(o.Turn)
	o.Began = o.Began.UTC()
	return encode(o)
}

// decodeOpen puts an open turn together from its records.
func decodeOpen(records []found) (orchestrator.OpenTurn, error) {
	var o orchestrator.OpenTurn
	for _, r := range records {
		if r.kind == recordBegin {
			o = orchestrator.OpenTurn{}
			if err := json.Unmarshal(r.content, &o); err != nil {
				return o, err
			}
			continue
		}
		var n orchestrator.JournalNote
		if err := json.Unmarshal(r.content, &n); err != nil {
			return o, err
		}
		o.Notes = append(o.Notes, n)
	}
	return o, nil
}

// conversationOf reads the conversation of a turn that was begun; empty if that
// cannot be read.
func conversationOf(begin []byte) string {
	var o struct {
		Turn struct {
			Conversation string `json:"conversation"`
		} `json:"turn"`
	}
	_ = json.Unmarshal(begin, &o) // whoever asks for the turn is told
	return o.Turn.Conversation
}
