"""Layers on the unit circle in double-double, 64 frequencies at a time; w = e^{−iω}.

A scalar layer is H = q/g, with g = u − λ w and q = A + M w: u is 1, or less where it and λ are scaled to |λ| ≤ 1, and
with r = u c b, A = u d and M = r − d λ (delayed timing) or A = u d + r and M = −d λ (current). Its delay is

    Re[w Ḣ/H] = N/(|g|² |q|²),     N = Re[f w ḡ q̄],     f = u r (delayed) or λ r (current),                          (1)
                                   N = Re[N₀ + N₁ w],     N₁ = u f Ā − λ f̄ M,                                       (2)
                                   N = ½ (u² − |λ|²) |q|² − ½ (|A|² − |M|²) |g|².                                    (3)

(2) keeps its digits for a real λ: beside a zero at ±1 it vanishes as it should. Beside a zero on the circle anywhere
else N is of the size of |q|², as in (3), but for a zero next to the pole; beside a complex λ of that of ḡ q̄, as in (1).

Forms. g, q and (2) are A + M w = (A + σ M) − M (σ − w), σ = 1 where cos ω ≥ 0, else −1. A ± M, which is what is left
beside ±1, and σ − w = σ (1 − |cos ω|) + i sin ω come with all their digits.
"""

import math

import numpy as np

from . import doubledouble as dd
from .angles import COS, COS_LOW, LANES, SIN, SIN_LOW, exact_half_angles
from .jit import jit

NEAR, TURN, TURN_LOW, SINE, SINE_LOW = range(0, 5 * LANES, LANES)
G, Q, N = 0, 3, 6  # of a layer in the table
TURNED, WHOLE, PARTED = (0.0,), (0.0, 0.0), (0.0, 0.0, 0.0)  # (1), (2), (3): by length, when a kernel is compiled
_BESIDE, _SLIGHT, _ROUNDED = 2.0**-20, 2.0**-10, 2.0**-102
_LEAST = 2.0**-400
_NONE = -5000  # the exponent of 0


@jit
def table(poles, b, c, d, current):
    """Of every layer P + M, P − M and M of g, q and N, (K, 9, 4); its kind, and what N is a multiple of, (K,).

    Then the exponent of Π q/g, and the order in ω of that product next to ω = 0.
    """
    K = len(poles)
    rows, kinds, scales, exponent, order = np.zeros((K, 9, 4)), np.empty(K, np.int64), np.empty(K), 0, 0
    for k in range(K):
        kinds[k], scales[k], own = _layer(poles[k], b[k], c[k], d[k], current, rows[k])
        exponent += own
        order += (1 if dd.size(dd.get(rows[k], Q)) == 0.0 else 0) - (1 if dd.size(dd.get(rows[k], G)) == 0.0 else 0)
    return rows, kinds, scales, exponent, order


@jit
def _times_two(a, exponent):
    """a 2^exponent."""
    return (math.ldexp(a[0], exponent), math.ldexp(a[1], exponent),
            math.ldexp(a[2], exponent), math.ldexp(a[3], exponent))  # fmt: skip


@jit
def _exponent(a):
    return math.frexp(dd.size(a))[1] if dd.size(a) > 0.0 else _NONE


@jit
def _scaled(z):
    """A complex double as a number of about 1 and its binary exponent."""
    exponent = _exponent(dd.lift(z))
    return _times_two(dd.lift(z), -exponent), exponent


@jit
def _minus(a):
    return -a[0], -a[1], -a[2], -a[3]


