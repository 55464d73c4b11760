package monolith

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// anyRecord draws a record of the layout with values that fit.
func anyRecord(t *rapid.T, l *Layout) *Record {
	r := newRecord(l)
	for _, f := range l.Fields {
		switch {
		case f.Kind == List:
			for range rapid.IntRange(0, min(3, f.Max)).Draw(t, f.Name) {
				r.lists[f.Name] = append(r.lists[f.Name], anyRecord(t, f.Group))
			}
		case f.Values != nil:
			r.values[f.Name] = rapid.SampledFrom(f.Values).Draw(t, f.Name)
		case f.Kind == Text:
			s := rapid.StringN(0, f.Width, -1).Draw(t, f.Name)
			r.values[f.Name] = strings.TrimRight(strings.ReplaceAll(strings.ToValidUTF8(s, "?"), "\x00", "0"), " ")
		case strings.HasSuffix(f.Name, "-DATE"):
			at := time.Unix(rapid.Int64Range(0, 3_155_759_999).Draw(t, f.Name), 0)
			r.SetDate(f.Name, at)
		case strings.HasSuffix(f.Name, "-TIME"):
			r.values[f.Name] = time.Unix(rapid.Int64Range(0, 86_399).Draw(t, f.Name), 0).UTC().Format("150405")
		case strings.HasSuffix(f.Name, "-YYMM"):
			r.values[f.Name], _ = FormatYYMM(rapid.SampledFrom([]string{"", "2027-03", "1999-12", "2069-01"}).Draw(t, f.Name))
		default:
			r.values[f.Name] = rapid.StringOfN(rapid.RuneFrom([]rune("0123456789")), f.Width, f.Width, -1).Draw(t, f.Name)
		}
	}
	return r
}

func TestRecordsComeBackAsTheyWere(t *testing.T) {
	b := mustCopybook(t)
	for _, name := range b.Layouts() {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				r := anyRecord(t, b.Layout(name))
				text, err := r.Encode()
				if err != nil {
					t.Fatal(err)
				}
				back, err := b.Decode(name, text)
				if err != nil {
					t.Fatalf("%v in %q", err, text)
				}
				sameValues(t, r, back)
				if again, err := back.Encode(); err != nil || again != text {
					t.Fatalf("second encoding %q, %v, want %q", again, err, text)
				}
			})
		})
	}
}

func sameValues(t *rapid.T, a, b *Record) {
	for _, f := range a.layout.Fields {
		if f.Kind == List {
			if len(a.lists[f.Name]) != len(b.lists[f.Name]) {
				t.Fatalf("%s: %d repeats, want %d", f.Name, len(b.lists[f.Name]), len(a.lists[f.Name]))
			}
			for i := range a.lists[f.Name] {
				sameValues(t, a.lists[f.Name][i], b.lists[f.Name][i])
			}
		} else if a.layout.counts(f.Name) == nil && a.values[f.Name] != b.values[f.Name] {
			t.Fatalf("%s: %q, want %q", f.Name, b.values[f.Name], a.values[f.Name])
		}
	}
}

