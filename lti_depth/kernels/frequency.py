"""Responses and delays on the unit circle, layer by layer; w = e^{−iω}.

Scalar layers are taken in double-double, 64 frequencies at a time (`bilinear`), wide ones in doubles. There nothing
cancels for λ near 1 and ω near 0, nor for λ near −1 and ω near π:

    1 − λ w = (1 − λ) + λ (1 − w) = (1 + λ) − λ (1 + w),   1 − w = s + i sin ω,   1 + w = 2 − s − i sin ω,

with s = 2 sin²(ω/2) and 2 − s = 2 cos²(ω/2). The second form serves the left half plane.
"""

import math

import numpy as np

from . import bilinear
from . import doubledouble as dd
from .angles import LANES
from .jit import jit


@jit
def _angle(omega):
    """w = e^{−iω}, 1 − cos ω and 1 + cos ω."""
    sine, cosine = math.sin(omega / 2.0), math.cos(omega / 2.0)
    return complex((cosine - sine) * (cosine + sine), -2.0 * sine * cosine), 2.0 * sine * sine, 2.0 * cosine * cosine


@jit
def _one_minus(pole, w, minus, plus):
    """1 − λ w."""
    re, im = pole.real, pole.imag
    if re < 0.0:
        return complex((1.0 + re) - (re * plus - im * w.imag), im * (1.0 - plus) - re * w.imag)
    return complex((1.0 - re) + (re * minus + im * w.imag), im * (minus - 1.0) - re * w.imag)


@jit
def _divide(a, b):
    """a/b for |b| well inside the range of doubles; not finite where b = 0."""
    size = 1.0 / (b.real * b.real + b.imag * b.imag)
    return complex((a.real * b.real + a.imag * b.imag) * size, (a.imag * b.real - a.real * b.imag) * size)


@jit
def _normalize(z):
    """z as a mantissa and a binary exponent, once it is far from 1."""
    size = max(abs(z.real), abs(z.imag))
    if size < 1e-100 or 1e100 < size < np.inf:
        shift = math.frexp(size)[1]
        return complex(math.ldexp(z.real, -shift), math.ldexp(z.imag, -shift)), shift
    return z, 0


@jit
def cascade_response(poles, b, c, d, current, omega):
    """Π_k (d_k + c_k b_k v/(1 − λ_k w)), v = 1 (current) or w (delayed): mantissas and binary exponents, (n,) each.

    Numerators and denominators are multiplied apart, in double-double, and divided once.
    """
    n = len(omega)
    out, exponents = np.empty(n, np.complex128), np.empty(n, np.int64)
    rows, _, _, exponent, order = bilinear.table(poles, b, c, d, current)
    at, work, shifts = np.empty(7 * LANES), np.empty(5 * LANES), np.empty(LANES, np.int64)
    top, bottom, powers = np.empty(4 * LANES), np.empty(4 * LANES), np.empty(LANES, np.int64)
    for start in range(0, n, LANES):
        count = min(LANES, n - start)
        bilinear.points(omega, start, at, work, shifts)
        powers[:] = exponent - order * shifts
        top[:], bottom[:] = 0.0, 0.0
        top[:LANES], bottom[:LANES] = 1.0, 1.0
        for k in range(len(poles)):
            if bilinear.is_real(rows[k]):
                _multiply(top, bilinear.form(rows[k], bilinear.Q, dd.REAL), work, count, powers, 1)
                _multiply(bottom, bilinear.form(rows[k], bilinear.G, dd.REAL), work, count, powers, -1)
            else:
                _multiply(top, bilinear.form(rows[k], bilinear.Q, dd.COMPLEX), work, count, powers, 1)
                _multiply(bottom, bilinear.form(rows[k], bilinear.G, dd.COMPLEX), work, count, powers, -1)
        for j in range(count):
            above, below = complex(top[j], top[2 * LANES + j]), complex(bottom[j], bottom[2 * LANES + j])
            out[start + j] = above / below if below != 0.0 else complex(np.inf, np.nan)
            exponents[start + j] = powers[j]
    return out, exponents


