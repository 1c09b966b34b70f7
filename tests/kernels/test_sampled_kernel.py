"""The loss on sampled signals and its gradient against one filter after another, one row at a time."""

import numpy as np
import pytest

from lti_depth.kernels import sampled as kernel


def filtered(pole, u):
    """x_t = λ x_{t−1} + u_t along the last axis."""
    x, out = 0, []
    for value in np.moveaxis(u, -1, 0):
        x = pole * x + value
        out.append(x)
    return np.stack(out, axis=-1)


def later(u):
    return np.concatenate([0 * u[..., :1], u[..., :-1]], axis=-1)


def definition(poles, gain, u, target, weights, current):
    """½ Σ w e², Σ w e q, Σ w e q one step before, and Σ w e s_k with s_k = p of one step before through pole k."""
    q = u
    for pole in poles:
        q = filtered(pole, q)
    p = q if current else later(q)
    e = gain * p - target
    parts = [e / 2, q, later(q), *(later(filtered(pole, p)) for pole in poles)]
    return [np.sum(weights * e * part) for part in parts]


def in_lanes(rows):
    """(batch, T) as (G, T, 8), by definition."""
    batch, T = rows.shape
    padded = np.zeros((-(-batch // 8) * 8, T))
    padded[:batch] = rows
    return padded.reshape(-1, 8, T).swapaxes(1, 2).copy()


@pytest.mark.parametrize("batch", [1, 8, 11, 16])
@pytest.mark.parametrize("T", [1, 7, 8, 19])
def test_lanes(batch, T):
    rows = np.random.default_rng(0).normal(size=(batch, T))
    assert (kernel.lanes(rows) == in_lanes(rows)).all()


@pytest.mark.parametrize("current", [True, False])
@pytest.mark.parametrize(
    "K, T", [(1, 5), (2, 130), (3, 5), (4, 5), (5, 9), (6, 5), (7, 9), (12, 5), (13, 131), (40, 5)]
)
def test_sums_over_rows_and_times(K, T, current):
    """Three cascades and two groups of rows, in parts."""
    rng = np.random.default_rng(K)
    poles, gains = rng.uniform(-0.8, 0.8, (3, K)), rng.normal(size=3)
    poles[:, K // 2 :] /= 2
    u, target, weights = rng.normal(size=(11, T)), rng.normal(size=(11, T)), rng.uniform(0.5, 1, T)
    u_lanes, target_lanes, sums = in_lanes(u), in_lanes(target), np.full((3, 2, K + 3), np.nan)

    def run(*span):
        kernel.gradients(poles, gains, u_lanes, target_lanes, weights, current, *span, sums)

    run(1, 3, 1, 2)
    assert np.isnan(sums[0]).all() and np.isnan(sums[:, 0]).all()
    run(1, 3, 0, 1)
    run(0, 1, 0, 2)
    for i in range(3):
        for group, rows in enumerate((slice(0, 8), slice(8, 11))):
            expected = definition(poles[i], gains[i], u[rows], target[rows], weights, current)
            np.testing.assert_allclose(sums[i, group], expected, rtol=1e-11, atol=1e-12)


def test_depths():
    """The least of 1, 2, 4, 6 and the multiples of 12 that is enough."""
    depths = [1, 2, 4, 6, *range(12, 60, 12)]
    for K in range(1, 49):
        assert kernel._depth(K) == min(depth for depth in depths if depth >= K)


def test_means():
    sums = np.arange(24.0).reshape(2, 2, 6)
    found, finite = kernel.means(sums, np.array([3.0, -5.0]), 7)
    expected = sums.sum(axis=1) / 7
    expected[:, 3:] *= [[3.0], [-5.0]]
    np.testing.assert_allclose(found, expected, rtol=1e-15)
    assert finite
    sums[0, 1, 0] = np.inf
    assert not kernel.means(sums, np.array([3.0, -5.0]), 7)[1]
    sums[0, 1, 0], sums[1, 0, 1] = 0.0, np.inf
    assert kernel.means(sums, np.array([3.0, -5.0]), 7)[1]
