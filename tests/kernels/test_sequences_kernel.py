"""One long run of unit layers against one sample after another."""

import numpy as np
import pytest

from lti_depth.kernels import sequences


def definition(poles, gain, u, x, current):
    """Unit layers: what the last one puts out after or before each input, and the last states."""
    x, y = x.astype(float), []
    for value in u.astype(float):
        before, p = x.copy(), gain * value
        for k, pole in enumerate(poles.astype(float)):
            x[k] = pole * before[k] + p
            p = x[k] if current else before[k]
        y.append(p)
    return np.array(y), x


def case(seed, dtype, K, T, absent=0):
    rng = np.random.default_rng(seed)
    poles, x, u = rng.uniform(-0.9, 0.9, K), rng.normal(size=K), rng.normal(size=T)
    poles[:absent] = 0.0
    poles, x, u = (part.astype(dtype) for part in (poles, x, u))
    for part in (poles, u):
        part.flags.writeable = False
    y = np.full(T, np.nan, dtype)
    again = y.view()
    again.flags.writeable = False
    return poles, x, u, y, again


def close(found, expected, dtype):
    scale = 500 * np.finfo(dtype).eps
    np.testing.assert_allclose(found, expected, rtol=scale, atol=scale * abs(expected).max())


@pytest.mark.parametrize("dtype, vectors, groups", [
    (np.float64, 1, 1), (np.float64, 1, 2), (np.float64, 2, 1), (np.float64, 4, 1), (np.float64, 8, 1),
    (np.float32, 1, 1), (np.float32, 2, 1),
])  # fmt: skip
@pytest.mark.parametrize("current", [True, False])
def test_one_layer_in_each_lane(dtype, vectors, groups, current):
    """Layers with pole 0 that come first make up the number: in current timing they let the signal through."""
    size = vectors * 64 // np.dtype(dtype).itemsize
    for absent in (0, 3):
        poles, x, u, y, again = case(vectors, dtype, groups * size, 3 * size + 5, absent)
        x[:absent] = 0.0
        gain = dtype(0.75)
        expected, last = definition(poles[absent:], gain, u, x[absent:], current)
        sequences.lagged((0,) * vectors, poles, absent, gain, current, u, y, again, x)
        close(y, expected, dtype)
        close(x[absent:], last, dtype)


@pytest.mark.parametrize("T", [96, 97])
def test_a_run_as_short_as_may_be(T):
    """Three times what a group of 32 layers has."""
    poles, x, u, y, again = case(0, np.float64, 32, T)
    expected, last = definition(poles, 1.0, u, x, True)
    sequences.lagged((0,) * 4, poles, 0, np.float64(1.0), True, u, y, again, x)
    close(y, expected, np.float64)
    close(x, last, np.float64)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("current", [True, False])
@pytest.mark.parametrize("K, T", [(1, 5), (2, 16), (3, 37), (1, 2055), (2, 4100)])
def test_samples_in_the_lanes(dtype, current, K, T):
    """Also over stretches of 2048 samples."""
    poles, x, u, y, again = case(K, dtype, K, T)
    expected, last = definition(poles, 0.75, u, x, current)
    sequences.blocks(poles, dtype(0.75), current, u, y, again, x)
    close(y, expected, dtype)
    close(x, last, dtype)
