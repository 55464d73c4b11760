package memory

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"time"

	"banyan/orchestrator"
)

// schema is the version of the layout that this package reads and writes.
const schema = 1

// The buckets, see the package comment.
const (
	bucketMeta          = "memory/meta"
	bucketConversations = "memory/conversations"
	bucketTurns         = "memory/turns"
	bucketIDs           = "memory/turn_ids"
	bucketIndex         = "memory/index"
	bucketState         = "memory/state" // made by the first Put

	keySchema = "schema"
)

// maxID is the longest conversation ID, turn ID or user in bytes. bbolt's keys
// end at 32 KB.
const maxID = 1024

// castagnoli is the polynomial that processors compute in hardware.
var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// record is what is kept of a conversation beside its turns.
type record struct {
	orchestrator.ConversationInfo
	// Number stands for the conversation in the keys of its turns.
	Number uint64 `json:"number"`
	// Mark orders conversations whose latest turns bear the same time: it is
	// higher for the one that was written later.
	Mark uint64 `json:"mark"`
}

// turnKey is the key of the turn at a position, counted from 1.
func turnKey(conversation, position uint64) []byte {
	k := make([]byte, 16)
	binary.BigEndian.PutUint64(k, conversation)
	binary.BigEndian.PutUint64(k[8:], position)
	return k
}

// The first byte of a key of the index tells whose list it belongs to.
const (
	indexAll  = 'a'
	indexUser = 'u'
)

// indexPrefix is what the keys of a user's list start with; of everybody's if
// user is empty. The length in front keeps one user's list from being the
// beginning of another's.
func indexPrefix(user string) []byte {
	if user == "" {
		return []byte{indexAll}
	}
	k := make([]byte, 0, 3+len(user)+20)
	k = append(k, indexUser)
	k = binary.BigEndian.AppendUint16(k, uint16(len(user))) //nolint:gosec // at most maxID
	return append(k, user...)
}

// indexKey is the key of a conversation in a list: the prefix, then the time of
// the latest turn and the mark.
func indexKey(prefix []byte, updated time.Time, mark uint64) []byte {
	k := append(make([]byte, 0, len(prefix)+20), prefix...)
	k = binary.BigEndian.AppendUint64(k, uint64(updated.Unix())^1<<63) //nolint:gosec // the flipped sign keeps the order
	k = binary.BigEndian.AppendUint32(k, uint32(updated.Nanosecond())) //nolint:gosec // below a thousand million
	return binary.BigEndian.AppendUint64(k, mark)
}

// indexKeys are the keys of a conversation in all lists that it belongs to.
func (r record) indexKeys() [][]byte {
	keys := [][]byte{indexKey(indexPrefix(""), r.Updated, r.Mark)}
	if r.User != "" {
		keys = append(keys, indexKey(indexPrefix(r.User), r.Updated, r.Mark))
	}
	return keys
}

// listedAs tells whether key is where the conversation stands in a user's list,
// or in everybody's if user is empty.
func (r record) listedAs(user string, key []byte) bool {
	return (user == "" || user == r.User) && bytes.Equal(key, indexKey(indexPrefix(user), r.Updated, r.Mark))
}

// checksum covers the key too, so that a value in the wrong place is noticed.
func checksum(key, body []byte) uint32 {
	return crc32.Update(crc32.Checksum(key, castagnoli), castagnoli, body)
}

// seal returns the value to store under key for a JSON body.
func seal(key, body []byte) []byte {
	v := binary.BigEndian.AppendUint32(make([]byte, 0, 4+len(body)), checksum(key, body))
	return append(v, body...)
}

// unseal returns the JSON body of a stored value; ok is false if the value is
// not the one that was stored under key.
func unseal(key, value []byte) (body []byte, ok bool) {
	if len(value) < 4 {
		return nil, false
	}
	body = value[4:]
	return body, binary.BigEndian.Uint32(value) == checksum(key, body)
}

// encode writes v as compact JSON without escaping what only browsers mind.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// encodeTurn writes a turn as it is kept: times in UTC. The turn is not changed.
func encodeTurn(t orchestrator.Turn) ([]byte, error) { return encode(inUTC(t)) }

// inUTC returns the turn with its times in UTC.
func inUTC(t orchestrator.Turn) orchestrator.Turn {
	t.At = t.At.UTC()
	if t.Pending != nil {
		p := *t.Pending
		p.Expires = p.Expires.UTC()
		t.Pending = &p
	}
	return t
}

// decodeTurn reads a stored turn.
func decodeTurn(path string, key, value []byte) (orchestrator.Turn, error) {
	var t orchestrator.Turn
	return t, decode(path, "turn", key, value, &t)
}

func decode(path, what string, key, value []byte, into any) error {
	body, ok := unseal(key, value)
	if !ok {
		return damaged(path, fmt.Sprintf("the %s with the key %x does not match its checksum", what, key))
	}
	if err := json.Unmarshal(body, into); err != nil {
		return withCause(damaged(path, fmt.Sprintf("the %s with the key %x cannot be read", what, key)), err)
	}
	return nil
}
