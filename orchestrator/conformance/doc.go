// Package conformance holds one test suite for each contract of the kernel. A
// plugin's own tests call the suite of the contract that it fulfils; a plugin
// that passes is compatible.
//
//	func TestConformance(t *testing.T) {
//		conformance.Store(t, func(tb testing.TB) orchestrator.Store { return open(tb) })
//	}
package conformance
