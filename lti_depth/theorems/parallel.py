"""Stacks made of scalar layers side by side: states of one layer, or whole cascades of one input."""

import numpy as np

from .. import numeric


def side_by_side(cascade):
    """One layer whose states have the poles, b and c of the layers of a scalar cascade; D is the first d."""
    layer = numeric.Layer(cascade.poles, cascade.B[:, None], cascade.C[None], cascade.D[:1, None])
    return numeric.stack([layer], timing=cascade.timing)


def parallel(cascades):
    """A stack in current timing, output i being Π 1/(1 − λ z⁻¹) over the poles of cascade i; poles 0 fill up.

    Its autocovariance holds all inner products of the cascades.
    """
    depth, size = max(map(len, cascades)), len(cascades)
    rows = zip(*([*poles, *[0.0] * (depth - len(poles))] for poles in cascades), strict=True)
    spread = [np.ones((size, 1)), *[np.eye(size)] * (depth - 1)]
    return numeric.stack([numeric.Layer(row, B, np.eye(size)) for row, B in zip(rows, spread, strict=True)])
