r"""The group delay is the mean lag of the impulse response, weighted with the response itself.

With w = e^{−iω}, H = Σ_t h_t w^t and τ = −d arg H/dω = Re[w (dH/dw)/H] (`delays.phase`),

    τ(ω) = Re[Σ_t t h_t w^t / Σ_t h_t w^t],    at ω = 0: τ(0) = Re[Σ t h_t/Σ h_t].

For responses of finite length this is algebra: one more sample h_T w^T, with w-derivative T h_T w^T, joins both sums.
For |λ| < 1 the series converge for |w| < 1/max|λ|, a disk that holds the unit circle, and **a power series may be
differentiated term by term inside its circle of convergence** (Abel); so the sums go over to T → ∞. For h ≥ 0 τ(0) is
the mean of the lag t with the weights h_t/Σh: what an impulse shows.

The shadow takes T = 150 samples: with |λ| ≤ 0.7, K ≤ 4 and gains of size one the rest, Σ_{t≥T} t C(t+3, 3) 0.7^t, is
below 1e-14. It leaves out a frequency where Σ h_t w^t is a thousandth of Σ |h_t| or less: there the quotient has lost
more digits than the tolerance allows for.
"""

from ...symbolic.rationals import indeterminates
from ..arithmetic import deviation, long, mp
from ..domains import Domain
from ..theorem import Origin, Step, Theorem, Tier
from .phase import delay, real_part

SAMPLES = 150
OMEGA = (0.0, 0.75, -2.0, 3.0)


def law(h, w):
    """Σ t h_t w^t / Σ h_t w^t; its real part is τ."""
    return moment(h, w, 1) / moment(h, w, 0)


def bug(h, w):
    """Times counted from 1."""
    return law([0 * h[0], *h], w)


def moment(h, w, order):
    """Σ t^order h_t w^t, by Horner's rule."""
    total = 0
    for t in reversed(range(len(h))):
        total = total * w + t**order * h[t]
    return total


def prove(law):
    """Finite responses by the derivative of the phase; the sums of a geometric response up to any time."""
    return (
        *(Step(rf"Complex $h_0…h_{{{T}}}$: $-d \arg H/d\omega = \operatorname{{Re}}[\sum t h_t w^t/\sum h_t w^t]$",
               _finite(law, T)) for T in (0, 1, 2, 3)),
        Step(r"One more sample joins numerator and denominator: $(w P' + T h w^T)/(P + h w^T)$", _one_more(law)),
        *(Step(rf"$h_t = \lambda^t$ up to $t = {T}$: $w\,dH/dw$ of the closed form "
               r"$(1-(\lambda w)^{T+1})/(1-\lambda w)$", _geometric(law, T)) for T in (3, 8)),
    )  # fmt: skip


def _finite(law, T):
    w, *h = indeterminates("w", *(f"{x}{t}" for x in ("h", "k") for t in range(T + 1)))
    h, h_ = h[: T + 1], h[T + 1 :]
    H, conjugate = (sum(x * v**t for t, x in enumerate(part)) for part, v in ((h, w), (h_, 1 / w)))
    return delay(H, conjugate, w) == real_part(law(h, w), law(h_, 1 / w))


def _one_more(law, T=5):
    """h_T beside P = Σ_{t<T} h_t w^t."""
    w, *h = indeterminates("w", *(f"h{t}" for t in range(T + 1)))
    P = sum(x * w**t for t, x in enumerate(h[:T]))
    return law(h, w) == (law(h[:T], w) * P + T * h[T] * w**T) / (P + h[T] * w**T)


def _geometric(law, T):
    w, p = indeterminates("w", "p")
    H = (1 - (p * w) ** (T + 1)) / (1 - p * w)
    return law([p**t for t in range(T + 1)], w) == w * H.derivative(w) / H


def shadow(law, stack, machine):
    """The moments of the machine's impulse response against the machine's group delay."""
    h = long(machine.impulse_response(stack, range(SAMPLES)))
    w = [mp.expj(-mp.convert(angle)) for angle in OMEGA]
    heard = [n for n, at in enumerate(w) if abs(moment(h, at, 0)) > sum(map(abs, h)) / 1000]
    return deviation([mp.re(law(h, w[n])) for n in heard], machine.group_delay(stack, [OMEGA[n] for n in heard]))


THEOREM = Theorem(
    name="first-moment",
    title="The group delay is the mean lag of the impulse response",
    statement=r"$\tau(0) = \operatorname{Re}[\sum_t t h_t / \sum_t h_t]$; at any frequency $\tau(\omega) = "
              r"\operatorname{Re}[\sum_t t h_t w^t / \sum_t h_t w^t]$, $w = e^{-i\omega}$.",
    hypotheses=("one channel, any states, feedthrough too", "|λ| < 1", "$\\sum_t h_t w^t \\ne 0$", "either timing"),
    origin=Origin.CLASSICAL,
    reference="Oppenheim & Schafer, Discrete-Time Signal Processing, chapters 2 (differentiation in frequency) and 5",
    tier=Tier.ANALYTIC,
    range="responses of finite length; power series inside their circle of convergence",
    law=law,
    bug=bug,
    prove=prove,
    shadow=shadow,
    domain=Domain("complex", feedthrough=True, zeros=False, gap=0.3),
)
