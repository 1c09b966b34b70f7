"""Scalar cascades: covariances and responses, in double-double arithmetic.

Every layer is brought to one form, whatever its timing. With ξ_i the state before the input of the moment arrives,

    ξ_i[t+1] = λ_i ξ_i[t] + b_i p_i[t],   p_{i+1}[t] = f_i ξ_i[t] + e_i p_i[t],   p_0 = the input,

where f = c, e = d in delayed timing and f = c λ, e = d + c b in current timing (there x_t = ξ_{t+1}, so that variances
and covariances of states at one time are the same). Layers of both timings may follow each other.
"""

import numpy as np

from . import doubledouble as dd
from .jit import jit

_BIG, _SMALL, _STEP = 2.0**400, 2.0**-400, 400
_GONE = 2.0**-960  # where the low half of a double-double becomes denormal


@jit
def _sections(poles, b, c, d, current):
    """λ, b, f, e of every layer as double-doubles, (K, 4) each."""
    K = len(poles)
    pole, gain, f, e = np.empty((K, 4)), np.empty((K, 4)), np.empty((K, 4)), np.empty((K, 4))
    for k in range(K):
        dd.put(pole, k, dd.lift(poles[k]))
        dd.put(gain, k, dd.lift(b[k]))
        if current[k]:
            dd.put(f, k, dd.mul(dd.lift(c[k]), dd.lift(poles[k])))
            dd.put(e, k, dd.add(dd.lift(d[k]), dd.mul(dd.lift(c[k]), dd.lift(b[k]))))
        else:
            dd.put(f, k, dd.lift(c[k]))
            dd.put(e, k, dd.lift(d[k]))
    return pole, gain, f, e


@jit
def _moments(pole, gain, f, e):
    """W_ij = E ξ_i ξ_j*, X_ij = E ξ_i p_j*, Z_ij = E p_i p_j* for white unit input, row by row.

    Multiplying the two recursions of the header and using stationarity:

        W_ij (1 − λ_i λ̄_j) = λ_i X_ij b̄_j + b_i X̄_ji λ̄_j + b_i Z_ij b̄_j,
        X_i,j+1 = W_ij f̄_j + X_ij ē_j,   X_i0 = 0,
        Z_i,j+1 = X̄_ji f̄_j + Z_ij ē_j,   Z_00 = 1.

    Only W_ij with j ≤ i, and of X and Z what they need, are computed; the rest is its conjugate.
    """
    K = len(pole)
    W, X, Z = np.zeros((K, K, 4)), np.zeros((K, K + 1, 4)), np.zeros((K + 1, K + 1, 4))
    dd.put(Z[0], 0, dd.ONE)
    for i in range(K):
        li, bi = dd.get(pole, i), dd.get(gain, i)
        for j in range(i + 1):
            lj, bj = dd.conj(dd.get(pole, j)), dd.conj(dd.get(gain, j))
            fj, ej = dd.conj(dd.get(f, j)), dd.conj(dd.get(e, j))
            Xij, Xji, Zij = dd.get(X[i], j), dd.conj(dd.get(X[j], i)), dd.get(Z[i], j)
            terms = dd.add(dd.mul(dd.mul(li, Xij), bj), dd.mul(bi, dd.mul(Xji, lj)))
            terms = dd.add(terms, dd.mul(bi, dd.mul(Zij, bj)))
            Wij = dd.div(terms, dd.sub(dd.ONE, dd.mul(li, lj)))
            dd.put(W[i], j, Wij)
            dd.put(W[j], i, dd.conj(Wij))
            dd.put(X[i], j + 1, dd.add(dd.mul(Wij, fj), dd.mul(Xij, ej)))
        for j in range(i + 1):  # E ξ_j p_{i+1}*, for the rows to come
            Wji, Xji = dd.get(W[j], i), dd.get(X[j], i)
            fi, ei = dd.conj(dd.get(f, i)), dd.conj(dd.get(e, i))
            dd.put(X[j], i + 1, dd.add(dd.mul(Wji, fi), dd.mul(Xji, ei)))
        for j in range(i + 2):  # Z_i+1,j = f_i E ξ_i p_j* + e_i Z_ij
            Xij, Zij = dd.get(X[i], j), dd.get(Z[i], j)
            Znew = dd.add(dd.mul(dd.get(f, i), Xij), dd.mul(dd.get(e, i), Zij))
            dd.put(Z[i + 1], j, Znew)
            dd.put(Z[j], i + 1, dd.conj(Znew))
    return W, X, Z


