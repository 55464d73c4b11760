// Package replay records what a language backend is asked and replies, and plays
// it back without the backend: for tests, demonstrations without a network, and
// reports of faults.
//
// A recording is a file of JSON lines: a header, then one line for each exchange
// in the order in which they ended. Secrets and personal data are masked by
// placeholders such as ⟦user.email⟧ or ⟦phone.1⟧. Numbers of placeholders follow
// the order of appearance in a request, so that on playing back the values of the
// request at hand take the places of those that were masked: what Ada recorded
// works for Ben.
//
// Masked are the emails and names of the user, the subject and the people who are
// mentioned; everything that looks like an email, a phone number, a postal
// address, a number of a payment card, a key, a token or a password; and what a
// plan or a result holds in fields that are named after such things. What looks
// like none of these is not recognised: read a recording before giving it away.
package replay
