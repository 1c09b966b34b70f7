"""Curves that panels of several experiments share."""

import numpy as np

from ..claims import Curve


def law_and_marks(law, found, label, group):
    """A line for a law and markers for what was found, in one color; `law` and `found` are pairs (x, y)."""
    return Curve(*law, label, group=group), Curve(*found, style="markers", group=group)


def spread(x, values, axis, label="", style="markers", *, group=None, ends=(0.1, 0.9)):
    """Medians of `values` along `axis`, and the band between two quantiles."""
    low, middle, high = np.quantile(values, [ends[0], 0.5, ends[1]], axis=axis)
    return Curve(x, middle, label, style, low, high, group)
