package playbook

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"slices"
	"strconv"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// documents reads the documents of a file, without those of comments alone.
func documents(data []byte) (docs []*yaml.Node, err error) {
	dec := yaml.NewDecoder(bytes.NewReader(data))
	for {
		var doc yaml.Node
		err := dec.Decode(&doc)
		if errors.Is(err, io.EOF) {
			return docs, nil
		}
		if err != nil {
			return docs, err
		}
		if len(doc.Content) > 0 && doc.Content[0].ShortTag() != "!!null" {
			docs = append(docs, doc.Content[0])
		}
	}
}

var begins = regexp.MustCompile(`(?m)^---(\s|$)`)

// apart cuts a file into its documents: a line that begins with three dashes begins
// one, whatever stands before it. Each part has as many empty lines before it as there
// are lines before it in the file.
func apart(data []byte) (parts [][]byte) {
	cuts := []int{0}
	for _, m := range begins.FindAllIndex(data, -1) {
		if m[0] > 0 {
			cuts = append(cuts, m[0])
		}
	}
	for i, from := range cuts {
		to := len(data)
		if i+1 < len(cuts) {
			to = cuts[i+1]
		}
		above := bytes.Repeat([]byte("\n"), bytes.Count(data[:from], []byte("\n")))
		parts = append(parts, append(above, data[from:to]...))
	}
	return parts
}

var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?`)

// syntax reports what is no YAML. The library names the line where it began to read
// what it could not finish, or one beside it. The place that is said instead is the
// first character with which what stands before it is no YAML any more.
func (p *problems) syntax(data []byte, err error) {
	text := err.Error()
	fails := func(n int) bool {
		if _, e := documents(data[:n]); e == nil {
			return false
		}
		_, e := documents(closed(data[:n]))
		return e != nil
	}
	end := len(data)
	said := yamlLine.FindStringSubmatch(text)
	if said != nil && said[1] != "" { // the mistake stands near the line that the library names
		if n, err := strconv.Atoi(said[1]); err == nil {
			end = start(data, n+maxBack/2)
		}
	}
	for range maxBack {
		from := bytes.LastIndexByte(data[:max(end-1, 0)], '\n') + 1
		if from == 0 || !fails(from) {
			break
		}
		end = from
	}
	line := bytes.LastIndexByte(data[:max(end-1, 0)], '\n') + 1
	at := line
	for n := max(end-1, line); n > max(line, end-maxLine); n-- {
		if !fails(n) {
			at = n
			break
		}
	}
	for at < end && bytes.IndexByte([]byte(" "), data[at]) >= 0 {
		at++
	}
	p.list = append(p.list, Problem{
		File: p.file, Text: "this is no YAML: " + text[len(yamlLine.FindString(text)):],
		Line: bytes.Count(data[:line], []byte("\n")) + 1, Column: utf8.RuneCount(data[line:at]) + 1,
	})
}

// start is where a line begins, counted from 0; the end if there are fewer.
func start(data []byte, line int) int {
	at := 0
	for range line {
		n := bytes.IndexByte(data[at:], '\n')
		if n < 0 {
			return len(data)
		}
		at += n + 1
	}
	return at
}

// closed is the beginning of a document with the brackets closed that its last key at
// the margin has opened.
func closed(data []byte) []byte {
	margin := 0
	for i := range data {
		if (i == 0 || data[i-1] == '\n') && data[i] != ' ' && data[i] != '\n' && data[i] != '}' && data[i] != ']' {
			margin = i
		}
	}
	var open []byte
	for _, c := range data[margin:] {
		switch c {
		case '{':
			open = append(open, '}')
		case '[':
			open = append(open, ']')
		case '}', ']':
			open = open[:max(len(open)-1, 0)]
		}
	}
	slices.Reverse(open)
	return slices.Concat(data, open)
}

// How far back the place of an error is looked for, in lines, and in characters of
// its line.
const (
	maxBack = 100
	maxLine = 400
)
