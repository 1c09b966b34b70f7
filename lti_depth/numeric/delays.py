"""Delays and zeros: what a stack does to the time at which a signal arrives."""

from functools import partial

import numpy as np

from ..kernels import delays, frequency
from ..system import validation
from ..system.kept import kept
from ..system.stacks import require_single_channel, require_stack
from .realization import drop_channels, realize
from .responses import PLAIN, in_parts, layer_responses, scalars

_VECTORS = 0.06  # ns a layer and frequency, by vectors
_LOST = 2.0**-19  # of the sum of all min(½, 2 |λ|): the error of a delay by vectors is 2^−70 of it, from that of cos ω


def group_delay(stack, omega):
    r"""The group delay, in samples.

    .. math:: \tau(\omega) = -\frac{d}{d\omega} \arg H(e^{i\omega})
              = \mathrm{Re}\Big[w \frac{dH/dw}{H}\Big], \qquad w = e^{-i\omega}

    In a scalar cascade without feedthrough τ = Σ Re[λ_k w/(1−λ_k w)] (delayed timing: + K), whatever the gains: a sum
    over layers, no phase is unwrapped and no polynomial formed.

    Parameters
    ----------
    stack : Stack
    omega : float or array
        rad/sample.

    Returns
    -------
    float64 samples, shape of omega then (H_out, H_in); the channel axes are dropped when both are 1. nan where H is 0
    or has a pole.
    For scalar cascades, whatever their poles and gains, the error is at most 1e−15 of the sum of the layers' |τ_k|, but
    for that of cos ω, 2^−102, and that of a zero's distance from the circle, 1e−31. The one is seen where every layer's
    delay changes its sign, both beside a zero or pole within 1e−16 of the circle.

    Notes
    -----
    The paper, section 3.2; Oppenheim & Schafer, Discrete-Time Signal Processing, section 5.1.
    """
    omega = validation.frequencies(omega)
    if require_stack(stack).is_cascade:
        delay = _cascade_delay(stack, np.array(omega.ravel()))
        return delay.reshape(omega.shape)[()]
    model = realize(stack, memory=False)
    H_k, slope_k = layer_responses(model, stack, omega)
    with np.errstate(divide="ignore", invalid="ignore"):
        if set(stack.channels) == {1}:
            delay = (slope_k[..., :1, :1] / H_k[..., :1, :1]).real.sum(axis=1)
        else:
            H = np.eye(model.B.shape[2], dtype=complex)
            slope = np.zeros_like(H)
            for k in range(len(stack)):
                H, slope = H_k[:, k] @ H, slope_k[:, k] @ H + H_k[:, k] @ slope
            delay = (slope / H).real
    delay = np.where(np.isfinite(delay), delay, np.nan).reshape(*omega.shape, *delay.shape[-2:])
    return drop_channels(delay, stack.channels[-1], stack.channels[0])


def _cascade_delay(stack, omega):
    kernel, cost = _kernel(stack)
    return in_parts(lambda part: (kernel(part),), omega, cost * len(stack))[0]


@kept
def _kernel(stack):
    """Delays from frequencies, and what they cost: real poles without feedthrough by the kernel for them, unless one
    lies on the circle, hardly anywhere, or where its delay changes sign with that of an input later by one. Kept with
    what it takes of the stack, for its next call.
    """
    poles, current, through = stack.poles, stack.timing == "current", stack.D.any()
    sizes = np.abs(poles)
    ordinary = (sizes == 0) | ((sizes > 2.0**-120) & (sizes < 2.0**120) & (sizes != 1))
    plain = partial(frequency.cascade_delay, *scalars(stack), current)
    heard = stack.B.all() and stack.C.all() and ordinary.all()
    if through or poles.dtype.kind == "c" or not heard or (sizes.max() > 1 and not current):
        return plain, PLAIN
    fast = partial(delays.delay, poles[poles > 0], -poles[poles < 0], 0.0 if current else float(len(poles)))
    if not current:
        return fast, _VECTORS
    return partial(_with_all_digits, fast, plain, _LOST * np.minimum(0.5, 2 * sizes).sum()), _VECTORS


def _with_all_digits(fast, plain, least, omega):
    """Delays by the fast kernel, but by its twin where their sum is as small as when all change sign at once."""
    delay = fast(omega)
    lost = np.abs(delay) < least
    if lost.any():
        delay[lost] = plain(omega[lost])
    return delay


def zeros(stack):
    r"""The zeros of each layer in the z-plane.

    A layer is :math:`G z^{-m} \prod (1-\zeta z^{-1}) / \prod (1-\lambda z^{-1})`. With e = D + C B, F = C Λ in current
    timing (e = D, F = C in delayed timing) and e ≠ 0 its N zeros are the eigenvalues of Λ − B F/e, and m = 0; with
    e = 0 there are N − m of them, m the first index with F Λ^{m−1} B ≠ 0.

    Parameters
    ----------
    stack : Stack
        One channel between all layers.

    Returns
    -------
    tuple of K arrays, the zeros of layer k in the k-th.

    Raises
    ------
    ValueError
        More than one channel, or a layer whose transfer function vanishes.

    Notes
    -----
    Oppenheim & Schafer, Discrete-Time Signal Processing, section 5.2, for transfer functions by poles and zeros.
    """
    require_single_channel(stack, "zeros")
    return tuple(_layer_zeros(*parts, k, stack.timing) for k, parts in enumerate(scaled_layers(stack)))


def scaled_layers(stack):
    """(poles, b, c, d) of every layer, closed under conjugation, b, c, d scaled so that their gain is about 1."""
    model = realize(stack, memory=False)
    for k, layer in enumerate(stack.closed().layers):
        b, c, d = model.B[k, : layer.width, 0], model.C[k, 0, : layer.width], model.D[k, 0, 0]
        yield (layer.poles, b, c, d) if layer.dtype.kind == "c" else (layer.poles, b.real, c.real, d.real)


def without_gain(k):
    return ValueError(f"layer {k}: expected a transfer function other than 0, got one without any gain; "
                      "look at B and C")


def _layer_zeros(poles, b, c, d, k, timing):
    f, e = (c * poles, d + c @ b) if timing == "current" else (c, d)
    if e != 0:
        if len(poles) == 1:  # λ − b f/e, without its cancellation
            return d * poles / e if timing == "current" else poles - b * c / d
        return np.linalg.eigvals(np.diag(poles) - np.outer(b, f) / e)
    observed = [f]
    while observed[-1] @ b == 0:
        if len(observed) == len(poles):
            raise without_gain(k)
        observed.append(observed[-1] * poles)
    if len(observed) == len(poles):
        return np.zeros(0, poles.dtype)
    # Λ − B f Λ^m/(f Λ^{m−1} B) maps the kernel of f, …, f Λ^{m−1} into itself; there it has the N − m zeros.
    closed = np.diag(poles) - np.outer(b, observed[-1] * poles) / (observed[-1] @ b)
    kernel = np.linalg.svd(np.array(observed))[2][len(observed) :].conj().T
    return np.linalg.eigvals(kernel.conj().T @ closed @ kernel)
