r"""The variance of K equal layers: three forms of one function of x = |λ|².

V_K = Σ_t |h_t|² with h_t = C(t+K−1, K−1) λ^t, by definition ₂F₁(K, K; 1; x). The law is the terminating form

    V_K = (1 − x)^{1−2K} Σ_{j<K} C(K−1, j)² x^j,

and with y = (1 + x)/(1 − x) it is (1 − x)^{−K} P_{K−1}(y), P the Legendre polynomials. All three obey one recursion in
K with the same beginnings V_1 = 1/(1 − x), V_2 = (1 + x)/(1 − x)³:

    K (1 − x)² V_{K+1} = (2K − 1)(1 + x) V_K − (K − 1) V_{K−1}.                        (*)

Legendre: this is Bonnet's K P_K = (2K−1) y P_{K−1} − (K−1) P_{K−2}, times (1 − x)^{1−K}.

The law and the series: for each power of x (*) is an identity between rational functions, of K and the exponent j for
the law, of K and t for the series (`theorems.equal_layers`). So for all K one exact step each; whole polynomials and
series are compared as well, for small K.
"""

from math import comb

from ...symbolic.rationals import indeterminates
from .. import equal_layers
from ..arithmetic import deviation, long, mp
from ..domains import Domain
from ..theorem import Origin, Step, Theorem, Tier

DEPTHS = range(1, 9)


def law(x, K):
    """V_K, the terminating form."""
    return sum(comb(K - 1, j) ** 2 * x**j for j in range(K)) * (1 - x) ** (1 - 2 * K)


def bug(x, K):
    """The exponent $-2K$ instead of $1 - 2K$."""
    return law(x, K) / (1 - x)


def prove(law):
    """The recursion in K for the series, for the law and for the Legendre polynomials; all three for small K."""
    (x,) = indeterminates("x")
    y = (1 + x) / (1 - x)

    def variance(K, x):
        return law(x, K)

    return (
        Step(r"$K (1-x)^2 V_{K+1} = (2K-1)(1+x) V_K - (K-1) V_{K-1}$ for each term $\binom{t+K-1}{K-1}^2 x^t$ of the "
             r"series, all $K$ and $t$", equal_layers.recursion_holds()),
        Step(r"The same for each power of $x$ in $(1-x)^{1-2K} \sum_j \binom{K-1}{j}^2 x^j$, all $K$",
             equal_layers.finite_form_holds()),
        Step(r"The law solves it for $K \le 6$, and starts at $V_1 = 1/(1-x)$",
             equal_layers.solves_recursion(variance)),
        *(Step(rf"$K = {K}$: the first terms of the law's series are $\binom{{t+K-1}}{{K-1}}^2$",
               equal_layers.sums_squares(variance, K)) for K in (1, 2, 3, 4)),
        Step(rf"$K \le {DEPTHS[-1]}$: $(1-x)^{{-K}} P_{{K-1}}((1+x)/(1-x))$ by Bonnet's recursion",
             all(law(x, K) == (1 - x) ** -K * equal_layers.legendre(K - 1, y) for K in DEPTHS)),
    )  # fmt: skip


def shadow(law, stack, machine):
    """Equal layers at the stack's first pole: the machine's variance, and the two other forms, against the law."""
    K, pole = len(stack), stack.poles[0].item()
    x = abs(long(pole)) ** 2
    equal = machine.cascade([pole] * K, timing=stack.timing)
    y = (1 + x) / (1 - x)
    return deviation([law(x, K)] * 4, [machine.autocovariance(equal, 0), machine.state_variance(equal)[-1, 0],
                                       mp.hyp2f1(K, K, 1, x), mp.legendre(K - 1, y) * (1 - x) ** -K])


THEOREM = Theorem(
    name="legendre-variance",
    title="The variance of equal layers",
    statement=r"$V_K = \sum_t \binom{t+K-1}{K-1}^2 |\lambda|^{2t} = {}_2F_1(K,K;1;|\lambda|^2) = "
              r"(1-|\lambda|^2)^{1-2K} \sum_{j<K} \binom{K-1}{j}^2 |\lambda|^{2j} = (1-|\lambda|^2)^{-K} "
              r"P_{K-1}(\frac{1+|\lambda|^2}{1-|\lambda|^2})$.",
    hypotheses=("$K$ scalar layers with one pole $\\lambda$, $|\\lambda| < 1$, real or complex, $b_k = c_k = 1$, no "
                "feedthrough", "white input of unit variance", "either timing"),
    origin=Origin.CLASSICAL,
    reference="Euler's transformation of ₂F₁ and Legendre's polynomials (Szegő, Orthogonal Polynomials, 4.3 and 4.5); "
              "that it is the variance of equal layers is noted here",
    tier=Tier.INDUCTION,
    range="all K",
    law=law,
    bug=bug,
    prove=prove,
    shadow=shadow,
    domain=Domain("complex"),
)
