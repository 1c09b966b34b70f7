r"""The group delay by its definition, in exact arithmetic.

With w = e^{−iω} on the circle and d/dω = −i w d/dw the phase is arg H = (1/2i) log(H/H̄), so that

    τ = −d arg H/dω = ½ w (d/dw) log(H/H̄),

a rational function of w, the parameters and their conjugates; H̄ has the conjugated parameters, and w̄ = 1/w.
"""

from fractions import Fraction

HALF = Fraction(1, 2)


def delay(H, conjugate, w):
    """−d arg H/dω, for Ratios H and H̄ in the indeterminate w."""
    turn = H / conjugate
    return HALF * w * turn.derivative(w) / turn


def real_part(value, conjugate):
    """(x + x̄)/2."""
    return HALF * (value + conjugate)
