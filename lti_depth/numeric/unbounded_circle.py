"""Covariances and sensitivities as integrals over the circle (`circle`), without bounds on their range."""

import numpy as np

from ..system.fields import Fields
from . import circle
from .extended import Extended, extended, joined, leveled, product, total
from .unbounded import backwards, signals, system, tops_of

_ENTRIES = 2**20  # gaps held at once


def _nodes(of, reach, inset=0.0):
    """All round the circle |z| = 1 − inset: an arc, the offsets t on it, weights/2π."""
    for arc in circle.arcs(of.poles):
        offsets, weights = circle.nodes(arc, reach, inset)
        step = max(1, _ENTRIES // of.poles.size)
        for start in range(0, len(offsets), step):
            yield arc, offsets[start : start + step], weights[start : start + step]


def _passes(of, arc, t, inset=0.0):
    """Tops and gaps at z = (1 − inset)·unit·e^{it}: with v = e^{−it} ū, 1/(z − λ) = v/(|z| − λ v)."""
    turn = (2 * np.sin(t / 2) ** 2 + 1j * np.sin(t))[:, None, None]  # 1 − e^{−it}
    v = np.conj(arc.unit) * np.exp(-1j * t)
    return tops_of(of, 1 - inset, v), arc.distance - inset + arc.rotated * turn


def _density(source, arc, t, weights):
    """S dω/2π; what rounding leaves below 0 is 0."""
    return weights * circle.spectrum(source, np.angle(arc.unit) + t).real.clip(min=0)


def state_covariance(of, kept, source):
    """Each state (n, H) leveled to its largest value, which leaves a sum of doubles."""
    parts = []
    for arc, t, weights in _nodes(of, len(source)):
        density = _density(source, arc, t, weights)
        for part, states, _ in signals(of, *_passes(of, arc, t)):
            rows = _as_rows(states, kept)
            top = rows.exponent.max(axis=1, keepdims=True)
            top = np.where(np.isfinite(top), top, 0.0)
            flat = leveled(rows, top)
            weighted = flat * np.repeat(density[part], of.B.shape[2])
            parts.append(extended(weighted @ flat.conj().T, top + top.T)[None])
    return total(joined(*parts), 0)


def _as_rows(states, kept):
    """(n, K, N, H) as (S, n·H)."""
    def flat(array):
        return array.reshape(len(array), -1, array.shape[-1])[:, kept].transpose(1, 0, 2).reshape(len(kept), -1)
    return Extended(flat(states.mantissa), flat(states.exponent))


def autocovariance(of, lags, source):
    """At sorted lags Δ ≥ 0, on the circles of `circle.autocovariance`."""
    beyond = np.maximum(lags - len(source) + 1, 0)
    octave = circle.octaves(beyond, len(of.poles))
    return joined(*(_on_circle(of, lags[octave == n], source, circle.inset_at(of.poles, int(beyond[octave == n][0])))
                    for n in np.unique(octave)))


def _on_circle(of, lags, source, inset):
    """∫ H(z) S_u H(1/z̄)* z^Δ dω/2π."""
    parts = []
    for arc, t, weights in _nodes(of, lags[-1] + len(source), inset):
        omega = np.angle(arc.unit) + t
        density = weights * circle.spectrum(source, omega, len(source) - 1, inset)
        other = -inset / (1 - inset)
        pairs = zip(signals(of, *_passes(of, arc, t, inset)), signals(of, *_passes(of, arc, t, other)), strict=True)
        for (part, _, inner), (_, _, outer) in pairs:
            rows, columns = inner[:, -1], outer[:, -1].adjoint
            S = total(product(rows[:, :, :, None], columns[:, None]), 2)
            top = S.exponent.max(axis=0)
            top = np.where(np.isfinite(top), top, 0.0)
            wave = np.exp(1j * np.outer(lags, omega[part])) * density[part]
            parts.append(extended(np.tensordot(wave, leveled(S, top), axes=1), top)[None])
    return product(total(joined(*parts), 0), _power(np.log1p(-inset), lags - len(source) + 1))


def _power(log_base, exponents):
    """base^exponents (n, 1, 1) of any size."""
    log = exponents[:, None, None] * (log_base / np.log(2))
    return extended(np.exp2(log - np.floor(log)), np.floor(log))


def sensitivity(stack, part):
    r"""∫ |∂H/∂θ|² S_u dω/2π, summed over channels, for every parameter, (P,), and a part of a process.

    With P_k the system before a layer, G_k the one after it, x = φ B P and a = φ Cᵀ Gᵀ, the squares of the derivatives
    (`derivatives`) are

        λ_n: |a_n|² |x_n|²,   B_nj: |a_n|² |P_j|²,   C_in: |G_i|² |x_n|²,   D_ij: |G_i|² |P_j|².
    """
    of, parts = system(stack, part.shape), []
    back = backwards(of)
    for arc, t, weights in _nodes(of, len(part.source)):
        density = extended(_density(part.source, arc, t, weights))
        tops, gaps = _passes(of, arc, t)
        ahead, behind = signals(of, tops, gaps), signals(back, tops[:, ::-1].copy(), gaps[:, ::-1].copy())
        for (chunk, x, P), (_, a, G) in zip(ahead, behind, strict=True):
            squares = (total(values.power, -1) for values in (x, a[:, ::-1], P[:, :-1], G[:, -2::-1]))
            parts.append(_squares(stack, of.front, density[chunk], *squares)[None])
    return total(joined(*parts), 0)


def _squares(stack, front, density, x, a, P, G):
    fields = Fields([], [], [], [])
    for k, layer in enumerate(stack, front):
        N, (taken, given) = layer.width, layer.channels
        own = product(x[:, k, :N], density[:, None])
        into = product(P[:, k, :taken], density[:, None])
        after = product(G[:, k, :given], extended(0.25 if layer.real else 1.0))
        fields.poles.append(total(product(a[:, k, :N], own), 0))
        for found, rows, columns in ((fields.B, a[:, k, :N], into), (fields.C, after, own),
                                     (fields.D, G[:, k, :given], into)):
            matrix = total(product(rows[:, :, None], columns[:, None]), 0)
            found.append(Extended(matrix.mantissa.ravel(), matrix.exponent.ravel()))
    return joined(*(entry for field in fields for entry in field))
