package playbook

import (
	"regexp"
	"slices"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"
	"go.yaml.in/yaml/v3"

	"banyan/orchestrator"
)

// book is one playbook as it stands in a file.
type book struct {
	file string
	keys map[string]*yaml.Node // of the document
	name string

	summary, confirm, answer string
	access                   string
	examples                 []string
	languages                map[string]orchestrator.Words
	params                   []param
	steps                    []step
	partly                   bool
	// flawed is set when there is a mistake in its form. It is checked all the same, so
	// that everything that is wrong is said at once, and never offered.
	flawed bool

	// What the check makes of it.
	intent orchestrator.Intent
	play   orchestrator.Play
}

// param is a parameter of a playbook.
type param struct {
	name     string
	key      *yaml.Node
	schema   *jsonschema.Schema
	required bool
	question string
}

// step is a step with the places of what it says.
type step struct {
	node, id, intent *yaml.Node
	args             []argument
	made             orchestrator.Step // all but its arguments
	when, forEach    *yaml.Node        // the expressions
	otherwise        *yaml.Node
	after            []*yaml.Node

	calls *orchestrator.Intent // what the check has found that it calls; nil if nothing
}

// argument is one argument of a step: an expression, or else a literal.
type argument struct {
	key, value *yaml.Node
	ref, text  string
	flawed     bool // in its form
}

