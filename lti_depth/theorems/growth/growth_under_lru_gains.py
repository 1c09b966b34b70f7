r"""Gains √(1−|λ|²) cure the first layer only: the variance of layer K is Legendre's P_{K−1}.

The gain γ = √(1−|λ|²) multiplies h_t by γ once a layer, the variance V_K of the plain stack by (1−|λ|²)^K. With
x = |λ|², X = (1+x)/(1−x) and V'_K = (1−x)^K V_K, the recursion of `equal_layers`,

    K (1−x)² V_{K+1} = (2K−1)(1+x) V_K − (K−1) V_{K−1},    times (1−x)^{K−1},

becomes K V'_{K+1} = (2K−1) X V'_K − (K−1) V'_{K−1}, with V'_1 = 1 and V'_2 = X: Bonnet's recursion and the start of
P_0, P_1, …: hence V'_K = P_{K−1}(X) for all K. The law writes P_n as Rodrigues' formula gives it,

    P_n(X) = Σ_j C(n,j)² ((X−1)/2)^{n−j} ((X+1)/2)^j,    (X−1)/2 = x/(1−x), (X+1)/2 = 1/(1−x).

Growth per layer, r_K = V'_{K+1}/V'_K. Laplace's integral P_n(X) = (1/π) ∫_0^π (X + √(X²−1) cos φ)^n dφ makes the P_n
moments of a positive measure whose largest point is R = X + √(X²−1) = (1+|λ|)/(1−|λ|): r_K increases (Cauchy–Schwarz)
to R. The recursion K r_K = (2K−1) X − (K−1)/r_{K−1}, 2X = R + 1/R, is solved to relative order 1/K by

    r_K = R (1 − 1/(2K) + O(K^{−2})),

as the deep limit (`deep_limit`, V_K ∝ K^{−1/2} (1−|λ|)^{−2K} (1 + O(1/K))) says as well.
"""

from math import comb

from ...symbolic.rationals import indeterminates
from .. import equal_layers
from ..arithmetic import deviation, parameters
from ..domains import Domain
from ..expansions import order, power
from ..theorem import Origin, Step, Theorem, Tier

DEPTH = 6


def law(K, squared):
    """P_{K−1}((1+x)/(1−x)), x = |λ|²."""
    return _legendre(K - 1, squared / (1 - squared), 1 / (1 - squared))


def bug(K, squared):
    """$(1+X)/2$ with the sign of $X$ changed."""
    return _legendre(K - 1, squared / (1 - squared), -squared / (1 - squared))


def _legendre(n, less, more):
    return sum(comb(n, j) ** 2 * less ** (n - j) * more**j for j in range(n + 1))


def prove(law):
    """The recursion of the variances for all K; Legendre's sum in it; the law against the series; the growth."""

    def plain(K, x):
        return law(K, x) * (1 - x) ** -K

    return (
        Step(r"$K(1-x)^2 V_{K+1} = (2K-1)(1+x) V_K - (K-1) V_{K-1}$, $x = |\lambda|^2$, for all $K$: every "
             r"coefficient of $V_K = \sum_t \binom{t+K-1}{K-1}^2 x^t$", equal_layers.recursion_holds()),
        Step(r"$(1-x)^K V_K = \sum_j \binom{K-1}{j}^2 x^j (1-x)^{1-K}$ solves it for all $K$",
             equal_layers.finite_form_holds()),
        Step(r"The law solves it for $K \le 6$, and starts at $V_1 = 1/(1-x)$", equal_layers.solves_recursion(plain)),
        *(Step(rf"$K = {K}$: the law agrees with the first terms of $(1-x)^K \sum_t \binom{{t+K-1}}{{K-1}}^2 x^t$",
               equal_layers.sums_squares(plain, K)) for K in (1, 2, 3, 4)),
        Step(r"$R(1 - \frac{1}{2K})$, $R + 1/R = 2X$, solves $K r_K = (2K-1) X - (K-1)/r_{K-1}$ to relative order "
             r"$1/K$", _growth()),
    )  # fmt: skip


def _growth():
    R, e = indeterminates("R", "e")  # e = 1/K
    before = R * (1 - e * power(-e, -1, 2) / 2)
    return order(R * (1 - e / 2) - (2 - e) * (R + 1 / R) / 2 + (1 - e) / before, e) >= 2


def shadow(law, stack, machine):
    """Layers equal to the stack's first, b = c = 1, with the machine's gains."""
    pole = stack.poles[0].item()
    own = parameters(stack)
    equal = machine.normalize(machine.cascade([pole] * DEPTH, timing=stack.timing), "lru")
    squared = own.poles[0] * own.conjugates[0]
    return deviation([law(K, squared) for K in range(1, DEPTH + 1)], machine.state_variance(equal)[:, 0])


THEOREM = Theorem(
    name="growth-under-lru-gains",
    title="The growth that LRU's gains leave",
    statement=r"With $\gamma = \sqrt{1-|\lambda|^2}$ at every one of $K$ equal layers the variance is "
              r"$P_{K-1}\left(\frac{1+|\lambda|^2}{1-|\lambda|^2}\right)$, $P$ Legendre's polynomials: 1 at the first "
              r"layer only; each further layer multiplies it by a factor that rises to "
              r"$\frac{1+|\lambda|}{1-|\lambda|}$, as $1 - \frac{1}{2K}$ times that for large $K$.",
    hypotheses=("equal scalar layers without feedthrough, $b = c = 1$ before the gains",
                "real or complex λ, $|\\lambda| < 1$; for the growth λ ≠ 0", "white input of unit variance",
                "either timing"),
    origin=Origin.NEW,
    reference=r"Legendre's form of $\sum_t \binom{t+K-1}{K-1}^2 x^t$ is classical; gains of Orvieto et al., "
              "arXiv 2303.06349",
    tier=Tier.INDUCTION,
    range="all K; of the growth per layer only the formal expansion is computed, Laplace's integral does the rest",
    law=law,
    bug=bug,
    prove=prove,
    shadow=shadow,
    domain=Domain("complex"),
)  # fmt: skip
