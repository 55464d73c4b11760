package playbook

import (
	"cmp"
	"fmt"
	"slices"

	"go.yaml.in/yaml/v3"
)

// Problem is a mistake in a file and where it stands.
type Problem struct {
	File string // as the source names it
	// Line and Column count from 1; both are 0 if the file as a whole is meant.
	Line, Column int
	Text         string
}

// Error is the problem in one line, as compilers write it: file:line:column: text.
func (p Problem) Error() string {
	if p.Line == 0 {
		return fmt.Sprintf("%s: %s", p.File, p.Text)
	}
	return fmt.Sprintf("%s:%d:%d: %s", p.File, p.Line, p.Column, p.Text)
}

// problems collects what is wrong with one file.
type problems struct {
	file string
	list []Problem
}

// at adds a problem that stands at a node.
func (p *problems) at(n *yaml.Node, format string, args ...any) {
	problem := Problem{File: p.file, Text: fmt.Sprintf(format, args...)}
	if n != nil {
		problem.Line, problem.Column = n.Line, n.Column
	}
	p.list = append(p.list, problem)
}

// inOrder sorts problems by file and place.
func inOrder(list []Problem) []Problem {
	slices.SortStableFunc(list, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return list
}
