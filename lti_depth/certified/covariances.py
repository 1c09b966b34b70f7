"""Second moments of outputs and states under a stationary process, enclosed."""

import numpy as np
from flint import arb

from ..system import validation
from ..system.processes import process_or_white, require_stationary
from ..system.stacks import require_stack, through_layer
from .horizons import variance_from_rest
from .outputs import autocovariance_of, part_weight
from .precision import array, drop_channels, enclose, real_if
from .sections import chain_of
from .states import colored, white


def autocovariance(stack, lag, process=None, layer=None, *, rtol=1e-15):
    r"""The autocovariance of a layer's output, enclosed.

    .. math:: R(\Delta) = E[y_{t+\Delta}\, y_t^*]

    Parameters
    ----------
    stack : Stack
        Its doubles, and those of the process, are taken as exact.
    lag : int or array of int
        Samples, of either sign. The work grows with log |lag|.
    process : Process
        Of the input, one independent copy a channel; white noise of unit variance if None.
    layer : int, optional
        0-based, negative from the end; None is the last.
    rtol : float

    Returns
    -------
    arb where stack and process are real, else acb; an object array in the shape of lag, then (H_out, H_out), the
    channel axes dropped when both are 1. Every ball contains the truth. Its radius is at most `rtol` of its absolute
    value, or it contains 0 and its radius is below 2⁻¹⁰²⁴ of a bound on R from the signal before the layer (Δ = 0), of
    the largest state that R(Δ) is read from times the largest gain that reads it (Δ ≠ 0).

    Raises
    ------
    ValueError
        A pole with |λ| ≥ 1.
    PrecisionError
        16384 bits do not suffice for rtol.

    Notes
    -----
    The recursion of `moments`, O(K²), and the free response by squaring. The paper, Lemma 1 and Proposition 1.
    """
    stack = through_layer(stack, layer)
    require_stationary(stack, "autocovariance")
    lags, process, H = validation.integers(lag, "lag"), process_or_white(process), stack.channels[-1]

    def compute():
        R, scales = np.zeros((lags.size, H, H), object), np.zeros((lags.size, 1, 1), object)
        for part in process.parts:
            at, weight = autocovariance_of(chain_of(stack, part), part.source), part_weight(part)
            for n, one in enumerate(lags.ravel().tolist()):
                value, scale = at(one)
                R[n] += array((value * weight).entries(), (H, H))
                scales[n] += scale * weight
        return R, scales

    R = enclose("autocovariance", rtol, compute)
    return drop_channels(real_if(stack.real_output and process.real, R.reshape(*lags.shape, H, H)))


def state_covariance(stack, process=None, *, rtol=1e-15):
    r"""The covariance of all states at one time, enclosed.

    .. math:: W = E[x_t x_t^*], \qquad W = A W A^* + B Q B^* \text{ for white input}

    Parameters
    ----------
    stack : Stack
        Its doubles, and those of the process, are taken as exact.
    process : Process
        Of the input; white noise of unit variance if None.
    rtol : float

    Returns
    -------
    (S, S) object array of arb where stack and process are real, else of acb; order and basis of
    `numeric.equivalent_layer`. Every ball contains the truth. Its radius is at most `rtol` of its absolute value, or it
    contains 0 and its radius is below 2⁻¹⁰²⁴ of a bound on the entry from the signals before its layers.

    Raises
    ------
    ValueError
        A pole with |λ| ≥ 1.
    PrecisionError
        16384 bits do not suffice for rtol.
    """
    require_stationary(stack, "state_covariance")
    process = process_or_white(process)
    W = enclose("state_covariance", rtol, lambda: _states(stack, process))
    return real_if(stack.dtype.kind == "f" and process.real, W)


def state_variance(stack, process=None, horizon=None, *, rtol=1e-15):
    r"""The variance of every state, enclosed.

    .. math:: V_{k,n} = E|x^{(k)}_{n,t}|^2

    Parameters
    ----------
    stack : Stack
        Its doubles, and those of the process, are taken as exact.
    process : Process
        Of the input; white noise of unit variance if None.
    horizon : int, optional
        T: from the zero state, after T samples of the stationary input; the work grows with log T. None: the stationary
        value.
    rtol : float

    Returns
    -------
    (K, N_max) object array of arb, 0 in the padding; contained and narrow as in `state_covariance`.

    Raises
    ------
    ValueError
        A pole with |λ| ≥ 1 and no horizon.
    PrecisionError
        16384 bits do not suffice for rtol.
    """
    require_stack(stack)
    process = process_or_white(process)
    if horizon is None:
        require_stationary(stack, "state_variance")
    else:
        horizon = validation.integer(horizon, "horizon", 1)

    def compute():
        if horizon is not None:
            return variance_from_rest(stack, process, horizon)
        W, scales = _states(stack, process)
        return W.diagonal(), scales.diagonal()

    variances = real_if(True, enclose("state_variance", rtol, compute))
    out = np.full((len(stack), max(stack.widths)), arb(0))
    first = 0
    for k, layer in enumerate(stack):
        out[k, : layer.width] = variances[first : first + layer.width]
        first += layer.width * (2 if layer.real else 1)
    return out


def _states(stack, process):
    """E x x* (S, S), and scales: products of bounds on the deviations of the states."""
    total, scales = 0, 0
    for part in process.parts:
        chain = chain_of(stack, part)
        weight, (W, bounds) = part_weight(part), white(chain)
        skipped = sum(len(one.poles) for one in chain.sections[: chain.front])
        W, bounds = colored(chain, W, part.source) * weight, array(bounds, (-1,))[skipped:]
        total = total + array(W.entries(), (W.nrows(), W.nrows()))[skipped:, skipped:]
        scales = scales + np.outer(bounds, bounds) * (weight * 2 * arb(float(np.abs(part.source).sum())))
    return total, scales
