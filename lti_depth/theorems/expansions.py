"""Orders of vanishing and cut power series, for formal asymptotic expansions over a field of rational functions."""

from fractions import Fraction


def order(ratio, indeterminate):
    """The exponent of the first power of an indeterminate in a Ratio, at 0; infinite for 0."""
    if not ratio:
        return float("inf")
    (i,) = (i for i, e in enumerate(indeterminate.numerator.degrees()) if e)
    low, high = (min(exponents[i] for exponents, _ in part.terms()) for part in (ratio.numerator, ratio.denominator))
    return low - high


def power(step, exponent, terms):
    """(1 + step)^exponent, a rational exponent, by the first terms of its binomial series."""
    total, term = Fraction(0), Fraction(1)
    for n in range(terms):
        total, term = total + term, term * (Fraction(exponent) - n) / (n + 1) * step
    return total
