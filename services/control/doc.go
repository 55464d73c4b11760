// Package control lets people steer the migration from the chat: set, promote and
// abort routes, ask why a call went where it went, break services on purpose and
// mend them. It is a service like any other, so what it does is planned, confirmed
// and told like everything else; who may ask for it is stated in its access rules.
package control
