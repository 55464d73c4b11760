package main

import (
	"fmt"
	"html"
	"image/color"
	"io"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"
)

// terminal is the real program in a pseudo-terminal, seen through an emulator.
type terminal struct {
	t       testing.TB
	tty     *os.File
	process *os.Process
	mu      sync.Mutex // guards screen, which gives out pointers to its cells
	screen  *vt.Emulator
	changed chan struct{}
	ended   chan struct{} // closed when the program has closed the terminal
	width   int
	height  int
}

// startTerminal runs the program in a terminal of this size until the test ends.
func startTerminal(t testing.TB, width, height int, dark bool, args ...string) *terminal {
	t.Helper()
	return startTerminalIn(t, t.TempDir(), width, height, dark, args...)
}

// startTerminalIn is startTerminal with the home folder dir.
func startTerminalIn(t testing.TB, dir string, width, height int, dark bool, args ...string) *terminal {
	t.Helper()
	cmd := command(t, dir, args...)
	cmd.Env = append(cmd.Env, "TERM=xterm-256color", "COLORTERM=truecolor", "LANG=C.UTF-8")
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: uint16(height), Cols: uint16(width)})
	if err != nil {
		t.Fatal(err)
	}
	p := &terminal{t: t, tty: tty, process: cmd.Process, screen: vt.NewEmulator(width, height), changed: make(chan struct{}, 1), ended: make(chan struct{}), width: width, height: height}
	if dark {
		p.screen.SetDefaultBackgroundColor(color.RGBA{0x16, 0x18, 0x1d, 0xff})
		p.screen.SetDefaultForegroundColor(color.RGBA{0xd8, 0xda, 0xde, 0xff})
	} else {
		p.screen.SetDefaultBackgroundColor(color.White)
		p.screen.SetDefaultForegroundColor(color.Black)
	}
	var wg sync.WaitGroup
	wg.Go(func() { // what the program shows
		defer close(p.ended)
		buf := make([]byte, 64<<10)
		for {
			n, err := tty.Read(buf)
			if n > 0 {
				p.mu.Lock()
				_, _ = p.screen.Write(buf[:n])
				p.mu.Unlock()
				select {
				case p.changed <- struct{}{}:
				default:
				}
			}
			if err != nil {
				return
			}
		}
	})
	wg.Go(func() { // what the terminal answers to its questions
		buf := make([]byte, 4<<10)
		for {
			n, err := p.screen.Read(buf)
			if n > 0 {
				_, _ = tty.Write(buf[:n])
			}
			if err != nil {
				return
			}
		}
	})
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		_ = tty.Close()
		_ = p.screen.InputPipe().(io.Closer).Close() // ends the reading; the emulator's own Close is not made for two goroutines
		wg.Wait()
	})
	return p
}

func (p *terminal) send(keys string) {
	p.t.Helper()
	if _, err := p.tty.WriteString(keys); err != nil {
		p.t.Fatal(err)
	}
}

