package monolith

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.etcd.io/bbolt"
)

func mustOpen(tb testing.TB, o Options) *Monolith {
	tb.Helper()
	db, err := bbolt.Open(filepath.Join(tb.TempDir(), "test.db"), 0o600, &bbolt.Options{NoSync: true})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := db.Close(); err != nil {
			tb.Error(err)
		}
	})
	m, err := Open(db, o)
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

func mustRequest(tb testing.TB, m *Monolith, code, mode string) string {
	tb.Helper()
	head := m.book.New("REQUEST-HEADER")
	head.SetText("TRAN-CODE", code)
	head.SetText("TRAN-MODE", mode)
	head.SetText("CUST-EMAIL", "ada@example.com")
	h, err := head.Encode()
	if err != nil {
		tb.Fatal(err)
	}
	b, err := m.book.New(code + "-REQUEST").Encode()
	if err != nil {
		tb.Fatal(err)
	}
	return h + b
}

func mustCode(tb testing.TB, m *Monolith, request string) Code {
	tb.Helper()
	response, err := m.Exchange(tb.Context(), request)
	if err != nil {
		tb.Fatal(err)
	}
	head, _, err := m.book.DecodePrefix("RESPONSE-HEADER", response)
	if err != nil {
		tb.Fatal(err)
	}
	if head.Text("RESP-TEXT") == "" {
		tb.Errorf("the code %s has no text", head.Text("RESP-CODE"))
	}
	return Code(head.Number("RESP-CODE"))
}

func TestExchangeAnswersWhatItCannotRead(t *testing.T) {
	m := mustOpen(t, Options{})
	good := mustRequest(t, m, "CUIN", ModeInquire)
	for name, c := range map[string]struct {
		request string
		want    Code
	}{
		"Nothing":        {"", BadRecord},
		"NotUTF8":        {"\xff", BadRecord},
		"UnknownMode":    {strings.Replace(good, "CUINI", "CUINX", 1), BadRecord},
		"UnknownCode":    {strings.Replace(good, "CUIN", "ZZZZ", 1), UnknownTransaction},
		"BodyTooLong":    {good + "x", BadRecord},
		"InquiryChanges": {mustRequest(t, m, "CUCL", ModeInquire), BadMode},
		"NoCustomer":     {good, NoCustomer},
		"SearchReads":    {mustRequest(t, m, "CUIN", ModeSearch), BadMode},
		"SearchUnknown":  {mustRequest(t, m, "TKOP", ModeSearch), KeyUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			if got := mustCode(t, m, c.request); got != c.want {
				t.Errorf("code %04d, want %04d", got, c.want)
			}
		})
	}
}

func TestLatencyIsSeeded(t *testing.T) {
	draw := func(seed uint64) (out []time.Duration) {
		m := mustOpen(t, Options{Latency: Range{80 * time.Millisecond, 250 * time.Millisecond}, Seed: seed})
		for range 50 {
			out = append(out, m.draw())
		}
		return out
	}
	a, b, c := draw(1), draw(1), draw(2)
	same := true
	for i := range a {
		if a[i] < 80*time.Millisecond || a[i] > 250*time.Millisecond {
			t.Errorf("%v is outside of the range", a[i])
		}
		if a[i] != b[i] {
			t.Errorf("draw %d: %v and %v from the same seed", i, a[i], b[i])
		}
		same = same && a[i] == c[i]
	}
	if same {
		t.Error("another seed gives the same latencies")
	}
}

func TestOneTransactionAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := mustOpen(t, Options{Latency: Range{Min: 100 * time.Millisecond}})
		request := mustRequest(t, m, "CUIN", ModeInquire)
		start := time.Now()
		done := make(chan error)
		for range 3 {
			go func() {
				_, err := m.Exchange(context.Background(), request)
				done <- err
			}()
		}
		for range 3 {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		if took := time.Since(start); took != 300*time.Millisecond {
			t.Errorf("three transactions took %v, want 300ms", took)
		}
	})
}

func TestContextEndsTheWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := mustOpen(t, Options{Latency: Range{Min: time.Second}})
		request := mustRequest(t, m, "TKOP", ModeUpdate)
		ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
		defer cancel()
		start := time.Now()
		done := make(chan error)
		for range 2 { // one has the lock, the other waits for it
			go func() {
				_, err := m.Exchange(ctx, request)
				done <- err
			}()
		}
		for range 2 {
			if err := <-done; !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got %v", err)
			}
		}
		if took := time.Since(start); took != 100*time.Millisecond {
			t.Errorf("it took %v, want 100ms", took)
		}
		err := m.db.View(func(tx *bbolt.Tx) error {
			b, err := m.files(tx, time.Time{}).bucket(tickets)
			if err == nil && b.Sequence() != 0 {
				t.Error("something was executed")
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestEndedContextExecutesNothing(t *testing.T) {
	m := mustOpen(t, Options{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := m.Exchange(ctx, mustRequest(t, m, "TKOP", ModeUpdate)); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestReplyTime(t *testing.T) {
	for at, want := range map[string]string{
		"2026-11-18T09:00:00Z": "H", // a Wednesday
		"2026-11-18T07:59:59Z": "D",
		"2026-11-18T16:00:00Z": "T",
		"2026-11-20T15:59:59Z": "H", // Friday
		"2026-11-20T16:00:00Z": "M",
		"2026-11-21T10:00:00Z": "M", // Saturday
		"2026-11-22T10:00:00Z": "T", // Sunday
	} {
		when, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		if got := replyTime(when); got != want {
			t.Errorf("%s: %s, want %s", at, got, want)
		}
	}
}

func FuzzDecodeExchange(f *testing.F) {
	m := mustOpen(f, Options{})
	for _, name := range m.book.Layouts() {
		if code, ok := strings.CutSuffix(name, "-REQUEST"); ok && code != "CMFL" { // which has no blank request
			f.Add(mustRequest(f, m, code, ModeUpdate))
		}
	}
	f.Fuzz(func(t *testing.T, request string) {
		response, err := m.Exchange(t.Context(), request)
		if err != nil {
			t.Fatal(err)
		}
		head, rest, err := m.book.DecodePrefix("RESPONSE-HEADER", response)
		if err != nil {
			t.Fatal(err)
		}
		body := "ERROR-RECORD"
		if head.Number("RESP-CODE") == 0 {
			body = head.Text("TRAN-CODE") + "-RESPONSE"
		}
		if _, err := m.book.Decode(body, rest); err != nil {
			t.Error(err)
		}
	})
}

func TestDamagedRecordIsAnError(t *testing.T) {
	m := mustOpen(t, Options{})
	err := m.db.Update(func(tx *bbolt.Tx) error {
		b, err := m.files(tx, time.Time{}).bucket(customerFile)
		if err != nil {
			return err
		}
		return b.Put([]byte("ada@example.com"), []byte("not a record"))
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, code := range []string{"CUIN", "NLSB"} {
		if response, err := m.Exchange(t.Context(), mustRequest(t, m, code, ModeUpdate)); err == nil {
			t.Errorf("%s answered %q", code, response)
		}
	}
}
