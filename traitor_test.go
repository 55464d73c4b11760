package main

import (
	"flag"
	"testing"
)

var traitorFull = flag.Bool("traitor-full", false, "every intent for every foreign subject with every string in TestTraitor, in place of a sample")

// TestTraitor lets a backend that is on the attacker's side plan every intent of the
// catalog for every foreign subject, while the attack strings stand in messages, in what
// services return and store, in earlier turns and in all that the backend itself says.
// What comes of it is counted right before the services and in all that is shown. The
// short form tries every intent for every subject with the next string and the next
// scheme, and says every string in every place.
func TestTraitor(t *testing.T) {
	t.Parallel()
	texts := attackStrings(t)
	for _, who := range []struct {
		name, user, as string
		every          int
	}{
		{"Customer", "ada@example.com", "", 1},
		{"Support", "sam@example.com", "ada@example.com", 3},
		{"Presenter", "pat@example.com", "ben@example.com", 6},
	} {
		t.Run(who.name, func(t *testing.T) {
			t.Parallel()
			if *traitorFull {
				everyString(t, texts, who.user, who.as)
				return
			}
			w := newTraitorWorld(t, texts, who.user, who.as)
			w.every = who.every
			w.everything(texts)
			for where, n := range w.places {
				if w.every == 1 && n < len(texts) {
					t.Errorf("only %d of %d strings were planted in %s", n, len(texts), where)
				}
			}
			w.end()
		})
	}
}

// everyString tries every intent for every foreign subject with every string, each
// intent in a program of its own.
func everyString(t *testing.T, texts []string, user, as string) {
	first := newTraitorWorld(t, texts, user, as)
	for i, in := range first.app.kernel.Catalog().Intents() {
		t.Run(in.Name, func(t *testing.T) {
			w := newTraitorWorld(t, texts, user, as)
			n := 0
			for j, v := range w.victims {
				if v.email == w.subject {
					continue
				}
				for k, text := range texts {
					if n%8 == 0 {
						w.asker.conversation = w.app.kernel.NewConversation()
					}
					w.attack(w.app.kernel.Catalog().Intent(in.Name), v, text, i*7+j+k, n)
					n++
				}
				w.honest(j)
			}
			w.end()
		})
	}
}
