r"""Gains do not delay: in a cascade without skips no b and no c has any part in the group delay.

A scalar layer with a skip is H = d + r v/(1 − λ w) with r = c b, v = 1 in current and v = w in delayed timing. With
g = 1 − λ w its logarithmic derivative is

    f(r) = w (dH/dw)/H = r a/(g (d g + r v)),    a = λ w (current),  a = w (delayed).

Between the gains r and r' it changes by

    f(r') − f(r) = (a/g) [r'/(d g + r' v) − r/(d g + r v)] = a d (r' − r)/((d g + r' v)(d g + r v)),

which has the factor d: without a skip nothing changes, whatever the gains; and only through a skip can gains delay. The
delays of layers add up (theorem group-delay), so this holds for every K: "B and C regulate the delay" is false for
scalar cascades.
"""

from ...symbolic.rationals import indeterminates
from ..arithmetic import deviation, mp, parameters
from ..domains import Domain
from ..theorem import Origin, Step, Theorem, Tier
from .phase import delay, real_part

OMEGA = (0.75, -2.0, 3.0)
TIMINGS = ("current", "delayed")


def law(pole, d, old, new, w, timing):
    """a d (r' − r)/((d g + r' v)(d g + r v)); its real part is how much τ grows when r = c b becomes r'."""
    g = 1 - pole * w
    a, v = (pole * w, 1) if timing == "current" else (w, w)
    return a * d * (new - old) / ((d * g + new * v) * (d * g + old * v))


def bug(pole, d, old, new, w, timing):
    """A skip $d + 1$ in place of $d$: gains that delay without a skip."""
    return law(pole, d + 1, old, new, w, timing)


def prove(law):
    """The change of the delay by its definition, with and without skip."""
    p, p_, d, d_, r, r_, s, s_, w = indeterminates("p", "p_", "d", "d_", "r", "r_", "s", "s_", "w")
    return tuple(
        Step(rf"{text}, {timing} timing: $\tau(r') - \tau(r)$", _change(p, p_, *skip, r, r_, s, s_, w, timing)
             == real_part(law(p, skip[0], r, s, w, timing), law(p_, skip[1], r_, s_, 1 / w, timing)))
        for text, skip in (("Skip, complex parameters", (d, d_)), ("No skip: no change", (0, 0)))
        for timing in TIMINGS)  # fmt: skip


def _change(p, p_, d, d_, r, r_, s, s_, w, timing):
    def tau(gain, conjugate):
        return delay(_layer(p, d, gain, w, timing), _layer(p_, d_, conjugate, 1 / w, timing), w)

    return tau(s, s_) - tau(r, r_)


def _layer(pole, d, r, w, timing):
    return d + r * (w if timing == "delayed" else 1) / (1 - pole * w)


def shadow(law, stack, machine):
    """The machine's delay with b = c = 1 and the drawn d, plus the law's change, against that with the drawn gains."""
    own, plain = parameters(stack), stack.replace(B=0 * stack.B + 1, C=0 * stack.C + 1)
    before = machine.group_delay(plain, OMEGA)
    change = [sum(mp.re(law(p, d, 1, b * c, mp.expj(-mp.convert(angle)), stack.timing))
                  for p, b, c, d in zip(own.poles, own.b, own.c, own.d, strict=True)) for angle in OMEGA]
    return deviation([mp.convert(t) + dt for t, dt in zip(before, change, strict=True)],
                     machine.group_delay(stack, OMEGA))


THEOREM = Theorem(
    name="gains-do-not-delay",
    title="Gains do not delay",
    statement=r"The group delay of a scalar cascade without skips does not depend on any $b_k$ or $c_k$. With a skip "
              r"$d$ a change of $r = c b$ into $r'$ adds $\operatorname{Re}[a d (r'-r) / ((d g + r' v)(d g + r v))]$, "
              r"$g = 1 - \lambda w$, $w = e^{-i\omega}$, $(a, v) = (\lambda w, 1)$ in current, $(w, w)$ in delayed "
              r"timing: it vanishes with $d$.",
    hypotheses=("scalar layers", "gains not 0, $H(e^{i\\omega}) \\ne 0$", "either timing"),
    origin=Origin.NEW,
    reference="quantifies the role that the paper, section 3.2, gives to B and C",
    tier=Tier.INDUCTION,
    range="all K",
    law=law,
    bug=bug,
    prove=prove,
    shadow=shadow,
    domain=Domain("complex", feedthrough=True, zeros=False),
)
