"""Rational functions of several indeterminates over ℚ, in lowest terms: equality of two of them is decided exactly.

An identity between polynomials in λ_k and their conjugates holds for all complex λ_k exactly when it holds with the
conjugates as indeterminates of their own; so a field of rational functions is enough for complex poles.
"""

from bisect import bisect
from dataclasses import dataclass
from fractions import Fraction
from functools import cmp_to_key
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
        shared = self.denominator.gcd(other.denominator)  # a common factor of sum and denominators divides it
        mine, its = self.denominator / shared, other.denominator / shared
        total = Ratio.lowest(self.numerator * its + other.numerator * mine, shared)
        return Ratio(total.numerator, total.denominator * mine * its)

    def __mul__(self, other):
        if (other := self._lifted(other)) is None:
            return NotImplemented
        first = Ratio.lowest(self.numerator, other.denominator)
        second = Ratio.lowest(other.numerator, self.denominator)
        return Ratio(first.numerator * second.numerator, first.denominator * second.denominator)

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
        below = sympy.Mul(int(factors[0]), *(polynomial_expression(p, symbols) ** int(e) for p, e in factors[1]))
        return polynomial_expression(self.numerator, symbols) / below


def indeterminates(*names):
    """A Ratio for each name; those made in one call belong together."""
    context = flint.fmpz_mpoly_ctx.get(names, "degrevlex")
    one = context.constant(1)
    return tuple(Ratio(generator, one) for generator in context.gens())


def are_plain(symbols):
    """Whether powers of them never combine with each other."""
    return all(symbol.is_Symbol or isinstance(symbol, (sympy.Indexed, sympy.conjugate)) for symbol in symbols)


def polynomial_expression(p, symbols):
    """The expanded sympy expression of a polynomial.

    Terms of symbols are put into sympy's own order by ranks of their factors: the comparisons that Add and Mul make
    cost seconds for the 10⁵ terms that polynomials of seven poles have. Anything else may combine, and is evaluated.
    """
    terms = [(int(c), tuple(map(int, exponents))) for exponents, c in p.terms()]
    used = {pair for _, exponents in terms for pair in enumerate(exponents) if pair[1]}
    power = {(i, e): symbols[i] ** e for i, e in used}
    if not are_plain(symbols):
        return sympy.Add(*(sympy.Mul(c, *(power[pair] for pair in enumerate(exponents) if pair[1]))
                           for c, exponents in terms))
    numbers = {c: sympy.Integer(c) for c, _ in terms}
    ranked = sorted((*power.values(), *numbers.values()), key=ORDER)
    rank = {factor: i for i, factor in enumerate(ranked)}
    place = {pair: rank[factor] for pair, factor in power.items()}
    constant, single, products = [], [], []
    for c, exponents in terms:
        places = sorted([place[pair] for pair in enumerate(exponents) if pair[1]])
        if c != 1 or not places:
            places.insert(0, rank[numbers[c]])
        (products if len(places) > 1 else single if any(exponents) else constant).append(places)
    products = [sympy.Mul._from_args([ranked[i] for i in places], is_commutative=True)
                for places in sorted(products, key=lambda places: (len(places), places))]
    single = sorted((ranked[i] for (i,) in single), key=ORDER)
    first = bisect(single, 0, key=lambda factor: factor.compare(products[0])) if products else 0
    constant = [ranked[i] for (i,) in constant]
    return sympy.Add._from_args([*constant, *single[:first], *products, *single[first:]], is_commutative=True)


ORDER = cmp_to_key(sympy.Basic.compare)
