"""Stacks of layers in numbers of unbounded range against the same sums in doubles, where those do."""

import numpy as np
import pytest
from impulses import LENGTH

from lti_depth.kernels import extended as x
from lti_depth.kernels import unbounded

K, N, H = 2, 3, 2


def normal(rng, *shape):
    return rng.normal(size=shape) + 1j * rng.normal(size=shape)


def values(numbers):
    """(…, 5) as complex doubles."""
    with np.errstate(invalid="ignore"):
        return (numbers[..., 0] + 1j * numbers[..., 2]) * 2.0 ** (
            512 * np.where(np.isinf(numbers[..., 4]), 0, numbers[..., 4])
        )


def lifted(array):
    out = np.empty((*array.shape, 5))
    for index in np.ndindex(array.shape):
        out[index] = x.lift(complex(array[index]))
    return out


@pytest.fixture
def layers():
    rng = np.random.default_rng(0)
    poles = rng.uniform(0.2, 0.6, (K, N)) * np.exp(1j * rng.uniform(0, 6, (K, N)))
    return poles, normal(rng, K, N, H), normal(rng, K, H, N), normal(rng, K, H, H)


def close(found, expected):
    np.testing.assert_allclose(values(found), expected, rtol=1e-12, atol=1e-13 * np.abs(expected).max())


def test_gaps(layers):
    poles, omega = layers[0], np.array([0.0, 0.7, -2.0])
    turns, gaps = unbounded.gaps(poles, omega)
    np.testing.assert_allclose(turns, np.exp(-1j * omega), rtol=1e-14)
    np.testing.assert_allclose(gaps, 1 - poles * np.exp(-1j * omega)[:, None, None], rtol=1e-14)


def test_responses(layers):
    _, B, C, D = layers
    rng = np.random.default_rng(1)
    tops, gaps = normal(rng, 3, K, N), normal(rng, 3, K, N)
    states, signals = unbounded.responses(tops, gaps, B, C, D)
    for n in range(3):
        p = np.eye(H)
        close(signals[n, 0], p)
        for k in range(K):
            state = (tops[n, k] / gaps[n, k])[:, None] * (B[k] @ p)
            close(states[n, k], state)
            p = C[k] @ state + D[k] @ p
            close(signals[n, k + 1], p)


CURRENT = np.array([True, False])


def plain_sections(poles, B, C, D):
    F = np.where(CURRENT[:, None, None], C * poles[:, None], C)
    return B, F, np.where(CURRENT[:, None, None], D + C @ B, D)


def test_sections(layers):
    poles, B, C, D = layers
    found = unbounded.sections(poles, B, C, D, CURRENT)
    for numbers, expected in zip(found, (poles[..., None], *plain_sections(poles, B, C, D)), strict=True):
        close(numbers, expected)


def steps(poles, B, F, E, state, inputs):
    """ξ' = Λ ξ + B p, p' = F ξ + E p: what the last layer puts out at each step, and all states and signals."""
    states, signals = [], []
    for p in inputs:
        before, row = state.copy(), [p]
        for k in range(len(poles)):
            state[k], p = poles[k][:, None] * state[k] + B[k] @ p, F[k] @ state[k] + E[k] @ p
            row.append(p)
        states.append(before)
        signals.append(row)
    return np.array(states), np.array(signals)


@pytest.mark.parametrize("origin, first, rest", [(0, 1.0, 0.0), (1, 0.0, 0.0), (0, 2.0, -0.5)])
def test_runs(layers, origin, first, rest):
    poles, B, C, D = layers
    rng = np.random.default_rng(2)
    state, times = normal(rng, K, N, H), np.array([1, 1, 3, 6])
    numbers = unbounded.sections(poles, B, C, D, CURRENT)
    found = unbounded.run(*numbers, lifted(state), first, rest, times, origin)
    inputs = [np.eye(H) * (first if t == origin else rest) for t in range(origin, 7)]
    _, signals = steps(poles, *plain_sections(poles, B, C, D), state.copy(), inputs)
    close(found, signals[times - origin, K])


def test_a_run_ends_where_it_is(layers):
    poles, B, C, D = layers
    state = lifted(np.zeros((K, N, 3), complex))
    found = unbounded.run(*unbounded.sections(poles, B, C, D, CURRENT), state, 1.0, 1.0, np.array([4]), 0)
    assert found.shape == (1, H, 3, 5) and not values(found[..., 2, :]).any()
    start = np.zeros((K, N, 3), complex)
    steps(poles, *plain_sections(poles, B, C, D), start, [np.eye(H, 3)] * 5)
    close(state, start)


@pytest.fixture
def covariances(layers):
    """W, X, Z by sums over time, to pulses in both channels."""
    poles = layers[0]
    inputs = np.zeros((LENGTH, H, H), complex)
    inputs[0] = np.eye(H)
    states, signals = steps(poles, *plain_sections(*layers), np.zeros((K, N, H), complex), inputs)
    return (np.einsum("tinm,tjkm->ijnk", states, states.conj()), np.einsum("tinm,tjhm->ijnh", states, signals.conj()),
            np.einsum("tihm,tjkm->ijhk", signals, signals.conj()))  # fmt: skip


def test_moments(layers, covariances):
    found = unbounded.moments(layers[0], *unbounded.sections(*layers, CURRENT))
    for numbers, expected in zip(found, covariances, strict=True):
        close(numbers, expected)
    pole, b, *_ = unbounded.sections(*layers, CURRENT)
    _, X, Z = covariances
    start = unbounded.free_start(pole, b, lifted(X), lifted(Z))
    close(start, [layers[0][k][:, None] * X[k, K] + layers[1][k] @ Z[k, K] for k in range(K)])


def test_covariances_under_a_colored_input(layers):
    """R(0) W + G + G*, G = Σ conj(R(m)) A^m W, with the matrix A of the whole stack."""
    rng = np.random.default_rng(3)
    W, source = normal(rng, K * N, K * N), normal(rng, 4)
    W, source[0] = W + W.conj().T, 1.5
    numbers = unbounded.sections(*layers, CURRENT)
    A = np.empty((K * N, K * N), complex)
    for column in range(K * N):
        state = np.eye(K * N)[column].astype(complex).reshape(K, N, 1)
        steps(layers[0], *plain_sections(*layers), state, [np.zeros((H, 1))])
        A[:, column] = state.ravel()
    G = sum(source[m].conj() * np.linalg.matrix_power(A, m) @ W for m in range(1, 4))
    poison = [np.full((K + 1, H, K * N, 5), np.nan) for _ in range(4)]
    del poison  # memory that is taken again, not cleared
    close(unbounded.colored(*numbers, lifted(W), source), source[0].real * W + G + G.conj().T)
