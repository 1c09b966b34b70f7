"""The recurrence of a diagonal layer against one number at a time, and its adjoint against derivatives of a loss."""

import numpy as np
import pytest

from lti_depth.kernels import scans

L, START = 4, 3


def numbers(rng, *shape, planar):
    return rng.normal(size=shape) + (1j * rng.normal(size=shape) if planar else 0)


def flat(values, planar):
    """Rows of numbers: all real parts, then all imaginary ones."""
    return np.concatenate([values.real, values.imag], axis=-1).ravel() if planar else values.ravel()


def within(values, before, after):
    """In an array that begins and ends with other entries, which nothing may touch."""
    return np.concatenate([np.full(before, 7.0), values, np.full(after, 7.0)]).astype(values.dtype)


def states(poles, drive, x):
    """x_t = Λ x_{t−1} + q_t: the states after and before each input."""
    after, before = [], []
    for q in drive:
        before.append(x)
        x = poles * x + q
        after.append(x)
    return np.array(after), np.array(before)


@pytest.fixture(params=[(False, np.float64, 8), (False, np.float64, 16), (True, np.float64, 16),
                        (True, np.float32, 16), (False, np.float32, 32)], ids=str)  # fmt: skip
def case(request):
    planar, dtype, N = request.param
    rng = np.random.default_rng(0)
    poles, x = 0.9 * numbers(rng, N, planar=planar), numbers(rng, N, planar=planar)
    return planar, dtype, N, poles, x, numbers(rng, L, N, planar=planar), rng


def tolerance(dtype):
    return {"rtol": 100 * np.finfo(dtype).eps, "atol": 100 * np.finfo(dtype).eps}


@pytest.mark.parametrize("current", [False, True])
def test_forward(case, current):
    planar, dtype, N, poles, x, drive, _ = case
    l, state = (within(flat(part, planar).astype(dtype), 2, 1) for part in (poles, x))
    path = within(flat(drive, planar).astype(dtype), START, 1)
    scans.forward(l, 2, N, planar, current, state, 2, path, START, L)
    after, before = states(poles, drive, x)
    np.testing.assert_allclose(path[START:-1], flat(after if current else before, planar), **tolerance(dtype))
    np.testing.assert_allclose(state[2:-1], flat(after[-1], planar), **tolerance(dtype))
    assert (path[:START] == 7).all() and path[-1] == 7
    assert (state[:2] == 7).all() and state[-1] == 7


@pytest.mark.parametrize("current", [False, True])
def test_backward(case, current):
    """Of Σ Re conj(weights_t) (what the output reads at t); `later`: the derivative that later times bring."""
    planar, dtype, N, poles, x, drive, rng = case
    weights, later, known = (numbers(rng, *shape, planar=planar) for shape in ((L, N), (N,), (N,)))
    after, before = states(poles, drive, x)
    lead, back = int(not current), np.conj(poles)

    def bar(t):
        """Σ_s λ̄^{s−t−lead} weights_s over the outputs that x_t reaches, and the rest by way of what comes later."""
        return sum(back ** (s - t - lead) * weights[s] for s in range(t + lead, L)) + back ** (L - lead - t) * later

    bars = np.array([bar(t) for t in range(L)])
    path = within(flat(after if current else before, planar).astype(dtype), START, 1)
    l, start, state_bar, gradient = (within(flat(part, planar).astype(dtype), 2, 1)
                                     for part in (poles, x, later, known))  # fmt: skip
    found = within(flat(weights, planar).astype(dtype), 5, 2)
    scans.backward(l, 2, N, planar, current, start, 2, path, START, L, state_bar, 2, found, 5, gradient)
    np.testing.assert_allclose(found[5:-2], flat(bars, planar), **tolerance(dtype))
    np.testing.assert_allclose(state_bar[2:-1], flat(bar(-lead), planar), **tolerance(dtype))
    by_poles = known + np.sum(bars * np.conj(before), axis=0)
    np.testing.assert_allclose(gradient[2:-1], flat(by_poles, planar), **tolerance(dtype))
    for array, start, end in ((found, 5, 2), (state_bar, 2, 1), (gradient, 2, 1)):
        assert (array[:start] == 7).all() and (array[-end:] == 7).all()
