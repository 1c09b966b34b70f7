"""Quadrature nodes on the unit circle, dense enough for every pole of the integrand.

Two rules, both spectrally accurate for rational integrands. Equally spaced nodes err as the autocovariance at lag M of
what is integrated, about max|λ|^M. Gauss–Legendre panels that shrink towards the poles need a number of nodes that
grows only as log 1/(1−|λ|), at every angle where poles lie.
"""

from dataclasses import dataclass

import numpy as np

from ..numeric.circle import from_circle

_CHUNK = 2**19  # numbers 1 − λw held at one time
_UNIFORM = 4096  # up to so many nodes, equal spacing is fast and 1 − λw keeps its digits
_ORDER = 20


@dataclass(frozen=True, eq=False)
class Nodes:
    """Points w = e^{−iω}: ω and w (n,), gaps 1 − λw (n, P) for P poles, weights dω/2π (n,).

    `count`: ω = 2π(m + ½)/count with integers m; 0 where they are not equally spaced. To more digits than w has,
    w = u (1 − τ): u the sum of two numbers, `turn` = τ (n,) small near the peaks.
    """

    count: int
    omega: np.ndarray
    w: np.ndarray
    gaps: np.ndarray
    weights: np.ndarray
    unit: tuple[complex, complex]
    turn: np.ndarray


