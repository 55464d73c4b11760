package tui

import (
	"fmt"
	"strings"

	"banyan/orchestrator"
)

// prices tells of which backends it is known what they cost.
type prices struct {
	backend orchestrator.BackendInfo
	list    []Integration
}

// known tells whether everything that a backend of this name asks has a price
// that is known; the name of a chain is those of its parts with commas between.
// What nobody knows has none.
func (p prices) known(name string) bool {
	if name == p.backend.Name {
		return priced(p.backend)
	}
	if first, rest, chain := strings.Cut(name, ","); chain {
		return p.known(strings.TrimSpace(first)) && p.known(rest)
	}
	name = strings.TrimSpace(name)
	for _, b := range p.backend.Parts {
		if b.Name == name {
			return priced(b)
		}
	}
	for _, i := range p.list {
		if i.Name == name {
			return i.PriceKnown || i.Local
		}
	}
	return false
}

// priced tells whether a backend's price is known: it is given, or there is
// nobody to pay.
func priced(b orchestrator.BackendInfo) bool {
	if len(b.Parts) == 0 {
		return b.Price != nil || b.Local
	}
	for _, part := range b.Parts {
		if !priced(part) {
			return false
		}
	}
	return true
}

// spent is what some turns consumed.
type spent struct {
	calls, tokens int
	cost          float64
	// unknown is set if some of it has a price that nobody knows.
	unknown bool
}

func (s *spent) add(u orchestrator.Usage, p prices) {
	if u.ModelCalls == 0 && u.InputTokens == 0 && u.OutputTokens == 0 && u.CostUSD == 0 {
		return
	}
	s.calls += u.ModelCalls
	s.tokens += u.InputTokens + u.OutputTokens
	s.cost += u.CostUSD
	s.unknown = s.unknown || (u.InputTokens+u.OutputTokens > 0 && !p.known(u.Backend))
}

// parts are the tokens and the cost in words, none if there was neither. A price
// that is not known is never left out as if it were nothing.
func (s spent) parts() []string {
	var out []string
	if s.tokens > 0 {
		out = append(out, tokens(s.tokens))
	}
	if c := cost(s.cost, s.unknown); c != "" {
		out = append(out, c)
	}
	return out
}

// cost writes an amount of which some may not be known.
func cost(usd float64, unknown bool) string {
	switch {
	case usd > 0 && unknown:
		return "at least " + money(usd)
	case usd > 0:
		return money(usd)
	case unknown:
		return "cost unknown"
	}
	return ""
}

// money writes US dollars with as many digits as say something.
func money(usd float64) string {
	switch {
	case usd <= 0:
		return "0 USD"
	case usd < 0.0001:
		return "under 0.0001 USD"
	case usd < 0.01:
		return strings.TrimRight(fmt.Sprintf("%.4f", usd), "0") + " USD"
	case usd < 1:
		return fmt.Sprintf("%.3f USD", usd)
	}
	return fmt.Sprintf("%.2f USD", usd)
}

// tokens writes a number of tokens: 812 tokens, 1.2k tokens, 12k tokens.
func tokens(n int) string {
	if n == 1 {
		return "1 token"
	}
	return short(n) + " tokens"
}

// short writes a number in at most five cells.
func short(n int) string {
	scaled := func(x float64, unit string) string {
		if x < 9.95 {
			return fmt.Sprintf("%.1f", x) + unit
		}
		return fmt.Sprintf("%.0f", x) + unit
	}
	switch x := float64(n); {
	case n < 1000:
		return grouped(n)
	case x < 999_500:
		return scaled(x/1e3, "k")
	case x < 999_500_000:
		return scaled(x/1e6, "M")
	default:
		return scaled(x/1e9, "G")
	}
}

// cost says what a turn consumed.
func (t tracer) cost(u orchestrator.Usage) []string {
	if u.ModelCalls == 0 {
		return []string{"no model asked"}
	}
	var s spent
	s.add(u, t.prices)
	rest := s.parts()
	if s.tokens == 0 {
		rest = append([]string{"no tokens reported"}, rest...)
	}
	return append([]string{count(u.ModelCalls, "model call")}, rest...)
}
