"""Scalar cascades: in double-doubles, and where these lose their digits in integers.

Where nothing is negative, nothing can cancel. Elsewhere the recursion is run in plain doubles too, which shows what
becomes of roundings (`moments.lost`), and what they drown is computed again (`integers`), in a hundred times the time.
"""

import numpy as np

from ..kernels import cascade
from ..kernels.doubledouble import PLAIN
from . import integers
from .moments import TINY, lost, roughly
from .realization import ldexp

_FAINT = 2.0**-60  # of the size of a pole


def response(model, rest, times):
    """The answer to 1, `rest`, `rest`, … at sorted times ≥ 0: mantissas and binary exponents, (n,)."""
    layers = model.layers.copy()
    layers[1, layers[2] == 0] = 0  # a state that nothing reads must not set the scale

    def run(layers, kind):
        return cascade.response(layers, model.current, 1.0, rest, times, kind)

    values, exponents = run(layers, model.digits)
    where = _lost(model, layers, values, exponents, run)
    if where.any():
        values[where], exponents[where] = integers.response(layers, model.current, 1, int(rest), times[where])
    return values, exponents


def autocovariance(model, lags):
    """E y[t+Δ] y[t]* for white unit input at sorted lags Δ ≥ 0: mantissas and binary exponents, (n,)."""
    asked = lags if 0 in lags[:1] else np.concatenate([[0], lags])

    def run(layers, kind):
        return cascade.autocovariance(layers, model.current, asked, kind)

    values, exponents = run(model.layers, PLAIN if model.nonnegative else model.digits)
    where = _lost(model, model.layers, values, exponents, run)
    where |= (np.abs(values[0]) < TINY) | ((asked > 0) & _fades_at_once(model))
    if where.any():
        values[where], exponents[where] = integers.autocovariance(model.layers, model.current, asked[where])
    own = slice(len(asked) - len(lags), None)
    return values[own], exponents[own]


def _lost(model, layers, values, exponents, run):
    where = lost(values, values)
    for nearby in [] if model.nonnegative else roughly(model, layers):
        rough, unit = run(*nearby)
        where |= lost(values, ldexp(rough, unit - exponents))
    return where


def _fades_at_once(model):
    """Whether few powers of a pole leave the range of doubles, which later values may be made of."""
    size = np.abs(model.poles)
    return bool(((size > 0) & (size < _FAINT)).any())
