"""Responses and delays of cascades without feedthrough: eight frequencies in the lanes, layer after layer in registers.

The formulas of `frequency`, whose `cascade_response` and `cascade_delay` are the plain twins. Layers go in pairs, each
on a product or sum of its own: neither waits for the other. A pole 0 makes up the number.
"""

import math

import numpy as np

from .frequency import _angle, _normalize
from .jit import jit
from .vectors import add, broadcast, divide, fma, load, multiply, spread, store, subtract

_LANES = 8
_BITS = 400  # a product stays within 2^±400, that its square may stay in the range of doubles


@jit
def response(right, left, b, c, delays, omega):
    """w^delays Π_k c_k b_k/(1 − λ_k w): mantissas and binary exponents, (n,) each, 0 unless far from it.

    right, left: an even number of poles each, those with Re λ ≥ 0 and < 0, none of them on the unit circle.
    """
    n = len(omega)
    gain, shift = _gain(b, c)
    out, exponents = np.empty(n, np.complex128), np.empty(n, np.int64)
    at, products, powers = np.empty(4 * _LANES), np.empty(4 * _LANES), np.empty(_LANES, np.int64)
    right_factors, right_often = _factors(right)
    left_factors, left_often = _factors(left)
    for start in range(0, n, _LANES):
        _angles(omega, start, at)
        products[:], powers[:] = 0.0, 0
        for j in range(_LANES):
            products[j] = products[2 * _LANES + j] = 1.0
        _multiply(right_factors, right_often, at, 2 * _LANES, products, powers)
        _multiply(left_factors, left_often, at, 3 * _LANES, products, powers)
        for j in range(min(_LANES, n - start)):
            bottom = complex(products[j], products[_LANES + j])
            top = gain * _power(complex(at[j], at[_LANES + j]), delays)
            exponent = shift - powers[j]
            if abs(exponent) <= _BITS:
                top, exponent = top * 2.0**exponent, 0
            out[start + j], exponents[start + j] = top / bottom, exponent
    return out, exponents


@jit
def _gain(b, c):
    """Π_k c_k b_k, as a mantissa and a binary exponent."""
    product, exponent = complex(1.0, 0.0), 0
    for k in range(len(b)):
        for factor in (b[k], c[k]):
            z, shift = _normalize(factor)
            product, more = _normalize(product * z)
            exponent += shift + more
    return product, exponent


@jit
def _angles(omega, start, at):
    """Re w, Im w, 1 − cos ω and 1 + cos ω of eight frequencies, the last of them again where there are fewer."""
    for j in range(_LANES):
        w, minus, plus = _angle(omega[min(start + j, len(omega) - 1)])
        at[j], at[_LANES + j], at[2 * _LANES + j], at[3 * _LANES + j] = w.real, w.imag, minus, plus


@jit
def _factors(poles):
    """1 − |Re λ|, |Re λ|, −Re λ, −Im λ of each pole; and how many factors may be multiplied between two levelings."""
    out, bits = np.empty(4 * len(poles)), 1.0
    for k, pole in enumerate(poles):
        size = abs(pole.real)
        out[4 * k], out[4 * k + 1], out[4 * k + 2], out[4 * k + 3] = 1.0 - size, size, -pole.real, -pole.imag
        bits = max(bits, abs(math.log2(abs(1.0 - abs(pole)))), math.log2(1.0 + abs(pole)))
    return out, max(2, 2 * int(_BITS / bits))


@jit
def _multiply(factors, often, at, turn, products, powers):
    """Even factors onto one product, odd ones onto the other; in the end both in the first, leveled.

    1 − λ w = g + i h,  g = (1 − |Re λ|) + |Re λ| turn + Im λ Im w,  h = −(Im λ Re w + Re λ Im w).
    """
    K = len(factors) // 4
    x, y, s = load(at, 0), load(at, _LANES), load(at, turn)
    for first in range(0, K, often):
        re, im = load(products, 0), load(products, _LANES)
        re_odd, im_odd = load(products, 2 * _LANES), load(products, 3 * _LANES)
        for k in range(4 * first, 4 * min(first + often, K), 8):
            g, h = _one_minus(factors, k, x, y, s)
            re, im = subtract(multiply(re, g), multiply(im, h)), fma(re, h, multiply(im, g))
            g, h = _one_minus(factors, k + 4, x, y, s)
            re_odd, im_odd = subtract(multiply(re_odd, g), multiply(im_odd, h)), fma(re_odd, h, multiply(im_odd, g))
        store(products, 0, subtract(multiply(re, re_odd), multiply(im, im_odd)))
        store(products, _LANES, fma(re, im_odd, multiply(im, re_odd)))
        for j in range(_LANES):
            z, shift = _normalize(complex(products[j], products[_LANES + j]))
            products[j], products[_LANES + j], powers[j] = z.real, z.imag, powers[j] + shift
            products[2 * _LANES + j], products[3 * _LANES + j] = 1.0, 0.0


@jit
def _one_minus(factors, k, x, y, s):
    minus_b = spread(factors, k + 3)
    g = subtract(fma(spread(factors, k + 1), s, spread(factors, k)), multiply(minus_b, y))
    return g, fma(spread(factors, k + 2), y, multiply(minus_b, x))


@jit
def _power(w, exponent):
    """w^exponent by squaring."""
    result = complex(1.0, 0.0)
    while exponent:
        if exponent % 2:
            result *= w
        w *= w
        exponent //= 2
    return result


@jit
def delay(right, left, later, omega):
    """Σ_k |λ| (δ − s)/(δ² + 2 |λ| s) + `later`, δ = 1 − |λ|, of real poles: an even number of each sign, (n,).

    Two compensated sums (Kahan) side by side.
    """
    n = len(omega)
    out, at, sums = np.empty(n), np.empty(4 * _LANES), np.empty(4 * _LANES)
    for start in range(0, n, _LANES):
        _angles(omega, start, at)
        sums[:] = 0.0
        _sum(right, at, 2 * _LANES, sums)
        _sum(left, at, 3 * _LANES, sums)
        for j in range(min(_LANES, n - start)):
            lost = sums[_LANES + j] + sums[3 * _LANES + j]
            out[start + j] = ((sums[j] - lost) + sums[2 * _LANES + j]) + later
    return out


@jit
def _sum(sizes, at, turn, sums):
    s = load(at, turn)
    total, lost = load(sums, 0), load(sums, _LANES)
    total_odd, lost_odd = load(sums, 2 * _LANES), load(sums, 3 * _LANES)
    for k in range(0, len(sizes), 2):
        total, lost = _added(_pole_delay(sizes, k, s), total, lost)
        total_odd, lost_odd = _added(_pole_delay(sizes, k + 1, s), total_odd, lost_odd)
    store(sums, 0, total)
    store(sums, _LANES, lost)
    store(sums, 2 * _LANES, total_odd)
    store(sums, 3 * _LANES, lost_odd)


@jit
def _pole_delay(sizes, k, s):
    size = spread(sizes, k)
    gap = subtract(broadcast(1.0), size)
    return divide(multiply(size, subtract(gap, s)), fma(add(size, size), s, multiply(gap, gap)))


@jit
def _added(term, total, lost):
    term = subtract(term, lost)
    advanced = add(total, term)
    return advanced, subtract(subtract(advanced, total), term)
