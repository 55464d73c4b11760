package orchestrator

import (
	"strconv"
	"strings"
)

// Where a fact can come from, see Source.From.
const (
	fromResult   = "result"
	fromArgument = "argument"
	fromMessage  = "message"
	fromEarlier  = "earlier"
	fromAccount  = "account"
	fromClock    = "clock"
	fromCatalog  = "catalog" // what a service says of itself
)

// maxSources is how many facts of an answer are listed with their source.
const maxSources = 60

// node is a value in a source: a field of an object or an element of a list.
type node struct {
	parent     int32 // -1 for a root
	index      int32 // in a list; -1 in an object
	field      string
	from, step string // of a root
}

func (f *facts) root(from, step string) int32 {
	f.nodes = append(f.nodes, node{parent: -1, index: -1, from: from, step: step})
	return int32(len(f.nodes) - 1) //nolint:gosec // far fewer
}

func (f *facts) node(parent int32, field string, index int) int32 {
	f.nodes = append(f.nodes, node{parent: parent, index: int32(index), field: field}) //nolint:gosec // far fewer
	return int32(len(f.nodes) - 1)                                                     //nolint:gosec // far fewer
}

// source says where a fact of the answer comes from.
func (f *facts) source(fact string, at int32) Source {
	var path []string
	n := f.nodes[at]
	for ; n.parent >= 0; n = f.nodes[n.parent] {
		if n.index >= 0 {
			path = append(path, "["+strconv.Itoa(int(n.index))+"]")
		} else {
			path = append(path, "."+n.field)
		}
	}
	s := Source{Fact: fact, From: n.from, Step: n.step}
	if n.step != "" {
		var b strings.Builder
		for i := len(path) - 1; i >= 0; i-- {
			b.WriteString(path[i])
		}
		s.Field = strings.TrimPrefix(b.String(), ".")
	}
	return s
}

// findings are the facts of an answer: where each comes from, and the problems of
// those that come from nowhere, in words.
type findings struct {
	sources  []Source
	problems []string
}

func (l *findings) found(s Source) {
	for _, o := range l.sources {
		if o.Fact == s.Fact {
			return
		}
	}
	if len(l.sources) < maxSources {
		l.sources = append(l.sources, s)
	}
}

func (l *findings) problem(text string) {
	for _, o := range l.problems {
		if o == text {
			return
		}
	}
	l.problems = append(l.problems, text)
}