@jit
def _layer(pole, b, c, d, current, row):
    """The row of a layer, its kind, what N is a multiple of, and the exponent of q/g."""
    pole, unit, r, d, f, shift, factor = _numbers(pole, b, c, d, current)
    back, ahead, own, whole = dd.sub(unit, pole), dd.add(unit, pole), dd.mul(d, pole), dd.mul(d, unit)
    at_one, at_minus_one = dd.add(dd.sub(whole, own), r), dd.add(dd.add(whole, own), r if current else _minus(r))
    A, M = dd.add(whole, r) if current else whole, _minus(own) if current else dd.sub(r, own)
    size = max(_exponent(at_one), _exponent(at_minus_one))
    size, shift = (size, shift) if size > _NONE else (0, 0)  # a layer that lets nothing through
    at_one, at_minus_one = _times_two(at_one, -size), _times_two(at_minus_one, -size)
    A, M = _times_two(A, -size), _times_two(M, -size)
    _put(row, G, back, ahead, _minus(pole))
    _put(row, Q, at_one, at_minus_one, M)
    exponent, factor = shift + size, math.ldexp(1.0, factor - size)
    gap, balance = _difference(back, ahead, unit, pole), _difference(at_one, at_minus_one, A, M)
    mixed = dd.mul(dd.conj(d), r)
    if pole[2] == 0.0 and abs(mixed[2]) <= _ROUNDED * abs(mixed[0]):  # real, but for a common phase of r and d
        first, second = dd.mul(f, dd.conj(dd.mul(back, at_one))), dd.mul(f, dd.conj(dd.mul(ahead, at_minus_one)))
        slope = dd.sub(dd.mul(dd.mul(unit, f), dd.conj(A)), dd.mul(dd.mul(pole, dd.conj(f)), M))
        _put(row, N, first, _minus(second), (slope[0], slope[1], 0.0, 0.0))
        return len(WHOLE), factor, exponent
    if min(abs(gap[0]), abs(balance[0])) <= _BESIDE and dd.size(r) >= _SLIGHT * dd.size(d):
        _put(row, N, gap, balance, dd.ZERO)
        return len(PARTED), 1.0, exponent
    _put(row, N, f, _minus(f), f)
    return len(TURNED), factor, exponent


@jit
def _difference(p, q, a, b):
    """|a|² − |b|² by p q̄, p and q being a ± b, or by real parts less imaginary ones: the way with the smaller terms.

    Either keeps all digits of points on the circle that are numbers: ±1 and ±i.
    """
    one, other = dd.mul(p[:2], q[:2]), dd.mul(p[2:], q[2:])
    first = dd.mul(dd.add(a[:2], b[2:]), dd.add(a[:2], (-b[2], -b[3])))
    second = dd.mul(dd.add(a[2:], b[:2]), dd.add(a[2:], (-b[0], -b[1])))
    if abs(first[0]) + abs(second[0]) < abs(one[0]) + abs(other[0]):
        one, other = first, second
    total = dd.add(one, other)
    return total[0], total[1], 0.0, 0.0


@jit
def _numbers(pole, b, c, d, current):
    """λ, u, r and d of at most about 1; f of about 1, the exponent taken from r and d, and that of f they are owed."""
    (pole, bits), (b, bits_b), (c, bits_c), (d, bits_d) = _scaled(pole), _scaled(b), _scaled(c), _scaled(d)
    beyond, r = max(bits, 0), dd.mul(c, b)
    bits_r = bits_b + bits_c - beyond
    shift = max(bits_r, bits_d)
    f, bits_f = (dd.mul(r, pole), bits - beyond) if current else (r, -beyond)
    unit, pole = _times_two(dd.ONE, -beyond), _times_two(pole, bits - beyond)
    return pole, unit, _times_two(r, bits_r - shift), _times_two(d, bits_d - shift), f, shift, bits_f + bits_r - shift


@jit
def _put(row, which, first, second, slope):
    dd.put(row, which, first)
    dd.put(row, which + 1, second)
    dd.put(row, which + 2, slope)


