package match

import "math"

// ridge solves kernel ridge regression exactly. kernel is the n×n matrix of
// inner products of the examples, row by row, and is overwritten; penalty is
// added to its diagonal, example by example (the more, the less an example
// counts); target holds for each example the column that is 1, all others are
// 0. It returns the dual weights, n×columns row by row, and the diagonal of the
// inverse, from which the leave-one-out predictions follow: y − α/d.
func ridge(kernel []float64, n int, penalty []float64, target []int, columns int) (alpha, diagonal []float64) {
	for i := range n {
		kernel[i*n+i] += penalty[i]
	}
	cholesky(kernel, n)
	invertLower(kernel, n)
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
	return alpha, diagonal
}

// cholesky replaces the lower triangle of the symmetric positive matrix a by L
// with a = L·Lᵀ.
func cholesky(a []float64, n int) {
	for i := range n {
		ri := a[i*n : i*n+i+1]
		for j := range i {
			rj := a[j*n : j*n+j+1]
			ri[j] = (ri[j] - dot(ri[:j], rj[:j])) / rj[j]
		}
		ri[i] = math.Sqrt(max(ri[i]-dot(ri[:i], ri[:i]), 1e-12))
	}
}

// invertLower replaces the lower triangular matrix l by its inverse, row by row:
// row i of the inverse is (eᵢ − Σⱼ<ᵢ lᵢⱼ·rowⱼ) / lᵢᵢ.
func invertLower(l []float64, n int) {
	tmp := make([]float64, n)
	for i := range n {
		ri := l[i*n : i*n+i+1]
		clear(tmp[:i])
		for j := range i {
			if ri[j] != 0 {
				axpy(tmp[:j+1], -ri[j], l[j*n:j*n+j+1])
			}
		}
		inv := 1 / ri[i]
		for j := range i {
			ri[j] = tmp[j] * inv
		}
		ri[i] = inv
	}
}

// dot returns the inner product of two slices of one length.
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
func axpy(y []float64, f float64, x []float64) {
	x = x[:len(y)]
	for i := range y {
		y[i] += f * x[i]
	}
}
