package monolith

import (
	"fmt"
	"strconv"
	"time"
)

// pivot is the century window: two-digit years from it on are 19YY, those below
// are 20YY.
const pivot = 70

// formatTime gives YYDDD and HHMMSS in UTC; zeros for the zero time.
func formatTime(t time.Time) (date, clock string, err error) {
	if t.IsZero() {
		return "00000", "000000", nil
	}
	t = t.UTC()
	if y := t.Year(); y < 1900+pivot || y >= 2000+pivot {
		return "", "", fmt.Errorf("the year %d is outside of the century window", y)
	}
	return fmt.Sprintf("%02d%03d", t.Year()%100, t.YearDay()), t.Format("150405"), nil
}

// parseTime is the inverse of formatTime. An empty clock is midnight.
func parseTime(date, clock string) (time.Time, error) {
	if date == "" || date == "00000" {
		return time.Time{}, nil
	}
	if len(date) != 5 {
		return time.Time{}, fmt.Errorf("%q is not YYDDD", date)
	}
	yy, err1 := strconv.Atoi(date[:2])
	ddd, err2 := strconv.Atoi(date[2:])
	if err1 != nil || err2 != nil {
		return time.Time{}, fmt.Errorf("%q is not YYDDD", date)
	}
	t := time.Date(century(yy), 1, ddd, 0, 0, 0, 0, time.UTC)
	if ddd < 1 || t.Year() != century(yy) {
		return time.Time{}, fmt.Errorf("%q is not a day of its year", date)
	}
	if clock == "" {
		return t, nil
	}
	c, err := time.Parse("150405", clock)
	if err != nil {
		return time.Time{}, fmt.Errorf("%q is not HHMMSS", clock)
	}
	return t.Add(time.Duration(c.Hour())*time.Hour + time.Duration(c.Minute())*time.Minute + time.Duration(c.Second())*time.Second), nil
}

func century(yy int) int {
	if yy >= pivot {
		return 1900 + yy
	}
	return 2000 + yy
}

// FormatYYMM writes the month of an expiry, "2027-03", as YYMM; an empty text as
// zeros.
func FormatYYMM(month string) (string, error) {
	if month == "" {
		return "0000", nil
	}
	t, err := time.Parse("2006-01", month)
	if err != nil || t.Year() < 1900+pivot || t.Year() >= 2000+pivot {
		return "", fmt.Errorf("%q is not a month of the century window", month)
	}
	return t.Format("0601"), nil
}

// ParseYYMM is the inverse of FormatYYMM; what is no month gives "".
func ParseYYMM(yymm string) string {
	n, err := strconv.Atoi(yymm)
	if err != nil || len(yymm) != 4 || n%100 < 1 || n%100 > 12 {
		return ""
	}
	return fmt.Sprintf("%d-%02d", century(n/100), n%100)
}

// midnight returns the start of t's day in UTC.
func midnight(t time.Time) time.Time { return t.UTC().Truncate(24 * time.Hour) }

// orNow returns t, or now if t is zero.
func orNow(t, now time.Time) time.Time {
	if t.IsZero() {
		return now
	}
	return t
}
