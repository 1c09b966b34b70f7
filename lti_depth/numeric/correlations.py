"""The correlation length: the lag at which the output has forgotten half of itself."""

import numpy as np

from ..system import Layer, Stack
from ..system.processes import require_stationary
from .covariances import autocovariance, part_scale, process_or_white
from .realization import realize, through_layer
from .signals import signals

_SCANS = (2**6, 2**10)
_STRIDE = 1.25


def correlation_length(stack, process=None, layer=None):
    r"""The half-correlation lag of a layer's output, in samples.

    .. math:: \Delta_{1/2} = \min\{\Delta > 0 : |r(\Delta)| \le \tfrac12\}, \qquad
              r(\Delta) = \frac{\mathrm{tr}\, R(\Delta)}{\mathrm{tr}\, R(0)}

    with |r| interpolated linearly between the integers: ½ for white noise, log 2/log(1/λ) for a slow AR(1). Deep
    cascades of real poles have Δ_{1/2} ≈ 2 √(s log 2), s = Σ λ_k/(1−λ_k)², which grows as √K.

    Parameters
    ----------
    stack : Stack
    process : Process
        Of the input, one independent copy a channel; white noise of unit variance if None.
    layer : int, optional
        0-based, negative from the end; None is the last.

    Returns
    -------
    float64

    Raises
    ------
    ValueError
        A pole with |λ| ≥ 1, or an output without variance.

    Notes
    -----
    Up to 1024 lags (and the length of a sampled source) every lag is looked at, and the first crossing is found.
    Beyond, |r| is looked at along lags a quarter apart and bisected between the first two that enclose ½: this is the
    first crossing wherever |r| falls monotonically — in cascades of poles in [0, 1) without feedthrough, whose impulse
    response is logarithmically concave, for white input and the AR(1) of ρ ≥ 0 — and wherever |r| stays below ½ for a
    quarter of the lag, as slow oscillations do. There R(Δ) = c A^Δ v by repeated squaring, O(log Δ) products, with a
    relative error of about 2⁻⁵² Δ_{1/2}, what one rounding of a pole costs as well; stacks in which large gains cancel
    lose digits besides.
    """
    stack = through_layer(stack, layer)
    require_stationary(stack, "correlation_length")
    process = process_or_white(process)
    stack = _at_unit_scale(stack)
    variance = abs(_trace(stack, np.zeros(1, np.int64), process)[0])
    if not variance > 0:
        raise ValueError(f"correlation_length: expected an output that varies, got the variance {variance}")
    reach = max(len(part.source) for part in process.parts)
    for last in (*_SCANS, reach) if reach > _SCANS[-1] else _SCANS:
        sizes = np.abs(_trace(stack, np.arange(last + 1), process)) / variance
        below = np.flatnonzero(sizes <= 0.5)
        if len(below):
            return _interpolated(sizes[below[0] - 1], sizes[below[0]], below[0])
    return _beyond(stack, process, variance, last)


def _at_unit_scale(stack):
    """With an output near one, on which a correlation does not depend; each layer takes its share of powers of two."""
    shares = np.diff(-realize(stack).output_exponent * np.arange(len(stack) + 1) // len(stack))
    layers = []
    for layer, share in zip(stack, shares.tolist(), strict=True):
        C, D = (np.ldexp(1.0, share) * part for part in (layer.C, layer.D))
        layers.append(Layer(layer.poles, layer.B, C, D, real=layer.real))
    return Stack(tuple(layers), timing=stack.timing)


def _trace(stack, lags, process):
    R = autocovariance(stack, lags, process)
    return R if R.ndim == 1 else R.trace(axis1=1, axis2=2)


def _interpolated(above, below, lag):
    """Where the line from `above` at lag − 1 to `below` at lag is ½."""
    return np.float64(lag - 1 + (above - 0.5) / (above - below))


def _beyond(stack, process, variance, low):
    """The crossing after `low`, where |r| is still above ½."""
    tails = [_tail(stack, part) for part in process.parts]

    def size(lag):
        return abs(sum(tail(lag) for tail in tails)) / variance

    high = int(low * _STRIDE)
    while size(high) > 0.5:
        low, high = high, int(high * _STRIDE)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if size(middle) > 0.5 else (low, middle)
    return _interpolated(size(low), size(high), high)


def _tail(stack, part):
    """tr R(Δ) of one part beyond the L samples of its source, tr F A^{Δ−L} v, as a function of Δ ≥ L.

    v = E ξ[t+L] y[t]* as an integral over the circle, A^{Δ−L} by the binary digits of Δ − L.
    """
    model = realize(stack, part.shape)
    A, F = _dense(model)
    L = len(part.source)
    start = sum(_cross_covariance(model, at, L) for at in signals(model, part.source))
    scale, exponent = part_scale(part)
    scale *= 2.0 ** (2 * model.output_exponent + exponent)
    powers = [A]
    while np.abs(powers[-1]).max() > 1e-20:
        powers.append(powers[-1] @ powers[-1])

    def trace(lag):
        state, steps = start, lag - L
        for power in powers:
            state = power @ state if steps & 1 else state
            steps >>= 1
        return 0.0 if steps else scale * np.trace(F @ state)

    return trace


def _cross_covariance(model, at, lag):
    """E ξ[t+lag] y[t]* over the nodes `at`, (K·N, H)."""
    _, _, F, E = model.sections
    states = (model.B @ at.before) * (at.w[:, None, None] * at.pole)[..., None]  # (n, K, N, H)
    output = F[-1] @ states[:, -1] + E[-1] @ at.before[:, -1]
    turned = at.density * at.w.conj() ** lag
    flat = states.reshape(len(at.w), -1, states.shape[-1])
    return np.einsum("f,fsj,fij->si", turned, flat, output.conj(), optimize=True)


def _dense(model):
    """The state matrix and the readout of the whole realization: ξ' = A ξ + …, y = F ξ + …."""
    poles, B, F, E = model.sections
    K, N, H = B.shape
    A, signal = np.zeros((K * N, K * N), complex), np.zeros((H, K * N), complex)
    for k in range(K):
        rows = slice(k * N, (k + 1) * N)
        A[rows] = B[k] @ signal
        A[rows, rows] += np.diag(poles[k])
        signal = E[k] @ signal
        signal[:, rows] += F[k]
    return A, signal
