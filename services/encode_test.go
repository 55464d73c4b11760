package services

import (
	"encoding/json"
	"math"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"
)

type everything struct {
	Text    string             `json:"text"`
	Quiet   string             `json:"quiet,omitempty"`
	Whole   int64              `json:"whole"`
	Small   uint8              `json:"small,omitempty"`
	Ratio   float64            `json:"ratio"`
	Flag    bool               `json:"flag,omitzero"`
	At      time.Time          `json:"at"`
	Maybe   time.Time          `json:"maybe,omitzero"`
	Always  time.Time          `json:"always,omitempty"`
	Inner   inner              `json:"inner"`
	Pointer *inner             `json:"pointer,omitempty"`
	Null    *int               `json:"null"`
	List    []inner            `json:"list"`
	Few     []string           `json:"few,omitempty"`
	Map     map[string]float64 `json:"map"`
	NoTag   string
	Hidden  string `json:"-"`
	private string
}

type inner struct {
	Name string `json:"name,omitempty"`
	N    int    `json:"n"`
}

// TestEncodeIsJSON compares the encoder with a round trip through text.
func TestEncodeIsJSON(t *testing.T) {
	encode, err := encoderOf[everything]()
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		moment := rapid.Custom(func(t *rapid.T) time.Time {
			if rapid.Bool().Draw(t, "zero") {
				return time.Time{}
			}
			return time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "s"), rapid.Int64Range(0, 999).Draw(t, "ns")).UTC()
		})
		part := rapid.Custom(func(t *rapid.T) inner {
			return inner{rapid.String().Draw(t, "name"), rapid.IntRange(-1e9, 1e9).Draw(t, "n")}
		})
		v := everything{
			Text: rapid.String().Draw(t, "text"), Quiet: rapid.String().Draw(t, "quiet"),
			Whole: rapid.Int64Range(-1<<53, 1<<53).Draw(t, "whole"), Small: rapid.Uint8().Draw(t, "small"),
			Ratio: rapid.Float64Range(-1e12, 1e12).Draw(t, "ratio"), Flag: rapid.Bool().Draw(t, "flag"),
			At: moment.Draw(t, "at"), Maybe: moment.Draw(t, "maybe"), Always: moment.Draw(t, "always"),
			Inner: part.Draw(t, "inner"), Pointer: rapid.Ptr(part, true).Draw(t, "pointer"), Null: rapid.Ptr(rapid.IntRange(0, 9), true).Draw(t, "null"),
			List: rapid.SliceOf(part).Draw(t, "list"), Few: rapid.SliceOf(rapid.String()).Draw(t, "few"),
			Map:   rapid.MapOf(rapid.String(), rapid.Float64Range(-9, 9)).Draw(t, "map"),
			NoTag: rapid.String().Draw(t, "notag"), Hidden: "hidden", private: "private",
		}
		raw, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		var want map[string]any
		if err := json.Unmarshal(raw, &want); err != nil {
			t.Fatal(err)
		}
		if got := encode(v); !reflect.DeepEqual(got, want) {
			t.Fatalf("got  %#v\nwant %#v", got, want)
		}
	})
}

func TestEncodeLeavesOutWhatJSONCannotSay(t *testing.T) {
	encode, err := encoderOf[struct {
		N float64   `json:"n"`
		L []float64 `json:"l"`
	}]()
	if err != nil {
		t.Fatal(err)
	}
	got := encode(struct {
		N float64   `json:"n"`
		L []float64 `json:"l"`
	}{N: math.NaN()})
	if got["n"] != nil || !reflect.DeepEqual(got["l"], []any{}) {
		t.Errorf("got %#v", got)
	}
}

func TestEncoderRefuses(t *testing.T) {
	type embedded struct{ inner }
	for name, build := range map[string]func() error{
		"NotStruct": func() error { _, err := encoderOf[int](); return err },
		"Bytes":     func() error { _, err := encoderOf[struct{ B []byte }](); return err },
		"IntKeys":   func() error { _, err := encoderOf[struct{ M map[int]string }](); return err },
		"RawJSON":   func() error { _, err := encoderOf[struct{ R json.RawMessage }](); return err },
		"String": func() error {
			_, err := encoderOf[struct {
				N int `json:",string"`
			}]()
			return err
		},
		"Embedded": func() error { _, err := encoderOf[struct{ Inner embedded }](); return err },
	} {
		if build() == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
