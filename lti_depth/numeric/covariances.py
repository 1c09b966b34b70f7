"""Second moments of outputs and states under a stationary process, and from rest after finitely many inputs."""

import numpy as np

from ..kernels import cascade, gramians, pairs, wide
from ..kernels.doubledouble import PLAIN, REAL
from ..system import Layer, Stack, validation
from ..system.limits import require_affordable
from ..system.processes import process_or_white, require_stationary
from ..system.stacks import require_stack, through_layer
from . import circle, unbounded_circle
from .impulse import scaled_response
from .realization import drop_channels, leveled, real_if, realize, unscale
from .unbounded import system

_ONE, _TWO = (0,), (0,) * 2
_TINY = 2.0**-900  # of the largest gain², beyond which a response on the circle may have been lost


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
        A pole with |λ| ≥ 1.
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
    model = realize(stack, shape)
    L = len(source)
    asked, back = _distinct(lags)
    needed = asked if L == 1 or not len(asked) else np.arange(max(asked[0] - L + 1, 0), asked[-1] + L)
    needed = needed if 0 in needed[:1] else np.concatenate([[0], needed])
    rho, exponents = _recursion(model, needed)
    if not _trusted(model, rho[0].diagonal().real, lambda kind: _wide_moments(model, kind)[2][-1]):
        R, exponents = circle.autocovariance(model, asked, source), np.zeros(len(asked), np.int64)
        if len(asked) and np.abs(R[0]).max() < _TINY:
            return _parts(unbounded_circle.autocovariance(system(stack, shape), asked, source)[back])
    elif L == 1:
        own = slice(len(needed) - len(asked), None)
        R, exponents = source[0].real * rho[own], exponents[own]
    else:
        rho, top = leveled(rho, exponents[:, None, None])
        R, exponents = _convolve(source, rho, needed, asked), np.full(len(asked), top)
    return R[back], (exponents[back] + 2 * model.output_exponent)[:, None, None]


def _parts(values):
    """Mantissas and binary exponents, those of 0 being 0."""
    return values.mantissa, np.where(values.mantissa == 0, 0, values.exponent).astype(np.int64)


def _distinct(lags):
    """The lags in order, each once, and where among them every lag is."""
    if (lags[1:] > lags[:-1]).all():
        return lags, slice(None)
    return np.unique(lags, return_inverse=True)


def _trusted(model, variances, again):
    """Whether the recursion has kept its digits in `variances`; `again` computes those of wide layers in a precision.

    In one scalar layer, and where nothing is negative, nothing can cancel. In a cascade, rounding (2^−104) is relative
    to the largest gain², which the scaling has made 1, and at least 1e−13 of each variance must be left. Wide layers
    hardly ever come near that bound; there the recursion is run once more in single precision, whose roundings and
    what becomes of them are 2²⁹ times as large.
    """
    if model.nonnegative or (model.is_cascade and len(model.poles) == 1):
        return True
    if model.is_cascade:
        driven = _driven(model)
        present = driven[:-1] if len(variances) > 1 else driven[-1:]
        smallest = variances[present].min(initial=1.0)  # not positive where every digit is lost
        return bool(smallest > 2.0**-50)
    present = variances != 0
    change = again(np.complex64).diagonal().real / variances.clip(min=np.finfo(float).tiny) - 1
    return bool(np.abs(change[present]).max(initial=0) < 2.0**29 * 1e-13)


def _driven(model):
    """Whether the input reaches each state of a scalar cascade and, last, its output, (K+1,)."""
    _, b, c, d, _ = model.scalars
    passes = np.logical_and.accumulate((d != 0) | ((b != 0) & (c != 0)))
    return np.append(b != 0, True) & np.append(True, passes)


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
    _, Y, Z = _wide_moments(model)
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


def _wide_moments(model, kind=np.complex128):
    """`gramians.moments` for an input with ones for the channels that the first layer reads, whatever the padding."""
    poles, *matrices = model.sections
    Q = np.eye(model.B.shape[2])
    return gramians.moments(poles, *(matrix.astype(kind) for matrix in (*matrices, Q)))


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


def _part_state_covariance(stack, part):
    """Mantissas and binary exponents, (S, S) each."""
    model = realize(stack, part.shape)
    _require_affordable(model, len(part.source))
    W = _white_states(model)
    on_circle = not _trusted(model, W.diagonal().real, lambda kind: _wide_states(model, kind))
    if on_circle:
        W = circle.state_covariance(model, part.source)
    elif len(part.source) > 1:
        W = _colored_states(_dense(model), W, part.source)
    else:
        W = part.source[0].real * W
    N = model.poles.shape[1]
    kept = [k * N + n for k, layer in enumerate(stack, model.front) for n in range(layer.closed().width)]
    W = W if len(kept) == len(W) else W[np.ix_(kept, kept)]
    exponents = model.state_exponents.ravel()[kept]
    scale, exponent = part_scale(part)
    if on_circle and W.diagonal().real.min() < _TINY:
        W, exponents = _parts(unbounded_circle.state_covariance(system(stack, part.shape), kept, part.source))
        return scale * W, exponents + exponent
    return scale * W, exponents[:, None] + exponents + exponent