@jit
def _respond(pole, gain, f, e, state, first, rest, times, origin, out, exponents):
    """Output at the sorted `times` ≥ `origin`, from `state` at the origin and the input `first`, `rest`, `rest`, …

    Fills the mantissas `out` and the binary `exponents` of those times: everything is multiplied by 2^∓400 when its
    largest state leaves [2^−400, 2^400], and states below 2^−960 are put to 0 before they become denormal, for a
    denormal times λ rounds to itself and would never decay. `state` (K, 4) is overwritten.
    """
    scale, exponent, n, t = 1.0, 0, 0, origin
    while n < len(times) and times[n] < origin:
        n += 1
    while n < len(times):
        drive = first if t == origin else rest
        p = (drive * scale if drive != 0.0 else 0.0, 0.0, 0.0, 0.0)
        size = 0.0
        for k in range(len(pole)):
            x = dd.get(state, k)
            advanced = dd.add(dd.mul(dd.get(pole, k), x), dd.mul(dd.get(gain, k), p))
            p = dd.add(dd.mul(dd.get(f, k), x), dd.mul(dd.get(e, k), p))
            dd.put(state, k, advanced)
            size = max(size, abs(advanced[0]), abs(advanced[2]))
        while n < len(times) and times[n] == t:
            out[n] = dd.value(p)
            exponents[n] = exponent
            n += 1
        if size > _BIG or (0.0 < size < _SMALL and rest == 0.0):
            factor = _SMALL if size > _BIG else _BIG
            exponent += _STEP if size > _BIG else -_STEP
            scale *= factor
            for k in range(len(pole)):
                x = dd.get(state, k)
                dd.put(state, k, (x[0] * factor, x[1] * factor, x[2] * factor, x[3] * factor))
        for k in range(len(pole)):
            if abs(state[k, 0]) + abs(state[k, 2]) < _GONE:
                dd.put(state, k, dd.ZERO)
        t += 1


@jit
def state_covariance(poles, b, c, d, current):
    """E ξ_i ξ_j* for white unit input, (K, K) complex."""
    W, _, _ = _moments(*_sections(poles, b, c, d, current))
    out = np.empty((len(poles), len(poles)), dtype=np.complex128)
    for i in range(len(poles)):
        for j in range(len(poles)):
            out[i, j] = dd.value(dd.get(W[i], j))
    return out


@jit
def autocovariance(poles, b, c, d, current, lags):
    """E y[t+Δ] y[t]* of the last output at the sorted lags Δ ≥ 0: the free response from E ξ_i[t+1] y[t]*.

    Mantissas and binary exponents.
    """
    pole, gain, f, e = _sections(poles, b, c, d, current)
    _, X, Z = _moments(pole, gain, f, e)
    K = len(poles)
    state = np.empty((K, 4))
    for k in range(K):
        Xk, Zk = dd.get(X[k], K), dd.get(Z[k], K)
        dd.put(state, k, dd.add(dd.mul(dd.get(pole, k), Xk), dd.mul(dd.get(gain, k), Zk)))
    out, exponents = np.empty(len(lags), dtype=np.complex128), np.zeros(len(lags), dtype=np.int64)
    for n in range(len(lags)):
        out[n] = dd.value(dd.get(Z[K], K))  # lag 0; the rest is overwritten
    _respond(pole, gain, f, e, state, 0.0, 0.0, lags, 1, out, exponents)
    return out, exponents


@jit
def response(poles, b, c, d, current, first, rest, times):
    """From rest, to the input `first`, `rest`, `rest`, …: mantissas and binary exponents at the sorted `times` ≥ 0."""
    pole, gain, f, e = _sections(poles, b, c, d, current)
    out, exponents = np.empty(len(times), dtype=np.complex128), np.empty(len(times), dtype=np.int64)
    _respond(pole, gain, f, e, np.zeros((len(poles), 4)), first, rest, times, 0, out, exponents)
    return out, exponents


@jit
def simulate(poles, b, c, d, current, u, state, y):
    """y (batch, T) from u (batch, T), all layers at each time step; `state` (batch, K) is advanced in place."""
    for n in range(u.shape[0]):
        x = state[n]
        for t in range(u.shape[1]):
            p = u[n, t]
            for k in range(len(poles)):
                advanced = poles[k] * x[k] + b[k] * p
                p = c[k] * (advanced if current else x[k]) + d[k] * p
                x[k] = advanced
            y[n, t] = p
