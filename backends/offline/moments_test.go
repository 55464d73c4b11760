package offline

import (
	"strings"
	"testing"
	"time"
)

// TestMoments reads dates and times as people write them, on a Saturday, the 21st of
// November 2026.
func TestMoments(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"today", "2026-11-21"},
		{"tomorrow at 3pm", "2026-11-22 15:00"},
		{"the day after tomorrow at 8 am", "2026-11-23 08:00"},
		{"tmrw", "2026-11-22"},
		{"next Friday", "2026-11-27"},
		{"on friday at half past two", "2026-11-27 14:30"},
		{"this saturday", "2026-11-21"},
		{"Friday next week", "2026-11-27"},
		{"next week on Wednesday", "2026-11-25"},
		{"in two weeks", "2026-12-05"},
		{"in a fortnight", "2026-12-05"},
		{"in 3 days' time", "2026-11-24"},
		{"a week from Monday", "2026-11-30"},
		{"two months from now", "2027-01-21"},
		{"three days ago", "2026-11-18"},
		{"the 3rd", "2026-12-03"},
		{"on the 30th at 9:30", "2026-11-30 09:30"},
		{"the 5th of next month", "2026-12-05"},
		{"3 March", "2027-03-03"},
		{"3rd of March 2027", "2027-03-03"},
		{"the third of december", "2026-12-03"},
		{"Dec 24th, 2026", "2026-12-24"},
		{"March the 3rd", "2027-03-03"},
		{"2026-12-01", "2026-12-01"},
		{"1/12/2026", "2026-12-01"},
		{"12/25/2026", "2026-12-25"},
		{"24.12.2026", "2026-12-24"},
		{"5/12", "2026-12-05"},
		{"end of the month", "2026-11-30"},
		{"the end of next month", "2026-12-31"},
		{"the last day of february", "2027-02-28"},
		{"beginning of next week", "2026-11-23"},
		{"christmas eve", "2026-12-24"},
		{"next weekend", "2026-11-28"},
		{"from 1 to 5 December", "2026-12-01 | 2026-12-05"},
		{"1-5 december", "2026-12-01 | 2026-12-05"},
		{"from Friday to Wednesday", "2026-11-27 | 2026-12-02"},
		{"from the 1st until the 5th of december", "2026-12-01 | 2026-12-05"},
		{"friday from 2 to 4pm", "2026-11-27 14:00 | 16:00"},
		{"tomorrow at quarter to five", "2026-11-22 16:45"},
		{"monday at 8 in the evening", "2026-11-23 20:00"},
		{"at 3 tomorrow", "2026-11-22 15:00"},
		{"noon tomorrow", "2026-11-22 12:00"},
		{"tuesday 15h30", "2026-11-24 15:30"},
		{"8 December at half past two", "2026-12-08 14:30"},
		{"the 3rd order", ""},
		{"over 50 euros", ""},
		{"the first one", ""},
	} {
		t.Run(c.text, func(t *testing.T) {
			var got []string
			for _, m := range moments(tokenize(c.text), saturday) {
				var parts []string
				if !m.day.IsZero() {
					parts = append(parts, m.day.Format(time.DateOnly))
				}
				if m.hasClock {
					parts = append(parts, atClock(saturday, m.clock).Format("15:04"))
				}
				got = append(got, strings.Join(parts, " "))
			}
			if s := strings.Join(got, " | "); s != c.want {
				t.Errorf("got %q, want %q", s, c.want)
			}
		})
	}
}
