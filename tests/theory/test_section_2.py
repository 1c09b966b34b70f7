"""The theory, section 2: impulse responses, exactly on rational poles and to rounding in float64."""

from fractions import Fraction
from math import comb, prod

import numpy as np
import pytest
import sympy

from lti_depth import bridge, numeric, symbolic

POLES = [Fraction(1, 2), Fraction(-3, 5), Fraction(9, 10), Fraction(0)]
TIMES = range(12)


def distinct(poles, t):
    """h_t = Σ_k λ_k^{t+K−1} / Π_{j≠k} (λ_k − λ_j)."""
    return sum(pole ** (t + len(poles) - 1) / prod(pole - other for other in poles if other != pole) for pole in poles)


def homogeneous(poles, t):
    """h_t(λ_1, …, λ_K), the sum of all monomials of degree t."""
    if len(poles) == 1:
        return poles[0] ** t
    return sum(poles[0] ** s * homogeneous(poles[1:], t - s) for s in range(t + 1))


def law(poles, timing="current", **gains):
    return symbolic.scalar_cascade([sympy.Rational(pole) for pole in poles], timing=timing, **gains)


@pytest.mark.parametrize("K", [1, 2, 3, 4])
def test_complete_homogeneous_symmetric_polynomials(K):
    poles = POLES[:K]
    stack = law(poles)
    for t in TIMES:
        truth = homogeneous(poles, t)
        assert distinct(poles, t) == truth
        assert symbolic.impulse_response(stack, t) == sympy.Rational(truth)
        assert numeric.impulse_response(bridge.lower(stack), t) == pytest.approx(float(truth), rel=1e-13, abs=1e-15)


@pytest.mark.parametrize("K", [1, 2, 5, 12])
def test_equal_poles_give_the_negative_binomial(K):
    pole = Fraction(4, 5)
    truth = [comb(t + K - 1, K - 1) * pole**t for t in TIMES]
    assert [symbolic.impulse_response(law([pole] * K), t) for t in TIMES] == [sympy.Rational(h) for h in truth]
    h = numeric.impulse_response(numeric.cascade([0.8] * K), np.array(TIMES))
    np.testing.assert_allclose(h, np.array(truth, float), rtol=1e-13)


def test_divided_differences_stay_finite_when_poles_merge():
    """The distance to the confluent form falls in proportion to the gap."""
    K, t, pole = 3, 7, Fraction(4, 5)
    confluent = comb(t + K - 1, K - 1) * pole**t
    gaps = [Fraction(1, 10**n) for n in (3, 6, 9, 12)]
    errors = [distinct([pole, pole + gap, pole + 2 * gap], t) - confluent for gap in gaps]
    slopes = [float(error / gap) for error, gap in zip(errors, gaps, strict=True)]
    np.testing.assert_allclose(slopes, slopes[-1], rtol=0.02)
    merging = numeric.cascade([0.8, 0.8 + 1e-12, 0.8 + 2e-12])
    assert numeric.impulse_response(merging, t) == pytest.approx(float(confluent + errors[-1]), rel=1e-14)


def test_gamma_memory_is_delayed_with_unit_dc_gain():
    """de Vries & Principe: g_t = C(t−1, K−1) μ^K (1−μ)^{t−K}, t ≥ K."""
    K, mu = 4, Fraction(1, 5)
    stack = law([1 - mu] * K, timing="delayed", b=sympy.Rational(mu))
    kernel = [comb(t - 1, K - 1) * mu**K * (1 - mu) ** (t - K) if t >= K else 0 for t in range(20)]
    assert [symbolic.impulse_response(stack, t) for t in range(20)] == [sympy.Rational(g) for g in kernel]


@pytest.mark.parametrize("poles", [POLES, [Fraction(4, 5)] * 4])
def test_delayed_timing_is_the_same_k_samples_later(poles):
    current, delayed = (law(poles, timing=timing) for timing in ("current", "delayed"))
    assert [symbolic.impulse_response(delayed, t) for t in range(4)] == [0] * 4
    assert all(symbolic.impulse_response(delayed, t + 4) == symbolic.impulse_response(current, t) for t in TIMES)
