"""Layers with several states and channels, padded to one size: simulation.

poles (K, N), B (K, N, H), C (K, H, N), D (K, H, H); silent states have B = C = 0.
"""

import numpy as np

from .jit import jit

_TILE = 512


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
