"""Padded layers against their definition, step by step, over more than one tile of time."""

import numpy as np
import pytest

from lti_depth.kernels import wide


@pytest.mark.parametrize("current", [True, False])
@pytest.mark.parametrize("T", [5, 515])
@pytest.mark.parametrize("real", [(False, False), (True, False)], ids=["complex", "real"])
def test_simulation(current, T, real):
    K, N, H, batch = 2, 3, 2, 2
    rng = np.random.default_rng(0)

    def normal(*shape):
        return rng.normal(size=shape) + 1j * rng.normal(size=shape)

    poles = 0.9 * np.exp(1j * rng.uniform(0, 6, (K, N)))
    B, C, D, u, state = (normal(*shape) for shape in ((K, N, H), (K, H, N), (K, H, H), (batch, T, H), (batch, K, N)))
    x, y = state.copy(), np.empty_like(u)
    wide.simulate(poles, B, C, D, np.array(real), current, u, state, y)
    for n in range(batch):
        for t in range(T):
            p = u[n, t]
            for k in range(K):
                before, x[n, k] = x[n, k].copy(), poles[k] * x[n, k] + B[k] @ p
                out = C[k] @ (x[n, k] if current else before)
                p = (out.real if real[k] else out) + D[k] @ p
            np.testing.assert_allclose(y[n, t], p, rtol=1e-11, atol=1e-11)
    np.testing.assert_allclose(state, x, rtol=1e-11, atol=1e-12)
