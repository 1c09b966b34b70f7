"""Observables whose values leave the range of float64, as signs and natural logarithms.

``log_f(stack, …)`` takes what ``f(stack, …)`` takes and returns (sign, logabs) as `numpy.linalg.slogdet` does: two
arrays in the shapes of f, with f = sign·exp(logabs).

All of them are computed in numbers with exponents of their own (`kernels.unbounded`), hence each entry has its digits
however far it is from the others. The error of sign·exp(logabs) is that promised of f, plus one rounding of logabs.
"""

import numpy as np

from ..system import validation
from ..system.notices import warn
from ..system.processes import process_or_white, require_stationary
from ..system.stacks import require_stack, through_layer
from . import cascades, unbounded, unbounded_covariances
from .derivatives import as_fields
from .extended import Logarithm, chosen, extended, joined, logarithm, summed
from .realization import drop_channels


def log_transfer_function(stack, z):
    """Phase and logarithm of the transfer function H(z).

    Parameters
    ----------
    stack : Stack
    z : complex or array
        Points where to evaluate. At a pole logabs is inf, with a RuntimeWarning.

    Returns
    -------
    Logarithm
        sign, complex128, and logabs, float64, in the shape of `transfer_function`.

    See Also
    --------
    transfer_function
    """
    points = validation.numbers(z, "z").astype(complex)
    return _response(stack, points, unbounded.at_points, "log_transfer_function")


def log_frequency_response(stack, omega):
    """Phase and logarithm of the frequency response H(e^{iω}).

    Parameters
    ----------
    stack : Stack
        Stable or not.
    omega : float or array
        rad/sample. At a pole on the circle logabs is inf, with a RuntimeWarning.

    Returns
    -------
    Logarithm
        sign, complex128, and logabs, float64, in the shape of `frequency_response`: 20/ln 10 times logabs is the gain
        in dB.

    See Also
    --------
    frequency_response
    """
    return _response(stack, validation.frequencies(omega), unbounded.on_unit_circle, "log_frequency_response")


def _response(stack, points, factors, what):
    of = unbounded.system(require_stack(stack))
    flat = np.array(points.ravel())
    H, lost = unbounded.response(of, *factors(of, flat))
    sign, logabs = logarithm(H, False)
    if lost.any():
        at = flat[lost.any(axis=(1, 2))][0]
        warn(f"{what}: a layer has a pole at {at}, the value there is inf")
        sign, logabs = np.where(lost, 1, sign), np.where(lost, np.inf, logabs)
    return _shaped(Logarithm(sign, logabs), points.shape, stack.channels[-1], stack.channels[0])


def _shaped(log, shape, h_out, h_in):
    """From (n, H, H), padded, to the shape of the queries and the channels that there are."""
    return Logarithm(*(drop_channels(part.reshape(*shape, *part.shape[1:]), h_out, h_in) for part in log))


def log_power_spectrum(stack, omega, process=None, layer=None):
    """Sign and logarithm of the power spectrum of a layer's output.

    Parameters
    ----------
    stack, omega, process, layer
        As in `power_spectrum`.

    Returns
    -------
    Logarithm
        logabs, float64, and sign, float64 for one channel, else complex128, in the shape of `power_spectrum`.

    Raises
    ------
    ValueError
        A pole with |λ| ≥ 1.

    See Also
    --------
    power_spectrum
    """
    stack = through_layer(stack, layer)
    require_stationary(stack, "log_power_spectrum")
    omega = validation.frequencies(omega)
    flat, h = np.array(omega.ravel()), stack.channels[-1]
    S = summed(unbounded_covariances.power_spectrum(stack, flat, part) for part in process_or_white(process).parts)
    return _shaped(logarithm(S, h == 1), omega.shape, h, h)


def log_impulse_response(stack, t):
    """Sign and logarithm of the impulse response at the integers t.

    Parameters
    ----------
    stack : Stack
        Stable or not.
    t : int or array of int
        Samples; the value is 0 for t < 0. The work grows with max(t).

    Returns
    -------
    Logarithm
        logabs, float64, and sign, float64 or complex128, in the shape of `impulse_response`.

    Raises
    ------
    TypeError
        Times that are not integers.
    ValueError
        Times so late that the run up to them takes over three minutes.

    See Also
    --------
    impulse_response
    """
    return _answer(stack, t, 0.0, "log_impulse_response")


