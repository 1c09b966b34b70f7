"""The naive oracles under the names and arguments of the numeric floor; what they lack, the numeric floor gives.

Processes are descriptions, as the oracles take them.
"""

from dataclasses import dataclass

import numpy as np
import oracles
import slopes

from lti_depth import numeric


def __getattr__(name):
    return getattr(numeric, name)


def white(variance=1.0):
    return ("white", variance)


def ar1(rho, variance=1.0):
    return ("ar1", rho, variance)


def arma(ar, ma, variance=1.0):
    return ("arma", ar, ma, variance)


def shaped(stack, variance=1.0):
    return ("shaped", stack, variance)


def sampled(R):
    return ("sampled", R)


def _dropped(values):
    """Without channel axes where there is one channel."""
    values = np.array(values, dtype=object)
    return values[..., 0, 0] if values.shape[-2:] == (1, 1) else values


def _at(points, values):
    """Values of a list of points in the shape of the query."""
    values = np.array(values, dtype=object)
    return _dropped(values.reshape(*np.shape(points), *values.shape[1:]))


def _pointwise(function):
    return lambda stack, points: _at(points, [function(stack, point) for point in np.ravel(points).tolist()])


transfer_function = _pointwise(oracles.transfer_function)
frequency_response = _pointwise(oracles.frequency_response)
group_delay = _pointwise(oracles.group_delay)


def impulse_response(stack, t):
    return _at(t, oracles.impulse_response(stack, np.ravel(t).tolist()))


def step_response(stack, t):
    return _at(t, oracles.step_response(stack, np.ravel(t).tolist()))


def autocovariance(stack, lag, process=("white", 1.0), layer=None):
    return _at(lag, oracles.autocovariance(stack, np.ravel(lag).tolist(), process, layer))


def power_spectrum(stack, omega, process=("white", 1.0), layer=None):
    values = []
    for angle in np.ravel(omega).tolist():
        H = oracles.frequency_response(oracles.through(stack, layer), angle)
        values.append(oracles.process_spectrum(process, angle) * H @ oracles.adjoint(H))
    return _at(omega, values)


def state_variance(stack, process=("white", 1.0), horizon=None):
    rows = oracles.state_variance(stack, process, horizon)
    padded = np.zeros((len(rows), max(map(len, rows))), dtype=object)
    for k, row in enumerate(rows):
        padded[k, : len(row)] = row
    return padded


def state_covariance(stack, process=("white", 1.0)):
    return oracles.state_covariance(stack, process)


@dataclass(frozen=True)
class sensitivity:
    """Of a scalar cascade: each field is computed when it is asked for."""

    stack: numeric.Stack
    process: tuple = ("white", 1.0)

    def __getattr__(self, field):
        names = [name for name in slopes.parameters(self.stack) if name[0] == field]
        return np.array([slopes.inner_products(self.stack, [name], self.process)[0, 0].real for name in names])


def hankel_singular_values(stack):
    return oracles.hankel_singular_values(stack)


def memory_function(stack, lag):
    values = oracles.memory_function(stack, np.ravel(lag).tolist())
    return np.array(values, dtype=object).reshape(np.shape(lag))
