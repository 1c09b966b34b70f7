"""Doubles as exact balls: numbers, matrices, and the layers of a stack.

Arithmetic is written once for numbers and matrices: `*` is flint's product of either.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from flint import acb, acb_mat, arb, arb_mat

from .precision import NEGLIGIBLE, Undecided


class Balls(NamedTuple):
    """The types of numbers and matrices over ℝ or ℂ."""

    number: Any
    matrix: Any


REAL, COMPLEX = Balls(arb, arb_mat), Balls(acb, acb_mat)


def field_of(*arrays):
    """The field that contains doubles of these kinds."""
    return COMPLEX if any(array.dtype.kind == "c" for array in arrays) else REAL


def matrix(field, doubles):
    """An array of two axes as a matrix of exact balls."""
    return field.matrix(*doubles.shape, [field.number(entry) for entry in doubles.ravel().tolist()])


def table(value):
    """The entries of a matrix row by row; a number is a matrix of one entry."""
    return value.table() if hasattr(value, "table") else [[value]]


def entries(value):
    """All entries of a matrix, or the number."""
    return value.entries() if hasattr(value, "entries") else [value]


def size(value):
    """A bound on the largest entry."""
    return max((entry.abs_upper() for entry in entries(value)), default=arb(0))


def total(numbers):
    """Σ|·|."""
    return sum((abs(number) for number in numbers), arb(0))


def known_size(value, bound):
    """`size`, or `bound` where all entries are 0 to within 2^−NEGLIGIBLE of it; Undecided where they may be or not."""
    largest = max(entries(value), key=lambda entry: entry.abs_upper())
    if not largest.contains(0):
        return largest.abs_upper()
    if largest.abs_upper() > bound * arb(2) ** -NEGLIGIBLE:
        raise Undecided("got a signal between two layers that cannot be told from 0")
    return bound


def adjoint(value):
    """The conjugate transpose."""
    if hasattr(value, "transpose"):
        value = value.transpose()
    return value.conjugate() if hasattr(value, "conjugate") else value


def diagonal(field, numbers):
    """diag(numbers)."""
    N = len(numbers)
    return field.matrix(N, N, [numbers[i] if i == j else 0 for i in range(N) for j in range(N)])


def trace(value):
    """Of a matrix, or the number."""
    return sum(row[i] for i, row in enumerate(table(value)))


@dataclass(frozen=True, eq=False)
class Exact:
    """A layer closed under conjugation, with its doubles as exact balls: N poles, and the matrices B, C, D."""

    poles: list
    B: Any
    C: Any
    D: Any
    current: bool


def exact_layers(stack, field, copies=1):
    """The layers of a stack; `copies` of each side by side, on channels of their own."""
    return [_exact(layer, stack.timing == "current", field, copies) for layer in stack.layers]


def _exact(layer, current, field, copies):
    poles, B, C = layer.poles, layer.B, layer.C
    if layer.real:  # Re(C x) = ½ (C x + C̄ x̄)
        poles, B, C = (np.concatenate([part, part.conj()], axis) for part, axis in ((poles, 0), (B, 0), (C, 1)))
    each = np.eye(copies)
    B, C, D = (matrix(field, np.kron(part, each)) for part in (B, C, layer.D))
    C = C * field.number(0.5) if layer.real else C
    return Exact([field.number(pole) for pole in np.repeat(poles, copies).tolist()], B, C, D, current)
