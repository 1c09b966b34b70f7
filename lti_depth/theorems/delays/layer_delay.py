r"""The group delay of a layer with one channel: from its residues, or from its poles and zeros.

Let r_n = c_n b_n and H = D + Σ_n r_n v/(1 − λ_n w), v = 1 in current and v = w in delayed timing, w = e^{−iω}. Since
w (d/dw) 1/(1 − λ w) = λ w/(1 − λ w)² and w (d/dw) w/(1 − λ w) = w/(1 − λ w)²,

    w dH/dw = G = Σ_n r_n a_n/(1 − λ_n w)²,   a_n = λ_n w (current), w (delayed),   τ = Re[G/H],

each state adding its own term to G and to H: with the others' parts of H and G as indeterminates that is one exact step
for all N. At ω = 0

    τ(0) = Re[Σ r_n λ_n/(1 − λ_n)² / (D + Σ r_n/(1 − λ_n))]    (delayed: no λ_n in the numerator).

In factored form, H = E w^m Π (1 − ζ w)/Π (1 − λ w) with the zeros of theorems zeros-current and zeros-delayed, the
logarithmic derivative is m + Σ_λ λ w/(1 − λ w) − Σ_ζ ζ w/(1 − ζ w): B, C and D act on the delay only through the zeros.
The factored form is turned into residues by partial fractions in the proof: r_n is what Π (1 − ζ w)/Π_{j≠n} (1 − λ_j w)
is at w = 1/λ_n, and D what remains. Skip, λ = 0.9, d = 0.7, r = 0.1: τ(0) = 90/17 = 5.294118 in current timing,
100/17 = 5.882353 in delayed timing.
"""

from fractions import Fraction

from ...symbolic.rationals import indeterminates
from ..arithmetic import deviation, mp, parameters
from ..domains import Domain
from ..parallel import side_by_side
from ..theorem import Origin, Step, Theorem, Tier
from .phase import delay, real_part

OMEGA = (0.0, 0.75, -2.0, 3.0)
TIMINGS = ("current", "delayed")


def law(poles, residues, D, w, timing):
    """G/H; its real part is τ."""
    late = timing == "delayed"
    G = sum(r * (w if late else p * w) / (1 - p * w) ** 2 for p, r in zip(poles, residues, strict=True))
    return G / response(poles, residues, D, w, timing)


def bug(poles, residues, D, w, timing):
    r"""The other timing's numerator: $\lambda_n$ dropped in current timing, put in in delayed timing."""
    return law(poles, [r / p if timing == "current" else r * p for p, r in zip(poles, residues, strict=True)], D, w,
               timing)  # fmt: skip


def response(poles, residues, D, w, timing):
    """H = D + Σ r_n v/(1 − λ_n w)."""
    v = w if timing == "delayed" else 1
    return D + sum(r * v / (1 - p * w) for p, r in zip(poles, residues, strict=True))


def prove(law):
    """The derivative of the phase, one more state, and the form with zeros; in both timings."""
    return (
        *(Step(f"{N} complex {'state' if N == 1 else 'states'}, {timing} timing: "
               r"$-d \arg H/d\omega = \operatorname{Re}[G/H]$", _is_delay(law, N, timing))
          for N in (1, 2) for timing in TIMINGS),
        *(Step(rf"One more state beside any others, {timing} timing: its term joins $G$ and $H$",
               _one_more(law, timing))
          for timing in TIMINGS),
        Step(r"Two zeros: $G/H = \sum_\lambda \lambda w/(1-\lambda w) - \sum_\zeta \zeta w/(1-\zeta w)$, both timings; "
             r"one zero and $D = 0$, delayed timing: the same $+ 1$", _by_zeros(law)),
        Step(r"A skip, $\lambda = 0.9$, $d = 0.7$, $r = 0.1$: $\tau(0) = 90/17$ in current, $100/17$ in delayed timing",
             [law([Fraction(9, 10)], [Fraction(1, 10)], Fraction(7, 10), 1, timing) for timing in TIMINGS]
             == [Fraction(90, 17), Fraction(100, 17)]),
    )  # fmt: skip