def _require_affordable(model, lags):
    """Four matrices over all states; of a source with several lags, also complex ones, and a product for each lag."""
    K, S = len(model.poles), model.poles.size
    itemsize = 8 if model.is_cascade and model.digits is REAL and lags == 1 else 16
    instead = "ask for the autocovariance through single layers, which needs no matrix of states"
    require_affordable(K, "the covariance of all states", 2, size=4 * itemsize * S**2, instead=instead)
    require_affordable(K, "the covariance of all states of such a source", 3, seconds=8e-10 * (lags - 1) * S**3,
                       instead=instead)


def _white_states(model):
    """E ξ ξ* for white unit input, (K·N, K·N) in the scaled units of the realization."""
    if model.is_cascade and model.nonnegative:
        return pairs.state_covariance(_ONE if len(model.poles) <= 8 else _TWO, model.layers, model.current)
    if model.is_cascade:
        return cascade.state_covariance(model.layers, model.current, model.digits)
    return _wide_states(model)


def _wide_states(model, kind=np.complex128):
    return _wide_moments(model, kind)[0].reshape(model.poles.size, model.poles.size)


def _colored_states(A, W, source):
    """Σ_m R(m) E x_t x_{t+m}* = R(0) W + S + S*, S = Σ_{m≥1} conj(R(m)) A^m W by Horner's rule."""
    S = np.zeros_like(W)
    for R in source[:0:-1]:
        S = A @ (S + np.conj(R) * W)
    return source[0].real * W + S + S.conj().T


def _dense(model):
    """The state matrix of the whole stack in the padded basis, ξ' = A ξ + B u."""
    poles, B, F, E = model.sections
    K, N, H = B.shape
    A = np.zeros((K * N, K * N), dtype=np.complex128)
    signal = np.zeros((H, K * N), dtype=np.complex128)
    for k in range(K):
        rows = slice(k * N, (k + 1) * N)
        A[rows] = B[k] @ signal
        A[rows, rows] += np.diag(poles[k])
        signal = E[k] @ signal
        signal[:, rows] += F[k]
    return A


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
        return _variance_from_rest(stack, process_or_white(process), validation.integer(horizon, "horizon", 1))
    require_stationary(stack, "state_variance")
    parts = (_part_state_covariance(stack, part) for part in process_or_white(process).parts)
    variances = sum(unscale(W.diagonal().real, exponents.diagonal(), "state_variance") for W, exponents in parts)
    out = np.zeros((len(stack), max(stack.widths)))
    start = 0
    for k, layer in enumerate(stack):
        out[k, : layer.width] = variances[start : start + layer.width]
        start += layer.closed().width
    return out


def _variance_from_rest(stack, process, T):
    """Σ_{s,s'<T} h_s h̄_s' R_u(s' − s) = Σ_d R_u(d) conj(ρ(d)), ρ(d) = Σ_s h_{s+d} h̄_s over the first T terms."""
    energy, exponents = (np.zeros((len(stack), max(stack.widths)), kind) for kind in (float, np.int64))
    require_affordable(len(stack), "state_variance from rest", 2, instead="take fewer samples, or simulate",
                       seconds=len(stack) ** 2 * (1e-5 + 2e-8 * T))
    times = np.arange(T) + (stack.timing == "delayed")  # the states after the T-th input
    lags = np.arange(T if len(process.parts) > 1 or _is_colored(process.parts[0]) else 1)
    R = sum(unscale(*part_autocovariance(WIRE, lags, part), "state_variance") for part in process.parts)[:, 0, 0]
    for k, layer in enumerate(stack):
        readout = Layer(layer.poles, layer.B, np.eye(layer.width))
        before = (*stack.layers[:k], readout)
        h, common = scaled_response(Stack(before, timing=stack.timing), times, 0.0)
        for n in range(layer.width):
            own, exponent = h[:, n, : stack.channels[0]], common[:, :, 0]
            if not np.isfinite(own).all():  # 0·inf: where another state overflows, this one may be finite
                alone, common_alone = scaled_response(Stack(_heard(before, n), timing=stack.timing), times, 0.0)
                own, exponent = alone[:, n, : stack.channels[0]], common_alone[:, :, 0]
            own, exponents[k, n] = leveled(own, exponent)
            energy[k, n] = weighted_energy(own, R)
    return unscale(energy, 2 * exponents, "state_variance")


def _heard(layers, n):
    """The layers with every gain put to 0 through which nothing reaches output n of the last."""
    wanted, kept = np.arange(layers[-1].channels[1]) == n, []
    for layer in reversed(layers):
        C, D = (np.where(wanted[:, None], matrix, 0) for matrix in (layer.C, layer.D))
        B = np.where((C != 0).any(axis=0)[:, None], layer.B, 0)
        kept.append(Layer(layer.poles, B, C, D, real=layer.real))
        wanted = (B != 0).any(axis=0) | (D != 0).any(axis=0)
    return tuple(reversed(kept))


WIRE = Stack((Layer([0.0], [[0.0]], [[0.0]], [[1.0]]),))


def _is_colored(part):
    return part.shape is not None or len(part.source) > 1


def weighted_energy(h, R):
    """R(0) Σ|h|² + 2 Re Σ_{d≥1} R(d) conj(ρ(d)) of h (T, H), summed over the input channels; inf where h overflows."""
    if not np.isfinite(h).all():
        return np.inf
    if len(R) == 1:
        return R[0].real * (np.abs(h) ** 2).sum()
    T = len(h)
    rho = np.fft.ifft(np.abs(np.fft.fft(h, 2 * T, axis=0)) ** 2, axis=0)[:T].sum(axis=1)
    return R[0].real * rho[0].real + 2 * (R[1:] * rho[1:].conj()).real.sum()
