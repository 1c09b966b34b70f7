r"""Gains that keep every layer of an equal stack at unit variance: quotients of neighboring Legendre polynomials.

Without gains layer k has the variance V_k; the gain of layer j multiplies it, and all later ones, by γ_j². Unit
variance at every depth says γ_1² ⋯ γ_k² V_k = 1, hence γ_k² = V_{k−1}/V_k, V_0 = 1. By the Legendre form
V_k = (1−x)^{−k} P_{k−1}(X), x = |λ|², X = (1+x)/(1−x), of `growth_under_lru_gains`,

    γ_k² = (1−x) P_{k−2}(X)/P_{k−1}(X)    (P_{−1} = 1).

These fall with k, and tend to (1−|λ|)²: by Laplace's integral P_n(X) = (1/π) ∫_0^π (X + √(X²−1) cos φ)^n dφ are the
moments of a positive measure on [1/R, R], R = X + √(X²−1) = (1+|λ|)/(1−|λ|), so that P_{n+1} P_{n−1} ≥ P_n²
(Cauchy–Schwarz; strict for λ ≠ 0) and P_{n+1}/P_n increases to R, the largest point of the measure, while
(1−x)/R = (1−|λ|)². First, γ_1² = 1−x and γ_2² = (1−x)²/(1+x) < γ_1².

For few n the inequality is also visible: with P_n = A_{n+1}(x) (1−x)^{−n} all coefficients of A_{n+2} A_n − A_{n+1}² in
x are ≥ 0.
"""

from ...symbolic.rationals import indeterminates
from .. import equal_layers
from ..arithmetic import deviation, mp, parameters
from ..domains import Domain
from ..moments import variance
from ..theorem import Origin, Step, Theorem, Tier

DEPTH = 6


def law(k, squared):
    """γ_k² = (1−x) P_{k−2}/P_{k−1}, x = |λ|²."""
    X = (1 + squared) / (1 - squared)
    return (1 - squared) * equal_layers.legendre(k - 2, X) / equal_layers.legendre(k - 1, X)


def bug(k, squared):
    """$P_{k-1}/P_k$ for $P_{k-2}/P_{k-1}$."""
    return law(k + 1, squared)


def prove(law):
    """The recursion for all K, unit variance for few layers by the equations of stationarity, and monotony."""
    (x,) = indeterminates("x")
    gains = [law(k, x) for k in range(1, DEPTH + 1)]
    return (
        Step(r"$V_k = (1-x)^{-k} P_{k-1}$ solves $k(1-x)^2 V_{k+1} = (2k-1)(1+x) V_k - (k-1) V_{k-1}$, "
             r"$x = |\lambda|^2$, the recursion of $\sum_t \binom{t+k-1}{k-1}^2 x^t$, for all $k$",
             equal_layers.recursion_holds() and _bonnet()),
        *(Step(rf"$V_{K} \prod_{{j \le {K}}} \gamma_j^2 = 1$, $V_{K}$ from the equations of stationarity",
               _unit(law, K)) for K in range(1, 5)),
        *(Step(rf"$\gamma_{k + 1} \le \gamma_{k}$: $\gamma_{k}^2 - \gamma_{k + 1}^2$ has no negative coefficient "
               "over the product of the denominators and of a power of $1-x$", _falls(gains[k - 1], gains[k]))
          for k in range(1, DEPTH)),
    )  # fmt: skip


def _bonnet():
    """The recursion with V_k = (1−x)^{−k} P_{k−1} is Bonnet's, for abstract P."""
    K, x, scale, before, here = indeterminates("K", "x", "scale", "P2", "P1")  # scale = (1−x)^{−K}
    after = ((2 * K - 1) * (1 + x) / (1 - x) * here - (K - 1) * before) / K
    return equal_layers.remainder(K, x, scale / (1 - x) * after, scale * here, scale * (1 - x) * before) == 0


def _unit(law, K):
    pole, conjugate = indeterminates("p", "q")
    product = variance([pole] * K, [conjugate] * K)
    for k in range(1, K + 1):
        product = product * law(k, pole * conjugate)
    return product == 1


def _falls(first, second):
    """Whether first − second ≥ 0 on [0, 1): (1−x)^n times a quotient of polynomials with coefficients ≥ 0."""
    difference = first - second
    (x,) = indeterminates("x")
    positive = [difference / (1 - x) ** n for n in range(3)]
    return any(all(c >= 0 for part in (r.numerator, r.denominator) for _, c in part.terms()) for r in positive)


def shadow(law, stack, machine):
    """Layers equal to the stack's first: the machine's gains, that they fall to 1 − |λ|, and the states they leave."""
    own, pole = parameters(stack), stack.poles[0].item()
    equal = machine.cascade([pole] * DEPTH, timing=stack.timing)
    squares = [law(k, abs(own.poles[0]) ** 2) for k in range(1, DEPTH + 1)]
    if not all(a >= b for a, b in zip(squares, [*squares[1:], (1 - abs(own.poles[0])) ** 2], strict=True)):
        return float("inf")
    gains = [mp.sqrt(square) for square in squares]
    scaled = equal.replace(B=[float(gain) for gain in gains])
    return max(deviation(gains, machine.normalization(equal, "depth-aware")[:, 0]),
               deviation([1] * DEPTH, machine.state_variance(scaled)[:, 0]))


THEOREM = Theorem(
    name="depth-aware-legendre",
    title="Depth-aware gains of equal layers",
    statement=r"The gains that give each of $K$ equal layers unit variance are $\gamma_k^2 = (1-|\lambda|^2) "
              r"P_{k-2}(x)/P_{k-1}(x)$, $x = \frac{1+|\lambda|^2}{1-|\lambda|^2}$, $P_{-1} = 1$; they fall from "
              r"$\gamma_1 = \sqrt{1-|\lambda|^2}$ to $1-|\lambda|$.",
    hypotheses=("equal scalar layers without feedthrough, $b = c = 1$ before the gains",
                "real or complex λ, $|\\lambda| < 1$", "white input of unit variance", "either timing"),
    origin=Origin.NEW,
    reference="extends the gain of Orvieto et al., arXiv 2303.06349, which is $\\gamma_1$; Legendre: classical",
    tier=Tier.INDUCTION,
    range="all k for the gains; that they fall, k ≤ 6, beyond by Laplace's integral",
    law=law,
    bug=bug,
    prove=prove,
    shadow=shadow,
    domain=Domain("complex"),
)  # fmt: skip
