r"""Slow poles at fixed depth: each further layer costs (1−|λ|²)^{−2}.

By `equal_layers`, e^{2K−1} V_K = A_K(1−e) with e = 1−|λ|² and A_K(x) = Σ_j C(K−1,j)² x^j, for every K. A polynomial is
continuous at e = 0: the limit is A_K(1). The recursion

    K A_{K+1} = (2K−1)(1+x) A_K − (K−1)(1−x)² A_{K−1},    A_1 = 1,

says at x = 1−e, to first order in e, where the last term is of second order,

    K A_{K+1} = (2K−1)(2−e) A_K + O(e²).

It determines both coefficients of A_K = a_K (1 − (K−1)e/2) + O(e²) from those of A_1, with K a_{K+1} = 2(2K−1) a_K, the
recursion of a_K = C(2K−2, K−1). Hence

    V_K = C(2K−2, K−1) e^{1−2K} [1 − (K−1) e/2 + ϑ q e²],    0 ≤ ϑ ≤ 1,

by Taylor's formula with Lagrange's remainder: A''_K increases on [0, 1] from a value ≥ 0 to
A''_K(1) = Σ_j C(n,j)² j(j−1) = n(n−1) Σ_j C(n−2,j−2) C(n,n−j) = n(n−1) C(2n−2, n−2), n = K−1, so that
q = (n(n−1)/2) C(2n−2, n−2)/C(2n, n). The two first terms are the law. For K ≤ 8 and e ≤ 1/16 the quotient V_K/law − 1
thus lies between 0 and q e²/(1 − 7e/2) ≤ 6.3 e²: the tolerance, on deviations in units of e².
"""

from math import comb

from ...symbolic.rationals import indeterminates
from .. import equal_layers
from ..arithmetic import deviation, long, mp
from ..domains import Domain
from ..expansions import order
from ..theorem import Origin, Step, Theorem, Tier

DEPTHS = range(1, 9)


def law(central, K, gap):
    """(1−|λ|²)^{2K−1} V_K to first order in gap = 1 − |λ|², central = C(2K−2, K−1)."""
    return central * (1 - (K - 1) * gap / 2)


def bug(central, K, gap):
    """The sign of the next term."""
    return law(central, K, -gap)


def prove(law):
    """The recursion for all K and its finite form; the law in it for all K; the law and the finite sum for few K."""
    return (
        Step(r"$K(1-x)^2 V_{K+1} = (2K-1)(1+x) V_K - (K-1) V_{K-1}$, $x = |\lambda|^2$, for all $K$: every "
             r"coefficient of $V_K = \sum_t \binom{t+K-1}{K-1}^2 x^t$", equal_layers.recursion_holds()),
        Step(r"$V_K = (1-x)^{1-2K} \sum_j \binom{K-1}{j}^2 x^j$ solves it for all $K$",
             equal_layers.finite_form_holds()),
        Step(r"The law solves it to first order in $1 - |\lambda|^2$ for all $K$, by $K \binom{2K}{K} = "
             r"2(2K-1) \binom{2K-2}{K-1}$", _solves(law)),
        *(Step(rf"$K = {K}$: the law is the finite sum to first order", _starts(law, K)) for K in DEPTHS),
    )  # fmt: skip


def _solves(law):
    K, a, e = indeterminates("K", "a", "e")
    return order(K * law(2 * (2 * K - 1) / K * a, K + 1, e) - (2 * K - 1) * (2 - e) * law(a, K, e), e) >= 2


def _starts(law, K):
    (e,) = indeterminates("e")
    return order(equal_layers.numerator(K, 1 - e) - law(comb(2 * K - 2, K - 1), K, e), e) >= 2


def shadow(law, stack, machine):
    """Eight layers with the first pole's phase and 1 − |λ|² between 2⁻¹⁰ and 2⁻⁴; deviations in units of its square."""
    pole = stack.poles[0].item()
    phase = pole / abs(pole) if pole else 1.0
    slow = phase * (1 - 2.0**-4 * (1 - abs(pole) * (1 - 2.0**-6))) ** 0.5
    gap = 1 - abs(long(slow)) ** 2
    variances = machine.state_variance(machine.cascade([slow] * len(DEPTHS), timing=stack.timing))[:, 0]
    return max(
        deviation(law(mp.mpf(comb(2 * K - 2, K - 1)), K, gap), long(variances[K - 1]) * gap ** (2 * K - 1)) / gap**2
        for K in DEPTHS)


THEOREM = Theorem(
    name="slow-poles",
    title="Slow poles: the square of the gap for each further layer",
    statement=r"$K$ equal layers as $|\lambda| \to 1$ at fixed $K$: $V_K = \binom{2K-2}{K-1} (1-|\lambda|^2)^{1-2K} "
              r"[1 - \frac{K-1}{2}(1-|\lambda|^2) + O((1-|\lambda|^2)^2)]$; each further layer costs "
              r"$(1-|\lambda|^2)^{-2}$, not $(1-|\lambda|^2)^{-1}$.",
    hypotheses=("equal scalar layers without feedthrough, $b = c = 1$", "real or complex λ, $0 < |\\lambda| < 1$",
                "white input of unit variance", "either timing"),
    origin=Origin.NEW,
    reference="from the Legendre form of the variance; the paper's Lemma 1 is K = 1",
    tier=Tier.INDUCTION,
    range="all K",
    law=law,
    bug=bug,
    prove=prove,
    shadow=shadow,
    domain=Domain("complex"),
    tolerance=6.3,
)  # fmt: skip
