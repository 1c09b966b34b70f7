r"""The autocovariance of any rational filter, numerator of full degree included.

Let x = z⁻¹, H = Θ(x)/Π_k(1 − p_k x), Θ = Σ_{n≤q} θ_n x^n, q ≤ M, with M distinct poles p_k ≠ 0 of layers and input
together. The response to white noise is Σ_n θ_n times the one without numerator, n samples later, so that with the
autocovariance R_0 of the latter (the theorem autocovariance)

    R(Δ) = Σ_{n,m≤q} θ_n θ̄_m R_0(Δ − n + m).

For lags of R_0 that are ≥ 0 each pole contributes p_k^{Δ−n+m} times its term at lag 0, and the double sum is
Θ(1/p_k) Θ̄(p_k):

    R(Δ) = Σ_k p_k^{Δ+M−1} Θ(1/p_k) Θ̄(p_k) / [Π_{j≠k}(p_k − p_j) Π_j(1 − p_k p̄_j)].        (*)

At a negative lag −m of R_0 the same terms still give the right value as long as m < M. Let f(x) =
x^{M−1−m}/[Π_k(x − p_k) Π_j(1 − x p̄_j)]: with 0 ≤ M−1−m, its only residues are at p_k and 1/p̄_j, they add up to 0, f
being of degree ≤ −2 at infinity; and the second kind is the conjugated sum at lag m with the sign reversed. At m = M
the origin becomes a pole of f with the residue 1/Π_k(−p_k), and R_0(−M) is (*) plus this residue. Lags below −M do not
occur for Δ ≥ 0, q ≤ M; and −M itself only at Δ = 0, n = M, m = 0. So (*) holds for Δ ≥ q − M + 1, and with q = M lag 0
has the further term

    θ_M θ̄_0 / Π_k(−p_k) = D · conj(h_0),

D = H at x → ∞, h_0 = H at x = 0. For layers with skips D is Π d_k in current timing. R is bilinear in θ and θ̄, so the
proof compares the law with R_0 for each pair of monomials x^n, x^m; at Δ = 0, …, M, which covers all lags: from Δ = 1
on both sides are combinations of the M sequences p_k^Δ.
"""

from math import prod

import numpy as np

from ...symbolic.rationals import indeterminates
from ..arithmetic import deviation, parameters
from ..domains import Domain
from ..theorem import Origin, Step, Theorem, Tier
from . import autocovariance

LAGS = (0, 1, 2, 5)


def law(poles, conjugates, theta, adjoint, lag):
    """R(Δ), Δ ≥ 0; theta and adjoint: M+1 coefficients of Θ and their conjugates, lowest first."""
    through = theta[-1] / prod(-p for p in poles)  # D
    return _sum_over_poles(poles, conjugates, theta, adjoint, lag) + (through * adjoint[0] if lag == 0 else 0)


def bug(poles, conjugates, theta, adjoint, lag):
    """Without the further term at lag 0."""
    return _sum_over_poles(poles, conjugates, theta, adjoint, lag)


def _sum_over_poles(poles, conjugates, theta, adjoint, lag):
    return sum(
        p ** (lag + len(poles) - 1) * _value(theta, 1 / p) * _value(adjoint, p)
        / (prod(p - other for j, other in enumerate(poles) if j != k) * prod(1 - p * q for q in conjugates))
        for k, p in enumerate(poles)
    )  # fmt: skip


def _value(coefficients, x):
    return sum(c * x**n for n, c in enumerate(coefficients))


def prove(law):
    """For each pair of monomials in Θ and its adjoint, against the autocovariance without numerator, delayed."""
    return tuple(
        Step(rf"$M = {M}$, $q \le {M}$, $\Delta = 0…{M}$: $\sum_{{n,m}} \theta_n \bar\theta_m R_0(\Delta - n + m)$",
             _shifted(law, M)) for M in (1, 2, 3)
    )  # fmt: skip


def _shifted(law, M):
    every = indeterminates(*(f"p{k}" for k in range(M)), *(f"q{k}" for k in range(M)))
    poles, conjugates = every[:M], every[M:]
    lags = range(M + 1)
    plain = {d: autocovariance.law(poles, conjugates, d) for d in range(-M, M + lags[-1] + 1)}
    return all(
        law(poles, conjugates, _monomial(n, M), _monomial(m, M), lag) == plain[lag - n + m]
        for n in range(M + 1) for m in range(M + 1) for lag in lags
    )  # fmt: skip


def _monomial(n, M):
    return [int(n == m) for m in range(M + 1)]


def shadow(law, stack, machine):
    """Stacks with skips in both timings: the numerators of the layers multiplied."""
    own, theta = parameters(stack), [1]
    for pole, b, c, d in zip(own.poles, own.b, own.c, own.d, strict=True):
        section = [d + c * b, -d * pole] if stack.timing == "current" else [d, c * b - d * pole]
        theta = np.convolve(theta, section)
    adjoint = [t.conjugate() for t in theta]
    return deviation([law(own.poles, own.conjugates, list(theta), adjoint, lag) for lag in LAGS],
                     machine.autocovariance(stack, LAGS))


THEOREM = Theorem(
    name="autocovariance-full-degree",
    title="The autocovariance of a rational filter",
    statement=r"$H = \Theta(x)/\prod_k (1 - p_k x)$, $x = z^{-1}$, $\deg \Theta = q \le M$: $R(\Delta) = \sum_k "
              r"p_k^{\Delta+M-1} \Theta(1/p_k) \bar\Theta(p_k) / [\prod_{j \ne k} (p_k - p_j) \prod_j (1 - p_k "
              r"\bar p_j)]$ for $\Delta \ge 0$; if $q = M$, lag 0 has the further term $D \bar h_0$, $D = "
              r"H(x \to \infty)$.",
    hypotheses=("$M$ poles of layers and input together, distinct, $0 < |p_k| < 1$, real or complex",
                "one channel, any feedthrough", "white noise of unit variance drives the input's filter",
                "either timing"),
    origin=Origin.CLASSICAL,
    reference="residue calculus for ARMA processes, Brockwell & Davis, Time Series, section 3.3; lag 0 at full degree "
              "made explicit here",
    tier=Tier.EXACT,
    range="M ≤ 3, complex poles, every numerator of degree ≤ M, all lags",
    law=law,
    bug=bug,
    prove=prove,
    shadow=shadow,
    domain=Domain("complex", distinct=True, zeros=False, feedthrough=True),
)
