package rollout

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"

	"banyan/orchestrator"
)

// maxDepth bounds how deep two schemas are compared.
const maxDepth = 16

// contract lists, in sentences, what the modern offer of an intent does not keep of the
// legacy one: whoever called the old one must be able to call the new one in the same
// way and find everything in its answer. What modern takes or returns beyond that is
// its own affair.
func contract(e *orchestrator.Entry) []string {
	legacy, modern := e.Offer(orchestrator.Legacy), e.Offer(orchestrator.Modern)
	if legacy == nil || modern == nil {
		return nil
	}
	var found []string
	was, is := legacy.Intent, modern.Intent
	if was.Effect != is.Effect {
		found = append(found, fmt.Sprintf("Legacy says that its effect is %s, modern says %s.", was.Effect, is.Effect))
	}
	if was.Subject != is.Subject {
		found = append(found, fmt.Sprintf("The call is about %s in legacy and about %s in modern.", subjectWord(was.Subject), subjectWord(is.Subject)))
	}
	found = append(found, takes("", was.Params, is.Params, 0)...)
	return append(found, returns("", was.Result, is.Result, 0)...)
}

func subjectWord(s string) string {
	if s == "" {
		return "nobody in particular"
	}
	return "the parameter " + s
}

// takes lists which arguments that fit was do not fit is.
func takes(path string, was, is *jsonschema.Schema, depth int) []string {
	if was == nil || is == nil || depth > maxDepth {
		return nil
	}
	var found []string
	for _, name := range slices.Sorted(maps.Keys(was.Properties)) {
		old, now, at := was.Properties[name], is.Properties[name], path+name
		if now == nil {
			if closed(is) || depth == 0 {
				found = append(found, fmt.Sprintf("Modern does not take the parameter %s.", at))
			}
			continue
		}
		if problem := narrower(old, now); problem != "" {
			found = append(found, fmt.Sprintf("The parameter %s %s.", at, problem))
			continue
		}
		found = append(found, takes(at+".", old, now, depth+1)...)
		if old.Items != nil && now.Items != nil {
			if problem := narrower(old.Items, now.Items); problem != "" {
				found = append(found, fmt.Sprintf("The parameter %s[] %s.", at, problem))
				continue
			}
			found = append(found, takes(at+"[].", old.Items, now.Items, depth+1)...)
		}
	}
	for _, name := range slices.Sorted(slices.Values(is.Required)) {
		if !slices.Contains(was.Required, name) {
			found = append(found, fmt.Sprintf("Modern requires the parameter %s, legacy does not.", path+name))
		}
	}
	return found
}

// closed tells whether a schema refuses properties that it does not name.
func closed(s *jsonschema.Schema) bool {
	a := s.AdditionalProperties
	return a != nil && a.Not != nil && a.Type == "" && a.Properties == nil
}

// narrower says what is does not accept of what was does; empty if it accepts all.
func narrower(was, is *jsonschema.Schema) string {
	if missing := without(typesOf(was), typesOf(is)); len(missing) > 0 && len(typesOf(is)) > 0 {
		return fmt.Sprintf("is %s in legacy and %s in modern", typeWords(typesOf(was)), typeWords(typesOf(is)))
	}
	if len(is.Enum) > 0 {
		if len(was.Enum) == 0 && was.Const == nil {
			return fmt.Sprintf("may be anything in legacy and only one of %s in modern", values(is.Enum))
		}
		if lost := lostValues(enumOf(was), is.Enum); len(lost) > 0 {
			return fmt.Sprintf("may not be %s any more in modern", values(lost))
		}
	}
	switch {
	case is.Const != nil && (was.Const == nil || fmt.Sprint(*was.Const) != fmt.Sprint(*is.Const)):
		return fmt.Sprintf("must be %v in modern", *is.Const)
	case is.Pattern != "" && is.Pattern != was.Pattern && len(was.Enum) == 0:
		return fmt.Sprintf("must match %s in modern, in legacy %s", is.Pattern, orNothing(was.Pattern))
	case is.Format != "" && is.Format != was.Format && len(was.Enum) == 0:
		return fmt.Sprintf("has the format %s in modern, in legacy %s", is.Format, orNothing(was.Format))
	case tighter(was.Minimum, is.Minimum, 1), tighter(was.ExclusiveMinimum, is.ExclusiveMinimum, 1) && tighter(was.Minimum, is.ExclusiveMinimum, 1),
		tighterInt(was.MinLength, is.MinLength, 1), tighterInt(was.MinItems, is.MinItems, 1):
		return "has a higher lower bound in modern than in legacy"
	case tighter(was.Maximum, is.Maximum, -1), tighter(was.ExclusiveMaximum, is.ExclusiveMaximum, -1) && tighter(was.Maximum, is.ExclusiveMaximum, -1),
		tighterInt(was.MaxLength, is.MaxLength, -1), tighterInt(was.MaxItems, is.MaxItems, -1):
		return "has a lower upper bound in modern than in legacy"
	}
	return ""
}

