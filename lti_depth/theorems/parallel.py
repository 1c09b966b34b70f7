"""Several cascades of one input as one stack: its autocovariance holds all their inner products."""

import numpy as np

from .. import numeric


def parallel(cascades):
    """A stack in current timing, output i being Π 1/(1 − λ z⁻¹) over the poles of cascade i; poles 0 fill up."""
    depth, size = max(map(len, cascades)), len(cascades)
    rows = zip(*([*poles, *[0.0] * (depth - len(poles))] for poles in cascades), strict=True)
    spread = [np.ones((size, 1)), *[np.eye(size)] * (depth - 1)]
    return numeric.stack([numeric.Layer(row, B, np.eye(size)) for row, B in zip(rows, spread, strict=True)])