func TestEncodeRefuses(t *testing.T) {
	b := mustCopybook(t)
	for name, set := range map[string]func(r *Record){
		"TooLong":        func(r *Record) { r.SetText("ORDR-CARRIER", strings.Repeat("é", 41)) },
		"TooManyDigits":  func(r *Record) { r.SetText("ORDR-NUMBER", "10034") },
		"NotANumber":     func(r *Record) { r.SetText("ORDR-NUMBER", "10a3") },
		"Negative":       func(r *Record) { r.SetNumber("ORDR-NUMBER", -3) },
		"SpaceAtTheEnd":  func(r *Record) { r.SetText("ORDR-CARRIER", "post ") },
		"NotUTF8":        func(r *Record) { r.SetText("ORDR-CARRIER", "\xff") },
		"NUL":            func(r *Record) { r.SetText("ORDR-CARRIER", "a\x00b") },
		"UnknownStatus":  func(r *Record) { r.SetText("ORDR-STATUS", "X") },
		"UnknownField":   func(r *Record) { r.SetText("ORDR-COLOUR", "red") },
		"UnknownList":    func(r *Record) { r.Add("ORDR-COLOURS") },
		"NoSuchDay":      func(r *Record) { r.SetText("ORDR-PLACED-DATE", "25366") },
		"NoSuchTime":     func(r *Record) { r.SetText("ORDR-PLACED-TIME", "240000") },
		"OutsideWindow":  func(r *Record) { r.SetTime("ORDR-PLACED", time.Date(2070, 1, 1, 0, 0, 0, 0, time.UTC)) },
		"ItemTooLong":    func(r *Record) { r.Add("ORDR-ITEM").SetText("ITEM-NAME", strings.Repeat("x", 61)) },
		"TooManyRepeats": func(r *Record) { addItems(r, 100) },
	} {
		t.Run(name, func(t *testing.T) {
			r := b.New("ORDER-RECORD")
			r.SetText("ORDR-STATUS", StatusProcessing)
			if _, err := r.Encode(); err != nil {
				t.Fatalf("before: %v", err)
			}
			set(r)
			if text, err := r.Encode(); err == nil {
				t.Errorf("wrote %q", text)
			}
		})
	}
	if _, err := b.New("NO-RECORD").Encode(); err == nil {
		t.Error("wrote a record that the copybook does not know")
	}
}

func addItems(r *Record, n int) {
	for range n {
		r.Add("ORDR-ITEM").SetText("ITEM-NAME", "mug")
	}
}

func TestDecodeRefuses(t *testing.T) {
	b := mustCopybook(t)
	r := b.New("ORDER-RECORD")
	r.SetText("ORDR-STATUS", StatusProcessing)
	addItems(r, 2)
	text, err := r.Encode()
	if err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string]string{
		"Short":   text[:len(text)-1],
		"Long":    text + " ",
		"NotUTF8": text[:200] + "\xc3" + text[201:],
		"Letter":  "x" + text[1:],
		"Empty":   "",
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := b.Decode("ORDER-RECORD", bad); err == nil {
				t.Error("read it")
			}
		})
	}
}

func TestTimes(t *testing.T) {
	for _, c := range []struct {
		at          time.Time
		date, clock string
	}{
		{time.Time{}, "00000", "000000"},
		{time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC), "70001", "000000"},
		{time.Date(1999, 12, 31, 23, 59, 59, 0, time.UTC), "99365", "235959"},
		{time.Date(2000, 12, 31, 1, 2, 3, 0, time.UTC), "00366", "010203"},
		{time.Date(2026, 3, 1, 0, 30, 0, 999, time.FixedZone("", 3600)), "26059", "233000"},
		{time.Date(2069, 12, 31, 12, 0, 0, 0, time.UTC), "69365", "120000"},
	} {
		date, clock, err := formatTime(c.at)
		if err != nil || date != c.date || clock != c.clock {
			t.Errorf("%v: %s %s, %v, want %s %s", c.at, date, clock, err, c.date, c.clock)
		}
		back, err := parseTime(date, clock)
		if err != nil || !back.Equal(c.at.Truncate(time.Second)) {
			t.Errorf("%s %s: %v, %v, want %v", date, clock, back, err, c.at)
		}
	}
}

func FuzzDecodeRecord(f *testing.F) {
	b := mustCopybook(f)
	names := b.Layouts()
	for i, name := range names {
		r := b.New(name)
		for _, field := range r.layout.Fields {
			if field.Values != nil {
				r.SetText(field.Name, field.Values[0])
			}
		}
		text, err := r.Encode()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(uint8(i), text) //nolint:gosec // there are few layouts
	}
	f.Add(uint8(0), strings.Repeat("9", 4000))
	f.Fuzz(func(t *testing.T, n uint8, text string) {
		name := names[int(n)%len(names)]
		r, err := b.Decode(name, text)
		if err != nil {
			return
		}
		if again, err := r.Encode(); err != nil || again != text {
			t.Errorf("%s: %q was read and is written as %q, %v", name, text, again, err)
		}
	})
}
