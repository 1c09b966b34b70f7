"""Signs and logarithms as the numbers they stand for, in 120 digits, and what their rounding costs."""

import numpy as np
from agreement import UNIT_ROUNDOFF
from oracles import exact, mp


def values(sign, logabs):
    """sign·exp(logabs), a vector of mpmath numbers."""
    sizes = [mp.exp(mp.mpf(entry)) for entry in np.ravel(logabs).tolist()]
    return exact(np.ravel(sign)) * np.array(sizes, dtype=object)


def rounding(logabs):
    """What one rounding of the logarithm and of the sign costs, relative to the value; nothing where that is 0."""
    logabs = np.ravel(logabs)
    return 2 * UNIT_ROUNDOFF * (1 + np.where(np.isfinite(logabs), np.abs(logabs), 0))
