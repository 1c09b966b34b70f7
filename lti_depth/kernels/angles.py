"""Sine and cosine of ω/2 to twenty digits or thirty, written so that the compiler takes eight frequencies at a time.

A stack of K layers turns one error of an angle into K of them: what depends on ω alone is kept as an unevaluated sum
of two doubles. θ = r + (π/2)·odd, which is ω/2 up to a multiple of π, with |r| ≤ π/4.
"""

import math
from fractions import Fraction

from .doubledouble import two_sum
from .fused import fma
from .jit import jit

LANES = 64
SIN, SIN_LOW, COS, COS_LOW, REST, REST_LOW, ODD = range(0, 7 * LANES, LANES)
_FAR = 2.0**48


def _parts(exact, count):
    """A fraction as a sum of doubles."""
    out = []
    for _ in range(count):
        out.append(float(exact))
        exact -= Fraction(out[-1])
    return out


def _arctan(n):
    """arctan(1/n) to 2^−200, n ≥ 5."""
    return sum(Fraction((-1) ** k, (2 * k + 1) * n ** (2 * k + 1)) for k in range(44))


def _reciprocal(n):
    """1/n! as a sum of two doubles."""
    return _parts(Fraction(1, math.factorial(n)), 2)


_HALF_PI, _HALF_PI_LOW, _HALF_PI_LEAST = _parts(8 * _arctan(5) - 2 * _arctan(239), 3)  # Machin
_S3, _S5, _S7, _S9, _S11, _S13, _S15 = (_reciprocal(n)[0] for n in range(3, 16, 2))
_S3_LOW, _S5_LOW, _S7_LOW, _S9_LOW, _S11_LOW, _S13_LOW, _S15_LOW = (_reciprocal(n)[1] for n in range(3, 16, 2))
_S17, _S19, _S21, _S23, _S25, _S27 = (_reciprocal(n)[0] for n in range(17, 28, 2))
_C4, _C6, _C8, _C10, _C12, _C14, _C16 = (_reciprocal(n)[0] for n in range(4, 17, 2))
_C4_LOW, _C6_LOW, _C8_LOW, _C10_LOW, _C12_LOW, _C14_LOW, _C16_LOW = (_reciprocal(n)[1] for n in range(4, 17, 2))
_C18, _C20, _C22, _C24, _C26 = (_reciprocal(n)[0] for n in range(18, 27, 2))


@jit
def half_angles(omega, start, at):
    """Of 64 frequencies from `start` on, the last of them again where there are fewer: rows of 64 in `at`.

    sin θ, cos θ and r, each followed by its low part, and 1 where θ = r + π/2, else 0. Low parts are 0 beyond ω = 2^49.
    """
    count, far = min(LANES, len(omega) - start), 0
    for j in range(count):
        at[ODD + j] = 0.5 * omega[start + j]
    for j in range(count, LANES):
        at[ODD + j] = at[ODD + count - 1]
    for j in range(LANES):
        far += 1 if abs(at[ODD + j]) >= _FAR else 0
        q, high, low = reduced(at[ODD + j], 0.0)
        sine, sine_low, cosine, cosine_low = _twenty_digits(high, low)
        odd = q - 2.0 * _nearest(0.5 * q - 0.25)
        at[SIN + j] = sine if odd == 0.0 else cosine
        at[SIN_LOW + j] = sine_low if odd == 0.0 else cosine_low
        at[COS + j] = cosine if odd == 0.0 else -sine
        at[COS_LOW + j] = cosine_low if odd == 0.0 else -sine_low
        at[REST + j], at[REST_LOW + j], at[ODD + j] = high, low, odd
    if far:
        for j in range(count):
            if abs(0.5 * omega[start + j]) >= _FAR:
                _far_angle(0.5 * omega[start + j], at, j)


@jit
def exact_half_angles(omega, start, at):
    """The same, sines and cosines to thirty digits."""
    half_angles(omega, start, at)
    for j in range(LANES):
        sine, sine_low, cosine, cosine_low = _thirty_digits(at[REST + j], at[REST_LOW + j])
        straight = at[ODD + j] == 0.0
        at[SIN + j] = sine if straight else cosine
        at[SIN_LOW + j] = sine_low if straight else cosine_low
        at[COS + j] = cosine if straight else -sine
        at[COS_LOW + j] = cosine_low if straight else -sine_low


@jit
def _far_angle(theta, at, j):
    sine, cosine = math.sin(theta), math.cos(theta)
    if cosine < 0.0:
        sine, cosine = -sine, -cosine
    at[SIN + j], at[COS + j], at[REST + j] = sine, cosine, math.atan2(sine, cosine)
    at[SIN_LOW + j] = at[COS_LOW + j] = at[REST_LOW + j] = at[ODD + j] = 0.0


@jit
def _nearest(x):
    """The integer next to x, |x| < 2^51."""
    return (x + 6755399441055744.0) - 6755399441055744.0  # 1.5·2^52, where doubles have distance 1


