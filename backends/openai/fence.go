package openai

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"strings"
	"unicode"
)

// randomTag returns a tag that nobody can guess.
func randomTag() string {
	var b [12]byte
	_, _ = rand.Read(b[:]) // it never fails, see crypto/rand
	return hex.EncodeToString(b[:])
}

// fence puts data between two lines that its text cannot contain: they carry the
// request's tag, and should the text contain the tag by whatever way, it is taken
// out. Control characters other than line feeds go too.
type fence struct{ tag string }

func (f fence) data(name, text string) string {
	text = strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && unicode.Is(unicode.C, r) && r != 0x200d {
			return -1
		}
		return r
	}, text)
	for strings.Contains(text, f.tag) {
		text = strings.ReplaceAll(text, f.tag, "")
	}
	return fmt.Sprintf("<data-%s name=%q>\n%s\n</data-%s>", f.tag, name, strings.TrimRight(text, "\n"), f.tag)
}
