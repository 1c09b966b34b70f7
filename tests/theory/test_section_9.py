"""The theory, section 9: normalization."""

import numpy as np
import pytest
from digits import agrees
from numpy.polynomial import Legendre

from lti_depth import numeric

OMEGA = np.linspace(0, 2 * np.pi, 2**14, endpoint=False)
POLE = 0.9
X = (1 + POLE**2) / (1 - POLE**2)
WIRE = numeric.cascade([0.0], b=0, d=1)


def legendre(n, x):
    return Legendre.basis(n)(x)


def gain_spectrum(poles):
    """M(ω) = E_λ[(1 − |λ|²)/|1 − λ e^{−iω}|²]: LRU's γ."""
    poles = np.atleast_1d(poles)[:, None]
    return np.mean((1 - np.abs(poles) ** 2) / np.abs(1 - poles * np.exp(-1j * OMEGA)) ** 2, axis=0)


# --- The arms on equal real poles -----------------------------------------------------------------------------------


def test_lru_gains_are_exact_for_white_input_alone():
    V = numeric.state_variance(numeric.normalize(numeric.cascade([POLE] * 12), "lru"))[:, 0]
    np.testing.assert_allclose(V, [legendre(K - 1, X) for K in range(1, 13)], rtol=1e-12)
    ratio = V[1:] / V[:-1] * (1 - POLE) / (1 + POLE)
    K = np.arange(1, 12)
    np.testing.assert_allclose(ratio, 1 - 1 / (2 * K), rtol=1e-2 / K[0], atol=0)
    np.testing.assert_allclose(ratio[5:], (1 - 1 / (2 * K))[5:], rtol=1e-4)


def test_depth_aware_gains():
    gains = numeric.normalization(numeric.cascade([POLE] * 4), "depth-aware")[:, 0]
    for gain, printed in zip(gains, (".435890", ".141226", ".115523", ".109555"), strict=True):
        assert agrees(gain, printed)
    law = [1 - POLE**2] + [(1 - POLE**2) * legendre(k - 2, X) / legendre(k - 1, X) for k in (2, 3, 4)]
    np.testing.assert_allclose(gains**2, law, rtol=1e-13)
    deep = numeric.normalization(numeric.cascade([POLE] * 64), "depth-aware")[:, 0]
    assert (np.diff(deep) < 0).all() and 1 - POLE < deep[-1] < 1.01 * (1 - POLE)


@pytest.mark.parametrize("process", [numeric.white(3.0), numeric.ar1(0.7), numeric.sampled([1.0, -0.3])])
def test_depth_aware_states_have_unit_variance(process):
    stack = numeric.cascade([0.9, 0.5, 0.99, -0.3], d=[0.0, 1.0, 0.5, 0.0])
    V = numeric.state_variance(numeric.normalize(stack, "depth-aware", process), process)
    np.testing.assert_allclose(V, 1, rtol=1e-12)


# --- Wide random stacks ---------------------------------------------------------------------------------------------


def test_wide_random_stacks_of_real_poles():
    """V_K = (1/2π)∫ M^K for K = 1, 2, 4."""
    M = gain_spectrum(POLE)
    assert all(agrees(np.mean(M**K), value) for K, value in ((1, "1"), (2, "9.526"), (4, "2147")))


def test_wide_random_stacks_with_phases():
    """Phases within ±π/10: 5.529 for K = 2, where the specification prints 5.525.

    Poisson kernels convolve: V_2 is the mean of (1 − r⁴)/(1 − 2r² cos δ + r⁴) over differences δ of two phases.
    """
    nodes, weights = np.polynomial.legendre.leggauss(200)
    poles = POLE * np.exp(1j * np.pi / 10 * nodes)
    M = sum(weight / 2 * gain_spectrum(pole) for pole, weight in zip(poles, weights, strict=True))
    assert agrees(np.mean(M), "1") and agrees(np.mean(M**4), "275.95")
    delta, r2 = (nodes + 1) * np.pi / 10, POLE**2
    kernel = (1 - r2**2) / (1 - 2 * r2 * np.cos(delta) + r2**2)
    exact = np.sum(weights * (np.pi / 5 - delta) * kernel) / (np.pi / 5)
    assert np.mean(M**2) == pytest.approx(exact, rel=1e-12) and agrees(exact, "5.529")


def test_wide_random_stacks_with_uniform_phases_do_not_grow():
    M = gain_spectrum(POLE * np.exp(2j * np.pi * np.arange(500) / 500))
    np.testing.assert_allclose(M, 1, rtol=1e-12)


