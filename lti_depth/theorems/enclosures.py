"""Rational bounds of a logarithm."""

from fractions import Fraction

TERMS = 40


def logarithm(x):
    """Rational a ≤ log x ≤ b for a rational x > 0.

    Between ½ and 2 from log x = 2 Σ y^{2n+1}/(2n+1), y = (x − 1)/(x + 1), whose remainder after n terms is at most
    2|y|^{2n+1}/((2n+1)(1 − y²)), of the sign of y; elsewhere by log x = log(x/2) + log 2.
    """
    x = Fraction(x)
    if x > 2:
        return tuple(part + two for part, two in zip(logarithm(x / 2), logarithm(2), strict=True))
    if x < Fraction(1, 2):
        low, high = logarithm(1 / x)
        return -high, -low
    y = (x - 1) / (x + 1)
    total = 2 * sum(y ** (2 * n + 1) / (2 * n + 1) for n in range(TERMS))
    rest = 2 * y ** (2 * TERMS + 1) / ((2 * TERMS + 1) * (1 - y * y))
    return min(total, total + rest), max(total, total + rest)
