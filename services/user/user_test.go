package user_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"banyan/orchestrator"
	"banyan/orchestrator/conformance"
	"banyan/services/user"
)

var (
	now  = time.Date(2026, 11, 21, 14, 2, 0, 0, time.UTC)
	ada  = orchestrator.User{Email: "ada@example.com", Name: "Ada Okafor", Role: orchestrator.Customer}
	ben  = orchestrator.User{Email: "ben@example.com", Name: "Ben Sato", Role: orchestrator.Customer}
	sam  = orchestrator.User{Email: "sam@example.com", Name: "Sam Rivera", Role: orchestrator.Support}
	noor = orchestrator.User{Email: "noor.o-neil+shop@example.co.uk", Name: "Noor van O'Neil-Smith", Role: orchestrator.Customer}
)

type fixture struct {
	*user.Service
	db *bbolt.DB
}

func open(tb testing.TB) fixture {
	tb.Helper()
	db, err := bbolt.Open(filepath.Join(tb.TempDir(), "user.db"), 0o600, nil)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = db.Close() })
	s, err := user.New(db, func() time.Time { return now })
	if err != nil {
		tb.Fatal(err)
	}
	f := fixture{s, db}
	for _, u := range []orchestrator.User{ada, ben, sam, noor} {
		f.put(tb, user.Person{
			Email: u.Email, Name: u.Name, Role: u.Role, Phone: "+47 400 00 100", Address: "14 Birch Street, 0150 Oslo",
			Since: time.Date(2024, 11, 21, 0, 0, 0, 0, time.UTC),
		})
	}
	return f
}

func (f fixture) put(tb testing.TB, p user.Person) {
	tb.Helper()
	if err := f.db.Update(func(tx *bbolt.Tx) error { return f.Put(tx, p) }); err != nil {
		tb.Fatal(err)
	}
}

func call(intent string, who orchestrator.User, args map[string]any) orchestrator.Call {
	all := map[string]any{"email": who.Email}
	for k, v := range args {
		all[k] = v
	}
	return orchestrator.Call{Intent: intent, Args: all, User: who, Subject: who}
}

func code(err error) string {
	var coded *orchestrator.Error
	if errors.As(err, &coded) {
		return coded.Code
	}
	if err != nil {
		return "uncoded: " + err.Error()
	}
	return ""
}

func TestConformance(t *testing.T) {
	conformance.Service(t, conformance.ServiceFixture{
		Open: func(tb testing.TB) orchestrator.Service { return open(tb) },
		Calls: []orchestrator.Call{
			call("get_profile", ada, nil),
			call("update_phone", ada, map[string]any{"phone": "+47 400 00 123"}),
			call("update_address", ada, map[string]any{"address": "12 Elm Street, 0150 Oslo"}),
		},
		Stranger: orchestrator.User{Email: "nobody@example.com", Name: "No Body", Role: orchestrator.Customer},
		Owned:    []string{"get_profile", "update_phone", "update_address"},
	})
}

func TestProfile(t *testing.T) {
	f := open(t)
	r, err := f.Call(context.Background(), call("get_profile", ada, nil))
	if err != nil {
		t.Fatal(err)
	}
	for field, want := range map[string]any{
		"email": "ada@example.com", "name": "Ada Okafor", "phone": "+47 400 00 100",
		"address": "14 Birch Street, 0150 Oslo", "customer_since": "2024-11-21",
	} {
		if r.Data[field] != want {
			t.Errorf("%s is %v, want %v", field, r.Data[field], want)
		}
	}
	if _, err := f.Call(context.Background(), call("get_profile", sam, nil)); code(err) != "not_found" {
		t.Errorf("staff have a profile: %v", err)
	}
}

func TestUpdatePhone(t *testing.T) {
	for _, c := range []struct{ phone, want, code string }{
		{"+47 400 00 123", "+47 400 00 123", ""},
		{"  +1 (555)  010-2030 ", "+1 (555) 010-2030", ""},
		{"1234567", "1234567", ""},
		{"123456789012345", "123456789012345", ""},
		{"123456", "", "invalid_argument"},
		{"1234567890123456", "", "invalid_argument"},
		{"call me maybe 1234567", "", "invalid_argument"},
		{"+47.400.00.123", "", "invalid_argument"},
		{"٤٠٠٠٠١٢٣", "", "invalid_argument"},
		{"1" + strings.Repeat("-", 40) + "234567", "", "invalid_argument"},
		{"", "", "invalid_argument"},
	} {
		f := open(t)
		r, err := f.Call(context.Background(), call("update_phone", ada, map[string]any{"phone": c.phone}))
		if code(err) != c.code {
			t.Errorf("%q: got %v, want code %q", c.phone, err, c.code)
		}
		if err == nil && r.Data["phone"] != c.want {
			t.Errorf("%q became %v, want %q", c.phone, r.Data["phone"], c.want)
		}
	}
}

