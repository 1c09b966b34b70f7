"""Simulation and autocovariance against scipy and numpy."""

import numpy as np
import pytest
from scipy import signal

from lti_depth import numeric


def lfilter(stack, u):
    for pole in stack.poles:
        u = signal.lfilter([1.0], [1.0, -pole], u)
    return u


@pytest.mark.parametrize("who", ["ours", "scipy"])
def test_simulate_64_records(benchmark, stack, who):
    u = np.random.default_rng(0).normal(size=(64, 2000))
    np.testing.assert_allclose(numeric.simulate(stack, u)[0], lfilter(stack, u), rtol=1e-9, atol=1e-9)
    benchmark.group = "simulate, 64 records of 2000"
    benchmark((lambda s, u: numeric.simulate(s, u)[0]) if who == "ours" else lfilter, stack, u)


def by_lyapunov(stack, lags):
    """Covariance from a Lyapunov equation of size K, then one matrix product a lag."""
    from scipy.linalg import solve_discrete_lyapunov

    A, B, C, _ = numeric.equivalent_layer(stack)
    x = solve_discrete_lyapunov(A, B @ B.T) @ C.T
    out = np.empty(len(lags))
    for lag in lags:
        out[lag] = (C @ x).item()
        x = A @ x
    return out


@pytest.mark.parametrize("who", ["ours", "scipy"])
def test_autocovariance_at_1000_lags(benchmark, stack, who):
    lags = np.arange(1000)
    np.testing.assert_allclose(numeric.autocovariance(stack, lags), by_lyapunov(stack, lags), rtol=1e-9, atol=1e-9)
    benchmark.group = "autocovariance, 1000 lags"
    benchmark(numeric.autocovariance if who == "ours" else by_lyapunov, stack, lags)
