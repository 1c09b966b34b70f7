"""Responses of cascades without feedthrough: 32 frequencies in the lanes, layer after layer in registers.

With θ = ω/2, t = tan θ and ρ = (1 − λ)/(1 + λ),

    1 − λ w = e^{−iθ} ((1 − λ) cos θ + i (1 + λ) sin θ) = (1 + λ) cos θ e^{−iθ} (ρ + i t),

in which nothing cancels for real λ and nothing is rounded before the product Π (ρ_k + i t). What stands before it
depends on all layers or on ω alone, and is kept twice as exact: cos⁴ θ is multiplied in with every four layers,
e^{iKθ} and Π (1 + λ_k) in the end. `frequency.cascade_response` is the plain twin.

What rounding does to a thousand layers must not add up, whatever their poles; three things see to it:

- Real poles come sorted, and what rounding takes from one ρ is given to the next (`factors`), as is what it takes from
  t (`_multiply_real`): of either sum only the last term is left, and as many as neighbors differ by. From Im ρ + t it
  is multiplied in beside the rest (`_multiply`).
- ρ and t are taken in units of 0.8. Next to powers of two, where ρ is at λ = 0 and t at ω = π/2, roundings of products
  have a sign.
- For |t| ≥ 1 the factor is t − i ρ, a quarter turn away, of which four make a whole. So its real part is the larger one
  wherever the other is next to nothing, and their sum is rounded once (`_times`).
"""

import math

import numpy as np

from . import doubledouble as dd
from . import extended
from .angles import COS, COS_LOW, LANES, ODD, REST, REST_LOW, SIN, SIN_LOW, half_angles, quarters, reduced, sine_cosine
from .frequency import _normalize
from .fused import fma as fused
from .jit import jit
from .vectors import broadcast, fma_each, load_each, spread, store_each

_WIDE = 32
_FOUR = (0, 0, 0, 0)  # vectors
_GROUP = 4  # layers
_UNIT = 0.8  # of ρ and t
_BITS = 400  # a product may move by 2^±400 until it is leveled
_ROWS = 10
_SQUARE = 500  # bits of a number whose square is a double
_LEAST, _LARGEST = 2.0**-_SQUARE, 2.0**_SQUARE
_TAN, _TAN_LOW, _DUE, _NEAR, _FOURTH, _FIX, _REAL, _IMAG, _X, _Y = range(0, _ROWS * LANES, LANES)


@jit
def factors(poles, b, c):
    """What `response` takes of sorted poles: Re ρ, Im ρ, its low part, Π b_k c_k/(1 + λ_k) with its exponent, `often`.

    None of the poles lies on the unit circle; poles 0 make up the last group of four.
    """
    K = (len(poles) + _GROUP - 1) // _GROUP * _GROUP
    re, im, im_low, unit = np.full(K, _UNIT), np.zeros(K), np.zeros(K), dd.lift(complex(_UNIT))
    top, bottom, bits, carried = extended.ONE, extended.ONE, 1.0, 0.0
    for k in range(len(poles)):
        plus = dd.add(dd.ONE, dd.lift(poles[k]))
        rho = dd.mul(unit, dd.div(dd.sub(dd.ONE, dd.lift(poles[k])), plus))
        re[k] = rho[0] + (rho[1] + carried * rho[0])
        carried += ((rho[0] - re[k]) + rho[1]) / rho[0]
        im[k], im_low[k] = rho[2], rho[3]
        top = extended.mul(top, extended.mul(extended.lift(b[k]), extended.lift(c[k])))
        bottom = extended.mul(bottom, extended.leveled(plus, 0.0))
        bits = max(bits, abs(math.log2(abs(1.0 - abs(poles[k])))), abs(math.log2(abs(dd.value(plus)))))
    for _ in range(K):
        top = extended.mul(top, extended.lift(complex(_UNIT)))
    gain = extended.div(top, bottom)
    exponent = int(extended.BITS * gain[4]) if gain[4] != -math.inf else 0
    return re, im, im_low, dd.value(gain[:4]), exponent, max(1, int(_BITS / (_GROUP * bits)))


