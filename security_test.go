package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestSecurityPromises shows that every promise of SECURITY.md names a test that
// exists.
func TestSecurityPromises(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("SECURITY.md")
	if err != nil {
		t.Fatal(err)
	}
	declared := map[string]bool{}
	declaration := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz|Benchmark)\w+)\(`)
	err = filepath.WalkDir(".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		for _, m := range declaration.FindAllSubmatch(text, -1) {
			declared[string(m[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	name := regexp.MustCompile("`((?:Test|Fuzz|Benchmark)\\w+)`")
	promises := 0
	for line := range strings.Lines(string(page)) {
		if !strings.HasPrefix(line, "|") || strings.HasPrefix(line, "|---") || strings.HasPrefix(line, "| promise") {
			continue
		}
		promises++
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		shown := cells[len(cells)-1]
		names := name.FindAllStringSubmatch(shown, -1)
		if len(names) == 0 && !strings.Contains(shown, "`.ci/run`") {
			t.Errorf("nothing shows this promise: %s", line)
		}
		for _, m := range names {
			if !declared[m[1]] {
				t.Errorf("there is no %s", m[1])
			}
		}
	}
	if promises < 10 {
		t.Errorf("%d promises were read", promises)
	}
}
