//go:build !unix

package main

// examineDotenv has nothing to say where files have no modes.
func examineDotenv(*options) []finding { return nil }
