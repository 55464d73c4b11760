//go:build !unix

package memory_test

func unixHelpers() map[string]func(path string) int {
	return map[string]func(path string) int{}
}
