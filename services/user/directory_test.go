package user_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"go.etcd.io/bbolt"

	"banyan/orchestrator"
	"banyan/services/user"
)

func TestLookup(t *testing.T) {
	f := open(t)
	for who, want := range map[string]orchestrator.User{
		"ada@example.com": ada, " ADA@Example.COM ": ada, "Ada Okafor": ada, "ada   okafor": ada,
		"sam@example.com": sam, "SAM RIVERA": sam, "noor van o'neil-smith": noor,
		"Ada": ada, "noor": noor,
	} {
		if got, err := f.Lookup(context.Background(), who); err != nil || got != want {
			t.Errorf("%q: %+v, %v", who, got, err)
		}
	}
	for _, who := range []string{"", "Okafor", "zoe@example.com", "ada@example.com ben@example.com"} {
		if _, err := f.Lookup(context.Background(), who); !errors.Is(err, orchestrator.ErrUnknownUser) {
			t.Errorf("%q: %v", who, err)
		}
	}
}

func TestLookupSeesChanges(t *testing.T) {
	f := open(t)
	ctx := context.Background()
	if _, err := f.Lookup(ctx, "Zoe Lang"); !errors.Is(err, orchestrator.ErrUnknownUser) {
		t.Fatal(err)
	}
	f.put(t, user.Person{Email: "Zoe@example.com", Name: "Zoe Lang", Role: orchestrator.Customer})
	if u, err := f.Lookup(ctx, "zoe lang"); err != nil || u.Email != "zoe@example.com" {
		t.Errorf("got %+v, %v", u, err)
	}
	f.put(t, user.Person{Email: "zoe2@example.com", Name: "Zoe Lang", Role: orchestrator.Customer})
	if _, err := f.Lookup(ctx, "Zoe Lang"); !errors.Is(err, orchestrator.ErrUnknownUser) {
		t.Errorf("a name that two have: %v", err)
	}
	if got, err := f.Mentioned(ctx, "Zoe Lang called"); err != nil || len(got) != 2 {
		t.Errorf("a name that two have mentions %v, %v", got, err)
	}
	if err := f.db.Update(f.Clear); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Lookup(ctx, "ada@example.com"); !errors.Is(err, orchestrator.ErrUnknownUser) {
		t.Errorf("cleared, and still there: %v", err)
	}
}

func TestLookupIgnoresWhatWasTakenBack(t *testing.T) {
	f := open(t)
	if _, err := f.Lookup(context.Background(), "ada@example.com"); err != nil {
		t.Fatal(err)
	}
	boom := errors.New("boom")
	err := f.db.Update(func(tx *bbolt.Tx) error {
		return errors.Join(f.Put(tx, user.Person{Email: "zoe@example.com", Name: "Zoe Lang", Role: orchestrator.Customer}), boom)
	})
	if !errors.Is(err, boom) {
		t.Fatal(err)
	}
	if _, err := f.Lookup(context.Background(), "Zoe Lang"); !errors.Is(err, orchestrator.ErrUnknownUser) {
		t.Errorf("got %v", err)
	}
}

