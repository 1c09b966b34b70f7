r"""Two layers that share a delay: equal poles have the largest variance, under unit gain at frequency 0 the least.

In the delays m_k = λ_k/(1−λ_k) ≥ 0 with D = m_1 + m_2 and p = m_1 m_2,

    1 − λ_k² = (1+2m_k)/(1+m_k)²,    λ_1 λ_2 = p/(1+D+p),    Π(1+m_k) = 1+D+p,    Π(1+2m_k) = 1+2D+4p,

so that the variance of two layers, (1+λ_1λ_2)/((1−λ_1λ_2)(1−λ_1²)(1−λ_2²)), is

    V = (1+D+2p)(1+D+p)²/((1+D)(1+2D+4p)).

At fixed D it depends on p alone, which runs from 0 (one layer, the other transparent) to D²/4 (equal layers) and
increases as |m_1 − m_2| falls. In ∂V/∂p the sign is that of

    2(1+D+p)(1+2D+4p) + 2(1+D+2p)(1+2D+4p) − 4(1+D+2p)(1+D+p),

a polynomial in D and p with coefficients ≥ 0 only: V increases with p. The gains 1−λ_k divide V by (1+D+p)², which
leaves (1+D+2p)/((1+D)(1+2D+4p)), with the derivative −2/((1+D)(1+2D+4p)²) < 0: there the order is reversed. For K ≥ 3
the first is a conjecture, and the second is false: three equal layers can exceed one slow one.
"""

from fractions import Fraction

from ...symbolic.rationals import indeterminates
from ..arithmetic import deviation, parameters
from ..domains import Domain
from ..moments import variance
from ..theorem import Origin, Step, Theorem, Tier


def law(delay, product, unit_dc=False):
    """V of two layers with m_1 + m_2 = delay, m_1 m_2 = product; b = 1, or b = 1 − λ."""
    V = (1 + delay + 2 * product) / ((1 + delay) * (1 + 2 * delay + 4 * product))
    return V if unit_dc else V * (1 + delay + product) ** 2


def bug(delay, product, unit_dc=False):
    """The sign of $m_1 m_2$."""
    return law(delay, -product, unit_dc)


def prove(law):
    """The law by the equations of stationarity; the signs of its derivatives in the product by their coefficients."""
    m, n = indeterminates("m", "n")
    poles, gain = [m / (1 + m), n / (1 + n)], 1 / ((1 + m) * (1 + n))
    V = variance(poles, poles)
    D, p, extra = indeterminates("D", "p", "extra")
    rise, fall = (law(D, p + extra, unit_dc) - law(D, p, unit_dc) for unit_dc in (False, True))
    return (
        Step("The law is the variance of two layers, from the equations of stationarity", V == law(m + n, m * n)),
        Step(r"The same under unit gain at frequency 0", V * gain**2 == law(m + n, m * n, True)),
        Step(r"$V(D, p + \epsilon) - V(D, p) = \epsilon$ times a quotient of polynomials in $D, p, \epsilon$ without "
             "negative coefficients", _positive(rise / extra)),
        Step(r"Under unit gain at frequency 0 the same of $V(D, p) - V(D, p + \epsilon)$", _positive(-fall / extra)),
        Step(r"$D^2/4 - m_1 m_2 = (m_1 - m_2)^2/4$: $p$ is largest where the poles are equal",
             (m + n) ** 2 / 4 - m * n == ((m - n) / 2) ** 2),
        Step(r"$D = 100$, unit gain at frequency 0: three equal layers exceed one slow layer, two do not",
             _unit_dc(100, 2) < law(100, 0, True) < _unit_dc(100, 3)),
    )  # fmt: skip


def _unit_dc(delay, K):
    """V of K equal layers."""
    pole = Fraction(delay, delay + K)
    return variance([pole] * K, [pole] * K) * (1 - pole) ** (2 * K)


def _positive(ratio):
    return all(c > 0 for part in (ratio.numerator, ratio.denominator) for _, c in part.terms())


def shadow(law, stack, machine):
    """The stack's poles with b = 1 and b = 1 − λ, and equal layers of the same delay, which bound both."""
    m, n = (pole / (1 - pole) for pole in parameters(stack).poles)
    worst = 0.0
    for unit_dc in (False, True):
        V = law(m + n, m * n, unit_dc)
        layers = machine.cascade(stack.poles, 1 - stack.poles if unit_dc else 1.0, timing=stack.timing)
        worst = max(worst, deviation(V, machine.autocovariance(layers, 0)))
        bound = law(m + n, (m + n) ** 2 / 4, unit_dc)
        if (V < bound) if unit_dc else (V > bound):
            return float("inf")
    return worst


THEOREM = Theorem(
    name="equal-poles-extremal",
    title="Two layers of a given delay: equal poles are extremal",
    statement=r"Two real layers with $m_k = \lambda_k/(1-\lambda_k) \ge 0$, $D = m_1 + m_2$, $p = m_1 m_2$: $V = "
              r"\frac{(1+D+2p)(1+D+p)^2}{(1+D)(1+2D+4p)}$ increases with $p$, so that at a given delay $D$ equal poles "
              r"have the largest variance and one slow pole beside $\lambda = 0$ the least; with $b_k = 1-\lambda_k$, "
              r"$V = \frac{1+D+2p}{(1+D)(1+2D+4p)}$ decreases, and the order is reversed.",
    hypotheses=("two scalar layers without feedthrough", "$\\lambda_k \\in [0, 1)$", "unit gains, or unit gain at "
                "frequency 0", "white input of unit variance", "either timing"),
    origin=Origin.NEW,
    reference="conjectured for more layers with unit gains: V Schur-concave in the delays",
    tier=Tier.EXACT,
    range="K = 2, all delays",
    law=law,
    bug=bug,
    prove=prove,
    shadow=shadow,
    domain=Domain("nonnegative", layers=(2, 2)),
)  # fmt: skip
