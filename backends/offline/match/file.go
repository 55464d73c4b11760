package match

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"hash/crc64"
	"io"
	"math"
	"slices"
)

// version is part of every key: it is raised when training the same classes gives
// another model, or the form of a file changes.
const version = 2

// magic begins the file of a model.
const magic = "banyan match model 1\n"

// Key identifies what Train makes of the classes: the same key, the same model. It
// is fit to be part of a file's name.
func Key(classes []Class) string {
	h := sha256.New()
	put := func(s string) {
		var n [8]byte
		binary.LittleEndian.PutUint64(n[:], uint64(len(s)))
		h.Write(n[:])
		_, _ = h.Write([]byte(s)) // a hash does not fail
	}
	put(fmt.Sprint(version))
	put(synonymList)
	for _, c := range classes {
		put(c.Name)
		for _, list := range [][]string{c.Examples, c.Texts} {
			put(fmt.Sprint(len(list)))
			for _, t := range list {
				put(t)
			}
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// Write writes the model in a form that Read understands.
func (m *Model) Write(w io.Writer) error {
	sum := crc64.New(crc64.MakeTable(crc64.ECMA))
	out := &writer{w: bufio.NewWriterSize(io.MultiWriter(w, sum), 1<<16)}
	out.bytes([]byte(magic))
	out.floats64([]float64{m.Accept, m.fit.offset, m.fit.slope, float64(m.lex.unseen)})
	out.number(len(m.names))
	for _, n := range m.names {
		out.number(len(n))
		out.bytes([]byte(n))
	}
	hashes := make([]uint64, len(m.lex.idf))
	for h, id := range m.lex.ids {
		hashes[id] = h
	}
	out.number(len(hashes))
	for _, h := range hashes {
		out.uint64(h)
	}
	out.floats(m.lex.idf)
	if p := m.postings; p != nil {
		out.number(1)
		out.number(len(p.classes))
		for _, at := range p.start {
			out.uint32(at)
		}
		for _, c := range p.classes {
			out.uint32(uint32(c)) //nolint:gosec // the number of a class
		}
		out.floats(p.weights)
	} else {
		out.number(0)
		out.floats(m.weights)
	}
	if err := out.flush(); err != nil {
		return fmt.Errorf("write the model: %w", err)
	}
	if err := binary.Write(w, binary.LittleEndian, sum.Sum64()); err != nil {
		return fmt.Errorf("write the model: %w", err)
	}
	return nil
}

var errDamaged = errors.New("it is no model or is damaged")

// Read reads what Write wrote, from a source of size bytes. It returns an error if
// anything about it is not as it was written; it never reserves more memory than a
// few times size.
func Read(r io.Reader, size int64) (*Model, error) {
	in := &reader{r: bufio.NewReaderSize(r, 1<<16), left: size - 8, sum: crc64.New(crc64.MakeTable(crc64.ECMA))}
	if string(in.bytes(len(magic))) != magic {
		return nil, errDamaged
	}
	m := &Model{}
	head := [4]float64{}
	for i := range head {
		head[i] = math.Float64frombits(in.uint64())
	}
	m.Accept, m.fit, m.lex.unseen = head[0], calibration{head[1], head[2]}, float32(head[3])
	for range in.count(8) {
		m.names = append(m.names, string(in.bytes(in.count(1))))
	}
	features, classes := in.count(12), len(m.names)
	m.lex.ids = make(map[uint64]int32, features)
	for id := range features {
		m.lex.ids[in.uint64()] = int32(id) //nolint:gosec // bounded by the size
	}
	m.lex.idf = in.floats(features)
	if in.number() == 1 {
		m.postings = in.postings(features, classes)
	} else {
		if features > 0 && int64(classes) > in.left/int64(features)/4 {
			return nil, errDamaged
		}
		m.weights = in.floats(features * classes)
	}
	want := in.sum.Sum64()
	if in.left != 0 || in.err != nil || len(m.lex.ids) != features {
		return nil, errDamaged
	}
	in.left = 8
	if in.uint64() != want || in.err != nil {
		return nil, errDamaged
	}
	return m, nil
}

// writer writes numbers and remembers the first error.
type writer struct {
	w   *bufio.Writer
	err error
	buf [8]byte
}

func (w *writer) bytes(b []byte) {
	if w.err == nil {
		_, w.err = w.w.Write(b)
	}
}

func (w *writer) uint64(v uint64) {
	binary.LittleEndian.PutUint64(w.buf[:], v)
	w.bytes(w.buf[:])
}

func (w *writer) uint32(v uint32) {
	binary.LittleEndian.PutUint32(w.buf[:4], v)
	w.bytes(w.buf[:4])
}

func (w *writer) number(n int) { w.uint64(uint64(n)) } //nolint:gosec // a length

func (w *writer) floats64(list []float64) {
	for _, f := range list {
		w.uint64(math.Float64bits(f))
	}
}

func (w *writer) floats(list []float32) {
	for _, f := range list {
		w.uint32(math.Float32bits(f))
	}
}

func (w *writer) flush() error {
	if w.err != nil {
		return w.err
	}
	return w.w.Flush()
}

// reader reads numbers and remembers the first error, after which all are zero.
type reader struct {
	r    *bufio.Reader
	left int64 // bytes
	sum  hash.Hash64
	err  error
	buf  []byte
}

// bytes returns the next n bytes, valid until the next call, or none if there are
// not so many.
func (r *reader) bytes(n int) []byte {
	if r.err == nil && int64(n) > r.left {
		r.err = errDamaged
	}
	if r.err != nil {
		return nil
	}
	if cap(r.buf) < n {
		r.buf = make([]byte, n)
	}
	b := r.buf[:n]
	if _, r.err = io.ReadFull(r.r, b); r.err != nil {
		return nil
	}
	r.left -= int64(n)
	_, _ = r.sum.Write(b) // a hash does not fail
	return b
}

func (r *reader) uint64() uint64 {
	if b := r.bytes(8); b != nil {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

func (r *reader) number() int { return int(r.uint64()) } //nolint:gosec // checked by those who use it

// count reads the number of things that take size bytes each at least.
func (r *reader) count(size int64) int {
	n := r.number()
	if n < 0 || int64(n) > r.left/size {
		r.err = errDamaged
		return 0
	}
	return n
}

// words calls f with n numbers of four bytes.
func (r *reader) words(n int, f func(i int, v uint32)) {
	const chunk = 1 << 14
	for i := 0; i < n && r.err == nil; i += chunk {
		b := r.bytes(4 * min(chunk, n-i))
		for k := 0; k+4 <= len(b); k += 4 {
			f(i+k/4, binary.LittleEndian.Uint32(b[k:]))
		}
	}
}

// floats reads n numbers; whoever calls it knows that there can be so many.
func (r *reader) floats(n int) []float32 {
	if int64(n) > r.left/4 {
		r.err = errDamaged
		return nil
	}
	out := make([]float32, n)
	r.words(n, func(i int, v uint32) { out[i] = math.Float32frombits(v) })
	return out
}

func (r *reader) postings(features, classes int) *postings {
	n := r.count(8)
	p := &postings{start: make([]uint32, features+1), classes: make([]int32, n)}
	r.words(features+1, func(i int, v uint32) { p.start[i] = v })
	r.words(n, func(i int, v uint32) { p.classes[i] = int32(v) }) //nolint:gosec // checked below
	p.weights = r.floats(n)
	if r.err == nil && (!slices.IsSorted(p.start) || int(p.start[features]) != n ||
		slices.ContainsFunc(p.classes, func(c int32) bool { return c < 0 || int(c) >= classes })) {
		r.err = errDamaged
	}
	return p
}
