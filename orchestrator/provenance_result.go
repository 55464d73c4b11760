package orchestrator

import (
	"maps"
	"slices"
	"strconv"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"github.com/google/jsonschema-go/jsonschema"
)

// inResults looks for a value in the results that are about the same customer: those
// of this turn, those of the conversation, and those of the user's other conversations.
// trusted is the first field that may be trusted, text the first that may not; their
// kind is empty if there is none.
func (r *run) inResults(s *stepRun, value any, kind paramKind) (trusted, text origin) {
	look := func(rec *StepRecord, from, prefix string) bool {
		if rec.Status != StepDone || rec.Group || rec.For != "" && s.subject.Email != "" && rec.For != s.subject.Email {
			return false
		}
		fields(r.resultSchema(rec), rec.Result, "", "", func(name, path string, schema *jsonschema.Schema, v any) bool {
			if !same(v, value) {
				return true
			}
			o := origin{kind: from, at: prefix + "." + path, of: rec.Intent}
			if vouched(name, schema, v, kind) {
				trusted = o
				return false
			}
			if text.kind == "" {
				o.kind = FromText
				text = o
			}
			return true
		})
		return trusted.kind != ""
	}
	for _, rec := range r.records() {
		if look(&rec, FromResult, rec.ID) {
			return trusted, text
		}
	}
	for _, turns := range [2][]Turn{r.history, r.digest} {
		for i := len(turns) - 1; i >= 0; i-- {
			for j := range turns[i].Steps {
				rec := &turns[i].Steps[j]
				if look(rec, FromEarlier, rec.Intent) {
					return trusted, text
				}
			}
		}
	}
	return trusted, text
}

// resultSchema is what the service said of the result when it gave it, as far as it
// still says so.
func (r *run) resultSchema(rec *StepRecord) *jsonschema.Schema {
	e := r.catalog.Intent(rec.Intent)
	if e == nil {
		return nil
	}
	for i := range e.Offers {
		if e.Offers[i].Service == rec.Service {
			return e.Offers[i].Intent.Result
		}
	}
	return e.Result
}

// fields visits the plain values of a result with the name of the field that each
// stands in, until visit returns false.
func fields(s *jsonschema.Schema, v any, name, path string, visit func(name, path string, s *jsonschema.Schema, v any) bool) bool {
	switch t := v.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(t)) {
			at := key
			if path != "" {
				at = path + "." + key
			}
			if !fields(property(s, key), t[key], key, at, visit) {
				return false
			}
		}
		return true
	case []any:
		var items *jsonschema.Schema
		if s != nil {
			items = s.Items
		}
		for i, e := range t {
			if !fields(items, e, name, path+"["+strconv.Itoa(i)+"]", visit) {
				return false
			}
		}
		return true
	case nil:
		return true
	}
	return visit(name, path, s, v)
}

// same compares plain values in JSON's shape; a number and its digits are the same.
func same(a, b any) bool {
	if a == b {
		return true
	}
	switch x := a.(type) {
	case float64:
		y, ok := b.(string)
		return ok && written(x) == y
	case string:
		y, ok := b.(float64)
		return ok && written(y) == x
	}
	return false
}

// computed tells whether a number was worked out from numbers of results, with no
// others than those that the user said. Without a reference, the value must be what the
// user asked to make of a number: its double, its half, so many percent of it.
func (r *run) computed(s *stepRun, ref string, value any) bool {
	n, ok := value.(float64)
	if !ok {
		return false
	}
	said := r.saidByUser()
	if ref == "" {
		for _, ratio := range said.ratios() {
			base := n / ratio
			if said.number(base) {
				return true
			}
			if o, _ := r.inResults(s, base, plainParam); o.kind != "" {
				return true
			}
		}
		return false
	}
	consts, plain := r.constants(s, ref)
	if !plain {
		return false
	}
	small := 0
	for _, c := range consts {
		switch {
		case said.number(c) || slices.Contains(said.ratios(), c):
		case c == 0 || c == 1:
			small++
		default:
			return false
		}
	}
	return small <= 2
}

// constants returns the numbers that an expression itself contains, but for those that
// pick an element of a list. plain is false if it makes numbers of texts, or cannot be
// read.
func (r *run) constants(s *stepRun, ref string) (consts []float64, plain bool) {
	var root ast.NavigableExpr
	for name, arg := range s.step.Args {
		if arg.Ref == ref && s.refs[name] != nil && s.refs[name].checked != nil {
			root = ast.NavigateAST(s.refs[name].checked.NativeRep())
		}
	}
	if root == nil {
		return nil, false
	}
	plain = true
	var visit func(e ast.NavigableExpr, index bool)
	visit = func(e ast.NavigableExpr, index bool) {
		switch e.Kind() {
		case ast.LiteralKind:
			switch v := e.AsLiteral().(type) {
			case types.Int:
				if !index {
					consts = append(consts, float64(v))
				}
			case types.Uint:
				consts = append(consts, float64(v))
			case types.Double:
				consts = append(consts, float64(v))
			}
			return
		case ast.CallKind:
			switch fn := e.AsCall().FunctionName(); fn {
			case operators.Index, operators.OptIndex:
				for i, c := range e.Children() {
					visit(c, i > 0)
				}
				return
			case "int", "uint", "double":
				for _, arg := range e.AsCall().Args() {
					if t := s.typeIn(ref, arg.ID()); t == nil || !isNumeric(t) {
						plain = false
					}
				}
			case "size", "indexOf", "lastIndexOf", "split", "substring", "replace":
				plain = false
			}
		default:
		}
		for _, c := range e.Children() {
			visit(c, false)
		}
	}
	visit(root, false)
	return consts, plain
}

// typeIn is the type that a part of a reference was found to have.
func (s *stepRun) typeIn(ref string, id int64) *cel.Type {
	for name, arg := range s.step.Args {
		if arg.Ref == ref && s.refs[name] != nil && s.refs[name].checked != nil {
			return s.refs[name].checked.NativeRep().GetType(id)
		}
	}
	return nil
}

func isNumeric(t *cel.Type) bool {
	switch t.Kind() {
	case types.IntKind, types.UintKind, types.DoubleKind:
		return true
	default:
		return false
	}
}

// readBy names the intent of the first step that a step reads.
func (r *run) readBy(s *stepRun) string {
	for _, other := range s.needs {
		if !other.isPlay() {
			return other.entry.Name
		}
	}
	return ""
}
