r"""The sensitivity of one complex layer, its form under AR(1) input, and polar coordinates.

Let R(d) = E[u_{t+d} ū_t], R(−d) = R(d)*. By Lemma 1 E|x|² = φ/(1 − |λ|²) with φ = R(0) + 2 Re Σ_{d≥1} λ̄^d R(d).
∂x/∂λ is holomorphic in λ, so E|∂_λ x|² = ∂_λ∂_λ̄ E|x|², with λ and λ̄ as two variables. f = 1/(1 − λλ̄) has

    f_λ = λ̄ f²,    f_λ̄ = λ f²,    f_{λλ̄} = (1 + |λ|²) f³;    φ_{λλ̄} = 0,    φ_λ̄ = Σ_{d≥1} d λ̄^{d−1} R(d),

so that

    E|∂_λ x|² = (1+|λ|²)/(1−|λ|²)³ · φ + 2/(1−|λ|²)² · Re Σ_{d≥1} d λ̄^d R(d).

AR(1), R(d) = ρ^d with a complex ρ: with a = λ̄ρ, φ = Re (1+a)/(1−a) and the sum is a/(1−a)². Real λ and ρ give the
theorem zucchet-real.

Polar coordinates λ = νw, w = e^{iθ}: ∂_ν y = w ∂_λ y and ∂_θ y = iλ ∂_λ y, so E|∂_θ y|² = ν² E|∂_ν y|² for a complex
output. (The output Re y mixes ∂_λ y with its conjugate, and this fails.)
"""

from fractions import Fraction

from ...symbolic.rationals import indeterminates
from ..arithmetic import deviation, mp, parameters
from ..domains import Domain
from ..moments import variance
from ..theorem import Origin, Step, Theorem, Tier


def law(pole, conjugate, rho, rho_conjugate):
    """E|∂x/∂λ|² at b = 1 and unit input variance, in the numbers and their conjugates."""
    return _law(pole * conjugate, conjugate * rho, pole * rho_conjugate)


def bug(pole, conjugate, rho, rho_conjugate):
    r"""$\lambda\rho$ instead of $\bar\lambda\rho$: one conjugate forgotten."""
    return _law(pole * conjugate, pole * rho, conjugate * rho_conjugate)


def _law(square, a, a_conjugate):
    """Re f is half the sum of f and its conjugate."""
    both = (a, a_conjugate)
    level = sum((1 + z) / (1 - z) for z in both) / 2
    slope = sum(z / (1 - z) ** 2 for z in both) / 2
    return (1 + square) / (1 - square) ** 3 * level + 2 / (1 - square) ** 2 * slope


def prove(law):
    """The variance of the cascade λ, λ, ρ by moments; its derivatives in polar coordinates."""
    pole, conjugate, rho, twin = indeterminates("p", "P", "r", "R")
    radius, other, turn, back = indeterminates("n", "N", "w", "W")
    V = _energy(radius * turn, other * back, Fraction(1, 3), Fraction(2, 5))
    polar = turn * back * law(radius * turn, other * back, Fraction(1, 3), Fraction(2, 5))
    return (
        Step(r"$(1 - |\rho|^2)\, V(\lambda, \lambda, \rho)$ is the law, conjugates as indeterminates",
             (1 - rho * twin) * variance([pole, pole, rho], [conjugate, conjugate, twin])
             == law(pole, conjugate, rho, twin)),
        Step(r"$\partial_\lambda \partial_{\bar\lambda} E|x|^2$ is the law",
             _energy(pole, conjugate, rho, twin).derivative(pole).derivative(conjugate)
             == law(pole, conjugate, rho, twin)),
        Step(r"$E|\partial_\nu x|^2 = w \bar w\, E|\partial_\lambda x|^2$, $\lambda = \nu w$",
             V.derivative(radius).derivative(other) == polar),
        Step(r"$E|\partial_\theta x|^2 = \nu^2 E|\partial_\nu x|^2$, with $\partial_\theta = i w \partial_w$",
             turn * back * V.derivative(turn).derivative(back) == radius * other * polar),
    )  # fmt: skip


def _energy(pole, conjugate, rho, twin):
    """E|x|²."""
    return (1 - rho * twin) * variance([pole, rho], [conjugate, twin])


def shadow(law, stack, machine):
    """The first pole as λ, the second as ρ, with the first layer's gains."""
    own = parameters(stack)
    rho, gains = stack.poles[1].item(), abs(own.b[0] * own.c[0]) ** 2
    value = law(own.poles[0], own.conjugates[0], own.poles[1], own.conjugates[1])
    one = machine.cascade(stack.poles[:1], stack.B[:1], stack.C[:1], timing=stack.timing)
    return deviation([gains * mp.re(value)], machine.sensitivity(one, machine.ar1(rho)).poles)


THEOREM = Theorem(
    name="zucchet-complex",
    title="Sensitivity of one complex layer",
    statement=r"$E|\partial_\lambda x|^2 = \frac{1+|\lambda|^2}{(1-|\lambda|^2)^3} \operatorname{Re} "
              r"\frac{1+a}{1-a} + \frac{2}{(1-|\lambda|^2)^2} \operatorname{Re} \frac{a}{(1-a)^2}$, $a = "
              r"\bar\lambda\rho$, for AR(1) input $R(d) = \rho^d$, $d \ge 0$; and $E|\partial_\theta x|^2 = \nu^2 "
              r"E|\partial_\nu x|^2$ for $\lambda = \nu e^{i\theta}$.",
    hypotheses=("one complex state, $|\\lambda| < 1$, and a complex output", "AR(1) input of unit variance, complex "
                "$|\\rho| < 1$", "either timing", "no feedthrough"),
    origin=Origin.NEW,
    reference="extends Zucchet & Orvieto, arXiv 2405.21064, to complex λ and ρ in closed form",
    tier=Tier.EXACT,
    range="all complex λ and ρ",
    law=law,
    bug=bug,
    prove=prove,
    shadow=shadow,
    domain=Domain("complex", layers=(2, 2)),
)  # fmt: skip
