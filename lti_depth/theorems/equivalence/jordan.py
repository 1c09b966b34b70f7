r"""The wide form of a cascade with equal poles: one Jordan block, except for a repeated zero pole in current timing.

Let all poles be λ, J = λI + (ones below the diagonal), p_i = Π_{m=2}^{i} a_m, a_k = b_k c_{k−1}. A P = P J says,
column by column, that column j+1 of P is (A − λI) times column j. Delayed: A − λI has a_2…a_K below the diagonal and
nothing else, so that from P_i1 = δ_i1 one gets P = diag(p). Current timing:

    P_ij = p_i λ^{j−1} C(i−2, j−2)  (j ≥ 2),    P_i1 = δ_i1.

Row i of A is a_i times row i−1 plus λ e_i, hence (AP)_i = a_i (AP)_{i−1} + λ P_i; with AP = PJ in the row above,
(PJ)_ij = λ P_ij + P_{i,j+1} asks for

    P_{i,j+1} = a_i (λ P_{i−1,j} + P_{i−1,j+1}),

for i = 2 that is P_22 = a_2 λ, and for i ≥ 3 Pascal's C(i−2, j−1) = C(i−3, j−2) + C(i−3, j−1). P is lower triangular
with the diagonal p_i λ^{i−1}: invertible if all a_k ≠ 0 and λ ≠ 0.

How many blocks there are, for any poles: let L be unit lower triangular with the inverse I − (a_2…a_K below the
diagonal). Current timing is A = LΛ, so that L⁻¹(A − λI) = Λ − λL⁻¹ is bidiagonal with λa_2…λa_K below the diagonal:
without first row and last column it is triangular with the determinant λ^{K−1} Π a_k, and the rank of A − λI is at
least K−1 if λ ≠ 0. (Delayed: the same of A − λI itself, without the factor.) So every pole has one eigenvector and
one Jordan block, whatever its multiplicity; except λ = 0 in current timing: the columns of A = LΛ that belong to zero
poles vanish, and there are as many eigenvectors as zero poles. It is semisimple: a layer with the pole 0 holds
nothing back, and in current timing it is not even a delay.
"""

from math import comb

import numpy as np

from ...symbolic.rationals import indeterminates
from ..arithmetic import deviation, exact, long
from ..domains import Domain
from ..linear import solve
from ..theorem import Origin, Step, Theorem, Tier
from . import deep_to_wide

TIMES = range(6)
TIMINGS = ("current", "delayed")


def law(pole, a, timing):
    """P (K, K) with A P = P J; a = [a_2, …, a_K]."""
    return _chain(pole, a, timing, lambda i, j: comb(i - 2, j - 2))


def bug(pole, a, timing):
    r"""The binomial $\binom{i-1}{j-1}$ for $\binom{i-2}{j-2}$, current timing."""
    return _chain(pole, a, timing, lambda i, j: comb(i - 1, j - 1))


def _chain(pole, a, timing, binomial):
    K = len(a) + 1
    p = np.cumprod([1, *a])
    P = np.zeros((K, K), object)
    P[0, 0] = 1
    for i in range(2, K + 1):
        if timing == "delayed":
            P[i - 1, i - 1] = p[i - 1]
        else:
            P[i - 1, 1:i] = [p[i - 1] * pole ** (j - 1) * binomial(i, j) for j in range(2, i + 1)]
    return P


def _jordan(pole, K):
    return np.diag(np.array([pole] * K, dtype=object)) + np.eye(K, k=-1, dtype=int)


def prove(law):
    """A P = P J; P invertible; the number of blocks for any poles; zero poles."""
    return (
        *(Step(rf"{timing} timing, $K \le 8$: $AP = PJ$", all(_similar(law, K, timing) for K in range(1, 9)))
          for timing in TIMINGS),
        *(Step(rf"{timing} timing, $K \le 8$: $P$ is lower triangular with the diagonal $p_i$, current times "
               r"$\lambda^{i-1}$", all(_invertible(law, K, timing) for K in range(1, 9))) for timing in TIMINGS),
        *(Step(rf"{timing} timing, any six poles: one eigenvector to each pole $\lambda \ne 0$, by the minor "
               r"$\prod a_k$, current times $\lambda^{K-1}$", _one_block(6, timing)) for timing in TIMINGS),
        Step(r"Current timing: the columns of $A$ that belong to zero poles vanish; all poles zero: $A = 0$",
             _semisimple()),
        Step(r"Delayed timing, four zero poles: $A^3 \ne 0$, $A^4 = 0$, one block", _nilpotent()),
    )  # fmt: skip


