package offline

import (
	"strconv"
	"strings"
	"time"
)

var weekdays = map[string]time.Weekday{
	"monday": time.Monday, "tuesday": time.Tuesday, "wednesday": time.Wednesday, "thursday": time.Thursday, "friday": time.Friday,
	"saturday": time.Saturday, "sunday": time.Sunday, "mon": time.Monday, "tue": time.Tuesday, "wed": time.Wednesday, "thu": time.Thursday, "fri": time.Friday,
}

var months = map[string]time.Month{
	"january": 1, "february": 2, "march": 3, "april": 4, "may": 5, "june": 6, "july": 7, "august": 8, "september": 9, "october": 10,
	"november": 11, "december": 12, "jan": 1, "feb": 2, "mar": 3, "apr": 4, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "sept": 9, "oct": 10, "nov": 11, "dec": 12,
}

// unitDays maps units of time to days; those of hours and less are below zero,
// in minutes.
var unitDays = map[string]int{
	"day": 1, "night": 1, "week": 7, "fortnight": 14, "month": 30, "year": 365, "hour": -60, "minut": -1, "min": -1, "hr": -60,
}

// numberOf reads a number in digits or as a word.
func numberOf(w string) (float64, bool) {
	if n, ok := spellOut[w]; ok {
		return n, true
	}
	w = strings.TrimSuffix(strings.TrimSuffix(w, "x"), "×")
	w = strings.TrimPrefix(w, "x")
	if w == "" || w[0] < '0' || w[0] > '9' {
		return 0, false
	}
	if i := strings.IndexByte(w, ','); i >= 0 {
		if len(w)-i == 4 { // 1,200
			w = strings.ReplaceAll(w, ",", "")
		} else {
			w = strings.ReplaceAll(w, ",", ".")
		}
	}
	n, err := strconv.ParseFloat(w, 64)
	return n, err == nil
}
