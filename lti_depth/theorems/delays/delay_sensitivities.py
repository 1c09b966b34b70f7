r"""How the group delay of a layer answers to B, C and D.

In the notation of theorem layer-delay H = D + Σ_n r_n B_n and G = w dH/dw = Σ_n r_n A_n with

    B_n = 1/(1 − λ_n w),  A_n = λ_n w/(1 − λ_n w)²   (delayed: B_n = w/(1 − λ_n w),  A_n = w/(1 − λ_n w)²).

F = G/H is a rational function of the r_n and D, and not of their conjugates, and τ = Re F. So for small changes

    δτ = Re Σ_n δr_n [A_n/H − G B_n/H²] − Re[δD G/H²],     δr_n = c_n δb_n + b_n δc_n.

The quotient rule needs of the other states only their parts of H and G: with these as indeterminates the derivative by
r_n is one exact step for all N.

The shadow differentiates the machine's τ along 1 and along i in every b_n, c_n and D: a step s gives Re[s S], a step
i s gives Re[i s S] = −s Im S, so that the two together are the complex S. At a distance R the change of a parameter
makes H vanish; the central difference over ±h…±5h, h = R/64, misses (5!)² (h/R)^10 ~ 1e-14 of the derivative of a
function with its singularity there.
"""

from math import factorial

from ...symbolic.rationals import indeterminates
from ..arithmetic import deviation, long, mp, parameters
from ..domains import Domain
from ..parallel import side_by_side
from ..theorem import Origin, Step, Theorem, Tier
from .layer_delay import TIMINGS, response

OMEGA, STENCIL, FINENESS = 0.75, 5, 64


def law(poles, residues, D, w, timing):
    """∂F/∂r_1…∂F/∂r_N and ∂F/∂D; the delay changes by the real part of their products with the changes."""
    parts = [_state(p, w, timing) for p in poles]
    H = D + sum(r * B for r, (_, B) in zip(residues, parts, strict=True))
    G = sum(r * A for r, (A, _) in zip(residues, parts, strict=True))
    return [*(_by_residue(A, B, G, H) for A, B in parts), -G / H**2]


def bug(poles, residues, D, w, timing):
    """The sign of the $D$ term."""
    *by_residue, by_D = law(poles, residues, D, w, timing)
    return [*by_residue, -by_D]


def _state(pole, w, timing):
    """A_n and B_n."""
    g = 1 - pole * w
    return (w / g**2, w / g) if timing == "delayed" else (pole * w / g**2, 1 / g)


def _by_residue(A, B, G, H):
    return A / H - G * B / H**2


def prove(law):
    """The quotient rule with any other states, the derivatives of w H'/H itself, and the chain to b and c."""
    r, A, B, P, Q = indeterminates("r", "A", "B", "P", "Q")
    G, H = Q + r * A, P + r * B
    return (
        Step(r"Other states adding $P$ to $H$ and $Q$ to $G$: $\partial(G/H)/\partial r = A/H - G B/H^2$",
             (G / H).derivative(r) == _by_residue(A, B, G, H)),
        *(Step(rf"{N} {'state' if N == 1 else 'states'}, {timing} timing: the derivatives of $w H'/H$ by $r_n$ and $D$",
               _differentiates(law, N, timing)) for N in (1, 2, 3) for timing in TIMINGS),
        *(Step(rf"Two states, {timing} timing: the derivative by $b_1$ is $c_1$ times that by $r_1$",
               _chain(law, timing)) for timing in TIMINGS),
    )  # fmt: skip


def _differentiates(law, N, timing):
    w, D, *rest = indeterminates("w", "D", *(f"{x}{n}" for x in "pr" for n in range(N)))
    poles, residues = rest[:N], rest[N:]
    H = response(poles, residues, D, w, timing)
    F = w * H.derivative(w) / H
    return law(poles, residues, D, w, timing) == [F.derivative(x) for x in (*residues, D)]


def _chain(law, timing):
    w, D, p, q, b, c, s = indeterminates("w", "D", "p", "q", "b", "c", "s")
    H = response([p, q], [c * b, s], D, w, timing)
    F = w * H.derivative(w) / H
    return F.derivative(b) == c * law([p, q], [c * b, s], D, w, timing)[0]


def shadow(law, stack, machine):
    """One layer with the states of the drawn cascade side by side; each derivative times its R, in samples."""
    own, stack = parameters(stack), side_by_side(stack)
    residues = [c * b for c, b in zip(own.c, own.b, strict=True)]
    at = (mp.expj(-mp.convert(OMEGA)), stack.timing)
    H = response(own.poles, residues, own.d[0], *at)
    *by_residue, by_D = law(own.poles, residues, own.d[0], *at)
    moves = [("D", 0, by_D, abs(H))]
    for n, (p, b, c, S) in enumerate(zip(own.poles, own.b, own.c, by_residue, strict=True)):
        reach = abs(H / response([p], [1], 0, *at))
        moves += [("B", n, c * S, reach / abs(c)), ("C", n, b * S, reach / abs(b))]
    found = [_slope(stack, field, n, float(R / FINENESS), machine) * FINENESS for field, n, _, R in moves]
    return deviation([R * S for _, _, S, R in moves], found)


def _slope(stack, field, n, h, machine):
    """h times the complex derivative of the machine's delay by one entry, by central differences."""
    parts = {name: getattr(stack[0], name).astype(complex) for name in ("poles", "B", "C", "D")}

    def tau(change):
        moved = parts[field].copy()
        moved.flat[n] += change
        layer = machine.Layer(**{**parts, field: moved})
        return long(machine.group_delay(machine.stack([layer], timing=stack.timing), OMEGA))

    def along(direction):
        return sum(weight * (tau(k * h * direction) - tau(-k * h * direction)) for k, weight in _weights())

    return along(1) - 1j * along(1j)


def _weights():
    """(−1)^{k+1} m!²/(k (m−k)! (m+k)!), k = 1…m: exact for polynomials of degree 2 m."""
    m = STENCIL
    return [(k, mp.mpf((-1) ** (k + 1) * factorial(m) ** 2) / (k * factorial(m - k) * factorial(m + k)))
            for k in range(1, m + 1)]


THEOREM = Theorem(
    name="delay-sensitivities",
    title="How the delay answers to B, C and D",
    statement=r"$\delta\tau = \operatorname{Re} \sum_n \delta r_n [A_n/H - G B_n/H^2] - \operatorname{Re}[\delta D\, "
              r"G/H^2]$ with $\delta r = c\,\delta b + b\,\delta c$, $G = \sum r_n A_n$ and $A_n = \lambda_n w (1 - "
              r"\lambda_n w)^{-2}$, $B_n = (1 - \lambda_n w)^{-1}$, $w = e^{-i\omega}$ (delayed timing: $A_n = w (1 - "
              r"\lambda_n w)^{-2}$, $B_n = w (1 - \lambda_n w)^{-1}$).",
    hypotheses=("one channel, N states", "$H(e^{i\\omega}) \\ne 0$", "either timing"),
    origin=Origin.NEW,
    reference="quantifies the role that the paper, section 3.2, gives to B and C",
    tier=Tier.EXACT,
    range="all N, by induction (one exact step)",
    law=law,
    bug=bug,
    prove=prove,
    shadow=shadow,
    domain=Domain("complex", feedthrough=True, distinct=True, zeros=False),
)
