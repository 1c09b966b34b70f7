"""Group delay, enclosed."""

import numpy as np
from flint import acb, arb

from ..system import validation
from ..system.stacks import require_stack
from .balls import COMPLEX, diagonal, exact_layers
from .precision import array, drop_channels, enclose
from .responses import layer_response, on_circle, unit_circle


def group_delay(stack, omega, *, rtol=1e-15):
    r"""The group delay, in samples, enclosed.

    .. math:: \tau(\omega) = -\frac{d}{d\omega} \arg H(e^{i\omega})
              = \mathrm{Re}\Big[w \frac{dH/dw}{H}\Big], \qquad w = e^{-i\omega}

    Parameters
    ----------
    stack : Stack
        Its doubles are taken as exact.
    omega : float or array
        rad/sample, taken as exact.
    rtol : float

    Returns
    -------
    arb samples; an object array in the shape of omega, then (H_out, H_in), the channel axes dropped when both are 1.
    nan where H is exactly 0, as between channels that nothing connects. Every other ball contains the truth. Its radius
    is at most `rtol` of its absolute value, or it contains 0 and its radius is below 2⁻¹⁰²⁴ samples.

    Raises
    ------
    ValueError
        A pole at e^{iω}: λ = 1 at ω = 0.
    PrecisionError
        16384 bits do not suffice for rtol, as at a zero of H.

    Notes
    -----
    Between single channels the sum over the layers, τ = Σ Re[w H_k'/H_k]; the paper, section 3.2. Oppenheim & Schafer,
    Discrete-Time Signal Processing, section 5.1.
    """
    layers = exact_layers(require_stack(stack), COMPLEX)
    omega = validation.frequencies(omega)
    shape = stack.channels[-1], stack.channels[0]
    delay = np.empty((omega.size, *shape), dtype=object)
    for n, one in enumerate(omega.ravel().tolist()):
        delay[n] = _delay(layers, one, shape, rtol)
    return drop_channels(delay.reshape(*omega.shape, *shape))


def _delay(layers, omega, shape, rtol):
    def compute():
        place, w = on_circle(omega), unit_circle(omega)
        found = [(layer_response(layer, k, place, "group_delay", omega)[0], _slope(layer, w))
                 for k, layer in enumerate(layers)]  # fmt: skip
        if all(H.nrows() == H.ncols() == 1 for H, _ in found):
            ratios = [_ratio(slope[0, 0], H[0, 0]) for H, slope in found]
            delays = [None if None in ratios else sum(ratios, arb(0))]
        else:
            (H, slope), *others = found
            for factor, its_slope in others:
                H, slope = factor * H, its_slope * H + factor * slope
            delays = [_ratio(*pair) for pair in zip(slope.entries(), H.entries(), strict=True)]
        unconnected[:] = [delay is None for delay in delays]
        return array([arb(0) if delay is None else delay for delay in delays], shape), 1

    unconnected = []
    balls = enclose("group_delay", rtol, compute).ravel()
    return array([arb.nan() if no else ball for no, ball in zip(unconnected, balls, strict=True)], shape)


def _ratio(slope, H):
    """Re[w H'/H], or None where H is exactly 0."""
    return None if H.is_zero() else (slope / H).real


def _slope(layer, w):
    """w dH/dw: C diag(λw/(1−λw)²) B, or without λ in delayed timing."""
    terms = []
    for pole in layer.poles:
        gap = 1 - pole * w
        terms.append(acb(0) if gap.is_zero() else (pole if layer.current else 1) * w / (gap * gap))
    return layer.C * diagonal(COMPLEX, terms) * layer.B