@jit
def points(omega, start, at, work, shifts):
    """Of 64 frequencies from `start` on σ = ±1, σ (1 − |cos ω|) and sin ω, with low parts, in the rows of `work`.

    Next to 0 they are brought away from it by powers of two, `shifts`: to 2^−400, where all but a zero or pole at 1 is
    what it is at 0, and what vanishes there is proportional to ω.
    """
    moved = np.empty(LANES)
    for j in range(LANES):
        here, shift = omega[min(start + j, len(omega) - 1)], 0
        if 0.0 < abs(here) < _LEAST:
            shift = math.frexp(_LEAST)[1] - math.frexp(here)[1]
        moved[j], shifts[j] = math.ldexp(here, shift), shift
    exact_half_angles(moved, 0, at)
    for j in range(LANES):
        sine, cosine = (at[SIN + j], at[SIN_LOW + j]), (at[COS + j], at[COS_LOW + j])
        near = abs(sine[0]) <= abs(cosine[0])
        least = sine if near else cosine
        square, product = dd.mul(least, least), dd.mul(sine, cosine)
        sign = 1.0 if near else -1.0
        work[NEAR + j] = sign
        work[TURN + j], work[TURN_LOW + j] = 2.0 * sign * square[0], 2.0 * sign * square[1]
        work[SINE + j], work[SINE_LOW + j] = 2.0 * product[0], 2.0 * product[1]


@jit(inlined=True)
def _pick(near, first, second):
    """The one for w next to 1 or that for w next to −1."""
    return (first[0] if near > 0.0 else second[0]), (first[1] if near > 0.0 else second[1])


@jit
def is_real(row):
    """Whether all forms of a layer are."""
    return not row[:, 2:].any()


@jit
def is_outside(rows, which):
    """Of every layer whether |M| > |A| in a form A + M w, (K,): the zero of which lies outside the circle."""
    out = np.empty(len(rows), np.bool_)
    for k in range(len(rows)):
        out[k] = dd.mul(dd.get(rows[k], which), dd.conj(dd.get(rows[k], which + 1)))[0] < 0.0
    return out


@jit
def form(row, which, kind):
    """P + M, P − M and M, real or complex as is `kind`."""
    return dd.entry(row, which, kind), dd.entry(row, which + 1, kind), dd.entry(row, which + 2, kind)


@jit(inlined=True)
def real_part(work, j, first, second, slope):
    """Re[P + M w] at point j."""
    turned = dd.mul((-slope[0], -slope[1]), (work[TURN + j], work[TURN_LOW + j]))
    part = dd.add(_pick(work[NEAR + j], first[:2], second[:2]), turned)
    if len(slope) == 2:
        return part
    return dd.add(part, dd.mul((slope[2], slope[3]), (work[SINE + j], work[SINE_LOW + j])))


@jit(inlined=True)
def imaginary_part(work, j, first, second, slope):
    """Im[P + M w]."""
    part = dd.mul((-slope[0], -slope[1]), (work[SINE + j], work[SINE_LOW + j]))
    if len(slope) == 2:
        return part
    turned = dd.mul((-slope[2], -slope[3]), (work[TURN + j], work[TURN_LOW + j]))
    return dd.add(part, dd.add(_pick(work[NEAR + j], first[2:], second[2:]), turned))


@jit(inlined=True)
def delay(layer, kind, work, j):
    """Re[w Ḣ/H] of a layer by its forms g, q and N and the factor of N."""
    g = real_part(work, j, *layer[0]), imaginary_part(work, j, *layer[0])
    q = real_part(work, j, *layer[1]), imaginary_part(work, j, *layer[1])
    below, above = _square(g), _square(q)
    if len(kind) == 2:
        top = real_part(work, j, *layer[2])
    elif len(kind) == 3:
        gap, balance = layer[2][0], layer[2][1]
        one, other = dd.mul((gap[0], gap[1]), above), dd.mul((balance[0], balance[1]), below)
        top = dd.add((0.5 * one[0], 0.5 * one[1]), (-0.5 * other[0], -0.5 * other[1]))
    else:
        re = dd.add(dd.mul(g[0], q[0]), dd.mul((-g[1][0], -g[1][1]), q[1]))
        im = dd.add(dd.mul(g[0], q[1]), dd.mul(g[1], q[0]))
        top = dd.add(dd.mul(re, real_part(work, j, *layer[2])), dd.mul(im, imaginary_part(work, j, *layer[2])))
    return top[0] / below[0] / above[0] * layer[3]


@jit(inlined=True)
def _square(z):
    """|z|² of real and imaginary part."""
    return dd.add(dd.mul(z[0], z[0]), dd.mul(z[1], z[1]))
