"""Real closed forms on the unit circle, w = e^{−iω}, that need no assumption about ω beyond its being real."""

import sympy
from sympy import I, atan, conjugate, cos, exp, im, re, sin


def trigonometric_sum(coefficients, omega):
    """Re Σ_k c_k w^k."""
    return sympy.Add(*(_real_part(c, k, omega) for k, c in enumerate(coefficients)))


def _real_part(c, k, omega):
    """Re(c w^k): c cos kω for real c, and (c e^{−ikω} + c̄ e^{ikω})/2 where c's parts are not known."""
    if c == 0:
        return c
    if c.is_real:
        return c * cos(k * omega)
    if c.is_number:
        return re(c) * cos(k * omega) + im(c) * sin(k * omega)
    return (c * exp(-I * k * omega) + conjugate(c) * exp(I * k * omega)) / 2


def autocorrelation(coefficients, weights=None):
    """Σ_i weight_{i+k} n_{i+k} n̄_i for k = −n…n, folded on k ≥ 0 for `trigonometric_sum`; all weights 1 for None."""
    n = list(coefficients)
    weights = [1] * len(n) if weights is None else weights
    size = range(len(n))
    folded = [sympy.Integer(0)] * len(n)
    for i in size:
        for j in size:
            product = n[i] * conjugate(n[j])
            folded[abs(i - j)] += weights[i] * (product if i >= j else conjugate(product))
    return [sympy.expand(value) for value in folded]


def modulus_squared(coefficients, omega):
    """|Σ_i n_i w^i|²."""
    return trigonometric_sum(autocorrelation(coefficients), omega)


def turn(p, omega):
    """arg(1 − p w) − arg(1 − p) for |p| ≤ 1: both factors have a nonnegative real part, so no branch is crossed."""
    a, b = re(p), im(p)
    imaginary = a * sin(omega) - b * cos(omega)
    change = atan(imaginary / (1 - a * cos(omega) - b * sin(omega)))
    return change if b == 0 else change + atan(b / (1 - a))
