package memory

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"io/fs"
	"os"
)

// What stands at the start of a bbolt file, from its own source: two meta pages,
// each a page header of 16 bytes and then the fields below in the byte order of
// the machine.
const (
	pageHeader   = 16
	metaLength   = 64
	metaMagic    = 0xed0cdaed
	metaVersion  = 2
	smallestPage = 1024
	biggestPage  = smallestPage << 14
	noFreelist   = ^uint64(0)
	freelistFlag = 0x10
)

// meta is the part of a meta page that matters here.
type meta struct {
	pageSize    int64
	root        uint64 // page of the root bucket
	freelist    uint64 // page of the list of free pages
	pages       uint64 // all pages in use are below
	transaction uint64
}

// inspect looks at the file before bbolt maps it into memory, because bbolt
// trusts what it finds: a file that is no store, or that has been cut short,
// must become an error and not a crash, here a *Flaw. An empty file, or none, is in
// order: bbolt fills it under its lock.
func inspect(path string) error {
	f, err := os.Open(path) //nolint:gosec // the store
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // it was only read
	info, err := f.Stat()
	switch {
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return &Flaw{Why: "it is not a regular file"}
	case info.Size() == 0:
		return nil
	}
	m, err := readMeta(f)
	if err != nil {
		return &Flaw{Why: err.Error(), Cause: err}
	}
	// The size is asked after the meta page was read: it only grows while another
	// process writes.
	if info, err = f.Stat(); err != nil {
		return err
	}
	if need := int64(m.pages) * m.pageSize; m.pages > 1<<40 || info.Size() < need { //nolint:gosec // bounded before
		return &Flaw{Why: fmt.Sprintf("it has been cut short: %d bytes of %d are there", info.Size(), need)}
	}
	if err := checkFreelist(f, m); err != nil {
		return &Flaw{Why: err.Error(), Cause: err}
	}
	return nil
}

// readMeta returns the valid meta page with the latest transaction.
func readMeta(f io.ReaderAt) (meta, error) {
	var found bool
	var best meta
	ours := false
	for at := int64(0); at <= biggestPage; at = max(smallestPage, at*2) {
		m, magic, err := parseMeta(f, at)
		ours = ours || magic
		if err == nil && (at == 0 || m.pageSize == at) && (!found || m.transaction > best.transaction) {
			found, best = true, m
		}
	}
	switch {
	case found:
		return best, nil
	case ours:
		return meta{}, errors.New("both of its first pages are broken")
	}
	return meta{}, errors.New("it is not a store")
}

// parseMeta reads the meta page at an offset; magic tells whether it looks like
// one, right or wrong.
func parseMeta(f io.ReaderAt, at int64) (m meta, magic bool, err error) {
	var b [pageHeader + metaLength]byte
	if _, err := f.ReadAt(b[:], at); err != nil {
		return meta{}, false, err
	}
	order, p := binary.NativeEndian, b[pageHeader:]
	if order.Uint32(p) != metaMagic {
		return meta{}, false, errors.New("not a meta page")
	}
	h := fnv.New64a()
	_, _ = h.Write(p[:metaLength-8]) // a hash does not fail
	if order.Uint32(p[4:]) != metaVersion || order.Uint64(p[metaLength-8:]) != h.Sum64() {
		return meta{}, true, errors.New("a broken meta page")
	}
	return meta{
		pageSize:    int64(order.Uint32(p[8:])),
		root:        order.Uint64(p[16:]),
		freelist:    order.Uint64(p[32:]),
		pages:       order.Uint64(p[40:]),
		transaction: order.Uint64(p[48:]),
	}, true, nil
}

// checkFreelist makes sure that the list of free pages is one, before bbolt
// makes room for as many numbers as it says it has.
func checkFreelist(f io.ReaderAt, m meta) error {
	if m.freelist == noFreelist {
		return nil
	}
	var b [pageHeader + 8]byte
	if _, err := f.ReadAt(b[:], int64(m.freelist)*m.pageSize); err != nil { //nolint:gosec // below pages
		return fmt.Errorf("its list of free pages cannot be read: %w", err)
	}
	order := binary.NativeEndian
	count, overflow := uint64(order.Uint16(b[10:])), uint64(order.Uint32(b[12:]))
	first := uint64(pageHeader)
	if count == 0xffff { // too many for the field: the number stands in front of the list
		count, first = order.Uint64(b[pageHeader:]), pageHeader+8
	}
	room := (overflow + 1) * uint64(m.pageSize) //nolint:gosec // positive
	if order.Uint64(b[:]) != m.freelist || order.Uint16(b[8:]) != freelistFlag ||
		m.freelist+overflow >= m.pages || count > (room-first)/8 {
		return errors.New("its list of free pages is broken")
	}
	return nil
}
