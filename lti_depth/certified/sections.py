"""A stack, and the shaping filter of a process before it, as sections that layers of both timings share.

.. math:: \\xi_{t+1} = \\Lambda \\xi_t + B p_t, \\qquad p'_t = F \\xi_t + E p_t

with ξ the state before the sample in current timing: F = C Λ, E = D + C B; in delayed timing F = C, E = D.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from .balls import Balls, adjoint, diagonal, entries, exact_layers, field_of, matrix, table, total


@dataclass(frozen=True, eq=False)
class Section:
    """N states: the poles, and A = diag(poles), B, F, E as matrices, or all as numbers in a scalar cascade."""

    poles: list
    A: Any
    B: Any
    F: Any
    E: Any

    def adjoint(self):
        """Conjugated poles, and A*, B*, F*, E*."""
        conjugated = [adjoint(pole) for pole in self.poles]
        return conjugated, *(adjoint(part) for part in (self.A, self.B, self.F, self.E))


@dataclass(frozen=True, eq=False)
class Chain:
    """Sections in series, the first `front` of them the shaping filter, and the covariance 1 of white unit input."""

    sections: tuple[Section, ...]
    field: Balls
    unit: Any
    front: int = 0

    @property
    def stack(self):
        """The sections after the shaping filter."""
        return self.sections[self.front :]

    @property
    def is_scalar(self):
        """Whether its parts are numbers."""
        return not hasattr(self.unit, "table")


def chain_of(stack, part=None):
    """The chain of a stack, fed by the shaping filter of a part of a process: one copy an input channel."""
    shape = None if part is None else part.shape
    stacks = [stack] if shape is None else [shape, stack]
    source = np.zeros(1) if part is None else part.source
    field = field_of(source, *(layer.poles for s in stacks for layer in s.layers))
    H = stack.channels[0]
    front = [] if shape is None else sections_of(shape, field, H)
    made = front + sections_of(stack, field)
    if all(s.is_cascade for s in stacks):
        made, unit = [_number(one) for one in made], field.number(1)
    else:
        unit = matrix(field, np.eye(H))
    return Chain(tuple(made), field, unit, len(front))


def sections_of(stack, field, copies=1):
    """A stack as sections of matrices; `copies` of each side by side."""
    return [section(layer, field) for layer in exact_layers(stack, field, copies)]


def section(layer, field):
    """The section of an exact layer."""
    A = diagonal(field, layer.poles)
    F, E = (layer.C * A, layer.D + layer.C * layer.B) if layer.current else (layer.C, layer.D)
    return Section(layer.poles, A, layer.B, F, E)


def _number(one):
    return Section(one.poles, one.poles[0], *(part[0, 0] for part in (one.B, one.F, one.E)))


def wire(field, E):
    """p' = E p, without states; E by rows."""
    H_out, H_in = len(E), len(E[0])
    return Section([], field.matrix(0, 0), field.matrix(0, H_in), field.matrix(H_out, 0), field.matrix(E))


def beside(field, first, second):
    """Two sections side by side, each on its own channels."""
    pairs = ((getattr(first, name), getattr(second, name)) for name in ("A", "B", "F", "E"))
    return Section(first.poles + second.poles, *(_block_diagonal(field, *pair) for pair in pairs))


def _block_diagonal(field, first, second):
    left, right = first.ncols(), second.ncols()
    rows = [row + [0] * right for row in first.table()] + [[0] * left + row for row in second.table()]
    return field.matrix(len(rows), left + right, [entry for row in rows for entry in row])


def reach(section):
    """Bounds of |ξ_n| for inputs |p| ≤ 1: Σ|b_n|/(1 − |λ_n|)."""
    return [total(row) / (1 - abs(pole)) for pole, row in zip(section.poles, table(section.B), strict=True)]


def gain(section):
    """A bound of |p'| for inputs |p| ≤ 1."""
    states = reach(section)
    read = (entry * bound for row in table(section.F) for entry, bound in zip(row, states, strict=True))
    return total(entries(section.E)) + total(read)
