"""Pieces of a chart: the trained real, or the trained complex, parameters of one group, and their coordinates.

Every piece has ``read(values)`` → x, ``write(x, values)`` → values, ``pull(x, gradient)`` and ``jacobian(x, size)``,
where `values` and `gradient` are flat vectors over all layers.
"""

from dataclasses import dataclass

import numpy as np

from ..parametrizations import Parametrization, named, section_coefficients, section_derivative, section_poles


@dataclass(frozen=True, eq=False)
class Direct:
    """θ = x, or θ = x₁ + i x₂ with all x₁ before all x₂."""

    group: str
    index: np.ndarray
    is_complex: bool

    @property
    def size(self):
        return len(self.index) * (1 + self.is_complex)

    def read(self, values):
        chosen = values[self.index]
        return np.concatenate([chosen.real, chosen.imag]) if self.is_complex else chosen.real

    def write(self, x, values):
        n = len(self.index)
        values[self.index] = x[:n] + 1j * x[n:] if self.is_complex else x
        return values

    def pull(self, x, gradient):
        return self.read(gradient)

    def jacobian(self, x, size):
        result = np.zeros((size, self.size), complex)
        n = len(self.index)
        result[self.index, np.arange(n)] = 1
        if self.is_complex:
            result[self.index, n + np.arange(n)] = 1j
        return result


@dataclass(frozen=True, eq=False)
class Mapped:
    """Poles through an elementwise parametrization; complex poles: all first coordinates before all second ones."""

    group: str
    index: np.ndarray
    is_complex: bool
    by: Parametrization

    @property
    def size(self):
        return len(self.index) * (1 + self.is_complex)

    def read(self, values):
        poles = values[self.index]
        return self.by.inverse(poles if self.is_complex else poles.real).T.ravel()

    def write(self, x, values):
        values[self.index] = self.by.map(self._shaped(x))
        return values

    def pull(self, x, gradient):
        slope = self.by.derivative(self._shaped(x))
        pulled = (gradient[self.index].conj() * slope.T).real
        return pulled.ravel()

    def jacobian(self, x, size):
        slope = self.by.derivative(self._shaped(x)).T.ravel()
        result = np.zeros((size, self.size), complex)
        result[np.tile(self.index, 1 + self.is_complex), np.arange(self.size)] = slope
        return result

    def _shaped(self, x):
        return x.reshape(2, -1).T if self.is_complex else x


@dataclass(frozen=True, eq=False)
class Sections:
    """Consecutive poles through the coefficients of their second-order section."""

    group: str
    index: np.ndarray

    @property
    def size(self):
        return len(self.index)

    def read(self, values):
        return section_coefficients(values[self.index]).ravel()

    def write(self, x, values):
        poles = section_poles(x.reshape(-1, 2))
        if poles.dtype.kind == "c":
            values = values.astype(complex)
        values[self.index] = poles
        return values if values.imag.any() else values.real.copy()

    def pull(self, x, gradient):
        slope = section_derivative(x.reshape(-1, 2))
        by_pole = gradient[self.index].reshape(-1, 2, 1).conj()
        return (by_pole * slope).real.sum(axis=1).ravel()

    def jacobian(self, x, size):
        slope = section_derivative(x.reshape(-1, 2))
        result = np.zeros((size, self.size), complex)
        for m, block in enumerate(slope):
            result[np.ix_(self.index[2 * m : 2 * m + 2], (2 * m, 2 * m + 1))] = block
        return result


def pieces_of(name, mask, part, values, poles):
    """The pieces of one group: its trained real entries, then its trained complex ones."""
    if name == "poles" and poles == "sections":
        return [Sections(name, _paired(mask, part))] if mask.any() else []
    is_complex = np.zeros(len(values), bool) if part is None else np.concatenate(
        [np.full(entry.size, entry.dtype.kind == "c") for entry in part])
    kinds = [(np.flatnonzero(mask & ~is_complex), False), (np.flatnonzero(mask & is_complex), True)]
    if name == "poles":
        by = named(poles, "poles")
        return [Mapped(name, index, kind, by) for index, kind in kinds if len(index)]
    return [Direct(name, index, kind) for index, kind in kinds if len(index)]


def _paired(mask, part):
    if any(len(entry) != 1 for entry in part) or mask.sum() % 2:
        raise ValueError('poles: expected a scalar cascade with an even number of trained layers for "sections", got '
                         f"widths {[len(entry) for entry in part]} and {int(mask.sum())} trained poles")
    return np.flatnonzero(mask)
