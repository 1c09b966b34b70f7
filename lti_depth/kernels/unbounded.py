"""Stacks of padded layers in numbers of unbounded range: responses, runs in time, covariances.

The formulas of `wide` and `cascade`, for layers taken as they are: no gain is scaled, and every entry of every signal
has its own exponent. poles (K, N), B (K, N, H), C (K, H, N), D (K, H, H) are complex doubles, everything else is
`extended`, with a last axis of 5.
"""

import numpy as np

from . import extended as x
from .frequency import _angle, _one_minus
from .jit import jit


@jit
def gaps(poles, omega):
    """w = e^{−iω} (n,) and 1 − λ w (n, K, N)."""
    turns, out = np.empty(len(omega), np.complex128), np.empty((len(omega), *poles.shape), np.complex128)
    for n in range(len(omega)):
        w, minus, plus = _angle(omega[n])
        turns[n] = w
        for k in range(poles.shape[0]):
            for m in range(poles.shape[1]):
                out[n, k, m] = _one_minus(poles[k, m], w, minus, plus)
    return turns, out


@jit
def responses(tops, gaps, B, C, D):
    """From the input channels to the states, φ B P (n, K, N, H, 5), and to the signals P (n, K+1, H, H, 5).

    P_{k+1} = (D_k + C_k φ_k B_k) P_k, φ = top/gap; tops and gaps (n, K, N), gaps not 0.
    """
    K, N, H = B.shape
    states, signals = np.empty((len(gaps), K, N, H, 5)), np.empty((len(gaps), K + 1, H, H, 5))
    x.clear(states)
    x.clear(signals)
    for n in range(len(gaps)):
        for h in range(H):
            x.put(signals[n, 0, h], h, x.ONE)
    for k in range(K):
        b, c, d = x.lifted(B[k]), x.lifted(C[k]), x.lifted(D[k])
        for n in range(len(gaps)):
            state, before, after = states[n, k], signals[n, k], signals[n, k + 1]
            x.accumulate(state, b, before)
            for m in range(N):
                gain = x.div(x.lift(tops[n, k, m]), x.lift(gaps[n, k, m]))
                for h in range(H):
                    x.put(state[m], h, x.mul(gain, x.get(state[m], h)))
            x.accumulate(after, c, state)
            x.accumulate(after, d, before)
    return states, signals


@jit
def _sections(B, C, D, poles, current):
    """Λ, B, F, E of one layer: ξ' = Λ ξ + B p, p' = F ξ + E p, for either timing (`cascade`)."""
    b, f, e = x.lifted(B), x.lifted(C), x.lifted(D)
    pole = x.lifted(poles.reshape(-1, 1))
    if current:
        x.accumulate(e, f, b)
        for i in range(f.shape[0]):
            for n in range(f.shape[1]):
                x.put(f[i], n, x.mul(x.get(f[i], n), x.get(pole[n], 0)))
    return pole, b, f, e


@jit
def sections(poles, B, C, D, current):
    """Λ (K, N, 1, 5), B (K, N, H, 5), F (K, H, N, 5), E (K, H, H, 5)."""
    K, N, H = B.shape
    pole, b = np.empty((K, N, 1, 5)), np.empty((K, N, H, 5))
    f, e = np.empty((K, H, N, 5)), np.empty((K, H, H, 5))
    for k in range(K):
        pole[k], b[k], f[k], e[k] = _sections(B[k], C[k], D[k], poles[k], current[k])
    return pole, b, f, e


@jit
def _advance(pole, b, f, e, state, before, after):
    """One time step of a layer: `state` (N, M, 5) in place, the signal after it from the one before, (H, M, 5)."""
    x.clear(after)
    x.accumulate(after, f, state)
    x.accumulate(after, e, before)
    for n in range(state.shape[0]):
        for m in range(state.shape[1]):
            x.put(state[n], m, x.mul(x.get(pole[n], 0), x.get(state[n], m)))
    x.accumulate(state, b, before)


@jit
def run(pole, b, f, e, state, first, rest, times, origin):
    """The output (n, H, M, 5) at sorted `times` ≥ `origin`, from `state` (K, N, M, 5), which is advanced in place.

    Column m of the input is `first`, `rest`, `rest`, … on channel m.
    """
    K, H, M = b.shape[0], b.shape[2], state.shape[2]
    out, signals, n, t = np.empty((len(times), H, M, 5)), np.empty((K + 1, H, M, 5)), 0, origin
    while n < len(times):
        drive = x.lift(complex(first if t == origin else rest))
        x.clear(signals[0])
        for m in range(min(H, M)):
            x.put(signals[0, m], m, drive)
        for k in range(K):
            _advance(pole[k], b[k], f[k], e[k], state[k], signals[k], signals[k + 1])
        while n < len(times) and times[n] == t:
            out[n] = signals[K]
            n += 1
        t += 1
    return out


