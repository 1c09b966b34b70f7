r"""Where the error vanishes the Hessian is the Gauss–Newton matrix; superfluous layers make it singular.

L = ½⟨E, E⟩, E = H − T, has ∂_j∂_k L = ⟨∂_j H, ∂_k H⟩ + ⟨E, ∂_j∂_k H⟩ (real parameters). At E = 0 the second term
vanishes and what is left is G_jk = ⟨∂_j H, ∂_k H⟩, the second moments of two cascades with one pole repeated (theorem
sensitivity-one-layer-deeper).

A one-layer teacher 1/(1 − λ*x) is met by the student with the poles (λ*, 0, …, 0), in any order, x = z⁻¹. There
∂_1 H = x/(1 − λ*x)², and every further pole has the same derivative x/(1 − λ*x). With y = λ*², the inner products

    ⟨∂_1, ∂_1⟩ = (1+y)/(1−y)³,    ⟨∂_1, ∂_k⟩ = 1/(1−y)²,    ⟨∂_k, ∂_l⟩ = 1/(1−y)

form a matrix of rank two, since (1+y)/(1−y)³ · 1/(1−y) − 1/(1−y)⁴ = y/(1−y)⁴ ≠ 0 for λ* ≠ 0. Its null space is
dλ_1 = 0, Σ_{k≥2} dλ_k = 0, of dimension K − 2. There L is flat to second order, and gradient flow ends algebraically.
"""

from ...symbolic.rationals import indeterminates
from ..arithmetic import deviation, parameters
from ..domains import Domain
from ..linear import rank
from ..moments import cascade, moment
from ..substitution import at
from ..theorem import Origin, Step, Theorem, Tier


def law(poles, conjugates):
    """G_jk = E[conj(∂_j y) ∂_k y] of the poles at unit gains."""
    return [[_entry(poles, conjugates, j, k) for k in range(len(poles))] for j in range(len(poles))]


def bug(poles, conjugates):
    """Every derivative that of the first pole."""
    return [[_entry(poles, conjugates, 0, k) for k in range(len(poles))] for _ in poles]


def _entry(poles, conjugates, j, k):
    return moment(cascade([*poles, poles[k]]), cascade([*conjugates, conjugates[j]]))


def prove(law):
    """Second derivatives of the loss at its zero; rank and entries at (λ*, 0, …, 0)."""
    pole, other, s, r = indeterminates("p", "q", "s", "r")
    y = pole**2
    corner = [(1 + y) / (1 - y) ** 3, 1 / (1 - y) ** 2, 1 / (1 - y)]
    at_one = {K: law([pole, *[0] * (K - 1)], [pole, *[0] * (K - 1)]) for K in range(2, 5)}
    return (
        Step(r"$K = 2$, any poles: the Hessian of the loss by moments is the law",
             _hessian([pole, other], pole, other, s, r) == law([pole, other], [pole, other])),
        Step(r"$K = 3$: so it is for the teacher $1/(1 - \lambda^* z^{-1})$ at $(\lambda^*, 0, 0)$",
             _hessian([pole, 0, 0], pole, other, s, r) == at_one[3]),
        Step(r"At $(\lambda^*, 0, …, 0)$ the entries are $(1+y)/(1-y)^3$, $1/(1-y)^2$, $1/(1-y)$, $K \le 4$",
             all(G[j][k] == corner[(j > 0) + (k > 0)] for K, G in at_one.items() for j in range(K) for k in range(K))),
        Step(r"Its rank is 2: $K - 2$ zero eigenvalues, $K \le 4$", all(rank(G) == 2 for G in at_one.values())),
    )  # fmt: skip


def _hessian(target, pole, other, s, r):
    """∂_j∂_k L at zero error: poles j and k of the student moved by s and r; the target is a function of two poles."""
    def second(j, k):
        moved = [mu + s * (i == j) + r * (i == k) for i, mu in enumerate(target)]
        loss = moment(cascade(moved), cascade(moved)) / 2 - moment(cascade(moved), cascade(target))
        return at(loss.derivative(s).derivative(r), pole, other, 0 * s, 0 * r)

    entries = {(j, k): second(j, k) for k in range(len(target)) for j in range(k + 1)}
    return [[entries[min(j, k), max(j, k)] for k in range(len(target))] for j in range(len(target))]


def shadow(law, stack, machine):
    """Against the machine's matrix, at the stack's poles and at (λ_1, 0, …, 0)."""
    found, expected = [], []
    for poles in (stack.poles, [stack.poles[0], *[0.0] * (len(stack) - 1)]):
        unit = machine.cascade(poles, timing=stack.timing)
        own = parameters(unit)
        found.append(machine.gauss_newton(unit).matrix[: len(stack), : len(stack)])
        expected.append(law(own.poles, own.conjugates))
    return max(deviation(mine, theirs) for mine, theirs in zip(expected, found, strict=True))


THEOREM = Theorem(
    name="hessian-at-the-optimum",
    title="The Hessian where the error vanishes",
    statement=r"Where $H = T$, the Hessian of the loss is the Gauss–Newton matrix $\langle \partial_j H, \partial_k "
              r"H\rangle$. A one-layer teacher is met by the poles $(\lambda^*, 0, …, 0)$, and there the block of the "
              r"poles has rank 2: $K - 2$ zero eigenvalues for $K \ge 3$.",
    hypotheses=("scalar layers without feedthrough, unit gains (others multiply G by |g|²)", "white input",
                "the Hessian: real poles; G also for complex ones",
                "rank 2: current timing, λ* ≠ 0; G in either timing"),
    origin=Origin.CLASSICAL,
    reference="Gauss–Newton: Nocedal & Wright, Numerical Optimization, 10.3; the degenerate minimum is new here",
    tier=Tier.EXACT,
    range="the Hessian for K = 2, and for K = 3 at (λ*, 0, 0), the rank for K ≤ 4; all K by hand",
    law=law,
    bug=bug,
    prove=prove,
    shadow=shadow,
    domain=Domain("complex", layers=(1, 3), gap=1e-3),
)  # fmt: skip
