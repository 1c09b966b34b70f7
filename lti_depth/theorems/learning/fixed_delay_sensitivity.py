r"""Sensitivity at fixed total delay: depth lowers it in λ, raises it in log(−log λ).

K equal layers have V_K = Σ_t C(t+K−1, K−1)² λ^{2t} = (1−λ²)^{1−2K} S_K(λ²), S_K(x) = Σ_{j<K} C(K−1, j)² x^j (Euler's
transformation of ₂F₁(K, K; 1; λ²)). Each of the K poles has the sensitivity V_{K+1} (theorem
sensitivity-one-layer-deeper), so the trace of the Gauss–Newton matrix of the poles, relative to the variance, is

    tr G/V = K V_{K+1}/V_K = K S_{K+1}(λ²)/[(1−λ²)² S_K(λ²)],

at total delay D = Kλ/(1−λ), that is λ = D/(D+K). In x = log(−log λ), dλ/dx = λ log λ, it is multiplied by (λ log λ)².

D → ∞. S_K(1) = C(2K−2, K−1) (Vandermonde) and C(2K, K)/C(2K−2, K−1) = 2(2K−1)/K, hence with ε = 1 − λ

    ε² tr G/V → K · 2(2K−1)/K · ¼ = K − ½,

and log λ/(1−λ) → −1 takes this limit over to exp–exp. The left side is rational in ε, so its limit is its value at
ε = 0, exactly; the limit of the logarithm is elementary analysis. In λ itself tr G/V ≈ (K − ½)(D/K + 1)² falls with K
like 1/K for K ≪ D.
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


def law(K, pole):
    """tr G/V of the poles of K equal real layers."""
    return K * legendre_variance.law(pole**2, K + 1) / legendre_variance.law(pole**2, K)


def bug(K, pole):
    """V_{K+1}/V_K alone: one pole counted instead of K."""
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
        Step(r"times $(\lambda \log \lambda)^2$: $0.495, 1.470, 3.365$, by rational bounds of the logarithm",
             all(_exp_exp(law, K, Fraction(value)) for K, value in EXP_EXP.items())),
    )  # fmt: skip


def _trace(K, pole):
    """Every sensitivity from ∂²V/∂λ∂μ of two cascades in which one layer has a pole of its own."""
    own, twin, rest = indeterminates("a", "b", "c")
    V = variance([own, *[rest] * (K - 1)], [twin, *[rest] * (K - 1)])
    return K * at(V.derivative(own).derivative(twin), pole, pole, pole) / variance([pole] * K, [pole] * K)


def _exp_exp(law, K, value):
    pole = Fraction(100, 100 + K)
    low, high = (law(K, pole) * (pole * bound) ** 2 for bound in reversed(enclosures.logarithm(pole)))
    return abs(low - value) <= Fraction(1, 2000) and abs(high - value) <= Fraction(1, 2000)


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
              r"poles; in $x = \log(-\log \lambda)$ times $(\lambda \log \lambda)^2$, which tends to $K - \frac12$ as "
              r"$D \to \infty$. Depth lowers the sensitivity in $\lambda$ and raises it in $x$.",
    hypotheses=("scalar layers without feedthrough, equal poles 0 < λ < 1", "white input", "either timing",
                "the limit: K fixed"),
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
