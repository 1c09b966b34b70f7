"""Covariances of cascades in which nothing is negative, against sums over time."""

import numpy as np
import pytest
from impulses import energy, filtered, later, pulse

from lti_depth.kernels import pairs


def states(layers, current):
    """Each before the input of the moment."""
    out, p = [], pulse().real
    for (pole, b, c, d), now in zip(layers.T, current, strict=True):
        x = filtered(pole, b * p)
        out.append(later(x))
        p = c * (x if now else out[-1]) + d * p
    return np.array(out)


@pytest.mark.parametrize("like", [(0,), (0, 0)], ids=["one vector", "two"])
@pytest.mark.parametrize("K", [1, 3, 8, 9, 17])
@pytest.mark.parametrize("timing", ["current", "delayed", "mixed"])
def test_covariances(like, K, timing):
    """No sum cancels: about six roundings a layer."""
    rng = np.random.default_rng(K)
    layers = np.array([rng.uniform(0, 0.6, K), *rng.uniform(0.2, 1, (3, K))])
    layers[3, ::2] = 0.0
    if timing == "delayed":
        layers[3] += 0.1
    current = {"current": np.ones(K, bool), "delayed": np.zeros(K, bool), "mixed": np.arange(K) % 2 == 0}[timing]
    x = states(layers, current)
    expected = np.array([[energy(u, v) for v in x] for u in x])
    found = pairs.state_covariance(like, layers, current)
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-15 * expected.max())
    assert (found == found.T).all()


def test_a_gap_near_one():
    """1/(1 − λ²), rounded as little as for any pole."""
    pole = 1 - 2.0**-40
    found = pairs.state_covariance((0,), np.array([[pole], [1.0], [1.0], [0.0]]), np.array([True]))
    np.testing.assert_allclose(found, [[1 / (2.0**-39 * (1 - 2.0**-41))]], rtol=1e-15)
