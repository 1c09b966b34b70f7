"""What a stack does to a sinusoid and to a spectrum."""

import numpy as np

from ..kernels import frequency
from ..system import validation
from ..system.processes import require_stationary
from ..system.stacks import require_stack
from .covariances import part_scale, process_or_white
from .realization import drop_channels, realize, through_layer, unscale


def transfer_function(stack, z):
    r"""The transfer function at points z of the complex plane.

    .. math:: H(z) = H_K(z) \cdots H_1(z), \qquad H_k(z) = D_k + C_k (I - \Lambda_k z^{-1})^{-1} B_k

    Delayed timing: :math:`D_k + C_k (z I - \Lambda_k)^{-1} B_k`. On the unit circle `frequency_response` keeps more
    digits.

    Parameters
    ----------
    stack : Stack
    z : complex or array
        Points where to evaluate. At a pole the value is not finite.

    Returns
    -------
    complex128, shape of z then (H_out, H_in); the channel axes are dropped when both are 1.

    Notes
    -----
    The paper, Proposition 2, with a state matrix of its own for each layer.
    """
    points = validation.numbers(z, "z").astype(complex)[..., None, None]
    H = np.eye(require_stack(stack).channels[0], dtype=complex)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        for layer in stack.closed().layers:
            top = points if stack.timing == "current" else 1.0
            H = (layer.D + (layer.C * (top / (points - layer.poles))) @ layer.B) @ H
    return drop_channels(H, stack.channels[-1], stack.channels[0])


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
    complex128, shape of omega then (H_out, H_in); the channel axes are dropped when both are 1. Relative error of some
    roundings a layer for real poles in [0, 1); not finite at a pole on the circle.

    Notes
    -----
    The paper, Proposition 2. 1 − λ e^{−iω} is formed without cancellation near ±1 (`kernels.frequency`).
    """
    omega = validation.frequencies(omega)
    H = unscale(*_scaled_response(stack, omega), "frequency_response").reshape(*omega.shape, *_sizes(stack))
    return drop_channels(H, *_sizes(stack))


def _sizes(stack):
    return stack.channels[-1], stack.channels[0]


def _scaled_response(stack, omega):
    """H as mantissas (n, H_out, H_in) and binary exponents (n, 1, 1)."""
    model = realize(stack)
    if model.is_cascade:
        mantissa, exponents = frequency.cascade_response(
            *model.scalars[:4], stack.timing == "current", np.array(omega.ravel())
        )
        return mantissa[:, None, None], (exponents + model.output_exponent)[:, None, None]
    H = np.eye(model.B.shape[2], dtype=complex)
    layers, _ = layer_responses(model, stack, omega)
    for k in range(len(stack)):
        H = layers[:, k] @ H
    h_out, h_in = _sizes(stack)
    return H[:, :h_out, :h_in], np.full((omega.size, 1, 1), model.output_exponent)


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

    Notes
    -----
    The paper, Proposition 1; Brockwell & Davis, Time Series: Theory and Methods, section 4.4.
    """
    stack = through_layer(stack, layer)
    require_stationary(stack, "power_spectrum")
    omega = validation.frequencies(omega)
    flat = np.array(omega.ravel())
    H, exponents = _scaled_response(stack, flat)
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
    F, exponents = _scaled_response(shape, omega)
    return np.abs(unscale(F, exponents + exponent // 2, "power_spectrum")[:, 0, 0]) ** 2
