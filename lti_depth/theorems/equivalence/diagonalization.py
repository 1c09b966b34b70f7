r"""The wide form of a cascade, diagonalized in closed form.

A is the state matrix of the theorem deep-to-wide, a_k = b_k c_{k−1}. Current timing, unit lower triangular matrices:

    P_ij = Π_{l=j+1}^{i} a_l λ_j/(λ_j − λ_l),    (P⁻¹)_ij = λ_i^{i−j−1} λ_j Π_{l=j}^{i−1} a_{l+1}/(λ_i − λ_l)  (i > j),
    (P⁻¹B)_k = b_1 Π_{l<k} a_{l+1} λ_k/(λ_k − λ_l),    (CP)_j = c_K Π_{l>j} a_l λ_j/(λ_j − λ_l);

delayed timing: the same without the factors λ in the numerators.

A P = P Λ. Current: row i of A is a_i times row i−1 plus λ_i e_i, hence (AP)_ij = a_i (AP)_{i−1,j} + λ_i P_ij. If
(AP)_{i−1,j} = λ_j P_{i−1,j}, this is λ_j P_ij exactly when P_ij = P_{i−1,j} a_i λ_j/(λ_j − λ_i): the next factor.
Delayed: row i is a_i e_{i−1} + λ_i e_i, and a_i P_{i−1,j} + λ_i P_ij = λ_j P_ij likewise.

P⁻¹ A = Λ P⁻¹, from the last column to the first. Current: below the diagonal, column j of A is a_{j+1} λ_j/λ_{j+1}
times column j+1; with (P⁻¹A)_{i,j+1} = λ_i (P⁻¹)_{i,j+1} this asks for (P⁻¹)_ij = (P⁻¹)_{i,j+1} a_{j+1} λ_i λ_j /
(λ_{j+1} (λ_i − λ_j)). (Division by λ_{j+1} is harmless: both sides of the final statements are polynomials in it.)
Delayed: column j is λ_j e_j + a_{j+1} e_{j+1}.

So P⁻¹P commutes with Λ; it is unit lower triangular, and with distinct poles therefore I. These steps are computed with
P_{i−1,j} and (P⁻¹)_{i,j+1} as indeterminates, which is all K; B and C are added for few layers.
"""

from math import prod

import numpy as np

from ...symbolic.rationals import indeterminates
from ..arithmetic import deviation, exact, parameters
from ..domains import Domain
from ..theorem import Origin, Step, Theorem, Tier
from . import deep_to_wide

TIMES = range(6)


def law(poles, b, c, timing):
    """P, P⁻¹, P⁻¹B (K,) and CP (K,)."""
    return _modes(poles, b, c, lambda pole, other: _factor(pole, other, timing), timing)


def bug(poles, b, c, timing):
    r"""The two poles exchanged in every factor: $\lambda_l/(\lambda_l - \lambda_j)$."""
    return _modes(poles, b, c, lambda pole, other: _factor(other, pole, timing), timing)


def _factor(pole, other, timing):
    return (pole if timing == "current" else 1) / (pole - other)


def _modes(poles, b, c, factor, timing):
    K = len(poles)
    a = [None, *(b[k] * c[k - 1] for k in range(1, K))]
    P, inverse = np.zeros((K, K), object), np.zeros((K, K), object)
    for i in range(K):
        for j in range(i + 1):
            P[i, j] = prod(a[m] * factor(poles[j], poles[m]) for m in range(j + 1, i + 1))
            inverse[i, j] = prod(a[m + 1] * factor(poles[i], poles[m]) for m in range(j + 1, i))
            if i > j:  # of the numerators λ_i, current timing, one is λ_j
                inverse[i, j] *= a[j + 1] * (poles[j] if timing == "current" else 1) / (poles[i] - poles[j])
    into = [b[0] * prod(a[m + 1] * factor(poles[k], poles[m]) for m in range(k)) for k in range(K)]
    out = [c[-1] * prod(a[m] * factor(poles[j], poles[m]) for m in range(j + 1, K)) for j in range(K)]
    return P, inverse, np.array(into, object), np.array(out, object)


