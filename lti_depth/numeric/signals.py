"""Every signal of a stack at nodes all round the unit circle: to each layer, through each state, and on to the output.

Square roots of Gramians and of Gauss–Newton matrices come from here: a matrix F whose rows are frequencies has
F*F = (1/2π)∫ f* f S dω, and the triangular factor of F keeps twice the digits that F*F keeps.
"""

from dataclasses import dataclass

import numpy as np

from . import circle

_CHUNK = 4096


@dataclass(frozen=True, eq=False)
class Signals:
    """At n nodes w = e^{−iω} of the circle, in the scaled units of a realization.

    w (n,); pole (n, K, N): 1/(1 − λ w); before (n, K, H, H): from the input of the stack to that of layer k; after
    (n, K, H, H): from the output of layer k to that of the stack; density (n,): S dω/2π of the source.
    """

    w: np.ndarray
    pole: np.ndarray
    before: np.ndarray
    after: np.ndarray
    density: np.ndarray


def signals(model, source, chunk=_CHUNK):
    """All round the circle, at most `chunk` nodes at a time."""
    for arc in circle.arcs(model.poles):
        offsets, weights = circle.nodes(arc, len(source), 0.0)
        for start in range(0, len(offsets), chunk):
            t, weight = offsets[start : start + chunk], weights[start : start + chunk]
            density = weight * _spectrum(source, np.angle(arc.unit) + t)
            yield Signals(*_transfers(model, arc, t), density)


def _spectrum(source, omega):
    """Σ_Δ R(Δ) e^{−iωΔ} ≥ 0 of a source with R(0), …, R(L−1); what rounding leaves below 0 is 0."""
    if len(source) == 1:
        return np.full(len(omega), source[0].real)
    lags = np.arange(1, len(source))
    return (source[0].real + 2 * (np.exp(-1j * np.outer(omega, lags)) @ source[1:]).real).clip(min=0)


def _transfers(model, arc, t):
    """w, 1/(1 − λ w), and the products of layers before and after each one: p' = (F w (1 − Λ w)⁻¹ B + E) p."""
    poles, B, F, E = model.sections
    K, H = len(poles), B.shape[2]
    w = np.conj(arc.unit) * np.exp(-1j * t)
    turn = 2 * np.sin(t / 2) ** 2 + 1j * np.sin(t)  # 1 − e^{−it}
    pole = 1 / (arc.distance + arc.rotated * turn[:, None, None])
    layers = (F * (w[:, None, None] * pole)[:, :, None, :]) @ B + E
    before, after = np.empty((2, len(t), K, H, H), dtype=complex)
    before[:, 0] = after[:, -1] = np.eye(H)
    for k in range(1, K):
        before[:, k] = layers[:, k - 1] @ before[:, k - 1]
        after[:, -1 - k] = after[:, -k] @ layers[:, -k]
    return w, pole, before, after


def triangular(factor, rows):
    """The triangular R with R*R = F*F of `factor` (triangular so far, or None) above further `rows`."""
    stacked = rows if factor is None else np.concatenate([factor, rows])
    return np.linalg.qr(stacked, mode="r")
