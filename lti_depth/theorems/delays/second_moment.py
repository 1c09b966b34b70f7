r"""The mean lag under white noise is the group delay averaged over the spectrum of the output.

Where Σ t |h_t|² < ∞,

    Σ_t t |h_t|² / Σ_t |h_t|² = ∫ τ |H|² dω / ∫ |H|² dω.

With w = e^{−iω} and τ = Re[w (dH/dw)/H] (theorem first-moment), τ |H|² = Re[w (dH/dw) H̄]: the sequences t h_t and h_t
have the Fourier series w dH/dw and H, and **Parseval's theorem** gives (1/2π) ∫ w (dH/dw) H̄ dω = Σ t h_t h̄_t, which is
real, and (1/2π) ∫ |H|² dω = Σ |h_t|². In H H̄ and τ H H̄ the conjugate H̄ is a series in w̄ = 1/w, and the integral over
the circle takes the coefficient of w⁰. The proof does this exactly for responses of finite length, with τ from its
definition, ½ w (d/dw) log(H/H̄); there τ H H̄ is a Laurent polynomial, and Parseval's theorem a fact of algebra. For
|λ| < 1 the sums converge absolutely and the theorem goes over.

White noise is delayed by what this mean says, an impulse by τ(0): for λ = 0.9, K = 4 they are 31.24735 and 36.

The shadow averages over M = 128 equidistant frequencies and takes T = 150 samples. With |λ| ≤ 0.7 an average of a
function that is analytic for 0.7 < |w| < 1/0.7 misses terms of size 0.7^M ~ 1e-20 times a polynomial of M. The grid is
shifted by 0.3 of its step, away from zeros on the circle at the angles 0 and π.
"""

from math import tau as full_turn

import numpy as np

from ...symbolic.rationals import Ratio, indeterminates
from ..arithmetic import deviation, exact
from ..domains import Domain
from ..theorem import Origin, Step, Theorem, Tier
from .phase import delay

SAMPLES, POINTS = 150, 128


def law(h, conjugates):
    """Σ t |h_t|²/Σ |h_t|²."""
    energy = [x * y for x, y in zip(h, conjugates, strict=True)]
    return sum(t * e for t, e in enumerate(energy)) / sum(energy)


def bug(h, conjugates):
    """$h_t^2$ in place of $|h_t|^2$: the conjugate forgotten."""
    return law(h, h)


def prove(law):
    """The means over the circle of τ |H|² and |H|² for finite responses."""
    return tuple(Step(rf"Complex $h_0…h_{{{T}}}$: the mean of $\tau |H|^2$ over the circle, by that of $|H|^2$",
                      _finite(law, T)) for T in (1, 2, 3, 4))


def _finite(law, T):
    w, *h = indeterminates("w", *(f"{x}{t}" for x in ("h", "k") for t in range(T + 1)))
    h, h_ = h[: T + 1], h[T + 1 :]
    H, conjugate = (sum(x * v**t for t, x in enumerate(part)) for part, v in ((h, w), (h_, 1 / w)))
    power = H * conjugate
    return law(h, h_) == _mean(delay(H, conjugate, w) * power) / _mean(power)


def _mean(series):
    """The coefficient of w⁰ of a Laurent polynomial in the first indeterminate: the mean over the circle."""
    (shift, *others), = series.denominator.monoms()
    if any(others):
        raise ValueError(f"expected a power of w below a polynomial, got {series}")
    context = series.numerator.context()
    kept = {(0, *rest): c for (n, *rest), c in series.numerator.to_dict().items() if n == shift}
    return Ratio.lowest(context.from_dict(kept), context.constant(series.denominator.leading_coefficient()))


def shadow(law, stack, machine):
    """The machine's impulse response against its delay and its response, averaged over the circle."""
    h = exact(machine.impulse_response(stack, range(SAMPLES)))
    omega = (np.arange(POINTS) + 0.3) * full_turn / POINTS
    power = np.abs(exact(machine.frequency_response(stack, omega))) ** 2
    weighted = power * exact(machine.group_delay(stack, omega))
    return deviation([law(h, np.conj(h))], [weighted.sum() / power.sum()])


THEOREM = Theorem(
    name="second-moment",
    title="The mean lag under white noise is the averaged group delay",
    statement=r"$\sum_t t |h_t|^2 / \sum_t |h_t|^2 = \int \tau(\omega) |H|^2 d\omega / \int |H|^2 d\omega$, "
              r"$H = H(e^{i\omega})$.",
    hypotheses=("one channel, any states, feedthrough too", "$|\\lambda| < 1$, or $\\sum_t t |h_t|^2 < \\infty$",
                "either timing"),
    origin=Origin.CLASSICAL,
    reference="Parseval's theorem; Cohen, Time-Frequency Analysis (1995), chapter 1",
    tier=Tier.ANALYTIC,
    range="responses of finite length; Parseval's theorem",
    law=law,
    bug=bug,
    prove=prove,
    shadow=shadow,
    domain=Domain("complex", feedthrough=True, zeros=False, gap=0.3),
)
