package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/BurntSushi/toml"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"banyan/backends/offline/language"
	"banyan/orchestrator"
	"banyan/orchestrator/rollout"
)

// options are the settings that all commands share. A setting comes from the
// first of these that has it: flag, environment (BANYAN_…), .env in the working
// directory, config file, default.
type options struct {
	Email      string
	Language   string // of the offline backend; empty: English
	Backend    string // a name, a chain "openai,offline", replay:FILE; empty: what is there decides
	Model      string // of the chain's first model
	BaseURL    string // of the chain's first model
	Record     string
	Cascade    bool
	Cache      bool
	Privacy    string // of personal data: on, off, remote; empty: remote
	Data       string
	Config     string
	Playbooks  string // a folder; empty: beside the config file
	LogLevel   string
	Latency    string
	ASCII      bool
	NoMotion   bool
	Accessible bool
	Masked     bool
	Goal       bool

	// From the config file alone.
	Models map[string]modelSettings
	Budget budgetSettings
	Limits goalSettings
	Harm   limitSettings

	dotenv map[string]string
	vault  *keyVault // nil: no keyring

	// values are the settings that hold for the whole process; given are those of
	// them that somebody gave, and elsewhere those that no flag gave.
	values, given, elsewhere map[string]string

	remarks io.Writer // where a command tells what people must know; nil: a chat does

	trip  *trip  // of this process, if its commands may run in another one
	guest *guest // the other process whose command this is; nil for the own ones

	// For tests and benchmarks alone: another clock than time.Now, a store that does not
	// sync, and what stands right before every service of the shop; nil is nothing.
	now     func() time.Time
	noSync  bool
	beneath func(orchestrator.Service) orchestrator.Service
	// judge are the rules of a demo's canaries; the usual ones if zero.
	judge rollout.Rules
}

// modelSettings are what the config file's [models.NAME] says of a provider.
type modelSettings struct {
	BaseURL string `toml:"base-url"`
	Model   string `toml:"model"`
	// KeyEnv is the environment variable that holds the key; keys themselves have no
	// place in the config file.
	KeyEnv string `toml:"key-env"`
	// US dollars per million tokens; a price that is not given is not known.
	InputPrice  *float64 `toml:"input-price"`
	OutputPrice *float64 `toml:"output-price"`

	RequestsPerMinute int `toml:"requests-per-minute"`
	TokensPerMinute   int `toml:"tokens-per-minute"`
}

func (m modelSettings) price() *orchestrator.Price {
	if m.InputPrice == nil || m.OutputPrice == nil {
		return nil
	}
	return &orchestrator.Price{InputPerMTok: *m.InputPrice, OutputPerMTok: *m.OutputPrice}
}

// budgetSettings limit what models may cost, in US dollars; zero is no limit.
type budgetSettings struct {
	Turn         float64 `toml:"turn"`
	Conversation float64 `toml:"conversation"`
	User         float64 `toml:"user"` // per user and day
	Day          float64 `toml:"day"`
}

// goalSettings limit goal mode: how many plans a backend may make for one message,
// and what they may cost together in US dollars.
type goalSettings struct {
	Rounds int     `toml:"rounds"`
	Cost   float64 `toml:"cost"`
}

// The limits of goal mode, if the config file says nothing else.
const (
	goalRounds = 4
	goalCost   = 0.25
)

// goalLimits are the limits of goal mode that hold.
func (o *options) goalLimits() goalSettings {
	return goalSettings{Rounds: cmp.Or(o.Limits.Rounds, goalRounds), Cost: cmp.Or(o.Limits.Cost, goalCost)}
}

// register declares the flags on the root command.
func (o *options) register(root *cobra.Command) {
	o.vault = systemKeys()
	f := root.PersistentFlags()
	f.StringVar(&o.Email, "email", "", "who asks: an email address of the shop's directory")
	f.StringVar(&o.Language, "language", "", "the language that the offline backend speaks and understands: "+strings.Join(language.Tags(), ", "))
	f.StringVar(&o.Backend, "backend", "", "the language backend, or a chain of which each takes over from the one before: "+strings.Join(backendNames(), ", ")+", replay:FILE (default: the provider whose key is set, else offline)")
	f.StringVar(&o.Model, "model", "", "the model to ask instead of the provider's usual one")
	f.StringVar(&o.BaseURL, "base-url", "", "another address that speaks OpenAI's chat completions, up to and including /v1")
	f.StringVar(&o.Record, "record", "", "record what the backend is asked and says in a new file, secrets and personal data masked")
	f.BoolVar(&o.Cascade, "cascade", false, "let the offline backend do what it is sure of, and ask the model for the rest")
	f.BoolVar(&o.Cache, "cache", false, "repeat a model's reply when exactly the same is asked again")
	f.StringVar(&o.Privacy, "privacy", "remote", "which models get placeholders in place of emails, names, phone numbers and addresses: on (all), off, remote (those not on this machine)")
	f.StringVar(&o.Data, "data", "", "folder for data and logs (default: the XDG folders)")
	f.StringVar(&o.Config, "config", "", "config file (default: $XDG_CONFIG_HOME/banyan/config.toml)")
	f.StringVar(&o.Playbooks, "playbooks", "", "folder of playbooks of your own (default: $XDG_CONFIG_HOME/banyan/playbooks)")
	f.StringVar(&o.LogLevel, "log-level", "warn", "what is logged: debug, info, warn, error")
	f.StringVar(&o.Latency, "legacy-latency", "80ms-250ms", "the monolith's slowness: a duration or a range, 0 for none")
	o.registerGoal(root)
	root.Flags().BoolVar(&o.Accessible, "accessible", false, "a linear chat for screen readers (also ACCESSIBLE=1)")
	root.Flags().BoolVar(&o.ASCII, "ascii", false, "draw with ASCII characters only")
	root.Flags().BoolVar(&o.Masked, "mask", false, "hide personal data on the screen, for presenting; /mask switches it")
	root.Flags().BoolVar(&o.NoMotion, "no-animation", false, "nothing moves by itself")
}