def log_step_response(stack, t):
    """Sign and logarithm of the step response at the integers t.

    Parameters, return value, errors and cost as in `log_impulse_response`.

    See Also
    --------
    step_response
    """
    return _answer(stack, t, 1.0, "log_step_response")


def _answer(stack, t, rest, what):
    require_stack(stack)
    times = validation.integers(t, "t")
    flat = times.ravel()
    asked = np.unique(flat[flat >= 0])
    values = cascades.unbounded_response(stack, asked, rest, what)
    values = joined(extended(np.zeros((1, *values.shape[1:]), complex)), values)
    h = values[np.where(flat >= 0, np.searchsorted(asked, flat) + 1, 0)]
    return _shaped(logarithm(h, stack.real_output), times.shape, stack.channels[-1], stack.channels[0])


def log_autocovariance(stack, lag, process=None, layer=None):
    """Sign and logarithm of the autocovariance of a layer's output.

    Parameters
    ----------
    stack, lag, process, layer
        As in `autocovariance`.

    Returns
    -------
    Logarithm
        logabs, float64, and sign, float64 or complex128, in the shape of `autocovariance`.

    Raises
    ------
    ValueError
        A pole with |λ| ≥ 1; lags so large that the run up to them takes over three minutes.
    TypeError
        Lags that are not integers.

    See Also
    --------
    autocovariance
    """
    stack = through_layer(stack, layer)
    require_stationary(stack, "log_autocovariance")
    lags = validation.integers(lag, "lag")
    process = process_or_white(process)
    flat = lags.ravel()
    R = summed(unbounded_covariances.autocovariance(stack, np.abs(flat), part) for part in process.parts)
    R = chosen((flat < 0)[:, None, None], R.adjoint, R)
    log = logarithm(R, stack.real_output and process.real)
    return _shaped(log, lags.shape, stack.channels[-1], stack.channels[-1])


def log_state_covariance(stack, process=None):
    """Sign and logarithm of the covariance of all states at one time, entry by entry.

    Parameters
    ----------
    stack, process
        As in `state_covariance`.

    Returns
    -------
    Logarithm
        logabs, (S, S) float64, and sign, (S, S) float64 or complex128, in the order of `state_covariance`.

    Raises
    ------
    ValueError
        A pole with |λ| ≥ 1.

    See Also
    --------
    state_covariance
    """
    require_stationary(stack, "log_state_covariance")
    process = process_or_white(process)
    W = summed(unbounded_covariances.state_covariance(stack, part) for part in process.parts)
    return logarithm(W, stack.dtype.kind == "f" and process.real)


def log_state_variance(stack, process=None, horizon=None):
    """Sign and logarithm of the variance of every state.

    Parameters
    ----------
    stack, process, horizon
        As in `state_variance`.

    Returns
    -------
    Logarithm
        (K, N_max) float64 each; sign 0 and logabs −inf for states that do not vary, and in the padding.

    Raises
    ------
    ValueError
        A pole with |λ| ≥ 1 and no horizon; a horizon that takes over three minutes or 4 GB.

    See Also
    --------
    state_variance
    """
    require_stack(stack)
    process = process_or_white(process)
    if horizon is not None:
        V = unbounded_covariances.variance_from_rest(stack, process, validation.integer(horizon, "horizon", 1))
    else:
        require_stationary(stack, "log_state_variance")
        V = unbounded_covariances.state_variance(stack, process)
    return logarithm(V, True)


def log_sensitivity(stack, process=None):
    """Sign and logarithm of the mean square of the output's derivative by each parameter.

    Parameters
    ----------
    stack, process
        As in `sensitivity`.

    Returns
    -------
    Logarithm
        sign and logabs, each a Fields of float64 arrays in the shapes of the stack's own fields; sign 0 and logabs −inf
        where the output does not depend on a parameter.

    Raises
    ------
    ValueError
        A pole with |λ| ≥ 1.

    See Also
    --------
    sensitivity
    """
    require_stationary(stack, "log_sensitivity")
    values = summed(unbounded_covariances.sensitivity(stack, part) for part in process_or_white(process).parts)
    return Logarithm(*(as_fields(stack, entries) for entries in logarithm(values, True)))
