package monolith

import (
	"go/ast"
	goparser "go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func mustCopybook(tb testing.TB) *Copybook {
	tb.Helper()
	b, err := LoadCopybook()
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

func TestCopybookCodesAreThoseOfTheProgram(t *testing.T) {
	file, err := goparser.ParseFile(token.NewFileSet(), "codes.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var program []Code
	ast.Inspect(file, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.INT {
			n, _ := strconv.Atoi(lit.Value)
			program = append(program, Code(n))
		}
		return true
	})
	slices.Sort(program)
	if page := mustCopybook(t).Codes(); !slices.Equal(program, page) {
		t.Errorf("codes.go has %d, the copybook %d", program, page)
	}
}

func TestCopybookRecordsAreThoseOfTheTransactions(t *testing.T) {
	b := mustCopybook(t)
	n := 0
	for _, name := range b.Layouts() {
		code, isRequest := strings.CutSuffix(name, "-REQUEST")
		if !isRequest {
			continue
		}
		n++
		if _, ok := transactions(code); !ok {
			t.Errorf("no program for %s", name)
		}
		if b.Layout(code+"-RESPONSE") == nil {
			t.Errorf("no %s-RESPONSE", code)
		}
	}
	if n != 22 {
		t.Errorf("%d transactions, want 22", n)
	}
}

func TestParseCopybookRejects(t *testing.T) {
	for name, text := range map[string]string{
		"FieldOutsideARecord": "05 A PIC X(1).",
		"UnknownPicture":      "01 R.\n05 A PIC Z(1).",
		"ZeroWidth":           "01 R.\n05 A PIC X(0).",
		"WideNumber":          "01 R.\n05 A PIC 9(19).",
		"FieldTwice":          "01 R.\n05 A PIC X(1).\n05 A PIC X(1).",
		"RecordTwice":         "01 R.\n01 R.",
		"UnknownCopy":         "01 R.\nCOPY S.",
		"ListWithoutCount":    "01 R.\n05 L OCCURS 0 TO 9 TIMES DEPENDING ON N.\n10 A PIC X(1).",
		"CountTooNarrow":      "01 R.\n05 N PIC 9(1).\n05 L OCCURS 0 TO 10 TIMES DEPENDING ON N.\n10 A PIC X(1).",
		"EmptyList":           "01 R.\n05 N PIC 9(1).\n05 L OCCURS 0 TO 9 TIMES DEPENDING ON N.",
		"ValueOfANumber":      "01 R.\n05 N PIC 9(1).\n88 V VALUE \"1\".",
		"NoLevel":             "RECORD R.",
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := parseCopybook("```copybook\n" + text + "\n```\n"); err == nil {
				t.Errorf("accepted:\n%s", text)
			}
		})
	}
}

func TestParseCopybookNestsLists(t *testing.T) {
	b, err := parseCopybook("```copybook\n01 R.\n05 N PIC 9(1).\n05 L OCCURS 0 TO 3 TIMES DEPENDING ON N.\n" +
		"10 M PIC 9(1).\n10 K OCCURS 0 TO 2 TIMES DEPENDING ON M.\n15 A PIC X(2).\n10 B PIC X(1).\n05 Z PIC X(1).\n```")
	if err != nil {
		t.Fatal(err)
	}
	r := b.New("R")
	one, two := r.Add("L"), r.Add("L")
	one.Add("K").SetText("A", "é")
	one.SetText("B", "x")
	two.Add("K").SetText("A", "q")
	two.Add("K").SetText("A", "rs")
	r.SetText("Z", "!")
	got, err := r.Encode()
	if want := "21é x2q rs !"; err != nil || got != want {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
}
