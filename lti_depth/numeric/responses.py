"""What a stack does to a sinusoid and to a spectrum."""

from functools import partial

import numpy as np

from .. import threads
from ..kernels import frequency, responses
from ..system import validation
from ..system.kept import kept
from ..system.notices import warn
from ..system.processes import process_or_white, require_stationary
from ..system.stacks import require_stack, through_layer
from .autocovariances import part_scale
from .realization import drop_channels, ldexp, realize, unscale
from .unbounded import unit_of

_WORK = 3e5  # ns that outlast handing a part of it to another thread, be the machine busy or not
PLAIN = 5.0  # ns a layer and frequency in double-double, and by vectors of doubles
_VECTORS = 0.15
_LARGEST = 2.0**100


def transfer_function(stack, z):
    r"""The transfer function at points z of the complex plane.

    .. math:: H(z) = H_K(z) \cdots H_1(z), \qquad H_k(z) = D_k + C_k (I - \Lambda_k z^{-1})^{-1} B_k

    Delayed timing: :math:`D_k + C_k (z I - \Lambda_k)^{-1} B_k`. On the unit circle `frequency_response` keeps more
    digits.

    Parameters
    ----------
    stack : Stack
    z : complex or array
        Points where to evaluate. At a pole the value is inf, with a RuntimeWarning.

    Returns
    -------
    complex128, shape of z then (H_out, H_in); the channel axes are dropped when both are 1.

    See Also
    --------
    log_transfer_function : where values exceed float64.

    Notes
    -----
    The paper, Proposition 2, with a state matrix of its own for each layer.
    """
    points = validation.numbers(z, "z").astype(complex)
    model, flat = realize(stack, memory=False), points.reshape(-1, 1, 1)
    layers = zip(model.poles, model.B, model.C, model.D, model.current, strict=True)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        factors, met = zip(*(_layer_transfer(*layer, flat) for layer in layers), strict=True)
        H, exponents = _in_series(factors, *_sizes(stack))
    lost = np.any(met, axis=0) & ~np.isfinite(H)
    H = unscale(np.where(lost, 0, H), exponents + model.output_exponent, "transfer_function")
    H = _infinite_at_poles(H, lost, flat[:, 0, 0], "transfer_function")
    return drop_channels(H.reshape(*points.shape, *H.shape[1:]), *_sizes(stack))


def _layer_transfer(poles, B, C, D, current, z):
    """D + C z (z − Λ)⁻¹ B, or without the z, at z (n, 1, 1); inf where a pole is met, and (n, 1, 1) where that is."""
    unit = np.minimum(unit_of(z), unit_of(poles))
    passed = (z if current else 1) * unit / (z * unit - poles * unit)
    if current:
        passed[..., poles == 0] = 1  # z/(z − 0), also at z = 0
    met = ~np.isfinite(passed)
    H = D + (C * np.where(met, 0, passed)) @ B
    if met.any():
        H = np.where((np.abs(C) * met) @ np.abs(B) > 0, np.inf, H)
    return H, met.any(axis=-1, keepdims=True)


def _in_series(factors, h_out, h_in):
    """The product of (n, H, H), the last on the left: mantissas (n, H_out, H_in) and binary exponents (n, 1, 1)."""
    H, exponents = None, 0
    for factor in factors:
        H = factor if H is None else factor @ H
        sizes = np.where(np.isfinite(H), np.maximum(np.abs(H.real), np.abs(H.imag)), 0).max(axis=(1, 2), keepdims=True)
        shift = np.frexp(sizes)[1]
        H, exponents = ldexp(H, -shift), exponents + shift
    return H[:, :h_out, :h_in], exponents


def _infinite_at_poles(H, lost, points, what):
    """H with inf for its entries (…, H_out, H_in) `lost` to a pole, and a warning that names the first such point."""
    if lost.any():
        first = points[lost.any(axis=(-2, -1))][0]
        warn(f"{what}: a layer has a pole at {first}, the value there is inf")
    return np.where(lost, np.inf, H)


def frequency_response(stack, omega):
    """The response H(e^{iω}), as a product over layers and never through polynomial coefficients.

    Parameters
    ----------
    stack : Stack
        Stable or not.
    omega : float or array
        rad/sample.

    Returns
    -------
    complex128, shape of omega then (H_out, H_in); the channel axes are dropped when both are 1. Relative error of
    at most 1e−14 for scalar cascades (tried to a thousand layers), beside zeros and poles on the circle too: with
    feedthrough all is computed in double-double; inf, with a RuntimeWarning, at a pole on the circle.

    See Also
    --------
    log_frequency_response : where values exceed float64.

    Notes
    -----
    The paper, Proposition 2. 1 − λ e^{−iω} is formed without cancellation near ±1 (`kernels.frequency`).
    """
    omega = validation.frequencies(omega)
    H, exponents = scaled_frequency_response(stack, omega)
    lost = ~np.isfinite(H)
    at_poles = lost.any()
    if at_poles or exponents.any():
        H = unscale(np.where(lost, 0, H), exponents, "frequency_response")
    if at_poles:
        H = _infinite_at_poles(H, lost, omega.ravel(), "frequency_response")
    return drop_channels(H.reshape(*omega.shape, *_sizes(stack)), *_sizes(stack))


