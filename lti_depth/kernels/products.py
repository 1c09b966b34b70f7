"""Small matrix products, out += A B, between parts of flat arrays: no BLAS, hence no threads of its own.

Matrices lie row by row from their first entry's position on. The bits depend on the numbers alone.
"""

import numpy as np

from .jit import jit
from .vectors import fma, fma_each, load, load_each, multiply, spread, store, store_each, total

_ROWS = 8
_ONE, _TWO = (0,), (0,) * 2


@jit
def accumulate(M, K, N, A, a, mirrored, B, b, out, o):
    """out (M, N) += A (M, K) B (K, N), with A stored transposed, (K, M), where `mirrored`.

    Two vectors of columns at a time, or one: their part of B side by side in `panel`, eight rows of the result in
    registers, 16 of the 32 of AVX-512: ten loads for sixteen multiply-adds, whose latency they hide. The columns left
    over go one by one.
    """
    lanes = 64 // out.itemsize
    row, column = (1, M) if mirrored else (K, 1)
    panel = np.empty(2 * max(K, M) * lanes, out.dtype)
    double, whole = N - N % (2 * lanes), N - N % lanes
    for j in range(0, double, 2 * lanes):
        _columns(_TWO, M, K, N, A, a, row, column, B, b + j, panel, out, o + j)
    for j in range(double, whole, lanes):
        _columns(_ONE, M, K, N, A, a, row, column, B, b + j, panel, out, o + j)
    for j in range(whole, N):
        if mirrored:
            _mirrored_column(M, K, N, A, a, B, b + j, panel, out, o + j)
        else:
            _column(M, K, N, A, a, B, b + j, panel, out, o + j)


@jit
def _columns(like, M, K, N, A, a, row, column, B, b, panel, out, o):
    """As many vectors of columns as `like` has entries."""
    width = len(like) * (64 // out.itemsize)
    for k in range(K):
        store_each(panel, k * width, load_each(B, b + k * N, like))
    for i in range(0, M - _ROWS + 1, _ROWS):
        _eight(like, K, A, a + i * row, row, column, panel, out, o + i * N, N)
    for i in range(M - M % _ROWS, M):
        s = load_each(out, o + i * N, like)
        for k in range(K):
            s = fma_each(spread(A, a + i * row + k * column), load_each(panel, k * width, like), s)
        store_each(out, o + i * N, s)


@jit
def _eight(like, K, A, a, row, column, panel, out, o, N):
    width = len(like) * (64 // out.itemsize)
    s0, s1, s2 = load_each(out, o, like), load_each(out, o + N, like), load_each(out, o + 2 * N, like)
    s3, s4, s5 = load_each(out, o + 3 * N, like), load_each(out, o + 4 * N, like), load_each(out, o + 5 * N, like)
    s6, s7 = load_each(out, o + 6 * N, like), load_each(out, o + 7 * N, like)
    for k in range(K):
        p, at = load_each(panel, k * width, like), a + k * column
        s0 = fma_each(spread(A, at), p, s0)
        s1 = fma_each(spread(A, at + row), p, s1)
        s2 = fma_each(spread(A, at + 2 * row), p, s2)
        s3 = fma_each(spread(A, at + 3 * row), p, s3)
        s4 = fma_each(spread(A, at + 4 * row), p, s4)
        s5 = fma_each(spread(A, at + 5 * row), p, s5)
        s6 = fma_each(spread(A, at + 6 * row), p, s6)
        s7 = fma_each(spread(A, at + 7 * row), p, s7)
    store_each(out, o, s0)
    store_each(out, o + N, s1)
    store_each(out, o + 2 * N, s2)
    store_each(out, o + 3 * N, s3)
    store_each(out, o + 4 * N, s4)
    store_each(out, o + 5 * N, s5)
    store_each(out, o + 6 * N, s6)
    store_each(out, o + 7 * N, s7)


@jit
def _column(M, K, N, A, a, B, b, panel, out, o):
    """One column of out += A B: inner products with the column of B, gathered in `panel`."""
    lanes = 64 // out.itemsize
    whole = K - K % lanes
    for k in range(K):
        panel[k] = B[b + k * N]
    for i in range(M):
        entry = out[o + i * N]
        if whole:
            s = multiply(load(A, a + i * K), load(panel, 0))
            for k in range(lanes, whole, lanes):
                s = fma(load(A, a + i * K + k), load(panel, k), s)
            entry += total(s)
        for k in range(whole, K):
            entry += A[a + i * K + k] * panel[k]
        out[o + i * N] = entry


@jit
def _mirrored_column(M, K, N, A, a, B, b, panel, out, o):
    """One column of out += A B, with A transposed: the rows of A by the entries of the column, added up."""
    lanes = 64 // out.itemsize
    whole = M - M % lanes
    for i in range(0, whole, lanes):
        s = multiply(load(A, a + i), spread(B, b))
        for k in range(1, K):
            s = fma(load(A, a + i + k * M), spread(B, b + k * N), s)
        store(panel, i, s)
    for i in range(whole, M):
        entry = out.dtype.type(0)
        for k in range(K):
            entry += A[a + i + k * M] * B[b + k * N]
        panel[i] = entry
    for i in range(M):
        out[o + i * N] += panel[i]
