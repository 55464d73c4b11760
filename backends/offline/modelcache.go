package offline

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"banyan/backends/offline/match"
)

const (
	// cachedFrom is the number of training texts from which on reading a model from
	// a file is several times quicker than training it: 25 against 35 ms with 480
	// texts, 0.1 against 0.9 s with 1,800, 0.15 against 5 s with 55,000.
	cachedFrom = 1000
	// cachedModels is how many models stay in the folder, the latest ones.
	cachedModels  = 2
	cachedPattern = "model-*.bin"
)

// CacheIn makes the backend keep what it learned of large catalogs in a folder, one
// file a catalog. A file is used only for exactly the catalog and the code that it
// was made with; one that cannot be read is made anew. The folder is made when it
// is needed; where that is not possible the backend works without.
func CacheIn(folder string) Option { return func(b *Backend) { b.folder = folder } }

// train makes the classifier, or takes it from the folder if it is there. An empty
// folder keeps nothing. It fails only if ctx ends.
func train(ctx context.Context, folder string, classes []match.Class) (*match.Model, error) {
	texts := 0
	for _, c := range classes {
		texts += len(c.Examples) + len(c.Texts)
	}
	if folder == "" || texts < cachedFrom {
		return match.Train(ctx, classes)
	}
	file := filepath.Join(folder, strings.Replace(cachedPattern, "*", match.Key(classes), 1))
	if m := load(file); m != nil {
		return m, nil
	}
	m, err := match.Train(ctx, classes)
	if err != nil {
		return nil, err
	}
	if store(folder, file, m) == nil {
		forgetOld(folder)
	}
	return m, nil
}

// load returns the model in a file, nil if there is none or it is damaged.
func load(file string) *match.Model {
	f, err := os.Open(file) //nolint:gosec // the folder is the program's own, the name a hash
	if err != nil {
		return nil
	}
	defer f.Close() //nolint:errcheck // it was only read
	info, err := f.Stat()
	if err != nil {
		return nil
	}
	m, err := match.Read(f, info.Size())
	if err != nil {
		return nil
	}
	return m
}

// store puts the model into the file, at once or not at all.
func store(folder, file string, m *match.Model) (err error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(folder, "."+cachedPattern) // mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	if err := m.Write(f); err != nil {
		return errors.Join(err, f.Close())
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), file)
}

// forgetOld removes all but the latest models.
func forgetOld(folder string) {
	files, err := filepath.Glob(filepath.Join(folder, cachedPattern))
	if err != nil || len(files) <= cachedModels {
		return
	}
	age := map[string]fs.FileInfo{}
	for _, f := range files {
		if info, err := os.Stat(f); err == nil {
			age[f] = info
		}
	}
	files = slices.DeleteFunc(files, func(f string) bool { return age[f] == nil })
	slices.SortFunc(files, func(a, b string) int {
		return cmp.Or(age[b].ModTime().Compare(age[a].ModTime()), cmp.Compare(a, b))
	})
	for _, f := range files[min(cachedModels, len(files)):] {
		_ = os.Remove(f) // the next one tries again
	}
}
