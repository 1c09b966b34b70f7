r"""Sensitivity at fixed total delay: depth lowers it in λ, raises it in log(−log λ).

K equal layers have V_K = Σ_t C(t+K−1, K−1)² λ^{2t} = (1−λ²)^{1−2K} S_K(λ²), S_K(x) = Σ_{j<K} C(K−1, j)² x^j (Euler's
transformation of ₂F₁(K, K; 1; λ²)). Each of the K poles has the sensitivity V_{K+1} (theorem
sensitivity-one-layer-deeper), so the trace of the Gauss–Newton matrix of the poles, relative to the variance, is

    tr G/V = K V_{K+1}/V_K = K S_{K+1}(λ²)/[(1−λ²)² S_K(λ²)],

at total delay D = Kλ/(1−λ), that is λ = D/(D+K). In x = log(−log λ), dλ/dx = λ log λ, it is multiplied by (λ log λ)².

D → ∞. S_K(1) = C(2K−2, K−1) (Vandermonde) and C(2K, K)/C(2K−2, K−1) = 2(2K−1)/K, hence with ε = 1 − λ

    ε² tr G/V → K · 2(2K−1)/K · ¼ = K − ½,

and log λ/(1−λ) → −1 takes this limit over to exp–exp. The left side is rational in ε, so its limit is its value at
ε = 0, exactly; the limit of the logarithm is elementary analysis. As 1/ε = D/K + 1, in λ itself tr G/V over D² tends to
(K − ½)/K², which falls with K: (K − ½)(K+1)² − (K + ½)K² = K² − ½ > 0. These orders are those of long delays, D ≫ K.
Short ones reverse them: as λ → 0 V_{K+1}/V_K → 1, tr G/V → K rises with K in λ, and with (λ log λ)², λ ≈ D/K, it falls
in x.
"""

from fractions import Fraction

from ...symbolic.rationals import indeterminates
from .. import enclosures
from ..arithmetic import deviation, mp
from ..covariances import legendre_variance
from ..domains import Domain
from ..moments import variance
from ..substitution import at
from ..theorem import Origin, Step, Theorem, Tier

DIRECT = {1: "5100.6", 2: "3901.4", 4: "2366.0"}
EXP_EXP = {1: "0.495", 2: "1.470", 4: "3.365"}
SHORT = Fraction(1, 10)


def law(K, pole):
    """tr G/V of the poles of K equal real layers."""
    return K * legendre_variance.law(pole**2, K + 1) / legendre_variance.law(pole**2, K)


def bug(K, pole):
    """$V_{K+1}/V_K$ alone: one pole counted instead of $K$."""
    return law(K, pole) / K


def prove(law):
    """The trace from moments, the limit of ε² tr G/V, and the values at D = 100."""
    (e,) = indeterminates("e")
    return (
        *(Step(rf"$K = {K}$: the sensitivities of the $K$ poles over the variance", _trace(K, e) == law(K, e))
          for K in (1, 2, 3, 4)),
        Step(r"$\varepsilon^2\, \mathrm{tr}\, G/V \to K - \frac12$ as $\varepsilon = 1 - \lambda \to 0$, $K \le 12$",
             all(at(e**2 * law(K, 1 - e), Fraction(0)) == K - Fraction(1, 2) for K in range(1, 13))),
        Step(r"$D = 100$, $K = 1, 2, 4$: $5100.6, 3901.4, 2366.0$ in $\lambda$",
             all(abs(law(K, Fraction(100, 100 + K)) - Fraction(value)) <= Fraction(1, 20)
                 for K, value in DIRECT.items())),
        Step(r"$(K - \frac12)/K^2$ falls with $K$: $(K - \frac12)(K+1)^2 - (K + \frac12)K^2 = (K-1)(K+1) + \frac12$",
             _falls(e)),
        Step(r"times $(\lambda \log \lambda)^2$: $0.495, 1.470, 3.365$, by rational bounds of the logarithm",
             all(_exp_exp(law, K, Fraction(value)) for K, value in EXP_EXP.items())),
        Step(r"Short delays: two layers have the larger trace in $\lambda$ at $D = 1$, the smaller in $x$ at $D = .1$",
             law(1, Fraction(1, 2)) < law(2, Fraction(1, 3)) and _in_x(law, 1, SHORT)[0] > _in_x(law, 2, SHORT)[1]),
    )  # fmt: skip


def _trace(K, pole):
    """Every sensitivity from ∂²V/∂λ∂μ of two cascades in which one layer has a pole of its own."""
    own, twin, rest = indeterminates("a", "b", "c")
    V = variance([own, *[rest] * (K - 1)], [twin, *[rest] * (K - 1)])
    return K * at(V.derivative(own).derivative(twin), pole, pole, pole) / variance([pole] * K, [pole] * K)


def _falls(K):
    half = Fraction(1, 2)
    return (K - half) * (K + 1) ** 2 - (K + half) * K**2 == (K - 1) * (K + 1) + half


def _in_x(law, K, delay):
    """Bounds of the trace in x = log(−log λ), from below and from above."""
    pole = delay / (delay + K)
    return [law(K, pole) * (pole * bound) ** 2 for bound in reversed(enclosures.logarithm(pole))]


def _exp_exp(law, K, value):
    return all(abs(bound - value) <= Fraction(1, 2000) for bound in _in_x(law, K, Fraction(100)))


def shadow(law, stack, machine):
    """K equal layers at the stack's first pole and with its gains."""
    K, pole = len(stack), stack.poles[0].item()
    equal = stack.replace(poles=[pole] * K)
    relative = sum(machine.sensitivity(equal).poles) / machine.autocovariance(equal, 0)
    return deviation([law(K, mp.mpf(pole))], [relative])


THEOREM = Theorem(
    name="fixed-delay-sensitivity",
    title="Sensitivity at fixed total delay, in λ and in exp–exp",
    statement=r"$K$ equal layers of total delay $D$, $\lambda = D/(D+K)$: $\mathrm{tr}\, G/V = K V_{K+1}/V_K$ for the "
              r"poles; in $x = \log(-\log \lambda)$ times $(\lambda \log \lambda)^2$. As $D \to \infty$ the former is "
              r"$(K - \frac12) D^2/K^2 \cdot [1 + o(1)]$, which falls with $K$, the latter tends to $K - \frac12$: at "
              r"long delays depth lowers the sensitivity in $\lambda$ and raises it in $x$; at short ones it need not.",
    hypotheses=("scalar layers without feedthrough, equal poles 0 < λ < 1", "white input", "either timing",
                "the limit, and what depth does: K fixed, $D \\to \\infty$"),
    origin=Origin.NEW,
    reference="exp–exp: Orvieto et al., arXiv 2303.06349; one layer: Zucchet & Orvieto, arXiv 2405.21064",
    tier=Tier.ANALYTIC,
    range="the trace for K ≤ 4, the limit for K ≤ 12; all K by hand",
    law=law,
    bug=bug,
    prove=prove,
    shadow=shadow,
    domain=Domain("nonnegative", layers=(1, 3)),
)  # fmt: skip
