"""The certified floor: the observables of numeric stacks as balls that contain the truth.

The doubles of a stack, of a process and of a query are taken as exact. Every observable takes the arguments of its
namesake in `lti_depth.numeric` and a relative radius `rtol`, and returns balls of python-flint (arb where numeric
returns float64, acb where it returns complex128) in numeric's shapes: the ball itself in place of a scalar, otherwise
an object array. Precision is raised until every ball is narrow enough; where it cannot be, that is an error.

A ball prints fifteen digits, however narrow it is: with ``rtol=1e-30`` ask for ``ball.str(30)``.

>>> ball = autocovariance(cascade([0.5]), 0, rtol=1e-30)
>>> print(ball, ball.str(30))
[1.33333333333333 +/- 3.34e-15] [1.33333333333333333333333333333 +/- 3.34e-30]

flint's precision belongs to the whole process. It is set here alone, by one thread at a time, and put back.
"""

from ..system import (
    Layer,
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
from .delays import group_delay
from .impulse import impulse_response, step_response
from .phases import phase_delay
from .population import population_loss
from .precision import PrecisionError
from .responses import frequency_response, power_spectrum, transfer_function
from .sensitivities import sensitivity

__all__ = [
    "Layer", "PrecisionError", "Process", "Stack", "ar1", "arma", "autocovariance", "cascade", "frequency_response",
    "group_delay", "impulse_response", "phase_delay", "population_loss", "power_spectrum", "recorded", "repeat",
    "sampled", "sensitivity", "series", "shaped", "stack", "state_covariance", "state_variance", "step_response",
    "transfer_function", "white",
]  # fmt: skip
