"""The machine: every observable as numpy arrays in, numpy arrays out, through compiled kernels.

Units: omega in rad/sample, delays in samples, lags and times integers. `timing` is "current" (S5, LRU) or "delayed"
(control).
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
from .covariances import autocovariance, state_covariance, state_variance
from .delays import group_delay, phase_delay, zeros
from .equivalent import equivalent_layer
from .impulse import impulse_response, step_response
from .linearization import linearize
from .responses import frequency_response, power_spectrum, transfer_function
from .simulation import simulate

__all__ = [
    "Block", "Layer", "Network", "Process", "Stack", "ar1", "arma", "autocovariance", "cascade", "equivalent_layer",
    "frequency_response", "group_delay", "impulse_response", "linearize", "phase_delay", "power_spectrum", "recorded",
    "repeat", "sampled", "series", "shaped", "simulate", "stack", "state_covariance", "state_variance",
    "step_response", "transfer_function", "white", "zeros",
]  # fmt: skip
