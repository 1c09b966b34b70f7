"""Responses and delays on the unit circle, layer by layer; w = e^{−iω}.

Nothing cancels for λ near 1 and ω near 0, nor for λ near −1 and ω near π:

    1 − λ w = (1 − λ) + λ (1 − w) = (1 + λ) − λ (1 + w),   1 − w = s + i sin ω,   1 + w = 2 − s − i sin ω,

with s = 2 sin²(ω/2) and 2 − s = 2 cos²(ω/2). The second form serves the left half plane.
"""

import math

import numpy as np

from . import doubledouble as dd
from .angles import COS, COS_LOW, LANES, SIN, SIN_LOW, half_angles
from .jit import jit

_TWO = (2.0, 0.0, 0.0, 0.0)


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
def _numerators(poles, b, c, d, current):
    """A + M, A − M and M of every layer, (3, K), rounded once: d (1 − λ w) + c b v = A + M w.

    A = d + c b, M = −d λ (current), or A = d, M = c b − d λ (delayed). A ± M is what is left near w = ±1, as at a zero.
    """
    out = np.empty((3, len(poles)), dtype=np.complex128)
    for k in range(len(poles)):
        r, A = dd.mul(dd.lift(c[k]), dd.lift(b[k])), dd.lift(d[k])
        M = dd.mul(A, dd.lift(-poles[k]))
        if current:
            A = dd.add(A, r)
        else:
            M = dd.add(M, r)
        out[0, k], out[1, k], out[2, k] = dd.value(dd.add(A, M)), dd.value(dd.sub(A, M)), dd.value(M)
    return out


@jit
def cascade_response(poles, b, c, d, current, omega):
    """Π_k (d_k + c_k b_k v/(1 − λ_k w)), v = 1 (current) or w (delayed): mantissas and binary exponents, (n,) each.

    Numerators and denominators are multiplied apart and divided once: fewest roundings a layer. A numerator with
    feedthrough is A + M w = (A + M) − M (1 − w) = (A − M) + M (1 + w), in which nothing cancels for real layers.
    """
    numerators = _numerators(poles, b, c, d, current)
    out = np.empty(len(omega), dtype=np.complex128)
    exponents = np.zeros(len(omega), dtype=np.int64)
    for n in range(len(omega)):
        w, minus, plus = _angle(omega[n])
        top, bottom, exponent = complex(1.0, 0.0), complex(1.0, 0.0), 0
        for k in range(len(poles)):
            if d[k] == 0.0:
                q = c[k] * b[k] * (complex(1.0) if current else w)
            elif w.real >= 0.0:
                q = numerators[0, k] - numerators[2, k] * complex(minus, -w.imag)
            else:
                q = numerators[1, k] + numerators[2, k] * complex(plus, w.imag)
            q, own_up = _normalize(q)  # next to a zero or pole on the circle far below what a product has room for
            g, own_down = _normalize(_one_minus(poles[k], w, minus, plus))
            top, up = _normalize(top * q)
            bottom, down = _normalize(bottom * g)
            exponent += own_up + up - own_down - down
        out[n] = top / bottom if bottom != 0.0 else complex(np.inf, np.nan)
        exponents[n] = exponent
    return out, exponents


@jit
def _pole_delay(pole, w):
    """Re[λ w/(1 − λ w)] = [Re(λ w) − |λ|²]/|1 − λ w|², w in double-double."""
    own = dd.lift(pole)
    turned = dd.mul(own, w)
    g = dd.value(dd.sub(dd.ONE, turned))
    return dd.value(dd.sub(turned, dd.mul(own, dd.conj(own)))).real / (g.real * g.real + g.imag * g.imag)


