r"""The group delay of a cascade is the sum of those of its poles.

τ = −d arg H(e^{iω})/dω = ½ w (d/dw) log(H/H̄), w = e^{−iω} (`delays.phase`). One layer in current timing has
H/H̄ = (g/ḡ) (1 − λ̄/w)/(1 − λ w), and

    ½ w (d/dw) log(H/H̄) = ½ [λ w/(1 − λ w) + (λ̄/w)/(1 − λ̄/w)] = Re[λ w/(1 − λ w)];

delayed timing has the further factor w/w̄ = w² in H/H̄, which adds 1. The logarithmic derivative of a product is the sum
of those of its factors: with P = H_K⋯H_1/(H̄_K⋯H̄_1) and its derivative P' as indeterminates,

    ½ w (P F)'/(P F) = ½ w P'/P + ½ w F'/F

for the factor F of one more layer. This is the step of the induction over K; the poles may be complex, equal or 0. For
real λ the term is (λ cos ω − λ²)/(1 − 2 λ cos ω + λ²), and at ω = 0 it is λ/(1 − λ).
"""

from fractions import Fraction

from ...symbolic.rationals import indeterminates
from ..arithmetic import deviation, mp, parameters
from ..domains import Domain
from ..theorem import Origin, Step, Theorem, Tier
from .phase import HALF, delay, real_part

TIMINGS = ("current", "delayed")


def law(poles, w, timing):
    """Σ_k λ_k w/(1 − λ_k w), and K in delayed timing; its real part is τ."""
    return sum(p * w / (1 - p * w) for p in poles) + (len(poles) if timing == "delayed" else 0)


def bug(poles, w, timing):
    r"""$\bar w$ in place of $w$."""
    return law(poles, 1 / w, timing)


def prove(law):
    """One layer by the derivative of its phase; a further layer; the law's own sums; real poles."""
    w, p, q, r, p_, q_, r_, P, slope = indeterminates("w", "p", "q", "r", "p_", "q_", "r_", "P", "slope")
    F = (1 - p_ / w) / (1 - p * w)
    cosine = HALF * (w + 1 / w)
    return (
        *(Step(rf"One layer, complex pole, {timing} timing: $-d \arg H/d\omega = \operatorname{{Re}}[\lambda w/(1 - "
               r"\lambda w)]$, plus 1 if delayed", delay(_layer(p, w, timing), _layer(p_, 1 / w, timing), w)
               == _tau(law, [p], [p_], w, timing)) for timing in TIMINGS),
        Step(r"A further layer adds its delay to that of the product $P$ of the others",
             HALF * w * (slope * F + P * F.derivative(w)) / (P * F)
             == HALF * w * slope / P + _tau(law, [p], [p_], w, "current")),
        *(Step(f"Three layers, {timing} timing: the law is the sum of its values for the layers",
               law([p, q, r], w, timing) == sum(law([x], w, timing) for x in (p, q, r))) for timing in TIMINGS),
        Step(r"Three layers: $-d \arg H/d\omega$ of the product",
             delay(1 / ((1 - p * w) * (1 - q * w) * (1 - r * w)),
                   1 / ((1 - p_ / w) * (1 - q_ / w) * (1 - r_ / w)), w)
             == _tau(law, [p, q, r], [p_, q_, r_], w, "current")),
        Step(r"Real pole: $(\lambda \cos\omega - \lambda^2)/(1 - 2\lambda\cos\omega + \lambda^2)$",
             _tau(law, [p], [p], w, "current") == (p * cosine - p**2) / (1 - 2 * p * cosine + p**2)),
        Step(r"$\omega = 0$: $\sum \lambda_k/(1 - \lambda_k)$", law([p, q], Fraction(1), "current")
             == p / (1 - p) + q / (1 - q)),
    )  # fmt: skip


def _layer(pole, w, timing):
    return (w if timing == "delayed" else 1) / (1 - pole * w)


def _tau(law, poles, conjugates, w, timing):
    return real_part(law(poles, w, timing), law(conjugates, 1 / w, timing))


def shadow(law, stack, machine):
    """Against the machine's delay, at ω = 0, elsewhere, and at the angle of every pole, where its delay is largest.

    Near that angle τ changes by its own size within 1 − |λ| ≥ 1e-5, so that rounding ω costs five digits.
    """
    own = parameters(stack)
    omega = [0.0, 0.75, -2.0, *(float(mp.arg(p)) for p in own.poles)]
    return deviation([mp.re(law(own.poles, mp.expj(-mp.convert(angle)), stack.timing)) for angle in omega],
                     machine.group_delay(stack, omega))


THEOREM = Theorem(
    name="group-delay",
    title="The group delay of a cascade",
    statement=r"$\tau(\omega) = \sum_k \operatorname{Re}[\lambda_k w/(1 - \lambda_k w)]$ with $w = e^{-i\omega}$, in "
              r"samples; delayed timing: $+ K$. Real $\lambda$: $\sum_k (\lambda_k \cos\omega - \lambda_k^2)/(1 - "
              r"2\lambda_k \cos\omega + \lambda_k^2)$; $\tau(0) = \sum_k \lambda_k/(1 - \lambda_k)$.",
    hypotheses=("scalar layers without feedthrough, gains not 0", "|λ| < 1, real or complex, equal or not",
                "either timing"),
    origin=Origin.CLASSICAL,
    reference="Oppenheim & Schafer, Discrete-Time Signal Processing, 5.3; for stacks the paper, section 3.2",
    tier=Tier.INDUCTION,
    range="all K",
    law=law,
    bug=bug,
    prove=prove,
    shadow=shadow,
    domain=Domain("complex", gap=1e-5),
)  # fmt: skip
