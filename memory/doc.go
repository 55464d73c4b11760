// Package memory keeps conversations and small shared facts in one embedded bbolt
// file, and the turns under way in a journal beside it.
//
// A turn that Append acknowledged has been synced to the disk and survives the
// death of the process and of the machine. One process at a time holds the file;
// a second one is told who does. The same file carries the buckets of others,
// who get it from Store.DB.
//
// # The layout of the file
//
// Numbers in keys are big-endian, so that keys sort as their numbers do.
//
//	memory/meta           schema → the version of this layout
//	memory/conversations  conversation ID → its record: number, user, title, times, count
//	memory/turns          conversation number, position from 1 → the turn
//	memory/turn_ids       turn ID → conversation number, position
//	memory/index          everybody's, and each user's, conversations by their latest turn
//	memory/state          key → revision, value: the shared facts of Store.State
//
// Turns and records are JSON behind a checksum over key and JSON, because bbolt
// itself does not notice a changed byte. Times are in UTC. When the file is
// opened, the structure of its pages is verified first, since bbolt trusts it.
//
// The last n turns of a conversation are n neighbours, found by one descent of
// the tree: the position of the last one stands in the record.
//
// # The journal
//
// Turns that are about to change something are kept in a file beside the store,
// banyan.journal for banyan.db, from Begin until they are in the store. It is made
// when the first turn begins. Records are only ever added at its end: a beginning
// is synced, by one sync for all that begin at the same moment; notes are written
// without a sync, so that they survive the process. Nothing is written when a turn
// ends: a turn whose ID is in the store has ended. When no turn is open the file
// is emptied, at the latest when it has 64 KB or is closed; when some turn always
// is, it is written anew at 1 MB. So that the end of a turn stays proven, a
// conversation is deleted only after the journal has let go of its turns.
//
// What was being written when the machine died is cut off when the file is opened.
// A damaged part in the middle is an error of Unfinished, which still returns the
// rest; the damaged file is kept under another name.
//
// # Caveats
//
// Deleting a conversation frees its pages for new data but does not overwrite
// them. A turn ID that was deleted with its conversation may be used again.
// The file does not shrink.
package memory
