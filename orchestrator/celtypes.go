package orchestrator

import (
	"maps"
	"slices"
	"strings"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"github.com/google/jsonschema-go/jsonschema"
)

// Names of the object types that every plan has.
const (
	stepsType = "banyan.steps"
	userType  = "banyan.user"
)

// schemaTypes tells CEL's checker which fields the results of a plan's steps
// have. At run time the values are plain maps, so it is needed for checking only.
type schemaTypes struct {
	types.Provider
	fields  map[string]map[string]*cel.Type // type name → field → type
	stepIDs []string
}

func newSchemaTypes(base types.Provider, catalog *Catalog, steps []Step) *schemaTypes {
	st := &schemaTypes{Provider: base, fields: map[string]map[string]*cel.Type{
		userType: {"email": cel.StringType, "name": cel.StringType, "role": cel.StringType},
	}}
	all := map[string]*cel.Type{}
	for _, s := range steps {
		st.stepIDs = append(st.stepIDs, s.ID)
		var result *jsonschema.Schema
		if e := catalog.Intent(s.Intent); e != nil {
			result = e.Result
		}
		all[s.ID] = st.typeOf(stepsType+"."+s.ID, result)
		if s.ForEach != "" {
			all[s.ID] = cel.ListType(all[s.ID])
		}
	}
	st.fields[stepsType] = all
	return st
}

// typeOf declares the schema's objects under name and returns its CEL type. What
// a schema leaves open is dynamic.
func (st *schemaTypes) typeOf(name string, s *jsonschema.Schema) *cel.Type {
	if s == nil {
		return cel.DynType
	}
	switch schemaType(s) {
	case "string":
		if s.Format == "date-time" || s.Format == "date" {
			return cel.TimestampType
		}
		return cel.StringType
	case "integer":
		return cel.IntType
	case "number":
		return cel.DoubleType
	case "boolean":
		return cel.BoolType
	case "array":
		return cel.ListType(st.typeOf(name+"[]", s.Items))
	case "object":
		if len(s.Properties) == 0 {
			return cel.MapType(cel.StringType, cel.DynType)
		}
		fields := make(map[string]*cel.Type, len(s.Properties))
		for field, p := range s.Properties {
			fields[field] = st.typeOf(name+"."+field, p)
		}
		st.fields[name] = fields
		return cel.ObjectType(name)
	}
	return cel.DynType
}

// schemaType returns the one type of a schema beside null, or "".
func schemaType(s *jsonschema.Schema) string {
	if s.Type != "" {
		return s.Type
	}
	one := ""
	for _, t := range s.Types {
		if t == "null" {
			continue
		}
		if one != "" {
			return ""
		}
		one = t
	}
	return one
}

// FindStructType implements types.Provider.
func (st *schemaTypes) FindStructType(name string) (*types.Type, bool) {
	if _, ok := st.fields[name]; ok {
		return types.NewTypeTypeWithParam(types.NewObjectType(name)), true
	}
	return st.Provider.FindStructType(name)
}

// FindStructFieldNames implements types.Provider.
func (st *schemaTypes) FindStructFieldNames(name string) ([]string, bool) {
	if fields, ok := st.fields[name]; ok {
		return slices.Sorted(maps.Keys(fields)), true
	}
	return st.Provider.FindStructFieldNames(name)
}

// FindStructFieldType implements types.Provider.
func (st *schemaTypes) FindStructFieldType(name, field string) (*types.FieldType, bool) {
	fields, ok := st.fields[name]
	if !ok {
		return st.Provider.FindStructFieldType(name, field)
	}
	t, ok := fields[field]
	if !ok {
		return nil, false
	}
	return &types.FieldType{Type: t}, true
}

// fieldList names the fields of a step's result, with those of the objects in
// its lists: order_id, items[].name.
func (st *schemaTypes) fieldList(step string) string {
	root := stepsType + "." + step
	var names []string
	for typeName, fields := range st.fields {
		if typeName != root && !strings.HasPrefix(typeName, root+".") {
			continue
		}
		prefix := strings.TrimPrefix(strings.TrimPrefix(typeName, root), ".")
		for field := range fields {
			names = append(names, strings.TrimPrefix(prefix+"."+field, "."))
		}
	}
	if len(names) == 0 {
		return "a result of unknown shape"
	}
	slices.Sort(names)
	return "the fields " + strings.Join(names, ", ")
}

// celValue prepares a result for CEL: whole numbers where the schema says
// integer, times where it says date-time or date, and no nulls.
func celValue(s *jsonschema.Schema, v any) any {
	if s == nil {
		return v
	}
	switch t := v.(type) {
	case float64:
		if schemaType(s) == "integer" {
			return int64(t)
		}
	case string:
		switch s.Format {
		case "date-time":
			if at, err := time.Parse(time.RFC3339, t); err == nil {
				return at
			}
		case "date":
			if at, err := time.Parse(time.DateOnly, t); err == nil {
				return at
			}
		}
	case []any:
		out := make([]any, len(t))
		for i, e := range t {
			out[i] = celValue(s.Items, e)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(t))
		for k, e := range t {
			if e != nil {
				out[k] = celValue(s.Properties[k], e)
			}
		}
		return out
	}
	return v
}
