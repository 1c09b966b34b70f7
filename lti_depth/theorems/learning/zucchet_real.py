r"""The sensitivity of one real layer under AR(1) input.

The state x = 1/(1 − λz⁻¹) u has ∂x/∂λ = z⁻¹/(1 − λz⁻¹)² u (theorem sensitivity-one-layer-deeper). With u the AR(1)
process of unit variance, u = √(1−ρ²)/(1 − ρz⁻¹) e, the mean square is (1−ρ²) times the variance of the cascade with the
poles λ, λ, ρ. By hand: Σ_t h_t h_{t+d} of h_t = (t+1)λ^t is

    λ^d [(1 + λ²)/(1 − λ²)³ + d/(1 − λ²)²],    d ≥ 0,

and summed against R(d) = ρ^{|d|}, with Σ_{d≥1} a^d = a/(1−a) and Σ_{d≥1} d a^d = a/(1−a)² at a = λρ,

    E(∂_λ x)² = (1+λ²)/(1−λ²)³ · (1+a)/(1−a) + 2/(1−λ²)² · a/(1−a)²
              = [(1+λ²)(1−a²) + 2(1−λ²) a] / [(1−λ²)³ (1−a)²].
"""

from fractions import Fraction

from ...symbolic.rationals import indeterminates
from ..arithmetic import deviation, parameters
from ..domains import Domain
from ..moments import LATE, cascade, moment, variance
from ..theorem import Origin, Step, Theorem, Tier


def law(pole, rho):
    """E(∂x/∂λ)² at b = 1 and unit input variance."""
    return _ratio(pole, rho, 1)


def bug(pole, rho):
    """The numerator's second term subtracted."""
    return _ratio(pole, rho, -1)


def _ratio(pole, rho, sign):
    gap = 1 - pole**2
    return (((1 + pole**2) * (1 - (pole * rho) ** 2) + sign * 2 * gap * pole * rho)
            / (gap**3 * (1 - pole * rho) ** 2))  # fmt: skip


def prove(law):
    """The variance of the cascade λ, λ, ρ, by moments."""
    pole, rho = indeterminates("p", "r")
    return (
        Step(r"$(1 - \rho^2)\, V(\lambda, \lambda, \rho)$ is the law",
             (1 - rho**2) * variance([pole, pole, rho], [pole, pole, rho]) == law(pole, rho)),
        Step(r"$\sum_t h_t h_{t+d} = \lambda^d [(1+\lambda^2)/(1-\lambda^2)^3 + d/(1-\lambda^2)^2]$ for $d \le 3$",
             all(_lagged(pole, d) == pole**d * (law(pole, 0) + d / (1 - pole**2) ** 2) for d in range(4))),
        Step(r"$\lambda = 0.8$, $\rho = 0.6$: $127.439$",
             abs(law(Fraction(4, 5), Fraction(3, 5)) - Fraction("127.439")) < Fraction(1, 2000)),
    )  # fmt: skip


def _lagged(pole, d):
    """Σ_t h_t h_{t+d}, h of 1/(1 − λz⁻¹)²."""
    return moment([*[LATE] * d, *cascade([pole, pole])], cascade([pole, pole]))


def shadow(law, stack, machine):
    """The first pole as λ, the second as ρ, with the first layer's gains."""
    own = parameters(stack)
    rho, gains = stack.poles[1].item(), (own.b[0] * own.c[0]) ** 2
    one = machine.cascade(stack.poles[:1], stack.B[:1], stack.C[:1], timing=stack.timing)
    return deviation([gains * law(*own.poles)], machine.sensitivity(one, machine.ar1(rho)).poles)


THEOREM = Theorem(
    name="zucchet-real",
    title="Sensitivity of one real layer, AR(1) input",
    statement=r"$E(\partial_\lambda x)^2 = \frac{(1+\lambda^2)(1-\lambda^2\rho^2) + 2(1-\lambda^2)\lambda\rho}"
              r"{(1-\lambda^2)^3 (1-\lambda\rho)^2}$ for $x_t = \lambda x_{t-1} + u_t$, $R(d) = \rho^{|d|}$; "
              r"times $(bc)^2$ for $y$.",
    hypotheses=("one real state, $|\\lambda| < 1$", "AR(1) input of unit variance, $|\\rho| < 1$", "either timing",
                "no feedthrough"),
    origin=Origin.CLASSICAL,
    reference="Zucchet & Orvieto, arXiv 2405.21064",
    tier=Tier.EXACT,
    range="all real λ and ρ",
    law=law,
    bug=bug,
    prove=prove,
    shadow=shadow,
    domain=Domain("signed", layers=(2, 2)),
)  # fmt: skip
