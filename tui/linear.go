package tui

import (
	"context"
)

func runLinear(ctx context.Context, cfg Config) error { _ = cfg; return ctx.Err() }