def prove(law):
    """The steps from row to row and from column to column, all K; the four matrices for few layers."""
    return tuple(step for timing in ("current", "delayed") for step in (
        Step(rf"{timing} timing: $(AP)_{{ij}} = \lambda_j P_{{ij}}$ if it holds in the row above, for any "
             r"$P_{i-1,j}$", _next_row(timing)),
        Step(rf"{timing} timing: $(P^{{-1}}A)_{{ij}} = \lambda_i (P^{{-1}})_{{ij}}$ if it holds in the next column",
             _next_column(timing)),
        *(Step(rf"{timing} timing, $K = {K}$: $AP = P\Lambda$, $P P^{{-1}} = I$, and $P^{{-1}}B$, $CP$",
               _whole(law, K, timing)) for K in (2, 3, 4)),
    ))  # fmt: skip


def _next_row(timing):
    p, q, a, above = indeterminates("p", "q", "a", "above")  # λ_j, λ_i, a_i, P_{i−1,j}
    own = above * a * _factor(p, q, timing)
    return a * (p * above if timing == "current" else above) + q * own == p * own


def _next_column(timing):
    p, q, r, a, right = indeterminates("p", "q", "r", "a", "right")  # λ_i, λ_j, λ_{j+1}, a_{j+1}, (P⁻¹)_{i,j+1}
    if timing == "current":
        own = right * a * _factor(p, q, timing) * q / r
        return own * q + a * q / r * (p * right) == p * own
    own = right * a * _factor(p, q, timing)
    return own * q + a * right == p * own


def _whole(law, K, timing):
    every = indeterminates(*(f"{name}{k}" for name in "pbc" for k in range(K)))
    poles, b, c = every[:K], every[K : 2 * K], every[2 * K :]
    A, B, C = deep_to_wide.law(poles, b, c, timing)
    P, inverse, into, out = law(poles, b, c, timing)
    return bool((A @ P == P * np.array(poles)).all() and (P @ inverse == np.eye(K, dtype=int)).all()
                and (inverse @ B[:, 0] == into).all() and (C[0] @ P == out).all())


def shadow(law, stack, machine):
    """The machine's A between P and Λ, column by column at their own size, and responses as sums over the modes."""
    own, K = parameters(stack), len(stack)
    P, inverse, into, out = law(own.poles, own.b, own.c, stack.timing)
    A = exact(machine.equivalent_layer(stack)[0])
    columns, rows = P / abs(P).max(axis=0), inverse / abs(inverse).max(axis=1)[:, None]
    poles = np.array(own.poles, dtype=object)
    late = stack.timing == "delayed"
    h = [0] * late + [sum(out * poles**t * into) for t in TIMES]
    return max(deviation(columns * poles, A @ columns), deviation(poles[:, None] * rows, rows @ A),
               deviation(P @ inverse, exact(np.eye(K))), deviation(h, machine.impulse_response(stack, range(len(h)))))


THEOREM = Theorem(
    name="diagonalization",
    title="The eigenvectors of the wide form",
    statement=r"$AP = P\Lambda$ with $P_{ij} = \prod_{l=j+1}^{i} a_l \lambda_j / (\lambda_j - \lambda_l)$, "
              r"$(P^{-1})_{ij} = \lambda_i^{i-j-1} \lambda_j \prod_{l=j}^{i-1} a_{l+1} / (\lambda_i - \lambda_l)$ ($i "
              r"> j$), $(P^{-1}B)_k = b_1 \prod_{l<k} a_{l+1} \lambda_k / (\lambda_k - \lambda_l)$, $(CP)_j = c_K "
              r"\prod_{l>j} a_l \lambda_j / (\lambda_j - \lambda_l)$, current timing; delayed: without $\lambda$ in "
              r"the numerators.",
    hypotheses=("scalar layers without feedthrough", "distinct poles, real or complex", "$a_k = b_k c_{k-1}$",
                "current timing; delayed with its own form"),
    origin=Origin.PAPER,
    reference="section 3.3 (current timing)",
    tier=Tier.INDUCTION,
    range="all K; input and output vectors for K ≤ 4",
    law=law,
    bug=bug,
    prove=prove,
    shadow=shadow,
    domain=Domain("complex", distinct=True),
)
