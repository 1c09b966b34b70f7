"""Complex double-doubles of unbounded range: (rh, rl, ih, il, e) is the double-double times 2^(512 e).

The larger part of a mantissa stays within 2^±256, so that neither products nor sums of two leave the range of doubles;
zero has e = −∞. What is below 2^−512 of the other term does not count in a sum. The extended exponents are those of
Fukushima (J. Geodesy 86, 2012), e a whole number kept in a double.
"""

import math

import numpy as np

from . import doubledouble as dd
from .jit import jit

ZERO = (0.0, 0.0, 0.0, 0.0, -math.inf)
ONE = (1.0, 0.0, 0.0, 0.0, 0.0)
BITS = 512
_LARGE, _SMALL, _UP, _DOWN = 2.0**256, 2.0**-256, 2.0**512, 2.0**-512


@jit
def _times(a, factor):
    return a[0] * factor, a[1] * factor, a[2] * factor, a[3] * factor


@jit
def leveled(a, e):
    """The number whose mantissa is the double-double `a`, finite but of any size."""
    size = max(abs(a[0]), abs(a[2]))
    if size == 0.0:
        return ZERO
    while size > _LARGE:
        a, e, size = _times(a, _DOWN), e + 1.0, size * _DOWN
    while size < _SMALL:
        a, e, size = _times(a, _UP), e - 1.0, size * _UP
    return a[0], a[1], a[2], a[3], e


@jit
def lift(z):
    """A finite complex double."""
    return leveled(dd.lift(z), 0.0)


@jit
def conj(a):
    return a[0], a[1], -a[2], -a[3], a[4]


@jit
def add(a, b):
    if a[4] < b[4]:
        a, b = b, a
    if b[4] < a[4] - 1.0 or b[4] == -math.inf:
        return a
    low = (b[0], b[1], b[2], b[3])
    return leveled(dd.add((a[0], a[1], a[2], a[3]), low if a[4] == b[4] else _times(low, _DOWN)), a[4])


@jit
def mul(a, b):
    if a[4] == -math.inf or b[4] == -math.inf:
        return ZERO
    return leveled(dd.mul((a[0], a[1], a[2], a[3]), (b[0], b[1], b[2], b[3])), a[4] + b[4])


@jit
def div(a, b):
    """a/b, b not 0."""
    if a[4] == -math.inf:
        return ZERO
    return leveled(dd.div((a[0], a[1], a[2], a[3]), (b[0], b[1], b[2], b[3])), a[4] - b[4])


@jit
def get(array, i):
    """Entry i of an (n, 5) array."""
    return array[i, 0], array[i, 1], array[i, 2], array[i, 3], array[i, 4]


@jit
def put(array, i, a):
    array[i, 0], array[i, 1], array[i, 2], array[i, 3], array[i, 4] = a


@jit
def clear(array):
    """Zeros in an array (…, 5)."""
    array[...] = 0.0
    array[..., 4] = -math.inf


@jit
def lifted(M):
    """A matrix of complex doubles as (rows, columns, 5)."""
    out = np.empty((*M.shape, 5))
    for i in range(M.shape[0]):
        for j in range(M.shape[1]):
            put(out[i], j, lift(M[i, j]))
    return out


@jit
def adjoint(M):
    """M* of a matrix (rows, columns, 5)."""
    out = np.empty((M.shape[1], M.shape[0], 5))
    for i in range(M.shape[0]):
        for j in range(M.shape[1]):
            put(out[j], i, conj(get(M[i], j)))
    return out


@jit
def accumulate(out, A, B):
    """out += A B of matrices (…, …, 5)."""
    for i in range(A.shape[0]):
        for k in range(A.shape[1]):
            a = get(A[i], k)
            if a[4] == -math.inf:
                continue
            for j in range(B.shape[1]):
                put(out[i], j, add(get(out[i], j), mul(a, get(B[k], j))))
