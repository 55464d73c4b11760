package playbook

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// real returns the node that an alias stands for.
func real(n *yaml.Node) *yaml.Node {
	if n != nil && n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

// field is a key of a mapping with its value.
type field struct{ key, value *yaml.Node }

// fields returns a mapping in the order of the file. What is not a mapping, or has a
// key twice, is a problem.
func (p *problems) fields(n *yaml.Node, what string) []field {
	n = real(n)
	if n == nil || n.Kind != yaml.MappingNode {
		p.at(n, "%s must be a list of names with values, such as \"name: value\"", what)
		return nil
	}
	var out []field
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		f := field{n.Content[i], real(n.Content[i+1])}
		if seen[f.key.Value] {
			p.at(f.key, "%q stands here twice", f.key.Value)
			continue
		}
		seen[f.key.Value] = true
		out = append(out, f)
	}
	return out
}

// known is fields by name, for mappings that may have these keys alone.
func (p *problems) known(n *yaml.Node, what string, keys ...string) map[string]*yaml.Node {
	out := map[string]*yaml.Node{}
	for _, f := range p.fields(n, what) {
		if !slices.Contains(keys, f.key.Value) {
			p.at(f.key, "%s has no %q%s, it may have: %s", what, f.key.Value, perhaps(f.key.Value, keys), strings.Join(keys, ", "))
			continue
		}
		out[f.key.Value] = f.value
	}
	return out
}

// text reads a text; a missing node is "". A number or a date without quotes is
// taken as it is written.
func (p *problems) text(n *yaml.Node, what string) string {
	switch {
	case n == nil:
		return ""
	case n.Kind != yaml.ScalarNode || n.ShortTag() == "!!null":
		p.at(n, "%s must be a text", what)
		return ""
	}
	return strings.TrimSpace(n.Value)
}

// items reads a list; a single value is a list of one.
func (p *problems) items(n *yaml.Node, what string) []*yaml.Node {
	switch {
	case n == nil:
		return nil
	case n.Kind == yaml.ScalarNode && n.ShortTag() != "!!null":
		return []*yaml.Node{n}
	case n.Kind != yaml.SequenceNode:
		p.at(n, "%s must be a list", what)
		return nil
	}
	out := make([]*yaml.Node, len(n.Content))
	for i, e := range n.Content {
		out[i] = real(e)
	}
	return out
}

// texts reads a list of texts.
func (p *problems) texts(n *yaml.Node, what string) []string {
	var out []string
	for _, e := range p.items(n, what) {
		if s := p.text(e, what); s != "" {
			out = append(out, s)
		}
	}
	return out
}

func (p *problems) flag(n *yaml.Node, what string) (v bool) {
	if n != nil && n.Decode(&v) != nil {
		p.at(n, "%s must be true or false", what)
	}
	return v
}

func (p *problems) number(n *yaml.Node, what string) *float64 {
	if n == nil {
		return nil
	}
	var v float64
	if n.Decode(&v) != nil {
		p.at(n, "%s must be a number", what)
		return nil
	}
	return &v
}

func (p *problems) whole(n *yaml.Node, what string) *int {
	if n == nil {
		return nil
	}
	var v int
	if n.Decode(&v) != nil || v < 0 {
		p.at(n, "%s must be a whole number, 0 or more", what)
		return nil
	}
	return &v
}

// literal is a value in JSON's shape. Where a text is wanted, a scalar is taken as
// it is written, so that 0042 and 2026-11-21 need no quotes.
func literal(n *yaml.Node, kind string) (any, error) {
	if n.Kind == yaml.ScalarNode && n.ShortTag() != "!!null" && (kind == "string" || n.ShortTag() == "!!timestamp" || n.ShortTag() == "!!str") {
		return n.Value, nil
	}
	var v any
	if err := n.Decode(&v); err != nil {
		return nil, err
	}
	data, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("it has no form in JSON: %w", err)
	}
	var out any
	if err := json.Unmarshal(data, &out); err != nil {
		return nil, err
	}
	return out, nil
}
