"""Scalar cascades: in double-doubles, and where these lose their digits in integers.

Where nothing is negative, nothing can cancel. Elsewhere the recursion is run in plain doubles too, which shows what
becomes of roundings (`moments.lost`), and what they drown is computed again (`integers`), in a hundred times the time.
"""

import numpy as np

from ..kernels import cascade
from ..kernels.doubledouble import PLAIN
from . import integers, unbounded
from .extended import chosen, extended
from .moments import TINY, faint, lost, roughly
from .realization import ldexp, realize

_FAINT = 2.0**-60  # of the size of a pole


def response(model, rest, times):
    """The answer to 1, `rest`, `rest`, … at sorted times ≥ 0: mantissas and binary exponents, (n,)."""
    layers = _heard(model)
    values, exponents = cascade.response(layers, model.current, 1.0, rest, times, model.digits)
    where = faint(values)
    for rough, unit in [] if model.nonnegative else _rough_responses(model, layers, rest, times):
        where |= lost(values, ldexp(rough, unit - exponents))
    if where.any():
        values[where], exponents[where] = integers.response(layers, model.current, 1, int(rest), times[where])
    return values, exponents


def _rough_responses(model, layers, rest, times):
    """In plain doubles, twice: mantissas and binary exponents.

    A step is taken for the impulse response of a first layer that sums. That one is changed in its last place too: the
    answer to a constant settles, earlier in fewer digits, and then the roundings are constant and no longer what they
    are in double-doubles before these settle, where later layers let through changes alone.
    """
    current = model.current
    if rest:
        layers, current = np.column_stack([[1, 1, 1, 0], layers]), np.append(True, current)
    return [cascade.response(nearby, current, 1.0, 0.0, times, kind) for nearby, kind in roughly(model, layers)]


def _heard(model):
    """The layers, without states that nothing reads: they must not set the scale."""
    layers = model.layers.copy()
    layers[1, layers[2] == 0] = 0
    return layers


def unbounded_response(stack, times, rest, what):
    """`unbounded.answer` of any stack; the digits that it loses in a scalar cascade are computed in integers."""
    of = unbounded.system(stack)
    values = unbounded.answer(of, times, rest, what)
    if of.B.shape[1:] != (1, 1) or of.nonnegative:
        return values
    model = realize(stack, memory=False)
    layers, where = _heard(model), np.zeros(len(times), bool)
    exponents = np.where(values.mantissa == 0, 0, values.exponent).ravel().astype(np.int64) - model.output_exponent
    for rough, unit in _rough_responses(model, layers, rest, times):
        with np.errstate(over="ignore"):
            where |= _drowned(ldexp(values.mantissa.ravel(), exponents - unit), rough)
    if where.any():
        again, own = integers.response(layers, model.current, 1, int(rest), times[where])
        mended = np.zeros(len(times), complex), np.zeros(len(times))
        mended[0][where], mended[1][where] = again, own + model.output_exponent
        values = chosen(where[:, None, None], extended(*(part[:, None, None] for part in mended)), values)
    return values


def _drowned(values, rough):
    """`lost`, but where both have left the range of doubles, which says nothing of numbers that have none."""
    beyond = (np.abs(values) < TINY) & (np.abs(rough) < TINY) | ~np.isfinite(rough)
    return lost(values, rough) & ~beyond


def autocovariance(model, lags):
    """E y[t+Δ] y[t]* for white unit input at sorted lags Δ ≥ 0: mantissas and binary exponents, (n,)."""
    asked = lags if 0 in lags[:1] else np.concatenate([[0], lags])

    def run(layers, kind):
        return cascade.autocovariance(layers, model.current, asked, kind)

    values, exponents = run(model.layers, PLAIN if model.nonnegative else model.digits)
    where = faint(values) | (np.abs(values[0]) < TINY) | ((asked > 0) & _fades_at_once(model))
    for nearby in [] if model.nonnegative else roughly(model, model.layers):
        rough, unit = run(*nearby)
        where |= lost(values, ldexp(rough, unit - exponents))
    if where.any():
        values[where], exponents[where] = integers.autocovariance(model.layers, model.current, asked[where])
    own = slice(len(asked) - len(lags), None)
    return values[own], exponents[own]


def _fades_at_once(model):
    """Whether few powers of a pole leave the range of doubles, which later values may be made of."""
    size = np.abs(model.poles)
    return bool(((size > 0) & (size < _FAINT)).any())