// The names of playbooks are those of intents, the IDs of steps those of the
// kernel, shorter, because the kernel puts the ID of a calling step before them.
var (
	bookName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,63}$`)
	shortID  = regexp.MustCompile(`^[a-z][a-z0-9_]{0,31}$`)
)

// paramsID is the name under which a check sees the parameters, which no step may
// have.
const paramsID = "params"

// maxParams is how many parameters a playbook may have.
const maxParams = 40

// maxSteps is how many steps a playbook may have: as many as the kernel takes in a
// plan.
const maxSteps = 19

// maxRepeat is for how many elements a step may run: as many as the kernel takes.
const maxRepeat = 100

// read reads one document.
func (p *problems) read(doc *yaml.Node) *book {
	b, mistakes := &book{file: p.file}, len(p.list)
	defer func() { b.flawed = len(p.list) > mistakes }()
	b.keys = p.known(doc, "a playbook", "name", "summary", "examples", "params", "steps", "partly", "access", "confirm", "answer", "languages")
	b.name = p.text(b.keys["name"], "the name")
	switch {
	case b.keys["name"] == nil:
		p.at(doc, "the playbook has no name")
	case b.name != "" && !bookName.MatchString(b.name):
		p.at(b.keys["name"], "the name %q must be lower-case letters, digits and underscores, such as return_item", b.name)
	}
	if b.summary = p.text(b.keys["summary"], "the summary"); b.summary == "" {
		p.at(either(b.keys["summary"], doc), "the playbook needs a summary: one line that says what it does")
	}
	b.examples = p.texts(b.keys["examples"], "examples")
	b.confirm, b.answer = p.text(b.keys["confirm"], "confirm"), p.text(b.keys["answer"], "answer")
	b.access = p.text(b.keys["access"], "access")
	b.partly = p.flag(b.keys["partly"], "partly")
	if n := b.keys["languages"]; n != nil {
		b.languages = map[string]orchestrator.Words{}
		for _, f := range p.fields(n, "languages") {
			p.tag(f.key)
			b.languages[f.key.Value] = p.words(f.value)
		}
	}
	if n := b.keys["params"]; n != nil {
		all := p.fields(n, "params")
		if len(all) > maxParams {
			p.at(all[maxParams].key, "the playbook has %d parameters, at most %d are allowed", len(all), maxParams)
			all = all[:maxParams]
		}
		for _, f := range all {
			b.params = append(b.params, p.param(f))
		}
	}
	p.wordings(b)
	steps := p.items(b.keys["steps"], "steps")
	if len(steps) == 0 {
		p.at(either(b.keys["steps"], doc), "the playbook has no steps")
	}
	if len(steps) > maxSteps {
		p.at(steps[maxSteps], "the playbook has %d steps, at most %d are allowed", len(steps), maxSteps)
		steps = steps[:maxSteps]
	}
	for _, n := range steps {
		b.steps = append(b.steps, p.step(n))
	}
	p.answers(b)
	return b
}

// inAnswer finds the steps whose results a template reads.
var inAnswer = regexp.MustCompile(`\.result\.([A-Za-z0-9_]+)`)

// answers checks that the answer reads results of steps that there are.
func (p *problems) answers(b *book) {
	var ids []string
	for _, s := range b.steps {
		ids = append(ids, s.made.ID)
	}
	for _, m := range inAnswer.FindAllStringSubmatch(b.answer, -1) {
		if !slices.Contains(ids, m[1]) {
			p.at(b.keys["answer"], "the answer reads .result.%s, and there is no such step%s", m[1], perhaps(m[1], ids))
		}
	}
}

func either(n, otherwise *yaml.Node) *yaml.Node {
	if n == nil {
		return otherwise
	}
	return n
}

func (p *problems) param(f field) param {
	out := param{name: f.key.Value, key: f.key, schema: &jsonschema.Schema{Type: "string"}}
	what := "the parameter " + out.name
	if !shortID.MatchString(out.name) {
		p.at(f.key, "the name %q of a parameter must be a short lower-case identifier", out.name)
	}
	if f.value.Kind == yaml.ScalarNode && f.value.ShortTag() == "!!null" {
		return out // "reason:" alone is a text
	}
	k := p.known(f.value, what, "type", "title", "description", "format", "pattern", "enum", "synonyms", "unit", "min", "max", "minlen", "maxlen", "example", "required", "question")
	s := out.schema
	if kind := p.text(k["type"], "the type"); kind != "" {
		if s.Type = kind; !slices.Contains([]string{"string", "integer", "number", "boolean"}, kind) {
			p.at(k["type"], "the type %q is none of string, integer, number, boolean", kind)
		}
	}
	s.Title, s.Description = p.text(k["title"], "the title"), p.text(k["description"], "the description")
	if s.Title == "" {
		s.Title = strings.ReplaceAll(out.name, "_", " ")
	}
	s.Format, s.Pattern = p.text(k["format"], "the format"), p.text(k["pattern"], "the pattern")
	if _, err := regexp.Compile(s.Pattern); err != nil {
		p.at(k["pattern"], "the pattern is no regular expression: %v", err)
		s.Pattern = ""
	}
	s.Minimum, s.Maximum = p.number(k["min"], "min"), p.number(k["max"], "max")
	s.MinLength, s.MaxLength = p.whole(k["minlen"], "minlen"), p.whole(k["maxlen"], "maxlen")
	for _, e := range p.items(k["enum"], "enum") {
		s.Enum = append(s.Enum, p.literal(e, s.Type))
	}
	if n := k["example"]; n != nil {
		s.Examples = []any{p.literal(n, s.Type)}
	}
	p.bounds(s, k)
	form(s)
	extra := map[string]any{}
	if unit := p.text(k["unit"], "the unit"); unit != "" {
		extra["x-unit"] = unit
	}
	if n := k["synonyms"]; n != nil {
		words := map[string]any{}
		for _, f := range p.fields(n, "synonyms") {
			if !slices.Contains(s.Enum, any(f.key.Value)) {
				p.at(f.key, "%q is none of the values of %s", f.key.Value, what)
			}
			var list []any
			for _, w := range p.texts(f.value, "synonyms") {
				list = append(list, w)
			}
			words[f.key.Value] = list
		}
		extra["x-synonyms"] = words
	}
	if len(extra) > 0 {
		s.Extra = extra
	}
	out.required = p.flag(k["required"], "required")
	out.question = p.text(k["question"], "the question")
	return out
}

// words reads the wordings of one language.
func (p *problems) words(n *yaml.Node) orchestrator.Words {
	k := p.known(n, "a language", "summary", "confirm", "answer", "examples", "labels", "values")
	w := orchestrator.Words{
		Summary: p.text(k["summary"], "the summary"), Confirm: p.text(k["confirm"], "confirm"), Answer: p.text(k["answer"], "answer"),
		Examples: p.texts(k["examples"], "examples"), Labels: map[string]string{}, Values: map[string][]string{},
	}
	if n := k["labels"]; n != nil {
		for _, f := range p.fields(n, "labels") {
			w.Labels[f.key.Value] = p.text(f.value, "the label")
		}
	}
	if n := k["values"]; n != nil {
		for _, f := range p.fields(n, "values") {
			w.Values[f.key.Value] = p.texts(f.value, "values")
		}
	}
	return w
}

func (p *problems) literal(n *yaml.Node, kind string) any {
	v, err := literal(n, kind)
	if err != nil {
		p.at(n, "the value cannot be used: %v", err)
	}
	return v
}

func (p *problems) step(n *yaml.Node) step {
	if n.Kind != yaml.MappingNode {
		p.at(n, "a step must be a list of names with values, such as \"id: order\"")
		return step{node: n}
	}
	k := p.known(n, "a step", "id", "intent", "args", "when", "otherwise", "for_each", "max", "after", "text", "lookup")
	s := step{node: n, id: k["id"], intent: k["intent"], otherwise: k["otherwise"], forEach: k["for_each"]}
	s.made = orchestrator.Step{
		ID: p.text(s.id, "the id"), Intent: p.text(s.intent, "the intent"), Text: p.text(k["text"], "the text"),
		Otherwise: p.text(s.otherwise, "otherwise"), Lookup: p.flag(k["lookup"], "lookup"),
		ForEach: expression(p.text(s.forEach, "for_each")),
	}
	switch {
	case s.id == nil:
		p.at(n, "the step has no id")
	case !shortID.MatchString(s.made.ID), s.made.ID == paramsID:
		p.at(s.id, "the id %q must be a short lower-case identifier other than %s", s.made.ID, paramsID)
	}
	if s.intent == nil {
		p.at(n, "the step says no intent")
	}
	if limit := p.whole(k["max"], "max"); limit != nil {
		s.made.Max = *limit
		if s.forEach == nil {
			p.at(k["max"], "max goes with for_each, which the step does not have")
		}
		if *limit > maxRepeat {
			p.at(k["max"], "max is %d, at most %d are allowed", *limit, maxRepeat)
			s.made.Max = maxRepeat
		}
	}
	s.after = p.items(k["after"], "after")
	for _, a := range s.after {
		s.made.After = append(s.made.After, p.text(a, "after"))
	}
	if w := k["when"]; w != nil {
		c := p.known(w, "when", "text", "expr")
		s.when = c["expr"]
		s.made.When = &orchestrator.Condition{Text: p.text(c["text"], "the text of the condition"), Expr: expression(p.text(c["expr"], "the condition"))}
		if s.made.When.Expr == "" || s.made.When.Text == "" {
			p.at(w, "a condition needs an expr, and a text that puts it into words")
		}
	}
	if n := k["args"]; n != nil {
		for _, f := range p.fields(n, "args") {
			s.args = append(s.args, p.argument(f))
		}
	}
	return s
}

// argument reads an argument: "=expression", {ref: expression, text: words},
// {value: literal} or a literal.
func (p *problems) argument(f field) argument {
	a := argument{key: f.key, value: f.value}
	switch f.value.Kind {
	case yaml.ScalarNode:
		if f.value.ShortTag() == "!!str" && strings.HasPrefix(f.value.Value, "=") {
			a.ref = expression(f.value.Value)
		}
	case yaml.MappingNode:
		k := p.known(f.value, "an argument", "ref", "text", "value")
		a.text = p.text(k["text"], "the text")
		switch {
		case (k["ref"] == nil) == (k["value"] == nil):
			p.at(f.value, "an argument that is not a plain value has either a ref or a value")
			a.flawed = true
		case k["ref"] != nil:
			a.value, a.ref = k["ref"], expression(p.text(k["ref"], "ref"))
		default:
			a.value = k["value"]
		}
	default: // a list, which is a literal
	}
	return a
}

// expression takes the sign off that marks one.
func expression(s string) string { return strings.TrimSpace(strings.TrimPrefix(s, "=")) }
