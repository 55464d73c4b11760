// Package user is the microservice that knows people: the customers with their
// profiles, and the staff. It is also the directory by which the kernel recognises
// who is meant.
package user
