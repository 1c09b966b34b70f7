"""Values of rational functions."""

from fractions import Fraction
from math import prod


def at(function, *values):
    """A Ratio with its indeterminates, in order, replaced by numbers or Ratios.

    Raises
    ------
    ZeroDivisionError
        The denominator vanishes there.
    """
    return _value(function.numerator, values) / _value(function.denominator, values)


def _value(polynomial, values):
    """The terms that do not vanish, added up."""
    total = Fraction(0)
    for exponents, c in polynomial.terms():
        factors = [(v, int(e)) for v, e in zip(values, exponents, strict=True) if e]
        if all(v for v, _ in factors):
            total = total + int(c) * prod((v**e for v, e in factors), start=Fraction(1))
    return total
