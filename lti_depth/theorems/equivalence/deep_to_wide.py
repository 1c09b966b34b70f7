r"""K scalar layers are one layer with K states.

With a_k = b_k c_{k−1}, layer k of a cascade without feedthrough hears c_{k−1} x_{k−1}. Delayed timing:

    x_k[t+1] = λ_k x_k[t] + a_k x_{k−1}[t],    x_1[t+1] = λ_1 x_1[t] + b_1 u[t]:

A is bidiagonal, with the poles and below them a_2…a_K. Current timing: x_k[t] = λ_k x_k[t−1] + a_k x_{k−1}[t], where
x_{k−1}[t] is itself a combination of the states at t−1 and of u[t]. So row k of A is a_k times row k−1 and λ_k on the
diagonal, and B_k = a_k B_{k−1}:

    A_ij = λ_j Π_{m=j+1}^{i} a_m  (i ≥ j),    B_i = b_1 Π_{m=2}^{i} a_m.

In both C = c_K e_Kᵀ. A is triangular: its eigenvalues are the poles of the layers, whatever the gains, and
C (I − A x)⁻¹ B = g/Π_k (1 − λ_k x), x = z⁻¹, in delayed timing x^{K−1} times this (and H has one x more).

The proof feeds unit vectors to the layers, one time step after the other, and compares; it solves (I − A x) s = B from
the top down for the transfer function.
"""

from math import prod

import numpy as np

from ...symbolic.rationals import indeterminates
from ..arithmetic import deviation, parameters
from ..domains import Domain
from ..stepping import Numbers, matrices
from ..theorem import Origin, Step, Theorem, Tier

TIMES = range(6)


def law(poles, b, c, timing):
    """A (K, K), B (K, 1), C (1, K)."""
    return _wide(poles, b, c, timing, lambda i, j: poles[j])


def bug(poles, b, c, timing):
    r"""$\lambda_i$ for $\lambda_j$ in $A_{ij}$, current timing."""
    return _wide(poles, b, c, timing, lambda i, j: poles[i])


def _wide(poles, b, c, timing, factor):
    K = len(poles)
    a = [None, *(b[k] * c[k - 1] for k in range(1, K))]
    A, B, C = np.zeros((K, K), object), np.zeros((K, 1), object), np.zeros((1, K), object)
    C[0, -1], B[0, 0] = c[-1], b[0]
    for i in range(K):
        A[i, i] = poles[i]
        if timing == "current":
            B[i, 0] = b[0] * prod(a[1 : i + 1])
            A[i, :i] = [factor(i, j) * prod(a[j + 1 : i + 1]) for j in range(i)]
        elif i > 0:
            A[i, i - 1] = a[i]
    return A, B, C


def prove(law):
    """Against the layers stepped by unit vectors; the eigenvalues; the transfer function."""
    timings = ("current", "delayed")
    return (
        *(Step(rf"{timing} timing, $K \le 6$: the map of states and input to states and output in one time step",
               all(_one_step(law, K, timing) for K in range(1, 7))) for timing in timings),
        *(Step(rf"{timing} timing, $K = 6$: $A$ is lower triangular with the poles on its diagonal",
               _triangular(law, 6, timing)) for timing in timings),
        *(Step(rf"{timing} timing, $K = {K}$: $C (I - A x)^{{-1}} B$ is $g / \prod_k (1 - \lambda_k x)$, delayed times "
               r"$x^{K-1}$", _transfer(law, K, timing)) for timing in timings for K in (2, 3, 4)),
    )  # fmt: skip


def _numbers(K, *more):
    every = indeterminates(*(f"{name}{k}" for name in "pbc" for k in range(K)), *more)
    return every[:K], every[K : 2 * K], every[2 * K : 3 * K], *every[3 * K :]


def _one_step(law, K, timing):
    poles, b, c = _numbers(K)
    layers = [Numbers(np.array([p]), *(np.array([[entry]], object) for entry in gains))
              for p, *gains in zip(poles, b, c, [0] * K, strict=True)]
    A, B, C = law(poles, b, c, timing)
    read, through = (C @ A, C @ B) if timing == "current" else (C, 0 * (C @ B))
    pairs = zip((A, B, read, through), matrices(layers, timing), strict=True)
    return all((ours == stepped).all() for ours, stepped in pairs)


def _triangular(law, K, timing):
    poles, b, c = _numbers(K)
    A, _, _ = law(poles, b, c, timing)
    return (np.triu(A, 1) == 0).all() and list(np.diag(A)) == list(poles)


def _transfer(law, K, timing):
    poles, b, c, x = _numbers(K, "x")
    A, B, C = law(poles, b, c, timing)
    states = []
    for k in range(K):  # (1 − A_kk x) s_k = B_k + x Σ_{j<k} A_kj s_j
        states.append((B[k, 0] + x * sum(A[k, j] * s for j, s in enumerate(states))) / (1 - A[k, k] * x))
    H = prod(b) * prod(c) / prod(1 - p * x for p in poles)
    return C[0, -1] * states[-1] == (H * x ** (K - 1) if timing == "delayed" else H)


def shadow(law, stack, machine):
    """Against the machine's equivalent layer, and against the responses of the stack."""
    own = parameters(stack)
    A, B, C = law(own.poles, own.b, own.c, stack.timing)
    ours = zip((A, B, C), machine.equivalent_layer(stack), strict=False)
    late = stack.timing == "delayed"
    h, state = [0] * late, B
    for _ in TIMES:
        h.append((C @ state)[0, 0])
        state = A @ state
    return max(*(deviation(matrix, found) for matrix, found in ours),
               deviation(h, machine.impulse_response(stack, range(len(h)))))


THEOREM = Theorem(
    name="deep-to-wide",
    title="A cascade as one wide layer",
    statement=r"With $a_k = b_k c_{k-1}$ a cascade is one layer, current timing: $A_{ij} = \lambda_j \prod_{m=j+1}^{i} "
              r"a_m$ ($i \ge j$), $B_i = b_1 \prod_{m=2}^{i} a_m$, $C = c_K e_K^T$; delayed: $A_{kk} = \lambda_k$, "
              r"$A_{k,k-1} = a_k$, $B = b_1 e_1$. The eigenvalues of $A$ are $\lambda_1, …, \lambda_K$.",
    hypotheses=("scalar layers without feedthrough, poles real or complex, equal or not, also unstable",
                "current timing; delayed with its own form"),
    origin=Origin.PAPER,
    reference="section 3.3, equations 6–9 (current timing); delayed timing: classical series connection",
    tier=Tier.EXACT,
    range="K ≤ 6",
    law=law,
    bug=bug,
    prove=prove,
    shadow=shadow,
    domain=Domain("complex"),
)
