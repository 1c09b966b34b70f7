r"""Where a tied student stands still: K equal poles, the gain optimal, against one layer.

Teacher T = 1/(1 − λ*x), student gF, F = (1 − λx)^{−K}, x = z⁻¹, real poles, white input. T reproduces values,
⟨f, T⟩ = Σ_t f_t λ*^t = f(x = λ*), so ⟨F, T⟩ = (1 − λλ*)^{−K}; and ⟨F, F⟩ = V = (1−λ²)^{1−2K} S(λ²),
S(y) = Σ_{j<K} C(K−1, j)² y^j. With the best g = ⟨F, T⟩/V the loss is

    L(λ) = ½ [⟨T, T⟩ − ⟨F, T⟩²/V],

and it is stationary where the logarithmic derivatives of ⟨F, T⟩² and of V agree:

    2Kλ*/(1 − λλ*) = V'/V = 2λ [(2K−1)/(1−λ²) + S'(λ²)/S(λ²)].

The limit. Put λ* = 1 − ε, λ = 1 − σε. Then ε times the left side tends to 2K/(1+σ), ε times the right one to (2K−1)/σ
(S does not vanish at 1), and they agree at σ = 2K − 1 alone. Both sides times ε are rational in ε and σ and regular at
ε = 0, and the derivative of their difference by σ at σ = 2K − 1 is −1/(2K) + 1/(2K−1) > 0: by the implicit function
theorem there is for small ε one root σ(ε) nearby, σ(ε) → 2K − 1, that is 1 − λ → (2K−1)(1 − λ*).
"""

from fractions import Fraction

from ...symbolic.rationals import indeterminates
from ..arithmetic import deviation, mp
from ..domains import Domain
from ..equal_layers import numerator
from ..moments import cascade, moment, variance
from ..parallel import parallel
from ..substitution import at
from ..theorem import Origin, Step, Theorem, Tier

POLES = {2: "0.97031", 4: "0.93215"}
LOSSES = {2: "3.71714", 4: "8.86892"}


def law(K, pole, teacher):
    """d log ⟨F, T⟩²/dλ and d log V/dλ: equal where the loss is stationary."""
    return _slopes(K, 2 * K - 1, pole, teacher)


def bug(K, pole, teacher):
    """$2K + 1$ instead of $2K - 1$."""
    return _slopes(K, 2 * K + 1, pole, teacher)


def _slopes(K, order, pole, teacher):
    y = pole**2
    return 2 * K * teacher / (1 - pole * teacher), 2 * pole * (
        order / (1 - y) + numerator(K, y, 1) / numerator(K, y))


def prove(law):
    """Against the loss by moments; the limit in powers of 1 − λ*; the optima for λ* = 0.99."""
    e, s = indeterminates("e", "s")
    return (
        *(Step(rf"$K = {K}$: they are the logarithmic derivatives of $\langle F, T\rangle^2$ and $V$ by moments, "
               r"whose quotient is stationary where the two agree", _profile(law, K)) for K in (1, 2, 3, 4)),
        Step(r"$\varepsilon$ times both at $\lambda = 1 - \sigma\varepsilon$, $\lambda^* = 1 - \varepsilon$ tends to "
             r"$2K/(1+\sigma)$ and $(2K-1)/\sigma$, equal at $\sigma = 2K-1$; $K \le 8$",
             all(_limits(law, K, e, s) == (2 * K / (1 + s), (2 * K - 1) / s) for K in range(1, 9))),
        Step(r"$\lambda^* = 0.99$: the roots are $0.97031$ for $K = 2$ and $0.93215$ for $K = 4$",
             all(_brackets(law, K, Fraction(value)) for K, value in POLES.items())),
        Step(r"with the losses $3.71714$ and $8.86892$",
             all(abs(_loss(law, K) - Fraction(value)) < Fraction(1, 200000) for K, value in LOSSES.items())),
    )  # fmt: skip


def _profile(law, K):
    pole, teacher = indeterminates("p", "t")
    tied = [pole] * K
    reached, energy = moment(cascade(tied), cascade([teacher])) ** 2, variance(tied, tied)
    pull, push = law(K, pole, teacher)
    return reached.derivative(pole) == reached * pull and energy.derivative(pole) == energy * push


def _limits(law, K, e, s):
    return tuple(at(e * side, 0 * s, s) for side in law(K, 1 - s * e, 1 - e))


def _brackets(law, K, pole):
    """The pull exceeds the push half a unit of the last digit below the root, and falls short of it above."""
    half = Fraction(1, 200000)
    below, above = (law(K, pole + shift, Fraction(99, 100)) for shift in (-half, half))
    return below[0] > below[1] and above[0] < above[1]


def optimum(K, teacher, law=law):
    """λ and g of the tied optimum between ½ and λ*, by bisection to 50 bits."""
    low, high = Fraction(1, 2), teacher
    for _ in range(50):
        middle = (low + high) / 2
        pull, push = law(K, middle, teacher)
        low, high = (middle, high) if pull > push else (low, middle)
    return low, (1 - low * teacher) ** -K / variance([low] * K, [low] * K)


def _loss(law, K):
    """½E(y − y_T)² at the optimum, λ* = 0.99."""
    teacher = Fraction(99, 100)
    pole, gain = optimum(K, teacher, law)
    H, T = cascade([pole] * K), cascade([teacher])
    return (gain**2 * moment(H, H) - 2 * gain * moment(H, T) + moment(T, T)) / 2


def shadow(law, stack, machine):
    """At the first pole as λ and the second as λ*: 2K⟨xF/(1−λx), T⟩/⟨F, T⟩ and 2K⟨xF/(1−λx), F⟩/V, for K = 1 … 3."""
    pole, teacher = stack.poles[:2].tolist()
    found, expected = [], []
    for K in (1, 2, 3):
        three = parallel([[pole] * K, [pole] * (K + 1), [teacher]])
        now, later = machine.autocovariance(three, 0), machine.autocovariance(three, 1)
        found += [2 * K * later[2, 1] / now[2, 0], 2 * K * later[0, 1] / now[0, 0]]
        expected += law(K, mp.mpf(pole), mp.mpf(teacher))
    return deviation(expected, found)


THEOREM = Theorem(
    name="tied-stationary-point",
    title="Where tied poles stand still",
    statement=r"One-layer teacher $1/(1 - \lambda^* z^{-1})$, student $g/(1 - \lambda z^{-1})^K$ with the best $g$: "
              r"the loss is stationary where $2K\lambda^*/(1 - \lambda\lambda^*) = V_K'/V_K$, $V_K'$ the derivative by "
              r"$\lambda$, and a root tends to 1 with $\lambda^*$ so that $(1 - \lambda)/(1 - \lambda^*) \to 2K - 1$.",
    hypotheses=("white input", "real poles in (−1, 1)", "poles tied, the gain optimal", "current timing",
                "the limit: K fixed"),
    origin=Origin.NEW,
    reference="Szegő kernel and Euler's transformation; implicit function theorem for the limit",
    tier=Tier.ANALYTIC,
    range="the condition for K ≤ 4, the limit for K ≤ 8; all K by hand",
    law=law,
    bug=bug,
    prove=prove,
    shadow=shadow,
    domain=Domain("signed", layers=(2, 2), timings=("current",), gap=1e-3),
)  # fmt: skip
