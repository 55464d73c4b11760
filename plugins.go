package main

import (
	"maps"
	"slices"

	"banyan/backends/offline"
	"banyan/orchestrator"
)

// backends is the one list of language backends: name → how to make it.
var backends = map[string]func() orchestrator.Backend{
	"offline": func() orchestrator.Backend { return offline.New() },
}

func backendNames() []string { return slices.Sorted(maps.Keys(backends)) }
