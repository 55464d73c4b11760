// Package order is the microservice of orders: what was bought, for how much, how
// far it is, and cancelling or changing it while it can be. Parcels and delivery
// addresses are the shipping service's.
package order
