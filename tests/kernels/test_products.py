"""Vectors and matrix products against numpy: every remainder of rows, columns and inner index, both precisions."""

import numpy as np
import pytest

from lti_depth.kernels import tiles, vectors
from lti_depth.kernels.jit import jit
from lti_depth.kernels.products import accumulate


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("mirrored", [False, True])
def test_products(dtype, mirrored):
    """Errors of at most K roundings a product, whatever the order of the sum (Higham, section 3.5)."""
    rng = np.random.default_rng(0)
    for M in (1, 7, 8, 9, 17):
        for K in (1, 5, 16, 19):
            for N in (1, 3, 8, 16, 21, 37):
                A, B, before = (rng.normal(size=shape).astype(dtype) for shape in ((M, K), (K, N), (M, N)))
                stored = np.concatenate([[np.nan] * 3, (A.T if mirrored else A).ravel(), [np.nan]]).astype(dtype)
                out = np.concatenate([[0.0] * 2, before.ravel(), [0.0]]).astype(dtype)
                right = np.concatenate([[np.nan], B.ravel(), [np.nan]]).astype(dtype)
                accumulate(M, K, N, stored, 3, mirrored, right, 1, out, 2)
                A, B, before = (array.astype(float) for array in (A, B, before))
                bound = (K + 1) * np.finfo(dtype).eps * (abs(before) + abs(A) @ abs(B))
                assert (abs(out[2:-1].reshape(M, N) - (before + A @ B)) <= bound).all()
                assert out[0] == out[1] == out[-1] == 0


@jit
def _mirror(source, out):
    lanes = (
        vectors.load(source, 0), vectors.load(source, 8), vectors.load(source, 16), vectors.load(source, 24),
        vectors.load(source, 32), vectors.load(source, 40), vectors.load(source, 48), vectors.load(source, 56),
    )  # fmt: skip
    vectors.store_each(out, 0, tiles.by_entry(lanes))
    return vectors.total(lanes[1])


@jit
def _chain(poles, states, signal, out):
    l, x = vectors.spread_each(poles, 0, (0, 0, 0)), vectors.load_each(states, 0, (0, 0, 0))
    x = vectors.fma_chain(l, x, vectors.load(signal, 0))
    vectors.store_each(out, 0, vectors.fma_each(vectors.broadcast(2.0), x, l))


def test_tiles_are_mirrored():
    source, out = np.arange(64.0), np.empty(64)
    assert _mirror(source, out) == source[8:16].sum()
    assert np.array_equal(out.reshape(8, 8), source.reshape(8, 8).T)


def test_one_step_of_a_cascade():
    rng = np.random.default_rng(1)
    poles, states, signal, out = rng.normal(size=3), rng.normal(size=24), rng.normal(size=8), np.empty(24)
    _chain(poles, states, signal, out)
    for k, x in enumerate(states.reshape(3, 8)):
        signal = poles[k] * x + signal
        np.testing.assert_allclose(out.reshape(3, 8)[k], 2 * signal + poles[k], rtol=1e-14, atol=1e-15)
