package main

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/BurntSushi/toml"
	"github.com/joho/godotenv"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// options are the settings that all commands share. A setting comes from the
// first of these that has it: flag, environment (BANYAN_…), .env in the working
// directory, config file, default.
type options struct {
	Email      string
	Backend    string
	Data       string
	Config     string
	LogLevel   string
	Latency    string
	ASCII      bool
	NoMotion   bool
	Accessible bool

	// For tests and benchmarks alone: another clock than time.Now, and a store that
	// does not sync.
	now    func() time.Time
	noSync bool
}

// register declares the flags on the root command.
func (o *options) register(root *cobra.Command) {
	f := root.PersistentFlags()
	f.StringVar(&o.Email, "email", "", "who asks: an email address of the shop's directory")
	f.StringVar(&o.Backend, "backend", "offline", "the language backend: "+strings.Join(backendNames(), ", "))
	f.StringVar(&o.Data, "data", "", "folder for data and logs (default: the XDG folders)")
	f.StringVar(&o.Config, "config", "", "config file (default: $XDG_CONFIG_HOME/banyan/config.toml)")
	f.StringVar(&o.LogLevel, "log-level", "warn", "what is logged: debug, info, warn, error")
	f.StringVar(&o.Latency, "legacy-latency", "80ms-250ms", "the monolith's slowness: a duration or a range, 0 for none")
	root.Flags().BoolVar(&o.Accessible, "accessible", false, "a linear chat for screen readers (also ACCESSIBLE=1)")
	root.Flags().BoolVar(&o.ASCII, "ascii", false, "draw with ASCII characters only")
	root.Flags().BoolVar(&o.NoMotion, "no-animation", false, "nothing moves by itself")
}

// settingNames are the flags that may also be set elsewhere, under the same name
// in the config file and as BANYAN_NAME in the environment.
var settingNames = []string{"email", "backend", "data", "log-level", "legacy-latency", "accessible", "ascii", "no-animation"}

// load fills what no flag has set, and checks the values. Errors name the place
// where the wrong value stands.
func (o *options) load(cmd *cobra.Command) error {
	dotenv, err := godotenv.Read()
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return wrong("the file .env in this folder cannot be read: %w. Mend or move it; nothing was changed", err)
	}
	config, file, err := o.readConfig(dotenv)
	if err != nil {
		return err
	}
	for _, name := range settingNames {
		flag := cmd.Flags().Lookup(name)
		if flag == nil || flag.Changed {
			continue
		}
		env := "BANYAN_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
		value, where := "", ""
		if v, ok := os.LookupEnv(env); ok {
			value, where = v, "the environment variable "+env
		} else if v, ok := dotenv[env]; ok {
			value, where = v, env+" in .env"
		} else if v, ok := config[name]; ok {
			value, where = fmt.Sprint(v), name+" in "+file
		}
		if where == "" {
			continue
		}
		if err := setFlag(flag, value); err != nil {
			return wrong("%s is wrong: %w", where, err)
		}
	}
	return o.check()
}

func setFlag(flag *pflag.Flag, value string) error {
	if value == "" && flag.Value.Type() == "bool" {
		return nil
	}
	return flag.Value.Set(value)
}

// readConfig reads the config file. One that was not asked for need not exist.
func (o *options) readConfig(dotenv map[string]string) (map[string]any, string, error) {
	file, asked := o.Config, o.Config != ""
	if !asked {
		file = os.Getenv("BANYAN_CONFIG")
		if file == "" {
			file = dotenv["BANYAN_CONFIG"]
		}
		asked = file != ""
	}
	if !asked {
		dir, err := xdg("XDG_CONFIG_HOME", ".config")
		if err != nil {
			return nil, "", nil //nolint:nilerr // no home, no config file
		}
		file = filepath.Join(dir, "config.toml")
	}
	var config map[string]any
	_, err := toml.DecodeFile(file, &config)
	switch {
	case errors.Is(err, fs.ErrNotExist) && !asked:
		return nil, file, nil
	case err != nil:
		return nil, file, wrong("the config file %s cannot be read: %w", file, err)
	}
	for key := range config {
		if !slices.Contains(settingNames, key) {
			return nil, file, wrong("the config file %s has the unknown key %q. It may have: %s", file, key, strings.Join(settingNames, ", "))
		}
	}
	return config, file, nil
}

func (o *options) check() error {
	if !slices.Contains(backendNames(), o.Backend) {
		return wrong("there is no backend %q. There is: %s", o.Backend, strings.Join(backendNames(), ", "))
	}
	if _, err := o.logLevel(); err != nil {
		return wrong("the log level %q is none of debug, info, warn, error", o.LogLevel)
	}
	_, _, err := o.latency()
	return err
}

func (o *options) logLevel() (slog.Level, error) {
	var l slog.Level
	err := l.UnmarshalText([]byte(o.LogLevel))
	return l, err
}

// latency reads the monolith's slowness: "0", "100ms" or "80ms-250ms".
func (o *options) latency() (low, high time.Duration, err error) {
	bad := wrong("the latency %q is neither a duration such as 100ms nor a range such as 80ms-250ms", o.Latency)
	parse := func(s string) (time.Duration, bool) {
		if s = strings.TrimSpace(s); s == "0" {
			return 0, true
		}
		d, err := time.ParseDuration(s)
		return d, err == nil && d >= 0 && d <= time.Minute
	}
	from, to, isRange := strings.Cut(o.Latency, "-")
	low, ok := parse(from)
	if !ok {
		return 0, 0, bad
	}
	high = low
	if isRange {
		if high, ok = parse(to); !ok || high < low {
			return 0, 0, bad
		}
	}
	return low, high, nil
}

// storePath and logPath say where the data and the log are.
func (o *options) storePath() (string, error) {
	return o.path("XDG_DATA_HOME", filepath.Join(".local", "share"), "banyan.db")
}

func (o *options) logPath() (string, error) {
	return o.path("XDG_STATE_HOME", filepath.Join(".local", "state"), "banyan.log")
}

func (o *options) path(env, fallback, file string) (string, error) {
	if o.Data != "" {
		return filepath.Join(o.Data, file), nil
	}
	dir, err := xdg(env, fallback)
	if err != nil {
		return "", err
	}
	return filepath.Join(dir, file), nil
}

// xdg returns Banyan's folder under an XDG base folder. A relative base folder is
// ignored, as the specification says.
func xdg(env, fallback string) (string, error) {
	if base := os.Getenv(env); filepath.IsAbs(base) {
		return filepath.Join(base, "banyan"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", wrong("there is no home folder to keep data in: %w. Say where with --data DIR", err)
	}
	return filepath.Join(home, fallback, "banyan"), nil
}
