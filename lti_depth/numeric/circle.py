"""Covariances as integrals over the unit circle, for stacks in which the recursion cancels.

Every state and every output is H_s(e^{iω}) applied to the input, so that

    E s[t+Δ] r[t]* = (1/2π) ∫ H_s S_u H_r* e^{iωΔ} dω,

with terms of one sign where s = r, Δ = 0. The recursion instead adds errors that later layers amplify by their largest
gain: it loses log₁₀(largest gain²/variance) digits, more than thirty when complex poles lie at many angles.

At large Δ the terms cancel down to the decayed covariance. There the contour is a smaller circle around all poles,
z = r e^{iω}, on which e^{iωΔ} becomes r^Δ e^{iωΔ} and H_r* the conjugate of H_r at 1/z̄ = r⁻¹ e^{iω}.
"""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from ..system.limits import require_affordable

_ORDER = 20
_CHUNK = 4096
_DEEPEST = 25.0
"""−log of the smallest circle, whose r keeps five digits in 1 − r."""


@dataclass(frozen=True, eq=False)
class Arc:
    """The part of the circle around the angle of a pole, e^{iω} = unit·e^{it} with t in [−left, right].

    Offsets from the angle keep their digits where ω would lose them: 1 − λ w = (1 − λ ū) + λ ū (1 − e^{−it}), and
    1 − λ ū is formed so that nothing cancels (`from_circle`).
    """

    unit: complex
    left: float
    right: float
    angles: np.ndarray  # of all poles, from this one
    rotated: np.ndarray  # λ ū
    distance: np.ndarray  # 1 − λ ū


def arcs(poles):
    """One arc for each angle at which poles (of any shape) lie, parted halfway between neighbors."""
    present = poles[poles != 0].astype(np.clongdouble)
    exact = np.angle(present)
    angles, first = np.unique(exact.astype(float), return_index=True)
    require_affordable(len(poles), "integrals over the circle", 2, seconds=5e-5 * len(angles) * poles.size,
                       instead="take fewer layers, or poles at fewer angles")
    present, length = present[first], np.abs(present[first])
    units = present.real / length + 1j * (present.imag / length)  # ±1 to the last digit for real poles
    units = units if len(angles) else np.ones(1, np.clongdouble)
    exact = exact[first] if len(angles) else np.zeros(1, np.longdouble)
    right = (np.append(exact[1:], exact[0] + 2 * np.angle(np.clongdouble(-1))) - exact) / 2  # neighbors meet
    for n, unit in enumerate(units):
        rotated = poles * unit.conj()
        distance = from_circle(poles, complex(present[n]), unit) if len(present) else np.ones(poles.shape, complex)
        yield Arc(complex(unit), float(right[n - 1]), float(right[n]), np.angle(rotated).astype(float),
                  rotated.astype(complex), distance)


def expected_nodes(poles):
    """About how many nodes there are all round the circle.

    A panel at the angle θ is at most 24/Σ_k 1/distance_k(θ) long, halved until it is: about 16/Σ. By each pole,
    ∫ dθ/distance = 2 asinh(π/−log|λ|).
    """
    present = poles[poles != 0]
    depths = -np.log(np.minimum(np.abs(present), 1 - 2.0**-53))
    return _ORDER * (2 * len(np.unique(np.angle(present))) + 2 + 2 * np.arcsinh(np.pi / depths).sum() / 16)


def from_circle(poles, center, unit):
    """1 − λ ū for ū = c̄/|c|, as (1 − |c|) − (λ − c) ū: what cancels next to c on the circle is taken exactly."""
    return (gap(center) - (poles - center) * unit.conj()).astype(complex)


def gap(pole):
    """1 − |λ| = (1 − |λ|²)/(1 + |λ|), the numerator exactly."""
    return float(1 - Fraction(pole.real) ** 2 - Fraction(pole.imag) ** 2) / (1 + abs(pole))


def nodes(arc, reach, inset):
    """Offsets t and weights/2π on the circle |z| = 1 − inset: Gauss–Legendre on panels that shrink towards the poles.

    A panel is no longer than half its distance to the nearest singularity of the integrand, angle ± i log(|z|/|λ|), and
    than 8/reach, the oscillation of e^{iω·reach}. Many singularities together let |H|² change on it by e^{±24} at most,
    which twenty nodes integrate to 1e−15.
    """
    singular = arc.rotated != 0
    angles, depths = arc.angles[singular], np.log1p(-inset) - np.log(np.abs(arc.rotated[singular]))
    panels, done = np.array([[-arc.left, 0.0], [0.0, arc.right]]), []
    while len(panels):
        center, half = panels.mean(axis=1), (panels[:, 1] - panels[:, 0]) / 2
        good, change = half * max(reach, 1) <= 4, np.zeros(len(half))
        for angle, depth in zip(angles, depths, strict=True):
            away = np.abs((center - angle + np.pi) % (2 * np.pi) - np.pi)
            distance = np.hypot(np.maximum(away - half, 0), depth)
            good &= 4 * half <= distance
            change += half / distance
        good &= change <= 12
        good |= half < 1e-17
        done.append(panels[good])
        split, middle = panels[~good], center[~good]
        panels = np.concatenate([np.stack([split[:, 0], middle], 1), np.stack([middle, split[:, 1]], 1)])
    panels = np.concatenate(done)
    x, weights = np.polynomial.legendre.leggauss(_ORDER)
    half = (panels[:, 1] - panels[:, 0])[:, None] / 2
    return (panels.mean(axis=1)[:, None] + half * x).ravel(), (half * weights).ravel() / (2 * np.pi)


