package monolith

import "testing"

func BenchmarkLoadCopybook(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		mustCopybook(b)
	}
}
