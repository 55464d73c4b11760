// Package memory keeps conversations in one embedded bbolt file.
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
//
// Turns and records are JSON behind a checksum over key and JSON, because bbolt
// itself does not notice a changed byte. Times are in UTC. When the file is
// opened, the structure of its pages is verified first, since bbolt trusts it.
//
// The last n turns of a conversation are n neighbours, found by one descent of
// the tree: the position of the last one stands in the record.
//
// # Caveats
//
// Deleting a conversation frees its pages for new data but does not overwrite
// them. A turn ID that was deleted with its conversation may be used again.
// The file does not shrink.
package memory
