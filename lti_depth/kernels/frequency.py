"""Responses and delays on the unit circle, layer by layer; w = e^{−iω}.

Nothing cancels for λ near 1 and ω near 0, nor for λ near −1 and ω near π:

    1 − λ w = (1 − λ) + λ (1 − w) = (1 + λ) − λ (1 + w),   1 − w = s + i sin ω,   1 + w = 2 − s − i sin ω,

with s = 2 sin²(ω/2) and 2 − s = 2 cos²(ω/2). The second form serves the left half plane.
"""

import math

import numpy as np

from . import doubledouble as dd
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

    Numerators and denominators are multiplied apart and divided once: fewest roundings a layer.
    """
    out = np.empty(len(omega), dtype=np.complex128)
    exponents = np.zeros(len(omega), dtype=np.int64)
    for n in range(len(omega)):
        w, minus, plus = _angle(omega[n])
        top, bottom, exponent = complex(1.0, 0.0), complex(1.0, 0.0), 0
        for k in range(len(poles)):
            g = _one_minus(poles[k], w, minus, plus)
            r = c[k] * b[k]
            top *= d[k] * g + (r if current else r * w)
            bottom *= g
            top, up = _normalize(top)
            bottom, down = _normalize(bottom)
            exponent += up - down
        out[n] = top / bottom if bottom != 0.0 else complex(np.inf, np.nan)
        exponents[n] = exponent
    return out, exponents


@jit
def _pole_delay(pole, w, minus, plus):
    """Re[λ w/(1 − λ w)] = [Re(λ w) − |λ|²]/|1 − λ w|²; for real λ, with δ = 1 − |λ|: |λ| (δ − s)/(δ² + 2 |λ| s)."""
    re, im = pole.real, pole.imag
    delta, s = (1.0 - re, minus) if re >= 0.0 else (1.0 + re, plus)
    if im == 0.0:
        return abs(re) * (delta - s) / (delta * delta + 2.0 * abs(re) * s)
    g = _one_minus(pole, w, minus, plus)
    return (abs(re) * (delta - s) - im * (w.imag + im)) / (g.real * g.real + g.imag * g.imag)


@jit
def _real_delay(pole, r, d, current, minus, plus):
    """Re[w Ḣ/H] of a real layer with feedthrough, without complex numbers: g = 1 − λ w, H = q/g, q = A + M w.

    With λ ≥ 0, δ = 1 − λ, s = 1 − cos ω, and A = d, M = r − d λ (delayed) or A = d + r, M = −d λ (current):

        delayed    r [d (δ² − s (1 + λ²)) + r (δ + λ s)]/(|g|² |q|²)
        current  r λ [d (δ² − s (1 + λ²)) + r (δ − s)]/(|g|² |q|²),

    |g|² = δ² + 2 λ s;  |q|² = (A + M)² − 2 A M s, or (A − M)² + 2 A M (2 − s), whichever has no minus. A negative λ is
    a positive one at ω + π, where w has the other sign. Sums in double-double: s alone is rounded before.
    """
    s, rest = (minus, plus) if pole >= 0.0 else (plus, minus)
    size, turn = dd.lift(complex(abs(pole))), dd.lift(complex(s))
    through, around = dd.lift(complex(d)), dd.lift(complex(r if current or pole >= 0.0 else -r))
    gap, passed = dd.sub(dd.ONE, size), dd.mul(through, size)
    square = dd.mul(gap, gap)
    mixed = dd.mul(through, dd.sub(square, dd.mul(turn, dd.add(dd.ONE, dd.mul(size, size)))))
    if current:
        A, M = dd.add(through, around), dd.sub(dd.ZERO, passed)
        top = dd.mul(dd.mul(around, size), dd.add(mixed, dd.mul(around, dd.sub(gap, turn))))
    else:
        A, M = through, dd.sub(around, passed)
        top = dd.mul(around, dd.add(mixed, dd.mul(around, dd.add(gap, dd.mul(size, turn)))))
    product = dd.value(dd.mul(A, M)).real
    whole = dd.value(dd.add(A, M) if product <= 0.0 else dd.sub(A, M)).real
    q = whole * whole + 2.0 * abs(product) * (s if product <= 0.0 else rest)
    g = dd.value(dd.add(square, dd.mul(dd.add(size, size), turn))).real
    ratio = dd.value(top).real / (g * q)
    return ratio if math.isfinite(ratio) else np.nan


@jit
def cascade_delay(poles, b, c, d, current, omega):
    """Σ_k Re[w Ḣ_k/H_k], (n,).

    Without feedthrough the delay of the pole, plus 1 in delayed timing. With it, r = c b and g = 1 − λ w:
    w Ḣ_k/H_k = r λ w/(g (d g + r)) (current), r w/(g (d g + r w)) (delayed), where pole and zero may nearly cancel; for
    real numbers in the form of `_real_delay`.
    """
    out = np.zeros(len(omega))
    for n in range(len(omega)):
        w, minus, plus = _angle(omega[n])
        total, lost = 0.0, 0.0  # Kahan's compensated sum
        for k in range(len(poles)):
            r = c[k] * b[k]
            if d[k] == 0.0:
                delay = _pole_delay(poles[k], w, minus, plus) + (0.0 if current else 1.0)
                delay = delay if r != 0.0 else np.nan
            elif poles[k].imag == 0.0 and r.imag == 0.0 and d[k].imag == 0.0:
                delay = _real_delay(poles[k].real, r.real, d[k].real, current, minus, plus)
            else:
                g = _one_minus(poles[k], w, minus, plus)
                through, slope = (r, r * poles[k] * w) if current else (r * w, r * w)
                ratio = _divide(slope, g * (d[k] * g + through))
                delay = ratio.real if math.isfinite(ratio.real) and math.isfinite(ratio.imag) else np.nan
            delay -= lost
            advanced = total + delay
            lost = (advanced - total) - delay
            total = advanced
        out[n] = total
    return out


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
