// Package audit keeps who did what to whom in a file that is only ever appended to
// and whose entries are chained by hashes: each line holds the hash of the one
// before, so that a change of any byte, or a line taken out, is found by Verify.
//
// A line is a JSON object:
//
//	{"seq":7,"prev":"…","entry":{…},"hash":"…"}
//
// hash is SHA-256 over seq, prev and the bytes of entry as they stand in the line,
// in hexadecimal; prev is the hash of line 6, or 64 zeros. What was cut off at the
// end is found by the marks that others keep: every stored turn has the hash of its
// last entry.
package audit