def test_the_mean_of_narrow_random_stacks_is_the_law():
    """E over B and C of the output variance of random stacks (H = 1, N = K = 2): V_K within 5 standard errors."""
    rng = np.random.default_rng(0)
    poles, found = np.array([0.5, -0.25]), []
    for _ in range(500):
        layers = [numeric.Layer(poles, rng.normal(size=(2, 1)), rng.normal(size=(1, 2)) / np.sqrt(2)) for _ in range(2)]
        found.append(numeric.autocovariance(numeric.normalize(numeric.stack(layers), "lru"), 0))
    law = np.mean(gain_spectrum(poles) ** 2)
    assert abs(np.mean(found) - law) < 5 * np.std(found) / np.sqrt(len(found))


# --- Pre-norm residual stacks ---------------------------------------------------------------------------------------


def residual_spectra(M, K):
    """S_{k+1} = S_k (1 + M/V_k), S_0 = 1."""
    S = [np.ones_like(M)]
    for _ in range(K):
        S.append(S[-1] * (1 + M / S[-1].mean()))
    return S


def length(S):
    """The half-correlation lag of a spectrum."""
    R = np.fft.ifft(S).real[:2000]
    return numeric.correlation_length(WIRE, numeric.sampled(R))


def test_residual_stacks_grow_linearly():
    V = [S.mean() for S in residual_spectra(gain_spectrum(POLE), 400)]
    assert all(agrees(V[k], value) for k, value in ((1, "2"), (2, "7.263"), (4, "32.62"), (8, "94.47")))
    steps = np.diff(V)
    assert steps[0] == pytest.approx(1, rel=1e-12)
    limit = (1 + POLE) / (1 - POLE)
    assert (np.diff(steps[1:]) > 0).all() and 0.9 * limit < steps[-1] < limit
    uniform = residual_spectra(np.ones_like(OMEGA), 12)
    assert [S.mean() for S in uniform] == pytest.approx([1 + k for k in range(13)])


def test_correlation_lengths():
    S = residual_spectra(gain_spectrum(POLE), 12)
    assert agrees(length(S[4]), "20.1") and agrees(length(S[12]), "27.7")
    assert agrees(numeric.correlation_length(numeric.cascade([POLE] * 4)), "27.0")
    assert agrees(numeric.correlation_length(numeric.cascade([POLE] * 12)), "52.1")


def test_correlation_lengths_grow_as_the_root_and_as_the_root_of_the_logarithm():
    plain = [numeric.correlation_length(numeric.cascade([POLE] * K)) for K in (64, 256)]
    assert plain[1] / plain[0] == pytest.approx(2, rel=0.02)
    S = residual_spectra(gain_spectrum(POLE), 1024)
    assert length(S[1024]) / length(S[64]) < 1.5


def test_continuous_depth():
    """k(a) and V(a) with dV = V-increments: dV/dk is what one small step adds."""
    M, a = gain_spectrum(POLE), np.linspace(0, 0.5, 6)
    depth = np.array([np.mean(np.expm1(t * M) / M) for t in a])
    V = np.array([np.mean(np.exp(t * M)) for t in a])
    fine = 1e-6
    for t, k, v in zip(a, depth, V, strict=True):
        ahead = np.mean(np.expm1((t + fine) * M) / M) - k
        # dS/dk = S M/V, hence dV/dk = (1/2π)∫ S M / V.
        slope = (np.mean(np.exp((t + fine) * M)) - v) / ahead
        assert slope == pytest.approx(np.mean(np.exp(t * M) * M) / v, rel=1e-4)
    assert (np.diff(depth) > 0).all()


# --- Isometric layers -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("K", [1, 4, 12])
def test_isometric_readouts_are_perfectly_conditioned(K):
    """Gauss–Newton of a readout of all layers' states under white input is their covariance."""
    cascade = numeric.cascade([POLE] * K)
    W = numeric.state_covariance(numeric.normalize(cascade, "isometric"))
    np.testing.assert_allclose(W, np.eye(K), atol=1e-13)
    if K == 12:
        assert np.linalg.cond(numeric.state_covariance(numeric.normalize(cascade, "depth-aware"))) > 1e10


def test_isometric_layers_keep_every_spectrum():
    process = numeric.ar1(0.7) + numeric.sampled([1.0, 0.25])
    stack = numeric.normalize(numeric.cascade([0.9, 0.5, -0.3]), "isometric")
    np.testing.assert_allclose(numeric.power_spectrum(stack, OMEGA[::512], process),
                               numeric.power_spectrum(WIRE, OMEGA[::512], process), rtol=1e-13)
