r"""Residual stacks grow linearly: each block adds more than the one before, at most M(0) = sup M.

In the recursion S_{k+1} = S_k (1 + M/V_k), V_k = (1/2π) ∫ S_k, of `residual_recursion`, let E_k be the mean over ω with
the density S_k/(2π V_k). The increment is

    m_k = V_{k+1} − V_k = E_k M,

and E_{k+1} f = E_k[f (1 + M/V_k)]/(1 + m_k/V_k), so that

    m_{k+1} − m_k = (m_k + E_k M²/V_k)/(1 + m_k/V_k) − m_k = (E_k M² − m_k²)/(V_k + m_k) = Var_k(M)/V_{k+1} ≥ 0:

increments rise, and never exceed sup M. They tend to it (M continuous, S_1 > 0): V_k ≤ V_1 + k sup M makes Σ 1/V_k
diverge; of two sets of frequencies where M ≥ a and M ≤ b < a the density ratio grows by (1 + a/V_k)/(1 + b/V_k) at
least, whose product diverges; so the density concentrates where M is within any distance of its sup. With real poles
in [0, 1) and gains √(1−λ²) the sup is M(0), for one pole (1+λ)/(1−λ), while the first increment under white input is 1.

Continuous depth, dS/dk = S M/V: with da = dk/V it is dS/da = S M, hence S = S_1 e^{aM} and

    V = (1/2π) ∫ S_1 e^{aM},    k − 1 = ∫_0^a V da' = (1/2π) ∫ S_1 (e^{aM} − 1)/M.

The proof compares these as power series in a, frequency by frequency.

With one pole and white input all numbers come from the moments (1/2π) ∫ M^n = P_{n−1}((1+|λ|²)/(1−|λ|²)), Legendre's
polynomials, as S_k is a polynomial in M: that is how the shadow finds the increments, by the law from the first one.
"""

from fractions import Fraction
from math import factorial

import numpy as np

from ...symbolic.rationals import indeterminates
from ..arithmetic import deviation, mp, parameters
from ..domains import Domain
from ..theorem import Origin, Step, Theorem, Tier
from .growth_under_lru_gains import law as legendre

BLOCKS, NODES, TERMS = 6, 512, 6


def law(first, second, V):
    """m_{k+1} − m_k from m_k = E_k M, E_k M² and V_k."""
    return (second - first**2) / (V + first)


def bug(first, second, V):
    """$V_k$ for $V_{k+1}$ in the denominator."""
    return law(first, second, V - first)


def prove(law):
    """The rise of the increment over three abstract frequencies, its sign, and continuous depth as power series."""
    *weights, a, b, c = indeterminates("u", "v", "w", "a", "b", "c")
    M, V = (a, b, c), sum(weights)
    after = [s * (1 + m / V) for s, m in zip(weights, M, strict=True)]
    first, second = (_mean(weights, [m**n for m in M]) for n in (1, 2))
    spread = sum(s * t * (m - n) ** 2 for s, m in zip(weights, M, strict=True)
                 for t, n in zip(weights, M, strict=True)) / (2 * V**2)
    return (
        Step(r"$V_{k+1} - V_k = E_k M$", sum(after) - V == first),
        Step(r"$E_{k+1} M - E_k M$ is the law", _mean(after, M) - first == law(first, second, V)),
        Step(r"$V_{k+1}$ times the law is $\mathrm{Var}_k(M)$, a sum of $S_i S_j (M_i - M_j)^2$: never negative",
             law(first, second, V) * sum(after) == spread),
        Step(r"Continuous depth: $S = S_1 e^{aM}$, $V = \sum S$, $k - 1 = \sum S_1 (e^{aM}-1)/M$ give $dS/da = S M$, "
             rf"$dk/da = V$, the first {TERMS} powers of $a$", _continuous()),
    )  # fmt: skip


def _mean(weights, values):
    return sum(w * x for w, x in zip(weights, values, strict=True)) / sum(weights)


def _continuous():
    """One frequency: sums over frequencies follow."""
    a, M, S = indeterminates("a", "M", "S")
    spectrum = sum(S * (a * M) ** n / factorial(n) for n in range(TERMS + 1))
    depth = sum(S * a**n * M ** (n - 1) / factorial(n) for n in range(1, TERMS + 2))
    last = S * (a * M) ** TERMS * M * Fraction(1, factorial(TERMS))  # of S M, beyond the series of dS/da
    return spectrum.derivative(a) == spectrum * M - last and depth.derivative(a) == spectrum


def shadow(law, stack, machine):
    """Blocks with one pole each, of modulus at most ¾: the law's increments, and the recursion on a grid of the circle.

    On the grid the spectra of the first blocks are (their Fourier coefficients fall as n^5 (3/4)^n) integrated to
    rounding by the mean.
    """
    pole = stack.poles[0].item() * 0.75
    layer = machine.normalize(machine.cascade([pole], timing=stack.timing), "lru")
    M = np.abs(machine.frequency_response(layer, 2 * np.pi * np.arange(NODES) / NODES)) ** 2
    S, variances = M**0, []
    for _ in range(BLOCKS + 1):
        variances.append(S.mean())
        S = S * (1 + M / S.mean())
    own = parameters(machine.cascade([pole]))
    rises = increments(law, abs(own.poles[0]) ** 2)
    supremum = (1 + abs(own.poles[0])) / (1 - abs(own.poles[0]))
    if not all(m <= supremum for m in rises):
        return float("inf")
    return deviation(rises, np.diff(variances))


def increments(law, squared):
    """m_1 = 1 and its rises, E_k M^n from the coefficients of S_k in powers of M."""
    moments = [mp.one, *(legendre(n, squared) for n in range(1, BLOCKS + 3))]
    S, V, found = [mp.one], mp.one, [mp.one]
    while len(found) < BLOCKS:
        first, second = (sum(s * moments[j + n] for j, s in enumerate(S)) / V for n in (1, 2))
        found.append(found[-1] + law(first, second, V))
        S = [s + t / V for s, t in zip([*S, mp.zero], [mp.zero, *S], strict=True)]
        V += found[-2]
    return found


THEOREM = Theorem(
    name="residual-growth",
    title="Residual stacks grow linearly",
    statement=r"In $S_{k+1} = S_k(1 + M/V_k)$ the increments $m_k = V_{k+1} - V_k$ rise, $m_{k+1} - m_k = "
              r"\mathrm{Var}_k(M)/V_{k+1}$, the variance of $M$ over the spectrum, to $\sup M$; for real poles in "
              r"$[0,1)$ that is $M(0)$. Continuous depth: $V = \frac{1}{2\pi}\int S_1 e^{aM}$ at $k = 1 + "
              r"\frac{1}{2\pi}\int S_1 (e^{aM}-1)/M$.",
    hypotheses=("the recursion of wide pre-norm residual stacks with one $M$ for all blocks", "$M > 0$ continuous, "
                "$S_1 > 0$ integrable", "either timing"),
    origin=Origin.NEW,
    reference="extends the residual recursion",
    tier=Tier.INDUCTION,
    range="all k: only $E_k M$, $E_k M^2$ and $V_k$ enter the step; the limit of the increments by hand",
    law=law,
    bug=bug,
    prove=prove,
    shadow=shadow,
    domain=Domain("complex"),
)  # fmt: skip
