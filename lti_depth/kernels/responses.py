"""Responses of cascades without feedthrough: eight frequencies in the lanes, layer after layer in registers.

With θ = ω/2, t = tan θ and ρ = (1 − λ)/(1 + λ),

    1 − λ w = e^{−iθ} ((1 − λ) cos θ + i (1 + λ) sin θ) = (1 + λ) cos θ e^{−iθ} (ρ + i t),

in which nothing cancels for real λ and nothing is rounded before the product Π (ρ_k + i t). What stands before it
depends on all layers or on ω alone, and is kept twice as exact: cos⁴ θ is multiplied in with every four layers,
e^{iKθ} and Π (1 + λ_k) in the end. `frequency.cascade_response` is the plain twin.

Roundings of ρ and t would add up over layers with equal poles. Real poles come sorted, and what rounding takes from one
ρ is given to the next (`factors`), as is what rounding takes from t (`_multiply_real`): of both sums only the last
term is left, and as many as neighbors differ by.
"""

import math

import numpy as np

from . import doubledouble as dd
from .angles import COS, COS_LOW, LANES, ODD, REST, REST_LOW, SIN, SIN_LOW, half_angles, quarters, reduced, sine_cosine
from .frequency import _normalize
from .fused import fma as fused
from .jit import jit
from .vectors import add, broadcast, fma, load, multiply, spread, store, subtract

_WIDE = 8
_GROUP = 8  # layers
_UNIT = 0.8  # of ρ and t: next to a power of two, as ρ at λ = 0 and t at ω = π/2 are, roundings of products have a sign
_BITS = 400  # a product may move by 2^±400 until it is leveled
_ROWS = 11
_TAN, _TAN_LOW, _DUE, _FOURTH, _FIX, _REAL, _IMAG, _X, _Y, _U, _V = range(0, _ROWS * LANES, LANES)


@jit
def factors(poles, b, c):
    """What `response` takes of sorted poles: Re ρ, Im ρ, its low part, Π b_k c_k/(1 + λ_k) with its exponent, `often`.

    None of the poles lies on the unit circle; poles 0 make up the last group of eight.
    """
    K = (len(poles) + _GROUP - 1) // _GROUP * _GROUP
    re, im, im_low, unit = np.full(K, _UNIT), np.zeros(K), np.zeros(K), dd.lift(complex(_UNIT))
    top, bottom, exponent, bits, carried = dd.ONE, dd.ONE, 0, 1.0, 0.0
    for k in range(len(poles)):
        plus = dd.add(dd.ONE, dd.lift(poles[k]))
        rho = dd.mul(unit, dd.div(dd.sub(dd.ONE, dd.lift(poles[k])), plus))
        re[k] = rho[0] + (rho[1] + carried * rho[0])
        carried += ((rho[0] - re[k]) + rho[1]) / rho[0]
        im[k], im_low[k] = rho[2], rho[3]
        top, up = _leveled(dd.mul(top, dd.mul(dd.lift(b[k]), dd.lift(c[k]))))
        bottom, down = _leveled(dd.mul(bottom, plus))
        exponent += up - down
        bits = max(bits, abs(math.log2(abs(1.0 - abs(poles[k])))), abs(math.log2(abs(dd.value(plus)))))
    for _ in range(K):
        top, up = _leveled(dd.mul(top, unit))
        exponent += up
    gain, shift = _normalize(dd.value(dd.div(top, bottom)))
    return re, im, im_low, gain, exponent + shift, max(1, int(_BITS / (_GROUP * bits)))


@jit
def _leveled(a):
    """A double-double as a mantissa and a binary exponent."""
    size = max(abs(a[0]), abs(a[2]))
    if 1e-100 < size < 1e100 or size == 0.0:
        return a, 0
    shift = math.frexp(size)[1]
    scaled = (math.ldexp(a[0], -shift), math.ldexp(a[1], -shift), math.ldexp(a[2], -shift), math.ldexp(a[3], -shift))
    return scaled, shift


