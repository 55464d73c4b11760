package datasync

import (
	"testing"

	"pgregory.net/rapid"

	"banyan/orchestrator"
)

func someVersion(t *rapid.T, name string) Version {
	count := rapid.Uint64Range(0, 4)
	return Version{count.Draw(t, name+" legacy"), count.Draw(t, name+" modern")}
}

// TestVersionsAreALattice checks what merging and comparing promise together.
func TestVersionsAreALattice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := someVersion(t, "a"), someVersion(t, "b"), someVersion(t, "c")
		m := a.Merge(b)
		switch {
		case m != b.Merge(a):
			t.Fatalf("merging %v and %v depends on their order", a, b)
		case m.Merge(c) != a.Merge(b.Merge(c)):
			t.Fatalf("merging %v, %v and %v depends on their grouping", a, b, c)
		case a.Merge(a) != a:
			t.Fatalf("%v merged with itself is %v", a, a.Merge(a))
		}
		for _, v := range []Version{a, b} {
			if r := m.Compare(v); r != Later && r != Same {
				t.Fatalf("the merge of %v and %v has not seen %v", a, b, v)
			}
		}
		if least := c.Merge(a) == c && c.Merge(b) == c; least && c.Merge(m) != c {
			t.Fatalf("%v has seen %v and %v and not their merge", c, a, b)
		}
		opposite := map[Relation]Relation{Same: Same, Earlier: Later, Later: Earlier, Concurrent: Concurrent}
		if b.Compare(a) != opposite[a.Compare(b)] {
			t.Fatalf("%v and %v compare as %v and %v", a, b, a.Compare(b), b.Compare(a))
		}
		if (a.Compare(b) == Concurrent) != (m != a && m != b) {
			t.Fatalf("%v and %v compare as %v and merge to %v", a, b, a.Compare(b), m)
		}
		for _, side := range []orchestrator.Era{orchestrator.Legacy, orchestrator.Modern} {
			if a.Next(side).Compare(a) != Later {
				t.Fatalf("a change on the %s side of %v is %v", side, a, a.Next(side))
			}
		}
		if back, err := versionOf(a.bytes()); err != nil || back != a {
			t.Fatalf("%v is stored as %v, %v", a, back, err)
		}
	})
}

func TestVersionOfDamagedBytes(t *testing.T) {
	if v, err := versionOf([]byte("abc")); err == nil {
		t.Errorf("read %v", v)
	}
}
