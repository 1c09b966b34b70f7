"""Limits of depth, from values at K, 4K and 16K layers."""

import numpy as np

REASON = ("last change of the extrapolation in $1/K$ from $K$, $4K$ to $4K$, $16K$ layers; what is left is "
          "$O(1/K^2)$, a fifteenth of it")


def limit(values):
    """The limit of v + a/K + b/K² + … from its values at K, 4K and 16K (Richardson), and how far it last moved.

    From K and 4K the extrapolation is off by −b/(4K²), from 4K and 16K by a sixteenth of that.

    Parameters
    ----------
    values : (3, …) array

    Returns
    -------
    limit, change : arrays
    """
    coarse, middle, fine = np.asarray(values, dtype=float)
    before, after = middle + (middle - coarse) / 3, fine + (fine - middle) / 3
    return after, np.abs(after - before)


def tolerance(change, predicted):
    """The largest change relative to what is predicted."""
    return float(np.max(change / np.abs(predicted)))