def _responses(model, arc, t, inset=0.0):
    """From the input to all states ξ (n, K·N, H) and to the output (n, H, H), at z = (1 − inset)·unit·e^{it}.

    1/(z − λ) = v/(|z| − λ v) with v = e^{−it} ū, and |z| − λ v = (1 − λ ū) − inset + λ ū (1 − e^{−it}).
    """
    poles, B, F, E = model.sections
    turn = (2 * np.sin(t / 2) ** 2 + 1j * np.sin(t))[:, None]  # 1 − e^{−it}
    v = np.conj(arc.unit) * np.exp(-1j * t)[:, None]
    P = np.broadcast_to(np.eye(B.shape[2]), (len(t), *E.shape[1:])).astype(complex)
    states = []
    for k in range(len(poles)):
        states.append((B[k] @ P) * (v / (arc.distance[k] - inset + arc.rotated[k] * turn))[:, :, None])
        P = F[k] @ states[-1] + E[k] @ P
    return np.concatenate(states, axis=1), P


def spectrum(source, omega, first=0, inset=0.0):
    """Σ_m R(m) r^{first−m} e^{−iωm} over −L < m < L, r = 1 − inset, of a source with R(0), …, R(L−1)."""
    m = np.arange(1 - len(source), len(source))
    R = np.concatenate([source[:0:-1].conj(), source]) * (1 - inset) ** (first - m)
    return np.exp(-1j * np.outer(omega, m)) @ R


def _samples(model, reach, inset=0.0):
    """All round the circle |z| = 1 − inset, in chunks: an arc, offsets t on it, and weights/2π."""
    for arc in arcs(model.poles):
        offsets, weights = nodes(arc, reach, inset)
        for start in range(0, len(offsets), _CHUNK):
            yield arc, offsets[start : start + _CHUNK], weights[start : start + _CHUNK]


def state_covariance(model, source):
    """E ξ ξ*, (K·N, K·N) in the scaled units of the realization."""
    total = 0.0
    for arc, t, weights in _samples(model, len(source)):
        states, _ = _responses(model, arc, t)
        density = weights * spectrum(source, np.angle(arc.unit) + t)
        flat = states.transpose(1, 0, 2).reshape(states.shape[1], -1)
        total = total + (flat * np.repeat(density, states.shape[2])) @ flat.conj().T
    return total


def autocovariance(model, lags, source):
    """E y[t+Δ] y[t]* at sorted lags Δ ≥ 0, (n, H, H) in the scaled units of the realization.

    One circle for lags whose distances beyond those of the source, Δ − L + 1, lie near each other.
    """
    beyond = np.maximum(lags - len(source) + 1, 0)
    octave = octaves(beyond, len(model.poles))
    parts = [np.zeros((0, *model.D.shape[1:]), dtype=complex)]
    for n in np.unique(octave):
        near = octave == n
        parts.append(_on_circle(model, lags[near], source, inset_at(model.poles, int(beyond[near][0]))))
    return np.concatenate(parts)


def inset_at(poles, lag):
    """1 − r for the r between the slowest pole and 1 on which r^Δ |H(r e^{iω})| |H(r⁻¹ e^{iω})| is smallest.

    Its largest value over ω counts; the logarithm of that is convex in log r (Hadamard's three circles), and it is
    taken at the angles of the poles, where H peaks. For one pole r^Δ exceeds |λ|^Δ by a factor e at most; where K
    layers peak together r stays K times as far from them.
    """
    present = poles[poles != 0]
    if len(present) == 0 or lag == 0:
        return 0.0
    depths = np.full(poles.shape, np.inf)
    depths[poles != 0] = [_depth(complex(pole)) for pole in present]
    turns = np.sin((np.angle(poles) - np.unique(np.angle(present))[:, None, None]) / 2) ** 2
    depth = min(depths.min(), _DEEPEST)

    def size(f):  # |1 − e^{−x+iφ}|² = (1 − e^{−x})² + 4 e^{−x} sin²(φ/2)
        log = -lag * f * depth
        for x in (depths - f * depth, depths + f * depth):
            gaps = np.sqrt(np.expm1(-x) ** 2 + 4 * np.exp(-x) * turns)
            log = log + np.log((1 / gaps).sum(axis=2)).sum(axis=1)
        return log.max()

    low, high, golden = 0.0, 1.0, (np.sqrt(5) - 1) / 2
    for _ in range(40):
        one, other = high - golden * (high - low), low + golden * (high - low)
        low, high = (low, other) if size(one) < size(other) else (one, high)
    return -np.expm1(-low * depth)


def _depth(pole):
    """−log |λ|, next to the circle from the exact 1 − |λ|."""
    return -np.log(abs(pole)) if abs(pole) < 0.5 else -np.log1p(-gap(pole))


def octaves(lags, layers):
    """Which lags may share a circle: their ratio is below 2, of K layers below 2^(2/√K), as (e Δ/K)^K has it."""
    return np.where(lags > 0, np.ceil(np.sqrt(layers) / 2) * np.log2(np.maximum(lags, 1)) + 1, 0).astype(int)


def _on_circle(model, lags, source, inset):
    total = 0.0
    for arc, t, weights in _samples(model, lags[-1] + len(source), inset):
        omega = np.angle(arc.unit) + t
        _, inner = _responses(model, arc, t, inset)
        _, outer = _responses(model, arc, t, -inset / (1 - inset))
        density = weights * spectrum(source, omega, lags[0], inset)
        S = density[:, None, None] * (inner @ outer.conj().swapaxes(1, 2))
        total = total + np.tensordot(np.exp(1j * np.outer(lags, omega)), S, axes=1)
    return total * ((1 - inset) ** (lags - lags[0]))[:, None, None]
