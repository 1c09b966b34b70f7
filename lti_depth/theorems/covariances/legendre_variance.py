r"""The variance of K equal layers: three forms of one function of x = |λ|².

V_K = Σ_t |h_t|² with h_t = C(t+K−1, K−1) λ^t, by definition ₂F₁(K, K; 1; x). The law is the terminating form

    V_K = (1 − x)^{1−2K} Σ_{j<K} C(K−1, j)² x^j,

and with y = (1 + x)/(1 − x) it is (1 − x)^{−K} P_{K−1}(y), P the Legendre polynomials. All three obey one recursion in
K with the same beginnings V_1 = 1/(1 − x), V_2 = (1 + x)/(1 − x)³:

    K (1 − x)² V_{K+1} = (2K − 1)(1 + x) V_K − (K − 1) V_{K−1}.                        (*)

Legendre: this is Bonnet's K P_K = (2K−1) y P_{K−1} − (K−1) P_{K−2}, times (1 − x)^{1−K}.

The law: with n = K − 1, (*) says for S_n = Σ_j C(n, j)² x^j that (n+1) S_{n+1} is
(2n+1)(1 + x) S_n − n (1 − x)² S_{n−1}, and this holds for each power of x,

    (n+1) C(n+1, j)² = (2n+1) [C(n, j)² + C(n, j−1)²] − n [C(n−1, j)² − 2 C(n−1, j−1)² + C(n−1, j−2)²];

divided by C(n+1, j)² it is an identity of rational functions of n ≥ 1 and j = 0, …, n+1, without a pole there:
C(n, j) = C(n+1, j) (n+1−j)/(n+1), and so on.

The series: with v_K(t) = C(t+K−1, K−1)², (*) says for each power of x

    K [v_{K+1}(t) − 2 v_{K+1}(t−1) + v_{K+1}(t−2)] = (2K−1) [v_K(t) + v_K(t−1)] − (K−1) v_{K−1}(t),

again an identity of rational functions, of K ≥ 2 and t ≥ 0, after division by v_{K+1}(t). So for all K one exact step
each; whole polynomials and series are compared as well, for small K.
"""

from fractions import Fraction
from math import comb

from ...symbolic.rationals import indeterminates
from ..arithmetic import deviation, long, mp
from ..domains import Domain
from ..theorem import Origin, Step, Theorem, Tier

DEPTHS, TERMS = range(2, 9), 12


def law(x, K):
    """V_K, the terminating form."""
    return sum(comb(K - 1, j) ** 2 * x**j for j in range(K)) * (1 - x) ** (1 - 2 * K)


def bug(x, K):
    """The exponent −2K instead of 1 − 2K."""
    return law(x, K) / (1 - x)


def prove(law):
    """The recursion in K for the law, for the Legendre polynomials and for the series, with their beginnings."""
    (x,) = indeterminates("x")
    y = (1 + x) / (1 - x)
    V = {K: law(x, K) for K in (1, *DEPTHS, DEPTHS[-1] + 1)}
    return (
        Step(r"$V_1 = 1/(1-x)$ and $V_2 = (1+x)/(1-x)^3$", V[1] == 1 / (1 - x) and V[2] == (1 + x) / (1 - x) ** 3),
        Step(r"The law's recursion in $K$ for each power of $x$, all $K$", _binomial_step()),
        Step(r"The same recursion for each term $\binom{t+K-1}{K-1}^2 x^t$ of the series, all $K$ and $t$",
             _series_step()),
        Step(rf"$K = 2…{DEPTHS[-1]}$: $K (1-x)^2 V_{{K+1}} = (2K-1)(1+x) V_K - (K-1) V_{{K-1}}$", all(
            K * (1 - x) ** 2 * V[K + 1] == (2 * K - 1) * (1 + x) * V[K] - (K - 1) * V[K - 1] for K in DEPTHS)),
        Step(rf"$K \le {DEPTHS[-1]}$: the first {TERMS} terms of the law's series are $\binom{{t+K-1}}{{K-1}}^2$",
             all(_series(V[K]) == [comb(t + K - 1, K - 1) ** 2 for t in range(TERMS)] for K in DEPTHS)),
        Step(rf"$K \le {DEPTHS[-1]}$: $(1-x)^{{-K}} P_{{K-1}}((1+x)/(1-x))$ by Bonnet's recursion",
             all(V[K] == (1 - x) ** -K * _legendre(K - 1, y) for K in DEPTHS)),
    )  # fmt: skip


def _binomial_step():
    n, j = indeterminates("n", "j")
    right = n + 1 - j
    own, left = right / (n + 1), j / (n + 1)  # C(n, j), C(n, j−1), with C(n+1, j) = 1
    pairs = n * (n + 1)
    less = right * (right - 1) / pairs, right * j / pairs, j * (j - 1) / pairs  # C(n−1, j), C(n−1, j−1), C(n−1, j−2)
    return n + 1 == (2 * n + 1) * (own**2 + left**2) - n * (less[0] ** 2 - 2 * less[1] ** 2 + less[2] ** 2)


def _series_step():
    K, t = indeterminates("K", "t")
    m = t + K
    pairs = m * (m - 1)
    once, twice = t / m, t * (t - 1) / pairs  # C(m−1, K), C(m−2, K), with C(m, K) = 1
    own, before = K / m, K * t / pairs  # C(m−1, K−1), C(m−2, K−1)
    less = K * (K - 1) / pairs  # C(m−2, K−2)
    return K * (1 - 2 * once**2 + twice**2) == (2 * K - 1) * (own**2 + before**2) - (K - 1) * less**2


def _series(V):
    """Of a rational function of x, by long division."""
    above, below = ([Fraction(int(part[n])) for n in range(TERMS)] for part in (
        _coefficients(V.numerator), _coefficients(V.denominator)))
    found = []
    for t in range(TERMS):
        found.append((above[t] - sum(below[i] * found[t - i] for i in range(1, t + 1))) / below[0])
    return found


def _coefficients(polynomial):
    terms = {int(degree): c for (degree,), c in polynomial.terms()}
    return [terms.get(n, 0) for n in range(TERMS)]


def _legendre(n, y):
    before, P = 0 * y, 0 * y + 1
    for k in range(n):
        before, P = P, ((2 * k + 1) * y * P - k * before) / (k + 1)
    return P


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
    origin=Origin.NEW,
    reference="as a statement about layers; classical: Euler's transformation of ₂F₁, Bonnet's recursion",
    tier=Tier.INDUCTION,
    range="all K",
    law=law,
    bug=bug,
    prove=prove,
    shadow=shadow,
    domain=Domain("complex"),
)
