// Package storage is what the microservices keep their data with: JSON values in
// one top-level bucket of an embedded bbolt database, and changes that happen once
// whatever happens to the caller. Each service has a Store of its own and reads no
// other's.
//
// The bucket of a Store holds one bucket per collection of values, and two for
// what was done under which idempotency key:
//
//	keys      idempotency key → what was asked, what came of it, when
//	keys_at   time + idempotency key → nothing; for forgetting the old ones
package storage
