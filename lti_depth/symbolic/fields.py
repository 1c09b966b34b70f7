"""The fields in which the laws are computed: exact numbers of four kinds, or expressions."""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import sympy
from sympy import EXRAW, QQ, QQ_I
from sympy.polys.matrices import DomainMatrix


@dataclass(frozen=True, eq=False)
class Field:
    """The smallest of ℚ, ℚ(i), ℚ(a few square roots) and the expressions that holds everything given.

    An element is false exactly when it is zero, as an expression when it is the number 0 (ℚ(i) compares with no int).
    """

    domain: Any
    known: dict = field(default_factory=dict)
    image: Any = None  # of the generator of ℚ(square roots) under conjugation

    @classmethod
    def holding(cls, entries):
        """The field for `entries`, canonical expressions, and their conjugates."""
        if all(entry.is_Rational for entry in entries):
            return cls(QQ)
        if all(_is_gaussian(entry) for entry in entries):
            return cls(QQ_I)
        if all(_is_quadratic(entry) for entry in entries) and len(_square_roots(entries)) <= MOST_SQUARE_ROOTS:
            entries = [*entries, *map(sympy.conjugate, entries)]
            domain, elements = sympy.construct_domain(entries, extension=True)
            return cls(domain, dict(zip(entries, elements, strict=True)), _conjugate_generator(domain))
        return cls(EXRAW)

    def element(self, expression):
        """Of the field, from one of the expressions that it was made to hold, or their conjugate."""
        return self.known[expression] if expression in self.known else self.domain.from_sympy(expression)

    def matrix(self, matrix):
        """A DomainMatrix, from a sympy Matrix; a 1×1 matrix as its entry."""
        return self.element(matrix[0, 0]) if matrix.shape == (1, 1) else self.dense(matrix)

    def dense(self, matrix):
        """A DomainMatrix of any shape."""
        rows = [[self.element(entry) for entry in row] for row in matrix.tolist()]
        return DomainMatrix(rows, matrix.shape, self.domain)

    def residue(self, layer, n):
        """C_n B_n, of column n of a layer's C and row n of its B."""
        return times(self.matrix(layer.C[:, n]), self.matrix(layer.B[n, :]))

    def zeros(self, shape):
        """Zero, or a zero matrix where `shape` is one."""
        return self.domain.zero if shape is None else DomainMatrix.zeros(shape, self.domain).to_dense()

    def expression(self, value):
        """An expression or sympy Matrix, from an element or DomainMatrix."""
        return value.to_Matrix() if isinstance(value, DomainMatrix) else self.domain.to_sympy(value)

    def adjoint(self, value):
        """The conjugate of an element, the conjugate transpose of a matrix."""
        if isinstance(value, DomainMatrix):
            return value.transpose().applyfunc(self.adjoint)
        if self.domain == QQ:
            return value
        if self.domain == QQ_I:
            return self.domain(value.x, -value.y)
        if self.domain == EXRAW:
            return sympy.conjugate(value)
        total = self.domain.zero
        for coefficient in value.to_list():  # the generator's powers, highest first
            total = total * self.image + self.domain.convert_from(coefficient, QQ)
        return total


MOST_SQUARE_ROOTS = 4
"""i among them: n of them make a field of degree up to 2ⁿ, whose generator takes minutes to find from six on."""


def _square_roots(entries):
    """The different square roots, and i, in some numbers."""
    return set().union(*(entry.atoms(sympy.Pow) for entry in entries), *(
        {sympy.I} for entry in entries if entry.has(sympy.I)))


@lru_cache(maxsize=64)
def _conjugate_generator(domain):
    return domain.from_sympy(sympy.conjugate(domain.ext.as_expr()))


def _is_gaussian(entry):
    return entry.is_number and all(part.is_Rational for part in entry.as_real_imag())


def _is_quadratic(entry):
    """A number built by arithmetic from rationals, i and square roots of rationals."""
    if entry.is_Rational or entry is sympy.I:
        return True
    if isinstance(entry, (sympy.Add, sympy.Mul)):
        return all(map(_is_quadratic, entry.args))
    return isinstance(entry, sympy.Pow) and entry.base.is_Rational and entry.exp.is_Rational and entry.exp.q == 2


def scaled(factor, value):
    """factor · value, of an element and an element or matrix."""
    return value.scalarmul(factor) if isinstance(value, DomainMatrix) else factor * value


def times(a, b):
    """a · b, of elements and matrices."""
    if isinstance(a, DomainMatrix) and isinstance(b, DomainMatrix):
        return a * b
    return scaled(b, a) if isinstance(a, DomainMatrix) else scaled(a, b)
