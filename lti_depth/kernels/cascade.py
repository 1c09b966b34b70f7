"""Scalar cascades: covariances and responses, in double or double-double arithmetic.

Every layer is brought to one form, whatever its timing. With ξ_i the state before the input of the moment arrives,

    ξ_i[t+1] = λ_i ξ_i[t] + b_i p_i[t],   p_{i+1}[t] = f_i ξ_i[t] + e_i p_i[t],   p_0 = the input,

where f = c, e = d in delayed timing and f = c λ, e = d + c b in current timing (there x_t = ξ_{t+1}, so that variances
and covariances of states at one time are the same). Layers of both timings may follow each other. `layers` (4, K) is
λ, b, c, d of each, and `kind` says how many doubles a number has (`doubledouble`): one will do for covariances in which
nothing is negative, two where all is real, else four.
"""

import numpy as np

from . import doubledouble as dd
from .jit import jit

_BIG, _SMALL, _STEP = 2.0**400, 2.0**-400, 400
_GONE, _PERIOD = 2.0**-960, 63  # where the low half of a double-double becomes denormal; how often that is looked at


@jit
def _sections(layers, current, kind):
    """λ, b, f, e of every layer, (K, parts) each; f and e are formed in double-doubles, whatever the kind."""
    K, parts = layers.shape[1], len(kind)
    pole, gain, f, e = np.empty((K, parts)), np.empty((K, parts)), np.empty((K, parts)), np.empty((K, parts))
    for k in range(K):
        own, into = dd.lift(layers[0, k]), dd.lift(layers[1, k])
        past, through = dd.lift(layers[2, k]), dd.lift(layers[3, k])
        if current[k]:
            past, through = dd.mul(past, own), dd.add(through, dd.mul(past, into))
        dd.put(pole, k, dd.narrow(own, kind))
        dd.put(gain, k, dd.narrow(into, kind))
        dd.put(f, k, dd.narrow(past, kind))
        dd.put(e, k, dd.narrow(through, kind))
    return pole, gain, f, e


@jit
def _moments(i, pole, gain, f, e, W, X, Y, Z, kind):
    """W_ij = E ξ_i ξ_j* and X_ij = E ξ_i p_j* for white unit input, one row, in place of those of the row before.

    Multiplying the two recursions of the header and using stationarity, with Y_ij = E ξ_j p_i* and Z_ij = E p_i p_j*:

        W_ij (1 − λ_i λ̄_j) = λ_i X_ij b̄_j + b_i Ȳ_ij λ̄_j + b_i Z_ij b̄_j,
        X_i,j+1 = W_ij f̄_j + X_ij ē_j,       X_i0 = 0,
        Y_i+1,j = W̄_ij f̄_i + Y_ij ē_i,       Y_ii = X_ii,
        Z_i+1,j = f_i X_ij + e_i Z_ij,       Z_00 = 1.

    Only j ≤ i are computed; the rest is their conjugate. Y and Z become those of row i + 1.
    """
    li, bi = dd.entry(pole, i, kind), dd.entry(gain, i, kind)
    fi, ei = dd.entry(f, i, kind), dd.entry(e, i, kind)
    for j in range(i + 1):
        lj, bj = dd.conj(dd.entry(pole, j, kind)), dd.conj(dd.entry(gain, j, kind))
        fj, ej = dd.conj(dd.entry(f, j, kind)), dd.conj(dd.entry(e, j, kind))
        Xij, Zij = dd.entry(X, j, kind), dd.entry(Z, j, kind)
        Yij = dd.entry(Y, j, kind) if j < i else Xij
        terms = dd.mul_add(bi, dd.mul_add(lj, dd.conj(Yij), dd.mul(Zij, bj)), dd.mul(dd.mul(li, bj), Xij))
        Wij = dd.div(terms, dd.one_minus(li, lj))
        dd.put(W, j, Wij)
        dd.put(X, j + 1, dd.mul_add(fj, Wij, dd.mul(ej, Xij)))
        dd.put(Y, j, dd.mul_add(dd.conj(fi), dd.conj(Wij), dd.mul(dd.conj(ei), Yij)))
        dd.put(Z, j, dd.mul_add(fi, Xij, dd.mul(ei, Zij)))
    last = dd.mul_add(fi, dd.entry(Y, i, kind), dd.mul(ei, dd.conj(dd.entry(Z, i, kind))))
    dd.put(Z, i + 1, dd.conj(last))


