"""The theory, section 10: learning dynamics of the gains at fixed poles."""

import mpmath
import numpy as np
import pytest
from digits import agrees
from scipy.integrate import solve_ivp


def integrated(K, start, end):
    """∫ dg/(2K g^{2−1/K}(1−g)) by mpmath."""
    with mpmath.workdps(30):
        exponent = 2 - mpmath.mpf(1) / K
        nodes = [mpmath.mpf(start) * (mpmath.mpf(end) / start) ** (mpmath.mpf(n) / 8) for n in range(9)]
        return mpmath.quad(lambda g: 1 / (2 * K * g**exponent * (1 - g)), nodes)


def product_flow(K, start, end):
    """The time in which 2K equal factors f, df/dt = −∂/∂f ½(1−f^{2K})², bring their product from `start` to `end`."""
    reached = lambda t, f: f[0] ** (2 * K) - end  # noqa: E731
    reached.terminal = True
    found = solve_ivp(lambda t, f: (1 - f ** (2 * K)) * f ** (2 * K - 1), (0, 100), [start ** (0.5 / K)],
                      method="DOP853", rtol=1e-11, atol=1e-14, events=reached)  # fmt: skip
    return found.t_events[0][0]


@pytest.mark.parametrize(("K", "printed"), [(1, "2.30"), (2, "4.68"), (3, "5.35"), (6, "4.72")])
def test_time_of_the_depth_form(K, printed):
    assert agrees(float(integrated(K, 0.01, 0.5)), printed)
    assert product_flow(K, 0.01, 0.5) == pytest.approx(float(integrated(K, 0.01, 0.5)), rel=1e-8)


def test_not_monotone_in_depth_but_in_steps():
    times = np.array([float(integrated(K, 0.01, 0.5)) for K in range(1, 13)])
    assert times.argmax() == 2
    assert np.all(np.diff(times * np.arange(1, 13)) > 0)


@pytest.mark.parametrize("N", [1, 5])
def test_shared_gains(N):
    """τẇ = 2N w(σ − wη) for w = Nbc, b = c: the printed curve solves b' = Nc(σ − ηw) + c' alike."""
    sigma, eta, start = 0.7, 1.9, 0.02
    times = np.linspace(0, 6 / (N * sigma), 9)
    b = c = np.sqrt(start / N)
    found = solve_ivp(lambda t, x: N * x[::-1] * (sigma - eta * N * x[0] * x[1]), (0, times[-1]), [b, c],
                      method="DOP853", rtol=1e-11, atol=1e-14, t_eval=times)  # fmt: skip
    growth = np.exp(2 * N * sigma * times)
    law = sigma / eta * growth / (growth - 1 + sigma / (eta * start))
    np.testing.assert_allclose(N * found.y[0] * found.y[1], law, rtol=1e-8)


def test_own_gains_have_no_width_in_their_rate():
    """b_n = c_n: ẇ = 2w(σ − ηw) for any number of states."""
    sigma, eta, start, states = 0.7, 1.9, 0.02, 6
    times = np.linspace(0, 8, 9)
    x0 = np.full(2 * states, np.sqrt(start / states))
    found = solve_ivp(lambda t, x: np.roll(x, states) * (sigma - eta * x[:states] @ x[states:]), (0, 8), x0,
                      method="DOP853", rtol=1e-11, atol=1e-14, t_eval=times)  # fmt: skip
    growth = np.exp(2 * sigma * times)
    law = sigma / eta * growth / (growth - 1 + sigma / (eta * start))
    np.testing.assert_allclose(np.sum(found.y[:states] * found.y[states:], axis=0), law, rtol=1e-8)


def test_fixed_readout():
    """c fixed: w relaxes to σ/η at the rate N²c²η."""
    N, c, sigma, eta, start = 3, 0.4, 0.7, 1.9, 0.05
    times = np.linspace(0, 4, 9)
    found = solve_ivp(lambda t, b: N * c * (sigma - eta * N * c * b), (0, 4), [start], method="DOP853", rtol=1e-11,
                      atol=1e-14, t_eval=times)  # fmt: skip
    goal = sigma / eta
    law = goal + (N * c * start - goal) * np.exp(-(N**2) * c**2 * eta * times)
    np.testing.assert_allclose(N * c * found.y[0], law, rtol=1e-8)
