package tui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// screen is an overlay with keys of its own. What it returns from view is at most
// w cells wide and h rows high.
type screen interface {
	press(m *model, msg tea.KeyPressMsg) tea.Cmd
	view(m *model, w, h int) []string
	hints(m *model) []key.Binding
	scroll(m *model, n int)
}

// place is the place of a mark in a list that is replaced while it is shown: the
// mark stays with the name, not with the row.
type place struct {
	name string
	top  int // the first row that is visible
}

// at is the mark's row in a list of backends.
func (k *place) at(list []Integration) int {
	for i := range list {
		if list[i].Name == k.name {
			return i
		}
	}
	for i := range list {
		if list[i].Active {
			return i
		}
	}
	return 0
}

// move shifts the mark by n rows, as far as there are any.
func (k *place) move(list []Integration, n int) {
	if len(list) > 0 {
		k.name = list[max(min(k.at(list)+n, len(list)-1), 0)].Name
	}
}

// visible is the range of rows to show where room rows fit.
func (k *place) visible(list []Integration, room int) (from, to int) {
	room = max(room, 1)
	at := k.at(list)
	k.top = max(min(k.top, at, len(list)-room), at-room+1, 0)
	return k.top, min(k.top+room, len(list))
}