@jit(inlined=True)
def reduced(x, low):
    """q, and x + low − q π/2 as a sum of two doubles, for |x| < 2^48; q an integer."""
    q = _nearest(x * (1.0 / _HALF_PI))
    product = q * _HALF_PI
    high, lost = two_sum(x - product, -fma(q, _HALF_PI, -product))
    product = q * _HALF_PI_LOW
    high, more = two_sum(high, -product)
    low += (lost + more) - (fma(q, _HALF_PI_LOW, -product) + q * _HALF_PI_LEAST)
    total = high + low
    return q, total, low - (total - high)


@jit(inlined=True)
def _times(z, z_low, a, a_low, c, c_low):
    """c + z a, for |z a| < |c|."""
    product = z * a
    low = fma(z, a, -product) + (z * a_low + z_low * a)
    total = c + product
    return total, ((c - total) + product) + (low + c_low)


@jit(inlined=True)
def _sine_tail(z):
    """1/9! − z/11! + …"""
    return fma(z, fma(z, fma(z, fma(z, fma(z, -_S19, _S17), -_S15), _S13), -_S11), _S9)


@jit(inlined=True)
def _cosine_tail(z):
    """1/8! − z/10! + …"""
    return fma(z, fma(z, fma(z, fma(z, fma(z, fma(z, _C20, -_C18), _C16), -_C14), _C12), -_C10), _C8)


@jit(inlined=True)
def sine_cosine(r, low):
    """sin and cos of r + low, |r| ≤ π/4, by Taylor's series."""
    z = r * r
    s = fma(z, fma(z, fma(z, _sine_tail(z), -_S7), _S5), -_S3)
    c = fma(z, fma(z, fma(z, _cosine_tail(z), -_C6), _C4), -0.5)
    return r + fma(r * z, s, low), 1.0 + fma(z, c, -r * low)


@jit(inlined=True)
def _square(r, low):
    z = r * r
    return z, fma(r, r, -z) + 2.0 * r * low


@jit(inlined=True)
def _ends(r, low, z, z_low, s, s_low, c, c_low):
    """r + r z s and 1 + z c, each with its low part."""
    product = z * s
    s, s_low = _times(product, fma(z, s, -product) + (z * s_low + z_low * s), r, low, r, low)
    c, c_low = _times(z, z_low, c, c_low, 1.0, 0.0)
    return s + s_low, s_low - ((s + s_low) - s), c + c_low, c_low - ((c + c_low) - c)


@jit(inlined=True)
def _twenty_digits(r, low):
    """sin and cos of r + low, |r| ≤ π/4, each with its low part: the first terms of the series twice as exact."""
    z, z_low = _square(r, low)
    s, s_low = _times(z, z_low, _sine_tail(z), 0.0, -_S7, -_S7_LOW)
    s, s_low = _times(z, z_low, s, s_low, _S5, _S5_LOW)
    s, s_low = _times(z, z_low, s, s_low, -_S3, -_S3_LOW)
    c, c_low = _times(z, z_low, _cosine_tail(z), 0.0, -_C6, -_C6_LOW)
    c, c_low = _times(z, z_low, c, c_low, _C4, _C4_LOW)
    c, c_low = _times(z, z_low, c, c_low, -0.5, 0.0)
    return _ends(r, low, z, z_low, s, s_low, c, c_low)


@jit(inlined=True)
def _thirty_digits(r, low):
    """The same to 2^−103."""
    z, z_low = _square(r, low)
    s = fma(z, fma(z, fma(z, fma(z, fma(z, -_S27, _S25), -_S23), _S21), -_S19), _S17)
    s, s_low = _times(z, z_low, s, 0.0, -_S15, -_S15_LOW)
    s, s_low = _times(z, z_low, s, s_low, _S13, _S13_LOW)
    s, s_low = _times(z, z_low, s, s_low, -_S11, -_S11_LOW)
    s, s_low = _times(z, z_low, s, s_low, _S9, _S9_LOW)
    s, s_low = _times(z, z_low, s, s_low, -_S7, -_S7_LOW)
    s, s_low = _times(z, z_low, s, s_low, _S5, _S5_LOW)
    s, s_low = _times(z, z_low, s, s_low, -_S3, -_S3_LOW)
    c = fma(z, fma(z, fma(z, fma(z, -_C26, _C24), -_C22), _C20), -_C18)
    c, c_low = _times(z, z_low, c, 0.0, _C16, _C16_LOW)
    c, c_low = _times(z, z_low, c, c_low, -_C14, -_C14_LOW)
    c, c_low = _times(z, z_low, c, c_low, _C12, _C12_LOW)
    c, c_low = _times(z, z_low, c, c_low, -_C10, -_C10_LOW)
    c, c_low = _times(z, z_low, c, c_low, _C8, _C8_LOW)
    c, c_low = _times(z, z_low, c, c_low, -_C6, -_C6_LOW)
    c, c_low = _times(z, z_low, c, c_low, _C4, _C4_LOW)
    c, c_low = _times(z, z_low, c, c_low, -0.5, 0.0)
    return _ends(r, low, z, z_low, s, s_low, c, c_low)


@jit(inlined=True)
def quarters(re, im, q):
    """(re + i im) i^q."""
    q -= 4.0 * _nearest(0.25 * q - 0.375)
    if q == 1.0 or q == 3.0:
        re, im = -im, re
    return (-re, -im) if q > 1.5 else (re, im)
