package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// demo runs the demo with nobody watching.
func demo(t *testing.T, script demoScript) (string, error) {
	t.Helper()
	var o options
	cmd := commandLine(&o)
	var out bytes.Buffer
	cmd.SetOut(&out)
	cmd.SetContext(t.Context())
	o.LogLevel, o.Harm = "warn", noPace
	err := runDemo(cmd, &o, script, true)
	return out.String(), err
}

// TestDemo plays the guided demo, which checks what it shows, and leaves nothing.
func TestDemo(t *testing.T) {
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	for _, script := range demoScripts() {
		t.Run(script.name, func(t *testing.T) {
			out, err := demo(t, script)
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			if !strings.HasSuffix(out, "Everything that was shown is so.\n") {
				t.Errorf("it said\n%s", out)
			}
		})
	}
	left, err := filepath.Glob(filepath.Join(tmp, "banyan-demo-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("the demo left %v, %v", left, err)
	}
	if _, err := os.Stat(tmp); err != nil {
		t.Error(err)
	}
}

// TestDemoFails shows that a demo whose claims are not so says which.
func TestDemoFails(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	notSo := errors.New("it is not so")
	_, err := demo(t, demoScript{"false", "", "pat@example.com", func(a *app) *stage {
		s := newStage(a)
		s.say("This is true.")
		s.say("This is not.", doing(func(context.Context) error { return notSo }))
		return s
	}})
	if !errors.Is(err, notSo) || !strings.Contains(err.Error(), `scene 2 ("This is not.")`) {
		t.Errorf("the error is %v", err)
	}
}