@jit
def _first(K, kind):
    """W, X, Y, Z before the first row."""
    parts = len(kind)
    W, X, Y, Z = np.zeros((K, parts)), np.zeros((K + 1, parts)), np.zeros((K, parts)), np.zeros((K + 1, parts))
    Z[0, 0] = 1.0
    return W, X, Y, Z


@jit
def _respond(pole, gain, f, e, state, first, rest, times, origin, kind):
    """Output at the sorted `times`, from `state` at the origin and the input `first`, `rest`, `rest`, …; 0 before.

    Mantissas and binary exponents: everything is multiplied by 2^∓400 when its largest state leaves [2^−400, 2^400].
    `state` (K, parts) is overwritten.
    """
    out, exponents = dd.values(len(times), kind), np.zeros(len(times), dtype=np.int64)
    scale, exponent, n, t = 1.0, 0, 0, origin
    while n < len(times) and times[n] < origin:
        out[n] = 0.0
        n += 1
    while n < len(times):
        drive = first if t == origin else rest
        p = dd.narrow(dd.lift(complex(drive * scale if drive != 0.0 else 0.0)), kind)
        size = 0.0
        for k in range(len(pole)):
            x = dd.entry(state, k, kind)
            advanced = dd.mul_add(dd.entry(pole, k, kind), x, dd.mul(dd.entry(gain, k, kind), p))
            p = dd.mul_add(dd.entry(e, k, kind), p, dd.mul(dd.entry(f, k, kind), x))
            dd.put(state, k, advanced)
            size = max(size, dd.size(advanced))
        while n < len(times) and times[n] == t:
            out[n], exponents[n] = dd.value(p), exponent
            n += 1
        step = 1 if size > _BIG else -1 if 0.0 < size < _SMALL and rest == 0.0 else 0
        if step != 0 or t & _PERIOD == 0:
            factor = _SMALL if step > 0 else _BIG if step < 0 else 1.0
            _level(state, factor, kind)
            exponent += step * _STEP
            scale *= factor
        t += 1
    return out, exponents


@jit
def _level(state, factor, kind):
    """Times `factor`; states near where doubles end become 0, for a denormal times λ rounds to itself forever."""
    for k in range(len(state)):
        gone = dd.size(dd.entry(state, k, kind)) * factor < _GONE
        for part in range(len(kind)):
            state[k, part] = 0.0 if gone else state[k, part] * factor


@jit
def state_covariance(layers, current, kind):
    """E ξ_i ξ_j* for white unit input, (K, K), in the arithmetic of `kind`."""
    sections, K = _sections(layers, current, kind), layers.shape[1]
    W, X, Y, Z = _first(K, kind)
    out = dd.values(K * K, kind).reshape(K, K)
    for i in range(K):
        _moments(i, *sections, W, X, Y, Z, kind)
        for j in range(i + 1):
            out[i, j] = dd.value(dd.entry(W, j, kind))
            out[j, i] = dd.value(dd.conj(dd.entry(W, j, kind)))
    return out


@jit
def autocovariance(layers, current, lags, kind):
    """E y[t+Δ] y[t]* of the last output at the sorted lags Δ ≥ 0: the free response from E ξ_i[t+1] y[t]*.

    Mantissas and binary exponents.
    """
    pole, gain, f, e = _sections(layers, current, kind)
    K = len(pole)
    W, X, Y, Z = _first(K, kind)
    for i in range(K):
        _moments(i, pole, gain, f, e, W, X, Y, Z, kind)
    state = np.empty((K, len(kind)))
    for k in range(K):
        Xk, Zk = dd.entry(Y, k, kind), dd.conj(dd.entry(Z, k, kind))
        dd.put(state, k, dd.mul_add(dd.entry(pole, k, kind), Xk, dd.mul(dd.entry(gain, k, kind), Zk)))
    out, exponents = _respond(pole, gain, f, e, state, 0.0, 0.0, lags, 1, kind)
    n = 0
    while n < len(lags) and lags[n] == 0:
        out[n] = dd.value(dd.entry(Z, K, kind))
        n += 1
    return out, exponents


@jit
def response(layers, current, first, rest, times, kind):
    """From rest, to the input `first`, `rest`, `rest`, …: mantissas and binary exponents at the sorted `times` ≥ 0."""
    pole, gain, f, e = _sections(layers, current, kind)
    return _respond(pole, gain, f, e, np.zeros((len(pole), len(kind))), first, rest, times, 0, kind)


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
