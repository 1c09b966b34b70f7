r"""All-pass layers keep every spectrum, and each delays by one sample on average over the band, whatever its pole.

With w = e^{−iω} let H = (w − λ̄)/(1 − λ w). On the circle w̄ = 1/w and H̄ = (1/w − λ)/(1 − λ̄/w), so

    H H̄ = (w − λ̄)(1/w − λ)/((1 − λ w)(1 − λ̄/w)) = 1,

as (w − λ̄)(1/w − λ) = (1 − λ̄/w)(1 − λ w); and from the definition (`delays.phase`), or as Re[w H'/H],

    τ(ω) = (1 − |λ|²)/|1 − λ w|² = 1 + λ w/(1 − λ w) + (λ̄/w)/(1 − λ̄/w),

the Poisson kernel. For |λ| < 1 the last two terms are the geometric series Σ_{n≥1} (λ w)^n and its conjugate, which
converge uniformly and have the mean 0: averaged over all frequencies τ is exactly 1. In the proof the first N terms of
the series leave the remainder (λ w)^{N+1}/(1 − λ w), below |λ|^{N+1}/(1 − |λ|), which tends to 0. Moduli multiply and
delays add up (theorem group-delay), so K layers delay by K on average: what low frequencies wait longer, others
wait less.

As a layer: D = −λ̄, c b = 1 − |λ|² in delayed timing; D = −1/λ, c b = (1 − |λ|²)/λ in current timing (λ ≠ 0).
"""

from math import tau as full_turn

import numpy as np

from ...symbolic.rationals import indeterminates
from ..arithmetic import deviation, mp, parameters
from ..domains import Domain
from ..theorem import Origin, Step, Theorem, Tier
from .phase import delay

POINTS = 96


def law(poles, conjugates, w):
    """Σ_k (1 − |λ_k|²)/|1 − λ_k w|²."""
    return sum((1 - p * q) / ((1 - p * w) * (1 - q / w)) for p, q in zip(poles, conjugates, strict=True))


def bug(poles, conjugates, w):
    r"""$\lambda$ in place of $\bar\lambda$."""
    return law(poles, poles, w)


def gains(pole, conjugate, timing):
    """D and c b of the layer."""
    if timing == "delayed":
        return -conjugate, 1 - pole * conjugate
    return -1 / pole, (1 - pole * conjugate) / pole


def prove(law):
    """Modulus, delay by its definition, the series whose mean is 1, and the layers of both timings."""
    w, p, q, s, t = indeterminates("w", "p", "q", "s", "t")  # λ, λ̄ and another λ, λ̄
    one, other = _all_pass(p, q, w), _all_pass(s, t, w)
    return (
        Step(r"$|H| = 1$ on the circle, and $H = D + c b\,v/(1-\lambda w)$, $v = w$ (delayed), $1$ (current)",
             one[0] * one[1] == 1 and all(layer(p, q, w, timing) == one[0] for timing in ("current", "delayed"))),
        Step(r"One layer: $-d \arg H/d\omega = (1-|\lambda|^2)/|1-\lambda w|^2$", delay(*one, w) == law([p], [q], w)),
        Step("Two layers: the law is the delay of the product",
             delay(one[0] * other[0], one[1] * other[1], w) == law([p, s], [q, t], w)),
        *(Step(rf"$\tau - 1$ is $\sum_{{n=1}}^{{{N}}} [(\lambda w)^n + (\bar\lambda/w)^n]$, of mean 0, and a remainder "
               rf"below $2|\lambda|^{{{N + 1}}}/(1-|\lambda|)$",
               law([p], [q], w) == 1 + _series(p * w, N) + _series(q / w, N))
          for N in (0, 1, 6)),
    )  # fmt: skip


def _all_pass(pole, conjugate, w):
    """H and H̄."""
    return (w - conjugate) / (1 - pole * w), (1 / w - pole) / (1 - conjugate / w)


def layer(pole, conjugate, w, timing):
    """H from D and c b."""
    D, gain = gains(pole, conjugate, timing)
    return D + gain * (w if timing == "delayed" else 1) / (1 - pole * w)


def _series(x, N):
    """x + … + x^N and the remainder of the geometric series."""
    return sum(x**n for n in range(1, N + 1)) + x ** (N + 1) / (1 - x)


def shadow(law, stack, machine):
    """All-pass layers with the poles of the stack, on a grid: delay and modulus of the machine, and the mean delay.

    In current timing d and c are of size 1/|λ| and cancel down to |H| = 1: a relative change ε of d, such as its
    rounding, changes H by ε/|λ|, and deviations are measured by that. With |λ| ≤ 0.7 a mean over 96 equidistant
    frequencies misses Σ (λ w)^n for n = 96, 192, …: 1e-15.
    """
    own = parameters(stack)
    d, r = (np.array(values) for values in zip(*(gains(p, p.conjugate(), stack.timing) for p in stack.poles.tolist()),
                                               strict=True))  # fmt: skip
    layers = stack.replace(B=0 * r + 1, C=r, D=d)
    omega = np.arange(POINTS) * full_turn / POINTS
    found = machine.group_delay(layers, omega)
    values = [law(own.poles, own.conjugates, mp.expj(-mp.convert(angle))) for angle in omega.tolist()]
    scale = 1.0 if stack.timing == "delayed" else float(abs(stack.poles).min())
    return scale * max(deviation([*values, sum(values) / POINTS], [*found, len(stack)]),
                       deviation([1] * POINTS, np.abs(machine.frequency_response(layers, omega))))


THEOREM = Theorem(
    name="all-pass",
    title="All-pass layers delay by one sample each, on average",
    statement=r"$H = (z^{-1} - \bar\lambda)/(1 - \lambda z^{-1})$ has $|H| = 1$ and $\tau(\omega) = "
              r"(1 - |\lambda|^2) / |1 - \lambda e^{-i\omega}|^2$, of mean exactly $1$ over all frequencies; $K$ such "
              r"layers have $|H| = 1$ and the mean delay $K$. As a layer: delayed timing $d = -\bar\lambda$, "
              r"$c b = 1 - |\lambda|^2$; current timing $d = -1/\lambda$, $c b = (1 - |\lambda|^2)/\lambda$.",
    hypotheses=("|λ| < 1, real or complex", "λ ≠ 0 in current timing"),
    origin=Origin.CLASSICAL,
    reference="Oppenheim & Schafer, Discrete-Time Signal Processing, 5.5; mean of the Poisson kernel",
    tier=Tier.INDUCTION,
    range="all K",
    law=law,
    bug=bug,
    prove=prove,
    shadow=shadow,
    domain=Domain("complex", zeros=False, gap=0.3),
)
