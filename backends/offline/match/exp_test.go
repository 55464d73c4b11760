package match

import (
	"testing"
	"time"
)

func TestExp(t *testing.T) {
	for _, name := range []string{"snips", "clinc150"} {
		classes, cases := mustSet(t, name)
		t0 := time.Now()
		m := Train(classes)
		d := time.Since(t0)
		t0 = time.Now()
		f := measure(m, cases)
		t.Logf("%s train %v per msg %v feats %d accept %.3f w %.2f: %+v", name, d, time.Since(t0)/time.Duration(len(cases)), len(m.lex.idf), m.Accept, []float64{m.fit.offset, m.fit.slope}, f)
	}
}
