package main

import (
	"strings"
	"testing"
	"time"
)

// ends waits until the program has ended.
func (p *terminal) ends() {
	p.t.Helper()
	select {
	case <-p.ended:
	case <-time.After(30 * time.Second):
		p.t.Fatalf("it does not end:\n%s", p.text())
	}
}

// TestSecondChat runs two chats on one data folder. The second one works like the
// first, and goes on by itself when the first one quits or is killed.
func TestSecondChat(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*terminal){
		"HolderQuits":  func(p *terminal) { p.send("\x03\x03") },
		"HolderKilled": func(p *terminal) { _ = p.process.Kill() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			first := startTerminalIn(t, dir, 100, 30, true, "--email", "ada@example.com")
			first.see("Hello Ada")
			second := startTerminalIn(t, dir, 120, 40, true)
			second.see("Who are you?", "ben@example.com")
			second.send("ben\r")
			second.see("Hello Ben")
			second.send("where is my teapot?\r")
			second.see("2001", "on its way")
			first.send("where is my kettle?\r")
			first.see("1002")
			end(first)
			first.ends()
			second.see("goes on without it", "on its way")
			second.send("change my phone number to +47 400 00 123\r")
			second.see("Before anything changes")
			second.settled()
			second.send("y")
			second.see("you said yes", "stored")
			// It serves others now.
			if got := banyan(t, dir, "", "ask", "--email", "ada@example.com", "status of order 1003"); got.status != 0 || !strings.Contains(got.out, "processing") {
				t.Errorf("status %d: %s%s", got.status, got.out, got.err)
			}
			second.send("\x03\x03")
			second.ends()
		})
	}
}

// TestOthersInTheChat asks from other processes in the conversation that a chat has
// open: the chat shows it, and the yes may come from there.
func TestOthersInTheChat(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	chat := startTerminalIn(t, dir, 120, 40, true, "--email", "ada@example.com")
	chat.see("Hello Ada")
	chat.send("where is my kettle?\r")
	chat.see("1002", "stored")
	ask := func(message string, status int) {
		t.Helper()
		got := banyan(t, dir, "", "ask", "--email", "ada@example.com", "--continue", message)
		if got.status != status {
			t.Fatalf("status %d: %s%s", got.status, got.out, got.err)
		}
	}
	ask("how many loyalty points do I have?", 0)
	chat.see("how many loyalty points", "▣ legacy")
	ask("cancel order 1003", exitUnconfirmed)
	chat.see("Before anything changes")
	ask("yes", 0)
	chat.see("is cancelled")
	if got := banyan(t, dir, "", "reset", "--yes"); got.status != 0 {
		t.Fatalf("status %d: %s", got.status, got.err)
	}
	chat.see("put back as it was")
	chat.send("status of order 1003\r")
	chat.see("processing", "get_order  ◆ modern")
	if got := banyan(t, dir, "", "routes", "set", "get_order", "legacy"); got.status != 0 {
		t.Fatalf("status %d: %s", got.status, got.err)
	}
	chat.send("status of order 1002\r")
	chat.see("get_order  ▣ legacy")
}

// TestChatInTheMiddle kills the holder while it works for the chat of another
// process: what was only asked is asked again by pressing enter.
func TestChatInTheMiddle(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := startTerminalIn(t, dir, 100, 30, true, "--email", "ada@example.com", "--legacy-latency", "20s")
	first.see("Hello Ada")
	second := startTerminalIn(t, dir, 100, 30, true, "--email", "ben@example.com")
	second.see("Hello Ben")
	second.send("\x1a") // it would suspend the other process
	second.see("not suspended")
	second.send("where is my teapot?\r")
	second.see("on its way", "stored")
	second.send("how many loyalty points do I have?\r")
	second.see("esc stop")
	first.send("\x1a")
	first.see("not suspended")
	_ = first.process.Kill()
	second.see("enter sends it again", "how many loyalty points")
	second.settled()
	second.send("\r")
	second.see("▣ legacy", "points")
	second.send("\x03\x03")
	second.ends()
}

// TestLinearSecondChat has a conversation in the linear mode through another
// process, and goes on when that one is killed.
func TestLinearSecondChat(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	holder := startHolder(t, dir)
	chat := startTerminalIn(t, dir, 200, 60, true, "--accessible")
	chat.see("who are you?")
	chat.send("ben@example.com\r")
	chat.see("you are ben@example.com")
	chat.send("where is my teapot?\r")
	chat.see("Order 2001 is on its way")
	kill(t, holder)
	chat.see("goes on without it")
	chat.send("status of order 2001\r")
	chat.see("is shipped")
	chat.send("/quit\r")
	chat.ends()
}
