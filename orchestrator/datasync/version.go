package datasync

import (
	"encoding/binary"
	"fmt"

	"banyan/orchestrator"
)

// Version is the version vector of an entity: how many changes each side has made
// to the state that it belongs to. Only one node of a side changes an entity, so
// two counts are enough however many copies there are.
type Version struct {
	Legacy uint64 `json:"legacy"`
	Modern uint64 `json:"modern"`
}

// Relation is how one version stands to another.
type Relation int

// The relations of two versions.
const (
	Same       Relation = iota // neither has seen more
	Earlier                    // the other has seen all of this and more
	Later                      // this has seen all of the other and more
	Concurrent                 // each has seen something that the other has not
)

// Compare tells how v stands to o.
func (v Version) Compare(o Version) Relation {
	switch {
	case v == o:
		return Same
	case v.Legacy <= o.Legacy && v.Modern <= o.Modern:
		return Earlier
	case v.Legacy >= o.Legacy && v.Modern >= o.Modern:
		return Later
	}
	return Concurrent
}

// Merge returns the least version that has seen all that v and o have.
func (v Version) Merge(o Version) Version {
	return Version{max(v.Legacy, o.Legacy), max(v.Modern, o.Modern)}
}

// Next returns the version after one more change on that side.
func (v Version) Next(side orchestrator.Era) Version {
	if side == orchestrator.Legacy {
		v.Legacy++
	} else {
		v.Modern++
	}
	return v
}

// String writes the version as "legacy 3, modern 1".
func (v Version) String() string { return fmt.Sprintf("legacy %d, modern %d", v.Legacy, v.Modern) }

func (v Version) bytes() []byte {
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, v.Legacy), v.Modern)
}

func versionOf(b []byte) (Version, error) {
	switch len(b) {
	case 0:
		return Version{}, nil
	case 16:
		return Version{binary.BigEndian.Uint64(b), binary.BigEndian.Uint64(b[8:])}, nil
	}
	return Version{}, fmt.Errorf("a version of %d bytes", len(b))
}