@jit
def _real_pole_delay(pole, minus, plus, sine):
    """|λ| (δ − s)/(δ² + 2 |λ| s), δ = 1 − |λ| and s = 1 ∓ cos ω in double-double."""
    size, turn = abs(pole), minus if pole >= 0.0 else plus
    gap = dd.sub(dd.ONE, dd.lift(complex(size)))
    delta = dd.value(gap).real
    if delta == 0.0:  # on the circle, where s may be no double
        return -0.5 if sine != 0.0 else np.nan
    return size * dd.value(dd.sub(gap, turn)).real / (delta * delta + 2.0 * size * dd.value(turn).real)


@jit
def _real_delay(pole, b, c, d, current, minus, plus):
    """Re[w Ḣ/H] of a real layer with feedthrough, without complex numbers: g = 1 − λ w, H = q/g, q = A + M w.

    With λ ≥ 0, δ = 1 − λ, s = 1 − cos ω, and A = d, M = r − d λ (delayed) or A = d + r, M = −d λ (current):

        delayed    r [d (δ² − s (1 + λ²)) + r (δ + λ s)]/(|g|² |q|²)
        current  r λ [d (δ² − s (1 + λ²)) + r (δ − s)]/(|g|² |q|²),

    |g|² = δ² + 2 λ s;  |q|² = (A + M)² − 2 A M s, or (A − M)² + 2 A M (2 − s), whichever has no minus. A negative λ is
    a positive one at ω + π, where w has the other sign. All in double-double, as are s and 2 − s (`minus`, `plus`).
    """
    turn, other = (minus, plus) if pole >= 0.0 else (plus, minus)
    s, rest = dd.value(turn).real, dd.value(other).real
    turn = dd.sub(_TWO, other) if s > 1.0 else turn
    size = dd.lift(complex(abs(pole)))
    through, around = dd.lift(complex(d)), dd.mul(dd.lift(complex(c)), dd.lift(complex(b)))
    if not (current or pole >= 0.0):
        around = dd.sub(dd.ZERO, around)
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
def _exact_angle(at, j):
    """w, 1 − cos ω and 1 + cos ω in double-double, from the sine and cosine of ω/2."""
    sine, cosine = (at[SIN + j], at[SIN_LOW + j], 0.0, 0.0), (at[COS + j], at[COS_LOW + j], 0.0, 0.0)
    double = dd.add(sine, sine)
    minus, product, plus = dd.mul(double, sine), dd.mul(double, cosine), dd.mul(dd.add(cosine, cosine), cosine)
    real = dd.sub(dd.ONE, minus)
    return (real[0], real[1], -product[0], -product[1]), minus, plus


@jit
def cascade_delay(poles, b, c, d, current, omega):
    """Σ_k Re[w Ḣ_k/H_k], (n,).

    Without feedthrough the delay of the pole, plus 1 in delayed timing. With it, r = c b and g = 1 − λ w:
    w Ḣ_k/H_k = r λ w/(g (d g + r)) (current), r w/(g (d g + r w)) (delayed), where pole and zero may nearly cancel; for
    real numbers in the form of `_real_delay`.
    """
    out, at = np.zeros(len(omega)), np.empty(7 * LANES)
    for n in range(len(omega)):
        if n % LANES == 0:
            half_angles(omega, n, at)
        exact, exact_minus, exact_plus = _exact_angle(at, n % LANES)
        w, minus, plus = _angle(omega[n])
        total, lost = 0.0, 0.0  # Kahan's compensated sum
        for k in range(len(poles)):
            r = c[k] * b[k]
            if d[k] == 0.0:
                if poles[k].imag == 0.0:
                    delay = _real_pole_delay(poles[k].real, exact_minus, exact_plus, w.imag)
                else:
                    delay = _pole_delay(poles[k], exact)
                delay = delay + (0.0 if current else 1.0) if r != 0.0 else np.nan
            elif poles[k].imag == 0.0 and b[k].imag == 0.0 and c[k].imag == 0.0 and d[k].imag == 0.0:
                delay = _real_delay(poles[k].real, b[k].real, c[k].real, d[k].real, current, exact_minus, exact_plus)
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
