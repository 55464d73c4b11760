package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"banyan/memory"
	"banyan/orchestrator"
)

// shopNodes are the nodes whose files stand in the data folder.
func shopNodes() []string { return []string{legacyNode, userNode, orderNode, shippingNode} }

// shopFile is the file of a node.
func shopFile(dir, node string) string { return filepath.Join(dir, node+".db") }

// openFiles opens the file of every node, side by side. A file whose content is
// damaged is an error that says so; it is left as it is.
func openFiles(dir string, opts shopOptions) (map[string]*bbolt.DB, error) {
	names := shopNodes()
	dbs, errs := make([]*bbolt.DB, len(names)), make([]error, len(names))
	var wg sync.WaitGroup
	for i, name := range names {
		wg.Go(func() {
			path := shopFile(dir, name)
			dbs[i], errs[i] = memory.OpenBolt(path, &bbolt.Options{Timeout: opts.Wait, NoSync: opts.NoSync})
			var flaw *memory.Flaw
			if errors.As(errs[i], &flaw) {
				errs[i] = fmt.Errorf("its file %s is damaged: %w", path, errs[i])
			} else if errs[i] != nil {
				errs[i] = fmt.Errorf("open %s: %w", path, errs[i])
			}
		})
	}
	wg.Wait()
	files := map[string]*bbolt.DB{}
	for i, name := range names {
		if dbs[i] != nil {
			files[name] = dbs[i]
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, errors.Join(err, closeFiles(files))
	}
	return files, nil
}

func closeFiles(files map[string]*bbolt.DB) error {
	var errs []error
	for _, db := range files {
		errs = append(errs, closeFile(db))
	}
	return errors.Join(errs...)
}

func closeFile(db *bbolt.DB) (err error) {
	defer orchestrator.Guard(&err)()
	return db.Close()
}

// resetShop puts the shop in the folder back, without a look at what is in it. Files
// that can no longer be used are kept under other names, which it returns, and made
// anew.
func resetShop(dir string) (kept []string, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	if err = putBack(dir); err == nil || !isDamage(err) {
		return nil, err
	}
	if kept, err = keepShop(dir); err != nil {
		return kept, err
	}
	return kept, putBack(dir)
}

// putBack puts the shop back in the files that there are.
func putBack(dir string) error {
	s, err := newShop(dir, shopOptions{Wait: storeWait})
	if err != nil {
		return err
	}
	return errors.Join(s.Reset(context.Background()), s.Close())
}

// isDamage tells whether an error comes from what the files hold, and not from the disk
// or from another process.
func isDamage(err error) bool {
	for _, other := range []error{bolterrors.ErrTimeout, fs.ErrPermission, syscall.ENOSPC, syscall.EDQUOT, syscall.EROFS, syscall.EIO} {
		if errors.Is(err, other) {
			return false
		}
	}
	return true
}

// shopSizes are the sizes of the files of the nodes that have one.
func shopSizes(dir string) map[string]int64 {
	sizes := map[string]int64{}
	for _, node := range shopNodes() {
		if info, err := os.Stat(shopFile(dir, node)); err == nil {
			sizes[node] = info.Size()
		}
	}
	return sizes
}

// whyForeign says what is wrong with the files of nodes whose content is not that of
// the others.
func whyForeign(dir string, nodes []string, before map[string]int64) string {
	var why []string
	for _, node := range nodes {
		how := "is not of the same making as the others"
		if size, ok := before[node]; !ok {
			how = "was missing"
		} else if size == 0 {
			how = "was empty"
		}
		why = append(why, "its file "+shopFile(dir, node)+" "+how)
	}
	return orchestrator.JoinAnd(why)
}

// anew closes the shop, keeps its files under other names and opens new ones.
func (s *shop) anew(dir string, opts shopOptions, why string) (*shop, error) {
	if err := s.abandon(); err != nil {
		return nil, err
	}
	kept, err := keepShop(dir)
	if err != nil {
		return nil, err
	}
	if s, err = newShop(dir, opts); err != nil {
		return nil, err
	}
	s.putBack = fmt.Sprintf("The demo shop was put back as it was on the first day, because %s. Conversations are not touched. What was there is kept as %s.", why, orchestrator.JoinAnd(kept))
	return s, nil
}

// keepShop gives the shop's files other names, so that new ones are made, and returns
// those: order.db.damaged, or order.db.damaged-2 if that is taken. What is empty is
// not kept.
func keepShop(dir string) (kept []string, err error) {
	for _, node := range shopNodes() {
		path := shopFile(dir, node)
		info, err := os.Lstat(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return kept, err
		}
		if info.Mode().IsRegular() && info.Size() == 0 {
			if err := os.Remove(path); err != nil {
				return kept, err
			}
			continue
		}
		aside := path + ".damaged"
		for i := 2; ; i++ {
			if _, err := os.Lstat(aside); errors.Is(err, fs.ErrNotExist) {
				break
			}
			aside = fmt.Sprintf("%s.damaged-%d", path, i)
		}
		if err := os.Rename(path, aside); err != nil {
			return kept, err
		}
		kept = append(kept, aside)
	}
	return kept, nil
}
