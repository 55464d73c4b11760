// Package tui is what people see and press: the terminal UI of Banyan on Bubble
// Tea 2, and a plain linear mode for screen readers.
//
// One tea.Model stands at the root (root.go). Its parts are plain structs with a
// file each: login, chat, messages (the list of turns), trace (what happened),
// confirm (the dialog before anything changes), input, picker (every list that
// filters as you type), screen (what takes keys of its own: integrations, model),
// commands, help. Styles, signs and keys are declared once,
// in styles.go, signs.go and keys.go.
//
// Three rules hold everywhere. Update does no I/O: the kernel is only called from
// a tea.Cmd. Text that did not come from this package goes through the gate
// (gate.go) before it is drawn. Nothing is rendered for a message that is not
// visible, and a finished one is rendered once per width.
package tui
