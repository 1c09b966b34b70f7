r"""Gains shared by N states: a logistic curve, N times as fast.

One layer, poles fixed, the same b and c in all N states: y = w φ u, w = N b c, φ = (1/N) Σ_n 1/(1 − λ_n z⁻¹), and with
σ = ⟨φ, T⟩, η = ⟨φ, φ⟩,

    L = ½E|y − y_T|² = ½ηw² − σw + const,    τ ḃ = −∂L/∂b = N c (σ − ηw),    τ ċ = N b (σ − ηw),
    τ ẇ = N (c τḃ + b τċ) = N² (b² + c²)(σ − ηw).

Balanced, b = c, N²(b² + c²) = 2Nw and τ ẇ = 2N w (σ − ηw), b² − c² being conserved: the logistic equation, with

    w(t) = (σ/η) e^{2Nσt/τ}/(e^{2Nσt/τ} − 1 + σ/(η w_0)).

With c fixed τ ẇ = N²c² (σ − ηw): w tends to σ/η at the rate N²c²η/τ. In the law X stands for e^{2Nσt/τ}, Ẋ = (2Nσ/τ) X.
"""

from ...symbolic.rationals import indeterminates
from ..arithmetic import deviation, long, mp
from ..domains import Domain
from ..moments import cascade, moment
from ..substitution import at
from ..theorem import Origin, Step, Theorem, Tier


def law(X, w0, sigma, eta):
    """w where e^{2Nσt/τ} is X."""
    return _curve(X, sigma / eta, -1, w0)


def bug(X, w0, sigma, eta):
    """+1 instead of −1 in the denominator."""
    return _curve(X, sigma / eta, 1, w0)


def _curve(X, end, shift, w0):
    return end * X / (X + shift + end / w0)


def prove(law):
    """The differential equation, and its right side from the loss of N states."""
    X, w0, sigma, eta = indeterminates("X", "w", "s", "e")
    w = law(X, w0, sigma, eta)
    return (
        Step(r"$w = w_0$ at $t = 0$", at(w, 0 * X + 1, w0, sigma, eta) == w0),
        Step(r"$\tau\dot w = 2N w(\sigma - \eta w)$", sigma * X * w.derivative(X) == w * (sigma - eta * w)),
        *(Step(rf"$N = {N}$: gradient flow of the loss by moments starts with the law's slope; with $c$ fixed it has "
               r"the rate $N^2 c^2 \eta/\tau$", _flow(law, N)) for N in (1, 2)),
    )  # fmt: skip


def _flow(law, N):
    *poles, teacher, b, c, X = indeterminates(*(f"p{n}" for n in range(N)), "t", "b", "c", "X")
    states, w = [cascade([pole]) for pole in poles], N * b * c
    eta = sum(moment(p, q) for p in states for q in states) / N**2
    sigma = sum(moment(p, cascade([teacher])) for p in states) / N
    loss = b**2 * c**2 * sum(moment(p, q) for p in states for q in states) / 2 - b * c * sigma * N
    by_b, by_c = -loss.derivative(b), -loss.derivative(c)
    balanced = at(N * (c * by_b + b * by_c), *poles, teacher, b, b, X)
    slope = at(2 * N * sigma * law(X, N * b**2, sigma, eta).derivative(X), *poles, teacher, b, c, 0 * X + 1)
    return balanced == slope and N * c * by_b == N**2 * c**2 * (sigma - eta * w)


def shadow(law, stack, machine):
    """All poles but the last as states, the last as teacher: at the start and a while later, from the machine."""
    *poles, teacher = stack.poles.tolist()
    N, start = len(poles), abs(stack.B[0]).item()
    students, T = [cascade([pole]) for pole in long(poles)], cascade([mp.mpf(teacher)])
    eta = sum(moment(p, q) for p in students for q in students) / N**2
    sigma = sum(moment(p, T) for p in students) / N

    def w(t):
        return law(mp.exp(2 * N * sigma * t), N * mp.mpf(start) ** 2, sigma, eta)

    def moments(b):
        layer = machine.Layer([*poles, teacher], [[1.0]] * (N + 1), [[b * b] * N + [0.0], [0.0] * N + [1.0]])
        return long(machine.autocovariance(machine.stack([layer]), 0)), N * mp.mpf(b) ** 2

    late = 1 / (2 * N * sigma)
    (first, w0), (then, w1) = moments(start), moments(float(mp.sqrt(w(late) / N)))
    return deviation([eta * w(0), mp.diff(w, late) / (2 * N * w(late)), sigma],
                     [first[0][0] / w0, (then[1][0] - then[0][0]) / w1, then[1][0] / w1])  # fmt: skip


THEOREM = Theorem(
    name="shared-gains",
    title="Gains shared by N states",
    statement=r"One layer with fixed poles and the same $b$, $c$ in all $N$ states, $w = Nbc$: $\tau\dot w = N^2 "
              r"(b^2 + c^2)(\sigma - \eta w)$. Balanced: $w(t) = \frac{\sigma}{\eta} e^{2N\sigma t/\tau} / "
              r"(e^{2N\sigma t/\tau} - 1 + \frac{\sigma}{\eta w_0})$; with $c$ fixed the rate is $N^2 c^2 \eta/\tau$.",
    hypotheses=("one layer, real poles fixed, one channel, no feedthrough", "b = c > 0 at the start, or c fixed",
                "gradient flow of $\\frac12 E|y - y_T|^2$, any teacher and input with σ > 0; computed: white input",
                "either timing"),
    origin=Origin.NEW,
    reference="after Saxe et al., arXiv 1312.6120, and Smékal et al., arXiv 2407.07279 (b, c shared over N states)",
    tier=Tier.EXACT,
    range="the curve for all N, the flow from the loss for N ≤ 2",
    law=law,
    bug=bug,
    prove=prove,
    shadow=shadow,
    domain=Domain("nonnegative", layers=(2, 4), timings=("current",), gap=1e-3),
)  # fmt: skip
