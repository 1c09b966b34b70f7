"""Precision raised until every ball is small enough: the one place that sets it, for one thread at a time."""

import threading
from contextlib import contextmanager

import flint
import numpy as np
from flint import arb

from .. import threads
from ..system import validation

_LOCK = threads.held_over_forks(threading.RLock())
_FIRST, _LAST = 2**7, 2**14
NEGLIGIBLE = 1024
"""Bits below its scale at which a ball around 0 counts as 0."""


class PrecisionError(ArithmeticError):
    """A ball stayed wider than was asked for at the highest precision, as at a value that is 0 or jumps."""


class Undecided(ArithmeticError):
    """A question that wider mantissas may decide, and these do not; of one line."""


@contextmanager
def working(bits):
    """`bits` of precision, which flint keeps for the whole process: held by one thread until it is put back."""
    with _LOCK:
        before, flint.ctx.prec = flint.ctx.prec, bits
        try:
            yield
        finally:
            flint.ctx.prec = before


def enclose(what, rtol, compute):
    """The balls that `compute` finds once each has a relative radius of at most `rtol`.

    Parameters
    ----------
    what : str
        The name of the observable, for the error.
    rtol : float
        Between 0 and 1.
    compute : callable
        Without arguments: an object array of balls, and scales that broadcast against it. A ball that contains 0 is
        small enough below 2^−1024 of its scale.

    Returns
    -------
    The object array. Precision is doubled from 128 bits.

    Raises
    ------
    PrecisionError
        16384 bits do not suffice.
    """
    rtol, bits, failure = _tolerance(rtol), _FIRST, ""
    while bits <= _LAST:
        with working(bits):
            try:
                values, scale = compute()
            except Undecided as undecided:
                failure = str(undecided)
            else:
                loose = [ball for ball, size in _pairs(values, scale) if not _tight(ball, rtol, size)]
                if not loose:
                    return values
                failure = f"got {loose[0].str(5)}"
        bits *= 2
    raise PrecisionError(f"{what}: expected balls of relative radius {float(rtol):.3g} from {_LAST} bits, {failure}; "
                         "pass a larger rtol, or leave out points at which the value is 0 or jumps")


def _tolerance(rtol):
    number = validation.real_number(rtol, "rtol", positive=True)
    if number >= 1:
        raise ValueError(f"rtol: expected a relative radius below 1, got {number}")
    return arb(number)


def _pairs(values, scale):
    scales = np.broadcast_to(np.asarray(scale, dtype=object), values.shape)
    return zip(values.ravel(), scales.ravel(), strict=True)


def _tight(ball, rtol, scale):
    radius = ball.rad()
    if radius <= rtol * ball.abs_lower():
        return True
    return ball.contains(0) and radius <= scale * arb(2) ** -NEGLIGIBLE


def array(balls, shape):
    """An object array of balls in this shape."""
    values = np.empty(len(balls), dtype=object)
    values[:] = balls
    return values.reshape(shape)


def drop_channels(values):
    """(…, H_out, H_in) with both channel axes dropped when both are 1; a 0-d result becomes the ball itself."""
    return values[..., 0, 0][()] if values.shape[-2:] == (1, 1) else values


def real_if(condition, values):
    """The real parts of balls whose truth is known to be real."""
    return array([ball.real for ball in values.ravel()], values.shape) if condition else values
