package memory

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// setAside keeps a copy of a damaged file under a name that is free.
func (j *journal) setAside(content []byte) (aside string, err error) {
	for i := 1; ; i++ {
		aside = j.path + ".damaged"
		if i > 1 {
			aside = fmt.Sprintf("%s-%d", aside, i)
		}
		if _, err := os.Lstat(aside); errors.Is(err, os.ErrNotExist) {
			break
		}
	}
	f, err := j.anew(aside, content)
	if err != nil {
		return "", err
	}
	return aside, f.Close()
}

// writeAnew is anew on the disk, with mode 0600.
func (j *journal) writeAnew(path string, content []byte) (journalFile, error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".banyan-*.new")
	if err != nil {
		return nil, err
	}
	if _, err = f.Write(content); err == nil && !j.noSync {
		err = f.Sync()
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_, _ = f.Close(), os.Remove(f.Name()) // the first error is the one that matters
		return nil, err
	}
	if !j.noSync {
		if err := syncFolder(filepath.Dir(path)); err != nil {
			_ = f.Close()
			return nil, j.stop(err)
		}
	}
	return f, nil
}

// compact leaves out of the file what has ended, and returns when that is on the
// disk. It is called with mu held, and lets go of it while a sync goes on.
func (j *journal) compact() error {
	for j.syncing {
		j.idle.Wait()
	}
	if err := j.usable(); err != nil {
		return err
	}
	if j.file != nil && len(j.turns) == 0 && j.size >= int64(headLength) {
		if err := j.empty(); err != nil {
			return j.stop(err)
		}
		return j.flush(j.written)
	}
	content := journalStart(journalVersion)
	spans := map[string][]span{}
	for _, id := range j.ids() {
		raw, err := j.raw(id)
		if err != nil {
			return err
		}
		for _, r := range raw {
			spans[id] = append(spans[id], span{int64(len(content)), int64(len(r))})
			content = append(content, r...)
		}
	}
	f, err := j.anew(j.path, content)
	if err != nil {
		return err
	}
	// From here on the old file is gone.
	if j.file != nil {
		_ = j.file.Close() // nothing in it is needed any more
	}
	j.file, j.size, j.live = f, int64(len(content)), int64(len(content)-headLength)
	for id, s := range spans {
		j.turns[id].spans = s
	}
	j.spent = false
	j.written++
	j.synced = j.written
	return nil
}

// empty cuts all records off; none of them is needed any more.
func (j *journal) empty() error {
	// The head stays: a file that is cut to nothing is written out at once by some
	// file systems.
	if err := j.file.Truncate(int64(headLength)); err != nil {
		return err
	}
	j.size, j.live, j.spent = int64(headLength), 0, false
	j.written++
	j.cut = j.written
	return nil
}

// ids are the turns that are open, oldest first.
func (j *journal) ids() []string {
	list := make([]string, 0, len(j.turns))
	for id := range j.turns {
		list = append(list, id)
	}
	slices.SortFunc(list, func(a, b string) int {
		if j.turns[a].place < j.turns[b].place {
			return -1
		}
		return 1
	})
	return list
}

// raw reads the records of an open turn.
func (j *journal) raw(id string) ([][]byte, error) {
	var list [][]byte
	for _, s := range j.turns[id].spans {
		b := make([]byte, s.length)
		if _, err := j.file.ReadAt(b, s.at); err != nil {
			return nil, err
		}
		list = append(list, b)
	}
	return list, nil
}