def _is_delay(law, N, timing):
    w, D, D_, *rest = indeterminates("w", "D", "D_", *(f"{x}{n}" for x in ("p", "p_", "r", "r_") for n in range(N)))
    p, p_, r, r_ = (rest[k * N : (k + 1) * N] for k in range(4))
    H, conjugate = response(p, r, D, w, timing), response(p_, r_, D_, 1 / w, timing)
    return delay(H, conjugate, w) == real_part(law(p, r, D, w, timing), law(p_, r_, D_, 1 / w, timing))


def _one_more(law, timing):
    """The others are P, and Q = w dP/dw: for the law they are a feedthrough, but for the further term Q/H."""
    w, p, r, P, Q = indeterminates("w", "p", "r", "P", "Q")
    own = response([p], [r], 0, w, timing)
    H = P + own
    return (w * own.derivative(w) + Q) / H == law([p], [r], P, w, timing) + Q / H


def _by_zeros(law):
    w, p, q, s, t, E = indeterminates("w", "p", "q", "s", "t", "E")
    poles = p * w / (1 - p * w) + q * w / (1 - q * w)
    zeros = s * w / (1 - s * w) + t * w / (1 - t * w)
    at_p, at_q = (E * (1 - s / x) * (1 - t / x) / (1 - y / x) for x, y in ((p, q), (q, p)))
    one_p, one_q = (E * (1 - s / x) / (1 - y / x) for x, y in ((p, q), (q, p)))
    return (
        law([p, q], [at_p, at_q], E * s * t / (p * q), w, "current") == poles - zeros
        and law([p, q], [p * at_p, q * at_q], E, w, "delayed") == poles - zeros
        and law([p, q], [one_p, one_q], 0, w, "delayed") == 1 + poles - s * w / (1 - s * w))


def shadow(law, stack, machine):
    """One layer with the states of the drawn cascade side by side, where H is not a small rest of what adds up to it.

    At less than a thousandth of its parts H has lost more digits than the tolerance allows for.
    """
    own, layer = parameters(stack), side_by_side(stack)
    residues = [c * b for c, b in zip(own.c, own.b, strict=True)]
    parts = [(own.poles, residues, own.d[0], mp.expj(-mp.convert(angle)), stack.timing) for angle in OMEGA]
    heard = [n for n, part in enumerate(parts) if abs(response(*part)) > _size(*part[:-1]) / 1000]
    delays = machine.group_delay(layer, [OMEGA[n] for n in heard])
    return deviation([mp.re(law(*parts[n])) for n in heard], delays) if heard else 0.0


def _size(poles, residues, D, w):
    """The sum of the moduli of the parts of H."""
    return abs(D) + sum(abs(r / (1 - p * w)) for p, r in zip(poles, residues, strict=True))


THEOREM = Theorem(
    name="layer-delay",
    title="The group delay of a layer with several states",
    statement=r"$\tau = \operatorname{Re}[\sum_n r_n \lambda_n w (1-\lambda_n w)^{-2} / "
              r"(D + \sum_n r_n/(1-\lambda_n w))]$, $r_n = c_n b_n$, $w = e^{-i\omega}$, in current timing; in delayed "
              r"timing with $w$ in place of $\lambda_n w$ in the numerator and $r_n w$ in place of $r_n$ in the "
              r"denominator. It is $m + \sum \tau_\lambda - \sum \tau_\zeta$ over poles and zeros.",
    hypotheses=("one channel, N states", "diagonal A, poles equal or not; zeros as in zeros-current, zeros-delayed",
                "$H(e^{i\\omega}) \\ne 0$", "either timing"),
    origin=Origin.CLASSICAL,
    reference="Oppenheim & Schafer, Discrete-Time Signal Processing, 5.3; quantifies the paper, section 3.2",
    tier=Tier.EXACT,
    range="all N, by induction (one exact step)",
    law=law,
    bug=bug,
    prove=prove,
    shadow=shadow,
    domain=Domain("complex", feedthrough=True, zeros=False),
)  # fmt: skip