@jit
def moments(poles, pole, b, f, e):
    """W_ij = E ξ_i ξ_j*, X_ij = E ξ_i p_j*, Z_ij = E p_i p_j* for white unit input, as in `gramians.moments`."""
    K, N, H = b.shape[:3]
    W, X = np.empty((K, K, N, N, 5)), np.empty((K, K + 1, N, H, 5))
    Z = np.empty((K + 1, K + 1, H, H, 5))
    b_star, f_star, e_star = np.empty((K, H, N, 5)), np.empty((K, N, H, 5)), np.empty((K, H, H, 5))
    for array in (W, X, Z):
        x.clear(array)
    for k in range(K):
        b_star[k], f_star[k], e_star[k] = x.adjoint(b[k]), x.adjoint(f[k]), x.adjoint(e[k])
    for h in range(H):
        x.put(Z[0, 0, h], h, x.ONE)
    into, past = np.empty((H, N, 5)), np.empty((N, N, 5))
    for i in range(K):
        for j in range(i + 1):
            _state_pair(poles[i], poles[j], pole[i], pole[j], b[i], b_star[j], X[i, j], X[j, i], Z[i, j], into, past)
            W[i, j] = past
            W[j, i] = x.adjoint(past)
            x.accumulate(X[i, j + 1], W[i, j], f_star[j])
            x.accumulate(X[i, j + 1], X[i, j], e_star[j])
        for j in range(i):
            x.accumulate(X[j, i + 1], W[j, i], f_star[i])
            x.accumulate(X[j, i + 1], X[j, i], e_star[i])
        for j in range(i + 2):
            x.accumulate(Z[i + 1, j], f[i], X[i, j])
            x.accumulate(Z[i + 1, j], e[i], Z[i, j])
            if j <= i:
                Z[j, i + 1] = x.adjoint(Z[i + 1, j])
    return W, X, Z


@jit
def _state_pair(poles_i, poles_j, pole_i, pole_j, b, b_star, X, X_other, Z, into, past):
    """`past` becomes W_ij: (1 − λ_i λ̄_j) W_ij = Λ_i X_ij B_j* + B_i (X_ji* Λ̄_j + Z_ij B_j*)."""
    for h in range(into.shape[0]):
        for m in range(into.shape[1]):
            x.put(into[h], m, x.conj(x.mul(x.get(X_other[m], h), x.get(pole_j[m], 0))))
    x.accumulate(into, Z, b_star)
    x.clear(past)
    x.accumulate(past, X, b_star)
    for n in range(past.shape[0]):
        for m in range(past.shape[1]):
            x.put(past[n], m, x.mul(x.get(pole_i[n], 0), x.get(past[n], m)))
    x.accumulate(past, b, into)
    for n in range(past.shape[0]):
        minus = x.lift(-poles_i[n])
        for m in range(past.shape[1]):
            gap = x.add(x.ONE, x.mul(minus, x.lift(poles_j[m].conjugate())))
            x.put(past[n], m, x.div(x.get(past[n], m), gap))


@jit
def free_start(pole, b, X, Z):
    """E ξ_k[t+1] y[t]* (K, N, H, 5), from which the lags of the output's autocovariance run freely."""
    K, N, H = b.shape[:3]
    start = np.empty((K, N, H, 5))
    x.clear(start)
    for k in range(K):
        for n in range(N):
            for h in range(H):
                x.put(start[k, n], h, x.mul(x.get(pole[k, n], 0), x.get(X[k, K, n], h)))
        x.accumulate(start[k], b[k], Z[k, K])
    return start


@jit
def colored(pole, b, f, e, W, source):
    """R(0) W + G + G*, G = Σ_{m≥1} conj(R(m)) A^m W by Horner's rule; W and the result (K·N, K·N, 5)."""
    K, N, H = b.shape[:3]
    S = K * N
    G, signals = np.empty((S, S, 5)), np.empty((K + 1, H, S, 5))
    x.clear(G)
    for r in range(len(source) - 1, 0, -1):
        _add_multiple(G, x.lift(source[r].conjugate()), W)
        x.clear(signals[0])
        for k in range(K):
            _advance(pole[k], b[k], f[k], e[k], G[k * N : (k + 1) * N], signals[k], signals[k + 1])
    _add_multiple(G, x.lift(complex(0.5 * source[0].real)), W)
    out = x.adjoint(G)
    _add_multiple(out, x.ONE, G)
    return out


@jit
def _add_multiple(out, factor, M):
    for i in range(M.shape[0]):
        for j in range(M.shape[1]):
            x.put(out[i], j, x.add(x.get(out[i], j), x.mul(factor, x.get(M[i], j))))
