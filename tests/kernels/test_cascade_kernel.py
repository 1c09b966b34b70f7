"""Covariances and responses of scalar cascades against sums over time, in each arithmetic."""

import numpy as np
import pytest
from impulses import LENGTH, energy, pulse, run_of_layers

from lti_depth.kernels import cascade
from lti_depth.kernels import doubledouble as dd

REAL = np.array([[0.6, 0.3, -0.5], [0.7, 1.2, -0.8], [1.1, -0.9, 0.4], [0.5, -0.3, 1.0]]) + 0j
COMPLEX = REAL * np.array([[1, 1j, 0.8 + 0.6j], [1j, 1, 0.6 - 0.8j], [1, 1j, -1j], [1, 1 - 1j, 1j]])
KINDS = {"double": (dd.PLAIN, abs(REAL)), "real": (dd.REAL, REAL), "plain complex": (dd.PLAIN_COMPLEX, COMPLEX),
         "complex": (dd.COMPLEX, COMPLEX)}  # fmt: skip
TIMINGS = np.array([[True, False, True], [False, True, False]])


def given(name):
    """As production calls it: complex layers for complex numbers, else real ones."""
    kind, layers = KINDS[name]
    return kind, layers, layers if name.endswith("complex") else layers.real.copy()


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("current", TIMINGS, ids=str)
def test_covariances(name, current):
    kind, layers, arrays = given(name)
    states, y = run_of_layers(layers, current, pulse())
    found = cascade.state_covariance(arrays, current, kind)
    np.testing.assert_allclose(found, [[energy(v, u) for v in states] for u in states], rtol=1e-13, atol=1e-14)
    lags = np.array([0, 0, 1, 3, 3, 7])
    mantissas, exponents = cascade.autocovariance(arrays, current, lags, kind)
    expected = [energy(y[: LENGTH - lag], y[lag:]) for lag in lags]
    np.testing.assert_allclose(mantissas, expected, rtol=1e-13, atol=1e-14)
    assert not exponents.any() and len(exponents) == 6
    later, _ = cascade.autocovariance(arrays, current, np.array([2, 5]), kind)
    np.testing.assert_allclose(later, [energy(y[: LENGTH - lag], y[lag:]) for lag in (2, 5)], rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("current", TIMINGS, ids=str)
@pytest.mark.parametrize("first, rest", [(1.0, 0.0), (1.0, 1.0), (2.0, -0.5), (0.0, 1.0)])
def test_responses(name, current, first, rest):
    kind, layers, arrays = given(name)
    _, y = run_of_layers(layers, current, np.array([first] + [rest] * 9))
    times = np.array([0, 2, 2, 5, 9])
    mantissas, exponents = cascade.response(arrays, current, first, rest, times, kind)
    np.testing.assert_allclose(mantissas, y[times], rtol=1e-13, atol=1e-14)
    assert not exponents.any()
    mantissas, _ = cascade.response(arrays, current, first, rest, np.array([-2, -1, 1]), kind)
    np.testing.assert_allclose(mantissas, [0, 0, y[1]], rtol=1e-13)


@pytest.mark.parametrize("kind", [dd.PLAIN, dd.REAL, dd.COMPLEX])
@pytest.mark.parametrize("order", [8, -8])
def test_responses_of_any_size(kind, order):
    """λ^t and, of two equal layers, (t + 1) λ^t, exact powers of two far beyond the range of doubles."""
    times = np.array([0, 1, 49, 50, 51, 52, 200])
    for depth, factor in ((1, np.ones(7)), (2, times + 1.0)):
        layers = np.array([[2.0**order] * depth, [1.0] * depth, [1.0] * depth, [0.0] * depth])
        layers = layers + 0j if kind is dd.COMPLEX else layers
        mantissas, exponents = cascade.response(layers, np.ones(depth, bool), 1.0, 0.0, times, kind)
        fraction, power = np.frexp(mantissas.real)
        expected, size = np.frexp(factor)
        np.testing.assert_allclose(fraction, expected, rtol=1e-13)
        assert (power + exponents == size + times * order).all()
        assert (np.abs(np.log2(mantissas.real)) <= 420).all()


def test_steps_that_grow_keep_their_input():
    """Σ 2^s = 2^{t+1} − 1, the input scaled with the states; what decays is not scaled up beside an input."""
    times = np.array([10, 500, 900])
    layers = np.array([[2.0], [1.0], [1.0], [0.0]])
    mantissas, exponents = cascade.response(layers, np.array([True]), 1.0, 1.0, times, dd.REAL)
    fraction, power = np.frexp(mantissas)
    np.testing.assert_allclose(fraction, [1 - 2.0**-11, 1, 1] if fraction[1] > 0.75 else [1 - 2.0**-11, 0.5, 0.5])
    assert (np.round(np.log2(np.abs(mantissas[1:]))) + exponents[1:] == times[1:] + 1).all() and power[0] == 11
    small = np.array([[0.5], [2.0**-450], [1.0], [0.0]])
    mantissas, exponents = cascade.response(small, np.array([True]), 1.0, 1.0, np.array([0, 40]), dd.REAL)
    np.testing.assert_allclose(mantissas, [2.0**-450, (2 - 2.0**-40) * 2.0**-450], rtol=1e-14)
    assert not exponents.any()


@pytest.mark.parametrize("kind", [dd.PLAIN, dd.REAL, dd.COMPLEX])
def test_states_that_have_faded(kind):
    """What the factor leaves below 2^−960 becomes 0; above it, and in other states, nothing happens but the factor."""
    state = np.zeros((4, len(kind)))
    state[:, 0] = 2.0**-963, 2.0**-964, -1.0, -(2.0**-964)
    if len(kind) == 4:
        state[3, 2] = 1.0
    state[2, -1] = 2.0**-60 if len(kind) > 1 else -1.0
    before = state.copy()
    cascade._level(state, 8.0, kind)
    before[1] = 0
    if len(kind) < 4:
        before[3] = 0
    assert (state == 8 * before).all()


def test_a_faded_state_stays_away():
    """Beside a state that stands still, a denormal one ends at 0, though rounding would keep 3/4 of the least one."""
    layers = np.array([[1.0, 0.75], [1.0, 1.0], [0.0, 1.0], [1.0, 0.0]])
    sections = cascade._sections(layers, np.array([True, True]), dd.REAL)
    state = np.array([[1.0, 0.0], [2.0**-1060, 0.0]])
    cascade._respond(*sections, state, 0.0, 0.0, np.array([130]), 0, dd.REAL)
    assert state[0, 0] == 1.0 and (state[1] == 0).all()


def test_nothing_asked_for_after_the_start():
    layers, current = REAL.real.copy(), np.array([True, True, True])
    mantissas, exponents = cascade.response(layers, current, 1.0, 0.0, np.array([-2, -1]), dd.REAL)
    assert mantissas.tolist() == [0, 0] and exponents.tolist() == [0, 0] and exponents.dtype == np.int64
    _, y = run_of_layers(REAL, current, pulse())
    found, _ = cascade.autocovariance(layers, current, np.array([0, 0]), dd.REAL)
    np.testing.assert_allclose(found, [energy(y, y).real] * 2, rtol=1e-13)


@pytest.mark.parametrize("name", ["real", "complex"])
@pytest.mark.parametrize("current", [True, False])
def test_simulation(name, current):
    _, _, arrays = given(name)
    rng = np.random.default_rng(0)
    u = rng.normal(size=(2, 9)).astype(arrays.dtype)
    state, y = rng.normal(size=(2, 3)).astype(arrays.dtype), np.empty_like(u)
    start = state.copy()
    cascade.simulate(*arrays, current, u, state, y)
    for n in range(2):
        x = start[n].copy()
        for t in range(9):
            p = u[n, t]
            for k, (pole, b, c, d) in enumerate(arrays.T):
                before, x[k] = x[k], pole * x[k] + b * p
                p = c * (x[k] if current else before) + d * p
            np.testing.assert_allclose(y[n, t], p, rtol=1e-13)
        np.testing.assert_allclose(state[n], x, rtol=1e-13)
