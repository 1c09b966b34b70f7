"""Roots of polynomials in closed form, and the numerators of layers."""

import sympy
from sympy import QQ, QQ_I, Poly, sqrt

from .fields import Field, scaled

MOST_SYMBOLIC = 5
"""States with symbols in a numerator that is multiplied out: every set of poles gives a term."""


def roots(coefficients):
    """The roots of Σ coefficients[j] x^{n−j}, with multiplicity; None where no closed form is known.

    Degree 1 and 2 by formula. Above that, rational and Gaussian numbers: the polynomial is factored, factors of degree
    1 and 2 are solved, and what is left over ℚ has its isolated roots (CRootOf, exact to any number of digits).
    """
    first = next((j for j, value in enumerate(coefficients) if value != 0), len(coefficients))
    coefficients = list(coefficients[first:])
    if len(coefficients) <= 3:
        return _by_formula(coefficients)
    domain = Field.holding(coefficients).domain
    if domain not in (QQ, QQ_I):
        return None
    found = []
    for factor, multiplicity in Poly(coefficients, sympy.Symbol("x"), domain=domain).factor_list()[1]:
        if factor.degree() > 2 and domain != QQ:
            return None
        found += (_by_formula(factor.all_coeffs()) if factor.degree() <= 2 else factor.all_roots()) * multiplicity
    return found


def _by_formula(coefficients):
    if len(coefficients) <= 1:
        return []
    if len(coefficients) == 2:
        return [sympy.expand(-coefficients[1] / coefficients[0])]
    a, b, c = coefficients
    middle, spread = -b / (2 * a), sqrt(sympy.expand(b**2 - 4 * a * c)) / (2 * a)
    return [sympy.expand(middle + spread), sympy.expand(middle - spread)]


def numerator(layers, timing):
    """Of H(w) Π (1 − λ w) over all poles, w = z⁻¹, for layers without `real`: matrices, w⁰ first.

    One layer has D Π_n (1 − λ_n w) + Σ_n C_n B_n Π_{l≠n} (1 − λ_l w), in delayed timing with a further w in the sum.
    """
    field = Field.holding([entry for layer in layers for entry in layer.entries])
    S = sum(layer.width for layer in layers)
    if not is_short(layers):
        raise ValueError(f"expected numbers, or at most {MOST_SYMBOLIC} states with symbols in one numerator, got {S} "
                         "states; give values to the symbols, or use the numeric floor")
    total = [field.dense(sympy.eye(layers[0].B.cols))]
    for layer in layers:
        total = _product(_layer_numerator(layer, timing, field), total)
    return [field.expression(matrix).applyfunc(sympy.expand) for matrix in total]


def is_short(layers):
    """Whether a numerator of the layers can be multiplied out."""
    symbols = any(entry.free_symbols for layer in layers for entry in layer.entries)
    return not symbols or sum(layer.width for layer in layers) <= MOST_SYMBOLIC


def single_channel_numerator(layer, timing):
    """The N+1 coefficients for one layer with one channel."""
    return [matrix[0, 0] for matrix in numerator([layer], timing)]


def _layer_numerator(layer, timing, field):
    poles = [field.element(pole) for pole in layer.poles]
    shift = int(timing == "delayed")
    D = field.dense(layer.D)
    total = [scaled(value, D) for value in _expanded(poles, field.domain.one)]
    for n in range(layer.width):
        residue = field.dense(layer.C[:, n]) * field.dense(layer.B[n, :])
        for j, value in enumerate(_expanded(poles[:n] + poles[n + 1 :], field.domain.one)):
            total[j + shift] = total[j + shift] + scaled(value, residue)
    return total


def _expanded(poles, one):
    """Π (1 − λ w), w⁰ first."""
    product = [one]
    for pole in poles:
        product = [a - pole * b for a, b in zip([*product, one * 0], [one * 0, *product], strict=True)]
    return product


def _product(first, second):
    total = [first[0] * second[0] - first[0] * second[0]] * (len(first) + len(second) - 1)
    for i, a in enumerate(first):
        for j, b in enumerate(second):
            total[i + j] = total[i + j] + a * b
    return total
