"""Covariances of cascades and of wide layers, and autocovariances at many lags."""

from functools import partial

import numpy as np

from .. import certified, numeric
from ..numeric import realization, state_covariances
from . import control_peers, errors, limits, scipy_peers
from .balls import relative_errors
from .job import Check, Job, Runs, agreement, deviation, times_faster

KERNEL, SLYCOT, NORM = "kernel alone", "slycot", "control.norm"
LAGS = 100_000
UNIT = errors.DOUBLE


def _lyapunov_bound(A, W):
    r"""Backward stable methods: :math:`u n^2 \|A\|^2 \|W\|/\mathrm{sep}`, with 1/sep ≤ ‖W(I)‖ of the same equation."""
    n = len(A)
    inverse = np.linalg.norm(W, 2) / np.linalg.norm(A - np.diag(np.diag(A)), 2) ** 2
    return 2 * UNIT * n**2 * max(1.0, np.linalg.norm(A, 2) ** 2) * max(1.0, inverse)


def _cascade(K):
    stack = numeric.cascade(np.linspace(0.1, 0.5, K), b=np.linspace(0.9, 0.5, K))
    A, B, C, D = numeric.equivalent_layer(stack)
    Q = B @ B.T
    ours = partial(numeric.state_covariance, stack)
    expected, model = ours(), realization.realize(stack)
    bound, reason = _lyapunov_bound(A, expected), "a backward stable solution of the Lyapunov equation"
    peers = {SLYCOT: control_peers.slycot_lyapunov(A, Q, bound, reason),
             "scipy": scipy_peers.lyapunov(A, Q, "direct" if K < 30 else "bilinear", bound, reason)}  # fmt: skip
    others = {KERNEL: partial(state_covariances.white_states, model)}
    norm = control_peers.control_norm((A, B, C, D), bound, reason)
    variance = numeric.autocovariance(stack, 0)
    beside = {NORM: norm}

    def agree():
        truth = certified.state_variance(stack)[:, 0]
        return [Check("ours, variances from certified balls", max(relative_errors(expected.diagonal(), truth)),
                      8 * K * UNIT, "the promise for non-negative cascades"),
                *agreement(expected, peers), *agreement(variance, beside)]  # fmt: skip

    return Runs(ours, peers | beside, limits.copy(expected), agree, others)


def _blocks():
    rng = np.random.default_rng(3)
    K, N = 6, 64
    layers = [numeric.Layer(0.9 * np.exp(1j * rng.uniform(-3, 3, N)), *(rng.normal(size=(2, N, N)) / N))
              for _ in range(K)]  # fmt: skip
    stack = numeric.stack(layers)
    A, B, _, _ = numeric.equivalent_layer(stack)
    Q = B @ B.conj().T
    ours = partial(numeric.state_covariance, stack)
    expected = ours()
    bound = _lyapunov_bound(A, expected)
    peers = {"scipy bilinear": scipy_peers.lyapunov(A, Q, "bilinear", bound, "a backward stable solution")}

    def agree():
        residual = deviation(A @ expected @ A.conj().T + Q, expected)
        return [Check("ours, residual of the Lyapunov equation", residual, 4 * len(A) * UNIT,
                      "rounding of the products that form it"), *agreement(expected, peers)]  # fmt: skip

    count = K * (K + 1) // 2 * 8 * 4 * N**3  # eight complex products of matrices for each pair of layers
    return Runs(ours, peers, limits.copy(expected) | limits.multiply_adds(count), agree)


def _autocovariance():
    stack = numeric.cascade(np.linspace(0.3, 0.8, 12))
    form, lags = numeric.equivalent_layer(stack), np.arange(LAGS)
    ours = partial(numeric.autocovariance, stack, lags)
    expected = ours()
    bound = _lyapunov_bound(form[0], numeric.state_covariance(stack))
    by_products = scipy_peers.matvec_autocovariance(form, LAGS, bound, "a backward stable Lyapunov equation")
    by_polynomial = control_peers.arma_acovf(stack.poles, LAGS, None, "polynomial coefficients lose digits")
    peers = {"numpy, a product a lag": by_products, "statsmodels": by_polynomial}

    def agree():
        sample = [0, 1, 10, 100, 1000]
        found = relative_errors(expected[sample], certified.autocovariance(stack, sample))
        promised = max(error / (8 * (12 + lag) * UNIT) for error, lag in zip(found, sample, strict=True))
        return [Check("ours, from certified balls, in units of the promise", promised, 1.0, "8 (K + lag) u"),
                *agreement(expected, peers)]  # fmt: skip

    return Runs(ours, peers, limits.copy(expected) | limits.multiply_adds(12 * LAGS, cores=1), agree)


JOBS = (
    Job("covariance-12", "state covariance of a cascade, K = 12",
        (times_faster(30, SLYCOT, KERNEL), times_faster(30, SLYCOT)), partial(_cascade, 12)),
    Job("covariance-256", "state covariance of a cascade, K = 256",
        (times_faster(100, NORM, KERNEL), times_faster(100, NORM)), partial(_cascade, 256)),
    Job("covariance-blocks", "state covariance, 6 layers of 64 complex states", (times_faster(25, "scipy bilinear"),),
        _blocks),
    Job("autocovariance", "autocovariance at 10⁵ lags, K = 12", (times_faster(80, "numpy, a product a lag"),),
        _autocovariance),
)  # fmt: skip