// registerGoal declares the switch of goal mode on a command that runs turns.
func (o *options) registerGoal(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&o.Goal, "goal", false, "goal mode: a model may plan on after the results, within limits; each later change needs its own yes")
}

// settingNames are the flags that may also be set elsewhere, under the same name
// in the config file and as BANYAN_NAME in the environment.
var settingNames = []string{"email", "language", "backend", "model", "base-url", "cascade", "cache", "privacy", "data", "playbooks", "log-level", "legacy-latency", "accessible", "ascii", "no-animation", "mask", "goal"}

// load fills what no flag has set, and checks the values. Errors name the place
// where the wrong value stands.
func (o *options) load(cmd *cobra.Command) error {
	o.remarks = cmd.ErrOrStderr()
	if o.guest != nil {
		return o.loadGuest(cmd)
	}
	o.elsewhere = map[string]string{}
	dotenv, err := readDotenv()
	if err != nil {
		return err
	}
	o.dotenv = dotenv
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
		o.elsewhere[name] = value
	}
	o.keepSettings(cmd)
	return o.check()
}

func setFlag(flag *pflag.Flag, value string) error {
	if value == "" && flag.Value.Type() == "bool" {
		return nil
	}
	err := flag.Value.Set(value)
	if err != nil && flag.Value.Type() == "bool" {
		return fmt.Errorf("%q is neither true nor false", value)
	}
	return err
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
	if err == nil {
		if err := refuseSecrets(file, config); err != nil {
			return nil, file, err
		}
		err = o.readTables(config, file)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist) && !asked:
		return nil, file, nil
	case err != nil:
		return nil, file, wrong("the config file %s cannot be read: %s", file, hideKeys(err.Error()))
	}
	for key := range config {
		if !slices.Contains(settingNames, key) {
			return nil, file, wrong("the config file %s has an unknown key, %s. It may have: %s", file, unknownSetting(key), strings.Join(settingNames, ", "))
		}
	}
	return config, file, nil
}

// readTables takes [models.NAME], [budget], [limits] and [goal-limits] out of the
// config.
func (o *options) readTables(config map[string]any, file string) error {
	var tables struct {
		Models map[string]modelSettings `toml:"models"`
		Budget budgetSettings           `toml:"budget"`
		Limits goalSettings             `toml:"goal-limits"`
		Harm   limitSettings            `toml:"limits"`
	}
	meta, err := toml.DecodeFile(file, &tables)
	if err != nil {
		return err
	}
	for _, key := range meta.Undecoded() {
		if len(key) > 1 {
			return fmt.Errorf("it has an unknown key, %s", unknownSetting(key.String()))
		}
	}
	for name := range tables.Models {
		if !slices.Contains(backendNames(), name) || name == offlineName {
			return fmt.Errorf("[models] has an unknown name, %s; there is: %s", unknownSetting(name), strings.Join(backendNames()[1:], ", "))
		}
	}
	if tables.Limits.Rounds < 0 || tables.Limits.Cost < 0 {
		return errors.New("[goal-limits] has a number below zero")
	}
	if err := tables.Harm.check(func(name string) bool { return meta.IsDefined("limits", name) }); err != nil {
		return err
	}
	o.Models, o.Budget, o.Limits, o.Harm = tables.Models, tables.Budget, tables.Limits, tables.Harm
	delete(config, "models")
	delete(config, "budget")
	delete(config, "goal-limits")
	delete(config, "limits")
	return nil
}

func (o *options) check() error {
	for name := range strings.SplitSeq(o.Backend, ",") {
		if name = strings.TrimSpace(name); name != "" && !strings.HasPrefix(name, replayPrefix) && !slices.Contains(backendNames(), name) {
			return wrong("there is no backend %q. There is: %s, and replay:FILE", name, strings.Join(backendNames(), ", "))
		}
	}
	if _, err := language.New(o.Language); err != nil {
		return wrong("%w", err)
	}
	if _, err := o.logLevel(); err != nil {
		return wrong("the log level %q is none of debug, info, warn, error", o.LogLevel)
	}
	switch o.Privacy {
	case "", privacyOn, privacyOff, privacyRemote:
	default:
		return wrong("privacy is %q; it may be on, off or remote", o.Privacy)
	}
	_, _, err := o.latency()
	return err
}

// The values of privacy: which models get placeholders in place of personal data.
const (
	privacyOn     = "on"     // all
	privacyOff    = "off"    // none
	privacyRemote = "remote" // those that are not on this machine
)

// keepsPrivate tells whether a model gets placeholders in place of personal data.
func (o *options) keepsPrivate(local bool) bool {
	switch o.Privacy {
	case privacyOn:
		return true
	case privacyOff:
		return false
	}
	return !local
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
