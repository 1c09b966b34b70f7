"""Second moments of a realization: in padded layers, and whether a recursion over pairs of layers kept its digits."""

import numpy as np

from ..kernels import gramians

TINY = 2.0**-900  # of the largest gain², beyond which a response on the circle may have been lost


def trusted(model, variances, again):
    """Whether the recursion has kept its digits in `variances`; `again` computes those of wide layers in a precision.

    In one scalar layer, and where nothing is negative, nothing can cancel. In a cascade, rounding (2^−104) is relative
    to the largest gain², which the scaling has made 1, and at least 1e−13 of each variance must be left. Wide layers
    hardly ever come near that bound; there the recursion is run once more in single precision, whose roundings and
    what becomes of them are 2²⁹ times as large.
    """
    if model.nonnegative or (model.is_cascade and len(model.poles) == 1):
        return True
    if model.is_cascade:
        driven = _driven(model)
        present = driven[:-1] if len(variances) > 1 else driven[-1:]
        smallest = variances[present].min(initial=1.0)  # not positive where every digit is lost
        return bool(smallest > 2.0**-50)
    present = variances != 0
    change = again(np.complex64).diagonal().real / variances.clip(min=np.finfo(float).tiny) - 1
    return bool(np.abs(change[present]).max(initial=0) < 2.0**29 * 1e-13)


def _driven(model):
    """Whether the input reaches each state of a scalar cascade and, last, its output, (K+1,)."""
    _, b, c, d, _ = model.scalars
    passes = np.logical_and.accumulate((d != 0) | ((b != 0) & (c != 0)))
    return np.append(b != 0, True) & np.append(True, passes)


def wide_moments(model, kind=np.complex128):
    """`gramians.moments` for an input with ones for the channels that the first layer reads, whatever the padding."""
    poles, *matrices = model.sections
    Q = np.eye(model.B.shape[2])
    return gramians.moments(poles, *(matrix.astype(kind) for matrix in (*matrices, Q)))


def in_parts(values):
    """Mantissas and binary exponents, those of 0 being 0."""
    return values.mantissa, np.where(values.mantissa == 0, 0, values.exponent).astype(np.int64)
