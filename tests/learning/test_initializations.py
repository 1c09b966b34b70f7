"""Initializations: distributions, published formulas, and the LRU layer's parameter counts."""

import numpy as np
import pytest
from scipy import stats

from lti_depth import numeric
from lti_depth.learning import Chart, constant, equal_memory, lru, ring, s4d_inv, s4d_lin, uniform
from lti_depth.system import cascade, stack


def test_ring_is_uniform_in_area():
    poles = ring(4000, np.random.default_rng(0), 0.6, 0.95, (-1.0, 2.0))
    assert stats.kstest(np.abs(poles) ** 2, stats.uniform(0.36, 0.95**2 - 0.36).cdf).pvalue > 0.01
    assert stats.kstest(np.angle(poles), stats.uniform(-1, 3).cdf).pvalue > 0.01


def test_ring_variance_of_the_state():
    """E‖x‖²/E‖Bu‖² = log((1 − r_min²)/(1 − r_max²))/(r_max² − r_min²), here for r = .6 … .95: 1.29."""
    low, high = 0.36, 0.9025
    gains = 1 / (1 - np.abs(ring(20000, np.random.default_rng(1), 0.6, 0.95)) ** 2)
    law = np.log((1 - low) / (1 - high)) / (high - low)
    assert abs(gains.mean() - law) < 4 * gains.std() / np.sqrt(len(gains))


@pytest.mark.parametrize("step", [0.01, 0.5])
def test_s4d(step):
    for n, (lin, inv) in enumerate(zip(s4d_lin(5, step), s4d_inv(5, step), strict=True)):
        assert lin == pytest.approx(np.exp(step * complex(-0.5, np.pi * n)), rel=1e-14)
        assert inv == pytest.approx(np.exp(step * complex(-0.5, 5 / np.pi * (5 / (2 * n + 1) - 1))), rel=1e-14)


def test_s4d_with_a_step_for_each_state():
    steps = np.array([0.1, 0.2, 0.3])
    np.testing.assert_allclose(np.abs(s4d_lin(3, steps)), np.exp(-steps / 2))


def test_uniform_and_constant():
    poles = uniform(1000, np.random.default_rng(0), -0.5, 0.9)
    assert poles.min() >= -0.5 and poles.max() < 0.9 and poles.std() == pytest.approx(1.4 / np.sqrt(12), rel=0.1)
    np.testing.assert_array_equal(constant(3, 0.7j), [0.7j] * 3)


@pytest.mark.parametrize("K", [1, 2, 12])
def test_equal_memory(K):
    poles = equal_memory(K, 100)
    assert numeric.group_delay(cascade(poles), 0.0) == pytest.approx(100, rel=1e-13)


def test_lru_scales():
    layer = lru(400, 6, np.random.default_rng(0), r_min=0.5, r_max=0.9)
    normalized = layer.B / np.sqrt(1 - np.abs(layer.poles) ** 2)[:, None]
    for parts, scale in ((normalized, 1 / np.sqrt(12)), (layer.C, 1 / 20)):
        for part in (parts.real, parts.imag):
            assert part.std() == pytest.approx(scale, rel=0.05)
    assert layer.real and not np.any(layer.D - np.diag(np.diag(layer.D)))


@pytest.mark.parametrize(("layers", "N", "parameters"),
                         [(1, 64, 449), (2, 32, 450), (3, 21, 444), (4, 16, 452), (6, 11, 468), (12, 5, 432)])
def test_parameters_of_single_channel_stacks(layers, N, parameters):
    rng = np.random.default_rng(0)
    model = stack([lru(N, 1, rng, r_max=0.99) for _ in range(layers)])
    assert len(Chart(model, poles="exp-exp", gamma=True)) == parameters


@pytest.mark.parametrize(("build", "argument"), [
    (lambda rng: ring(0, rng), "N"),
    (lambda rng: ring(3, rng, 0.9, 0.5), "r_min"),
    (lambda rng: uniform(3, rng, 0.5, 1.5), "low"),
    (lambda rng: equal_memory(3, -1), "delay"),
    (lambda rng: s4d_lin(3, -0.1), "step"),
    (lambda rng: s4d_inv(3, [0.1, 0.2]), "step"),
])  # fmt: skip
def test_misuse(build, argument):
    with pytest.raises(ValueError, match=argument):
        build(np.random.default_rng(0))