func TestUpdateAddress(t *testing.T) {
	for _, c := range []struct{ address, want, code string }{
		{"12 Elm Street, 0150 Oslo", "12 Elm Street, 0150 Oslo", ""},
		{" 12 Elm Street\n0150  Oslo\t", "12 Elm Street 0150 Oslo", ""},
		{"Åsgata 1", "Åsgata 1", ""},
		{strings.Repeat("é", 160), strings.Repeat("é", 160), ""},
		{strings.Repeat("é", 161), "", "invalid_argument"},
		{"Oslo", "", "invalid_argument"},
		{"      x      ", "", "invalid_argument"},
		{"12 Elm \x1b[31mStreet", "", "invalid_argument"},
	} {
		f := open(t)
		r, err := f.Call(context.Background(), call("update_address", ada, map[string]any{"address": c.address}))
		if code(err) != c.code {
			t.Errorf("%q: got %v, want code %q", c.address, err, c.code)
		}
		if err == nil && r.Data["address"] != c.want {
			t.Errorf("%q became %v, want %q", c.address, r.Data["address"], c.want)
		}
	}
}

func TestHook(t *testing.T) {
	f := open(t)
	var told []user.Person
	var refuse error
	f.OnChange(func(_ context.Context, _ *bbolt.Tx, c user.Change) error {
		if c.DryRun {
			return nil
		}
		told = append(told, c.Person)
		return refuse
	})
	c := call("update_phone", ada, map[string]any{"phone": "+47 400 00 123"})
	c.DryRun = true
	if _, err := f.Call(context.Background(), c); err != nil || len(told) != 0 {
		t.Errorf("a dry run told %v, %v", told, err)
	}
	c.DryRun = false
	if _, err := f.Call(context.Background(), c); err != nil || len(told) != 1 || told[0].Phone != "+47 400 00 123" || told[0].Address == "" {
		t.Errorf("a change told %v, %v", told, err)
	}
	refuse = errors.New("the other side is down")
	c.Args["phone"] = "7654321"
	if _, err := f.Call(context.Background(), c); !errors.Is(err, refuse) {
		t.Errorf("got %v", err)
	}
	r, err := f.Call(context.Background(), call("get_profile", ada, nil))
	if err != nil || r.Data["phone"] != "+47 400 00 123" {
		t.Errorf("a change that could not be passed on stayed: %v, %v", r.Data, err)
	}
}

func TestOneEffectForOneKey(t *testing.T) {
	f := open(t)
	changes := 0
	f.OnChange(func(context.Context, *bbolt.Tx, user.Change) error { changes++; return nil })
	c := call("update_phone", ada, map[string]any{"phone": "+47 400 00 123"})
	c.Key = "k"
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			if _, err := f.Call(context.Background(), c); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if changes != 1 {
		t.Errorf("50 calls with one key had %d effects", changes)
	}
	other := call("update_phone", ada, map[string]any{"phone": "7654321"})
	other.Key = "k"
	if _, err := f.Call(context.Background(), other); code(err) != "key_reused" {
		t.Errorf("got %v", err)
	}
}

func TestPutRefuses(t *testing.T) {
	f := open(t)
	for _, p := range []user.Person{{}, {Email: "x@example.com", Role: "customer"}, {Email: "x@example.com", Name: "X", Role: "king"}} {
		if err := f.db.Update(func(tx *bbolt.Tx) error { return f.Put(tx, p) }); err == nil {
			t.Errorf("%+v was stored", p)
		}
	}
}

func TestWording(t *testing.T) {
	f := open(t)
	d, err := f.Describe(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	catalog, errs := orchestrator.NewCatalog([]orchestrator.Offered{{Service: f, Description: d}})
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	w := orchestrator.Wording{Now: now}
	for _, c := range []struct {
		intent          string
		args            map[string]any
		confirm, answer string
	}{
		{
			"get_profile", nil, "",
			"**Ada Okafor** joined on 21 November 2024.\n\n- Email: ada@example.com\n- Phone: +47 400 00 100\n- Address: 14 Birch Street, 0150 Oslo",
		},
		{
			"update_phone",
			map[string]any{"phone": "+47 400 00 123"},
			"Change the phone number to +47 400 00 123", "Done: the phone number is now **+47 400 00 123**.",
		},
		{
			"update_address",
			map[string]any{"address": "12 Elm Street, 0150 Oslo"},
			"Change the home address to 12 Elm Street, 0150 Oslo",
			"Done: the home address is now **12 Elm Street, 0150 Oslo**. Orders that are already placed keep theirs.",
		},
	} {
		r, err := f.Call(context.Background(), call(c.intent, ada, c.args))
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := w.RenderConfirm(catalog.Intent(c.intent), c.args, r.Data); got != c.confirm {
			t.Errorf("%s asks %q, want %q", c.intent, got, c.confirm)
		}
		if got, _ := w.RenderAnswer(catalog.Intent(c.intent), c.args, r.Data); got != c.answer {
			t.Errorf("%s answers %q, want %q", c.intent, got, c.answer)
		}
	}
}
