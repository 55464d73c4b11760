// Package privacy keeps personal data at home: its Backend wraps another one that is
// not on this machine. In everything that is asked, emails, phone numbers, postal
// addresses, people's names and the numbers of cards and accounts are replaced by
// placeholders such as <email-1>, and in everything that comes back they are put in
// their place again. An Outbox keeps what was sent, for people to look at.
//
// # What is replaced
//
// What looks like one of these by its form; what stands in fields that a schema
// calls personal, see orchestrator.Personal; and the people whom the request is about
// or whom the directory knows by what it says. What was found once in a conversation
// is found again wherever it stands, also in part: a first name alone, the same phone
// number written otherwise, the street of an address.
//
// A name or an address that is in no such field, that the directory does not know and
// that has not the form of one is not recognised.
//
// # Placeholders
//
// A placeholder is <sort-number>, and <sort-number.variant> for another way to write
// the same: <name-1> and <name-1.2> are one person. They stay the same in a
// conversation as long as the program runs. Only those that stand in a request are
// put back in its reply, and a text that looks like one is replaced itself, so that
// nobody gets somebody's data by typing or planting a placeholder.
package privacy
