// Package legacy is the anti-corruption layer before the monolith. On one side
// it speaks the monolith's transactions and fixed-width records, on the other it
// is a plain service of the kernel that offers every intent of the shop. No
// upper-case name, date of five digits or numeric code gets past it.
//
// It also carries the state of customers and orders across: what another side
// changed comes in by PutCustomer, PutOrder and PutDelivery, what the monolith
// changed goes out by Hooks, each within a transaction of the monolith's own file.
package legacy
