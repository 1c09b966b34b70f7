r"""The variance of one state under any stationary input.

x_t = Σ_{i≥0} λ^i b u_{t−1−i+1} = b Σ_i λ^i u_{t−i}, so that with R(d) = E[u_{t+d} u_t*], R(−d) = R(d)*,

    E|x_t|² = |b|² Σ_{i,j≥0} λ^i λ̄^j R(j − i).

All pairs with the same j − i = d ≥ 0 have the terms λ̄^d R(d) |λ|^{2i}, i = 0, 1, …, those with j − i = −d the terms
λ^d R(−d) |λ|^{2j}: two geometric series. With the one-sided sums

    F(x) = Σ_{d≥1} R(d) x^d,    G(x) = Σ_{d≥1} R(−d) x^d,    G(λ) = conj F(λ̄),

the variance is |b|² [R(0) + F(λ̄) + G(λ)] / (1 − |λ|²), and F(λ̄) + G(λ) = 2 Re Σ_{d≥1} λ̄^d R(d).

The proof below does without the double sum, in one exact step for every R: the variance must solve what
x_t = λ x_{t−1} + b u_t says of it. E[x_{t−1} u_t*] = b Σ_i λ^i R(−1−i) = b G(λ)/λ, hence

    V = |λ|² V + b̄ λ · b G(λ)/λ + (its conjugate) + |b|² R(0).

There F(λ̄) and G(λ) are two indeterminates: nothing but their place in the equation is used. That it is this equation's
only solution is plain, 1 − |λ|² ≠ 0. The double sum is compared as well, cut off at i, j < n: what is missing of each
geometric series is known.
"""

from fractions import Fraction

from ...symbolic.rationals import indeterminates
from ..arithmetic import deviation, long, parameters
from ..domains import Domain
from ..theorem import Origin, Step, Theorem, Tier


def law(pole, conjugate, energy, start, forward, backward):
    """E|x|², energy = |b|², start = R(0), forward and backward the functions F and G."""
    return energy * (start + forward(conjugate) + backward(pole)) / (1 - pole * conjugate)


def bug(pole, conjugate, energy, start, forward, backward):
    r"""The conjugate in the other sum: $\lambda^d R(d)$ for $\bar\lambda^d R(d)$."""
    return law(conjugate, pole, energy, start, forward, backward)


def prove(law):
    """The equation of the stationary variance with abstract sums over lags; the cut double sum; AR(1) input."""
    return (
        Step(r"$V = |\lambda|^2 V + |b|^2 [G(\lambda) + F(\bar\lambda) + R(0)]$, which "
             r"$x_t = \lambda x_{t-1} + b u_t$ says, for any $F(\bar\lambda)$ and $G(\lambda)$", _stationary(law)),
        *(Step(rf"$|b|^2 \sum_{{i,j<{n}}} \lambda^i \bar\lambda^j R(j-i)$, $R$ of three lags, is the law less the "
               r"ends of its geometric series", _cut_sum(law, n)) for n in (3, 4)),
        Step(r"AR(1) input, $R(d) = \rho^d$, all real: $(1+\rho\lambda)/((1-\rho\lambda)(1-\lambda^2))$, "
             r"at $\lambda = .8$, $\rho = .6$: $925/117$", _autoregressive(law)),
    )  # fmt: skip


def _stationary(law):
    p, q, b, c, start, *sums = indeterminates("p", "q", "b", "c", "R0", "Fp", "Fq", "Gp", "Gq")  # q = λ̄, c = b̄
    forward, backward = dict(zip((p, q), sums[:2], strict=True)), dict(zip((p, q), sums[2:], strict=True))
    V = law(p, q, b * c, start, forward.__getitem__, backward.__getitem__)
    with_input = b * backward[p] / p  # E[x_{t−1} u_t*]
    from_input = c * forward[q] / q  # E[u_t x_{t−1}*]
    return p * q * V + p * with_input * c + b * from_input * q + b * c * start == V


def _cut_sum(law, n):
    p, q, *R = indeterminates("p", "q", "R0", "R1", "R2", "Q1", "Q2")
    lags = dict(zip((0, 1, 2, -1, -2), R, strict=True))
    cut = sum(p**i * q**j * lags.get(j - i, 0) for i in range(n) for j in range(n))

    def forward(x):
        return sum(lags[d] * (x**d - x**n * p ** (n - d)) for d in (1, 2))

    def backward(x):
        return sum(lags[-d] * (x**d - x**n * q ** (n - d)) for d in (1, 2))

    return cut == law(p, q, 1, lags[0] * (1 - (p * q) ** n), forward, backward)


def _autoregressive(law):
    def forward(x):
        return rho * x / (1 - rho * x)

    pole, rho = indeterminates("p", "rho")
    general = law(pole, pole, 1, 1, forward, forward) == (1 + rho * pole) / ((1 - rho * pole) * (1 - pole**2))
    pole, rho = Fraction(4, 5), Fraction(3, 5)
    return general and law(pole, pole, 1, 1, forward, forward) == Fraction(925, 117)


def shadow(law, stack, machine):
    """The first layer under AR(1) input with the stack's last pole, and under an input correlated over two lags."""
    one = stack[:1]
    own, rho = parameters(one), stack.layers[-1].poles[0].item()
    R = [1.0, 0.3 * rho, 0.1 * rho**2]
    exact, tail = long(rho), long(R)

    def variance(forward, backward):
        return law(own.poles[0], own.conjugates[0], abs(own.b[0]) ** 2, 1, forward, backward)

    def geometric(ratio):
        return lambda x: ratio * x / (1 - ratio * x)

    def short(first, second):
        return lambda x: first * x + second * x**2

    return max(
        deviation(variance(geometric(exact), geometric(exact.conjugate())),
                  machine.state_variance(one, machine.ar1(rho))),
        deviation(variance(short(*tail[1:]), short(*(r.conjugate() for r in tail[1:]))),
                  machine.state_variance(one, machine.sampled(R))),
    )  # fmt: skip


THEOREM = Theorem(
    name="lemma-1",
    title="The variance of a state under correlated input",
    statement=r"$E|x_t|^2 = \frac{|b|^2}{1-|\lambda|^2} [R(0) + 2 \operatorname{Re} \sum_{d \ge 1} \bar\lambda^d "
              r"R(d)]$, $R(d) = E[u_{t+d} \bar u_t]$.",
    hypotheses=("one state, $|\\lambda| < 1$, real or complex", "zero-mean wide-sense stationary input of one channel, "
                "$R(-d) = \\overline{R(d)}$, real or complex", "either timing"),
    origin=Origin.PAPER,
    reference="Lemma 1, there after Zucchet & Orvieto, arXiv 2405.21064; stated for Hermitian R and complex λ here",
    tier=Tier.EXACT,
    range="every input: its sums over lags enter as indeterminates",
    law=law,
    bug=bug,
    prove=prove,
    shadow=shadow,
    domain=Domain("complex", layers=(1, 2)),
)
