r"""Coordinates in which poles are learned, as expressions: real coordinates x ↦ poles λ, and their derivatives.

==========  ==============================  ============================================
name        real pole                       complex pole
==========  ==============================  ============================================
"direct"    x                               x₀ + i x₁
"polar"     –                               x₀ e^{i x₁}
"tanh"      tanh x                          –
"exp-exp"   exp(−e^x)                       exp(−e^{x₀} + i e^{x₁})
"softplus"  (1 + e^x)^{−Δ}                  –
"zoh"       –                               exp(Δ(−e^{x₀} + i x₁))
"stable"    1 − 1/(x² + ½)                  –
==========  ==============================  ============================================

The module of the same name outside this floor has the sources, ranges and inverses. Second-order sections couple poles
in pairs: `section_poles`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sympy
from sympy import I, Rational, exp, sqrt, tanh

from . import expressions


@dataclass(frozen=True)
class Parametrization:
    """A named map from one real coordinate to a real pole, from two to a complex one, or both (None: not defined)."""

    name: str
    real: Callable | None
    complex: Callable | None

    def map(self, x):
        """λ(x): `x` is a real expression for a real pole, a pair of them for a complex one."""
        coordinates = self._coordinates(x)
        return self._of(len(coordinates))(*coordinates)

    def derivative(self, x):
        """dλ/dx, or the pair ∂λ/∂x₀, ∂λ/∂x₁ for a complex pole."""
        coordinates = self._coordinates(x)
        at = [sympy.Dummy(real=True) for _ in coordinates]
        pole, point = self._of(len(at))(*at), dict(zip(at, coordinates, strict=True))
        slopes = tuple(sympy.diff(pole, symbol).xreplace(point) for symbol in at)
        return slopes if isinstance(x, (list, tuple)) else slopes[0]

    def _coordinates(self, x):
        pair = isinstance(x, (list, tuple))
        if pair and len(x) != 2:
            raise ValueError(f"x: expected a real expression or a pair of them, got {expressions.describe(x)}")
        return tuple(_real(entry, "x") for entry in (x if pair else (x,)))

    def _of(self, count):
        found = self.real if count == 1 else self.complex
        if found is None:
            kind, other = ("real", "a pair") if count == 1 else ("complex", "one expression")
            raise ValueError(f"{self.name!r} has no coordinates for {kind} poles; pass {other}, or another name")
        return found


def parametrization(name, step=1):
    """The parametrization of a name.

    Parameters
    ----------
    name : {"direct", "polar", "tanh", "exp-exp", "softplus", "zoh", "stable"}
    step : positive number or expression
        Δ of "softplus" and "zoh"; the others have none.

    Returns
    -------
    Parametrization
        With ``map(x)`` and ``derivative(x)``.

    Raises
    ------
    ValueError
        Another name; a step that is not positive, or is given to a parametrization without one.
    """
    expressions.choice(name, "name", tuple(MAPS))
    step = _real(step, "step")
    if step.is_positive is not True:
        raise ValueError(f"step: expected a positive number, got {expressions.describe(step)}; declare a Symbol with "
                         "positive=True")
    if step != 1 and name not in STEPPED:
        raise ValueError(f"step: expected one for {' and '.join(map(repr, STEPPED))} alone, got {step} for {name!r}")
    return Parametrization(name, *MAPS[name](step))


def _softplus(step):
    return lambda x: (1 + exp(x)) ** -step


def _zoh(step):
    return lambda x0, x1: exp(step * (I * x1 - exp(x0)))


MAPS: dict[str, Any] = {
    "direct": lambda _: (lambda x: x, lambda x0, x1: x0 + I * x1),
    "polar": lambda _: (None, lambda x0, x1: x0 * exp(I * x1)),
    "tanh": lambda _: (tanh, None),
    "exp-exp": lambda _: (lambda x: exp(-exp(x)), lambda x0, x1: exp(I * exp(x1) - exp(x0))),
    "softplus": lambda step: (_softplus(step), None),
    "zoh": lambda step: (None, _zoh(step)),
    "stable": lambda _: (lambda x: 1 - 1 / (x**2 + Rational(1, 2)), None),
}

STEPPED = ("softplus", "zoh")


def section_coefficients(first, second):
    r"""(a₁, a₂) = (−(λ + λ'), λλ') of :math:`(1-\lambda z^{-1})(1-\lambda' z^{-1}) = 1 + a_1 z^{-1} + a_2 z^{-2}`."""
    first, second = expressions.exact(first, "first"), expressions.exact(second, "second")
    return sympy.expand(-(first + second)), sympy.expand(first * second)


def section_poles(a1, a2):
    r"""The poles −a₁/2 ± √(a₁²/4 − a₂) of a second-order section :math:`1 + a_1 z^{-1} + a_2 z^{-2}`.

    Parameters
    ----------
    a1, a2 : real number or expression

    Returns
    -------
    tuple of 2 Expr
        A real pair or a conjugate one; stable inside the triangle \|a₂\| < 1, \|a₁\| < 1 + a₂.

    Notes
    -----
    A branch point where the pair coincides: a₁² = 4a₂. Oppenheim & Schafer, Discrete-Time Signal Processing, section
    6.3.
    """
    a1, a2 = _real(a1, "a1"), _real(a2, "a2")
    spread = sqrt(a1**2 / 4 - a2)
    return -a1 / 2 + spread, -a1 / 2 - spread


def section_derivative(a1, a2):
    """∂λ/∂(a₁, a₂), a row for each of the `section_poles`.

    λ² + a₁λ + a₂ = 0 gives ∂λ/∂a₁ = −λ/(2λ + a₁), ∂λ/∂a₂ = −1/(2λ + a₁).

    Raises
    ------
    ValueError
        The pair coincides: there is no derivative.
    """
    poles = section_poles(a1, a2)
    slope = poles[0] - poles[1]
    if slope == 0:
        raise ValueError(f"a1, a2: expected poles that differ, got the pair {poles[0]} twice; use the coefficients "
                         "themselves as coordinates")
    return sympy.ImmutableMatrix([[-pole / s, -1 / s] for pole, s in zip(poles, (slope, -slope), strict=True)])


def _real(value, name):
    expression = expressions.exact(value, name)
    if not expression.is_real:
        raise ValueError(f"{name}: expected a real number or expression, got {expressions.describe(value)}; declare "
                         "its symbols with real=True")
    return expression
