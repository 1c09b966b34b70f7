"""Small matrix products, out += A B, between parts of flat arrays: no BLAS, hence no threads of its own.

Matrices lie row by row from their first entry's position on. The bits depend on the numbers alone.
"""

import numpy as np

from .jit import jit
from .vectors import fma, load, multiply, spread, store, total

_ROWS = 8


@jit
def accumulate(M, K, N, A, a, mirrored, B, b, out, o):
    """out (M, N) += A (M, K) B (K, N), with A stored transposed, (K, M), where `mirrored`.

    One vector of columns at a time: its part of B side by side in `panel`, eight rows of the result in registers. The
    columns left over go one by one.
    """
    lanes = 64 // out.itemsize
    row, column = (1, M) if mirrored else (K, 1)
    panel = np.empty(max(K, M) * lanes, out.dtype)
    whole = N - N % lanes
    for j in range(0, whole, lanes):
        for k in range(K):
            store(panel, k * lanes, load(B, b + k * N + j))
        for i in range(0, M - _ROWS + 1, _ROWS):
            _eight(K, A, a + i * row, row, column, panel, out, o + i * N + j, N)
        for i in range(M - M % _ROWS, M):
            s = load(out, o + i * N + j)
            for k in range(K):
                s = fma(spread(A, a + i * row + k * column), load(panel, k * lanes), s)
            store(out, o + i * N + j, s)
    for j in range(whole, N):
        if mirrored:
            _mirrored_column(M, K, N, A, a, B, b + j, panel, out, o + j)
        else:
            _column(M, K, N, A, a, B, b + j, panel, out, o + j)


@jit
def _eight(K, A, a, row, column, panel, out, o, N):
    lanes = 64 // out.itemsize
    s0, s1, s2, s3 = load(out, o), load(out, o + N), load(out, o + 2 * N), load(out, o + 3 * N)
    s4, s5, s6, s7 = load(out, o + 4 * N), load(out, o + 5 * N), load(out, o + 6 * N), load(out, o + 7 * N)
    for k in range(K):
        p, at = load(panel, k * lanes), a + k * column
        s0 = fma(spread(A, at), p, s0)
        s1 = fma(spread(A, at + row), p, s1)
        s2 = fma(spread(A, at + 2 * row), p, s2)
        s3 = fma(spread(A, at + 3 * row), p, s3)
        s4 = fma(spread(A, at + 4 * row), p, s4)
        s5 = fma(spread(A, at + 5 * row), p, s5)
        s6 = fma(spread(A, at + 6 * row), p, s6)
        s7 = fma(spread(A, at + 7 * row), p, s7)
    store(out, o, s0)
    store(out, o + N, s1)
    store(out, o + 2 * N, s2)
    store(out, o + 3 * N, s3)
    store(out, o + 4 * N, s4)
    store(out, o + 5 * N, s5)
    store(out, o + 6 * N, s6)
    store(out, o + 7 * N, s7)


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
