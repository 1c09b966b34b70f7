"""Batches of rows against one sample of one row after another."""

import numpy as np
import pytest

from lti_depth.kernels import batches
from lti_depth.numeric import runs

DTYPES = [np.float64, np.float32, np.complex128, np.complex64]


def normal(rng, dtype, *shape):
    values = rng.normal(size=shape) + 1j * rng.normal(size=shape)
    return (values if np.dtype(dtype).kind == "c" else values.real).astype(dtype)


def layers(poles, gain, u, x):
    """Unit layers in current timing; x becomes the last states."""
    p = gain * u
    for k, pole in enumerate(poles):
        x[k] = pole * x[k] + p
        p = x[k]
    return p


def delayed_layers(poles, gain, u, x):
    """Unit layers in delayed timing."""
    p = x[-1]
    x[1:] = poles[1:] * x[1:] + x[:-1]
    x[0] = poles[0] * x[0] + gain * u
    return p


def sections(poles, b, f, e, u, x):
    p = u
    for k in range(len(poles)):
        p, x[k] = e[k] * p + f[k] * x[k], poles[k] * x[k] + b[k] * p
    return p


@pytest.mark.parametrize("dtype", DTYPES, ids=lambda dtype: dtype.__name__)
@pytest.mark.parametrize("form, K, batch, T", [
    ("layers", 3, 3, 5), ("layers", 12, 8, 16), ("layers", 13, 5, 37), ("layers", 6, 17, 25), ("layers", 14, 2, 1050),
    ("sections", 1, 3, 21), ("sections", 4, 9, 16), ("sections", 5, 2, 33), ("layers", 2, 1, 8), ("layers", 2, 9, 3),
    *[("layers", 25, 2, T) for T in (1, 10, 11, 12, 13, 19, 27)],
    *[("delayed layers", 11, 3, T) for T in (1, 7, 8, 12)], ("delayed layers", 1, 9, 20), ("delayed layers", 5, 2, 33),
    *[("delayed layers", 25, 2, T) for T in (1, 9, 16, 40, 1050)],
    ("sections", 9, 2, 1030),
])  # fmt: skip
def test_rows(dtype, form, K, batch, T, monkeypatch):
    """The last rows in a call of their own, the first ones after them."""
    rng = np.random.default_rng(K)
    cut = batch // 2
    monkeypatch.setattr(runs, "_spans", lambda *_: [(cut, batch), (0, cut)])
    poles = normal(rng, dtype, K)
    poles *= 0.8 / (1 + abs(poles))
    u, state, gain = normal(rng, dtype, batch, T), normal(rng, dtype, batch, K), dtype(0.75)
    b, f, e = (0.5 * normal(rng, dtype, K) for _ in range(3))
    y, x = np.full_like(u, np.nan), state.copy()
    if form != "sections":
        runs._batch(batches.LAYERS, [poles], gain, u, y, x, form == "delayed layers")
    else:
        runs._batch(batches.SECTIONS, [poles, b, f, e], dtype(1), u, y, x)
    wide = np.result_type(dtype, np.float64)
    poles, b, f, e, gain, u, state = (np.asarray(part, wide) for part in (poles, b, f, e, gain, u, state))
    expected = np.empty((batch, T), wide)
    for n in range(batch):
        for t in range(T):
            expected[n, t] = (layers(poles, gain, u[n, t], state[n]) if form == "layers" else
                              delayed_layers(poles, gain, u[n, t], state[n]) if form == "delayed layers" else
                              sections(poles, b, f, e, u[n, t], state[n]))  # fmt: skip
    bound = 200 * np.finfo(dtype).eps
    np.testing.assert_allclose(y, expected, rtol=bound, atol=bound)
    np.testing.assert_allclose(x, state, rtol=bound, atol=bound)
