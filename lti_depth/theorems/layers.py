"""Layers of several states for theorems about one layer: built from a scalar cascade, or taken exactly."""

from types import SimpleNamespace

import numpy as np

from .. import numeric
from .arithmetic import long


def side_by_side(cascade):
    """One layer whose states have the poles, b and c of the layers of a scalar cascade; D is the first d."""
    layer = numeric.Layer(cascade.poles, cascade.B[:, None], cascade.C[None], cascade.D[:1, None])
    return numeric.stack([layer], timing=cascade.timing)


def exact_layers(stack):
    """Of each layer poles (N,), B (N, H_in), C (H_out, N) and D (H_out, H_in), object arrays of long numbers."""
    return [SimpleNamespace(**{part: np.array(long(getattr(layer, part)), dtype=object)
                               for part in ("poles", "B", "C", "D")}) for layer in stack]


def determinant(matrix):
    """By expansion along the first row: no division, any commutative ring."""
    if not matrix:
        return 1
    return sum((-1) ** j * entry * determinant([[*row[:j], *row[j + 1 :]] for row in matrix[1:]])
               for j, entry in enumerate(matrix[0]))


def characteristic(matrix, z):
    """det(z − M)."""
    return determinant([[z * (i == j) - entry for j, entry in enumerate(row)] for i, row in enumerate(matrix)])
