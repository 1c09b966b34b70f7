"""Second moments of a realization: in padded layers, and whether a recursion kept its digits."""

import numpy as np

from ..kernels import gramians
from ..kernels.doubledouble import PLAIN, PLAIN_COMPLEX, REAL

TINY = 2.0**-900  # of the largest gain², beyond which a response on the circle may have been lost
_KEPT = 2.0**-10


def trusted(model, variances, again):
    """Whether the recursion has kept its digits in `variances`; `again` computes them for layers in a precision.

    Where nothing is negative, nothing can cancel, though values may leave the range of doubles. Elsewhere the recursion
    is run once more in fewer digits: wide layers in single precision, whose roundings and what becomes of them are 2²⁹
    times as large, and cascades in plain doubles.
    """
    if model.is_cascade and faint(variances).any():
        return False
    if model.nonnegative:
        return True
    if model.is_cascade:
        return not any(lost(variances, again(*run)).any() for run in roughly(model, model.layers))
    present = variances != 0
    change = again(None, np.complex64) / variances.clip(min=np.finfo(float).tiny) - 1
    return bool(np.abs(change[present]).max(initial=0) < 2.0**29 * 1e-13)


def roughly(model, layers):
    """Layers and numbers for the kernels of cascades: plain doubles, twice, with entries changed in their last place.

    Between equal layers, and conjugate ones, errors of plain doubles may cancel where those of double-doubles do not;
    of two such runs with other entries hardly both come near the truth by that.
    """
    kind = PLAIN if model.digits is REAL else PLAIN_COMPLEX
    return [(layers * (1 - 2.0**-52 * np.random.default_rng(seed).random(layers.shape)), kind) for seed in range(2)]


def lost(values, rough):
    """Where double-doubles may have lost their digits: where plain doubles keep no more than three of a value.

    Roundings of plain doubles are 2⁵¹ times as large as those of double-doubles. What becomes of them is the same as
    long as it is linear: where plain doubles are within 2^−10 of a value, double-doubles are within about 2^−61 of it.
    This holds of errors that behave alike in both. Missed are roundings that vanish in plain doubles alone, by exact
    sums or because a signal has settled, so far as other entries do not disturb that (`roughly`); errors of both runs
    that happen to be small; and what is `faint`.
    """
    with np.errstate(invalid="ignore"):  # where 1 − λ_i λ̄_j is rounded to 0
        return ~(np.abs(rough - values) <= _KEPT * np.abs(values))


def faint(values):
    """Where low halves of products may be denormal or 0, and agreement says nothing: below 2^−900 of the scale."""
    size = np.abs(values)
    return ~((size >= TINY) | (size == 0))


def wide_moments(model, kind=np.complex128):
    """`gramians.moments` for an input with ones for the channels that the first layer reads, whatever the padding."""
    poles, *matrices = model.sections
    Q = np.eye(model.B.shape[2])
    return gramians.moments(poles, *(matrix.astype(kind) for matrix in (*matrices, Q)))


def in_parts(values):
    """Mantissas and binary exponents, those of 0 being 0."""
    return values.mantissa, np.where(values.mantissa == 0, 0, values.exponent).astype(np.int64)
