"""Laws of the sensitivity experiment, against sums over impulse responses and the numbers printed in the theory."""

from math import comb

import numpy as np
import pytest

from lti_depth.experiments import sensitivity_laws as laws
from lti_depth.experiments import sensitivity_rates as rates


def test_one_layer_ar1():
    """E(Σ t λ^{t−1} u_{n−t})² by a double sum over lags; λ = .8, ρ = .6 is printed as 127.439."""
    pole, rho, t = 0.8, 0.6, np.arange(1, 300)
    h = t * pole ** (t - 1.0)
    value = h @ rho ** np.abs(t[:, None] - t) @ h
    assert laws.one_layer(pole, rho) == pytest.approx(value, rel=1e-12)
    assert round(laws.one_layer(pole, rho), 3) == 127.439


@pytest.mark.parametrize(("phase", "printed"), [(0.0, 0), (0.01, 0.027), (0.1, 1.66), (0.5, 1.010)])
def test_phase_of_a_real_output(phase, printed):
    """By the impulse responses of ∂_ν y and ∂_θ y, y = Re x."""
    nu, t = 0.9, np.arange(2000)
    turned = nu ** (t - 1.0) * np.exp(1j * phase * t) * t
    ratio = np.sum((turned.imag) ** 2) / np.sum((turned.real) ** 2)
    assert laws.phase_ratio(nu, phase) == pytest.approx(ratio, rel=1e-10, abs=1e-15)
    assert ratio == pytest.approx(printed, abs=5e-3 if printed == 1.66 else 5e-4)


@pytest.mark.parametrize(("K", "direct", "exp_exp"), [(1, 5100.6, 0.495), (2, 3901.4, 1.470), (4, 2366.0, 3.365)])
def test_fixed_delay(K, direct, exp_exp):
    value = laws.relative_sensitivity(K, 100.0)
    assert round(value, 1) == direct
    assert round(value * laws.speed("exp-exp", laws.equal_pole(K, 100.0)) ** 2, 3) == exp_exp


@pytest.mark.parametrize("K", [1, 2, 4, 8])
def test_long_delays(K):
    """In exp–exp, K − ½ as D → ∞."""
    pole = laws.equal_pole(K, 1e6)
    value = laws.relative_sensitivity(K, 1e6) * laws.speed("exp-exp", pole) ** 2
    assert value == pytest.approx(K - 0.5, rel=1e-4)


@pytest.mark.parametrize("coordinates", ["direct", "tanh", "exp-exp"])
def test_speeds(coordinates):
    from lti_depth.parametrizations import parametrization

    chart = parametrization(coordinates)
    x = chart.inverse(np.array([0.7]))
    slope = (chart.map(x + 1e-6) - chart.map(x - 1e-6)) / 2e-6
    assert abs(slope[0]) == pytest.approx(laws.speed(coordinates, 0.7), rel=1e-8)


def finite_difference_curvatures(response, point):
    """Squared singular values of the derivatives of an impulse response."""
    h = 1e-6
    J = [(response(point + h * e) - response(point - h * e)) / (2 * h) for e in np.eye(len(point))]
    return np.linalg.svd(np.array(J), compute_uv=False) ** 2


def test_curvatures_of_both_forms():
    t = np.arange(400)
    poles, b, c = np.array([0.6, 0.9]), np.array([1.2, 0.7]), np.array([0.5, 1.1])

    def deep(x):
        poles, gain = x[:2], np.prod(x[2:])
        return gain * (poles[1] ** (t + 1) - poles[0] ** (t + 1)) / (poles[1] - poles[0])

    def wide(x):
        poles, b, c = x.reshape(3, 2)
        return (b * c) @ poles[:, None] ** t

    for response, derivatives, rank in (
        (deep, laws.deep_derivatives, 3), (wide, laws.wide_derivatives, 4),
    ):  # fmt: skip
        found = laws.curvatures(derivatives(poles, b, c))[:rank]
        expected = finite_difference_curvatures(response, np.concatenate([poles, b, c]))[:rank]
        np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_correlations_between_layers():
    pole, t = 0.8, np.arange(400)
    h = np.array([[comb(int(n) + i, i) for n in t] * pole**t for i in range(4)], dtype=float)
    W = h @ h.T
    size = np.sqrt(np.diag(W))
    np.testing.assert_allclose(laws.layer_correlations(pole, 4), W / np.outer(size, size), rtol=1e-12)


@pytest.mark.parametrize("coordinates", ["direct", "exp-exp"])
def test_flow_steps(coordinates):
    """One layer, by small steps of gradient descent on its impulse response."""
    delay, shorter, threshold, share = 20.0, 3.0, 1e-2, 1e-3
    t = np.arange(800)
    target = laws.equal_pole(1, delay)
    scale = np.sqrt(1 - target**2)
    rate = share * 2 / (laws.relative_sensitivity(1, delay) * laws.speed(coordinates, target) ** 2)
    pole = laws.equal_pole(1, delay / shorter)
    x = pole if coordinates == "direct" else np.log(-np.log(pole))
    steps = 0
    while True:
        pole = x if coordinates == "direct" else np.exp(-np.exp(x))
        error = scale * (pole**t - target**t)
        if error @ error < threshold:
            break
        slope = error @ (scale * t * pole ** (t - 1.0))
        x -= rate * slope * (1 if coordinates == "direct" else pole * np.log(pole))
        steps += 1
    law = laws.flow_steps(1, delay, shorter, threshold, coordinates)
    assert steps * share == pytest.approx(law, rel=5e-3)  # Euler's error and the last step, both about the share


def test_largest_stable_rate_of_one_pole():
    """One unknown: 2 over its curvature, 1/E(∂y/∂λ)²."""
    teacher = rates.memory(1, 10.0)
    curvature = laws.relative_sensitivity(1, 10.0)
    found = rates.largest_stable_rate(teacher, "direct", ("poles",))
    assert found == pytest.approx(2 / curvature, rel=rates.RATE_TOLERANCE)
