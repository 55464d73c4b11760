// Supply says what the program is made of. From the project's folder:
//
//	go run ./.ci/supply licences        # fails if a dependency's licence is not on the list
//	go run ./.ci/supply sbom > sbom.json # CycloneDX, of what is linked into the program
//
// It needs no network beyond the modules themselves.
package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
)

// platforms are those for which the program is built: each links modules of its own.
var platforms = []string{"linux", "darwin", "windows", "freebsd"}

// module is a dependency as it is built: a replacement in place of what it replaces.
type module struct {
	Path, Version, Dir, Sum string
	Replace                 *module
}

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "supply:", err)
		os.Exit(1)
	}
}

func run(args []string, out io.Writer) error {
	switch strings.Join(args, " ") {
	case "licences":
		return licences(out)
	case "sbom":
		return sbom(out)
	}
	return fmt.Errorf("usage: supply licences | supply sbom")
}

// modules returns the modules that the packages need on any platform, the main
// module left out, by path.
func modules(packages ...string) ([]module, error) {
	all := map[string]module{}
	for _, system := range platforms {
		args := append([]string{"list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}}{{end}}{{end}}"}, packages...)
		used, err := command([]string{"GOOS=" + system, "CGO_ENABLED=0"}, args...)
		if err != nil {
			return nil, err
		}
		paths := slices.Compact(slices.Sorted(slices.Values(strings.Fields(string(used)))))
		if len(paths) == 0 {
			continue
		}
		text, err := command(nil, append([]string{"list", "-m", "-json"}, paths...)...)
		if err != nil {
			return nil, err
		}
		for d := json.NewDecoder(bytes.NewReader(text)); ; {
			var m module
			if err := d.Decode(&m); err == io.EOF { //nolint:errorlint // as decoders return it
				break
			} else if err != nil {
				return nil, err
			}
			if r := m.Replace; r != nil {
				m.Version, m.Dir, m.Sum = cmp.Or(r.Version, m.Version), r.Dir, cmp.Or(r.Sum, m.Sum)
			}
			all[m.Path] = m
		}
	}
	return slices.SortedFunc(maps.Values(all), func(a, b module) int { return strings.Compare(a.Path, b.Path) }), nil
}

// command runs the go command and returns its standard output.
func command(env []string, args ...string) ([]byte, error) {
	cmd := exec.Command("go", args...) //nolint:gosec,noctx // a tool for people, with fixed arguments
	cmd.Env = append(os.Environ(), env...)
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go %s: %w: %s", strings.Join(args, " "), err, strings.TrimSpace(errs.String()))
	}
	return out, nil
}
