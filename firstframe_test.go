package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/creack/pty"
)

// BenchmarkFirstFrame measures from the start of the process to the moment when
// the first frame of the login has arrived in a pseudo-terminal of 80×24, on a
// fresh data folder and on one that exists.
func BenchmarkFirstFrame(b *testing.B) {
	bin := filepath.Join(b.TempDir(), "banyan")
	if out, err := exec.CommandContext(b.Context(), "go", "build", "-o", bin, ".").CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	frame := func(dir string) (title, list time.Duration) {
		cmd := exec.CommandContext(b.Context(), bin)
		cmd.Dir = dir
		cmd.Env = []string{"HOME=" + dir, "TERM=xterm-256color", "LANG=C.UTF-8", "PATH=" + os.Getenv("PATH")}
		start := time.Now()
		tty, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 24, Cols: 80})
		if err != nil {
			b.Fatal(err)
		}
		var seen []byte
		buf := make([]byte, 64<<10)
		for list == 0 {
			n, err := tty.Read(buf)
			if err != nil {
				b.Fatalf("%v after %q", err, seen)
			}
			seen = append(seen, buf[:n]...)
			if title == 0 && bytes.Contains(seen, []byte("grows around your monolith")) {
				title = time.Since(start)
			}
			if bytes.Contains(seen, []byte("sam@example.com")) {
				list = time.Since(start)
			}
		}
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		_ = tty.Close()
		return title, list
	}
	for _, fresh := range []bool{true, false} {
		b.Run(map[bool]string{true: "FreshFolder", false: "UsedFolder"}[fresh], func(b *testing.B) {
			dir := b.TempDir()
			frame(dir)
			var titles, lists time.Duration
			for b.Loop() {
				if fresh {
					dir = b.TempDir()
				}
				t, l := frame(dir)
				titles, lists = titles+t, lists+l
			}
			b.ReportMetric(float64(titles.Microseconds())/1000/float64(b.N), "ms-to-first-frame")
			b.ReportMetric(float64(lists.Microseconds())/1000/float64(b.N), "ms-to-accounts")
		})
	}
}
