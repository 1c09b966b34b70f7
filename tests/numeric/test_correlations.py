"""The correlation length beyond the lags that are all looked at: the first crossing, however short the dip."""

import numpy as np
import pytest

from lti_depth import numeric


def correlation(poles, c, lags):
    """|r| of y = Σ c_n x_n under white noise, x_n of pole λ_n: R(Δ) = Σ_nm c_n c_m* λ_n^Δ/(1 − λ_n λ_m*)."""
    weights = c * ((1 / (1 - np.outer(poles, poles.conj()))) @ c.conj())
    sizes = np.abs(np.exp(np.outer(lags, np.log(poles))) @ weights)
    return sizes / abs(weights.sum())


def first_crossing(sizes):
    n = np.flatnonzero(sizes <= 0.5)[0]
    return n - 1 + (sizes[n - 1] - 0.5) / (sizes[n - 1] - sizes[n])


@pytest.mark.parametrize("timing", ["current", "delayed"])
@pytest.mark.parametrize(("slow", "fast", "turn", "share"), [
    (1e-5, 1e-6, 0.01, 0.4), (1e-5, 1e-6, 0.3, 0.35), (1e-5, 2e-5, 1.0, 0.3), (1e-6, 1e-6, 3e-4, 0.4),
])  # fmt: skip
def test_short_dips_are_found(slow, fast, turn, share, timing):
    """A slow decay with a ripple on top: |r| touches ½ for some samples of a period, long before it stays below."""
    poles = np.array([1 - slow, (1 - fast) * np.exp(1j * turn), (1 - fast) * np.exp(-1j * turn)])
    c = np.sqrt([slow, share**2 * fast, share**2 * fast])
    sizes = correlation(poles, c, np.arange(200_000))
    expected = first_crossing(sizes)
    assert expected > 1025 and (sizes[int(expected) + 2 : int(1.25 * expected)] > 0.5).any()
    stack = numeric.stack([numeric.Layer(poles, np.ones((3, 1)), c[None])], timing=timing)
    assert numeric.correlation_length(stack) == pytest.approx(expected, rel=1e-9)


def test_dips_of_a_sum_of_inputs_and_of_several_channels():
    """White noise and AR(1) side by side add up; two channels average their correlations by variance."""
    slow, ripple = 1 - 1e-5, (1 - 1e-6) * np.exp(0.3j)
    layer = numeric.Layer([slow, ripple, ripple.conjugate()], np.eye(3), np.diag([3e-3, 3e-4, 3e-4]))
    lags = np.arange(100_000)
    R = (9e-6 * slow**lags / (1 - slow**2)
         + 2 * 9e-8 * np.exp(lags * np.log(abs(ripple))) * np.cos(0.3 * lags) / (1 - abs(ripple) ** 2))
    expected = first_crossing(np.abs(R) / R[0])
    assert expected > 1025
    assert numeric.correlation_length(numeric.stack([layer])) == pytest.approx(expected, rel=1e-9)
    pole, process = 1 - 1e-4, numeric.white(1e-4) + numeric.ar1(0.9999, 0.3)
    found = numeric.correlation_length(numeric.cascade([pole]), process)
    R = numeric.autocovariance(numeric.cascade([pole]), np.arange(60_000), process)
    assert found == pytest.approx(first_crossing(np.abs(R) / R[0]), rel=1e-9)


@pytest.mark.parametrize("K", [1, 2, 6, 12])
@pytest.mark.parametrize("gap", [1e-6, 1e-9, 1e-12])
def test_slow_decay_is_passed_over(gap, K):
    """Lags up to 10¹³ in few steps; there Δ_{1/2} scales as 1/(1 − λ)."""
    found, near = numeric.correlation_length(numeric.cascade([1 - gap] * K)), 1e-4
    scaled = near * numeric.correlation_length(numeric.cascade([1 - near] * K))
    assert found * gap == pytest.approx(scaled, rel=2e-4)
