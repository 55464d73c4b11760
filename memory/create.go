package memory

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	bolt "go.etcd.io/bbolt"
)

// create makes an empty store at path unless something is there. The file
// appears whole or not at all: it is written under another name, synced, and
// then given its own name, which never replaces a file that another process has
// made meanwhile.
func create(path string) error {
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	folder := filepath.Dir(path)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	temp, err := emptyStore(folder)
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(temp) }() // gone already if it was renamed
	if err := publish(temp, path); err != nil {
		return err
	}
	return syncFolder(folder)
}

// emptyStore writes and syncs an empty bbolt file of mode 0600 and returns its
// name.
func emptyStore(folder string) (name string, err error) {
	f, err := os.CreateTemp(folder, ".banyan-*.new")
	if err != nil {
		return "", err
	}
	name = f.Name()
	defer func() {
		if err != nil {
			_ = os.Remove(name)
		}
	}()
	if err := f.Close(); err != nil {
		return "", err
	}
	db, err := bolt.Open(name, 0o600, nil) // syncs what it writes
	if err != nil {
		return "", err
	}
	return name, db.Close()
}

// publish gives temp the name path unless that is taken.
func publish(temp, path string) error {
	err := os.Link(temp, path)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return nil
	}
	// The file system knows no links.
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.Rename(temp, path)
}

// syncFolder makes the names in a folder survive a crash.
func syncFolder(folder string) error {
	if runtime.GOOS == "windows" {
		return nil // folders cannot be synced there
	}
	d, err := os.Open(folder) //nolint:gosec // the folder of the store
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
