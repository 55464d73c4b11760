package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/joho/godotenv"
	"github.com/zalando/go-keyring"

	"banyan/backends/openai"
)

// Keys come from the environment, from .env in the working directory, or from the
// system's keyring, in this order. They have no place in the config file.

// ring is a keyring of the system.
type ring interface {
	Get(service, user string) (string, error)
	Set(service, user, secret string) error
	Delete(service, user string) error
}

// systemRing is the keyring of the desktop: Secret Service, Keychain or Credential
// Manager.
type systemRing struct{}

func (systemRing) Get(service, user string) (string, error) { return keyring.Get(service, user) }
func (systemRing) Set(service, user, s string) error        { return keyring.Set(service, user, s) }
func (systemRing) Delete(service, user string) error        { return keyring.Delete(service, user) }

// systemKeys are the keys in the system's keyring; nil where there can be none.
func systemKeys() *keyVault {
	if runtime.GOOS != "darwin" && runtime.GOOS != "windows" && os.Getenv("DBUS_SESSION_BUS_ADDRESS") == "" {
		return nil // without a session there is no keyring, and looking for one would start it
	}
	return &keyVault{ring: systemRing{}, wait: keyringWait}
}

// Everything is one item of the keyring, so that one look is enough; and a keyring
// that waits for somebody to unlock it is not waited for.
const (
	keyringService = "banyan"
	keyringUser    = "keys"
	keyringWait    = time.Second
)

// keyVault is what the keyring has, read when first needed. It is safe for
// concurrent use. A nil vault is empty.
type keyVault struct {
	ring ring
	wait time.Duration

	mu   sync.Mutex // guards what follows
	read bool
	keys map[string]string
	err  error
}

// get returns the key of a name; empty if there is none.
func (v *keyVault) get(name string) string {
	keys, _ := v.all() // a keyring that does not answer has no keys
	return keys[name]
}

// all returns the keys by their names.
func (v *keyVault) all() (map[string]string, error) {
	if v == nil {
		return nil, errNoKeyring
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if !v.read {
		v.read = true
		v.keys, v.err = v.load()
	}
	return v.keys, v.err
}

var errNoKeyring = errors.New("there is no keyring in this session")

func (v *keyVault) load() (map[string]string, error) {
	text, err := v.within(func() (string, error) { return v.ring.Get(keyringService, keyringUser) })
	if errors.Is(err, keyring.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("the keyring does not answer: %w", err)
	}
	var keys map[string]string
	if err := json.Unmarshal([]byte(text), &keys); err != nil {
		return nil, errors.New("what the keyring has for banyan is not from banyan")
	}
	return keys, nil
}

// within does not wait longer than it may.
func (v *keyVault) within(f func() (string, error)) (string, error) {
	type answer struct {
		text string
		err  error
	}
	ch := make(chan answer, 1)
	go func() {
		text, err := f()
		ch <- answer{text, err}
	}()
	timer := time.NewTimer(v.wait)
	defer timer.Stop()
	select {
	case a := <-ch:
		return a.text, a.err
	case <-timer.C:
		return "", errors.New("it took too long")
	}
}

// put sets a key, or removes it if the value is empty.
func (v *keyVault) put(name, value string) error {
	have, err := v.all()
	if err != nil {
		return err
	}
	keys := maps.Clone(have)
	if keys == nil {
		keys = map[string]string{}
	}
	if delete(keys, name); value != "" {
		keys[name] = value
	}
	text, err := json.Marshal(keys)
	if err != nil {
		return err
	}
	if _, err = v.within(func() (string, error) {
		if len(keys) == 0 {
			return "", v.ring.Delete(keyringService, keyringUser)
		}
		return "", v.ring.Set(keyringService, keyringUser, string(text))
	}); err != nil && !errors.Is(err, keyring.ErrNotFound) {
		return fmt.Errorf("the keyring does not take it: %w", err)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.keys = keys
	return nil
}

// secret returns the key of a name: from the environment, .env or the keyring.
func (o *options) secret(name string) string {
	value, _ := o.secretFrom(name)
	return value
}

// secretFrom is secret; it also says where the key stands.
func (o *options) secretFrom(name string) (value, where string) {
	if v := os.Getenv(name); v != "" {
		return v, "the environment"
	}
	if v := o.dotenv[name]; v != "" {
		return v, ".env"
	}
	if v := o.vault.get(name); v != "" {
		return v, "the keyring"
	}
	return "", ""
}

// keyNames are the names under which keys are looked for.
func (o *options) keyNames() []string {
	var names []string
	for _, p := range openai.Presets() {
		for _, name := range []string{p.KeyEnv, o.Models[p.Name].KeyEnv} {
			if name != "" && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

// keys are the values that must never be shown or kept.
func (o *options) keys() []string {
	var keys []string
	for _, name := range o.keyNames() {
		if key := o.secret(name); key != "" {
			keys = append(keys, key)
		}
	}
	return keys
}

var keyWord = regexp.MustCompile(`(?i)(?:^|[-_])(?:key|api-?key|token|secret|password|passwd|credentials?)$`)

// secretIn returns where in a config a key stands; empty if there is none.
func secretIn(at string, v any) string {
	switch v := v.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			if keyShape.MatchString(name) {
				return strings.TrimPrefix(at+"."+name, ".")
			}
			if found := secretIn(strings.TrimPrefix(at+"."+name, "."), v[name]); found != "" {
				return found
			}
		}
	case []any:
		for _, item := range v {
			if found := secretIn(at, item); found != "" {
				return found
			}
		}
	case string:
		name := at[strings.LastIndexByte(at, '.')+1:]
		if v != "" && keyWord.MatchString(name) || keyShape.MatchString(v) {
			return at
		}
	}
	return ""
}

// refuseSecrets returns an error that says where a key found in the config file
// belongs. It does not repeat the key.
func refuseSecrets(file string, config map[string]any) error {
	at := secretIn("", config)
	if at == "" {
		return nil
	}
	name := "OPENAI_API_KEY"
	parts := strings.Split(at, ".")
	for i, part := range parts {
		if len(part) > 40 || !settingName.MatchString(part) || keyStart.MatchString(part) {
			parts[i] = "…" // the name may be a key itself
		}
	}
	at = strings.Join(parts, ".")
	if len(parts) > 1 && parts[0] == "models" {
		if p, ok := openai.PresetNamed(parts[1]); ok && p.KeyEnv != "" {
			name = p.KeyEnv
		}
	}
	return wrong("the config file %s has a key at %s, and keys have no place in it. Delete that line, then set the key as %s in the environment or in .env, or keep it in the system's keyring: banyan key set %s. Where the file was shared, let the provider make a new key", file, at, name, name)
}

// readDotenv reads .env in the working directory. Errors repeat nothing of it.
func readDotenv() (map[string]string, error) {
	values, err := godotenv.Read()
	var path *fs.PathError
	switch {
	case err == nil, errors.Is(err, fs.ErrNotExist):
		return values, nil
	case errors.As(err, &path):
		return nil, wrong("the file .env in this folder cannot be read: %w. Mend or move it; nothing was changed", err)
	}
	return nil, wrong("the file .env in this folder cannot be read: it has something else than NAME=VALUE. Mend or move it; nothing was changed")
}
