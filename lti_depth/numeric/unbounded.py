"""Responses without bounds on their range, in the numbers of `kernels.unbounded`."""

from dataclasses import dataclass, replace

import numpy as np

from ..kernels import unbounded
from ..kernels.extended import ZERO
from .extended import extended, from_kernel, joined, product, total
from .reach import require_reachable
from .realization import padded

_ENTRIES = 2**20  # signals held at once


@dataclass(frozen=True, eq=False)
class System:
    """The padded layers of a realization with their own gains, `front` of them the process's (`realization`)."""

    poles: np.ndarray
    B: np.ndarray
    C: np.ndarray
    D: np.ndarray
    current: np.ndarray
    front: int

    @property
    def sections(self):
        """(Λ, B, F, E) of the kernels."""
        return unbounded.sections(self.poles, self.B, self.C, self.D, self.current)

    @property
    def magnitude(self):
        """The moduli of all numbers; a pole stays inside the circle."""
        poles = np.minimum(np.abs(self.poles), 1 - 2.0**-53)
        return replace(self, poles=poles + 0j, B=np.abs(self.B) + 0j, C=np.abs(self.C) + 0j, D=np.abs(self.D) + 0j)

    @property
    def nonnegative(self):
        """Nothing can cancel."""
        return all((a.imag == 0).all() and (a.real >= 0).all() for a in (self.poles, self.B, self.C, self.D))


def system(stack, shape=None):
    """Of `shape`, one copy an input channel, followed by `stack`."""
    return System(*padded(stack, shape))


def signals(of, tops, gaps):
    """In chunks of frequencies: a slice of them, the states (n, K, N, H) and the signals (n, K+1, H, H).

    From tops over gaps (n, K, N), as in `kernels.unbounded.responses`.
    """
    K, N, H = of.B.shape
    step = max(1, _ENTRIES // (K * (N + H) * H))
    for start in range(0, len(gaps), step):
        part = slice(start, start + step)
        states, outputs = unbounded.responses(tops[part], gaps[part], of.B, of.C, of.D)
        yield part, from_kernel(states), from_kernel(outputs)


def backwards(of):
    """The transposed layers in reverse order: from the outputs back to the inputs."""
    B, C, D = (matrix[::-1].swapaxes(1, 2).copy() for matrix in (of.C, of.B, of.D))
    return replace(of, poles=of.poles[::-1].copy(), B=B, C=C, D=D, current=of.current[::-1].copy())


def on_unit_circle(of, omega):
    """Tops and gaps at e^{iω}."""
    unit = unit_of(of.poles)
    w, gaps = unbounded.gaps(of.poles * unit, omega)  # beside so large a pole, 1 is nothing
    return tops_of(of, 1.0, w) * unit, gaps


def unit_of(sizes):
    """What tops and gaps are multiplied by, lest a sum of numbers as large leave the range of doubles."""
    return np.where(np.maximum(np.abs(sizes.real), np.abs(sizes.imag)) > 2.0**1000, 2.0**-4, 1.0)


def tops_of(of, current, delayed):
    """(n, K, N): of the layers of either timing, a number and numbers (n,)."""
    one = np.ones((len(of.poles), of.poles.shape[1]))
    return np.where(of.current[:, None], current * one, np.multiply.outer(delayed, one))


def at_points(of, z):
    """Tops and gaps at z (n,); z/(z − 0) = 1 also at z = 0."""
    unit = np.minimum(unit_of(z)[:, None, None], unit_of(of.poles))
    gaps = z[:, None, None] * unit - of.poles * unit
    at_once = of.current[:, None] & (of.poles == 0)
    tops = np.where(of.current[:, None], z[:, None, None], 1.0) * unit
    return np.where(at_once, 1.0, tops), np.where(at_once, 1.0, gaps)


def response(of, tops, gaps):
    """H (n, H_out, H_in), and where it has a pole there (n, H_out, H_in)."""
    met = gaps == 0
    parts = [outputs[:, -1] for _, _, outputs in signals(of, tops, np.where(met, 1.0, gaps))]
    H = joined(*parts) if parts else extended(np.zeros((0, *of.D.shape[1:]), complex))
    lost = np.zeros(H.shape, bool)
    for n in np.flatnonzero(met.any(axis=(1, 2))):
        lost[n] = _reached(of, met[n])
    return H, lost


def _reached(of, met):
    """Which entries of H a path through one of the states `met` (K, N) leads to."""
    B, C, D = of.B != 0, of.C != 0, of.D != 0
    some, lost = np.eye(B.shape[2], dtype=bool), np.zeros(D.shape[1:], bool)
    for k in range(len(B)):
        through = D[k] | (C[k] @ B[k])
        lost = through @ lost | ((C[k] & met[k]) @ B[k]) @ some
        some = through @ some
    return lost


def answer(of, times, rest, what):
    """The answers at sorted times ≥ 0, from rest, to 1, `rest`, `rest`, … on each input channel: (n, H, H)."""
    K, N, H = of.B.shape
    require_reachable(times.max(initial=0), what, seconds=seconds_a_sample(of))
    return from_kernel(unbounded.run(*of.sections, np.full((K, N, H, 5), ZERO), 1.0, rest, times, 0))


def seconds_a_sample(of):
    """What one step in time of H signals takes, roughly."""
    K, N, H = of.B.shape
    return K * H * (2e-7 + 2.5e-8 * H * (2 * N + H))


def power(stack, omega, part):
    """H F (n, H_out, H_out) times its adjoint, F the shaping filter of a part of a process."""
    of = system(stack, part.shape)
    H, _ = response(of, *on_unit_circle(of, omega))
    return total(product(H[:, :, None], H.conj[:, None]), -1)