def _sizes(stack):
    return stack.channels[-1], stack.channels[0]


def scaled_frequency_response(stack, omega):
    """H as mantissas (n, H_out, H_in) and binary exponents (n, 1, 1)."""
    if require_stack(stack).is_cascade:
        mantissa, exponents = _cascade_response(stack, np.array(omega.ravel()))
        return mantissa[:, None, None], exponents[:, None, None]
    model = realize(stack)
    layers, _ = layer_responses(model, stack, omega)
    H, exponents = _in_series(layers.swapaxes(0, 1), *_sizes(stack))
    return H, exponents + model.output_exponent


def _cascade_response(stack, omega):
    kernel, cost = _kernel(stack)
    return in_parts(kernel, omega, cost * len(stack))


@kept
def _kernel(stack):
    """Mantissas and exponents from frequencies, and what they cost: layers without feedthrough by the kernel for them,
    unless a pole lies on the circle or beyond all measure. Kept with what it takes of the stack, for its next call.
    """
    poles, current = stack.poles, stack.timing == "current"
    sizes = np.abs(poles)
    if stack.D.any() or (sizes == 1).any() or sizes.max() > _LARGEST:
        return partial(frequency.cascade_response, *scalars(stack), current), PLAIN
    factors = responses.factors(*(part.astype(complex) for part in (np.sort(poles), stack.B, stack.C)))
    turns = float(len(factors[0]) - (0 if current else 2 * len(poles)))
    return partial(responses.response, *factors, turns), _VECTORS


def scalars(stack):
    """λ, b, c, d of a scalar cascade as the kernels take them."""
    return tuple(part.astype(complex) for part in (stack.poles, stack.B, stack.C, stack.D))


def in_parts(kernel, omega, cost):
    """The kernel's arrays over the frequencies of a `cost` in ns each, which threads share where that pays."""
    if omega.size * cost <= _WORK:
        return kernel(omega)
    parts = [part for part in np.array_split(omega, threads.count()) if len(part)]
    return tuple(np.concatenate(arrays) for arrays in zip(*threads.run(kernel, parts), strict=True))


def layer_responses(model, stack, omega):
    """H_k and w·dH_k/dw of every layer, (n, K, H, H)."""
    return frequency.wide_response(
        model.poles, model.B, model.C, model.D, stack.timing == "current", np.array(omega.ravel())
    )


def power_spectrum(stack, omega, process=None, layer=None):
    r"""The spectrum of the output of a layer.

    .. math:: S(\omega) = \sum_\Delta R(\Delta) e^{-i\omega\Delta} = H(e^{i\omega})\, S_u(\omega)\, H(e^{i\omega})^*

    Parameters
    ----------
    stack : Stack
    omega : float or array
        rad/sample.
    process : Process
        Of the input, one independent copy a channel; white noise of unit variance if None.
    layer : int, optional
        0-based, negative from the end; None is the last.

    Returns
    -------
    float64 for one channel, else complex128 with shape of omega then (H_out, H_out). Variance per (rad/sample)/2π.

    Raises
    ------
    ValueError
        A pole with |λ| ≥ 1.

    See Also
    --------
    log_power_spectrum : where values exceed float64.

    Notes
    -----
    The paper, Proposition 1; Brockwell & Davis, Time Series: Theory and Methods, section 4.4.
    """
    stack = through_layer(stack, layer)
    require_stationary(stack, "power_spectrum")
    omega = validation.frequencies(omega)
    flat = np.array(omega.ravel())
    H, exponents = scaled_frequency_response(stack, flat)
    total = np.zeros(len(flat))
    for part in process_or_white(process).parts:
        lags = np.arange(1, len(part.source))
        source = part.source[0].real + 2 * (np.exp(-1j * np.outer(flat, lags)) @ part.source[1:]).real
        scale, exponent = part_scale(part)
        total += scale * _shape_power(part.shape, flat, exponent) * source
    S = unscale(total[:, None, None] * (H @ H.conj().swapaxes(-1, -2)), 2 * exponents, "power_spectrum")
    S = S.reshape(*omega.shape, *S.shape[-2:])
    return drop_channels(S.real if S.shape[-1] == 1 else S, S.shape[-1], S.shape[-1])


def _shape_power(shape, omega, exponent):
    """|F|²·2^exponent of a shaping filter F, or 1 for none."""
    if shape is None:
        return 1.0
    F, exponents = scaled_frequency_response(shape, omega)
    return np.abs(unscale(F, exponents + exponent // 2, "power_spectrum")[:, 0, 0]) ** 2
