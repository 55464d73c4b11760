package example

import (
	"os"
	"strings"
	"testing"

	"banyan/orchestrator"
	"banyan/orchestrator/conformance"
)

func TestConformance(t *testing.T) {
	conformance.Backend(t, func(testing.TB) orchestrator.Backend { return Backend{} })
}

// docs/plugins.md shows this package, and the test above, as they are.
func TestDocs(t *testing.T) {
	page := mustRead(t, "../../docs/plugins.md")
	if !strings.Contains(page, "```go\n"+mustRead(t, "example.go")+"```\n") {
		t.Error("docs/plugins.md does not show example.go as it is")
	}
	_, test, _ := strings.Cut(mustRead(t, "example_test.go"), "func TestConformance")
	test, _, _ = strings.Cut(test, "\n}\n")
	if !strings.Contains(page, "```go\nfunc TestConformance"+test+"\n}\n```\n") {
		t.Error("docs/plugins.md does not show the conformance test as it is")
	}
}

func mustRead(tb testing.TB, file string) string {
	tb.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		tb.Fatal(err)
	}
	return string(data)
}
