r"""The tied point is a saddle: along directions Σ dλ_k = 0 the Hessian is −κ I, and κ > 0 for a one-layer teacher.

Student H = g Π 1/(1 − λ_k x), x = z⁻¹, any teacher T, loss L = ½⟨E, E⟩, E = H − T, real poles; w_k = x/(1 − λ_k x).

    ∂_k H = w_k H,   ∂_j ∂_k H = w_j w_k H (j ≠ k),   ∂_k² H = 2 w_k² H,   ∂_j ∂_k L = ⟨∂_j H, ∂_k H⟩ + ⟨E, ∂_j ∂_k H⟩.

The first line has identities in x, λ_j, λ_k and the product of all else, so they hold for every K. At equal poles
∂_j∂_k L = ⟨wH, wH⟩ + (1 + δ_jk) ⟨E, Hw²⟩: a multiple of the matrix of ones, which Σ dλ_k = 0 does not see, and
−κ I with κ = −⟨E, Hw²⟩. It takes neither a special teacher nor white input.

One-layer teacher T = 1/(1 − λ*x), white input. ⟨f, T⟩ = f(x = λ*). With m = w(λ*) = λ*/(1 − λλ*), stationarity in g and
in λ reads H(λ*) = ⟨H, H⟩ and m H(λ*) = ⟨H, wH⟩, so m = ⟨H, wH⟩/⟨H, H⟩, and ⟨T, Hw²⟩ = m² H(λ*), hence

    κ = ⟨H, wH⟩²/⟨H, H⟩ − ⟨H, Hw²⟩,    also λ* = m/(1 + λm).

At g = 1, ⟨H, H⟩ = f(λ²) with f(y) = Σ C(t+K−1, t)² y^t, and derivatives by the poles of one factor give
⟨H, wH⟩ = λf'/K, ⟨H, Hw²⟩ = λ²f''/(K(K+1)). With p = f'/f, f''/f = p' + p², so

    κ/g² = λ² f [p² − K p']/(K² (K+1)).

f = (1−y)^{1−2K} S(y), S(y) = Σ_{j<K} C(K−1, j)² y^j = (1−y)^{K−1} P_{K−1}((1+y)/(1−y)): the zeros of Legendre's
polynomial in (−1, 1) make all zeros of S real and negative. So S'/S ≥ 0 and (S'/S)' ≤ 0 for y ≥ 0, p ≥ (2K−1)/(1−y),
p' ≤ (2K−1)/(1−y)², and

    p² − K p' ≥ (2K−1)(2K−1 − K)/(1−y)² = (2K−1)(K−1)/(1−y)² > 0    for K ≥ 2:

κ > 0 wherever λ ≠ 0; the tied point is a saddle, of index K − 1. At K = 1, p² = p' and κ = 0. As a = 1 − λ* → 0,
κ tends to c_K ‖T‖² (K−1)/(4K²(K+1)(2K−1) a²) with c_K the share of the teacher's energy that the tied student captures.
"""

from fractions import Fraction
from math import factorial

from ...symbolic.rationals import indeterminates
from ..arithmetic import deviation, mp
from ..domains import Domain
from ..equal_layers import numerator
from ..moments import LATE, cascade, moment
from ..parallel import parallel
from ..substitution import at
from ..theorem import Origin, Step, Theorem, Tier
from .tied_stationary_point import law as slopes
from .tied_stationary_point import optimum

KAPPA = {2: "3126.14", 4: "496.67"}


def law(K, pole):
    """κ/g² at the tied stationary point λ of a one-layer teacher."""
    return _kappa(K, K + 1, pole)


def bug(K, pole):
    r"""$\binom{K}{2}$ instead of $\binom{K+1}{2}$ in $\langle H, Hw^2\rangle$."""
    return _kappa(K, K - 1, pole)


def _kappa(K, weight, pole):
    square, order = pole**2, 2 * K - 1
    S, first, second = (numerator(K, square, n) for n in range(3))
    gap = 1 - square
    ratio = order / gap + first / S  # p = f'/f
    bend = order * (order + 1) / gap**2 + 2 * order * first / (gap * S) + second / S  # f''/f
    return square * S * (ratio**2 / K**2 - weight * bend / (K * (K + 1) ** 2)) / gap**order


def prove(law):
    """Derivatives for every K, the Hessian from the loss, the stationary value, its sign, its limit, two numbers."""
    return (
        Step(r"Any $K$: $\partial_j \partial_k H = w_j w_k H$ and $\partial_k^2 H = 2 w_k^2 H$", _derivatives()),
        *(Step(rf"$K = {K}$: at poles $\lambda + s$, $\lambda - s$, $\lambda$, … the loss has the second derivative "
               r"$-2\kappa$, for any $\lambda^*$ and $g$", _split(K)) for K in (2, 3)),
        *(Step(rf"$K = {K}$: where $g$ and $\lambda$ are stationary, $-\langle E, Hw^2\rangle/g^2$ is the law",
               _stationary(law, K)) for K in (1, 2, 3, 4)),
        Step(r"$K \le 12$: $(1-y)\,S^2\,[p^2 - Kp' - (2K-1)(K-1)/(1-y)^2]$ is a polynomial without negative terms",
             all(_positive(law, K) for K in range(2, 13))),
        Step(r"$K \le 6$: $a^2 \kappa/\|T\|^2 \to c_K (K-1)/(4K^2(K+1)(2K-1))$",
             all(_limit(law, K) for K in range(2, 7))),
        Step(r"$\lambda^* = 0.99$: $\kappa = 3126.14$ for $K = 2$, $496.67$ for $K = 4$",
             all(abs(_at_teacher(law, K, Fraction(99, 100)) - Fraction(value)) < Fraction(1, 200)
                 for K, value in KAPPA.items())),
    )  # fmt: skip


