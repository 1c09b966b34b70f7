"""Delays of cascades of real poles without feedthrough, eight frequencies in the lanes and eight poles a division.

With λ = a ≥ 0 (a negative pole is a positive one at ω + π) the delay of a pole is

    Re[λ w/(1 − λ w)] = (cos ω − a)/((1 − a)²/a + 2 (1 − cos ω)).

cos ω comes with its low part, so that the numerator keeps its digits where the delay changes sign, and the denominator
is a sum of what is not negative. Eight such ratios are added as fractions: no term is subtracted that was not before.
`frequency.cascade_delay` is the plain twin.
"""

import numpy as np

from .angles import COS, COS_LOW, LANES, SIN, SIN_LOW, half_angles
from .fused import fma as fused
from .jit import jit
from .vectors import add, divide, fma, load, multiply, spread, store, subtract

_WIDE = 8
_TURN, _COSINE, _COSINE_LOW = 0, LANES, 2 * LANES


@jit
def delay(right, left, later, omega):
    """Σ_k of the poles `right` and −`left` (sizes, not 0), and `later`, (n,)."""
    n = len(omega)
    out, at, turned = np.empty(n), np.empty(7 * LANES), np.empty(3 * LANES)
    totals, losts = np.empty(LANES), np.empty(LANES)
    right_gaps, left_gaps = _gaps(right), _gaps(left)
    for start in range(0, n, LANES):
        count = min(LANES, n - start)
        half_angles(omega, start, at)
        totals[:], losts[:] = 0.0, 0.0
        _turn(at, SIN, SIN_LOW, turned)
        _sum(right, right_gaps, turned, count, totals, losts)
        if len(left):
            _turn(at, COS, COS_LOW, turned)
            _sum(left, left_gaps, turned, count, totals, losts)
        for j in range(count):
            out[start + j] = totals[j] - losts[j] + later
    return out


@jit
def _gaps(sizes):
    """(1 − a)²/a."""
    out = np.empty(len(sizes))
    for k in range(len(sizes)):
        gap = 1.0 - sizes[k]
        square = gap * gap
        lost = fused(gap, gap, -square) + 2.0 * gap * ((1.0 - gap) - sizes[k])
        out[k] = (square + lost) / sizes[k]
    return out


@jit
def _turn(at, half, half_low, turned):
    """2 (1 − cos ω) and cos ω with its low part, 1 − cos ω = 2 sin²(ω/2); or of ω + π by the cosine of ω/2."""
    for j in range(LANES):
        value = at[half + j]
        square = value * value
        low = fused(value, value, -square) + 2.0 * value * at[half_low + j]
        cosine = 1.0 - 2.0 * square
        turned[_TURN + j] = 4.0 * (square + low)
        turned[_COSINE + j] = cosine
        turned[_COSINE_LOW + j] = ((1.0 - cosine) - 2.0 * square) - 2.0 * low


@jit
def _sum(sizes, gaps, turned, count, totals, losts):
    """Onto compensated sums (Kahan)."""
    whole, even = len(sizes) // 8 * 8, len(sizes) // 2 * 2
    for lane in range(0, count, _WIDE):
        turn, cosine, low = load(turned, _TURN + lane), load(turned, _COSINE + lane), load(turned, _COSINE_LOW + lane)
        total, lost = load(totals, lane), load(losts, lane)
        for k in range(0, whole, 8):
            first = _plus(_two(sizes, gaps, k, turn, cosine, low), _two(sizes, gaps, k + 2, turn, cosine, low))
            second = _plus(_two(sizes, gaps, k + 4, turn, cosine, low), _two(sizes, gaps, k + 6, turn, cosine, low))
            total, lost = _added(_plus(first, second), total, lost)
        for k in range(whole, even, 2):
            total, lost = _added(_two(sizes, gaps, k, turn, cosine, low), total, lost)
        for k in range(even, len(sizes)):
            total, lost = _added(_ratio(sizes, gaps, k, turn, cosine, low), total, lost)
        store(totals, lane, total)
        store(losts, lane, lost)


@jit
def _ratio(sizes, gaps, k, turn, cosine, low):
    """The delay of a pole as a fraction."""
    return add(subtract(cosine, spread(sizes, k)), low), add(spread(gaps, k), turn)


@jit
def _plus(a, b):
    """The sum of two fractions."""
    return fma(a[0], b[1], multiply(b[0], a[1])), multiply(a[1], b[1])


@jit
def _two(sizes, gaps, k, turn, cosine, low):
    return _plus(_ratio(sizes, gaps, k, turn, cosine, low), _ratio(sizes, gaps, k + 1, turn, cosine, low))


@jit
def _added(fraction, total, lost):
    term = subtract(divide(fraction[0], fraction[1]), lost)
    advanced = add(total, term)
    return advanced, subtract(subtract(advanced, total), term)
