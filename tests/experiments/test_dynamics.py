"""Laws of the learning dynamics, against integration of their differential equations."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from lti_depth.experiments import dynamics_flows as flows
from lti_depth.experiments import dynamics_laws as laws


def solved(velocity, start, times):
    return solve_ivp(lambda t, x: velocity(x), (0, times[-1]), start, method="DOP853", rtol=1e-11, atol=1e-14,
                     t_eval=times).y.T  # fmt: skip


@pytest.mark.parametrize("m", [0.0, 1e-6, 0.02, 3.0])
@pytest.mark.parametrize("w0", [0.01, 0.2])
def test_any_imbalance(m, w0):
    """τẇ = 2n√(w²+m²)(σ−ηw)."""
    sigma, eta, n = 0.7, 1.9, 3
    times = np.linspace(0.01, 1.5, 7)
    found = solved(lambda w: 2 * n * np.hypot(w, m) * (sigma - eta * w), [w0], np.append(0, times))[1:, 0]
    np.testing.assert_allclose(laws.learned(times, w0, sigma, eta, n, m), found, rtol=1e-8)


def test_from_nothing():
    """w0 = 0 moves by its imbalance alone; negative starts pass through 0."""
    sigma, eta, m = 0.7, 1.9, 0.05
    times = np.linspace(0, 6, 7)
    for w0 in (0.0, -0.03):
        found = solved(lambda w: 2 * np.hypot(w, m) * (sigma - eta * w), [w0], times)[:, 0]
        np.testing.assert_allclose(laws.learned(times, w0, sigma, eta, 1, m), found, rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("m", [0.0, 0.02, 3.0])
def test_time_is_the_inverse(m):
    t = laws.learning_time(0.01, 0.2, 0.7, 1.9, 2, m)
    assert laws.learned(t, 0.01, 0.7, 1.9, 2, m) == pytest.approx(0.2, rel=1e-12)


def test_own_gains_reduce_to_one_equation():
    """ḃ = c(σ−ηw), ċ = b(σ−ηw), w = b·c: m = ½|b+c||b−c| for vectors b and c."""
    sigma, eta = 0.7, 1.9
    b, c = 0.1 * np.random.default_rng(3).standard_normal((2, 5))
    times = np.linspace(0, 4, 6)
    found = solved(lambda x: np.roll(x, 5) * (sigma - eta * x[:5] @ x[5:]), np.append(b, c), times)
    m = np.linalg.norm(b + c) * np.linalg.norm(b - c) / 2
    law = laws.learned(times, b @ c, sigma, eta, 1, m)
    np.testing.assert_allclose(np.sum(found[:, :5] * found[:, 5:], axis=1), law, rtol=1e-8, atol=1e-10)


def test_correlations_of_one_pole():
    """White input: ⟨1/(1−az⁻¹), 1/(1−bz⁻¹)⟩ = 1/(1−ab); AR(1): E x² = (1+ρλ)/((1−ρλ)(1−λ²))."""
    assert laws.correlations([0.8], [0.5], 0.0) == pytest.approx((1 / 0.6, 1 / 0.36), rel=1e-13)
    assert laws.correlations([0.8], [0.8], 0.6) == pytest.approx([7.905982905982906] * 2, rel=1e-13)


@pytest.mark.parametrize(("K", "printed"), [(1, 2.30), (2, 4.68), (3, 5.35), (6, 4.72)])
def test_depth_times(K, printed):
    assert round(laws.depth_time(K, 0.01), 2) == printed
    balanced = np.full(2 * K, 0.01 ** (0.5 / K))
    assert laws.unbalanced_time(balanced) == pytest.approx(laws.depth_time(K, 0.01), rel=1e-9)


def test_bound_of_the_steps():
    """K·T_K rises to its limit, in proportion to 1/K."""
    bound = laws.endless_depth(0.01)
    left = [bound - K * laws.depth_time(K, 0.01) for K in (1000, 2000)]
    assert left[1] > 0
    assert left[0] / left[1] == pytest.approx(2, rel=1e-2)


def test_unequal_gains():
    factors = np.array([0.3, 0.9, 0.5, 0.2])
    t = laws.unbalanced_time(factors)
    end = solved(lambda f: np.prod(f) / f * (1 - np.prod(f)), factors, np.array([0, t]))[-1]
    assert np.prod(end) == pytest.approx(0.5, rel=1e-8)


def test_flow_of_a_cascade_follows_its_gain():
    """Two layers with different poles: the engine's gradient flow against Saxe's equation in depth."""
    start = np.full(4, 0.01**0.25)
    t = laws.depth_time(2, 0.01)
    end = flows.flow(flows.deep([0.3, 0.6]), start, np.array([0, t]))[-1]
    assert np.prod(end) == pytest.approx(0.5, rel=flows.FLOW_TOLERANCE)
