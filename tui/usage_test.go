package tui

import (
	"strings"
	"testing"

	"banyan/orchestrator"
)

func TestHeaderSaysWhatWasSpent(t *testing.T) {
	usage := func(backend string, usd float64) orchestrator.Usage {
		return orchestrator.Usage{Backend: backend, ModelCalls: 2, InputTokens: 1000, OutputTokens: 234, CostUSD: usd}
	}
	for _, c := range []struct {
		name   string
		usages []orchestrator.Usage
		want   string
	}{
		{"NoModel", []orchestrator.Usage{{Backend: "offline"}}, "· offline · 3 of 5"},
		{"Known", []orchestrator.Usage{usage("openai", 0.004)}, "· 1.2k tokens · 0.004 USD ·"},
		{"Sum", []orchestrator.Usage{usage("openai", 0.004), {Backend: "offline"}, usage("openai", 1.1)}, "· 2.5k tokens · 1.10 USD ·"},
		{"Local", []orchestrator.Usage{usage("ollama", 0)}, "· 1.2k tokens · 3 of 5"},
		{"Unknown", []orchestrator.Usage{usage("mistral", 0)}, "· 1.2k tokens · cost unknown ·"},
		{"PartlyUnknown", []orchestrator.Usage{usage("mistral", 0), usage("openai", 0.004)}, "· 2.5k tokens · at least 0.004 USD ·"},
		{"NobodyKnowsIt", []orchestrator.Usage{usage("gone", 0)}, "· cost unknown ·"},
		{"Chain", []orchestrator.Usage{usage("openai,ollama,offline", 0.004)}, "· 1.2k tokens · 0.004 USD ·"},
		{"ChainWithAnUnknown", []orchestrator.Usage{usage("openai, mistral", 0.004)}, "· at least 0.004 USD ·"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := managed(t, 120, 40)
			var turns []orchestrator.Turn
			for _, u := range c.usages {
				turns = append(turns, orchestrator.Turn{Conversation: "c", ID: "t", Kind: orchestrator.KindAnswer, Answer: "Yes.", Usage: u})
			}
			d.k.turns["c"] = turns
			d.run(d.m.enter("c"))
			d.settle()
			if head, _, _ := strings.Cut(d.cells(), "\n"); !strings.Contains(head, c.want) {
				t.Errorf("the header is %q, want %q in it", head, c.want)
			}
			d.run(d.m.enter(""))
			d.settle()
			if head, _, _ := strings.Cut(d.cells(), "\n"); strings.Contains(head, "USD") || strings.Contains(head, "tokens") {
				t.Errorf("a new conversation has spent something: %q", head)
			}
		})
	}
}

// Below the full width the header gives up what matters least, and never wraps.
func TestHeaderFits(t *testing.T) {
	for w := 60; w <= 130; w += 7 {
		d := managed(t, w, 20)
		d.use("mistral")
		d.say("status?")
		head, _, _ := strings.Cut(d.cells(), "\n")
		if !strings.Contains(head, "cost unknown") || width(head) > w {
			t.Fatalf("at %d columns the header is %q", w, head)
		}
	}
}

func TestFooting(t *testing.T) {
	known := prices{backend: orchestrator.BackendInfo{Name: "openai", Price: &orchestrator.Price{InputPerMTok: 1}}}
	for _, c := range []struct {
		name  string
		usage orchestrator.Usage
		want  string
	}{
		{"None", orchestrator.Usage{Backend: "openai"}, "no model asked"},
		{"One", orchestrator.Usage{Backend: "openai", ModelCalls: 1, InputTokens: 1, CostUSD: 0.00001}, "1 model call · 1 token · under 0.0001 USD"},
		{"Two", orchestrator.Usage{Backend: "openai", ModelCalls: 2, InputTokens: 1000, OutputTokens: 200, CostUSD: 0.004}, "2 model calls · 1.2k tokens · 0.004 USD"},
		{"Unknown", orchestrator.Usage{Backend: "other", ModelCalls: 2, InputTokens: 1000, OutputTokens: 200}, "2 model calls · 1.2k tokens · cost unknown"},
		{"FailedBeforeAnyToken", orchestrator.Usage{Backend: "other", ModelCalls: 3}, "3 model calls · no tokens reported"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := strings.Join(tracer{prices: known}.cost(c.usage), " · "); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestShortNumbers(t *testing.T) {
	for n, want := range map[int]string{
		0: "0", 7: "7", 999: "999", 1000: "1.0k", 1234: "1.2k", 9949: "9.9k", 9950: "10k", 45_120: "45k", 999_499: "999k", 999_500: "1.0M",
		12_000_000: "12M", 999_499_999: "999M", 2_000_000_000: "2.0G",
	} {
		if got := short(n); got != want {
			t.Errorf("%d is %q, want %q", n, got, want)
		}
	}
	for usd, want := range map[float64]string{
		0: "0 USD", 0.00002: "under 0.0001 USD", 0.0001: "0.0001 USD", 0.004: "0.004 USD", 0.0042: "0.0042 USD", 0.05: "0.050 USD", 0.1234: "0.123 USD", 12.5: "12.50 USD",
	} {
		if got := money(usd); got != want {
			t.Errorf("%g is %q, want %q", usd, got, want)
		}
	}
}

func TestSparkline(t *testing.T) {
	nan, inf := func() (float64, float64) { z := 0.0; return z / z, 1 / z }()
	for _, c := range []struct {
		name   string
		values []float64
		n      int
		want   string
	}{
		{"Empty", nil, 5, ""},
		{"Flat", []float64{3, 3, 3}, 5, "███"},
		{"Rising", []float64{0, 1, 2, 3, 4, 5, 6, 7, 8}, 9, "▁▂▃▄▅▆▇██"},
		{"LastOnes", []float64{9, 9, 1, 8}, 2, "▂█"},
		{"NoRoom", []float64{1}, 0, ""},
		{"Zeroes", []float64{0, 0}, 5, "▁▁"},
		{"Nonsense", []float64{-1, nan, inf}, 5, "▁▁▁"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := newSigns(false).sparkline(c.values, c.n); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
	if got := newSigns(true).sparkline([]float64{0, 4, 8}, 3); got != "_+@" {
		t.Errorf("in ASCII it is %q", got)
	}
}
