package match

import (
	"context"
	"math"
)

// ridge solves kernel ridge regression exactly. kernel is the n×n matrix of
// inner products of the examples, row by row, and is overwritten; penalty is
// added to its diagonal, example by example (the more, the less an example
// counts); target holds for each example the column that is 1, all others are
// 0. It returns the dual weights, n×columns row by row, and the diagonal of the
// inverse, from which the leave-one-out predictions follow: y − α/d. It fails only
// if ctx ends.
func ridge(ctx context.Context, kernel []float64, n int, penalty []float64, target []int, columns int) (alpha, diagonal []float64, err error) {
	for i := range n {
		kernel[i*n+i] += penalty[i]
	}
	if err := cholesky(ctx, kernel, n); err != nil {
		return nil, nil, err
	}
	if err := invertLower(ctx, kernel, n); err != nil {
		return nil, nil, err
	}
	// kernel now holds M = L⁻¹ row by row; the inverse is MᵀM.
	diagonal = make([]float64, n)
	half := make([]float64, n*columns) // M·Y
	for i := range n {
		row := kernel[i*n : i*n+i+1]
		out := half[i*columns : (i+1)*columns]
		for j, v := range row {
			diagonal[j] += v * v
			out[target[j]] += v
		}
	}
	alpha = make([]float64, n*columns)
	for i := range n {
		row := kernel[i*n : i*n+i+1]
		in := half[i*columns : (i+1)*columns]
		for j, v := range row {
			axpy(alpha[j*columns:(j+1)*columns], v, in)
		}
	}
	return alpha, diagonal, nil
}

// cholesky replaces the lower triangle of the symmetric positive matrix a by L
// with a = L·Lᵀ. Four rows go together, so that each row above is read once for
// all of them.
func cholesky(ctx context.Context, a []float64, n int) error {
	i := 0
	for ; i+4 <= n; i += 4 {
		if err := ctx.Err(); err != nil {
			return err
		}
		r0, r1, r2, r3 := a[i*n:][:i], a[(i+1)*n:][:i], a[(i+2)*n:][:i], a[(i+3)*n:][:i]
		for j := range i {
			rj := a[j*n : j*n+j+1]
			s0, s1, s2, s3 := dot4(rj[:j], r0[:j], r1[:j], r2[:j], r3[:j])
			inv := 1 / rj[j]
			r0[j], r1[j], r2[j], r3[j] = (r0[j]-s0)*inv, (r1[j]-s1)*inv, (r2[j]-s2)*inv, (r3[j]-s3)*inv
		}
		for k := i; k < i+4; k++ {
			choleskyRow(a, n, k, i)
		}
	}
	for ; i < n; i++ {
		choleskyRow(a, n, i, 0)
	}
	return nil
}

// choleskyRow finishes row i, whose columns before from are done.
func choleskyRow(a []float64, n, i, from int) {
	ri := a[i*n : i*n+i+1]
	for j := from; j < i; j++ {
		rj := a[j*n : j*n+j+1]
		ri[j] = (ri[j] - dot(ri[:j], rj[:j])) / rj[j]
	}
	ri[i] = math.Sqrt(max(ri[i]-dot(ri[:i], ri[:i]), 1e-12))
}

// invertLower replaces the lower triangular matrix l by its inverse, row by row:
// row i of the inverse is (eᵢ − Σⱼ<ᵢ lᵢⱼ·rowⱼ) / lᵢᵢ.
func invertLower(ctx context.Context, l []float64, n int) error {
	tmp := make([]float64, n)
	for i := range n {
		if err := ctx.Err(); err != nil {
			return err
		}
		ri := l[i*n : i*n+i+1]
		clear(tmp[:i])
		j := 0
		for ; j+4 <= i; j += 4 {
			// Rows j to j+3 have j+1 to j+4 columns; the common part goes together.
			x0, x1, x2, x3 := l[j*n:][:j+1], l[(j+1)*n:][:j+2], l[(j+2)*n:][:j+3], l[(j+3)*n:][:j+4]
			f0, f1, f2, f3 := ri[j], ri[j+1], ri[j+2], ri[j+3]
			axpy4(tmp[:j+1], f0, x0, f1, x1[:j+1], f2, x2[:j+1], f3, x3[:j+1])
			tmp[j+1] += f1*x1[j+1] + f2*x2[j+1] + f3*x3[j+1]
			tmp[j+2] += f2*x2[j+2] + f3*x3[j+2]
			tmp[j+3] += f3 * x3[j+3]
		}
		for ; j < i; j++ {
			axpy(tmp[:j+1], ri[j], l[j*n:j*n+j+1])
		}
		inv := 1 / ri[i]
		for j := range i {
			ri[j] = -tmp[j] * inv
		}
		ri[i] = inv
	}
	return nil
}

// The four functions below are most of the work and touch nothing that is shared:
// the race detector, which makes them several times slower, leaves them alone.

// dot4 returns the inner products of x with four slices of its length.
//
//go:norace
func dot4(x, a, b, c, d []float64) (s0, s1, s2, s3 float64) {
	a, b, c, d = a[:len(x)], b[:len(x)], c[:len(x)], d[:len(x)]
	for i, v := range x {
		s0 += v * a[i]
		s1 += v * b[i]
		s2 += v * c[i]
		s3 += v * d[i]
	}
	return s0, s1, s2, s3
}

// axpy4 adds four multiples of slices of its length to y.
//
//go:norace
func axpy4(y []float64, f0 float64, a []float64, f1 float64, b []float64, f2 float64, c []float64, f3 float64, d []float64) {
	a, b, c, d = a[:len(y)], b[:len(y)], c[:len(y)], d[:len(y)]
	for i := range y {
		y[i] += f0*a[i] + f1*b[i] + (f2*c[i] + f3*d[i])
	}
}

// dot returns the inner product of two slices of one length.
//
//go:norace
func dot(a, b []float64) float64 {
	b = b[:len(a)]
	var s0, s1, s2, s3 float64
	i := 0
	for ; i+4 <= len(a); i += 4 {
		s0 += a[i] * b[i]
		s1 += a[i+1] * b[i+1]
		s2 += a[i+2] * b[i+2]
		s3 += a[i+3] * b[i+3]
	}
	for ; i < len(a); i++ {
		s0 += a[i] * b[i]
	}
	return s0 + s1 + (s2 + s3)
}

// axpy adds f times x to y.
//
//go:norace
func axpy(y []float64, f float64, x []float64) {
	x = x[:len(y)]
	for i := range y {
		y[i] += f * x[i]
	}
}
