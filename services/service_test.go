package services_test

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"banyan/orchestrator"
	"banyan/services"
)

type bookRoom struct {
	Email  string    `json:"email" format:"email" jsonschema:"who books"`
	Room   string    `json:"room" title:"room name" pattern:"^[A-Z][0-9]$" example:"B2"`
	Guests int       `json:"guests,omitempty" title:"number of guests" min:"1" max:"9"`
	View   string    `json:"view,omitempty" enum:"sea,garden"`
	Note   string    `json:"note,omitempty" minlen:"2" maxlen:"5"`
	Until  time.Time `json:"until,omitzero"`
}

type booking struct {
	Room  string            `json:"room"`
	Rates []float64         `json:"rates"`
	Until time.Time         `json:"until,omitzero"`
	Guest *guest            `json:"guest,omitempty"`
	Tags  map[string]string `json:"tags,omitempty"`
}

type guest struct {
	Name string `json:"name"`
	VIP  bool   `json:"vip"`
}

func newHotel(t testing.TB, fn func(context.Context, bookRoom) (booking, error)) *services.Service {
	t.Helper()
	s, err := services.New("hotel", "1.2.3", services.Handle(orchestrator.Intent{
		Name: "book_room", Summary: "Book a room", Effect: orchestrator.Write, Subject: "email",
	}, fn))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var (
	eve   = orchestrator.User{Email: "eve@example.com", Role: orchestrator.Customer}
	mal   = orchestrator.User{Email: "mal@example.com", Role: orchestrator.Customer}
	clerk = orchestrator.User{Email: "clerk@example.com", Role: orchestrator.Support}
)

func bookCall(args map[string]any) orchestrator.Call {
	return orchestrator.Call{Intent: "book_room", Args: args, User: eve, Subject: eve, Key: "k1"}
}

func TestCallHandsOver(t *testing.T) {
	until := time.Date(2026, 12, 1, 11, 0, 0, 0, time.UTC)
	s := newHotel(t, func(ctx context.Context, in bookRoom) (booking, error) {
		call := services.CallFrom(ctx)
		if call.Subject != eve || call.Key != "k1" || !call.DryRun {
			t.Errorf("the function sees the call %+v", call)
		}
		if in.Room != "B2" || in.Guests != 3 || !in.Until.Equal(until) {
			t.Errorf("the function sees %+v", in)
		}
		return booking{Room: in.Room, Until: in.Until}, nil
	})
	call := bookCall(map[string]any{"email": "eve@example.com", "room": "B2", "guests": 3.0, "until": "2026-12-01T11:00:00Z"})
	call.DryRun = true
	r, err := s.Call(context.Background(), call)
	if err != nil {
		t.Fatal(err)
	}
	if r.Data["room"] != "B2" || r.Data["until"] != "2026-12-01T11:00:00Z" {
		t.Errorf("got %v", r.Data)
	}
	if list, ok := r.Data["rates"].([]any); !ok || len(list) != 0 {
		t.Errorf("a nil list becomes %#v, want an empty one", r.Data["rates"])
	}
}

func TestCallRefuses(t *testing.T) {
	s := newHotel(t, func(context.Context, bookRoom) (booking, error) {
		t.Error("the function was called")
		return booking{}, nil
	})
	good := func() map[string]any { return map[string]any{"email": "eve@example.com", "room": "B2"} }
	for _, c := range []struct {
		name string
		edit func(*orchestrator.Call)
		code string
		says string
	}{
		{"UnknownIntent", func(c *orchestrator.Call) { c.Intent = "burn_down" }, "invalid_argument", "burn_down"},
		{"Missing", func(c *orchestrator.Call) { delete(c.Args, "room") }, "invalid_argument", "The room name is missing."},
		{"Null", func(c *orchestrator.Call) { c.Args["room"] = nil }, "invalid_argument", "The room name is empty."},
		{"Unknown", func(c *orchestrator.Call) { c.Args["colour"] = "red" }, "invalid_argument", `"colour"`},
		{"OtherCase", func(c *orchestrator.Call) { c.Args["Room"] = "B3" }, "invalid_argument", `"Room"`},
		{"Type", func(c *orchestrator.Call) { c.Args["guests"] = "three" }, "invalid_argument", "The number of guests must be a whole number"},
		{"Fraction", func(c *orchestrator.Call) { c.Args["guests"] = 2.5 }, "invalid_argument", "must be a whole number"},
		{"Nested", func(c *orchestrator.Call) { c.Args["room"] = map[string]any{"a": 1.0} }, "invalid_argument", "must be a text"},
		{"Pattern", func(c *orchestrator.Call) { c.Args["room"] = "cellar" }, "invalid_argument", "must look like B2"},
		{"TooMany", func(c *orchestrator.Call) { c.Args["guests"] = 10.0 }, "invalid_argument", "between 1 and 9"},
		{"TooFew", func(c *orchestrator.Call) { c.Args["guests"] = 0.0 }, "invalid_argument", "between 1 and 9"},
		{"Enum", func(c *orchestrator.Call) { c.Args["view"] = "car park" }, "invalid_argument", "sea or garden"},
		{"TooLong", func(c *orchestrator.Call) { c.Args["note"] = "äöüßéè" }, "invalid_argument", "at most 5"},
		{"TooShort", func(c *orchestrator.Call) { c.Args["note"] = "é" }, "invalid_argument", "at least 2"},
		{"BadTime", func(c *orchestrator.Call) { c.Args["until"] = "soon" }, "invalid_argument", "must be a time"},
		{"NotJSON", func(c *orchestrator.Call) { c.Args["note"] = func() {} }, "invalid_argument", "must be a text"},
		{"TooLarge", func(c *orchestrator.Call) { c.Args["guests"] = 1e300 }, "invalid_argument", "between 1 and 9"},
		{"NoSubject", func(c *orchestrator.Call) { c.Subject = orchestrator.User{} }, "invalid_argument", "which customer"},
		{"OtherSubject", func(c *orchestrator.Call) { c.Subject = mal }, "denied", "another customer"},
		{"OtherArgument", func(c *orchestrator.Call) { c.Args["email"] = mal.Email }, "denied", "another customer"},
	} {
		t.Run(c.name, func(t *testing.T) {
			call := bookCall(good())
			c.edit(&call)
			_, err := s.Call(context.Background(), call)
			var coded *orchestrator.Error
			if !errors.As(err, &coded) || coded.Code != c.code || !strings.Contains(coded.Message, c.says) {
				t.Errorf("got %#v, want code %s and %q", err, c.code, c.says)
			}
		})
	}
}

// TestStructuredParameters: parameters with lists and structs are decoded as
// strictly as plain ones.
func TestStructuredParameters(t *testing.T) {
	type room struct {
		Name string `json:"name"`
	}
	type bookRooms struct {
		Rooms []room   `json:"rooms" title:"rooms"`
		Tags  []string `json:"tags,omitempty" title:"tags"`
		Ratio float64  `json:"ratio,omitempty"`
	}
	var got bookRooms
	s, err := services.New("hotel", "1", services.Handle(orchestrator.Intent{Name: "book_rooms", Effect: orchestrator.Write},
		func(_ context.Context, in bookRooms) (booking, error) {
			got = in
			return booking{}, nil
		}))
	if err != nil {
		t.Fatal(err)
	}
	call := func(args map[string]any) error {
		_, err := s.Call(context.Background(), orchestrator.Call{Intent: "book_rooms", Args: args})
		return err
	}
	rooms := []any{map[string]any{"name": "B2"}}
	if err := call(map[string]any{"rooms": rooms, "ratio": 0.5}); err != nil || len(got.Rooms) != 1 || got.Rooms[0].Name != "B2" || got.Ratio != 0.5 {
		t.Errorf("got %+v, %v", got, err)
	}
	for says, args := range map[string]map[string]any{
		"The rooms must be a list, not \"B2\".": {"rooms": "B2"},
		"do not fit":                            {"rooms": []any{map[string]any{"name": 2.0}}},
		"unknown field":                         {"rooms": []any{map[string]any{"name": "B2", "floor": 2.0}}},
		"cannot be read":                        {"rooms": rooms, "tags": func() {}},
	} {
		var coded *orchestrator.Error
		if err := call(args); !errors.As(err, &coded) || coded.Code != "invalid_argument" || !strings.Contains(coded.Message, says) {
			t.Errorf("%v: got %v, want %q", args, err, says)
		}
	}
}

func TestStaffMayActForCustomers(t *testing.T) {
	s := newHotel(t, func(context.Context, bookRoom) (booking, error) { return booking{Room: "B2"}, nil })
	call := bookCall(map[string]any{"email": "eve@example.com", "room": "B2"})
	call.User = clerk
	if _, err := s.Call(context.Background(), call); err != nil {
		t.Error(err)
	}
}

func TestCallPassesErrorsOn(t *testing.T) {
	boom := errors.New("boom")
	s := newHotel(t, func(context.Context, bookRoom) (booking, error) { return booking{}, boom })
	if _, err := s.Call(context.Background(), bookCall(map[string]any{"email": eve.Email, "room": "B2"})); !errors.Is(err, boom) {
		t.Errorf("got %v", err)
	}
}

func TestNewRefuses(t *testing.T) {
	ok := func(context.Context, bookRoom) (booking, error) { return booking{}, nil }
	in := orchestrator.Intent{Name: "book_room", Summary: "Book", Effect: orchestrator.Write}
	type loop struct {
		Next []loop `json:"next"`
	}
	for name, intents := range map[string][]services.Typed{
		"Twice":     {services.Handle(in, ok), services.Handle(in, ok)},
		"Recursive": {services.Handle(in, func(context.Context, bookRoom) (loop, error) { return loop{}, nil })},
		"Channel": {services.Handle(in, func(context.Context, bookRoom) (struct{ C chan int }, error) {
			return struct{ C chan int }{}, nil
		})},
		"BadPattern": {services.Handle(in, func(context.Context, struct {
			A string `json:"a" pattern:"("`
		},
		) (booking, error) {
			return booking{}, nil
		})},
	} {
		if _, err := services.New("hotel", "1", intents...); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := services.New("", "1"); err == nil {
		t.Error("a service without a name was made")
	}
}

// A service that keeps no keys cannot know what became of a call, and says so.
func TestFindWithoutKeeper(t *testing.T) {
	s := newHotel(t, func(context.Context, bookRoom) (booking, error) { return booking{}, nil })
	call := bookCall(map[string]any{"email": "eve@example.com", "room": "B2"})
	if _, found, err := s.Find(context.Background(), call); found || err == nil {
		t.Errorf("got %v, %v", found, err)
	}
	d, err := s.Describe(context.Background())
	if err != nil || d.Keys {
		t.Errorf("it promises keys: %v, %v", d.Keys, err)
	}
}

type keeper struct {
	raw string
	err error
}

func (k keeper) Kept(context.Context, orchestrator.Call) (json.RawMessage, bool, error) {
	return json.RawMessage(k.raw), k.raw != "", k.err
}

func TestFindGivesTheShapeOfCall(t *testing.T) {
	out := booking{Room: "B2", Until: time.Date(2026, 12, 1, 11, 0, 0, 0, time.UTC), Guest: &guest{Name: "Eve", VIP: true}}
	s := newHotel(t, func(context.Context, bookRoom) (booking, error) { return out, nil })
	raw, err := json.Marshal(out)
	if err != nil {
		t.Fatal(err)
	}
	call := bookCall(map[string]any{"email": "eve@example.com", "room": "B2"})
	want, err := s.Call(context.Background(), call)
	if err != nil {
		t.Fatal(err)
	}
	s.KeepKeys(keeper{raw: string(raw)})
	got, found, err := s.Find(context.Background(), call)
	if err != nil || !found || !reflect.DeepEqual(got, want) {
		t.Errorf("found %v, %v, %v, want %v", got, found, err, want)
	}
	for name, k := range map[string]keeper{"Broken": {raw: "{"}, "Failing": {err: errors.New("the disk is gone")}} {
		s.KeepKeys(k)
		if _, found, err := s.Find(context.Background(), call); found || err == nil {
			t.Errorf("%s: %v, %v", name, found, err)
		}
	}
	s.KeepKeys(keeper{})
	if _, found, err := s.Find(context.Background(), call); found || err != nil {
		t.Errorf("nothing kept: %v, %v", found, err)
	}
	call.Subject = mal
	if _, _, err := s.Find(context.Background(), call); err == nil {
		t.Error("found for another subject")
	}
}

func TestDescribe(t *testing.T) {
	s := newHotel(t, func(context.Context, bookRoom) (booking, error) { return booking{}, nil })
	d, err := s.Describe(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if d.Name != "hotel" || d.Version != "1.2.3" || d.Era != orchestrator.Modern || d.Contract != orchestrator.ContractVersion {
		t.Errorf("got %+v", d)
	}
	if _, errs := orchestrator.NewCatalog([]orchestrator.Offered{{Service: s, Description: d}}); len(errs) > 0 {
		t.Error(errs)
	}
	if !s.CanDryRun("book_room") || s.CanDryRun("burn_down") {
		t.Error("CanDryRun is wrong")
	}
	d.Intents[0].Name = "changed"
	if again, _ := s.Describe(context.Background()); again.Intents[0].Name != "book_room" {
		t.Error("a description can be changed from outside")
	}
}

// BenchmarkCall is what the helper costs beside the function.
func BenchmarkCall(b *testing.B) {
	s := newHotel(b, func(_ context.Context, in bookRoom) (booking, error) {
		return booking{Room: in.Room, Rates: []float64{1, 2, 3}, Guest: &guest{Name: "Eve"}}, nil
	})
	call := bookCall(map[string]any{"email": "eve@example.com", "room": "B2", "guests": 3.0, "view": "sea"})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Call(context.Background(), call); err != nil {
			b.Fatal(err)
		}
	}
}
