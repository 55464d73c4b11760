// Package datasync keeps the data of both eras in step while each of them owns its
// storage: a transactional outbox at every node, an ordered and idempotent
// delivery to the nodes that keep a copy, version vectors that tell a later state
// from a conflicting one, and a barrier that lets everybody read their own writes
// on whichever side they land.
//
// # How a change travels
//
// A node is a service with a bbolt file of its own. In the transaction of a change
// it calls Record, which puts a domain event with the entity's new state into the
// node's outbox (outbox.go). For every node that keeps the entity a worker, woken
// by the commit, hands the events over in the order of their source (deliver.go);
// the receiver puts the state, the entity's version and the number of the event in
// one transaction of its own (apply.go). So a crash at any point loses nothing and
// repeats nothing that counts.
//
// A call about a customer first brings all pending events about that customer to
// the node that is called, and a change holds the customer's lock from there until
// the service has returned (barrier.go, service.go).
//
// # What a file holds
//
// In the top-level bucket "sync" of every node's file:
//
//	outbox     sequence number → event; trimmed when all receivers have it
//	applied    source → number of its last event that was applied here, and when
//	versions   kind, zero byte, key → version vector of the entity
//	conflicts  number → conflict; the last ones
//	meta       generation of the data; in the first node's file the settings
package datasync
