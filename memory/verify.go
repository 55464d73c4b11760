package memory

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
)

// More of bbolt's format: the kinds of page, and the size of an element, which
// points at a key and at a child page or a value behind it.
const (
	branchFlag    = 0x01
	leafFlag      = 0x02
	elementLength = 16
	bucketLength  = 16 // root page and sequence, in front of a small bucket's own page
	bucketFlag    = 0x01
)

// walker visits every page of a bbolt file. It exists because bbolt follows what
// it reads: a page that points back at itself would have it run for ever, and a
// wrong list of free pages would have it overwrite live ones.
type walker struct {
	file  io.ReaderAt
	meta  meta
	seen  []bool // pages that were visited
	buf   []byte
	stack []visit
}

// visit is a page to look at and the range that its keys must lie in; a nil end
// is open.
type visit struct {
	page     uint64
	from, to []byte
}

// verify reads all pages that can be reached, and the list of free ones, and
// returns the first thing that is not as bbolt would have written it.
func verify(f io.ReaderAt, m meta) error {
	w := &walker{file: f, meta: m, seen: make([]bool, m.pages), stack: []visit{{page: m.root}}}
	for len(w.stack) > 0 {
		next := w.stack[len(w.stack)-1]
		w.stack = w.stack[:len(w.stack)-1]
		if err := w.visit(next); err != nil {
			return err
		}
	}
	return w.checkFree()
}

// verifyFile is verify for a file that nobody writes to at the moment. It does
// nothing if more than limit bytes are in use; 0 is no limit. What is wrong is a *Flaw.
func verifyFile(path string, limit int64) error {
	f, err := os.Open(path) //nolint:gosec // the store
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // it was only read
	m, err := readMeta(f)
	if err == nil && (limit == 0 || int64(m.pages)*m.pageSize <= limit) { //nolint:gosec // bounded by inspect
		err = verify(f, m)
	}
	if err != nil {
		return &Flaw{Why: err.Error(), Cause: err}
	}
	return nil
}

func (w *walker) visit(v visit) error {
	b, err := w.read(v.page)
	if err != nil {
		return err
	}
	return w.elements(b, v, v.page)
}

// read returns a page with its overflow and marks them as seen.
func (w *walker) read(page uint64) ([]byte, error) {
	var head [pageHeader]byte
	if page < 2 || page >= w.meta.pages {
		return nil, fmt.Errorf("page %d does not exist", page)
	}
	if _, err := w.file.ReadAt(head[:], int64(page)*w.meta.pageSize); err != nil { //nolint:gosec // below pages
		return nil, fmt.Errorf("page %d cannot be read: %w", page, err)
	}
	order := binary.NativeEndian
	overflow := uint64(order.Uint32(head[12:]))
	if order.Uint64(head[:]) != page || page+overflow >= w.meta.pages {
		return nil, fmt.Errorf("page %d has a broken head", page)
	}
	for p := page; p <= page+overflow; p++ {
		if w.seen[p] {
			return nil, fmt.Errorf("page %d is used twice", p)
		}
		w.seen[p] = true
	}
	size := int(overflow+1) * int(w.meta.pageSize) //nolint:gosec // within the file
	if cap(w.buf) < size {
		w.buf = make([]byte, size)
	}
	w.buf = w.buf[:size]
	if _, err := w.file.ReadAt(w.buf, int64(page)*w.meta.pageSize); err != nil { //nolint:gosec // below pages
		return nil, fmt.Errorf("page %d cannot be read: %w", page, err)
	}
	return w.buf, nil
}

// elements checks the elements of a page and puts the pages they lead to on the
// stack.
func (w *walker) elements(b []byte, v visit, page uint64) error {
	order := binary.NativeEndian
	flags, count := order.Uint16(b[8:]), int(order.Uint16(b[10:]))
	if flags != branchFlag && flags != leafFlag || flags == branchFlag && count == 0 {
		return fmt.Errorf("page %d is of no known kind", page)
	}
	if pageHeader+count*elementLength > len(b) {
		return fmt.Errorf("page %d has more elements than fit", page)
	}
	previous, first := v.from, true
	for i := range count {
		at := pageHeader + i*elementLength
		e := b[at : at+elementLength]
		var pos, keySize, valueSize uint64
		if flags == branchFlag {
			pos, keySize = uint64(order.Uint32(e)), uint64(order.Uint32(e[4:]))
		} else {
			pos, keySize, valueSize = uint64(order.Uint32(e[4:])), uint64(order.Uint32(e[8:])), uint64(order.Uint32(e[12:]))
		}
		start := uint64(at) + pos                                                                       //nolint:gosec // positive
		if start+keySize+valueSize > uint64(len(b)) || start < uint64(pageHeader+count*elementLength) { //nolint:gosec // positive
			return fmt.Errorf("page %d has an element that points outside of it", page)
		}
		key := b[start : start+keySize]
		if c := bytes.Compare(key, previous); c < 0 || c == 0 && !first || v.to != nil && bytes.Compare(key, v.to) >= 0 {
			return fmt.Errorf("page %d has a key in the wrong place", page)
		}
		previous, first = key, false
		if flags == branchFlag {
			key = bytes.Clone(key)
			if i > 0 {
				w.stack[len(w.stack)-1].to = key
			}
			w.stack = append(w.stack, visit{page: order.Uint64(e[8:]), from: key, to: v.to})
			continue
		}
		if err := w.leaf(order.Uint32(e), b[start+keySize:start+keySize+valueSize], page); err != nil {
			return err
		}
	}
	return nil
}

// leaf looks into the value of a leaf's element if it is a bucket.
func (w *walker) leaf(flags uint32, value []byte, page uint64) error {
	switch {
	case flags == 0:
		return nil
	case flags != bucketFlag || len(value) < bucketLength:
		return fmt.Errorf("page %d has an element of no known kind", page)
	}
	if root := binary.NativeEndian.Uint64(value); root != 0 {
		w.stack = append(w.stack, visit{page: root})
		return nil
	}
	inline := value[bucketLength:]
	if len(inline) < pageHeader || binary.NativeEndian.Uint16(inline[8:]) != leafFlag {
		return fmt.Errorf("page %d has a small bucket that is broken", page)
	}
	return w.elements(inline, visit{}, page)
}

// checkFree makes sure that no page is both free and in use, and that none is
// neither.
func (w *walker) checkFree() error {
	if w.meta.freelist == noFreelist {
		return nil
	}
	b, err := w.read(w.meta.freelist)
	if err != nil {
		return err
	}
	order := binary.NativeEndian
	count, ids := uint64(order.Uint16(b[10:])), b[pageHeader:]
	if count == 0xffff {
		count, ids = order.Uint64(ids), ids[8:]
	}
	if order.Uint16(b[8:]) != freelistFlag || count > uint64(len(ids)/8) {
		return errors.New("the list of free pages is broken")
	}
	for i := range count {
		id := order.Uint64(ids[i*8:])
		if id < 2 || id >= w.meta.pages || w.seen[id] {
			return fmt.Errorf("page %d is free and in use", id)
		}
		w.seen[id] = true
	}
	for id := 2; id < len(w.seen); id++ {
		if !w.seen[id] {
			return fmt.Errorf("page %d is neither free nor in use", id)
		}
	}
	return nil
}
