"""Delays of real poles against mpmath: the single steps, sums of many, and more frequencies than a block takes."""

import mpmath
import numpy as np
import pytest

from lti_depth.kernels import angles, delays

EPS = np.finfo(float).eps
OMEGA = np.concatenate([[0.0, np.pi, -1e-9, 7.0, np.pi - 1e-9], np.linspace(-3, 3, 12)])


def truth(poles, omega):
    """Re[λ w/(1 − λ w)] of each pole."""
    w = mpmath.expj(-mpmath.mpf(float(omega)))
    return [(pole * w / (1 - pole * w)).real for pole in map(mpmath.mpf, map(float, poles))]


@pytest.mark.parametrize("right, left", [(1, 0), (0, 1), (8, 0), (3, 2), (13, 10), (2, 17)])
@pytest.mark.parametrize("later", [0.0, 3.0])
def test_delays(right, left, later):
    """Roundings of a sum of fractions, relative to what is added."""
    rng = np.random.default_rng(right)
    sizes, others = np.sort(rng.uniform(0.05, 0.99, right)), np.sort(rng.uniform(0.05, 0.99, left))
    found = delays.delay(sizes, others, later, OMEGA)
    with mpmath.workdps(40):
        for omega, delay in zip(OMEGA, found, strict=True):
            terms = truth(sizes, omega) + truth(-others, omega)
            assert abs(delay - sum(terms) - later) <= 12 * EPS * (sum(map(abs, terms)) + later)


def test_more_frequencies_than_a_block():
    omega = np.linspace(-3, 3, angles.LANES + 9)
    poles = np.array([0.5, 0.9])
    found = delays.delay(poles, poles, 0.0, omega)
    np.testing.assert_allclose(found, [float(sum(truth([*poles, *-poles], value))) for value in omega], rtol=1e-12)


def test_where_the_delay_of_a_pole_changes_sign():
    """At cos ω = a the numerator cancels, and keeps the digits that ω has."""
    pole = 0.625
    omega = np.arccos(pole) * (1 + np.array([-2, -1, 0, 1, 2]) * 2.0**-30)
    with mpmath.workdps(40):
        for value, delay in zip(omega, delays.delay(np.array([pole]), np.empty(0), 0.0, omega), strict=True):
            (expected,) = truth([pole], value)
            assert abs(delay - expected) <= 20 * EPS * abs(expected) + 2.0**-70


@pytest.mark.parametrize("size", [1e-300, 1e-9, 0.3, 0.999, 1 - 2.0**-50])
def test_gaps(size):
    with mpmath.workdps(60):
        exact = (1 - mpmath.mpf(size)) ** 2 / mpmath.mpf(size)
        assert abs(delays._gaps(np.array([size]))[0] - exact) <= 2 * EPS * exact


@pytest.mark.parametrize("half, half_low, turn", [(angles.SIN, angles.SIN_LOW, 0), (angles.COS, angles.COS_LOW, 1)])
def test_turns(half, half_low, turn):
    """2 (1 − cos ω), and cos ω to twenty digits, from the sine of ω/2; of ω + π from the cosine."""
    omega = np.array([0.3, -1.1, 2.9, 1e-8, np.pi / 2])
    at, turned = np.empty(7 * angles.LANES), np.empty(3 * angles.LANES)
    angles.half_angles(omega, 0, at)
    delays._turn(at, half, half_low, turned)
    with mpmath.workdps(40):
        for j, value in enumerate(omega):
            cosine = mpmath.cos(mpmath.mpf(float(value)) + turn * mpmath.pi)
            twice, high, low = (turned[part * angles.LANES + j] for part in range(3))
            assert abs(twice - 2 * (1 - cosine)) <= 1.2 * EPS * (1 - cosine)
            assert abs(mpmath.mpf(high) + mpmath.mpf(low) - cosine) <= 2.0**-64


def test_sums_are_compensated():
    """The rounding error of many equal terms does not grow."""
    poles = np.full(2000, 0.1)
    found = delays.delay(poles, np.empty(0), 0.0, np.array([0.4]))[0]
    with mpmath.workdps(40):
        exact = 2000 * truth([0.1], 0.4)[0]
        assert abs(found - exact) <= 8 * EPS * abs(exact)
