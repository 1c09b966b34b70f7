"""What the theorems on growth stand on, and the numbers of their statements."""

from fractions import Fraction

import mpmath
import numpy as np
import pytest
import sympy

from lti_depth import numeric, theorems
from lti_depth.symbolic.rationals import indeterminates
from lti_depth.theorems import equal_layers, expansions
from lti_depth.theorems.growth import residual_growth, signs
from lti_depth.theorems.growth.growth_under_lru_gains import law as legendre


def law(name):
    return theorems.theorem(name).law


def test_order():
    x, y = indeterminates("x", "y")
    assert expansions.order(x**3 * (1 + y) / (x * (2 + x)), x) == 2
    assert expansions.order((1 + x) / x**2, x) == -2
    assert expansions.order(1 + y, x) == 0
    assert expansions.order(x - x, x) == float("inf")


@pytest.mark.parametrize("exponent", [Fraction(-1, 2), Fraction(1, 3), -2])
def test_power(exponent):
    e = sympy.Symbol("e")
    found = expansions.power(Fraction(1, 100), exponent, 5)
    series = sympy.series((1 + e) ** sympy.Rational(exponent), e, 0, 5).removeO()
    assert sympy.Rational(found) == series.subs(e, sympy.Rational(1, 100))


def test_recursion_of_equal_layers():
    """At λ² = ½, from sums of 400 terms."""
    x = mpmath.mpf(1) / 2
    V = [mpmath.fsum(mpmath.binomial(t + K - 1, K - 1) ** 2 * x**t for t in range(400)) for K in (1, 2, 3, 4, 5)]
    for K in (2, 3, 4):
        assert abs(equal_layers.remainder(K, x, V[K], V[K - 1], V[K - 2])) < 1e-10 * V[K]
        assert abs(equal_layers.remainder(K, x, V[K - 1], V[K - 1], V[K - 2])) > 1e-2 * V[K]
    assert not equal_layers.solves_recursion(lambda K, x: 1 / (1 - x) ** K)
    assert not equal_layers.sums_squares(lambda K, x: 1 / (1 - x) ** K, 2)


def test_signs_average_as_independent_entries_do():
    found = list(signs.matrices((1, 2), (2, 1)))
    assert len(found) == 16 and len({str(pair) for pair in found}) == 16
    assert signs.mean(B[0][0] * C[1][0] for B, C in found) == 0
    assert signs.mean(B[0][1] ** 2 for B, _ in found) == 1


def test_depth_aware_gains_of_nine_tenths():
    gains = [law("depth-aware-legendre")(k, mpmath.mpf("0.81")) for k in (1, 2, 3, 4)]
    assert np.sqrt(np.array(gains, dtype=float)) == pytest.approx([0.435890, 0.141226, 0.115523, 0.109555], abs=1e-6)


def test_residual_blocks_of_nine_tenths():
    """The variances after 1, 2 and 4 blocks with a real pole .9, and their linear growth."""
    increments = residual_growth.increments(law("residual-growth"), mpmath.mpf("0.81"))
    variances = 1 + np.cumsum([float(m) for m in increments])
    assert variances[[0, 1, 3]] == pytest.approx([2, 7.263, 32.62], rel=1e-3)


def test_wide_real_layers_of_nine_tenths():
    assert [float(legendre(K, mpmath.mpf("0.81"))) for K in (1, 2, 4)] == pytest.approx([1, 9.526, 2147], rel=1e-3)


def test_largest_error_of_the_gaussian():
    """.39975(1 + (1−λ)²/(6λ))/K under white input: where it is, and against 256 layers."""
    y = (5 - mpmath.sqrt(13)) / 2
    c = abs(law("gaussian-limit")(y, mpmath.mpf(1) / 2, 0) - 1) * mpmath.exp(-y)
    assert 0.39975 <= c < 0.39976
    pole, K = 0.5, 256
    s = K * pole / (1 - pole) ** 2
    lags = np.arange(int(6 * np.sqrt(s)))
    R = numeric.autocovariance(numeric.cascade([pole] * K), lags)
    error = np.abs(R / R[0] - np.exp(-(lags**2) / (4 * s))).max()
    assert error * K / (1 + (1 - pole) ** 2 / (6 * pole)) == pytest.approx(float(c), abs=1 / K)


def test_class_law_of_long_memory():
    """S_u = |2 sin(ω/2)|^{−1/2} through 64 layers with λ = ½, s = 128."""
    found = [float(law("class-law")(mpmath.mpf(lag) ** 2 / 512, mpmath.mpf(1) / 2, 40)) for lag in (6, 14, 28)]
    assert found == pytest.approx([0.9659, 0.8359, 0.5598], abs=1e-4)
