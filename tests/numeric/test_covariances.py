"""Cascades in which nothing is negative: each entry to 8 (K + lag) roundings, whatever the conditioning."""

import flint
import numpy as np
import pytest

from lti_depth import certified, numeric
from lti_depth.kernels import cascade, pairs
from lti_depth.kernels import doubledouble as dd
from lti_depth.numeric.realization import realize

UNIT_ROUNDOFF = 2.0**-53
LAGS = np.array([0, 1, 7, 300])


def alternating(K):
    return 2.0 ** np.where(np.arange(K) % 2, 400, -400)


def missing(K):
    return np.where(np.arange(K) == K // 2, 0.0, 1.0)


def gaps(K):
    return 10.0 ** -np.random.default_rng(K).uniform(0, 15, K)


def spread(K):
    return np.random.default_rng(K).uniform(0, 1, K)


NONNEGATIVE = {
    "equal": lambda K: (np.full(K, 0.9),),
    "equal with gains": lambda K: (np.full(K, 0.3), 0.7, 1.3),
    "equal next to one": lambda K: (np.full(K, 1 - 1e-12), 1e-9),
    "near one": lambda K: (1 - gaps(K), 0.3, spread(K)),
    "zero": lambda K: (np.zeros(K), spread(K), 1.0, 0.3),
    "tiny": lambda K: (2.0 ** (-60 * spread(K)),),
    "feedthrough": lambda K: (spread(K), spread(K) + 0.5, 1.0, 2 * spread(K + 1)[1:]),
    "huge and tiny gains": lambda K: (spread(K), alternating(K)),
    "a layer that hears nothing": lambda K: (spread(K), missing(K), 1.0, 0.2),
    "a layer that says nothing": lambda K: (spread(K), 1.0, missing(K), 0.2),
}


def relative_error(value, ball):
    """Of one entry; beyond the normal doubles 0 where it has become inf or next to nothing, as it ought to."""
    truth, limits = flint.acb(ball).real, np.finfo(float)
    if abs(truth) > limits.max:
        return 0.0 if np.isinf(value) else np.inf
    if abs(truth) < limits.tiny:
        return 0.0 if abs(value) <= 2 * limits.tiny else np.inf
    return float((abs(flint.arb(float(value)) - truth) / truth).mid()) if np.isfinite(value) else np.inf


def relative_errors(found, balls):
    return np.reshape([relative_error(*pair) for pair in zip(found.flat, balls.flat, strict=True)], found.shape)


@pytest.mark.parametrize("family", NONNEGATIVE)
@pytest.mark.parametrize("timing", ["current", "delayed"])
@pytest.mark.parametrize("K", [1, 20, 64])
@pytest.mark.filterwarnings("ignore:.*exceed float64:RuntimeWarning")
def test_every_entry(family, timing, K):
    stack = numeric.cascade(*NONNEGATIVE[family](K), timing=timing)
    W, R = numeric.state_covariance(stack), numeric.autocovariance(stack, LAGS)
    assert (relative_errors(W, certified.state_covariance(stack)) <= 8 * K * UNIT_ROUNDOFF).all()
    assert (relative_errors(R, certified.autocovariance(stack, LAGS)) <= 8 * (K + LAGS) * UNIT_ROUNDOFF).all()
    assert (W == W.T).all()


@pytest.mark.parametrize("K", [1, 8, 9, 20, 33])
def test_lanes_and_double_doubles_agree_with_their_plain_twin(K):
    model = realize(numeric.cascade(spread(K), spread(K) + 0.5, d=0.3))
    plain = cascade.state_covariance(model.layers, model.current, dd.PLAIN)
    for like in ((0,), (0, 0)):
        found = pairs.state_covariance(like, model.layers, model.current)
        np.testing.assert_allclose(found, plain, rtol=16 * K * UNIT_ROUNDOFF)
    real = cascade.state_covariance(model.layers, model.current, dd.REAL)
    np.testing.assert_allclose(real, plain, rtol=8 * K * UNIT_ROUNDOFF)
    assert (cascade.state_covariance(model.layers + 0j, model.current, dd.COMPLEX) == real).all()


@pytest.mark.parametrize("turned", [0, 3, 7])
def test_a_negative_gain_turns_signs_alone(turned):
    """One b < 0 takes another arithmetic, but changes nothing else than the signs from its layer on."""
    b = np.full(8, 0.7)
    plain = numeric.state_covariance(numeric.cascade(spread(8), b))
    b[turned] *= -1
    signs = np.where(np.arange(8) < turned, 1, -1)
    found = numeric.state_covariance(numeric.cascade(spread(8), b))
    np.testing.assert_allclose(found, signs[:, None] * signs * plain, rtol=8 * 8 * UNIT_ROUNDOFF)


@pytest.mark.compiled("700,000 lags take minutes")
def test_many_lags_decay_as_powers():
    """R(Δ) = λ^Δ/(1 − λ²) for one layer, through all the binary exponents that float64 leaves out."""
    stack = numeric.cascade([0.999])
    lags = np.arange(700_000)
    R = numeric.autocovariance(stack, lags)
    seen = np.array([0, 1, 100_000, 699_999])
    np.testing.assert_allclose(np.log(R[seen]), seen * np.log(0.999) - np.log1p(-(0.999**2)), rtol=1e-12)
    assert (R[1:] < R[:-1]).all()
    scattered = np.array([5, -3, 5, 0, 699_999])
    assert (numeric.autocovariance(stack, scattered) == R[np.abs(scattered)]).all()
