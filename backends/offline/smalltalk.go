package offline

import (
	"slices"
	"strings"

	"banyan/orchestrator"
)

var (
	greetings = newPhrases("hi", "hello", "hey", "hi there", "hello there", "hey there", "good morning", "good afternoon", "good evening", "good day", "greetings", "howdy", "yo", "hiya", "morning", "how are you", "hi how are you", "hello how are you", "hey how are you", "how is it going", "hello again", "hi again", "what is up", "sup")
	gratitude = newPhrases("thanks", "thank you", "thank you very much", "thank you so much", "thanks a lot", "many thanks", "cheers", "ta", "great thanks", "great thank you", "perfect thanks", "perfect thank you", "ok thanks", "ok thank you", "okay thanks", "okay thank you", "cool thanks", "thanks so much", "much appreciated", "that is all thanks", "no thanks", "no thank you", "thanks that is all", "awesome thanks", "great", "perfect", "cool", "nice", "awesome", "wonderful", "excellent", "brilliant", "ok great", "got it", "got it thanks", "thanks for your help", "thanks for the help", "thank you for your help", "you are great", "well done", "lovely")
	farewells = newPhrases("bye", "goodbye", "good bye", "bye bye", "see you", "see you later", "good night", "cya", "farewell", "have a nice day", "have a good day", "talk to you later", "that is all", "that is it", "i am done", "thanks bye", "thank you bye", "ok bye", "nothing else", "that will be all")
	helpWords = newPhrases("help", "help me", "can you help me", "could you help me", "can you help", "please help me", "please help", "i need help", "i need some help", "what can you do", "what can you do for me", "what do you do", "what can i do", "what can i do here", "what can i ask", "what can i ask you", "what can i say", "what are my options", "what are the options", "how does this work", "how do i use this", "what is this", "who are you", "what are you", "how can you help", "how can you help me", "what can you help with", "what can you help me with", "what else can you do", "what things can you do", "menu", "commands", "show me what you can do", "tell me what you can do", "list what you can do", "what do you offer", "what are you able to do", "what services do you offer", "can you help me with something", "can you help me please", "i need your help", "what is possible", "how can i use this", "what can you help me do", "hi can you help me", "hello can you help me", "are you there", "options", "usage", "what all can you do", "are you a bot", "are you human", "are you a robot", "what are your capabilities", "capabilities", "can i ask you something", "i have a question", "can i ask a question", "i do not know what to do")
	dropWords = newPhrases("never mind", "forget it", "forget about it", "forget that", "cancel that", "cancel", "cancel it", "stop", "leave it", "leave it as it is", "drop it", "skip it", "no never mind", "oh never mind", "actually never mind", "never mind that", "do not bother", "do not", "do not do it", "do not do that", "abort", "scratch that", "no forget it", "let it be", "leave it be", "let us not", "i changed my mind", "i have changed my mind", "changed my mind", "not now", "maybe later", "quit", "exit", "no thanks", "no thank you", "nothing", "nah", "no", "nope", "never mind then", "ok never mind", "forget i asked", "no leave it", "no stop", "not any more", "not anymore", "it is fine", "nah forget it", "ignore that", "ignore it", "disregard that", "disregard", "hold off", "back out", "i would rather not", "no do not", "stop it", "stop that", "please stop", "wait no", "on second thought no", "on second thoughts never mind", "on second thought never mind", "actually no", "actually do not", "i do not want to anymore", "i do not want that")
	yesWords  = newPhrases("yes", "yep", "yeah", "yup", "sure", "ok", "okay", "y", "yes please", "please do", "do it", "go ahead", "go on", "confirm", "confirmed", "correct", "right", "that is right", "of course", "absolutely", "definitely", "yes do it", "yes go ahead", "alright", "all right", "sounds good", "fine", "anyway", "yes anyway", "do it anyway", "yes do it anyway", "please do so", "that is fine", "yes that is fine", "sure go ahead", "ok do it", "indeed", "aye")
	undoWords = newPhrases("undo", "undo that", "undo it", "undo this", "take that back", "take it back", "revert that", "revert it", "reverse that", "undo the last thing", "undo my last change", "undo the last change", "undo the change", "put it back", "change it back", "roll it back", "roll that back")
	overWords = newPhrases("start over", "start again", "let us start over", "let us start again", "start from the beginning", "restart", "reset", "new start", "begin again", "from the beginning", "let us begin again", "clear", "new conversation", "new chat")
	whoWords  = newPhrases("who am i", "who am i logged in as", "who am i signed in as", "as whom am i logged in", "as whom am i signed in", "what is my account", "which account am i using", "whoami", "what is my name", "do you know who i am", "do you know me", "what is my email", "which user am i")
	noWords   = newPhrases("no", "nope", "nah", "n", "no way", "not really", "no do not", "negative")
)

// surely is the value from which on an intent of the catalog comes before small
// talk.
const surely = 0.8

