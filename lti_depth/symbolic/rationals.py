"""Rational functions of several indeterminates over ℚ, in lowest terms: equality of two of them is decided exactly.

An identity between polynomials in λ_k and their conjugates holds for all complex λ_k exactly when it holds with the
conjugates as indeterminates of their own; so a field of rational functions is enough for complex poles.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import flint
import sympy


@dataclass(frozen=True, eq=False, repr=False)
class Ratio:
    """numerator / denominator, coprime polynomials with integer coefficients, the denominator's leading one positive.

    Supports + − · / and integer powers among each other and with ints and Fractions.
    """

    numerator: Any
    denominator: Any

    @classmethod
    def lowest(cls, numerator, denominator):
        """In lowest terms.

        Raises
        ------
        ZeroDivisionError
            The denominator is 0.
        """
        if not denominator:
            raise ZeroDivisionError("a rational function with the denominator 0")
        common = numerator.gcd(denominator)
        if denominator.leading_coefficient() < 0:
            common = -common
        return cls(numerator / common, denominator / common)

    def _lifted(self, value):
        if isinstance(value, Ratio):
            return value
        if isinstance(value, (int, Fraction)):
            value, one = Fraction(value), self.denominator.context().constant(1)
            return Ratio(one * value.numerator, one * value.denominator)
        return None

    def __add__(self, other):
        if (other := self._lifted(other)) is None:
            return NotImplemented
        return Ratio.lowest(self.numerator * other.denominator + other.numerator * self.denominator,
                            self.denominator * other.denominator)

    def __mul__(self, other):
        if (other := self._lifted(other)) is None:
            return NotImplemented
        return Ratio.lowest(self.numerator * other.numerator, self.denominator * other.denominator)

    def __truediv__(self, other):
        if (other := self._lifted(other)) is None:
            return NotImplemented
        return Ratio.lowest(self.numerator * other.denominator, self.denominator * other.numerator)

    def __pow__(self, n):
        if n < 0:
            return Ratio.lowest(self.denominator**-n, self.numerator**-n)
        return Ratio(self.numerator**n, self.denominator**n)

    def __neg__(self):
        return Ratio(-self.numerator, self.denominator)

    def __sub__(self, other):
        return self + -other

    def __rsub__(self, other):
        return -self + other

    def __rtruediv__(self, other):
        return self**-1 * other

    __radd__, __rmul__ = __add__, __mul__

    def __bool__(self):
        return bool(self.numerator)

    def __eq__(self, other):
        if (other := self._lifted(other)) is None:
            return NotImplemented
        return self.numerator == other.numerator and self.denominator == other.denominator

    def __hash__(self):
        return hash((str(self.numerator), str(self.denominator)))

    def __repr__(self):
        return f"({self.numerator})/({self.denominator})"

    def derivative(self, indeterminate):
        """∂/∂ of one of the `indeterminates`."""
        (i,) = (i for i, e in enumerate(indeterminate.numerator.degrees()) if e)
        n, d = self.numerator, self.denominator
        return Ratio.lowest(n.derivative(i) * d - n * d.derivative(i), d * d)

    def expression(self, symbols):
        """As a sympy expression: an expanded numerator over a factored denominator."""
        factors = self.denominator.factor()
        below = sympy.Mul(int(factors[0]), *(_polynomial(p, symbols) ** int(e) for p, e in factors[1]))
        return _polynomial(self.numerator, symbols) / below


def indeterminates(*names):
    """A Ratio for each name; those made in one call belong together."""
    context = flint.fmpz_mpoly_ctx.get(names, "degrevlex")
    one = context.constant(1)
    return tuple(Ratio(generator, one) for generator in context.gens())


def _polynomial(p, symbols):
    return sympy.Add(*(
        sympy.Mul(int(c), *(s**int(e) for s, e in zip(symbols, exponents, strict=True))) for exponents, c in p.terms()
    ))
