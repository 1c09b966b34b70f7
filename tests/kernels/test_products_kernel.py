"""Columns one vector at a time behind pairs of vectors, in both precisions."""

import numpy as np
import pytest

from lti_depth.kernels.products import accumulate


@pytest.mark.parametrize("dtype, N", [(np.float64, 25), (np.float32, 50)])
@pytest.mark.parametrize("mirrored", [False, True])
def test_one_vector_after_two(dtype, N, mirrored):
    """Integers, exact in any order."""
    rng = np.random.default_rng(0)
    M, K = 9, 3
    A, B, before = (rng.integers(-9, 9, shape).astype(dtype) for shape in ((M, K), (K, N), (M, N)))
    out = before.flatten()
    accumulate(M, K, N, (A.T if mirrored else A).ravel(), 0, mirrored, B.ravel(), 0, out, 0)
    assert (out.reshape(M, N) == before + A @ B).all()