@jit
def response(re, im, im_low, gain, shift, often, turns, omega):
    """gain 2^shift e^{i turns θ}/(cos^K θ Π (ρ_k + i t)): mantissas and binary exponents, (n,) each.

    An exponent is 0 unless it is far from it.
    """
    n, K = len(omega), len(re)
    out, exponents = np.empty(n, np.complex128), np.empty(n, np.int64)
    at, work, powers = np.empty(7 * LANES), np.empty(_ROWS * LANES), np.empty(LANES, np.int64)
    real = not im.any()
    for start in range(0, n, LANES):
        count = min(LANES, n - start)
        half_angles(omega, start, at)
        _tangents(at, K // 4, work)
        _phases(at, turns, work)
        for j in range(LANES):
            work[_X + j], work[_Y + j], work[_U + j], work[_V + j] = 1.0, 0.0, 1.0, 0.0
            work[_DUE + j], powers[j] = 0.0, 0
        for lane in range(0, count, _WIDE):
            for first in range(0, K, often * _GROUP):
                last = min(first + often * _GROUP, K)
                if real:
                    _multiply_real(re, first, last, lane, work)
                else:
                    _multiply(re, im, im_low, first, last, lane, work)
                if _far(work, lane):
                    _level(work, lane, powers)
        _divide(gain, work)
        for j in range(count):
            value, exponent = complex(work[_REAL + j], work[_IMAG + j]), shift - powers[j]
            if exponent != 0 and abs(exponent) <= _BITS:
                value, exponent = value * math.ldexp(1.0, int(exponent)), 0
            out[start + j], exponents[start + j] = value, exponent
    return out, exponents


@jit
def _tangents(at, groups, work):
    """t = tan θ with its low part; cos⁴ θ, and 1 + groups·(what rounding took from it)."""
    for j in range(LANES):
        s, c, low = at[SIN + j], at[COS + j], at[COS_LOW + j]
        t = s / c
        t_low = (fused(-t, c, s) + (at[SIN_LOW + j] - t * low)) / c
        scaled = _UNIT * t
        work[_TAN + j], work[_TAN_LOW + j] = scaled, fused(_UNIT, t, -scaled) + _UNIT * t_low
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
        sine, _, cosine, _ = sine_cosine(high, low)
        work[_REAL + j], work[_IMAG + j] = quarters(cosine, sine, q + turns * at[ODD + j])


@jit
def _multiply_real(re, first, last, lane, work):
    """Π (ρ_k + i t) cos θ of the layers from `first` to `last`, even ones onto one product and odd ones onto another.

    The low part of t gathers until it makes a unit in the last place of t, which a group of eight then takes along.
    """
    tan, low, fourth = load(work, _TAN + lane), load(work, _TAN_LOW + lane), load(work, _FOURTH + lane)
    x, y, u, v = load(work, _X + lane), load(work, _Y + lane), load(work, _U + lane), load(work, _V + lane)
    due = load(work, _DUE + lane)
    for k in range(first, last, _GROUP):
        due = add(due, low)
        t = add(tan, due)
        due = subtract(due, subtract(t, tan))
        for j in range(k, k + _GROUP, 2):
            x, y = _times(x, y, spread(re, j), t)
            u, v = _times_also(u, v, spread(re, j + 1), t)
        x, y, u, v = multiply(x, fourth), multiply(y, fourth), multiply(u, fourth), multiply(v, fourth)
    _keep(work, lane, x, y, u, v)
    store(work, _DUE + lane, due)


@jit
def _multiply(re, im, im_low, first, last, lane, work):
    """The same where ρ has an imaginary part."""
    tan, low, fourth = load(work, _TAN + lane), load(work, _TAN_LOW + lane), load(work, _FOURTH + lane)
    x, y, u, v = load(work, _X + lane), load(work, _Y + lane), load(work, _U + lane), load(work, _V + lane)
    for k in range(first, last, _GROUP):
        for j in range(k, k + _GROUP, 2):
            x, y = _times(x, y, spread(re, j), _added(tan, low, im, im_low, j))
            u, v = _times_also(u, v, spread(re, j + 1), _added(tan, low, im, im_low, j + 1))
        x, y, u, v = multiply(x, fourth), multiply(y, fourth), multiply(u, fourth), multiply(v, fourth)
    _keep(work, lane, x, y, u, v)


@jit
def _added(tan, low, im, im_low, j):
    """Im ρ + t, which may cancel (Knuth's sum)."""
    im, rest = spread(im, j), add(low, spread(im_low, j))
    total = add(tan, im)
    part = subtract(total, tan)
    lost = add(subtract(tan, subtract(total, part)), subtract(im, part))
    return add(total, add(lost, rest))


@jit
def _keep(work, lane, x, y, u, v):
    store(work, _X + lane, x)
    store(work, _Y + lane, y)
    store(work, _U + lane, u)
    store(work, _V + lane, v)


@jit
def _times(x, y, g, h):
    """(x + i y) (g + i h), the real part with the product x g rounded before."""
    return fma(y, multiply(broadcast(-1.0), h), multiply(x, g)), fma(x, h, multiply(y, g))


@jit
def _times_also(u, v, g, h):
    """The same with v h rounded before: where one product is a unit in the last place of the other, errors differ."""
    return fma(u, g, multiply(broadcast(-1.0), multiply(v, h))), fma(v, g, multiply(u, h))


@jit
def _far(work, lane):
    """Whether one of the products has left 10^±100."""
    count = 0
    for j in range(lane, lane + _WIDE):
        first, second = max(abs(work[_X + j]), abs(work[_Y + j])), max(abs(work[_U + j]), abs(work[_V + j]))
        if not (min(first, second) > 1e-100 and max(first, second) < 1e100):
            count += 1
    return count > 0


@jit
def _level(work, lane, powers):
    for j in range(lane, lane + _WIDE):
        for re, im in ((_X + j, _Y + j), (_U + j, _V + j)):
            z, shift = _normalize(complex(work[re], work[im]))
            work[re], work[im] = z.real, z.imag
            powers[j] += shift


@jit
def _divide(gain, work):
    """gain e^{i turns θ} by both products; in units of their size, that no square leaves the range of doubles."""
    for j in range(LANES):
        x, y, u, v = work[_X + j], work[_Y + j], work[_U + j], work[_V + j]
        re, im = x * u - y * v, x * v + y * u
        size = 1.0 / max(abs(re), abs(im))
        re, im = re * size, im * size
        size /= (re * re + im * im) * work[_FIX + j]
        cosine, sine = work[_REAL + j] * size, work[_IMAG + j] * size
        cosine, sine = cosine * re + sine * im, sine * re - cosine * im
        work[_REAL + j] = gain.real * cosine - gain.imag * sine
        work[_IMAG + j] = gain.real * sine + gain.imag * cosine
