package match

import (
	"bytes"
	"hash/crc64"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
)

func mustWrite(tb testing.TB, m *Model) []byte {
	tb.Helper()
	var buf bytes.Buffer
	if err := m.Write(&buf); err != nil {
		tb.Fatal(err)
	}
	return buf.Bytes()
}

func mustRead(tb testing.TB, raw []byte) *Model {
	tb.Helper()
	m, err := Read(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

// A model that was written and read ranks as the one that was trained.
func TestFile(t *testing.T) {
	small, cases := mustSet(t, "snips")
	large, more := mustLarge(t, 200)
	for name, c := range map[string]struct {
		classes []Class
		cases   []testCase
	}{"Exact": {small, cases}, "Groups": {large, more}, "Nothing": {nil, cases}} {
		t.Run(name, func(t *testing.T) {
			m := mustTrain(t, c.classes)
			again := mustRead(t, mustWrite(t, m))
			if m.Accept != again.Accept {
				t.Errorf("accept %v, was %v", again.Accept, m.Accept)
			}
			for _, c := range c.cases[:100] {
				if got, want := again.Rank(c.Text, 5), m.Rank(c.Text, 5); !reflect.DeepEqual(got, want) {
					t.Fatalf("%q: got %v, want %v", c.Text, got, want)
				}
			}
		})
	}
}

// Whatever happens to a file, it is refused or is the model; nothing panics.
func TestFileDamaged(t *testing.T) {
	raw := mustWrite(t, mustTrain(t, rooms))
	for n := 0; n < len(raw); n += 1 + len(raw)/300 {
		if _, err := Read(bytes.NewReader(raw[:n]), int64(n)); err == nil {
			t.Fatalf("%d bytes of %d are taken for a model", n, len(raw))
		}
	}
	if _, err := Read(bytes.NewReader(append(slices.Clone(raw), 0)), int64(len(raw))+1); err == nil {
		t.Error("a byte too many is not noticed")
	}
	rng := rand.New(rand.NewPCG(7, 8))
	for range 300 {
		bad := slices.Clone(raw)
		bad[rng.IntN(len(bad))] ^= 1 << rng.IntN(8)
		if _, err := Read(bytes.NewReader(bad), int64(len(bad))); err == nil {
			t.Fatal("a changed bit is not noticed")
		}
	}
}

// A file with the right sum but impossible numbers is refused as well.
func FuzzRead(f *testing.F) {
	f.Add(mustWrite(f, mustTrain(f, rooms)))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if len(raw) >= 8 {
			sum := crc64.Checksum(raw[:len(raw)-8], crc64.MakeTable(crc64.ECMA))
			for i := range 8 {
				raw[len(raw)-8+i] = byte(sum >> (8 * i))
			}
		}
		if m, err := Read(bytes.NewReader(raw), int64(len(raw))); err == nil {
			m.Rank("cancel my booking please", 3)
		}
	})
}

// The key changes with everything that training sees.
func TestKey(t *testing.T) {
	base := []Class{{Name: "a", Examples: []string{"x", "y"}, Texts: []string{"z"}}, {Name: "b"}}
	seen := map[string]bool{Key(base): true}
	if !seen[Key(slices.Clone(base))] {
		t.Error("the same classes have different keys")
	}
	for _, other := range [][]Class{
		nil, base[:1],
		{{Name: "a", Examples: []string{"x", "y"}, Texts: []string{"z"}}, {Name: "c"}},
		{{Name: "a", Examples: []string{"xy"}, Texts: []string{"z"}}, {Name: "b"}},
		{{Name: "a", Examples: []string{"x"}, Texts: []string{"y", "z"}}, {Name: "b"}},
		{{Name: "a", Examples: []string{"x", "y"}}, {Name: "b", Texts: []string{"z"}}},
	} {
		if k := Key(other); seen[k] {
			t.Errorf("%v has the key of another", other)
		} else {
			seen[k] = true
		}
	}
}

// A model that comes out otherwise than before must not be mistaken for one that
// is in somebody's cache: when this fails, raise version and put in the new value.
func TestVersionStandsForTheCode(t *testing.T) {
	const known = 4.9515091
	sum := 0.0
	for _, text := range []string{"reserve a room for my team", "what is broken", "call it off"} {
		for i, s := range mustTrain(t, rooms).Rank(text, 3) {
			sum += s.Value * float64(i+1)
		}
	}
	if math.Abs(sum-known) > 1e-6 {
		t.Errorf("version %d gave %.7f, now it is %.7f", version, known, sum)
	}
}

func BenchmarkRead(b *testing.B) {
	all, _ := mustSet(b, "clinc150")
	large, _ := mustLarge(b, 5000)
	for name, classes := range map[string][]Class{"40_intents": all[:40], "150_intents": all, "5000_intents": large} {
		b.Run(name, func(b *testing.B) {
			raw := mustWrite(b, mustTrain(b, classes))
			b.SetBytes(int64(len(raw)))
			for b.Loop() {
				mustRead(b, raw)
			}
		})
	}
}
