r"""Phases all round the circle: a wide random layer with LRU's gains is neutral in the mean, at any depth.

In a wide layer of one channel with independent zero-mean B (variance 1) and C (variance 1/N), the mean over B and C of
|Σ_n C_n B_n γ_n/(1 − λ_n x)|², x = e^{−iω}, keeps the products of an entry with its own conjugate: the spectrum is
multiplied by

    M(ω) = (1/N) Σ_n (1 − |λ_n|²)/|1 − λ_n x|²    (γ² = 1 − |λ|²),

as in `residual_recursion` without the residual sum. Layers are independent: with white input the mean variance of K
layers is V_K = (1/2π) ∫ M^K.

Each term of M is Poisson's kernel 1/(1−λx) + 1/(1−λ̄/x) − 1 = Σ_{d≥0} (λx)^d + Σ_{d≥1} (λ̄/x)^d. For a phase of λ that is
uniform in distribution its mean is the term d = 0: M = 1, V_K = 1 at all depths, whatever the distribution of |λ|.

N equidistant phases λ_n = λζⁿ, ζ = e^{2πi/N}: from 1 − a^N = Π_n (1 − aζⁿ), by −a d/da log,

    Σ_n aζⁿ/(1 − aζⁿ) = N a^N/(1 − a^N),    hence    (1/N) Σ_n 1/(1 − aζⁿ) = 1/(1 − a^N),

and M is the kernel with λ^N and x^N in place of λ and x:

    M = (1 − |λ|^{2N})/((1 − λ^N x^N)(1 − λ̄^N x^{−N})).

The mean over ω of M^K is that over Nω: V_K is the variance of K layers with the one pole λ^N and LRU's gains,
Legendre's P_{K−1}((1+|λ|^{2N})/(1−|λ|^{2N})) by `growth_under_lru_gains`, which tends to 1 as |λ|^{2N}.

M is a mean: single draws of narrow layers scatter far around it.
"""

from itertools import product

import numpy as np

from ...symbolic.rationals import indeterminates
from ..arithmetic import deviation, long, mp, parameters
from ..domains import Domain
from ..moments import variance
from ..theorem import Origin, Step, Theorem, Tier
from .growth_under_lru_gains import law as legendre
from .signs import mean

ANGLES = (0.0, 0.4, 1.3, -2.2)


def law(pole, conjugate, N, x):
    """M for N equidistant phases from that of one pole on, x = e^{−iω}."""
    return (1 - (pole * conjugate) ** N) / ((1 - (pole * x) ** N) * (1 - (conjugate / x) ** N))


def bug(pole, conjugate, N, x):
    r"""$1 - |\lambda|^2$ for $1 - |\lambda|^{2N}$."""
    return law(pole, conjugate, N, x) * (1 - pole * conjugate) / (1 - (pole * conjugate) ** N)


def prove(law):
    """The mean over signs, Poisson's kernel, the sum over roots of unity, and the moments of the kernel."""
    p, q, x = indeterminates("p", "q", "x")
    return (
        Step(r"Two states: the mean of $|\sum_n \pm g_n|^2$ over all signs is $\sum_n |g_n|^2$", _signs()),
        Step(r"One phase: $M = 1/(1-\lambda x) + 1/(1-\bar\lambda/x) - 1$", law(p, q, 1, x) == _kernel(p * x, q / x)),
        *(Step(rf"$N = {N}$: $\frac{{1}}{{N}} \sum_n 1/(1 - a\zeta^n) = 1/(1 - a^N)$ for $a = \lambda x$ and $a = "
               r"\bar\lambda/x$ sum up to the law", _equidistant(law, N)) for N in (2, 3, 4, 5)),
        Step(r"$N = 2$ and $N = 4$ also phase by phase: $\lambda, -\lambda$; and $\lambda^2, -\lambda^2$ in $x^2$",
             mean(law(s * p, s * q, 1, x) for s in (1, -1)) == law(p, q, 2, x)
             and mean(law(s * p**2, s * q**2, 1, x**2) for s in (1, -1)) == law(p, q, 4, x)),
        *(Step(rf"$K = {K}$: the mean of $M^K$ is Legendre's $P_{K - 1}$, by the equations of stationarity",
               (1 - p * q) ** K * variance([p] * K, [q] * K) == legendre(K, p * q)) for K in (1, 2, 3)),
    )  # fmt: skip


