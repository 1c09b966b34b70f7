"""Errors of doubles from certified balls, in the balls' own arithmetic."""

import numpy as np
from flint import acb, arb

from .. import numeric

_UNDERFLOW = np.finfo(float).tiny


def _ball(value):
    return acb(float(value.real), float(value.imag)) if np.iscomplexobj(value) else arb(float(value))


def relative_errors(values, balls, scales=None):
    """Upper bounds of |value − truth|/scale; `scales`: the sizes of the truths by default."""
    pairs = list(zip(np.ravel(values), np.ravel(np.asarray(balls, dtype=object)), strict=True))
    sizes = [float(abs(ball).lower()) for _, ball in pairs] if scales is None else np.ravel(scales).tolist()
    return [_relative(abs(_ball(value) - ball), size) for (value, ball), size in zip(pairs, sizes, strict=True)]


def _relative(error, size):
    bound = float(error.upper()) if error.is_finite() else np.inf
    return bound / size if size else 0.0 if bound < _UNDERFLOW else np.inf


def radius(balls):
    """The largest relative radius; 0 for a truth that is 0 itself."""
    sizes = [(float(abs(ball).upper()), float(ball.rad())) for ball in np.ravel(np.asarray(balls, dtype=object))]
    return max(rad / size if size else 0.0 for size, rad in sizes)


def delay_scale(stack, omega):
    """Σ_k |τ_k| of the layers: what errors of delays are relative to."""
    alone = [numeric.stack([layer], timing=stack.timing) for layer in stack]
    return np.abs([numeric.group_delay(layer, omega) for layer in alone]).sum(axis=0)
