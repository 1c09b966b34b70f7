"""Second moments of states under a stationary process."""

import numpy as np

from ..kernels import cascade, pairs
from ..kernels.doubledouble import REAL
from ..system import validation
from ..system.limits import require_affordable
from ..system.processes import process_or_white, require_stationary
from ..system.stacks import require_stack
from . import circle, integers, unbounded_circle
from .autocovariances import part_scale
from .from_rest import variance_from_rest
from .moments import TINY, in_parts, trusted, wide_moments
from .realization import real_if, realize, unscale
from .unbounded import system

_ONE, _TWO = (0,), (0,) * 2


def state_covariance(stack, process=None):
    r"""The covariance of all states at one time.

    .. math:: W = E[x_t x_t^*], \qquad W = A W A^* + B Q B^* \text{ for white input}

    Parameters
    ----------
    stack : Stack
    process : Process
        Of the input; white noise of unit variance if None.

    Returns
    -------
    (S, S) float64 or complex128, S = ΣN, in the order and basis of `equivalent_layer`: layer by layer, a layer with
    real=True closed under conjugation.

    Raises
    ------
    ValueError
        A pole with |λ| ≥ 1.

    See Also
    --------
    log_state_covariance : where values exceed float64.

    Notes
    -----
    The recursion over pairs of layers of `kernels.gramians`; no Lyapunov equation of size S is solved.
    """
    require_stationary(stack, "state_covariance")
    process = process_or_white(process)
    W = sum(unscale(*_part_state_covariance(stack, part), "state_covariance") for part in process.parts)
    return real_if(stack.dtype.kind == "f" and process.real, W)


def state_variance(stack, process=None, horizon=None):
    r"""The variance of every state.

    .. math:: V_{k,n} = E|x^{(k)}_{n,t}|^2

    Parameters
    ----------
    stack : Stack
    process : Process
        Of the input; white noise of unit variance if None.
    horizon : int, optional
        T: from the zero state, after T samples of the stationary input. Unstable poles are welcome then. None: the
        stationary value.

    Returns
    -------
    (K, N_max) float64, zero in the padding.

    Raises
    ------
    ValueError
        A pole with |λ| ≥ 1 and no horizon.

    See Also
    --------
    log_state_variance : where values exceed float64.

    Notes
    -----
    The paper, Lemma 1, for the first layer; the recursion over pairs of layers for those after it.
    """
    require_stack(stack)
    if horizon is not None:
        return variance_from_rest(stack, process_or_white(process), validation.integer(horizon, "horizon", 1))
    require_stationary(stack, "state_variance")
    parts = (_part_state_covariance(stack, part) for part in process_or_white(process).parts)
    variances = sum(unscale(W.diagonal().real, exponents.diagonal(), "state_variance") for W, exponents in parts)
    out = np.zeros((len(stack), max(stack.widths)))
    start = 0
    for k, layer in enumerate(stack):
        out[k, : layer.width] = variances[start : start + layer.width]
        start += layer.closed().width
    return out


def _part_state_covariance(stack, part):
    """Mantissas and binary exponents, (S, S) each."""
    model = realize(stack, part.shape)
    _require_affordable(model, len(part.source))
    N = model.poles.shape[1]
    kept = [k * N + n for k, layer in enumerate(stack, model.front) for n in range(layer.closed().width)]
    W, own = _scaled_states(stack, part, model, kept)
    scale, exponent = part_scale(part)
    return scale * W, own + exponent


def _scaled_states(stack, part, model, kept):
    """The states kept, up to the scale of the source: mantissas and binary exponents."""
    W, own, source = white_states(model), 0, part.source
    if not trusted(model, W.diagonal().real, lambda *run: _states(model, *run).diagonal().real):
        if model.is_cascade and len(source) == 1:
            W, own = integers.state_covariance(model.layers, model.current)
            own = own[np.ix_(kept, kept)]
        else:
            W = circle.state_covariance(model, source)
            if W.diagonal().real[kept].min() < TINY:
                return in_parts(unbounded_circle.state_covariance(system(stack, part.shape), kept, source))
            source = np.ones(1)  # weighed on the circle
    if len(source) > 1:
        W = _colored_states(model.dense[0], W, source)
    else:
        W = source[0].real * W
    W = W if len(kept) == len(W) else W[np.ix_(kept, kept)]
    exponents = model.state_exponents.ravel()[kept]
    return W, own + exponents[:, None] + exponents


def _require_affordable(model, lags):
    """Four matrices over all states; of a source with several lags, also complex ones, and a product for each lag."""
    K, S = len(model.poles), model.poles.size
    itemsize = 8 if model.is_cascade and model.digits is REAL and lags == 1 else 16
    instead = "ask for the autocovariance through single layers, which needs no matrix of states"
    require_affordable(K, "the covariance of all states", 2, size=4 * itemsize * S**2, instead=instead)
    require_affordable(K, "the covariance of all states of such a source", 3, seconds=8e-10 * (lags - 1) * S**3,
                       instead=instead)


def white_states(model):
    """E ξ ξ* for white unit input, (K·N, K·N) in the scaled units of the realization."""
    if model.is_cascade and model.nonnegative:
        return pairs.state_covariance(_ONE if len(model.poles) <= 8 else _TWO, model.layers, model.current)
    if model.is_cascade:
        return _states(model, model.layers, model.digits)
    return _states(model, None, np.complex128)


def _states(model, layers, kind):
    """`white_states` of scalar layers in an arithmetic of their kernels, or of the wide ones in a precision."""
    if model.is_cascade:
        return cascade.state_covariance(layers, model.current, kind)
    return wide_moments(model, kind)[0].reshape(model.poles.size, model.poles.size)


def _colored_states(A, W, source):
    """Σ_m R(m) E x_t x_{t+m}* = R(0) W + S + S*, S = Σ_{m≥1} conj(R(m)) A^m W by Horner's rule."""
    S = np.zeros_like(W)
    for R in source[:0:-1]:
        S = A @ (S + np.conj(R) * W)
    return source[0].real * W + S + S.conj().T
