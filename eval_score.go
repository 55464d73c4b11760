package main

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"

	"banyan/orchestrator"
)

// summary is the score of all cases. A share that there are no cases for is nil,
// null in JSON; so is a cost that is not known.
type summary struct {
	Backend string `json:"backend"`
	Model   string `json:"model,omitempty"`
	Intents int    `json:"intents"`
	Cases   int    `json:"cases"`
	// Exact is the share of the cases with exactly the wanted intents, OK of those
	// whose wanted arguments and conditions are right as well.
	Exact *float64 `json:"exact"`
	OK    *float64 `json:"ok"`
	// InScopeAccuracy is Exact over the cases that want something.
	InScope         int      `json:"in_scope"`
	InScopeAccuracy *float64 `json:"in_scope_accuracy"`
	// OOSRecall is the share of the out-of-scope cases for which nothing would run,
	// OOSPrecision the share of out-of-scope ones among the cases for which nothing
	// would run.
	OutOfScope   int      `json:"out_of_scope"`
	OOSRecall    *float64 `json:"oos_recall"`
	OOSPrecision *float64 `json:"oos_precision"`
	// ArgsAccuracy is the share of wanted arguments that are right, ConditionsAccuracy
	// that of wanted conditions.
	ArgsAccuracy       *float64 `json:"args_accuracy"`
	ConditionsAccuracy *float64 `json:"conditions_accuracy"`
	// WronglySplit is the share of cases that want one intent and got several.
	WronglySplit *float64 `json:"wrongly_split"`
	Questions    int      `json:"questions"`
	Refused      int      `json:"refused_plans"`
	Errors       int      `json:"errors"`
	P50MS        float64  `json:"p50_ms"`
	P99MS        float64  `json:"p99_ms"`
	TrainMS      float64  `json:"train_ms"`
	CostUSD      *float64 `json:"cost_usd"`
	CostPerTurn  *float64 `json:"cost_per_turn_usd"`
	ModelCalls   int      `json:"model_calls"`
	InputTokens  int      `json:"input_tokens"`
	OutputTokens int      `json:"output_tokens"`
	// BeforeRejection is the share of cases that want one intent whose likeliest
	// intent it is, whatever its score.
	BeforeRejection *float64    `json:"before_rejection,omitempty"`
	Groups          []group     `json:"groups,omitempty"`
	Confusions      []confusion `json:"confusions,omitempty"`
	Thresholds      []threshold `json:"thresholds,omitempty"`
	Overlaps        []overlap   `json:"overlaps,omitempty"`

	worst                    []intentScore
	argsWanted, argsRight    int
	conditions, conditionsOK int
	singles, split           int
}

// group is the score of the cases of one group.
type group struct {
	Name  string  `json:"group"`
	Cases int     `json:"cases"`
	Exact float64 `json:"exact"`
}

// confusion counts how often one intent was wanted and another one got; an empty
// name stands for none.
type confusion struct {
	Want    string `json:"want"`
	Got     string `json:"got"`
	Count   int    `json:"count"`
	Example string `json:"example"`
}

// intentScore says how well one intent is recognised.
type intentScore struct {
	name                    string
	wanted, got, rightlyGot int
}

func (s intentScore) mistakes() int { return s.wanted + s.got - 2*s.rightlyGot }

// score sums outcomes. It keeps a few numbers of each, not the outcomes.
type score struct {
	cases, exact, ok         int
	inScope, inScopeExact    int
	caught, nothing          int // of out of scope; of all: nothing would run
	singles, split           int
	questions                int
	refused, errors          int
	argsWanted, argsRight    int
	conditions, conditionsOK int
	usage                    orchestrator.Usage
	ms                       []float64
	groups                   map[string]*group
	confusions               map[[2]string]*confusion
	intents                  map[string]*intentScore
	scored                   []scoredCase
}

func newScore() *score {
	return &score{groups: map[string]*group{}, confusions: map[[2]string]*confusion{}, intents: map[string]*intentScore{}}
}

func (s *score) add(o verdict) {
	s.cases++
	s.exact += one(o.exact)
	s.ok += one(o.OK)
	if len(o.Want) > 0 {
		s.inScope++
		s.inScopeExact += one(o.exact)
	} else {
		s.caught += one(len(o.Got) == 0)
	}
	s.nothing += one(len(o.Got) == 0)
	if len(o.Want) == 1 {
		s.singles++
		s.split += one(len(o.Got) > 1)
	}
	s.questions += one(o.Kind == orchestrator.PlanQuestion)
	s.refused += one(len(o.Problems) > 0)
	s.errors += one(o.Error != "")
	s.argsWanted, s.argsRight = s.argsWanted+o.argsWanted, s.argsRight+o.argsRight
	s.conditions, s.conditionsOK = s.conditions+o.conditions, s.conditionsOK+o.conditionsOK
	s.usage.Add(o.usage)
	s.ms = append(s.ms, o.MS)
	if o.Group != "" {
		g := s.groups[o.Group]
		if g == nil {
			g = &group{Name: o.Group}
			s.groups[o.Group] = g
		}
		g.Cases++
		g.Exact += float64(one(o.exact))
	}
	if o.Score != nil && len(o.Want) <= 1 {
		s.scored = append(s.scored, scoredCase{
			value: o.Score.Value, accept: o.Score.Accept, out: len(o.Want) == 0,
			right: len(o.Want) == 1 && o.Score.Intent == o.Want[0],
		})
	}
	s.confuse(o)
}

