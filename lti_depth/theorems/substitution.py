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
    return sum((Fraction(int(c)) * prod(v ** int(e) for v, e in zip(values, exponents, strict=True) if e)
                for exponents, c in polynomial.terms()), Fraction(0))  # fmt: skip
