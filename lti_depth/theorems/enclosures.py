"""Rational bounds of a logarithm."""

from fractions import Fraction

TERMS = 40


def logarithm(x):
    """Rational a ≤ log x ≤ b for a rational x > 0, from log x = 2 Σ y^{2n+1}/(2n+1), y = (x − 1)/(x + 1).

    The remainder after n terms is at most 2|y|^{2n+1}/((2n+1)(1 − y²)), of the sign of y.
    """
    y = (Fraction(x) - 1) / (Fraction(x) + 1)
    total = 2 * sum(y ** (2 * n + 1) / (2 * n + 1) for n in range(TERMS))
    rest = 2 * y ** (2 * TERMS + 1) / ((2 * TERMS + 1) * (1 - y * y))
    return min(total, total + rest), max(total, total + rest)
