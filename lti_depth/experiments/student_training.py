"""Training of the students of `students`: Adam, gradient descent, natural gradient, one run a row."""

from dataclasses import dataclass

import numpy as np

from .students import Companion, stable


@dataclass(frozen=True, eq=False)
class Runs:
    """The ends of many runs: points, relative errors |H_S − H_T|²/|H_T|², the steps to a level (inf: never)."""

    points: np.ndarray
    error: np.ndarray
    steps: np.ndarray
    diverged: np.ndarray


def adam(rates, steps, memory=0.999):
    """Adam (.9, memory) with a cosine to a thousandth of the rate."""

    def rule(step, g, state):
        m = 0.9 * state.get("m", 0.0) + 0.1 * g
        v = memory * state.get("v", 0.0) + (1 - memory) * g**2
        state.update(m=m, v=v)
        rate = rates * (0.001 + 0.999 * (1 + np.cos(np.pi * step / steps)) / 2)
        return rate[:, None] * (m / (1 - 0.9 ** (step + 1))) / (np.sqrt(v / (1 - memory ** (step + 1))) + 1e-12)

    return rule


def clipped(rule, bound=1.0):
    """A rule for gradients whose norm is cut to the bound."""

    def cut(step, g, state):
        norm = np.linalg.norm(g, axis=1, keepdims=True)
        return rule(step, g * (bound / np.maximum(norm, bound)), state)

    return cut


def descent(rates):
    """Gradient descent."""
    return lambda step, g, state: rates[:, None] * g


def train(student, x, gamma, target, nodes, rule, steps, level):
    """Runs from the points x (R, P) to the responses `target` (R, M); a run that leaves the stable students ends."""
    z, w = nodes
    x, alive, state = x.copy(), np.ones(len(x), dtype=bool), {}
    energy = np.abs(target) ** 2 @ w
    error, reached = np.full(len(x), np.inf), np.full(len(x), np.inf)
    with np.errstate(all="ignore"):
        for step in range(steps + 1):
            H, g = student.gradient(x, gamma, z, lambda H: w * (H - target).conj())
            now = np.abs(H - target) ** 2 @ w / energy
            alive &= np.isfinite(now) & np.isfinite(g).all(axis=1)
            if isinstance(student, Companion):
                alive &= stable(x[:, : x.shape[1] // 2])
            error = np.where(alive, now, np.inf)
            reached = np.where(np.isinf(reached) & (error <= level), step, reached)
            if step < steps:
                x = np.where(alive[:, None], x - rule(step, np.where(alive[:, None], g, 0.0), state), x)
    return Runs(x, error, reached, ~alive)


def natural(student, x, gamma, target, nodes, steps, level, damping=1e-2):
    """Damped Gauss–Newton steps (Levenberg–Marquardt): the damping grows tenfold when a step fails, falls threefold."""
    z, w = nodes
    root = np.sqrt(w)
    energy = np.abs(target) ** 2 @ w
    x, mu = x.copy(), np.full(len(x), damping)
    reached = np.full(len(x), np.inf)
    error = np.full(len(x), np.inf)
    with np.errstate(all="ignore"):
        for step in range(steps + 1):
            H, J = student(x, gamma, z)
            e = H - target
            error = np.abs(e) ** 2 @ w / energy
            reached = np.where(np.isinf(reached) & (error <= level), step, reached)
            if step == steps:
                break
            move = _solved(J * root, e * root, mu)
            trial = x - move
            after = np.abs(student(trial, gamma, z)[0] - target) ** 2 @ w / energy
            better = after < error
            if isinstance(student, Companion):
                better &= stable(trial[:, : x.shape[1] // 2])
            x = np.where(better[:, None], trial, x)
            mu = np.clip(np.where(better, mu / 3, mu * 10), 1e-16, 1e8)
    return Runs(x, error, reached, np.zeros(len(x), dtype=bool))


def _solved(J, e, mu):
    """(JᵀJ + μ diag JᵀJ)⁻¹ Jᵀe by QR of the stacked columns of length 1."""
    A = np.moveaxis(np.concatenate([J.real, J.imag], axis=2), 1, 2)
    y = np.concatenate([e.real, e.imag], axis=1)
    scale = np.maximum(np.linalg.norm(A, axis=1), 1e-300)
    A = A / scale[:, None]
    p = A.shape[2]
    damped = np.concatenate([A, np.sqrt(mu)[:, None, None] * np.eye(p)], axis=1)
    Q, R = np.linalg.qr(damped)
    right = np.einsum("rij,ri->rj", Q[:, : A.shape[1]], y)
    return np.linalg.solve(R, right[..., None])[..., 0] / scale
