r"""A cascade of K layers is an autoregression of order K: AR(1) ∘ … ∘ AR(1) = AR(K).

Layer k says (1 − λ_k z⁻¹) y⁽ᵏ⁾ = b_k c_k y⁽ᵏ⁻¹⁾. Applied one after the other, Π_k (1 − λ_k z⁻¹) y = g u, that is

    y_t = Σ_{i=1}^{K} φ_i y_{t−i} + g u_t,    φ_i = (−1)^{i+1} e_i(λ_1,…,λ_K),

e_i the elementary symmetric polynomials: 1 − Σ φ_i x^i = Π (1 − λ_k x). By induction: the product of i different poles
out of K+1 has the last or has not, e_i(K+1) = e_i(K) + λ_{K+1} e_{i−1}(K): the multiplication by 1 − λ_{K+1} x.
Under white input, u_t is uncorrelated with y_{t−Δ} for Δ > 0, and E[u_t ȳ_t] = ḡ; the equation times ȳ_{t−Δ} gives the
Yule–Walker equations, with R(−i) the conjugate of R(i),

    R(Δ) = Σ_i φ_i R(Δ − i) + |g|² [Δ = 0],    Δ ≥ 0.

They are checked for the closed form of the theorem autocovariance. In delayed timing u comes K samples later and R is
the same. Poles may coincide: nothing is divided.
"""

from itertools import combinations
from math import prod

from ...symbolic.rationals import indeterminates
from ..arithmetic import deviation, long, parameters
from ..domains import Domain
from ..responses import impulse_response
from ..theorem import Origin, Step, Theorem, Tier
from . import autocovariance

LAGS = range(5)


def law(poles):
    """φ_1, …, φ_K."""
    return [-(-1) ** i * _elementary(poles, i) for i in range(1, len(poles) + 1)]


def bug(poles):
    """The sign $(-1)^i$ instead of $(-1)^{i+1}$."""
    return [-coefficient for coefficient in law(poles)]


def _elementary(poles, i):
    return sum(prod(chosen) for chosen in combinations(poles, i))


def prove(law):
    """The multiplication by one more factor; the recursion of the responses; the Yule–Walker equations."""
    return (
        Step(r"One layer: $\varphi_1 = \lambda$", _first(law)),
        *(Step(rf"$K = {K}$: one more layer multiplies $1 - \sum_i \varphi_i x^i$ by $1 - \lambda_{{K+1}} x$",
               _one_more(law, K)) for K in (1, 2, 3, 6)),
        *(Step(rf"$K = {K}$: $h_t = \sum_i \varphi_i h_{{t-i}}$ for $t \ge 1$", _response(law, K)) for K in (1, 2, 3)),
        *(Step(rf"$K = {K}$: $R(\Delta) = \sum_i \varphi_i R(\Delta - i) + [\Delta = 0]$, complex poles",
               _yule_walker(law, K)) for K in (1, 2, 3)),
    )  # fmt: skip


def _first(law):
    (p,) = indeterminates("p")
    return law([p]) == [p]


def _one_more(law, K):
    poles = indeterminates(*(f"p{k}" for k in range(K + 1)))
    before, after = ([1, *(-phi for phi in law(chosen))] for chosen in (poles[:-1], poles))
    return after == [a - poles[-1] * b for a, b in zip([*before, 0], [0, *before], strict=True)]


def _response(law, K):
    poles = indeterminates(*(f"p{k}" for k in range(K)))
    h = {t: impulse_response.law(poles, t) if t >= 0 else 0 for t in range(1 - K, LAGS[-1] + 1)}
    return all(h[t] == sum(phi * h[t - i] for i, phi in enumerate(law(poles), 1)) for t in LAGS[1:])


def _yule_walker(law, K):
    every = indeterminates(*(f"p{k}" for k in range(K)), *(f"q{k}" for k in range(K)))
    R = {lag: autocovariance.law(every[:K], every[K:], lag) for lag in range(-K, 4)}
    return all(
        R[lag] == sum(phi * R[lag - i] for i, phi in enumerate(law(every[:K]), 1)) + (lag == 0) for lag in range(4)
    )


def shadow(law, stack, machine):
    """The Yule–Walker equations between the machine's autocovariances, and the recursion of its responses."""
    own, K = parameters(stack), len(stack)
    phi, gain = law(own.poles), prod(own.b) * prod(own.c)
    R = dict(zip(range(-K, len(LAGS)), long(machine.autocovariance(stack, range(-K, len(LAGS)))), strict=True))
    late = K if stack.timing == "delayed" else 0
    h = dict(enumerate(long(machine.impulse_response(stack, range(late - K, late + len(LAGS)))), -K))
    energy = abs(gain) ** 2
    covariances = [sum(p * R[lag - i] for i, p in enumerate(phi, 1)) + energy * (lag == 0) for lag in LAGS]
    responses = [sum(p * h[t - i] for i, p in enumerate(phi, 1)) + gain * (t == 0) for t in LAGS]
    return max(deviation(covariances, [R[lag] for lag in LAGS]), deviation(responses, [h[t] for t in LAGS]))


THEOREM = Theorem(
    name="autoregression",
    title="A cascade of K layers is AR(K)",
    statement=r"$y_t = \sum_{i=1}^{K} \varphi_i y_{t-i} + g u_t$ with $1 - \sum_i \varphi_i x^i = \prod_k (1 - "
              r"\lambda_k x)$; under white input $R(\Delta) = \sum_i \varphi_i R(\Delta - i) + |g|^2 [\Delta = 0]$ for "
              r"$\Delta \ge 0$ (Yule–Walker).",
    hypotheses=("scalar layers without feedthrough, poles real or complex, equal or not",
                "for Yule–Walker: $|\\lambda_k| < 1$ and white input of unit variance",
                "either timing (delayed: $u_{t-K}$ for $u_t$)"),
    origin=Origin.CLASSICAL,
    reference="Brockwell & Davis, Time Series, sections 3.3 and 8.1; Shumway & Stoffer, chapter 3",
    tier=Tier.EXACT,
    range="K ≤ 3, complex poles (coefficients: K ≤ 7)",
    law=law,
    bug=bug,
    prove=prove,
    shadow=shadow,
    domain=Domain("complex"),
)
