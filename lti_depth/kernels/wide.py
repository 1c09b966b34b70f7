"""Layers with several states and channels, padded to one size: covariances and simulation.

poles (K, N), B (K, N, H), C (K, H, N), D (K, H, H); silent states have B = C = 0.
"""

import numpy as np

from . import doubledouble as dd
from .jit import jit

_TILE = 512


@jit
def moments(poles, B, F, E, Q):
    """W_ij = E ξ_i ξ_j* (K, K, N, N), X_ij = E ξ_i p_j* (K, K+1, N, H), Z_ij = E p_i p_j* (K+1, K+1, H, H).

    The form and the recursion of `cascade._moments`, with matrices: ξ_i' = Λ_i ξ_i + B_i p_i,
    p_{i+1} = F_i ξ_i + E_i p_i, E p_0 p_0* = Q.
    """
    K, N, H = B.shape
    W = np.zeros((K, K, N, N), dtype=np.complex128)
    X = np.zeros((K, K + 1, N, H), dtype=np.complex128)
    Z = np.zeros((K + 1, K + 1, H, H), dtype=np.complex128)
    Z[0, 0] = Q
    for i in range(K):
        for j in range(i + 1):
            Bj = np.ascontiguousarray(B[j].conj().T)
            into = np.ascontiguousarray(X[j, i].conj().T)
            lj = poles[j].conj()
            terms = (poles[i].reshape(N, 1) * X[i, j]) @ Bj + B[i] @ (into * lj + Z[i, j] @ Bj)
            for n in range(N):
                for m in range(N):
                    W[i, j, n, m] = terms[n, m] / _one_minus(poles[i, n], lj[m])
            W[j, i] = W[i, j].conj().T
            X[i, j + 1] = W[i, j] @ _adjoint(F[j]) + X[i, j] @ _adjoint(E[j])
        for j in range(i + 1):
            X[j, i + 1] = W[j, i] @ _adjoint(F[i]) + X[j, i] @ _adjoint(E[i])
        for j in range(i + 2):
            Z[i + 1, j] = F[i] @ X[i, j] + E[i] @ Z[i, j]
            Z[j, i + 1] = Z[i + 1, j].conj().T
    return W, X, Z


@jit
def _adjoint(M):
    return np.ascontiguousarray(M.conj().T)


@jit
def _one_minus(a, b):
    """1 − a b rounded once, however near a b is to 1."""
    return dd.value(dd.sub(dd.ONE, dd.mul(dd.lift(a), dd.lift(b))))


@jit
def simulate(poles, B, C, D, real, current, u, state, y):
    """y (batch, T, H) from u (batch, T, H), tile by tile of time; `state` (batch, K, N) is advanced in place.

    In each layer one matrix product into the scan, the scan in place, one product out. `real[k]`: y = Re(C x) + D u.
    """
    K = len(poles)
    T = u.shape[1]
    for n in range(u.shape[0]):
        for start in range(0, T, _TILE):
            signal = np.ascontiguousarray(u[n, start : start + _TILE])
            for k in range(K):
                drive = signal @ np.ascontiguousarray(B[k].T)
                _scan(poles[k], drive, state[n, k], current)
                out = drive @ np.ascontiguousarray(C[k].T)
                if real[k]:
                    out = out.real.astype(out.dtype)
                signal = out + signal @ np.ascontiguousarray(D[k].T)
            y[n, start : start + _TILE] = signal


@jit
def _scan(poles, drive, x, current):
    """drive (T, N) becomes the states that the output reads: after the input (current) or before it (delayed)."""
    for t in range(drive.shape[0]):
        for n in range(len(poles)):
            advanced = poles[n] * x[n] + drive[t, n]
            drive[t, n] = advanced if current else x[n]
            x[n] = advanced
