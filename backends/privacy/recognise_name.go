package privacy

import "strings"

// introduced finds names that are introduced as such: Mr Jones, my name is Jane Doe.
func introduced(s string, list []token) spans {
	var out spans
	for i, t := range list {
		n := 0
		switch {
		case titles[t.fold] && t.capital:
			n = 1
		case t.fold == "name" && follows(list, i, "is") || t.fold == "named" || t.fold == "called" || t.fold == "heisse" || t.fold == "signed":
			n = 1
			if t.fold == "name" {
				n = 2
			}
		}
		if n == 0 {
			continue
		}
		first := i + n
		end := first
		for end < len(list) && end < first+3 && list[end].capital && !list[end].digits && near(s, list[end-1], list[end]) {
			end++
		}
		if end > first {
			out = append(out, span{from: list[first].from, to: list[end-1].to, sort: name})
		}
	}
	return out
}

var titles = set("mr mrs ms miss mister dr prof herr frau monsieur madame mme senor senora")

func follows(list []token, i int, word string) bool {
	return i+1 < len(list) && list[i+1].fold == word
}

// near tells whether two tokens stand as the words of a name do: with a space, a
// hyphen, an apostrophe or the dot of an abbreviation between them.
func near(s string, a, b token) bool {
	between := s[a.to:b.from]
	return len(between) <= maxBetween && (strings.TrimSpace(between) == "" && !strings.Contains(between, "\n") || between == "-" || between == "'" || between == "’" || between == ". ")
}

// ordinary are parts of names that are words as well: they count only where they
// begin with a capital letter.
var ordinary = set(`
	will may mark rose grace hope joy art bill rob sue jack frank dean drew grant chase miles june april august summer dawn faith
	amber angel autumn basil bishop blue bob brook carol cash charity chip christian clay cliff colt constant coral cook crystal curt
	daisy dale dash day dick dolly don dot earl ernest fern fox gay gene ginger glen guy harmony harry heath herb holly hunter iris ivy
	jade jay jasper jean jewel jimmy josh justice ken king lance lane lark laurel lily lee long love luck major marina max melody mercy
	merry mike mint nick nova olive page paris pat patience pearl penny pepper peter pierce piper poppy prince prudence queen rain ray
	red reed rich ridge river robin rocky rod ruby rusty sage sandy sky sonny star sterling stew stone storm tab ted terry tiffany
	tom tony trinity troy van venus victor victory violet wade ward warren wayne west will win winter wren young
	baker banks barber beach bell berry best black bond booth boss bow bowl branch bridge brown bull burn bush butcher butler carpenter
	carter chance church clark cloud coffin cole cook cooper cox cross crown cruise dance date dear deal do drake driver duke east fair
	farmer field fish fisher fleet flower ford forest foster fry gates gold good gray green hall hand hardy hart hay head hill hood
	horn house hunt hurt key knight lake lamb law lay light little lock lord love low man march marsh mason miller moon moss more
	new nice noble north oh order oak pace park parks parsons paul payne penn pike pool pope porter post potter pound power powers price
	pride pry quick quiet rice rich ring rivers roach roads rock root rush sale sales salmon school seller sharp shed shell ship short
	silver singer small smith snow song south spear speed spring steel street strong swan sweet table tailor taylor temple thomas
	town trade travel true turner union vice view wall walker ware waters way weaver webb wells wheeler white wild wise wolf wood woods
	worth wright yes yet mail name email phone address card it is in as on he me we us an am be so no or at by if to up my go ok hi
	das die der den und oder ein im am ja nein bitte frau herr der ich er sie es wir ihr dev con non mon pour les des`)

// small are parts of names that tell nothing by themselves.
var small = set("de du des la le les del della di da do dos van von der den ter ten bin ibn al el af av zu zum st y e mc mac jr sr ii iii dr mr mrs ms prof")
