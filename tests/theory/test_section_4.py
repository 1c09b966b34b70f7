"""The theory, section 4: growth laws."""

from fractions import Fraction
from math import comb, pi, sqrt

import numpy as np
import pytest
from digits import agrees

from lti_depth import numeric


def variance(poles, process=None, **gains):
    return numeric.autocovariance(numeric.cascade(poles, **gains), 0, process)


@pytest.mark.parametrize(("pole", "printed"), [("0.5", "1.000646e6"), ("0.9", "8.864877e21")])
def test_twelve_layers(pole, printed):
    assert agrees(variance([float(pole)] * 12), printed)
    x = Fraction(pole) ** 2
    assert agrees((1 - x) ** -23 * sum(comb(11, j) ** 2 * x**j for j in range(12)), printed)


@pytest.mark.parametrize(("others", "printed"), [(0.0, "50.2513"), (0.6, "1.1837e4")])
def test_one_slow_layer(others, printed):
    assert agrees(variance([0.99, *[others] * 3]), printed)


@pytest.mark.parametrize("K", [1, 2, 3, 5])
def test_towards_the_circle(K):
    """V_K ~ C(2K−2, K−1) (1−λ²)^{1−2K}, with an error in proportion to 1−λ²."""
    gaps = np.array([1e-3, 1e-4, 1e-5])
    ratio = [variance([sqrt(1 - gap)] * K) / (comb(2 * K - 2, K - 1) * gap ** (1 - 2 * K)) for gap in gaps]
    # Σ C(K−1,j)² λ^{2j} falls short of C(2K−2, K−1) by the mean of j, (K−1)/2, times the gap.
    np.testing.assert_allclose(1 - np.array(ratio), (K - 1) / 2 * gaps, rtol=0.01, atol=1e-9)


@pytest.mark.parametrize("K", [1, 2, 3, 5])
def test_each_further_layer_costs_the_gap_squared(K):
    cost = [variance([sqrt(1 - gap)] * (K + 1)) / variance([sqrt(1 - gap)] * K) for gap in (1e-5, 1e-6)]
    assert np.log10(cost[1] / cost[0]) == pytest.approx(2, abs=1e-4)


@pytest.mark.parametrize("pole", [0.5, 0.9, -0.5, 0.5 * np.exp(1j)])
@pytest.mark.parametrize("rho", [0.0, 0.6])
def test_many_layers(pole, rho):
    """Under unit gain at the peak, V_K → (1−|λ|)/√(4π|λ|K)·S_u(arg λ), with an error in proportion to 1/K."""
    size, S_u = abs(pole), (1 - rho**2) / abs(1 - rho * np.exp(-1j * np.angle(pole))) ** 2
    depths = np.array([64, 128, 256])
    found = [variance([pole] * K, numeric.ar1(rho), b=1 - size) for K in depths]
    errors = np.real(found) / ((1 - size) / np.sqrt(4 * pi * size * depths) * S_u) - 1
    assert abs(errors[-1]) < 0.02
    np.testing.assert_allclose(errors[:-1] / errors[1:], 2, rtol=0.1)


@pytest.mark.parametrize("pole", [0.5, 0.9])
def test_growth_per_layer_is_the_largest_gain_squared(pole):
    """V_{K+1}/V_K → ‖H_k‖∞² = (1−λ)^{−2}, from below by the factor 1 − 1/(2K)."""
    K = 256
    growth = variance([pole] * (K + 1), b=1 - pole) / variance([pole] * K, b=1 - pole)
    assert growth == pytest.approx(1 - 1 / (2 * K), abs=1e-4)
    assert abs(numeric.frequency_response(numeric.cascade([pole], 1 - pole), 0)) == pytest.approx(1)


def cascade_of(delays, **gains):
    """Layers with λ/(1−λ) = `delays`."""
    delays = np.asarray(delays, dtype=float)
    return variance(delays / (1 + delays), **gains)


def test_extremes_at_fixed_delay():
    assert agrees(cascade_of([25] * 4), "1.280e9")
    assert agrees(cascade_of([100, 0, 0, 0]), "50.75")


def test_no_counter_example_to_schur_concavity():
    """Moving two of the λ/(1−λ) towards each other never lowers V; 1,000 trials, K = 2…6."""
    rng = np.random.default_rng(4)
    for _ in range(1000):
        delays = 10 ** rng.uniform(-3, 3, rng.integers(2, 7))
        share = rng.uniform()
        nearer = delays.copy()
        nearer[0], nearer[1] = (1 - share) * delays[0] + share * delays[1], share * delays[0] + (1 - share) * delays[1]
        assert cascade_of(nearer) >= cascade_of(delays) * (1 - 1e-12)


def test_equal_and_single_poles_are_extreme():
    rng = np.random.default_rng(5)
    for delays in 100 * rng.dirichlet(np.full(4, 0.5), size=300):
        assert cascade_of([100, 0, 0, 0]) <= cascade_of(delays) <= cascade_of([25] * 4)


def test_unit_dc_gain_turns_the_order_round():
    """K = 2: V = (1+D+2p)/((1+D)(1+2D+4p)), p = m₁m₂, falls as p grows."""
    D = 100
    products, found = [], []
    for m in (0, 1, 10, 30, 50):
        delays = np.array([D - m, m])
        p = np.prod(delays)
        found.append(cascade_of(delays, b=1 / (1 + delays)))
        products.append(p)
        assert found[-1] == pytest.approx((1 + D + 2 * p) / ((1 + D) * (1 + 2 * D + 4 * p)), rel=1e-12)
    assert np.all(np.diff(products) > 0) and np.all(np.diff(found) < 0)


@pytest.mark.parametrize("pole", [0.9, 1 - 1e-4])
def test_finite_horizon(pole):
    """From rest, the sum of the first T terms; T(1−λ) « 1: far from the stationary value."""
    K, T = 3, 1000
    poles = numeric.cascade([pole] * K)
    h = np.array([comb(t + K - 1, K - 1) for t in range(T)]) * pole ** np.arange(T)
    seen = numeric.state_variance(poles, horizon=T)[-1, 0]
    assert seen == pytest.approx(np.sum(h**2), rel=1e-11)
    stationary = numeric.state_variance(poles)[-1, 0]
    assert seen == pytest.approx(stationary, rel=1e-12) if pole < 1 - 1 / T else seen < 1e-3 * stationary
