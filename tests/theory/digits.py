"""Comparison with a number as it is printed."""

from decimal import Decimal
from fractions import Fraction


def agrees(value, printed):
    """Whether `value` lies within half a unit of the last printed digit, so that it rounds to what is printed."""
    unit = Fraction(10) ** Decimal(printed).as_tuple().exponent
    return abs(Fraction(value) - Fraction(Decimal(printed))) <= unit / 2