// confuse counts what was got instead of what. Wanted intents that are missing are
// paired with those got for nothing, in their order.
func (s *score) confuse(o verdict) {
	var missing, extra []string
	for _, w := range dedupe(o.Want) {
		in := s.intent(w)
		in.wanted++
		if slices.Contains(o.Got, w) {
			in.rightlyGot++
		} else {
			missing = append(missing, w)
		}
	}
	for _, g := range o.Got {
		s.intent(g).got++
		if !slices.Contains(o.Want, g) {
			extra = append(extra, g)
		}
	}
	for i := range max(len(missing), len(extra)) {
		var pair [2]string
		if i < len(missing) {
			pair[0] = missing[i]
		}
		if i < len(extra) {
			pair[1] = extra[i]
		}
		c := s.confusions[pair]
		if c == nil {
			c = &confusion{Want: pair[0], Got: pair[1], Example: o.Text}
			s.confusions[pair] = c
		}
		c.Count++
	}
}

func (s *score) intent(name string) *intentScore {
	in := s.intents[name]
	if in == nil {
		in = &intentScore{name: name}
		s.intents[name] = in
	}
	return in
}

// How many lines the lists of a summary have at most.
const (
	mostConfusions = 15
	mostWorst      = 10
)

// summary makes the summary; priced tells whether the cost of models is known.
func (s *score) summary(priced bool) summary {
	sum := summary{
		Cases: s.cases, Exact: share(s.exact, s.cases), OK: share(s.ok, s.cases),
		InScope: s.inScope, InScopeAccuracy: share(s.inScopeExact, s.inScope),
		OutOfScope: s.cases - s.inScope, OOSRecall: share(s.caught, s.cases-s.inScope),
		ArgsAccuracy: share(s.argsRight, s.argsWanted), ConditionsAccuracy: share(s.conditionsOK, s.conditions),
		WronglySplit: share(s.split, s.singles), Questions: s.questions, Refused: s.refused, Errors: s.errors,
		ModelCalls: s.usage.ModelCalls, InputTokens: s.usage.InputTokens, OutputTokens: s.usage.OutputTokens,
		argsWanted: s.argsWanted, argsRight: s.argsRight, conditions: s.conditions, conditionsOK: s.conditionsOK,
		singles: s.singles, split: s.split,
	}
	if sum.OutOfScope > 0 {
		sum.OOSPrecision = share(s.caught, s.nothing)
	}
	if priced && s.cases > 0 {
		cost, each := round(s.usage.CostUSD, 9), round(s.usage.CostUSD/float64(s.cases), 9)
		sum.CostUSD, sum.CostPerTurn = &cost, &each
	}
	slices.Sort(s.ms)
	sum.P50MS, sum.P99MS = percentileOf(s.ms, 50), percentileOf(s.ms, 99)
	for _, name := range slices.Sorted(maps.Keys(s.groups)) {
		g := *s.groups[name]
		g.Exact = round(g.Exact/float64(g.Cases), 4)
		sum.Groups = append(sum.Groups, g)
	}
	for _, c := range s.confusions {
		sum.Confusions = append(sum.Confusions, *c)
	}
	slices.SortFunc(sum.Confusions, func(a, b confusion) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), strings.Compare(a.Want, b.Want), strings.Compare(a.Got, b.Got))
	})
	sum.Confusions = sum.Confusions[:min(len(sum.Confusions), mostConfusions)]
	for _, in := range s.intents {
		if in.mistakes() > 0 {
			sum.worst = append(sum.worst, *in)
		}
	}
	slices.SortFunc(sum.worst, func(a, b intentScore) int {
		return cmp.Or(cmp.Compare(b.mistakes(), a.mistakes()), strings.Compare(a.name, b.name))
	})
	sum.worst = sum.worst[:min(len(sum.worst), mostWorst)]
	sum.BeforeRejection, sum.Thresholds = curve(s.scored)
	return sum
}

// scoredCase is a case that wants one intent or none, and the score of the
// likeliest intent.
type scoredCase struct {
	value, accept float64
	right, out    bool
}

// threshold says what would be if messages were taken for in scope from a score on.
type threshold struct {
	// Value is nil for the backend's own thresholds.
	Value *float64 `json:"threshold"`
	// Kept is the share of in-scope cases at or above it, Right that of those whose
	// likeliest intent is the wanted one too, Caught that of out-of-scope cases below.
	Kept   *float64 `json:"kept"`
	Right  *float64 `json:"right"`
	Caught *float64 `json:"oos_recall"`
}

// curve measures thresholds, the backend's own first.
func curve(cases []scoredCase) (beforeRejection *float64, list []threshold) {
	if len(cases) == 0 {
		return nil, nil
	}
	at := func(accepted func(scoredCase) bool) threshold {
		in, out, kept, right, caught := 0, 0, 0, 0, 0
		for _, c := range cases {
			yes := accepted(c)
			if c.out {
				out++
				caught += one(!yes)
				continue
			}
			in++
			kept += one(yes)
			right += one(yes && c.right)
		}
		return threshold{Kept: share(kept, in), Right: share(right, in), Caught: share(caught, out)}
	}
	list = append(list, at(func(c scoredCase) bool { return c.value >= c.accept }))
	for t := range 10 {
		value := float64(t) / 10
		row := at(func(c scoredCase) bool { return c.value >= value })
		row.Value = &value
		list = append(list, row)
	}
	return list[1].Right, list
}

// percentileOf returns the smallest number that p percent of sorted numbers do not
// pass; 0 without any.
func percentileOf(sorted []float64, p float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[max(0, int(math.Ceil(p/100*float64(len(sorted))))-1)]
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

// share is part of all; nil if there is nothing.
func share(part, all int) *float64 {
	if all == 0 {
		return nil
	}
	s := round(float64(part)/float64(all), 4)
	return &s
}

func round(x float64, digits int) float64 {
	scale := math.Pow10(digits)
	return math.Round(x*scale) / scale
}

func dedupe(list []string) []string {
	var out []string
	for _, s := range list {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}