// text is what stands on the screen.
func (p *terminal) text() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var b strings.Builder
	for y := range p.height {
		for x := range p.width {
			if c := p.screen.CellAt(x, y); c != nil && c.Content != "" {
				b.WriteString(c.Content)
			} else if c == nil || c.Width > 0 {
				b.WriteByte(' ')
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// see waits until all the texts stand on the screen.
func (p *terminal) see(texts ...string) {
	p.t.Helper()
	p.until(strings.Join(texts, ", "), func(screen string) bool {
		for _, text := range texts {
			if !strings.Contains(screen, text) {
				return false
			}
		}
		return true
	})
}

func (p *terminal) until(what string, fits func(string) bool) {
	p.t.Helper()
	limit := time.After(30 * time.Second)
	for {
		screen := p.text()
		if fits(screen) {
			return
		}
		select {
		case <-p.changed:
		case <-limit:
			p.t.Fatalf("waited for: %s\n%s", what, screen)
		}
	}
}

// settled waits until nothing has changed on the screen for a moment: a key that
// confirms is only taken then.
func (p *terminal) settled() {
	for {
		select {
		case <-p.changed:
		case <-time.After(500 * time.Millisecond):
			return
		}
	}
}

// svg draws the screen as a picture.
func (p *terminal) svg() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	const cw, ch = 8.4, 18
	var b strings.Builder
	w, h := float64(p.width)*cw+32, float64(p.height)*ch+32
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %.0f" font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace" font-size="14">`+"\n", w, h)
	fmt.Fprintf(&b, `<rect width="%.0f" height="%.0f" rx="8" fill="%s"/>`+"\n", w, h, hex(p.screen.BackgroundColor()))
	for y := range p.height {
		for x := 0; x < p.width; {
			c := p.screen.CellAt(x, y)
			if c == nil || strings.TrimSpace(c.Content) == "" {
				x++
				continue
			}
			text, end := c.Content, x+c.Width
			for end < p.width { // one piece of text as long as the style stays
				n := p.screen.CellAt(end, y)
				if n == nil || n.Content == "" || !sameStyle(n.Style, c.Style) || n.Width != 1 {
					break
				}
				text += n.Content
				end++
			}
			text = strings.TrimRight(text, " ")
			style := ""
			if c.Style.Attrs&uv.AttrBold != 0 {
				style += ` font-weight="bold"`
			}
			if c.Style.Attrs&uv.AttrItalic != 0 {
				style += ` font-style="italic"`
			}
			if c.Style.Attrs&uv.AttrFaint != 0 {
				style += ` opacity="0.6"`
			}
			fg := c.Style.Fg
			if fg == nil {
				fg = p.screen.ForegroundColor()
			}
			fmt.Fprintf(&b, `<text x="%.1f" y="%d" fill="%s"%s textLength="%.1f" xml:space="preserve">%s</text>`+"\n",
				16+float64(x)*cw, 16+y*ch+13, hex(fg), style, float64(len([]rune(text)))*cw, html.EscapeString(text))
			x = end
		}
	}
	b.WriteString("</svg>\n")
	return b.String()
}

func sameStyle(a, b uv.Style) bool { return a.Equal(&b) }

func hex(c color.Color) string {
	r, g, b, _ := c.RGBA()
	return fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8)
}

// picture is where TestChat leaves a picture of its last screen: `make picture`.
var picture = os.Getenv("BANYAN_PICTURE")

// TestChat drives the whole program in a real terminal: it signs in, asks,
// confirms, looks at what happened, and quits.
func TestChat(t *testing.T) {
	t.Parallel()
	p := startTerminal(t, 120, 40, true)
	p.see("Who are you?", "ada@example.com", "sam@example.com")
	p.send("\r")
	p.see("Hello Ada", "modern")
	p.send("change my phone number to +47 400 00 123 and where is my kettle?\r")
	p.see("Before anything changes", "+47 400 00 100", "+47 400 00 123")
	p.settled()
	p.send("y")
	p.see("you said yes", "on its way", "stored")
	p.send("how many loyalty points do I have?\r")
	p.see("▣ legacy", "points")
	p.send("cancel my latest order if it hasn't shipped, otherwise where is it?\r")
	p.see("Cancel order 1003", "processing → cancelled")
	p.settled()
	p.send("y")
	p.see("is cancelled", "you said yes")
	p.settled()
	if picture != "" {
		if err := os.WriteFile(picture, []byte(p.svg()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p.send("/undo\r")
	p.see("Reinstate order 1003", "cancelled → processing")
	p.settled()
	p.send("y")
	p.see("is reinstated", "taken back")
	p.send("\x13")
	p.see("where the facts of this answer come from", "reinstate_order")
	p.send("\x1b")
	p.settled()
	p.send("\x03\x03")
	select {
	case <-p.ended:
	case <-time.After(30 * time.Second):
		t.Fatalf("it does not quit:\n%s", p.text())
	}
}
