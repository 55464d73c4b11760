package privacy

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"banyan/orchestrator"
)

const planted = "write ada@example.com"

// plant fills everything that a type can hold with personal data, down to where types
// contain themselves.
func plant(v reflect.Value, depth map[reflect.Type]int) {
	t := v.Type()
	if t == catalogType || t == timeType || !v.CanSet() {
		return
	}
	if depth[t] > 1 {
		return
	}
	depth[t]++
	defer func() { depth[t]-- }()
	switch v.Kind() {
	case reflect.String:
		v.SetString(planted)
	case reflect.Pointer:
		v.Set(reflect.New(t.Elem()))
		plant(v.Elem(), depth)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(t, 1, 1))
		plant(v.Index(0), depth)
	case reflect.Map:
		e := reflect.New(t.Elem()).Elem()
		plant(e, depth)
		v.Set(reflect.MakeMap(t))
		v.SetMapIndex(reflect.ValueOf(planted), e)
	case reflect.Interface:
		if t.NumMethod() == 0 {
			v.Set(reflect.ValueOf(map[string]any{planted: []any{planted, map[string]any{"x": planted}}}))
		}
	case reflect.Struct:
		for i := range t.NumField() {
			plant(v.Field(i), depth)
		}
	default:
	}
}

// left lists the places at which a planted text still stands, in whatever a value
// reaches.
func left(v reflect.Value, path string, out *[]string) {
	switch v.Kind() {
	case reflect.String:
		if strings.Contains(v.String(), "ada@") {
			*out = append(*out, path+" "+v.Type().String())
		}
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() && (v.Kind() == reflect.Interface || v.Type().Elem() != catalogType) {
			left(v.Elem(), path, out)
		}
	case reflect.Slice:
		for i := range v.Len() {
			left(v.Index(i), path+"[]", out)
		}
	case reflect.Map:
		for it := v.MapRange(); it.Next(); {
			left(it.Key(), path+".key", out)
			left(it.Value(), path+"[]", out)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				left(v.Field(i), path+"."+v.Type().Field(i).Name, out)
			}
		}
	default:
	}
}

// TestEveryTextOfARequest: whatever text a request holds, now or after somebody has
// added a field, is replaced, and comes back. Lists of words, such as the kinds of
// turn, are no texts; they stand here by name.
func TestEveryTextOfARequest(t *testing.T) {
	t.Parallel()
	words := []string{
		"orchestrator.Role", "orchestrator.TurnKind", "orchestrator.PlanKind", "orchestrator.StepStatus", "orchestrator.Era",
		"orchestrator.Outcome", "orchestrator.RouteReason", "orchestrator.RouteKind",
	}
	check(t, words, orchestrator.PlanRequest{})
	check(t, words, orchestrator.JudgeRequest{})
	check(t, words, orchestrator.RespondRequest{})
	check(t, words, orchestrator.Plan{})
}

func check[T any](t *testing.T, words []string, of T) {
	t.Helper()
	plant(reflect.ValueOf(&of).Elem(), map[reflect.Type]int{})
	m := newMask(newVault())
	all := newWalks()
	sent := changed(all, m.out(), of)
	var in, out []string
	left(reflect.ValueOf(of), "", &in)
	left(reflect.ValueOf(sent), "", &out)
	out = slices.DeleteFunc(out, func(s string) bool { return slices.Contains(words, s[strings.LastIndex(s, " ")+1:]) })
	if len(in) < 10 {
		t.Errorf("%T: only %d texts were planted", of, len(in))
	}
	for _, path := range out {
		t.Errorf("%T: %s was sent in clear", of, path)
	}
	if back := changed(all, m.back(), sent); !reflect.DeepEqual(back, of) {
		t.Errorf("%T did not come back as it was", of)
	}
	var again []string
	if left(reflect.ValueOf(of), "", &again); len(again) != len(in) {
		t.Errorf("%T was changed itself", of)
	}
}

func TestNumbersComeBackAsNumbers(t *testing.T) {
	t.Parallel()
	v := newVault()
	v.learn(phone, "+47 400 00 100")
	m := newMask(v)
	in := map[string]any{"phone": 4740000100.0, "card": 4111111111111111.0, "total": 40.5, "order": 10030001.0, "n": 3, "list": []any{"x", nil, true}}
	sent := changed(newWalks(), m.out(), in)
	if s := fmt.Sprint(sent); strings.Contains(s, "4.74") || strings.Contains(s, "4111") || strings.Contains(s, "4.11") || !strings.Contains(s, "40.5") {
		t.Errorf("sent: %v", sent)
	}
	if back := changed(newWalks(), m.back(), sent); !reflect.DeepEqual(back, in) {
		t.Errorf("%v came back as %v", in, back)
	}
}

// BenchmarkRequest is what one request to plan costs in a conversation of ten turns
// with results: when it goes on, and when nothing of it is known yet.
func BenchmarkRequest(b *testing.B) {
	req := orchestrator.PlanRequest{
		Message: "cancel my latest order if it has not shipped, and write to ben@example.com",
		User:    orchestrator.User{Email: "ada@example.com", Name: "Ada Okafor", Role: orchestrator.Customer},
		Now:     time.Date(2026, 11, 21, 14, 2, 0, 0, time.UTC),
	}
	req.Subject = req.User
	for i := range 10 {
		orders := []any{}
		for n := range 3 {
			orders = append(orders, map[string]any{
				"order_id": fmt.Sprint(1000 + n), "status": "shipped", "placed": "2026-11-18T09:12:00Z", "total": 49.5, "currency": "EUR",
				"items": []any{map[string]any{"name": "Teapot", "quantity": 1.0, "price": 49.5}},
			})
		}
		req.Conversation = append(req.Conversation, orchestrator.Turn{
			ID: fmt.Sprint("t", i), User: req.User.Email, Subject: req.User.Email, Message: fmt.Sprintf("what about order %d, and what is my address?", 1000+i),
			Answer: "Ada Okafor has **3 orders**. The newest, 1003, is processing. You live at 14 Birch Street, 0150 Oslo and your phone is +47 400 00 100.",
			Kind:   orchestrator.KindAnswer,
			Steps: []orchestrator.StepRecord{
				{ID: "orders", Intent: "list_orders", For: req.User.Email, Status: orchestrator.StepDone, Result: map[string]any{"orders": orders, "count": 3.0}},
				{ID: "me", Intent: "get_profile", For: req.User.Email, Status: orchestrator.StepDone, Result: map[string]any{
					"email": "ada@example.com", "name": "Ada Okafor", "phone": "+47 400 00 100", "address": "14 Birch Street, 0150 Oslo", "customer_since": "2024-11-21",
				}},
			},
		})
	}
	backend := New(&quiet{}, Config{})
	for name, conversation := range map[string]string{"GoingOn": "c", "First": ""} {
		b.Run(name, func(b *testing.B) {
			ctx := orchestrator.WithAsking(b.Context(), orchestrator.Asking{Conversation: conversation, User: req.User.Email}, nil)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := backend.Plan(ctx, req); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