@jit
def response(re, im, im_low, gain, shift, often, turns, omega):
    """gain 2^shift e^{i turns θ}/(cos^K θ Π (ρ_k + i t)): mantissas and binary exponents, (n,) each.

    An exponent is 0 wherever the square of the value is in the range of doubles.
    """
    n, K = len(omega), len(re)
    out, exponents = np.empty(n, np.complex128), np.empty(n, np.int64)
    at, work, powers = np.empty(7 * LANES), np.empty(_ROWS * LANES), np.empty(LANES, np.int64)
    real = not im.any()
    for start in range(0, n, LANES):
        count = min(LANES, n - start)
        half_angles(omega, start, at)
        _tangents(at, K // _GROUP, work)
        _phases(at, turns, work)
        for j in range(LANES):
            work[_X + j], work[_Y + j], work[_DUE + j], powers[j] = 1.0, 0.0, 0.0, 0
        for lane in range(0, count, _WIDE):
            for first in range(0, K, often * _GROUP):
                last = min(first + often * _GROUP, K)
                if real:
                    _multiply_real(re, first, last, lane, work)
                else:
                    _multiply(re, im, im_low, first, last, lane, work)
                if _any_far(work, lane):
                    _level(work, lane, powers)
        _divide(gain, work)
        for j in range(count):
            out[start + j], exponents[start + j] = _in_range(work[_REAL + j], work[_IMAG + j], shift - powers[j])
    return out, exponents


@jit
def _in_range(re, im, exponent):
    """(re + i im) 2^exponent with another exponent."""
    size = max(abs(re), abs(im))
    if exponent == 0 and _LEAST < size < _LARGEST:
        return complex(re, im), 0
    bits = math.frexp(size)[1]
    shift = int(exponent) if abs(bits + exponent) <= _SQUARE else -bits
    return complex(math.ldexp(re, shift), math.ldexp(im, shift)), exponent - shift


@jit
def _tangents(at, groups, work):
    """t = tan θ with its low part; whether |t| < 1; cos⁴ θ, and 1 + groups·(what rounding took from it)."""
    for j in range(LANES):
        s, c, low = at[SIN + j], at[COS + j], at[COS_LOW + j]
        t = s / c
        t_low = (fused(-t, c, s) + (at[SIN_LOW + j] - t * low)) / c
        scaled = _UNIT * t
        work[_TAN + j], work[_TAN_LOW + j] = scaled, fused(_UNIT, t, -scaled) + _UNIT * t_low
        work[_NEAR + j] = 1.0 if abs(t) < 1.0 else 0.0
        c, low = _squared(*_squared(c, low))
        work[_FOURTH + j], work[_FIX + j] = c, 1.0 + groups * (low / c)


@jit
def _squared(c, low):
    square = c * c
    return square, fused(c, c, -square) + 2.0 * c * low


@jit
def _phases(at, turns, work):
    """cos and sin of turns·θ."""
    for j in range(LANES):
        angle = turns * at[REST + j]
        low = fused(turns, at[REST + j], -angle) + turns * at[REST_LOW + j]
        q, high, low = reduced(angle, low)
        sine, cosine = sine_cosine(high, low)
        work[_REAL + j], work[_IMAG + j] = quarters(cosine, sine, q + turns * at[ODD + j])


@jit
def _multiply_real(re, first, last, lane, work):
    """Π (ρ_k + i t) cos θ of the layers from `first` to `last`.

    The low part of t gathers until it makes a unit in the last place of t, which a group of four then takes along.
    """
    one, minus, tan = broadcast(1.0), broadcast(-1.0), load_each(work, _TAN + lane, _FOUR)
    low, due = load_each(work, _TAN_LOW + lane, _FOUR), load_each(work, _DUE + lane, _FOUR)
    x, y = load_each(work, _X + lane, _FOUR), load_each(work, _Y + lane, _FOUR)
    fourth, near = load_each(work, _FOURTH + lane, _FOUR), load_each(work, _NEAR + lane, _FOUR)
    beyond = fma_each(one, near, minus)
    for k in range(first, last, _GROUP):
        due = fma_each(one, due, low)
        t = fma_each(one, due, tan)
        due = fma_each(minus, fma_each(minus, tan, t), due)
        small, large = _product(t, near), _product(minus, _product(t, beyond))
        for j in range(k, k + _GROUP):
            g = spread(re, j)
            x, y = _times(x, y, fma_each(g, near, large), fma_each(g, beyond, small), None)
        x, y = _product(fourth, x), _product(fourth, y)
    store_each(work, _X + lane, x)
    store_each(work, _Y + lane, y)
    store_each(work, _DUE + lane, due)


@jit
def _multiply(re, im, im_low, first, last, lane, work):
    """The same where ρ has an imaginary part."""
    one, minus = broadcast(1.0), broadcast(-1.0)
    tan, low = load_each(work, _TAN + lane, _FOUR), load_each(work, _TAN_LOW + lane, _FOUR)
    x, y = load_each(work, _X + lane, _FOUR), load_each(work, _Y + lane, _FOUR)
    fourth, near = load_each(work, _FOURTH + lane, _FOUR), load_each(work, _NEAR + lane, _FOUR)
    beyond = fma_each(one, near, minus)
    for k in range(first, last, _GROUP):
        for j in range(k, k + _GROUP):
            g, (h, rest) = spread(re, j), _added(tan, low, spread(im, j), spread(im_low, j))
            large = _product(minus, _product(h, beyond))
            a, b = fma_each(g, near, large), fma_each(g, beyond, _product(h, near))
            x, y = _times(x, y, a, b, (_product(minus, _product(rest, beyond)), _product(rest, near)))
        x, y = _product(fourth, x), _product(fourth, y)
    store_each(work, _X + lane, x)
    store_each(work, _Y + lane, y)


@jit
def _added(tan, low, im, im_low):
    """Im ρ + t, which may cancel (Knuth's sum), and what rounding takes from it."""
    one, minus = broadcast(1.0), broadcast(-1.0)
    total = fma_each(one, tan, im)
    part = fma_each(minus, tan, total)
    lost = fma_each(one, fma_each(minus, fma_each(minus, part, total), tan), fma_each(minus, part, im))
    tail = fma_each(one, lost, fma_each(one, low, im_low))
    rounded = fma_each(one, tail, total)
    return rounded, fma_each(minus, fma_each(minus, total, rounded), tail)


@jit
def _product(a, b):
    return fma_each(a, b, broadcast(0.0))


@jit
def _times(x, y, a, b, more):
    """(x + i y) (a + i b), products with a rounded only once: what b adds, or `more`, may be less than a last place."""
    re, im = _product(broadcast(-1.0), _product(b, y)), _product(b, x)
    if more is not None:
        re = fma_each(more[0], x, fma_each(_product(broadcast(-1.0), more[1]), y, re))
        im = fma_each(more[0], y, fma_each(more[1], x, im))
    return fma_each(a, x, re), fma_each(a, y, im)


@jit
def _is_far(x, y):
    """Whether a product has left 10^±100."""
    return not 1e-100 < max(abs(x), abs(y)) < 1e100


@jit
def _any_far(work, lane):
    count = 0
    for j in range(lane, lane + _WIDE):
        count += 1 if _is_far(work[_X + j], work[_Y + j]) else 0
    return count > 0


@jit
def _level(work, lane, powers):
    """Products that have gone far brought back, by powers of two."""
    for j in range(lane, lane + _WIDE):
        if _is_far(work[_X + j], work[_Y + j]):
            z, shift = _normalize(complex(work[_X + j], work[_Y + j]))
            work[_X + j], work[_Y + j], powers[j] = z.real, z.imag, powers[j] + shift


@jit
def _divide(gain, work):
    """gain e^{i turns θ} by the product; in units of its size, that no square leaves the range of doubles."""
    for j in range(LANES):
        size = 1.0 / max(abs(work[_X + j]), abs(work[_Y + j]))
        re, im = work[_X + j] * size, work[_Y + j] * size
        size /= (re * re + im * im) * work[_FIX + j]
        cosine, sine = work[_REAL + j] * size, work[_IMAG + j] * size
        cosine, sine = cosine * re + sine * im, sine * re - cosine * im
        work[_REAL + j] = gain.real * cosine - gain.imag * sine
        work[_IMAG + j] = gain.real * sine + gain.imag * cosine
