r"""Polar coordinates of a pole: alike for a complex output, not for a real one.

x = 1/(1 − λz⁻¹) u, λ = νe^{iθ}, s = ∂x/∂λ. A complex output has ∂_ν x = e^{iθ} s and ∂_θ x = iλ s, so that
E|∂_θ x|² = ν² E|∂_ν x|². A real-output layer y = Re x, real input, has

    ∂_ν y = Re(e^{iθ} s),    ∂_θ y = −ν Im(e^{iθ} s),

where E(Re v)² = ½ (E|v|² + Re E v²) and E(Im v)² = ½ (E|v|² − Re E v²); with h_t = tλ^{t−1} for white input

    A = E|s|² = (1+|λ|²)/(1−|λ|²)³,    E s² = (1+λ²)/(1−λ²)³,    P = Re e^{2iθ} E s²:

    E(∂_ν y)² = (A + P)/2,    E(∂_θ y)² = ν² (A − P)/2.

At θ = 0 the phase has no effect of first order, at |θ| ≫ 1 − ν the two are alike: for ν = 0.9 the ratio
(A − P)/(A + P) is 0, 0.027, 1.66, 1.010 at θ = 0, 0.01, 0.1, 0.5.

Algebraically: with w = e^{iθ}, w̄ = 1/w, y = (x + x̄)/2 has the poles λ and λ̄, and E(∂y)² is a quadratic form in the
Gauss–Newton matrix of these two poles.
"""

from ...symbolic.rationals import indeterminates
from ..arithmetic import deviation, long, mp
from ..domains import Domain
from ..moments import cascade, moment
from ..substitution import at
from ..theorem import Origin, Step, Theorem, Tier


def law(radius, turn):
    """E(∂_ν y)² and E(∂_θ y)²; turn: e^{iθ}."""
    return _pair(radius, turn, -1)


def bug(radius, turn):
    """$A + P$ for the phase as well."""
    return _pair(radius, turn, 1)


def _pair(radius, turn, sign):
    A = _square(radius**2)
    P = (turn**2 * _square((radius * turn) ** 2) + _square((radius / turn) ** 2) / turn**2) / 2
    return (A + P) / 2, radius**2 * (A + sign * P) / 2


def _square(x):
    return (1 + x) / (1 - x) ** 3


def prove(law):
    """The variance of y as a function of two copies of (ν, w), differentiated by each."""
    n, m, w, v = indeterminates("n", "m", "w", "v")
    V = _covariance(n, w, m, v)
    half = V.derivative(n).derivative(m)
    turned = -w * v * V.derivative(w).derivative(v)  # ∂_θ = iw ∂_w
    one = [n, n, w, w]
    return (
        Step(r"$\partial_\nu \partial_{\nu'}$ of the covariance of two layers at $\nu' = \nu$, $\theta' = \theta$",
             at(half, *one) == law(n, w)[0]),
        Step(r"$\partial_\theta \partial_{\theta'}$ of it", at(turned, *one) == law(n, w)[1]),
        Step(r"$\theta = 0$: no effect of the phase", law(n, 0 * n + 1)[1] == 0),
    )  # fmt: skip


def _covariance(n, w, m, v):
    """E y y' of y = (x + x̄)/2 and y' = (x' + x̄')/2, white input, λ = nw and λ' = mv with the conjugates n/w and m/v."""
    return sum(moment(cascade([p]), cascade([q])) for p in (n * w, n / w) for q in (m * v, m / v)) / 4


def shadow(law, stack, machine):
    """The first pole and its conjugate: E(∂y)² by the Gauss–Newton matrix of the two."""
    pole = stack.poles[0].item()
    layer = machine.Layer([pole, pole.conjugate()], [[1.0], [1.0]], [[0.5, 0.5]])
    G = long(machine.gauss_newton(machine.stack([layer], timing=stack.timing)).matrix[:2, :2])
    pole, radius = mp.mpc(pole), abs(mp.mpc(pole))
    turn = pole / radius if radius else mp.one
    directions = ((turn, mp.conj(turn)), (1j * pole, -1j * mp.conj(pole)))
    found = [mp.re(sum(mp.conj(v[j]) * G[j][k] * v[k] for j in (0, 1) for k in (0, 1))) for v in directions]
    return deviation([mp.re(value) for value in law(radius, turn)], found)


THEOREM = Theorem(
    name="polar-sensitivity",
    title="Radius and phase of a pole of a real-output layer",
    statement=r"$y = \operatorname{Re} x$, $\lambda = \nu e^{i\theta}$: $E(\partial_\nu y)^2 = (A+P)/2$ and "
              r"$E(\partial_\theta y)^2 = \nu^2 (A-P)/2$, $A = \frac{1+\nu^2}{(1-\nu^2)^3}$, $P = \operatorname{Re} "
              r"e^{2i\theta} \frac{1+\lambda^2}{(1-\lambda^2)^3}$. For a complex output $E|\partial_\theta y|^2 = "
              r"\nu^2 E|\partial_\nu y|^2$.",
    hypotheses=("one complex state, |λ| < 1, y = Re x", "real white input", "either timing"),
    origin=Origin.NEW,
    reference="coordinates of the LRU: Orvieto et al., arXiv 2303.06349",
    tier=Tier.EXACT,
    range="all λ",
    law=law,
    bug=bug,
    prove=prove,
    shadow=shadow,
    domain=Domain("complex", layers=(1, 2), gap=1e-3),
)  # fmt: skip
