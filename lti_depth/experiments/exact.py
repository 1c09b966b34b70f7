"""The symbolic floor at given poles: every float is the rational number that it is, and is rounded once, at the end."""

import numpy as np

from .. import symbolic


def autocovariance(poles, lags, rho=None):
    """R(Δ) of the last layer of a scalar cascade, b = c = 1: (len(lags),) floats. Input: white, or AR(1) with ρ."""
    process = symbolic.white() if rho is None else symbolic.ar1(rho)
    stack = symbolic.scalar_cascade(poles)
    return _floats(symbolic.autocovariance(stack, int(lag), process) for lag in lags)


def impulse_response(poles, times):
    """h_t of a scalar cascade, b = c = 1: (len(times),) floats."""
    stack = symbolic.scalar_cascade(poles)
    return _floats(symbolic.impulse_response(stack, int(t)) for t in times)


def _floats(values):
    return np.array([float(value) for value in values])
