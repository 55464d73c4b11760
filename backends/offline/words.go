package offline

// The general English that the planner knows. Nothing here belongs to any
// catalog.

// set makes a set of the words in a text.
func set(words string) map[string]bool {
	out := map[string]bool{}
	start := -1
	for i := 0; i <= len(words); i++ {
		if i == len(words) || words[i] == ' ' || words[i] == '\n' || words[i] == '\t' {
			if start >= 0 {
				out[words[start:i]] = true
			}
			start = -1
		} else if start < 0 {
			start = i
		}
	}
	return out
}

var contractions = map[string][]string{
	"can't": {"can", "not"}, "cannot": {"can", "not"}, "cant": {"can", "not"}, "won't": {"will", "not"},
	"wont": {"will", "not"}, "dont": {"do", "not"}, "didnt": {"did", "not"}, "doesnt": {"does", "not"},
	"isnt": {"is", "not"}, "arent": {"are", "not"}, "wasnt": {"was", "not"}, "werent": {"were", "not"},
	"hasnt": {"has", "not"}, "havent": {"have", "not"}, "hadnt": {"had", "not"}, "shouldnt": {"should", "not"},
	"ain't": {"is", "not"}, "aint": {"is", "not"}, "whats": {"what", "is"}, "wheres": {"where", "is"},
	"hows": {"how", "is"}, "whos": {"who", "is"}, "whens": {"when", "is"}, "thats": {"that", "is"}, "im": {"i", "am"},
	"ive": {"i", "have"}, "wanna": {"want", "to"}, "gonna": {"going", "to"}, "gotta": {"have", "to"}, "lemme": {"let", "me"},
	"gimme": {"give", "me"}, "let's": {"let", "us"}, "lets": {"let", "us"}, "pls": {"please"}, "plz": {"please"},
	"thx": {"thanks"}, "u": {"you"}, "ur": {"your"}, "nevermind": {"never", "mind"}, "r": {"are"},
}

var opensToIs = set("it that what where who how when here there he she which why everything something nothing")

var auxTails = map[string]string{"re": "are", "m": "am", "ve": "have", "ll": "will", "d": "would"}

// functionWords carry no content: they never describe a thing.
var functionWords = set(`a an the this that these those my mine your yours his her hers its our ours their theirs me you him them us we i he she
it they is are was were be been being am do does did done has have had having will would can could shall should may might must not no yes
of to in on at by for with from about into onto over under up down out off through via per as than then so and or but if unless because
when while where what which who whom whose why how there here all any some both each every either neither one ones other another same such
only just also too very really quite still yet already ever never again now please kindly 's more most less least many much few
get got go let want need like wish know tell say show give see check look find help ask thing things stuff something anything everything
nothing nobody noone somebody anyone someone actually currently exactly right left way using use regarding concerning up-to-date own else otherwise
instead maybe perhaps well ok okay oh hey hi hello thanks thank cheers sorry whether after before until since during within around between
don't were're lot bit kind sort new old current entire whole full able possible us try trying going put make made take come keep
do's ah um er hmm gladly dear question request happen happening went going wondering wonder think thought believe doing coming along progressing somewhere elsewhere anywhere everywhere nowhere far long ago back really supposed
anymore longer late delayed missing lost broken damaged defective faulty wrong unfortunately however customer customers client clients`)

// nounMarks stand before a noun phrase.
var nounMarks = set("a an the this that these those my your his her its our their both all any some one another each every no")

// subjectPronouns are followed by a verb, which describes no thing.
var subjectPronouns = set("i we you he she they")

// questionWords and auxiliaries start a question.
var (
	questionWords = set("what where when which who whom whose why how")
	auxiliaries   = set("is are was were am did do does has have had will would can could should may might must shall")
	beForms       = set("is are was were be been being am isn")
	haveForms     = set("has have had having")
	pronouns      = set("it that this them those these one")
	negators      = set("not never no nobody none nothing without cannot neither nor")
)

// generalVerbs start a request in any domain, beside those that the catalog's
// examples start with.
var generalVerbs = set(`tell show give list find get check see look let send make set put add remove delete change update cancel stop start
book reserve order buy return track call contact open close create edit rename move renew extend register sign subscribe unsubscribe pay refund
print download explain describe compare report schedule postpone complain correct replace switch turn increase decrease reduce raise lower drop
search fetch display confirm arrange please could can would will what where when which who how why is are was were did do does has have i i'd
want need give bring take help tell notify remind let's kindly withdraw resend reset request submit file log fix swap join leave drop`)

