package playbook

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Source is a folder of playbooks: every file in it whose name ends in .yaml or
// .yml, not those in folders below it.
type Source struct {
	FS fs.FS
	// Folder stands before the names of files in problems; it may be empty.
	Folder string
	// Files are the files that are read instead, if there are any, whatever their
	// names; one that is missing is a problem.
	Files []string
}

// What is read at most, so that a wrong folder does no harm.
const (
	maxFile  = 64 << 10
	maxFiles = 200
)

// load reads the playbooks of a source, those with a mistake in their form as well:
// they are flawed. What is no YAML gives a problem and no playbook.
func (s Source) load() (books []*book, found []Problem) {
	names, err := s.names()
	if err != nil {
		return nil, []Problem{{File: s.Folder, Text: fmt.Sprintf("the folder cannot be read: %v", cause(err))}}
	}
	if len(names) > maxFiles {
		found = append(found, Problem{File: s.Folder, Text: fmt.Sprintf("there are %d playbook files, only the first %d are read", len(names), maxFiles)})
		names = names[:maxFiles]
	}
	for _, name := range names {
		p := &problems{file: filepath.Join(s.Folder, filepath.FromSlash(name))}
		read := s.file(p, name)
		found, books = append(found, p.list...), append(books, read...)
	}
	return books, found
}

// names lists the files of the source. A folder that is not there has none.
func (s Source) names() ([]string, error) {
	if len(s.Files) > 0 {
		return s.Files, nil
	}
	entries, err := fs.ReadDir(s.FS, ".")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var names []string
	for _, e := range entries {
		ext := path.Ext(e.Name())
		if !e.IsDir() && (ext == ".yaml" || ext == ".yml") && !strings.HasPrefix(e.Name(), ".") {
			names = append(names, e.Name())
		}
	}
	return names, err
}

// file reads the documents of one file, each a playbook.
func (s Source) file(p *problems, name string) (books []*book) {
	data, err := s.read(name)
	if err != nil {
		p.at(nil, "the file cannot be read: %v", cause(err))
		return nil
	}
	if len(data) > maxFile {
		p.at(nil, "the file is larger than %d KB", maxFile>>10)
		return nil
	}
	docs, err := documents(data)
	if err != nil { // then each by itself, so that a slip in one leaves out that one alone
		docs = nil
		for _, part := range apart(data) {
			read, err := documents(part)
			if docs = append(docs, read...); err != nil {
				p.syntax(part, err)
			}
		}
	}
	for _, doc := range docs {
		books = append(books, p.read(doc))
	}
	if len(books) == 0 && len(p.list) == 0 {
		p.at(nil, "there is no playbook in the file")
	}
	return books
}

func (s Source) read(name string) ([]byte, error) {
	f, err := s.FS.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	return io.ReadAll(io.LimitReader(f, maxFile+1))
}

// cause takes the path off an error of the file system: the problem names it.
func cause(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// stamp tells one state of the source's files from another.
func (s Source) stamp() string {
	names, err := s.names()
	if err != nil {
		return err.Error()
	}
	var b strings.Builder
	for _, name := range names {
		info, err := fs.Stat(s.FS, name)
		if err != nil {
			fmt.Fprintln(&b, name, err)
			continue
		}
		fmt.Fprintln(&b, name, info.Size(), info.ModTime().UnixNano())
	}
	return b.String()
}

// Watch looks at the files every now and then and calls changed when they are other
// than at the look before, until ctx ends. Describe comes before it. It compares names, sizes and times: that
// works on every file system and whatever way an editor writes. tick gives the
// moments to look at; nil means every second.
func (s *Set) Watch(ctx context.Context, tick <-chan time.Time, changed func()) {
	if tick == nil {
		t := time.NewTicker(time.Second)
		defer t.Stop()
		tick = t.C
	}
	changes := s.lookout()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick:
		}
		if changes() {
			changed()
		}
	}
}

// lookout returns a function that tells whether the files are other than when it was
// asked last, the first time than when they were last read.
func (s *Set) lookout() (changes func() bool) {
	s.mu.RLock()
	last := s.read
	s.mu.RUnlock()
	return func() bool {
		now := s.stamps()
		same := slices.Equal(now, last)
		last = now
		return !same
	}
}

func (s *Set) stamps() []string {
	out := make([]string, len(s.sources))
	for i, src := range s.sources {
		out[i] = src.stamp()
	}
	return out
}
