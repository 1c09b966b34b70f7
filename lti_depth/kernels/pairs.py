"""Covariances of a scalar cascade in which nothing is negative, rows in the lanes of vectors.

No sum can cancel then, and plain doubles keep all digits. With b = 1 (states ξ/b, f ← f b) the recursion of
`cascade._moments`, the plain twin, reads for X_ij = E ξ_i p_j, Y_ij = E p_i ξ_j, Z_ij = E p_i p_j

    W_ij = (λ_i X_ij + λ_j Y_ij + Z_ij)/(1 − λ_i λ_j),
    X_i,j+1 = f_j W_ij + e_j X_ij,   Y_i+1,j = f_i W_ij + e_i Y_ij,   Z_i+1,j = f_i X_ij + e_i Z_ij,

with 1 − λ_i λ_j = (1 − λ_i) + λ_i (1 − λ_j), whose terms are exact for λ ≥ ½.

A lane goes through the columns of its row, one a tick and one behind the lane before it, which hands Y and Z down.
"""

import numpy as np

from . import doubledouble as dd
from .jit import jit
from .vectors import broadcast, divide_each, fma_each, last, load_each, shift_in, store_each

_BLOCK = 8


@jit
def state_covariance(like, layers, current):
    """E ξ_i ξ_j for white unit input, (K, K), as many rows at a time as the vectors of the tuple `like` have lanes.

    `layers` (4, K): λ, b, c, d.
    """
    K = layers.shape[1]
    lanes = 8 * len(like)
    rows, columns = _sections(layers, current, lanes)
    Y, Z, ticks = np.zeros(K + lanes), np.zeros(K + lanes), np.empty((K + lanes) * lanes)
    Z[0] = 1.0
    for j in range(1, K):
        Z[j] = Z[j - 1] * rows[2, j - 1]
    b, out = layers[1], np.empty((K, K))
    for first in range(0, K, lanes):
        _rows(like, rows, first, columns, Y, Z, ticks)
        for j in range(min(first + lanes, K)):
            for i in range(max(first, j), min(first + lanes, K)):
                out[j, i] = b[i] * b[j] * ticks[(j + i - first) * lanes + i - first]
    _mirror(out)
    return out


@jit
def _sections(layers, current, lanes):
    """λ, f b, e, 1 − λ of every layer, (4, …), with layers that let all through behind; and from the last one back."""
    K = layers.shape[1]
    rows, columns = np.zeros((4, K + lanes)), np.zeros((4, K + 2 * lanes))
    rows[2:, K:] = 1.0
    for k in range(K):
        pole, b, c, d = layers[0, k], layers[1, k], layers[2, k], layers[3, k]
        through, past = (d, 0.0), dd.mul((c, 0.0), (b, 0.0))
        if current[k]:
            through, past = dd.add(through, past), dd.mul(past, (pole, 0.0))
        rows[0, k], rows[1, k], rows[2, k], rows[3, k] = pole, past[0], through[0], 1.0 - pole
        for part in range(4):
            columns[part, K + lanes - 1 - k] = rows[part, k]
    return rows, columns


@jit
def _rows(like, rows, first, columns, Y, Z, ticks):
    """W of the rows from `first` on, lane l and column j at tick j + l; Y and Z become those of the row after them.

    Beyond their ends, rows and columns are of layers without memory.
    """
    lanes = 8 * len(like)
    top = columns.shape[1] - lanes
    li, fi, ei = load_each(rows[0], first, like), load_each(rows[1], first, like), load_each(rows[2], first, like)
    gap, zero = load_each(rows[3], first, like), broadcast(0.0)
    x = y = z = fma_each(zero, li, zero)
    for tick in range(top - 1):
        at = top - 1 - tick
        lj, fj, ej = load_each(columns[0], at, like), load_each(columns[1], at, like), load_each(columns[2], at, like)
        y, z = shift_in(Y[tick], y), shift_in(Z[tick], z)
        w = divide_each(fma_each(li, x, fma_each(lj, y, z)), fma_each(li, load_each(columns[3], at, like), gap))
        store_each(ticks, tick * lanes, w)
        y, z = fma_each(fi, w, fma_each(ei, y, zero)), fma_each(fi, x, fma_each(ei, z, zero))
        x = fma_each(fj, w, fma_each(ej, x, zero))
        if tick >= lanes - 1:
            Y[tick - lanes + 1], Z[tick - lanes + 1] = last(y[-1]), last(z[-1])


@jit
def _mirror(W):
    """The lower triangle from the upper one, in blocks, for a column is spread over many lines of the cache."""
    K = len(W)
    for top in range(0, K, _BLOCK):
        for left in range(top, K, _BLOCK):
            for j in range(left, min(left + _BLOCK, K)):
                for i in range(top, min(top + _BLOCK, j)):
                    W[j, i] = W[i, j]
