"""Second moments of outputs under a stationary process."""

import numpy as np

from ..kernels import cascade, wide
from ..kernels.doubledouble import PLAIN
from ..system import validation
from ..system.processes import process_or_white, require_stationary
from ..system.stacks import through_layer
from . import cascades, circle, unbounded_circle
from .moments import TINY, in_parts, trusted, wide_moments
from .reach import require_reachable
from .realization import drop_channels, leveled, real_if, realize, unscale
from .unbounded import system


def autocovariance(stack, lag, process=None, layer=None):
    r"""The autocovariance of a layer's output.

    .. math:: R(\Delta) = E[y_{t+\Delta}\, y_t^*]

    The covariances of all states and signals come from one recursion over pairs of layers, O(K²); later lags are the
    free response of the stack, O(K) a lag.

    Parameters
    ----------
    stack : Stack
    lag : int or array of int
        Samples, of either sign.
    process : Process
        Of the input, one independent copy a channel; white noise of unit variance if None.
    layer : int, optional
        0-based, negative from the end; None is the last.

    Returns
    -------
    float64 or complex128, shape of lag then (H_out, H_out); the channel axes are dropped when both are 1.

    Raises
    ------
    ValueError
        A pole with |λ| ≥ 1; lags so large that the run up to them takes over three minutes or 4 GB.
    TypeError
        Lags that are not integers.

    See Also
    --------
    log_autocovariance : where values exceed float64.

    Notes
    -----
    The paper, Lemma 1 and Proposition 1, summed in closed form (`kernels.cascade`). R(−Δ) = R(Δ)*.
    """
    stack = through_layer(stack, layer)
    require_stationary(stack, "autocovariance")
    lags = validation.integers(lag, "lag")
    process = process_or_white(process)
    flat = lags.ravel()
    parts = (part_autocovariance(stack, np.abs(flat), part) for part in process.parts)
    R = sum(unscale(R, exponents, "autocovariance") for R, exponents in parts)
    if (flat < 0).any():
        R = np.where((flat < 0)[:, None, None], R.conj().swapaxes(-1, -2), R)
    R = real_if(stack.real_output and process.real, R.reshape(*lags.shape, *R.shape[1:]))
    return drop_channels(R, stack.channels[-1], stack.channels[-1])


def part_scale(part):
    """variance / R(0) of the source through the shaping filter, as a mantissa and an even binary exponent."""
    if part.shape is None:
        return part.variance / part.source[0].real, 0
    R, exponents = _colored(part.shape, np.zeros(1, np.int64), None, part.source)
    if not R[0, 0, 0].real > 0:
        raise ValueError("process: expected a shaping filter that lets something through, got one with output 0")
    return part.variance / R[0, 0, 0].real, -int(exponents[0, 0, 0])


def part_autocovariance(stack, lags, part):
    """At lags Δ ≥ 0: mantissas (n, H, H) and binary exponents (n, 1, 1)."""
    scale, exponent = part_scale(part)
    R, exponents = _colored(stack, lags, part.shape, part.source)
    return scale * R, exponents + exponent


def _colored(stack, lags, shape, source):
    """Σ_m R(m) ρ(Δ − m) at lags Δ ≥ 0, R the source and ρ the answer to white noise.

    Mantissas (n, H, H) and binary exponents (n, 1, 1).
    """
    model, (asked, back), L = realize(stack, shape), _distinct(lags), len(source)
    K, N, H = model.B.shape
    seconds, size = (5e-8 * K, 0) if model.is_cascade else (K * H * (2e-8 + 4e-9 * N * H), 32 * H**2)
    require_reachable(asked.max(initial=0), "autocovariance", seconds=seconds, size=size if L == 1 else 64 * H**2)
    if model.is_cascade and L == 1:
        rho, exponents = cascades.autocovariance(model, asked)
        return source[0].real * rho[back, None, None], (exponents[back] + 2 * model.output_exponent)[:, None, None]
    needed = asked if L == 1 or not len(asked) else np.arange(max(asked[0] - L + 1, 0), asked[-1] + L)
    needed = needed if 0 in needed[:1] else np.concatenate([[0], needed])
    rho, exponents = _recursion(model, needed)
    if not trusted(model, rho[0].diagonal().real, lambda *run: _variances(model, *run)):
        R, exponents = circle.autocovariance(model, asked, source), np.zeros(len(asked), np.int64)
        if len(asked) and np.abs(R[0]).max() < TINY:
            return in_parts(unbounded_circle.autocovariance(system(stack, shape), asked, source)[back])
    elif L == 1:
        own = slice(len(needed) - len(asked), None)
        R, exponents = source[0].real * rho[own], exponents[own]
    else:
        rho, top = leveled(rho, exponents[:, None, None])
        R, exponents = _convolve(source, rho, needed, asked), np.full(len(asked), top)
    return R[back], (exponents[back] + 2 * model.output_exponent)[:, None, None]


def _variances(model, layers, kind):
    """ρ(0), its diagonal, of scalar layers in an arithmetic of their kernels, or of the wide ones in a precision."""
    if model.is_cascade:
        return cascade.autocovariance(layers, model.current, np.zeros(1, np.int64), kind)[0].real
    return wide_moments(model, kind)[2][-1].diagonal().real


def _distinct(lags):
    """The lags in order, each once, and where among them every lag is."""
    if (lags[1:] > lags[:-1]).all():
        return lags, slice(None)
    return np.unique(lags, return_inverse=True)


def _convolve(source, rho, needed, lags):
    m = np.arange(-len(source) + 1, len(source))
    two_sided = np.concatenate([source[:0:-1].conj(), source])
    out = np.empty((len(lags), *rho.shape[1:]), dtype=np.complex128)
    for n, lag in enumerate(lags):
        index = lag - m
        terms = rho[np.searchsorted(needed, np.abs(index))]
        terms = np.where((index < 0)[:, None, None], terms.conj().swapaxes(-1, -2), terms)
        out[n] = np.tensordot(two_sided, terms, axes=1)
    return out


def _recursion(model, lags):
    """ρ(Δ) for white unit input at sorted lags Δ ≥ 0 in the scaled units of the realization.

    Mantissas (n, H, H) and binary exponents (n,).
    """
    if model.is_cascade:
        kind = PLAIN if model.nonnegative else model.digits
        rho, exponents = cascade.autocovariance(model.layers, model.current, lags, kind)
        return rho[:, None, None], exponents
    poles, B, F, E = model.sections
    _, Y, Z = wide_moments(model)
    rho = np.empty((len(lags), *Z.shape[1:]), dtype=np.complex128)
    rho[lags == 0] = Z[-1]
    if lags[-1] > 0:
        # E ξ_k[t+1] y[t]* is the state from which the free response runs, one column a channel of y.
        X, Z = Y.conj().swapaxes(1, 2), Z.conj().swapaxes(1, 2)
        start = poles[:, :, None] * X + B @ Z[:-1]
        state = np.ascontiguousarray(start.transpose(2, 0, 1))
        silent = np.zeros((state.shape[0], lags[-1], B.shape[2]), dtype=np.complex128)
        free = np.empty_like(silent)
        wide.simulate(poles, B, F, E, np.zeros(len(poles), bool), False, silent, state, free)
        rho[lags > 0] = free.transpose(1, 2, 0)[lags[lags > 0] - 1]
    return rho, np.zeros(len(lags), np.int64)