@jit
def _multiply(product, form, work, count, powers, sign):
    """Onto the product, from which powers of two are taken where it has gone far."""
    far = 0
    for j in range(count):
        re, im = bilinear.real_part(work, j, *form), bilinear.imaginary_part(work, j, *form)
        x, y = (product[j], product[LANES + j]), (product[2 * LANES + j], product[3 * LANES + j])
        negative = dd.mul((-im[0], -im[1]), y)
        x, y = dd.add(dd.mul(re, x), negative), dd.add(dd.mul(re, y), dd.mul(im, x))
        product[j], product[LANES + j], product[2 * LANES + j], product[3 * LANES + j] = x[0], x[1], y[0], y[1]
        far += 0 if 1e-100 < max(abs(x[0]), abs(y[0])) < 1e100 else 1
    if far:
        _level(product, count, powers, sign)


@jit
def _level(product, count, powers, sign):
    for j in range(count):
        shift = _normalize(complex(product[j], product[2 * LANES + j]))[1]
        if shift != 0:
            powers[j] += sign * shift
            for part in range(j, 4 * LANES, LANES):
                product[part] = math.ldexp(product[part], -shift)


@jit
def cascade_delay(poles, b, c, d, current, omega):
    """Σ_k Re[w Ḣ_k/H_k], (n,), Ḣ by w; nan at a zero or pole of a layer."""
    out, at, work = np.empty(len(omega)), np.empty(7 * LANES), np.empty(5 * LANES)
    totals, losts, shifts = np.empty(LANES), np.empty(LANES), np.empty(LANES, np.int64)
    rows, kinds, scales, _, _ = bilinear.table(poles, b, c, d, current)
    for start in range(0, len(omega), LANES):
        count = min(LANES, len(omega) - start)
        bilinear.points(omega, start, at, work, shifts)
        totals[:], losts[:] = 0.0, 0.0
        for k in range(len(poles)):
            if kinds[k] == len(bilinear.TURNED):
                _add(totals, losts, rows[k], scales[k], bilinear.TURNED, dd.COMPLEX, work, count)
            elif kinds[k] == len(bilinear.PARTED):
                _add(totals, losts, rows[k], scales[k], bilinear.PARTED, dd.COMPLEX, work, count)
            elif bilinear.is_real(rows[k]):
                _add(totals, losts, rows[k], scales[k], bilinear.WHOLE, dd.REAL, work, count)
            else:
                _add(totals, losts, rows[k], scales[k], bilinear.WHOLE, dd.COMPLEX, work, count)
        for j in range(count):
            delay = totals[j] - losts[j]
            out[start + j] = delay if math.isfinite(delay) else np.nan
    return out


@jit
def _add(totals, losts, row, scale, kind, digits, work, count):
    """The delay of a layer onto compensated sums (Kahan)."""
    g, q = bilinear.form(row, bilinear.G, digits), bilinear.form(row, bilinear.Q, digits)
    layer = g, q, bilinear.form(row, bilinear.N, digits), scale
    for j in range(count):
        delay = bilinear.delay(layer, kind, work, j) - losts[j]
        advanced = totals[j] + delay
        losts[j] = (advanced - totals[j]) - delay
        totals[j] = advanced


@jit
def wide_response(poles, B, C, D, current, omega):
    """H_k and w Ḣ_k of every layer, (n, K, H, H) each.

    H_k = D + Σ_n C_n B_n g/(1 − λ_n w); w Ḣ_k = Σ_n C_n B_n h/(1 − λ_n w)², h = λ_n w (current) or w (delayed).
    """
    K, N, H = B.shape
    out = np.zeros((len(omega), K, H, H), dtype=np.complex128)
    slope = np.zeros((len(omega), K, H, H), dtype=np.complex128)
    for n in range(len(omega)):
        w, minus, plus = _angle(omega[n])
        for k in range(K):
            for i in range(H):
                for j in range(H):
                    out[n, k, i, j] = D[k, i, j]
            for m in range(N):
                g = _one_minus(poles[k, m], w, minus, plus)
                value = _divide(complex(1.0), g) if current else _divide(w, g)
                derivative = _divide(poles[k, m] * w if current else w, g * g)
                for i in range(H):
                    for j in range(H):
                        residue = C[k, i, m] * B[k, m, j]
                        if residue != 0.0:  # a silent state has no pole
                            out[n, k, i, j] += residue * value
                            slope[n, k, i, j] += residue * derivative
    return out, slope