func orNothing(s string) string {
	if s == "" {
		return "nothing is asked"
	}
	return s
}

func tighter(was, is *float64, sign float64) bool {
	return is != nil && (was == nil || (*is-*was)*sign > 0)
}

func tighterInt(was, is *int, sign int) bool {
	return is != nil && (was == nil && !(sign > 0 && *is == 0) || was != nil && (*is-*was)*sign > 0)
}

// returns lists what results that fit is lack of what those that fit was have.
func returns(path string, was, is *jsonschema.Schema, depth int) []string {
	switch {
	case was == nil || len(was.Properties) == 0 || depth > maxDepth:
		return nil
	case is == nil:
		return []string{"Modern does not say what it returns."}
	}
	var found []string
	for _, name := range slices.Sorted(maps.Keys(was.Properties)) {
		old, now, at := was.Properties[name], is.Properties[name], path+name
		if now == nil {
			found = append(found, fmt.Sprintf("Modern does not return the field %s.", at))
			continue
		}
		if slices.Contains(was.Required, name) && !slices.Contains(is.Required, name) {
			found = append(found, fmt.Sprintf("Legacy always returns the field %s, modern may leave it out.", at))
			continue
		}
		found = append(found, returned(at, old, now, depth)...)
	}
	return found
}

// returned compares one field of a result.
func returned(at string, old, now *jsonschema.Schema, depth int) []string {
	was, is := typesOf(old), typesOf(now)
	switch {
	case len(was) > 0 && (len(is) == 0 || len(without(is, was)) > 0):
		return []string{fmt.Sprintf("The field %s is %s in legacy and %s in modern.", at, typeWords(was), typeWords(is))}
	case len(enumOf(old)) > 0 && len(enumOf(now)) == 0 && len(is) > 0 && old.Const == nil:
		return []string{fmt.Sprintf("The field %s is one of %s in legacy and may be anything in modern.", at, values(old.Enum))}
	case len(enumOf(old)) > 0 && len(lostValues(enumOf(now), enumOf(old))) > 0:
		return []string{fmt.Sprintf("The field %s may be %s in modern, which legacy never says.", at, values(lostValues(enumOf(now), enumOf(old))))}
	case old.Format != now.Format && old.Format != "":
		return []string{fmt.Sprintf("The field %s has the format %s in legacy, in modern %s.", at, old.Format, formatWord(now.Format))}
	case orchestrator.Unit(old) != orchestrator.Unit(now) && orchestrator.Unit(old) != "":
		return []string{fmt.Sprintf("The field %s is in %s in legacy, in modern %s.", at, orchestrator.Unit(old), formatWord(orchestrator.Unit(now)))}
	}
	found := returns(at+".", old, now, depth+1)
	if old.Items != nil && depth < maxDepth {
		if now.Items == nil {
			return append(found, fmt.Sprintf("Modern does not say what the list %s holds.", at))
		}
		found = append(found, returned(at+"[]", old.Items, now.Items, depth+1)...)
	}
	return found
}

func formatWord(s string) string {
	if s == "" {
		return "it says none"
	}
	return "it is " + s
}

// typesOf are the types that a schema allows; none means any.
func typesOf(s *jsonschema.Schema) []string {
	switch {
	case s.Type != "":
		return []string{s.Type}
	case len(s.Types) > 0:
		return s.Types
	case len(s.Properties) > 0:
		return []string{"object"}
	}
	return nil
}

// without returns the types of a that b does not have; every integer is a number. If a
// allows any type, that is what b lacks.
func without(a, b []string) []string {
	if len(a) == 0 && len(b) > 0 {
		return []string{"anything"}
	}
	var missing []string
	for _, t := range a {
		if !slices.Contains(b, t) && !(t == "integer" && slices.Contains(b, "number")) {
			missing = append(missing, t)
		}
	}
	return missing
}

func enumOf(s *jsonschema.Schema) []any {
	if s.Const != nil {
		return []any{*s.Const}
	}
	return s.Enum
}

// lostValues returns the values of a that are not in b.
func lostValues(a, b []any) []any {
	var lost []any
	for _, v := range a {
		if !slices.ContainsFunc(b, func(w any) bool { return fmt.Sprint(v) == fmt.Sprint(w) }) {
			lost = append(lost, v)
		}
	}
	return lost
}

func values(list []any) string {
	var out []string
	for i, v := range list {
		if i == 5 {
			out = append(out, "…")
			break
		}
		out = append(out, fmt.Sprint(v))
	}
	return strings.Join(out, ", ")
}

func typeWords(list []string) string {
	if len(list) == 0 {
		return "anything"
	}
	return strings.Join(list, " or ")
}