// wholly tells whether the message is one of the phrases, give or take a please
// at its ends.
func (p *planner) wholly(list *phrases) bool {
	w := wordsOnly(p.toks)
	for _, cut := range [][]token{w, trimPolite(w)} {
		if len(cut) > 0 && list.at(cut, 0) == len(cut) {
			return true
		}
	}
	return false
}

func trimPolite(w []token) []token {
	for len(w) > 1 && w[0].is("please", "ok", "okay", "oh", "well", "so", "um", "hmm", "actually", "ah", "and", "but", "then", "yes", "hey", "hi", "hello") {
		w = w[1:]
	}
	for len(w) > 1 && w[len(w)-1].is("please", "then", "now", "thanks", "banyan", "there", "again", "ok", "though") {
		w = w[:len(w)-1]
	}
	return w
}

// smallTalk answers what asks for nothing that a service does. What the catalog
// has an intent for is left to it.
func (p *planner) smallTalk() (orchestrator.Plan, bool) {
	say := func(text string) (orchestrator.Plan, bool) {
		return orchestrator.Plan{Kind: orchestrator.PlanAnswer, Text: text}, true
	}
	if len(p.toks) > 10 || p.exampleOf() {
		return orchestrator.Plan{}, false
	}
	if r := p.rank(p.toks); len(r) > 0 && r[0].value >= surely {
		return orchestrator.Plan{}, false
	}
	switch {
	case p.wholly(undoWords):
		return p.undoing(), true
	case p.wholly(overWords):
		return say("All right, a fresh start: nothing is waiting. " + p.suggestion())
	case p.wholly(whoWords):
		return say(p.signedIn())
	case p.wholly(helpWords):
		return p.help(), true
	case p.wholly(greetings), p.onlyOpens():
		text := "Hello"
		if first, _, _ := strings.Cut(p.req.User.Name, " "); first != "" {
			text += ", " + first
		}
		return say(text + "! " + p.suggestion())
	case p.wholly(farewells):
		return say("Goodbye!")
	case p.wholly(gratitude) && !p.wholly(noWords):
		return say("You're welcome.")
	case p.wholly(noWords):
		return say("All right. Nothing was changed.")
	case p.wholly(dropWords) && !p.hasContent():
		return say("All right, never mind. Nothing was changed.")
	case p.wholly(yesWords):
		return say("There is nothing waiting for a yes at the moment. What would you like to do?")
	}
	return orchestrator.Plan{}, false
}

// onlyOpens tells whether the message is a greeting and what comes before a request
// that does not follow: "good morning, quick question".
func (p *planner) onlyOpens() bool {
	w := wordsOnly(p.toks)
	i := greetings.at(w, 0)
	for n := i; n > 0 && i < len(w); i += n {
		n = max(greetings.at(w, i), filler.at(w, i))
	}
	return i > 0 && i == len(w)
}

// undoing plans what the wish to take something back comes to: a confirmation that
// waits is dropped, a change that was made is taken back by the kernel.
func (p *planner) undoing() orchestrator.Plan {
	for t := range p.turnsBack {
		if t.Kind == orchestrator.KindConfirmation {
			return orchestrator.Plan{Kind: orchestrator.PlanAnswer, Text: "All right, never mind. Nothing was changed."}
		}
		for _, st := range slices.Backward(t.Steps) {
			if s := p.k.byName[st.Intent]; s != nil && s.Changes() && st.Status == orchestrator.StepDone {
				return orchestrator.Plan{Kind: orchestrator.PlanUndo}
			}
		}
	}
	return orchestrator.Plan{Kind: orchestrator.PlanAnswer, Text: "There is nothing to take back: nothing was changed in this conversation."}
}

// signedIn says who is asking.
func (p *planner) signedIn() string {
	text := "You are signed in as "
	if p.req.User.Name != "" {
		text += p.req.User.Name + " (" + p.req.User.Email + ")"
	} else {
		text += p.req.User.Email
	}
	if p.req.User.Staff() {
		text += ", support staff"
		if p.req.Subject.Email != "" && p.req.Subject.Email != p.req.User.Email {
			text += "; we are speaking of " + p.req.Subject.Name + " (" + p.req.Subject.Email + ")"
		}
	}
	return text + "."
}

// hasContent: "cancel it" drops a question, but is a request where something was
// spoken of.
func (p *planner) hasContent() bool {
	w := trimPolite(wordsOnly(p.toks))
	return len(w) == 2 && w[0].is("cancel", "stop", "undo", "drop") && w[1].is("it", "that") && len(p.req.Conversation) > 0 && p.k.verbs[w[0].low] && p.confident(w) != nil && !p.openQuestion()
}

// exampleOf tells whether the message is an example of an intent, word for word.
func (p *planner) exampleOf() bool {
	return p.k.examples[joinLow(p.toks)]
}
