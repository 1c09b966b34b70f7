"""Transfer functions of layers in double-double arithmetic, for differences of which doubles keep too little."""

import numpy as np

from . import doubledouble as dd
from .jit import jit


@jit
def points(high, low, turn):
    """w = u (1 − τ), (n, 4), where u = high + low has been brought onto the circle: |u|² − 1 is of order 1e-19."""
    w = np.empty((len(turn), 4))
    unit = dd.add(dd.lift(high), dd.lift(low))
    excess = dd.value(dd.sub(dd.mul(unit, dd.conj(unit)), dd.ONE))
    unit = dd.mul(unit, dd.sub(dd.ONE, dd.lift(0.5 * excess)))
    for m in range(len(turn)):
        dd.put(w, m, dd.mul(unit, dd.sub(dd.ONE, dd.lift(turn[m]))))
    return w


@jit
def identity(n, size):
    """(n, size, size, 4)."""
    R = np.zeros((n, size, size, 4))
    R[:, np.arange(size), np.arange(size), 0] = 1.0
    return R


@jit
def times_layer(w, poles, B, C, D, delayed, R):
    """H(w) R of one layer, (n, H_out, H_in, 4); R (n, H, H_in, 4), H = D + C diag(φ) B, φ = 1/(1 − λw), delayed w φ."""
    (n, _), N, h_in, h_out, columns = w.shape, len(poles), B.shape[1], len(C), R.shape[2]
    out, phi = np.empty((n, h_out, columns, 4)), np.empty((N, 4))
    for m in range(n):
        here = dd.get(w, m)
        for i in range(N):
            gap = dd.sub(dd.ONE, dd.mul(dd.lift(poles[i]), here))
            dd.put(phi, i, dd.div(here if delayed else dd.ONE, gap))
        for column in range(columns):
            for row in range(h_out):
                total = dd.ZERO
                for j in range(h_in):
                    total = dd.add(total, dd.mul(dd.lift(D[row, j]), dd.get(R[m, j], column)))
                dd.put(out[m, row], column, total)
            for i in range(N):
                into = dd.ZERO
                for j in range(h_in):
                    into = dd.add(into, dd.mul(dd.lift(B[i, j]), dd.get(R[m, j], column)))
                state = dd.mul(dd.get(phi, i), into)
                for row in range(h_out):
                    term = dd.mul(dd.lift(C[row, i]), state)
                    dd.put(out[m, row], column, dd.add(dd.get(out[m, row], column), term))
    return out


@jit
def subtracted(first, second):
    """first − second (n, H_out, H_in) as complex doubles."""
    n, rows, columns, _ = first.shape
    E = np.empty((n, rows, columns), dtype=np.complex128)
    for m in range(n):
        for row in range(rows):
            for column in range(columns):
                E[m, row, column] = dd.value(dd.sub(dd.get(first[m, row], column), dd.get(second[m, row], column)))
    return E
