"""Covariances of padded layers against sums over time, matrix by matrix."""

from fractions import Fraction

import numpy as np
import pytest
from impulses import LENGTH

from lti_depth.kernels import gramians


def normal(rng, *shape):
    return rng.normal(size=shape) + 1j * rng.normal(size=shape)


def responses(poles, B, F, E):
    """States before each input and signals, (K, T, N, M) and (K + 1, T, H, M), to a pulse in each input channel m."""
    H = B.shape[2]
    p = np.zeros((LENGTH, H, H), complex)
    p[0] = np.eye(H)
    states, signals = [], [p]
    for pole, b, f, e in zip(poles, B, F, E, strict=True):
        x = np.zeros((LENGTH, len(pole), H), complex)
        for t in range(1, LENGTH):
            x[t] = pole[:, None] * x[t - 1] + b @ p[t - 1]
        p = f @ x + e @ p
        states.append(x)
        signals.append(p)
    return np.array(states), np.array(signals)


@pytest.mark.parametrize("K, N, H", [(3, 2, 2), (2, 3, 1), (1, 1, 2), (2, 8, 9)])
@pytest.mark.parametrize("real", [False, True])
def test_moments(K, N, H, real):
    rng = np.random.default_rng(K)
    poles = rng.uniform(0, 0.6, (K, N)) * np.exp(1j * rng.uniform(0, 6, (K, N)))
    B, F, E, root = normal(rng, K, N, H), normal(rng, K, H, N), normal(rng, K, H, H), normal(rng, H, H)
    if real:
        poles, B, F, E, root = (part.real + 0j for part in (poles, B, F, E, root))
    Q = np.ascontiguousarray(root @ root.conj().T)
    states, signals = responses(poles, B, F, E)
    W, Y, Z = gramians.moments(poles, B, F, E, Q)
    x, out = states @ root, signals @ root
    expected = (
        np.einsum("itnm,jtkm->injk", x, x.conj()),
        np.einsum("thm,jtkm->jhk", out[K], x.conj()),
        np.einsum("thm,jtkm->jhk", out[K], out.conj()),
    )
    for found, truth in zip((W, Y, Z), expected, strict=True):
        np.testing.assert_allclose(found, truth, rtol=1e-10, atol=1e-12 * abs(truth).max())
    square = W.reshape(K * N, K * N)
    assert (np.triu(square, 1) == np.tril(square, -1).conj().T).all()


def test_gaps():
    """1 − a b̄, each part rounded once."""
    rng = np.random.default_rng(0)
    for near in (2.0**-40, 2.0**-10, 0.3):
        for a, b in (np.exp(1j * rng.uniform(0, 6)) * (1 - near * rng.uniform(0.5, 1, 2)) for _ in range(5)):
            (p, q), (r, s) = ((Fraction(z.real), Fraction(z.imag)) for z in (complex(a), complex(b)))
            truth = 1 - (p * r + q * s), p * s - q * r
            for found, part in zip(gramians._gap(a, b), truth, strict=True):
                assert abs(Fraction(found) - part) <= 2.0**-53 * abs(part) + Fraction(1, 2**103)


def test_scaled_rows_and_columns():
    rng = np.random.default_rng(1)
    M, rows, columns = normal(rng, 2, 3), normal(rng, 2), normal(rng, 3)
    re, im = gramians._times(np.stack([M.real, M.imag]), rows, columns)
    np.testing.assert_allclose(re + 1j * im, rows[:, None] * M * columns, rtol=1e-14)


@pytest.mark.parametrize("kind, digits", [(np.complex128, 1e-14), (np.complex64, 1e-6)])
def test_products(kind, digits):
    rng = np.random.default_rng(2)
    A, B = normal(rng, 2, 3, 4).astype(kind), normal(rng, 2, 4, 5).astype(kind)
    found = gramians.products(A, B)
    assert found.dtype == kind
    np.testing.assert_allclose(found, A @ B, rtol=digits, atol=4 * digits)


def test_single_precision():
    """All but poles and gaps is in the precision of B."""
    rng = np.random.default_rng(3)
    poles = rng.uniform(0, 0.6, (2, 3)) * np.exp(1j * rng.uniform(0, 6, (2, 3)))
    parts = [normal(rng, *shape) for shape in ((2, 3, 2), (2, 2, 3), (2, 2, 2))] + [np.eye(2) + 0j]
    singles = [part.astype(np.complex64) for part in parts]
    moments = gramians.moments(poles, *singles)
    assert moments[0].dtype == np.complex64
    for found, truth in zip(moments, gramians.moments(poles, *parts), strict=True):
        np.testing.assert_allclose(found, truth, rtol=1e-4, atol=1e-6 * abs(truth).max())
    B, F = gramians._planes(singles[0][0]), gramians._planes(singles[1][0])
    square = gramians._sum_of_products(F, B[:2], F, B[:2])
    scaled = gramians._times(F[:2], np.ones(2) + 0j, poles[0])
    block = gramians._block(poles[0], poles[1], B[:2], F[:2], square, B, gramians._adjoint(B))
    assert {planes.dtype for planes in (B, gramians._adjoint(B), square, scaled, block)} == {np.dtype(np.float32)}
