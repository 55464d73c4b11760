package memory

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"banyan/orchestrator"
)

// Options change how Open works; the zero value is right for everybody.
type Options struct {
	// Command is what another process is told that holds the file now; the name of
	// the program if empty. It is written to a file: no secrets.
	Command string
	// Now tells the time since when the file is held; time.Now if nil.
	Now func() time.Time
	// Wait is how long to wait for another process to let go of the file; 100 ms
	// if 0.
	Wait time.Duration
	// MaxSize bounds the file, in bytes; 0 is no bound. Beyond it, writing fails as
	// it does on a full disk.
	MaxSize int
	// NoSync leaves out the sync after each write, for benchmarks and tests: what
	// was acknowledged is then lost when the machine dies.
	NoSync bool
}

// verifyLimit is the size in bytes up to which a store is verified page by page
// whenever it is opened, at about 1 ms for 2 MB. Above, only Check does it.
const verifyLimit = 16 << 20

// Open opens the file at path, and the journal beside it, for this process alone
// and makes it, and its folder, if there is none. Errors are *orchestrator.Error: CodeBusy if another
// process holds the file, and says which; CodeDamaged, CodeNewer, CodeReadOnly,
// CodeFull and CodeStore. After an error the file is as it was.
func Open(path string, opts Options) (*Store, error) {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Wait <= 0 {
		opts.Wait = 100 * time.Millisecond
	}
	if opts.Command == "" {
		opts.Command = filepath.Base(os.Args[0])
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, explain(path, "open", err)
	}
	if err := create(path); err != nil {
		return nil, explain(path, "create", err)
	}
	db, err := openFile(path, opts)
	if err != nil {
		return nil, explain(path, "open", err)
	}
	s := &Store{db: db, path: path, holder: holder{path: holderPath(path)}}
	if err := s.prepare(); err != nil {
		_ = db.Close() // the first error is the one that matters
		return nil, err
	}
	if s.journal, err = openJournal(journalPath(path), opts.NoSync, s.stored); err != nil {
		_ = db.Close() // the first error is the one that matters
		return nil, explain(journalPath(path), "open", err)
	}
	// A second process can do with less than this note, so it may fail.
	_ = s.holder.write(opts.Command, opts.Now())
	return s, nil
}

// openFile opens and locks what create has left.
func openFile(path string, opts Options) (db *bolt.DB, err error) {
	defer guard(path, "open", &err)()
	o := *bolt.DefaultOptions
	o.Timeout = opts.Wait
	o.FreelistType = bolt.FreelistMapType
	o.NoSync = opts.NoSync
	o.NoStatistics = true
	o.MaxSize = opts.MaxSize
	db, err = OpenBolt(path, &o)
	if errors.Is(err, bolterrors.ErrTimeout) {
		return nil, withCause(busy(path), err)
	}
	return db, err
}

// prepare makes the buckets of a new file and checks the version of another.
func (s *Store) prepare() error {
	fresh := false
	err := s.view(func(tx *bolt.Tx) error {
		meta := tx.Bucket([]byte(bucketMeta))
		if meta == nil {
			fresh = true
			if name, _ := tx.Cursor().First(); name != nil {
				return damaged(s.path, "it holds the data of another program")
			}
			return nil
		}
		text := string(meta.Get([]byte(keySchema)))
		version, err := strconv.Atoi(text)
		switch {
		case err != nil || version < 1:
			return damaged(s.path, fmt.Sprintf("its version is %q", text))
		case version > schema:
			return orchestrator.Errorf(CodeNewer, "The conversation store %s was written by a newer version of this program "+
				"(its layout is version %d, this program knows %d). It was left as it is. "+
				"Use the newer program, or choose another folder with --data.", s.path, version, schema)
		}
		_, err = buckets(tx)
		return err
	})
	if err != nil || !fresh {
		return err
	}
	return s.update(func(tx *bolt.Tx) error {
		for _, name := range []string{bucketMeta, bucketConversations, bucketTurns, bucketIDs, bucketIndex} {
			if _, err := tx.CreateBucketIfNotExists([]byte(name)); err != nil {
				return err
			}
		}
		return tx.Bucket([]byte(bucketMeta)).Put([]byte(keySchema), []byte(strconv.Itoa(schema)))
	})
}
