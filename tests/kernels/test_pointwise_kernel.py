"""Norms and activations against their definitions, and adjoints against derivatives by complex steps."""

import numpy as np
import pytest
from scipy.special import erf

from lti_depth.kernels import pointwise

L, PAD = 3, 2


def normalized(norm, parts, p):
    """One row: p/σ, σ² the mean of |p|² over channels, each part centered before if so asked."""
    rows = p.reshape(parts, -1)
    if norm == pointwise.CENTERED:
        rows = rows - rows.mean(axis=1, keepdims=True)
    sigma = np.sqrt(np.sum(rows**2) / rows.shape[1])
    return rows.ravel() / sigma, sigma


def rows(seed, width):
    return np.random.default_rng(seed).normal(size=(L, width))


@pytest.mark.parametrize("norm", [pointwise.RMS, pointwise.CENTERED])
@pytest.mark.parametrize("parts, H", [(1, 4), (2, 6), (1, 1)])
def test_norms(norm, parts, H):
    p = rows(0, H) + 1
    if norm == pointwise.CENTERED and H == 1:
        p[:] = 0
    tape = np.full(PAD + 2 * L * H + L + PAD, 7.0)
    n, spread = PAD + L * H, PAD + 2 * L * H
    tape[PAD:n] = p.ravel()
    tape[PAD + (L - 1) * H : n] = 0
    pointwise.normalize(norm, parts, H, L, tape, PAD, n, spread)
    for t in range(L - 1):
        if p[t].any():
            expected, sigma = normalized(norm, parts, p[t])
            np.testing.assert_allclose(tape[n + t * H : n + (t + 1) * H], expected, rtol=1e-13, atol=1e-15)
            np.testing.assert_allclose(tape[spread + t], sigma, rtol=1e-14)
    assert (tape[spread - H : spread] == 0).all() and tape[spread + L - 1] == 0
    assert (tape[:PAD] == 7).all() and (tape[-PAD:] == 7).all()
    assert (tape[PAD : n - H] == p[:-1].ravel()).all()


@pytest.mark.parametrize("size", [1e-200, 1e200])
def test_norms_of_numbers_whose_squares_are_out_of_range(size):
    p = size * np.array([0.0, 1.0, -2.0, 2.0])
    tape = np.concatenate([p, np.zeros(9)])
    pointwise.normalize(pointwise.RMS, 1, 4, 1, tape, 0, 8, 12)
    np.testing.assert_allclose(tape[8:], [0, 1 / 1.5, -2 / 1.5, 2 / 1.5, 1.5 * size], rtol=1e-15)
    assert (tape[4:8] == 0).all()


def complex_step(function, x, bar):
    """Σ bar_i ∂f_i/∂x_j by f(x + i h), exact to rounding."""
    steps = x + 1e-30j * np.eye(len(x))
    return np.array([bar @ function(step).imag for step in steps]) / 1e-30


@pytest.mark.parametrize("norm", [pointwise.RMS, pointwise.CENTERED])
@pytest.mark.parametrize("parts, H", [(1, 4), (2, 6)])
def test_adjoints_of_norms(norm, parts, H):
    p, bar = rows(1, H) + 1, rows(2, H)
    n, sigma = zip(*(normalized(norm, parts, row) for row in p), strict=True)
    tape = np.concatenate([np.full(PAD, np.nan), np.ravel(n), sigma])
    tape[-1] = 0.0
    bars = np.concatenate([np.full(PAD, 7.0), bar.ravel(), [7.0]])
    pointwise.normalize_back(norm, parts, H, L, tape, PAD, PAD + L * H, bars, PAD)
    for t in range(L - 1):
        expected = complex_step(lambda x: normalized(norm, parts, x)[0], p[t], bar[t])
        np.testing.assert_allclose(bars[PAD + t * H : PAD + (t + 1) * H], expected, rtol=1e-12, atol=1e-14)
    assert (bars[-1 - H : -1] == 0).all() and (bars[:PAD] == 7).all() and bars[-1] == 7


def glu(v):
    z, gate = v.reshape(2, -1)
    return z / (1 + np.exp(-gate))


FUNCTIONS = {
    pointwise.RELU: lambda z: np.where(z.real > 0, z, 0),
    pointwise.TANH: np.tanh,
    pointwise.ERF: erf,
    pointwise.GELU: lambda z: z / 2 * (1 + erf(z / np.sqrt(2))),
    pointwise.GLU: glu,
}


@pytest.mark.parametrize("kind", FUNCTIONS)
def test_activations(kind):
    A = 3
    width = 2 * A if kind == pointwise.GLU else A
    v, bar = rows(3, width), rows(4, A)
    v[1, 1] = 0.0
    a = PAD + L * width
    tape = np.concatenate([np.full(PAD, 7.0), v.ravel(), np.full(L * A, np.nan), [7.0]])
    pointwise.activate(kind, A, L, tape, PAD, a)
    expected = np.array([FUNCTIONS[kind](row) for row in v])
    np.testing.assert_allclose(tape[a : a + L * A].reshape(L, A), expected, rtol=1e-13, atol=1e-15)
    assert (tape[:PAD] == 7).all() and tape[-1] == 7
    g_v = 1 + L * A
    bars = np.concatenate([[7.0], bar.ravel(), np.full(L * width, np.nan), [7.0]])
    pointwise.activate_back(kind, A, L, tape, PAD, a, bars, 1, g_v)
    expected = np.array([complex_step(FUNCTIONS[kind], row, back) for row, back in zip(v, bar, strict=True)])
    np.testing.assert_allclose(bars[g_v:-1].reshape(L, width), expected, rtol=1e-12, atol=1e-15)
    assert bars[0] == bars[-1] == 7
