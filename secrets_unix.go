//go:build unix

package main

import (
	"fmt"
	"os"
)

// examineDotenv says if others may read the keys in .env.
func examineDotenv(o *options) []finding {
	info, err := os.Stat(".env")
	if err != nil || info.Mode().Perm()&0o077 == 0 {
		return nil
	}
	for _, name := range o.keyNames() {
		if o.dotenv[name] != "" {
			return []finding{{"key", "note", fmt.Sprintf("others may read .env, which holds %s (mode %o)", name, info.Mode().Perm()), "chmod 600 .env"}}
		}
	}
	return nil
}