def around(layers, reach, half):
    """Nodes for an integrand with the poles of these layers, (N_k,) each, and oscillations up to e^{iω·reach}.

    In chunks; 1 − λw of all poles, layer by layer. `half`: on 0 < ω < π only, with the weights doubled, for integrands
    that are conjugate at −ω and of which the real part is wanted; the poles are then real or in conjugate pairs.
    """
    poles = np.concatenate(layers).astype(complex) + 0  # no −0 as imaginary part: a negative pole has the angle +π
    count = _uniform_count(layers, reach)
    size = max(_CHUNK // len(poles), 64)
    equal = count <= max(_UNIFORM, 16 * reach, _graded_count(poles))
    for omega, weights, gaps, unit, turn in _uniform(poles, count, half) if equal else _graded(poles, reach, half):
        for start in range(0, len(omega), size):
            at = slice(start, start + size)
            yield Nodes(count if equal else 0, omega[at], np.exp(-1j * omega[at]), gaps(at), (1 + half) * weights[at],
                        unit, turn[at])


def _uniform_count(layers, reach):
    """M with a negligible autocovariance at lag M: M log(1/max|λ|) ≥ 40 + 3·(layers, counted by their memories).

    n layers with equal poles give M^{n−1} |λ|^M, for which each of them adds less than 3.
    """
    rates = np.array([-np.log(max(np.abs(poles).max(), 1e-300)) for poles in layers])
    needed = (40 + 3 * np.sum(rates.min() / rates)) / rates.min()
    return 2 * int(min(needed, 2**40) / 2 + len(layers) + reach + 2)


def _graded_count(poles):
    """About as many nodes as `_graded` takes, while 1 − λw keeps its digits at equally spaced ones."""
    gaps = 1 - np.abs(poles)
    return 2 * _ORDER * np.sum(np.maximum(np.log2(2 * np.pi / (len(poles) * gaps)), 0) + 1) * (gaps.min() > 1e-4)


def _uniform(poles, count, half):
    omega = (np.arange(count // 2 if half else count) + 0.5) * (2 * np.pi / count)
    yield omega, np.full(len(omega), 1 / count), lambda at: _gaps(poles, omega[at]), (1.0 + 0j, 0j), _turn(omega)


def _turn(t):
    """1 − e^{−it}."""
    return 2 * np.sin(t / 2) ** 2 + 1j * np.sin(t)


def _gaps(poles, omega):
    """1 − λw as in `kernels.frequency`: nothing cancels near λ = 1, ω = 0, nor near λ = −1, ω = π."""
    sine, s = np.sin(omega)[:, None], 2 * np.sin(omega / 2)[:, None] ** 2
    cosine, re, im = 1 - s, poles.real, poles.imag
    across = np.where(re < 0, (1 + re) - re * (2 - s), (1 - re) + re * s)
    return (across - im * sine) - 1j * (im * cosine - re * sine)


def _graded(poles, reach, half):
    """Arc by arc around the angles of the poles: 1 − λw = (1 − λū) + λū (1 − e^{−it}) at ω = arg u + t.

    Offsets t keep their digits where ω would lose them, and so does 1 − λū.
    """
    for center, left, right in _arcs(poles, half):
        exact = np.clongdouble(center)
        unit = exact.real / np.abs(exact) + 1j * (exact.imag / np.abs(exact))  # ±1 to the last digit for real poles
        rotated = poles * unit.conj()
        t, weights = _panels(rotated, left, right, reach)
        rotated, distance = rotated.astype(complex), from_circle(poles, complex(center), unit)
        turn, high = _turn(t), complex(unit.conj())
        yield (float(np.angle(center)) + t, weights,
               lambda at, d=distance, r=rotated, turn=turn: d + r * turn[at, None],
               (high, complex(unit.conj() - high)), turn)  # fmt: skip


def _arcs(poles, half):
    """Poles to look from, and how far to the left and right; poles that lie close together share one arc.

    Two arcs meet at an angle that is rounded. That must happen far from the peaks at the poles, whose widths are
    1 − |λ|; hence poles nearer to each other than many such widths are seen from the one nearest to the circle.
    """
    present = poles[poles != 0]
    if half:
        present = present.real + 1j * np.abs(present.imag)
    present = present[np.argsort(np.angle(present), kind="stable")]
    angles, widths = np.angle(present), 1 - np.abs(present)
    apart = np.diff(angles) > 256 * np.minimum(widths[1:], widths[:-1])
    groups = np.split(np.arange(len(present)), np.flatnonzero(apart) + 1)
    centers = present[[group[np.argmin(widths[group])] for group in groups]]
    seams = (angles[1:][apart] + angles[:-1][apart]) / 2
    low, high = (0.0, np.pi) if half else ((angles[0] + angles[-1]) / 2 - np.pi, (angles[0] + angles[-1]) / 2 + np.pi)
    ends = np.concatenate([[low], seams, [high]])
    return [(center, np.angle(center) - start, end - np.angle(center))
            for center, start, end in zip(centers, ends, ends[1:], strict=False)]


def _panels(rotated, left, right, reach):
    """Offsets t in [−left, right] and weights/2π: Gauss–Legendre on panels that shrink towards the poles.

    A panel is no longer than half its distance to the nearest singularity of the integrand, angle ± i log(1/|λ|), and
    than 8/reach, the oscillation of e^{iω·reach}.
    """
    singular = rotated[rotated != 0]
    angles, depths = np.angle(singular).astype(float), -np.log(np.abs(singular)).astype(float)
    panels, done = np.array([[-left, 0.0], [0.0, right]]), []
    while len(panels):
        center, half = panels.mean(axis=1)[:, None], (panels[:, 1] - panels[:, 0])[:, None] / 2
        away = np.abs((center - angles + np.pi) % (2 * np.pi) - np.pi)
        near = np.hypot(np.maximum(away - half, 0), depths).min(axis=1)
        half = half[:, 0]
        good = (half * max(reach, 1) <= 4) & (4 * half <= near) | (half < 1e-17)
        done.append(panels[good])
        split, middle = panels[~good], center[~good, 0]
        panels = np.concatenate([np.stack([split[:, 0], middle], 1), np.stack([middle, split[:, 1]], 1)])
    panels = np.concatenate(done)
    x, weights = np.polynomial.legendre.leggauss(_ORDER)
    half = (panels[:, 1] - panels[:, 0])[:, None] / 2
    return (panels.mean(axis=1)[:, None] + half * x).ravel(), (half * weights).ravel() / (2 * np.pi)
