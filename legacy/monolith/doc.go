// Package monolith simulates the shop's old backend as one would have met it in
// the 1980s: one lock for everything, slow on purpose, spoken to in transactions
// of fixed-width records. COPYBOOK.md beside this file defines the records and
// the transactions, and the program works from that page.
//
// The package knows nothing of the rest of Banyan. Whoever wants to speak
// another language with it puts a translator in front.
package monolith
