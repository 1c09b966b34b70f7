"""The steps of sines and cosines, each against exact numbers."""

import math
from fractions import Fraction

import mpmath
import numpy as np
import pytest

from lti_depth.kernels import angles


@pytest.mark.parametrize("n", [3, 5, 4, 19])
def test_reciprocals_of_factorials(n):
    high, low = angles._reciprocal(n)
    exact = Fraction(1, math.factorial(n))
    assert high == float(exact) and abs(Fraction(high) + Fraction(low) - exact) <= Fraction(1, 2**106) * exact


def test_half_pi_in_three_parts():
    parts = angles._HALF_PI, angles._HALF_PI_LOW, angles._HALF_PI_LEAST
    assert parts[0] == math.pi / 2 and parts[1] == math.cos(math.pi / 2)
    with mpmath.workdps(80):
        assert abs(mpmath.fsum(map(mpmath.mpf, parts)) - mpmath.pi / 2) <= mpmath.mpf(2) ** -160
        assert abs(mpmath.mpf(angles._arctan(5).numerator) / angles._arctan(5).denominator
                   - mpmath.atan(mpmath.mpf(1) / 5)) <= mpmath.mpf(2) ** -200


def test_nearest_integers():
    for x in (0.0, 0.4, -0.4, 0.6, -1.6, 2.0**50 + 0.25, -7.0):
        assert angles._nearest(x) == round(x)


@pytest.mark.parametrize("x", [0.0, 0.7, -0.7, 1.5, 2.0, -3.0, 40.0, -1e3, 2.0**19 + 0.3, math.pi, 2.0**47])
@pytest.mark.parametrize("low", [0.0, 1e-17, -3e-18])
def test_reduced(x, low):
    """To 2^−104 of the remainder, but for a fourth part of π/2."""
    with mpmath.workdps(80):
        q, high, rest = angles.reduced(x, low)
        exact = mpmath.mpf(x) + mpmath.mpf(low) - mpmath.mpf(q) * mpmath.pi / 2
        assert q == round(x / (math.pi / 2)) and high + rest == high
        allowed = 2.0**-104 * abs(high) + abs(x) * 2.0**-160 + abs(low) * 2.0**-53
        assert abs(mpmath.mpf(high) + mpmath.mpf(rest) - exact) <= allowed


@pytest.mark.parametrize("r", [0.0, 1e-9, 0.1, -0.3, 0.5, 0.7853981, -0.7853981])
def test_series(r):
    """Of r and its low part: rounded once or little more, and to twenty or thirty digits."""
    with mpmath.workdps(60):
        low = r * 2.0**-54
        exact = mpmath.mpf(r) + mpmath.mpf(low)
        truth = mpmath.sin(exact), mpmath.cos(exact)
        for found, value in zip(angles.sine_cosine(r, low), truth, strict=True):
            assert abs(found - value) <= 0.6 * np.finfo(float).eps * abs(value)
        for bits, digits in ((71, angles._twenty_digits), (103, angles._thirty_digits)):
            sine, sine_low, cosine, cosine_low = digits(r, low)
            for high, rest, value in ((sine, sine_low, truth[0]), (cosine, cosine_low, truth[1])):
                error = abs(mpmath.mpf(high) + mpmath.mpf(rest) - value)
                assert high + rest == high and error <= mpmath.mpf(2) ** -bits * abs(value)


def test_products_and_sums_of_pairs():
    """c + z a to 2^−100."""
    rng = np.random.default_rng(0)
    with mpmath.workdps(60):
        for _ in range(20):
            z, a, c = rng.uniform(-1, 1), rng.uniform(-1, 1), rng.choice([-1.5, 1.5])
            z_low, a_low, c_low = (value * 2.0**-54 * rng.uniform(-1, 1) for value in (z, a, c))
            total, low = angles._times(z, z_low, a, a_low, c, c_low)
            exact = [mpmath.mpf(high) + mpmath.mpf(rest) for high, rest in ((z, z_low), (a, a_low), (c, c_low))]
            assert abs(mpmath.mpf(total) + mpmath.mpf(low) - (exact[2] + exact[0] * exact[1])) <= 2.0**-100


def test_far_frequencies_among_others():
    """From 2^49 on in double precision, with cos ≥ 0 and no low parts; the others as ever."""
    omega = np.array([0.5, 2.0**20, 2.0**49, 0.25, -1e15, 5e17, 5e17 + 3.0, 1e22, -3e19])
    at = np.full(7 * angles.LANES, np.nan)
    angles.half_angles(omega, 0, at)
    with mpmath.workdps(60):
        for j, value in enumerate(omega):
            sine, low, cosine, cosine_low, rest, rest_low, odd = at.reshape(7, -1)[:, j]
            half = mpmath.mpf(float(value)) / 2
            sign = 1 if mpmath.cos(half) * cosine > 0 else -1
            assert abs(sign * sine - mpmath.sin(half)) <= 1e-15 and abs(sign * cosine - mpmath.cos(half)) <= 1e-15
            if abs(value) >= 2.0**49:
                assert low == cosine_low == rest_low == odd == 0 and cosine >= 0 and abs(rest) <= math.pi / 2
                assert abs(mpmath.tan(mpmath.mpf(rest)) - mpmath.tan(half)) <= 1e-14 * (1 + mpmath.tan(half) ** 2)
            else:
                assert low != 0 and cosine_low != 0
