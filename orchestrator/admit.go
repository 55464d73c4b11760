package orchestrator

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// shownOfTooLong is how many characters of a refused message are kept.
const shownOfTooLong = 200

// admit checks the message. The user's identity is the session's and needs no
// check here. Characters that a terminal would obey are turned into marks before
// anything else sees the message.
func (r *run) admit() *Error {
	if r.req.User.Email == "" {
		return Errorf(CodeDenied, "Nobody is signed in. Nothing was done. Say who you are with an email address.")
	}
	if n := utf8.RuneCountInString(r.req.Message); n > r.k.cfg.MaxMessage {
		cut := 0
		for range shownOfTooLong {
			_, size := utf8.DecodeRuneInString(r.req.Message[cut:])
			cut += size
		}
		r.turn.Message = Printable(r.req.Message[:cut]) + "…"
		return Errorf(CodeTooLong, "The message has %d characters; at most %d can be read at once. Nothing was done. Shorten it, or send it in parts.", n, r.k.cfg.MaxMessage)
	}
	r.turn.Message = strings.TrimSpace(Printable(r.req.Message))
	if !strings.ContainsFunc(r.turn.Message, func(c rune) bool { return unicode.IsLetter(c) || unicode.IsDigit(c) }) {
		if strings.ContainsAny(r.turn.Message, "?!") {
			return nil // a question mark asks for help
		}
		if _, waits := r.asked(); waits && r.turn.Message != "" {
			return nil // a sign answers nothing, but the question is shown again
		}
		return Errorf(CodeEmpty, "There are no words in that message. Nothing was done. Type what you need, or \"help\" to see what there is.")
	}
	return nil
}
