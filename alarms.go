package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"banyan/orchestrator"
)

// alarm tells people that data was damaged or is missing, and what became of it: on
// standard error at once, in the chat as its notice.
func (a *app) alarm(text string) {
	if w := a.opts.remarks; w != nil {
		_, _ = fmt.Fprintln(w, "banyan: "+orchestrator.PrintableLine(text)) // that nobody reads it stops nothing
		return
	}
	a.notice = strings.TrimSpace(text + " " + a.notice)
}

// lostStore says that the conversations are not where they were, if other files show
// that there was a life before; empty if all is well. It is asked before the store is
// opened, which makes a new one.
func lostStore(path string) string {
	how := "missing"
	switch info, err := os.Stat(path); { //nolint:gosec // the data folder is the user's own
	case err == nil && info.Size() == 0:
		how = "empty"
	case !errors.Is(err, fs.ErrNotExist):
		return ""
	}
	dir := filepath.Dir(path)
	for _, node := range shopNodes() {
		if info, err := os.Stat(shopFile(dir, node)); err == nil && info.Size() > 0 {
			return fmt.Sprintf("The conversations were not found where they were: %s was %s, though the shop's data is there. A new one was made, without conversations. "+
				"If you have a copy of the file, put it there while no banyan runs.", path, how)
		}
	}
	return ""
}

// damagedFiles are the files in the folder that were found damaged and kept: the journals,
// and those of the shop.
func damagedFiles(dir string) (journals, shop []string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, nil // whoever opens the folder says so
	}
	for _, e := range entries {
		switch name := e.Name(); {
		case strings.Contains(name, ".journal.damaged"):
			journals = append(journals, filepath.Join(dir, name))
		case strings.Contains(name, ".db.damaged"):
			shop = append(shop, filepath.Join(dir, name))
		}
	}
	return journals, shop
}

// examineKept tells of the damaged files that were kept.
func examineKept(dir string) []finding {
	var found []finding
	journals, shop := damagedFiles(dir)
	for _, path := range journals {
		found = append(found, finding{
			"journal", "bad", "the record of the turns under way was damaged, and kept as " + path + ": a change that was under way then may be in no conversation",
			"Look in the shop whether what was asked for last was done; then move the file away or delete it.",
		})
	}
	if len(shop) > 0 {
		found = append(found, finding{
			"shop", "note", "it was put back as on the first day because its files were damaged, which were kept: " + orchestrator.JoinAnd(shop),
			"Move them away or delete them when you no longer need them.",
		})
	}
	return found
}
