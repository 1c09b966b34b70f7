"""The machine: every observable as numpy arrays in, numpy arrays out, through compiled kernels.

Units: omega in rad/sample, delays in samples, lags and times integers. `timing` is "current" (S5, LRU) or "delayed"
(control).

A value beyond float64 is inf, with a RuntimeWarning. ``log_f(stack, …)`` takes what ``f(stack, …)`` takes and returns
(sign, logabs) as `numpy.linalg.slogdet` does: f = sign·exp(logabs), with its digits however large or small f is.
"""

from ..system import (
    Block,
    Layer,
    Network,
    Process,
    Stack,
    ar1,
    arma,
    cascade,
    recorded,
    repeat,
    sampled,
    series,
    shaped,
    stack,
    white,
)  # fmt: skip
from .autocovariances import autocovariance
from .correlations import correlation_length
from .delays import group_delay, zeros
from .equivalent import equivalent_layer
from .hankel import hankel_singular_values
from .impulse import impulse_response, step_response
from .linearization import linearize
from .logarithms import (
    log_autocovariance,
    log_frequency_response,
    log_impulse_response,
    log_power_spectrum,
    log_sensitivity,
    log_state_covariance,
    log_state_variance,
    log_step_response,
    log_transfer_function,
)
from .memories import memory_function
from .normalizations import log_normalization, normalization, normalize
from .phases import phase_delay
from .responses import frequency_response, power_spectrum, transfer_function
from .sensitivities import gauss_newton, sensitivity
from .simulation import simulate
from .state_covariances import state_covariance, state_variance

__all__ = [
    "Block", "Layer", "Network", "Process", "Stack", "ar1", "arma", "autocovariance", "cascade", "correlation_length",
    "equivalent_layer", "frequency_response", "gauss_newton", "group_delay", "hankel_singular_values",
    "impulse_response", "linearize", "log_autocovariance", "log_frequency_response", "log_impulse_response",
    "log_normalization", "log_power_spectrum", "log_sensitivity", "log_state_covariance", "log_state_variance",
    "log_step_response", "log_transfer_function", "memory_function", "normalization", "normalize", "phase_delay",
    "power_spectrum", "recorded", "repeat", "sampled", "sensitivity", "series", "shaped", "simulate", "stack",
    "state_covariance", "state_variance", "step_response", "transfer_function", "white", "zeros",
]  # fmt: skip
