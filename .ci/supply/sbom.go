package main

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"strings"
)

// The parts of CycloneDX 1.5 that are used here.
type (
	bom struct {
		Format       string       `json:"bomFormat"`
		Spec         string       `json:"specVersion"`
		Serial       string       `json:"serialNumber"`
		Version      int          `json:"version"`
		Metadata     metadata     `json:"metadata"`
		Components   []component  `json:"components"`
		Dependencies []dependency `json:"dependencies"`
	}
	metadata struct {
		Component  component  `json:"component"`
		Properties []property `json:"properties"`
	}
	component struct {
		Type       string     `json:"type"`
		Ref        string     `json:"bom-ref"`
		Name       string     `json:"name"`
		Version    string     `json:"version,omitempty"`
		PURL       string     `json:"purl,omitempty"`
		Licenses   []licence  `json:"licenses,omitempty"`
		Properties []property `json:"properties,omitempty"`
	}
	licence struct {
		License struct {
			ID string `json:"id"`
		} `json:"license"`
	}
	property struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
	dependency struct {
		Ref string   `json:"ref"`
		On  []string `json:"dependsOn"`
	}
)

// sbom writes what is linked into the program on any platform. The same sources
// give the same bytes: there is no time in it, and its serial number follows from
// the rest.
func sbom(out io.Writer) error {
	all, err := modules(".")
	if err != nil {
		return err
	}
	b := bom{Format: "CycloneDX", Spec: "1.5", Version: 1}
	b.Metadata.Component = component{Type: "application", Ref: "banyan", Name: "banyan", Licenses: named([]string{"MIT"})}
	b.Metadata.Properties = []property{{"go:version", runtime.Version()}, {"go:platforms", strings.Join(platforms, " ")}}
	refs := map[string]string{"banyan": "banyan"}
	for _, m := range all {
		ids, err := licencesOf(m.Dir)
		if err != nil {
			return fmt.Errorf("%s: %w", m.Path, err)
		}
		ref := "pkg:golang/" + m.Path + "@" + m.Version
		refs[m.Path] = ref
		c := component{Type: "library", Ref: ref, Name: m.Path, Version: m.Version, PURL: ref, Licenses: named(ids)}
		if m.Sum != "" {
			c.Properties = []property{{"go:sum", m.Sum}}
		}
		b.Components = append(b.Components, c)
	}
	b.Components = append(b.Components, component{
		Type: "framework", Ref: "pkg:golang/std@" + strings.TrimPrefix(runtime.Version(), "go"), Name: "std",
		Version: strings.TrimPrefix(runtime.Version(), "go"), PURL: "pkg:golang/std@" + strings.TrimPrefix(runtime.Version(), "go"), Licenses: named([]string{"BSD-3-Clause"}),
	})
	graph, err := command(nil, "mod", "graph")
	if err != nil {
		return err
	}
	b.Dependencies = dependencies(string(graph), all, refs)
	text, err := json.Marshal(b)
	if err != nil {
		return err
	}
	b.Serial = serial(text)
	e := json.NewEncoder(out)
	e.SetIndent("", "  ")
	return e.Encode(b)
}

func named(ids []string) []licence {
	out := make([]licence, len(ids))
	for i, id := range ids {
		out[i].License.ID = id
	}
	return out
}

// dependencies are the edges of the module graph between what is linked.
func dependencies(graph string, all []module, refs map[string]string) []dependency {
	on := map[string]map[string]bool{}
	for line := range strings.Lines(graph) {
		from, to, _ := strings.Cut(strings.TrimSpace(line), " ")
		from, _, _ = strings.Cut(from, "@")
		to, _, _ = strings.Cut(to, "@")
		if refs[from] != "" && refs[to] != "" {
			if on[from] == nil {
				on[from] = map[string]bool{}
			}
			on[from][to] = true
		}
	}
	out := []dependency{}
	for _, m := range append([]module{{Path: "banyan"}}, all...) {
		d := dependency{Ref: refs[m.Path], On: []string{}}
		for _, other := range all {
			if on[m.Path][other.Path] {
				d.On = append(d.On, refs[other.Path])
			}
		}
		out = append(out, d)
	}
	return out
}

// serial is a UUID (version 8) made of a text's checksum.
func serial(text []byte) string {
	h := sha256.Sum256(text)
	h[6], h[8] = h[6]&0x0f|0x80, h[8]&0x3f|0x80
	return fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", h[:4], h[4:6], h[6:8], h[8:10], h[10:16])
}