// alterVerbs order something to be altered, whatever it is.
var alterVerbs = set(`add remove delete change update cancel set put increase decrease reduce raise lower drop replace switch move extend renew
correct modify edit make stop close open create rename postpone reschedule`)

// spellOut are the numbers as words.
var spellOut = map[string]float64{
	"zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
	"eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18,
	"nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
	"hundred": 100, "thousand": 1000, "dozen": 12, "half": 0.5, "couple": 2, "single": 1, "twice": 2, "thrice": 3,
}

// openers are politeness and filler before a request. Longer ones come first
// when they start with the same word; see newPhrases.
var openers = newPhrases(
	"please", "kindly", "hi", "hello", "hey", "hi there", "hello there", "hey there", "good morning", "good afternoon", "good evening", "dear sir", "dear team",
	"thanks", "thank you", "ok", "okay", "ok so", "so", "well", "um", "uh", "oh", "right", "now", "just", "actually", "sorry", "excuse me", "yes please", "also", "and", "but", "then",
	"could you", "can you", "would you", "will you", "could you please", "can you please", "would you please", "could we", "can we", "can i", "could i", "may i",
	"can you help me", "could you help me", "can you help me to", "could you help me to", "please help me", "help me", "help me to", "i need help to", "i need your help to",
	"i want to", "i want", "i would like to", "i would love to", "i need to", "i have to", "i must", "i wish to", "i wanted to", "i am trying to", "i am looking to", "i am hoping to", "i am going to",
	"i want you to", "i would like you to", "i need you to", "i was hoping to", "i was hoping you could", "i was wondering if you could", "i was wondering if i could", "i wonder if you could", "i wonder if i could",
	"i was wondering whether you could", "would it be possible to", "is it possible to", "would it be possible for you to", "is there a way to", "is there any way to", "is it ok to", "would it be ok to",
	"do you mind", "would you mind", "would you be able to", "are you able to", "would you be so kind as to", "be so kind as to", "could you be so kind as to", "if possible", "if you can", "if you could", "if you would", "if you do not mind",
	"let us", "let me", "go ahead and", "i think", "i guess", "i believe", "i suppose", "maybe", "maybe you could", "perhaps you can", "quickly", "real quick", "quick question", "one question", "one more thing", "another thing",
	"can i still", "could i still", "can you still", "may i still", "is it still possible to", "is it too late to", "am i still able to", "would it still be possible to", "can we still", "how do i", "how can i", "how do you", "how could i", "how to", "how would i", "how should i", "where can i", "where do i", "what do i need to do to", "what do i do to", "what should i do to", "what must i do to",
	"i would also like to", "i also want to", "i also need to", "can you also", "could you also", "please also", "i also would like to", "i want also to", "and also", "we would like to", "we want to", "we need to",
	"do me a favour and", "do me a favor and", "be a dear and", "try to", "you can", "you could", "you should", "why do not you", "i am writing to", "i am calling to", "i am calling about", "i am writing about",
	"a question about", "i have a question about", "i have a question", "is it okay if i", "is it ok if i", "am i able to", "am i allowed to", "do i get to", "should i",
	"wait", "hold on", "hmm", "no wait", "alright", "all right", "great", "perfect", "cool", "good", "fine", "firstly", "first of all", "to start with", "finally", "lastly", "secondly", "after that", "afterwards", "meanwhile", "by the way", "btw", "additionally", "in addition", "besides", "while you are at it", "on top of that", "additionally please",
)

// closers are politeness and filler after a request.
var closers = newPhrases(
	"please", "thanks", "thank you", "thanks a lot", "thank you very much", "thank you so much", "many thanks", "cheers", "if possible", "if you can", "if you could", "if you would", "if you please", "if you do not mind", "if that is ok",
	"if that is okay", "if that is possible", "if it is possible", "if that works", "for me", "for me please", "right now", "now", "asap", "as soon as possible", "immediately", "today please", "at once", "quickly", "too", "as well", "also", "again", "then", "instead", "thanks in advance",
	"would you", "could you", "will you", "can you", "ok", "okay", "though", "first", "at the moment", "right away", "straight away",
)