func TestMentioned(t *testing.T) {
	f := open(t)
	for _, c := range []struct {
		text string
		want string // first names, in order
	}{
		{"", ""},
		{"where is my kettle?", ""},
		{"what's ben@example.com's phone number?", "Ben"},
		{"what’s BEN@EXAMPLE.COM’s number", "Ben"},
		{"Ben Sato's teapot, and Ada Okafor's lamp", "Ben Ada"},
		{"ada okafor and then ben sato and ada@example.com again", "Ada Ben"},
		{"orders of Ada\n Okafor", "Ada"},
		{"(Ben Sato)", "Ben"},
		{"\"Ben Sato\" or **Ada Okafor**", "Ben Ada"},
		{"<ben@example.com>, mailto:ada@example.com.", "Ben Ada"},
		{"_ben@example.com_", "Ben"},
		{"show Noor van O'Neil-Smith", "Noor"},
		{"noor.o-neil+shop@example.co.uk", "Noor"},
		{"Ben, Sato", "Ben"},
		{"Ben. Sato", "Ben"},
		{"Ben and Sato", "Ben"},
		{"change the phone of ben to 400 00 222", "Ben"},
		{"BEN'S ORDERS, and ada’s", "Ben Ada"},
		{"benjamin, bensons and ben-hur", ""},
		{"change bens phone", "Ben"},
		{"ändere Bens Telefonnummer", "Ben"},
		{"zeig Ben Satos Bestellungen und doras", "Ben"},
		{"what is adas phone?", "Ada"},
		{"für Adas' Konto", "Ada"},
		{"Bens Sato", "Ben"},
		{"to ben.smith@example.org", ""},
		{"Reuben Sato", ""},
		{"Ben Satoshi", ""},
		{"xben@example.com", ""},
		{"ben@example.com.au", ""},
		{"ben@example.community", ""},
		{"Ada", "Ada"},
		{"is Sam Rivera in?", "Sam"},
	} {
		got, err := f.Mentioned(context.Background(), c.text)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, u := range got {
			first, _, _ := strings.Cut(u.Name, " ")
			names = append(names, first)
		}
		if s := strings.Join(names, " "); s != c.want {
			t.Errorf("%q mentions %q, want %q", c.text, s, c.want)
		}
	}
}

func TestFirstNames(t *testing.T) {
	f := open(t)
	ctx := context.Background()
	for email, name := range map[string]string{"will@example.com": "Will Hunt", "may@example.com": "May Chen", "thi@example.com": "Thi Tran", "ben2@example.com": "Ben Number"} {
		f.put(t, user.Person{Email: email, Name: name, Role: orchestrator.Customer})
	}
	for text, want := range map[string]string{
		"will it arrive":                 "",
		"Will it arrive?":                "",
		"Thanks. Will it arrive?":        "",
		"where are the orders of Will?":  "will@example.com",
		"may I ask when May ordered":     "may@example.com",
		"the orders of ben":              "", // two have the name
		"the orders of Ben Number":       "ben2@example.com",
		"is this a list of mays orders":  "",
		"the willings are here":          "",
		"what about the Mays of May":     "may@example.com",
		"this, das, has":                 "",
		"the orders of Thi":              "thi@example.com",
		"the orders of This":             "thi@example.com",
		"orders of ada and noor, please": "ada@example.com noor.o-neil+shop@example.co.uk",
	} {
		got, err := f.Mentioned(ctx, text)
		if err != nil {
			t.Fatal(err)
		}
		var emails []string
		for _, u := range got {
			emails = append(emails, u.Email)
		}
		if s := strings.Join(emails, " "); s != want {
			t.Errorf("%q mentions %q, want %q", text, s, want)
		}
	}
	if _, err := f.Lookup(ctx, "ben"); !errors.Is(err, orchestrator.ErrUnknownUser) {
		t.Errorf("a first name that two have: %v", err)
	}
	if u, err := f.Lookup(ctx, "will"); err != nil || u.Email != "will@example.com" {
		t.Errorf("got %+v, %v", u, err)
	}
}

func FuzzMentioned(f *testing.F) {
	for _, s := range []string{"ben@example.com", "Ada Okafor's", "'''", "@@@", "Ben\xff Sato", "İ ß ﬁ"} {
		f.Add(s)
	}
	fx := open(f)
	f.Fuzz(func(t *testing.T, text string) {
		got, err := fx.Mentioned(context.Background(), text)
		if err != nil {
			t.Fatal(err)
		}
		low := strings.ToLower(text)
		for _, u := range got {
			first, _, _ := strings.Cut(strings.ToLower(u.Name), " ")
			if !strings.Contains(low, u.Email) && !strings.Contains(low, first) {
				t.Errorf("%q mentions %s", text, u.Email)
			}
		}
	})
}

func BenchmarkMentioned(b *testing.B) {
	f := open(b)
	for i := range 200 {
		f.put(b, user.Person{Email: fmt.Sprintf("u%d@example.com", i), Name: fmt.Sprintf("Ben Number%d", i), Role: orchestrator.Customer})
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := f.Mentioned(context.Background(), "what about the order of Ada Okafor, has u77@example.com got it by now?"); err != nil {
			b.Fatal(err)
		}
	}
}