def _signs():
    g, h, f, k = indeterminates("g", "h", "f", "k")
    return mean((s * g + t * h) * (s * f + t * k) for s, t in product((1, -1), repeat=2)) == g * f + h * k


def _kernel(a, b):
    return 1 / (1 - a) + 1 / (1 - b) - 1


def _equidistant(law, N):
    """Σ 1/(1 − aζⁿ) = N + Σ aζⁿ/(1 − aζⁿ), by the logarithmic derivative of 1 − a^N."""
    p, q, x, a = indeterminates("p", "q", "x", "a")
    polynomial = 1 - a**N
    total = N - a * polynomial.derivative(a) / polynomial
    return total / N == 1 / (1 - a**N) and law(p, q, N, x) == _kernel((p * x) ** N, (q / x) ** N)


def shadow(law, stack, machine):
    """Rings of two and four states through the first pole, whose numbers are exact: all signs, one and two layers."""
    own, pole = parameters(stack), stack.poles[0].item()
    (p, q), worst = (own.poles[0], own.conjugates[0]), 0.0
    for N, turns in ((2, (1, -1)), (4, (1, -1, 1j, -1j))):
        M = [law(p, q, N, mp.expj(-mp.mpf(omega))) for omega in ANGLES]
        layers = [_layer(machine, pole, turns, signs) for signs in product((1, -1), repeat=N)]
        alone = (machine.stack([layer], timing=stack.timing) for layer in layers)
        found = mean(np.abs(machine.frequency_response(one, ANGLES)) ** 2 for one in alone)
        worst = max(worst, *(deviation(*pair) for pair in zip(M, found, strict=True)))
    pairs = product([_layer(machine, pole, (1, -1), signs) for signs in product((1, -1), repeat=2)], repeat=2)
    found = mean(machine.autocovariance(machine.stack(pair, timing=stack.timing), 0) for pair in pairs)
    return max(worst, deviation(legendre(2, (p * q) ** 2), found))


def _layer(machine, pole, turns, signs):
    gain = float(mp.sqrt((1 - abs(long(pole)) ** 2) / len(turns)))
    return machine.Layer([pole * turn for turn in turns], [[gain]] * len(turns), [signs])


THEOREM = Theorem(
    name="ring-growth",
    title="Phases all round the circle keep the mean variance",
    statement=r"Wide layers with LRU's gains and independent zero-mean $B$, $C$: the mean variance of $K$ layers is "
              r"$\frac{1}{2\pi} \int M^K$, $M = E_\lambda[(1-|\lambda|^2)/|1-\lambda e^{-i\omega}|^2]$. Uniform "
              r"phases: $M = 1$, no growth at any depth. $N$ equidistant phases: $M = "
              r"\frac{1-|\lambda|^{2N}}{|1-\lambda^N e^{-iN\omega}|^2}$, $V_K = "
              r"P_{K-1}\left(\frac{1+|\lambda|^{2N}}{1-|\lambda|^{2N}}\right)$.",
    hypotheses=("entries of $B$ and $C$ independent, of mean 0 and variance 1 and $1/N$, also from layer to layer",
                "one channel, complex outputs", "$|\\lambda| < 1$; uniform phases independent of the moduli",
                "white input of unit variance", "either timing"),
    origin=Origin.NEW,
    reference="Poisson's kernel: classical; gains and ring of Orvieto et al., arXiv 2303.06349",
    tier=Tier.EXACT,
    range="N ≤ 5 phases; K ≤ 3, beyond by the Legendre form of all K",
    law=law,
    bug=bug,
    prove=prove,
    shadow=shadow,
    domain=Domain("complex", layers=(1, 2)),
)  # fmt: skip