def _derivatives():
    p, q, x = indeterminates("p", "q", "x")
    H, w, v = 1 / ((1 - p * x) * (1 - q * x)), x / (1 - p * x), x / (1 - q * x)
    return H.derivative(p).derivative(q) == w * v * H and H.derivative(p).derivative(p) == 2 * w**2 * H


def _split(K):
    pole, s, teacher, g = indeterminates("p", "s", "t", "g")
    H = cascade([pole + s, pole - s, *[pole] * (K - 2)])
    T = cascade([teacher])
    loss = (g**2 * moment(H, H) - 2 * g * moment(H, T)) / 2
    second = at(loss.derivative(s).derivative(s), pole, 0 * s, teacher, g)
    return second == -2 * _at_any(K, pole, teacher, g)


def _at_any(K, pole, teacher, g):
    """−⟨E, Hw²⟩ by moments."""
    bent, H = [LATE, LATE, *cascade([pole] * (K + 2))], cascade([pole] * K)
    return g * moment(bent, cascade([teacher])) - g**2 * moment(bent, H)


def stationary(K, pole):
    """λ* and g of which λ is the stationary point, by moments."""
    H, slope = cascade([pole] * K), [LATE, *cascade([pole] * (K + 1))]
    energy = moment(H, H)
    m = moment(slope, H) / energy
    teacher = m / (1 + pole * m)
    return teacher, (1 - pole * teacher) ** -K / energy


def _stationary(law, K):
    (pole,) = indeterminates("p")
    teacher, g = stationary(K, pole)
    pull, push = slopes(K, pole, teacher)
    return pull == push and _at_any(K, pole, teacher, g) == g**2 * law(K, pole)


def _positive(law, K):
    (pole,) = indeterminates("p")
    gap, S = 1 - pole**2, numerator(K, pole**2)
    sign = law(K, pole) * K**2 * (K + 1) * gap ** (2 * K + 1) * S / pole**2  # (1−y)² S² (p² − Kp')
    rest = (sign - (2 * K - 1) * (K - 1) * S**2) / gap
    return rest.denominator.is_constant() and all(c >= 0 for c in rest.numerator.coeffs())


def _limit(law, K):
    (e,) = indeterminates("e")
    teacher, g = stationary(K, 1 - e)
    scaled = at((1 - teacher) ** 2 * (1 - teacher**2) * g**2 * law(K, 1 - e), Fraction(0))
    share = Fraction(2 * factorial(K - 1) ** 2 * (4 * K - 2) ** (2 * K - 1),
                     (2 * K) ** (2 * K) * factorial(2 * K - 2))  # fmt: skip
    return scaled == share * Fraction(K - 1, 4 * K**2 * (K + 1) * (2 * K - 1))


def _at_teacher(law, K, teacher):
    pole, gain = optimum(K, teacher)
    return gain**2 * law(K, pole)


def shadow(law, stack, machine):
    """⟨H, wH⟩²/⟨H, H⟩ − ⟨H, Hw²⟩ of two to four layers at the stack's first pole."""
    pole = stack.poles[0].item()
    K = len(stack) + 1
    R = machine.autocovariance(parallel([[pole] * (K + n) for n in range(3)]), [0, 1, 2])
    return deviation([law(K, mp.mpf(pole))], [R[1][0, 1] ** 2 / R[0][0, 0] - R[2][0, 2]])


THEOREM = Theorem(
    name="saddle",
    title="The tied point is a saddle",
    statement=r"Where all poles are equal, the Hessian on $\sum_k d\lambda_k = 0$ is $-\kappa I$, $\kappa = -\langle "
              r"E, Hw^2\rangle$, $w = z^{-1}/(1 - \lambda z^{-1})$. Where $\lambda$ and $g$ are stationary for a "
              r"one-layer teacher, $\kappa = \langle H, wH\rangle^2/\langle H, H\rangle - \langle H, Hw^2\rangle > 0$ "
              r"for every $K \ge 2$: the tied optimum is a saddle of index $K - 1$.",
    hypotheses=("the Hessian: any teacher and input, real poles, scalar layers, either timing",
                "the sign: one-layer teacher with λ* ≠ 0, white input, λ and g stationary, current timing"),
    origin=Origin.NEW,
    reference="the sign by the real zeros of Legendre's polynomials (Szegő, Orthogonal Polynomials, 3.3)",
    tier=Tier.ANALYTIC,
    range="the Hessian for all K; the stationary value for K ≤ 4, the sign for K ≤ 12; all K by hand",
    law=law,
    bug=bug,
    prove=prove,
    shadow=shadow,
    domain=Domain("nonnegative", layers=(1, 3), timings=("current",), gap=1e-3),
)  # fmt: skip