def _wide(poles, a, timing):
    """A of the cascade with b = (1, a_2, …) and c = 1."""
    return deep_to_wide.law(poles, [1, *a], [1] * len(poles), timing)[0]


def _equal(K):
    pole, *a = indeterminates("p", *(f"a{k}" for k in range(2, K + 1)))
    return pole, a


def _similar(law, K, timing):
    pole, a = _equal(K)
    P = law(pole, a, timing)
    return bool((_wide([pole] * K, a, timing) @ P == P @ _jordan(pole, K)).all())


def _invertible(law, K, timing):
    pole, a = _equal(K)
    P, p = law(pole, a, timing), np.cumprod([1, *a])
    diagonal = p * np.array([pole**i for i in range(K)]) if timing == "current" else p
    return bool((np.triu(P, 1) == 0).all() and (np.diag(P) == diagonal).all())


def _one_block(K, timing):
    """The minor of A − xI, times L⁻¹ from the left in current timing, without first row and last column."""
    x, *every = indeterminates("x", *(f"p{k}" for k in range(K)), *(f"a{k}" for k in range(2, K + 1)))
    poles, a = every[:K], every[K:]
    lower = np.eye(K, dtype=int) - np.diag(np.array(a, dtype=object), -1)  # L⁻¹
    shifted = _wide(poles, a, timing) - x * np.eye(K, dtype=int)
    minor = (lower @ shifted if timing == "current" else shifted)[1:, :-1]
    factor = x if timing == "current" else 1
    return bool((np.tril(minor, -1) == 0).all() and list(np.diag(minor)) == [factor * each for each in a])


def _semisimple():
    p, *a = indeterminates("p", *(f"a{k}" for k in range(2, 6)))
    A = _wide([0, p, 0, 0, p], a, "current")
    return bool((A[:, [0, 2, 3]] == 0).all() and (A[:, [1, 4]] != 0).any(axis=0).all()
                and (_wide([0] * 5, a, "current") == 0).all())


def _nilpotent():
    A = _wide([0] * 4, indeterminates("a", "b", "c"), "delayed")
    return bool((A @ A @ A != 0).any() and (A @ A @ A @ A == 0).all())


def shadow(law, stack, machine):
    """Equal layers at the stack's first pole with its gains: the machine's A, and responses through P and J."""
    K, pole, timing = len(stack), stack.poles[0].item(), stack.timing
    equal = stack.replace(poles=np.full(K, pole))
    b, c = long(np.ravel(stack.B)), long(np.ravel(stack.C))
    P, J = law(long(pole), [b[k] * c[k - 1] for k in range(1, K)], timing), _jordan(long(pole), K)
    A = exact(machine.equivalent_layer(equal)[0])
    columns = abs(P).max(axis=0)
    _, B, C = deep_to_wide.law([long(pole)] * K, b, c, timing)
    late, state, h = timing == "delayed", np.array(solve(P.tolist(), B.tolist()), dtype=object)[:, 0], []
    for _ in TIMES:
        h.append(C[0] @ P @ state)
        state = J @ state
    return max(deviation(P @ J / columns, A @ P / columns),
               deviation([0] * late + h, machine.impulse_response(equal, range(len(h) + late))))


THEOREM = Theorem(
    name="jordan",
    title="The Jordan form of equal layers",
    statement=r"All poles $\lambda$, $J = \lambda I$ + ones below the diagonal, $p_i = \prod_{m=2}^{i} a_m$: $AP = PJ$ "
              r"with $P_{ij} = p_i \lambda^{j-1} \binom{i-2}{j-2}$ ($j \ge 2$), $P_{i1} = \delta_{i1}$ in current "
              r"timing, $P = \operatorname{diag}(p)$ in delayed timing. Of any poles each distinct one has a single "
              r"Jordan block, except a repeated zero pole in current timing, which is semisimple.",
    hypotheses=("scalar layers without feedthrough, $a_k = b_k c_{k-1} \\ne 0$", "equal poles, real or complex; in "
                "current timing $\\lambda \\ne 0$ for $P$ to be invertible",
                "current timing; delayed with its own form"),
    origin=Origin.NEW,
    reference="the confluent case of the paper's section 3.3",
    tier=Tier.EXACT,
    range="K ≤ 8 equal poles (all K by Pascal's rule); six poles of any multiplicities",
    law=law,
    bug=bug,
    prove=prove,
    shadow=shadow,
    domain=Domain("complex", zeros=False),
)
