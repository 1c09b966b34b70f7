r"""Where training starts: the poles of published initializations, and the LRU layer.

=================  ===============================================================================================
`ring`             \|λ\|² uniform on [r_min², r_max²], phase uniform [LRU: Orvieto et al., arXiv 2303.06349]
`s4d_lin`          exp(Δ a_n), a_n = −½ + iπn [Gu et al., arXiv 2206.11893]
`s4d_inv`          exp(Δ a_n), a_n = −½ + i (N/π)(N/(2n+1) − 1) [the same]
`uniform`          real, uniform on [low, high]
`equal_memory`     K poles D/(D+K): in unit-gain layers the mean delays K·λ/(1−λ) add up to D at every depth
`constant`         all equal
=================  ===============================================================================================
"""

import numpy as np

from ..system import Layer, validation


def ring(N, rng, r_min=0.0, r_max=1.0, phase=(0.0, 2 * np.pi)):
    """(N,) complex poles, uniform over the area of a sector of the ring r_min ≤ |λ| ≤ r_max < 1 (or 1: almost surely).

    Parameters
    ----------
    N : int
    rng : numpy Generator
    r_min, r_max : float
    phase : (float, float)
        Bounds of the phase in rad/sample.
    """
    N, rng = validation.integer(N, "N", 1), validation.generator(rng, "rng")
    r_min, r_max = validation.real_number(r_min, "r_min"), validation.real_number(r_max, "r_max")
    if not 0 <= r_min <= r_max <= 1:
        raise ValueError(f"r_min, r_max: expected 0 ≤ r_min ≤ r_max ≤ 1, got {r_min} and {r_max}")
    phase = validation.shaped(phase, "phase", (2,), ("two",))
    if phase.dtype.kind == "c":
        raise ValueError("phase: expected two real bounds in rad/sample, got complex ones")
    radius = np.sqrt(r_min**2 + (r_max**2 - r_min**2) * rng.random(N))
    angle = phase[0] + (phase[1] - phase[0]) * rng.random(N)
    return radius * np.exp(1j * angle)


def s4d_lin(N, step=0.01):
    """(N,) complex poles exp(Δ(−½ + iπn)), n = 0 … N−1, held for the step Δ: one number, or one for each state."""
    n = np.arange(validation.integer(N, "N", 1))
    return np.exp(_steps(step, len(n)) * (-0.5 + 1j * np.pi * n))


def s4d_inv(N, step=0.01):
    """(N,) complex poles exp(Δ(−½ + i (N/π)(N/(2n+1) − 1))), n = 0 … N−1."""
    n = np.arange(validation.integer(N, "N", 1))
    return np.exp(_steps(step, len(n)) * (-0.5 + 1j * N / np.pi * (N / (2 * n + 1) - 1)))


def uniform(N, rng, low=0.0, high=1.0):
    """(N,) real poles, uniform on [low, high), −1 < low ≤ high ≤ 1."""
    N, rng = validation.integer(N, "N", 1), validation.generator(rng, "rng")
    low, high = validation.real_number(low, "low"), validation.real_number(high, "high")
    if not -1 < low <= high <= 1:
        raise ValueError(f"low, high: expected −1 < low ≤ high ≤ 1, got {low} and {high}")
    return rng.uniform(low, high, N)


def equal_memory(K, delay):
    """(K,) equal real poles λ = D/(D+K): K layers of mean delay λ/(1−λ) = D/K each, D = `delay` samples in all."""
    K, D = validation.integer(K, "K", 1), validation.real_number(delay, "delay", positive=True)
    return np.full(K, D / (D + K))


def constant(N, value):
    """(N,) poles, all equal to `value`, one real or complex number."""
    pole = validation.numbers(value, "value")
    if pole.ndim != 0:
        raise ValueError(f"value: expected one number, got {validation.describe(value)}; pass a float or a complex")
    return np.full(validation.integer(N, "N", 1), pole)


def lru(N, H, rng, *, r_min=0.0, r_max=1.0, phase=(0.0, 2 * np.pi), B_scale=None, C_scale=None, D_scale=1.0):
    """One LRU layer as published: N complex states, H channels, y = Re(C x) + D u.

    Poles on a `ring`; B̂ and C complex normal, D real normal and diagonal; B = √(1 − |λ|²) B̂. Train it with
    ``Chart(…, poles="exp-exp", gamma=True)``.

    Parameters
    ----------
    N, H : int
    rng : numpy Generator
    r_min, r_max, phase
        Of the ring.
    B_scale, C_scale : float or None
        Standard deviation of Re and of Im; None: 1/√(2H) and 1/√N.
    D_scale : float
        Standard deviation.

    Notes
    -----
    Orvieto et al., arXiv 2303.06349, appendix A. The linear student of Zucchet & Orvieto, arXiv 2405.21064, is
    ``lru(64, 1, rng, r_min=nu0, phase=(-3.14, 3.14), B_scale=1 / 8, C_scale=1)``.
    """
    N, H = validation.integer(N, "N", 1), validation.integer(H, "H", 1)
    poles = ring(N, rng, r_min, r_max, phase)
    B_scale = 1 / np.sqrt(2 * H) if B_scale is None else validation.real_number(B_scale, "B_scale")
    C_scale = 1 / np.sqrt(N) if C_scale is None else validation.real_number(C_scale, "C_scale")
    D_scale = validation.real_number(D_scale, "D_scale")
    B = B_scale * _complex_normal(rng, (N, H))
    C = C_scale * _complex_normal(rng, (H, N))
    D = np.diag(D_scale * rng.standard_normal(H))
    return Layer(poles, np.sqrt(1 - np.abs(poles) ** 2)[:, None] * B, C, D, real=True)


def _complex_normal(rng, shape):
    return rng.standard_normal(shape) + 1j * rng.standard_normal(shape)


def _steps(step, N):
    steps = validation.numbers(step, "step")
    if steps.shape not in ((), (N,)) or steps.dtype.kind == "c" or (steps <= 0).any():
        raise ValueError(f"step: expected one positive number or {N} of them, got {validation.describe(step)}")
    return steps
