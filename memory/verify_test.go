package memory

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"banyan/orchestrator"
)

// healthy returns a store's file with branches, overflow pages and free pages.
func healthy(tb testing.TB) []byte {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "banyan.db")
	s, err := Open(path, Options{NoSync: true})
	if err != nil {
		tb.Fatal(err)
	}
	for i := range 60 {
		t := orchestrator.Turn{
			Conversation: fmt.Sprint("c", i%4), ID: fmt.Sprint("t", i), User: "ada@example.com",
			At: time.Unix(int64(i), 0), Message: strings.Repeat("word ", 20+i%50*20),
		}
		if err := s.Append(context.Background(), t); err != nil {
			tb.Fatal(err)
		}
	}
	if err := s.Delete(context.Background(), "c1"); err != nil {
		tb.Fatal(err)
	}
	if err := s.Close(); err != nil {
		tb.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

// These are what bbolt would not survive, or would make worse by writing.
func TestOpenRefusesBrokenTrees(t *testing.T) {
	whole := healthy(t)
	m, err := readMeta(bytes.NewReader(whole))
	if err != nil {
		t.Fatal(err)
	}
	order := binary.NativeEndian
	free := map[int64]bool{}
	list := whole[int64(m.freelist)*m.pageSize:]
	for i := range int(order.Uint16(list[10:])) {
		free[int64(order.Uint64(list[pageHeader+8*i:]))] = true
	}
	branch := int64(-1)
	for page := int64(2); page < int64(m.pages); page++ {
		head := whole[page*m.pageSize:]
		if order.Uint16(head[8:]) == branchFlag && order.Uint64(head) == uint64(page) && !free[page] {
			branch = page
		}
	}
	if branch < 0 {
		t.Fatal("the file has no branch page")
	}
	for name, tt := range map[string]struct {
		change func(content []byte)
		says   string
	}{
		"PageBelowItself": {func(b []byte) {
			order.PutUint64(b[branch*m.pageSize+pageHeader+8:], uint64(branch))
		}, "used twice"},
		"PageInTwoPlaces": {func(b []byte) {
			elements := b[branch*m.pageSize+pageHeader:]
			copy(elements[8:16], elements[elementLength+8:elementLength+16])
		}, "page"},
		"PageBeyondTheEnd": {func(b []byte) {
			order.PutUint64(b[branch*m.pageSize+pageHeader+8:], m.pages)
		}, "does not exist"},
		"LivePageFree": {func(b []byte) {
			order.PutUint64(b[int64(m.freelist)*m.pageSize+pageHeader:], m.root)
		}, "free and in use"},
		"EndlessFreelist": {func(b []byte) {
			order.PutUint16(b[int64(m.freelist)*m.pageSize+10:], 0xffff)
			order.PutUint64(b[int64(m.freelist)*m.pageSize+pageHeader:], 1<<60)
		}, "list of free pages"},
	} {
		t.Run(name, func(t *testing.T) {
			content := bytes.Clone(whole)
			tt.change(content)
			path := filepath.Join(t.TempDir(), "banyan.db")
			if err := os.WriteFile(path, content, 0o600); err != nil {
				t.Fatal(err)
			}
			s, err := Open(path, Options{})
			if err == nil {
				_ = s.Close() // it should not be open at all
				t.Fatal("the file was opened")
			}
			if !strings.Contains(err.Error(), tt.says) || !strings.Contains(err.Error(), "damaged") {
				t.Errorf("got %v, want the words %q", err, tt.says)
			}
		})
	}
}

// FuzzVerify changes bytes behind the meta pages: what verify lets pass must
// pass bbolt's own check. A patch is an offset of three bytes and the bits to
// flip there.
func FuzzVerify(f *testing.F) {
	whole := healthy(f)
	m, err := readMeta(bytes.NewReader(whole))
	if err != nil {
		f.Fatal(err)
	}
	if err := verify(bytes.NewReader(whole), m); err != nil {
		f.Fatalf("a healthy file: %v", err)
	}
	patch := func(offset int64, bits byte) []byte {
		return append(binary.BigEndian.AppendUint32(nil, uint32(offset))[1:], bits)
	}
	f.Add([]byte{})
	for page := int64(2); page < int64(m.pages); page++ {
		for _, field := range []int64{0, 8, 10, 12, 16, 20, 24, 28, 32} {
			f.Add(patch(page*m.pageSize+field, 1))
		}
	}
	path := filepath.Join(f.TempDir(), "patched.db")
	f.Fuzz(func(t *testing.T, patches []byte) {
		content := bytes.Clone(whole)
		first, last := 2*m.pageSize, int64(m.pages)*m.pageSize
		for ; len(patches) >= 4; patches = patches[4:] {
			at := int64(patches[0])<<16 | int64(patches[1])<<8 | int64(patches[2])
			content[first+at%(last-first)] ^= patches[3]
		}
		verdict := verify(bytes.NewReader(content), m)
		if checkFreelist(bytes.NewReader(content), m) != nil {
			if verdict == nil {
				t.Error("verify lets a broken list of free pages pass")
			}
			return
		}
		if verdict != nil {
			return // bbolt might not survive it
		}
		name := fmt.Sprint(path, os.Getpid())
		if err := os.WriteFile(name, content, 0o600); err != nil {
			t.Fatal(err)
		}
		db, err := bolt.Open(name, 0o600, &bolt.Options{NoSync: true})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = db.Close() }() // nothing was written
		err = db.View(func(tx *bolt.Tx) error {
			for problem := range tx.Check() {
				t.Errorf("verify lets pass: %v", problem)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
