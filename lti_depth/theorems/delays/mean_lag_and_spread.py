r"""Equal layers delay by K λ/(1−λ) and smear by √(K λ)/(1−λ): relative to the delay ever less with depth.

Let h_t ≥ 0 be the impulse response of a cascade with gains 1, M_j = Σ_t t^j h_t its moments. The weights h_t/M_0 have
the mean m = M_1/M_0 and the variance v = M_2/M_0 − m². One more layer convolves h with f_t = λ^t; since
(s + t)^2 = s² + 2 s t + t²,

    M_0' = M_0 f_0,   M_1' = M_1 f_0 + M_0 f_1,   M_2' = M_2 f_0 + 2 M_1 f_1 + M_0 f_2,    f_j = Σ_t t^j λ^t.

Shifting the lag by one in f_j (t → t + 1, the term t = 0 apart) gives f_0 = 1 + λ f_0, f_1 = λ (f_1 + f_0) and
f_2 = λ (f_2 + 2 f_1 + f_0), which has one solution: f_0 = 1/(1−λ), f_1 = λ/(1−λ)², f_2 = λ (1+λ)/(1−λ)³. With
M_1 = m M_0 and M_2 = (v + m²) M_0 for any K, here an indeterminate, the moments of K + 1 layers are those of

    m = K λ/(1−λ),   v = K λ/(1−λ)².

Delayed timing shifts h by K samples: m = K/(1−λ), the same v. So the relative width √v/m is 1/√(K λ), and √(λ/K) in
delayed timing. Gains scale h and drop out.

The shadow takes T = 300 samples: with λ ≤ 0.8, K ≤ 4 the rest, Σ_{t≥T} t² C(t+3, 3) 0.8^t, is below 1e-15.
"""

from ...symbolic.rationals import indeterminates
from ..arithmetic import deviation, long, mp
from ..domains import Domain
from ..theorem import Origin, Step, Theorem, Tier

SAMPLES = 300


def law(pole, K, timing):
    """Mean lag and squared spread of the impulse response of K equal layers."""
    late = K if timing == "delayed" else 0
    return K * pole / (1 - pole) + late, K * pole / (1 - pole) ** 2


def bug(pole, K, timing):
    """Spreads add up, not their squares: $K^2$ in place of $K$."""
    mean, square = law(pole, K, timing)
    return mean, K * square


def prove(law):
    """One more layer for any K; no layer at all; the relative width."""
    K, p = indeterminates("K", "p")
    f = 1 / (1 - p), p / (1 - p) ** 2, p * (1 + p) / (1 - p) ** 3
    widths = [square / mean**2 for mean, square in (law(p, K, timing) for timing in ("current", "delayed"))]
    return (
        Step(r"Moments of $\lambda^t$: $f_0 = 1+\lambda f_0$, $f_1 = \lambda(f_1+f_0)$, $f_2 = \lambda(f_2+2f_1+f_0)$",
             f == (1 + p * f[0], p * (f[1] + f[0]), p * (f[2] + 2 * f[1] + f[0]))),
        Step("No layer: the impulse itself, without lag or spread", law(p, 0, "current") == (0, 0)),
        Step("One more layer, any $K$: convolution with $\\lambda^t$, current timing",
             _convolved(law(p, K, "current"), f) == law(p, K + 1, "current")),
        Step("The same in delayed timing, one sample later",
             _convolved(law(p, K, "delayed"), (f[0], f[1] + f[0], f[2] + 2 * f[1] + f[0])) == law(p, K + 1, "delayed")),
        Step(r"Squared relative widths $1/(K\lambda)$ and, delayed, $\lambda/K$", widths == [1 / (K * p), p / K]),
    )  # fmt: skip


def _convolved(moments, f):
    """Mean and variance after a layer with the moments f, from mean and variance before; M_0 = 1."""
    mean, square = moments
    M_1, M_2 = mean, square + mean**2
    total = f[0]
    after = (M_1 * f[0] + f[1]) / total
    return after, (M_2 * f[0] + 2 * M_1 * f[1] + f[2]) / total - after**2


def shadow(law, stack, machine):
    """Equal layers with the first pole of the stack: moments of the machine's response, and its delay at ω = 0."""
    K = len(stack)
    equal = stack.replace(poles=stack.poles[:1].repeat(K))
    h = long(machine.impulse_response(equal, range(SAMPLES)))
    mean = sum(t * x for t, x in enumerate(h)) / sum(h)
    spread = mp.sqrt(sum((t - mean) ** 2 * x for t, x in enumerate(h)) / sum(h))
    lag, square = law(long(stack.poles[0]), K, stack.timing)
    return deviation([lag, lag, mp.sqrt(square)], [mean, machine.group_delay(equal, 0.0), spread])


THEOREM = Theorem(
    name="mean-lag-and-spread",
    title="Mean lag and spread of equal layers",
    statement=r"As weights over the lag, the impulse response of $K$ equal layers has the mean $K\lambda/(1-\lambda)$ "
              r"and the standard deviation $\sqrt{K\lambda}/(1-\lambda)$: relative width $1/\sqrt{K\lambda}$. Delayed "
              r"timing: mean $K/(1-\lambda)$, the same deviation, relative width $\sqrt{\lambda/K}$.",
    hypotheses=("scalar layers without feedthrough", "equal poles λ in [0, 1); λ ≠ 0 for the relative width",
                "either timing"),
    origin=Origin.CLASSICAL,
    reference="mean and variance of the negative binomial distribution; de Vries & Principe, Neural Networks 5:565 "
              "(1992), on depth and resolution of the gamma memory",
    tier=Tier.INDUCTION,
    range="all K",
    law=law,
    bug=bug,
    prove=prove,
    shadow=shadow,
    domain=Domain("nonnegative", gap=0.2),
)
