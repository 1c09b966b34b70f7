r"""How fast two poles part: an exact law along gradient flow, and the logarithm that makes a plateau.

Student H = g Π 1/(1 − λ_k x), x = z⁻¹, real poles, any teacher T, L = ½⟨E, E⟩, E = H − T, w_k = x/(1 − λ_k x). Then
∂_k L = ⟨E, w_k H⟩, and

    w_j − w_k = (λ_j − λ_k) w_j w_k

makes the difference of two gradients proportional to the difference of the poles: along the flow λ̇ = −∂L, exactly and
everywhere,

    d/dt (λ_j − λ_k) = κ_jk · (λ_j − λ_k),    κ_jk = −⟨E, H w_j w_k⟩.

Equal poles stay equal; poles that differ never meet. Where all poles are equal, κ_jk is the κ of the theorem saddle.

Escape. Let the poles start near the tied optimum with asymmetry δ_0: λ_k = λ + δ v_k, Σ v_k = 0, |v| = 1. L is
symmetric in the poles, so no term of it is of first order in δ and in the mean or the gain; these are at a minimum and
move by O(δ²) only, and κ_jk = κ + O(δ): the terms of order δ are ⟨E, Hw³⟩ (v_j + v_k). While δ ≤ δ_c, all pairs
together obey |d log δ/dt − κ| ≤ C δ, and by Grönwall ∫ C δ dt ≤ C' δ_c/κ:

    T = [ln(δ_c/δ_0) + O(δ_c)]/κ,    T(δ_0/10) − T(δ_0) = ln 10/κ + O(δ_0):

ten times less asymmetry costs ln 10/κ more. For λ* = 0.99 and K = 2 that is 7.3656e-4.
"""

from fractions import Fraction

from ...symbolic.rationals import indeterminates
from .. import enclosures
from ..arithmetic import deviation, long, mp
from ..domains import Domain
from ..moments import LATE, cascade, moment
from ..parallel import parallel
from ..theorem import Origin, Step, Theorem, Tier
from . import saddle
from .tied_stationary_point import optimum


def law(poles, j, k, gain, teacher):
    """κ_jk = d log|λ_j − λ_k|/dt under gradient flow; teacher: the poles of a cascade."""
    return _rate([*poles, poles[j], poles[k]], poles, gain, teacher)


def bug(poles, j, k, gain, teacher):
    """$w_j^2$ in place of $w_j w_k$."""
    return law(poles, j, j, gain, teacher)


def _rate(deeper, poles, gain, teacher):
    bent = [LATE, LATE, *cascade(deeper)]
    return gain * moment(bent, cascade(teacher)) - gain**2 * moment(bent, cascade(poles))


def prove(law):
    """The difference of two gradients of the loss, both from moments; κ of the saddle; the cost of a factor ten."""
    p, q, x = indeterminates("p", "q", "x")
    w, v = x / (1 - p * x), x / (1 - q * x)
    return (
        Step(r"Any $K$: $w_j - w_k = (\lambda_j - \lambda_k) w_j w_k$", w - v == (p - q) * w * v),
        *(Step(rf"$K = {K}$: $\partial_2 L - \partial_1 L = \kappa_{{12}} (\lambda_1 - \lambda_2)$ at any poles "
               r"and gain, for any one-layer teacher", _parting(law, K)) for K in (2, 3)),
        *(Step(rf"$K = {K}$: at the tied stationary point it is the $\kappa$ of the saddle", _tied(law, K))
          for K in (2, 3, 4)),
        Step(r"$\lambda^* = 0.99$, $K = 2$: $\ln 10/\kappa = 7.3656 \cdot 10^{-4}$", _cost(law)),
    )  # fmt: skip


def _parting(law, K):
    *poles, gain, teacher = indeterminates(*(f"p{k}" for k in range(K)), "g", "t")
    H = cascade(poles)
    loss = (gain**2 * moment(H, H) - 2 * gain * moment(H, cascade([teacher]))) / 2
    a, b = poles[:2]
    return loss.derivative(b) - loss.derivative(a) == law(poles, 0, 1, gain, [teacher]) * (a - b)


def _tied(law, K):
    (pole,) = indeterminates("p")
    teacher, gain = saddle.stationary(K, pole)
    return law([pole] * K, 0, 1, gain, [teacher]) == gain**2 * saddle.law(K, pole)


def _cost(law):
    pole, gain = optimum(2, Fraction(99, 100))
    low, high = enclosures.logarithm(10)
    kappa = law([pole, pole], 0, 1, gain, [Fraction(99, 100)])
    return all(abs(bound / kappa - Fraction("7.3656e-4")) < Fraction("5e-9") for bound in (low, high))


def shadow(law, stack, machine):
    """The gradients by the first two poles against the last layer as teacher, their difference by the law."""
    *poles, teacher = stack.poles.tolist()
    gain = stack.B[0].item()
    first, second, H, T = [*poles, poles[0]], [*poles, poles[1]], poles, [teacher]
    R = machine.autocovariance(parallel([first, second, H, T]), 1)
    found = [gain**2 * R[2, n] - gain * R[3, n] for n in (0, 1)]
    poles, teacher, gain = long(poles), long([teacher]), mp.mpf(gain)
    slope = [LATE, *cascade([*poles, poles[0]])]
    one = gain**2 * moment(slope, cascade(poles)) - gain * moment(slope, cascade(teacher))
    return deviation([one, one + law(poles, 0, 1, gain, teacher) * (poles[0] - poles[1])], found)


THEOREM = Theorem(
    name="escape-rate",
    title="How fast poles part, and how long a plateau lasts",
    statement=r"Under gradient flow $\frac{d}{dt}(\lambda_j - \lambda_k) = \kappa_{jk} (\lambda_j - \lambda_k)$ with "
              r"$\kappa_{jk} = -\langle E, H w_j w_k\rangle$, exactly. Near the tied optimum $\kappa_{jk} \to \kappa$: "
              r"asymmetry grows as $e^{\kappa t}$, and escape from $\delta_0$ to $\delta_c$ takes "
              r"$[\ln(\delta_c/\delta_0) + O(\delta_c)]/\kappa$.",
    hypotheses=("real poles, scalar layers without feedthrough", "any teacher and input, either timing; computed: "
                "white input, current timing", "gradient flow of $\\frac12 E|y - y_T|^2$ in λ and g",
                "escape: κ > 0; from the tied optimum, a regular minimum in the mean and the gain, but for an "
                "asymmetry"),
    origin=Origin.NEW,
    reference="Grönwall's inequality for the time",
    tier=Tier.ANALYTIC,
    range="the exact law for K ≤ 3, its kernel for all K; the time by hand",
    law=law,
    bug=bug,
    prove=prove,
    shadow=shadow,
    domain=Domain("signed", layers=(3, 4), timings=("current",), gap=1e-3),
)  # fmt: skip
