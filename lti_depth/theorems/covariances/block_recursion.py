r"""The covariances of two stacks of wide layers, by a recursion over pairs of layers.

First stack: p_1 = u, p_{i+1} = C_i x_i + D_i p_i, states x_i with poles Λ_i; second: q_1 = u, q_{j+1} = G_j z_j + K_j
q_j, with z_j, M_j and F_j for x_i, Λ_i and B_i. E uu* = Q. With x⁻ for x one sample earlier, current timing is

    x_i = Λ_i x_i⁻ + B_i p_i,    z_j = M_j z_j⁻ + F_j q_j.

Let W_ij = E x_i z_j* = E x_i⁻ z_j⁻*, V_ij = E x_i⁻ q_{j+1}*, U_ij = E p_{i+1} z_j⁻*, Z_ij = E p_{i+1} q_{j+1}*.
Multiplied out, x_i z_j* has the term Λ_i W_ij M_j*, so that with ⊘ dividing element by element by 1 − λ_i μ̄_j

    W_ij = (Λ_i V_{i,j−1} F_j* + B_i U_{i−1,j} M_j* + B_i Z_{i−1,j−1} F_j*) ⊘,
    V_ij = W_ij M_j* G_j* + V_{i,j−1} (G_j F_j + K_j)*,    U_ij = C_i Λ_i W_ij + (C_i B_i + D_i) U_{i−1,j},
    X = E x_i q_j* = Λ_i V_{i,j−1} + B_i Z_{i−1,j−1},      Y = E p_i z_j* = U_{i−1,j} M_j* + Z_{i−1,j−1} F_j*,
    Z_ij = C_i W_ij G_j* + C_i X K_j* + D_i Y G_j* + D_i Z_{i−1,j−1} K_j*,

V_i0 = 0, U_0j = 0, Z_00 = Q, Z_i0 = (C_i B_i + D_i) Z_{i−1,0}, Z_0j likewise. In delayed timing x_i = Λ_i x_i⁻ + B_i
p_i⁻; V and U are there the moments at one time, V_ij = E x_i q_{j+1}*, U_ij = E p_{i+1} z_j*:

    V_ij = W_ij G_j* + V_{i,j−1} K_j*,    U_ij = C_i W_ij + D_i U_{i−1,j},
    Z_ij = C_i V_ij + D_i (U_{i−1,j} G_j* + Z_{i−1,j−1} K_j*),    Z_i0 = D_i Z_{i−1,0},

W_ij as above. What defines W is the Sylvester equation W = A W A'* + B Q B'* of the two dense systems, which the proof
gets from the time steps by unit vectors; it has one solution where every λ_i μ̄_j ≠ 1. Adjoints are transposes of
conjugates, and the conjugates are indeterminates of their own, here elements of the field of 2⁶¹ − 1.

The error: all quantities of (i, j) have as common denominator the product of 1 − λμ̄ over the pairs of states in the
pairs of layers up to (i, j), of degree ≤ 2·36 for three layers beside three of two states each; each further i or j
raises the degree of the numerator over that of the denominator by at most 4, so by ≤ 24 in all, and Q, A and A'* (of
degree ≤ 7) add less than 16. A false identity would hold at a random point with a probability below 112/(2⁶¹ − 1),
that is below 1e−16.
"""

from itertools import product

import numpy as np

from ..arithmetic import deviation, exact, mp
from ..domains import Domain
from ..stepping import conjugated, layers_of, matrices, random_layers
from ..theorem import Origin, Step, Theorem, Tier

SHAPES = (  # widths and channels of the first stack, then of the second
    ((1,), (1, 1), (2,), (1, 1)),
    ((2, 1), (1, 2, 1), (2, 2), (1, 1, 2)),
    ((2, 2, 2), (2, 1, 2, 2), (2, 1, 2), (2, 2, 2, 1)),
)


def law(first, second, Q, timing):
    """W, all E x z*, and the outputs' covariance; the layers of `second` with conjugated numbers."""
    return _table(first, second, Q, timing, 1)


def bug(first, second, Q, timing):
    """The sign of $B_i Z_{i-1,j-1} F_j^*$."""
    return _table(first, second, Q, timing, -1)


def _table(first, second, Q, timing, sign):
    pair = _current if timing == "current" else _delayed
    Z, V, U, W = {(0, 0): Q}, {}, {}, {}
    for i, layer in enumerate(first, 1):
        Z[i, 0], V[i, 0] = _through(layer, timing) @ Z[i - 1, 0], 0 * (layer.B @ Z[i - 1, 0])
    for j, layer in enumerate(second, 1):
        Z[0, j], U[0, j] = Z[0, j - 1] @ _through(layer, timing).T, 0 * (Z[0, j - 1] @ layer.B.T)
    for (i, a), (j, b) in product(enumerate(first, 1), enumerate(second, 1)):
        W[i, j], V[i, j], U[i, j], Z[i, j] = pair(a, b, V[i, j - 1], U[i - 1, j], Z[i - 1, j - 1], sign)
    rows = range(1, len(first) + 1)
    return np.block([[W[i, j] for j in range(1, len(second) + 1)] for i in rows]), Z[len(first), len(second)]


def _through(layer, timing):
    """From a layer's input to its output at the same time."""
    return layer.D + layer.C @ layer.B if timing == "current" else layer.D


def _states(a, b, V, U, Z, sign):
    total = a.poles[:, None] * V @ b.B.T + a.B @ U * b.poles + sign * (a.B @ Z @ b.B.T)
    return total / (1 - np.multiply.outer(a.poles, b.poles))


def _current(a, b, V, U, Z, sign):
    W = _states(a, b, V, U, Z, sign)
    X, Y = a.poles[:, None] * V + a.B @ Z, U * b.poles + Z @ b.B.T
    return (
        W,
        W * b.poles @ b.C.T + V @ _through(b, "current").T,
        a.C * a.poles @ W + _through(a, "current") @ U,
        a.C @ (W @ b.C.T + X @ b.D.T) + a.D @ (Y @ b.C.T + Z @ b.D.T),
    )


def _delayed(a, b, V, U, Z, sign):
    W = _states(a, b, V, U, Z, sign)
    ahead = W @ b.C.T + V @ b.D.T
    return W, ahead, a.C @ W + a.D @ U, a.C @ ahead + a.D @ (U @ b.C.T + Z @ b.D.T)


def prove(law):
    """The dense Sylvester equation and the outputs' covariance, at random points."""
    rng = np.random.default_rng(0)
    return tuple(
        Step(rf"{timing} timing, widths ${a}$ beside ${b}$, channels ${h}$ and ${k}$: $W = A W A'^* + B Q B'^*$ and "
             r"$Z = C W C'^* + D Q D'^*$",
             _sylvester(law, random_layers(rng, a, h), random_layers(rng, b, k), timing, rng))
        for timing in ("current", "delayed") for a, h, b, k in SHAPES
    )  # fmt: skip


def _sylvester(law, first, second, timing, rng):
    channels = first[0].B.shape[1]
    Q = random_layers(rng, (1,), (channels, channels))[0].D
    W, Z = law(first, second, Q, timing)
    (A, B, C, D), (A2, B2, C2, D2) = matrices(first, timing), matrices(second, timing)
    return bool((W == A @ W @ A2.T + B @ Q @ B2.T).all() and (Z == C @ W @ C2.T + D @ Q @ D2.T).all())


def shadow(law, stack, machine):
    """The stack beside itself: the machine's covariance of all states, as correlations, and of the outputs."""
    layers = layers_of(stack)
    W, Z = law(layers, conjugated(layers), exact(np.eye(stack.channels[0])), stack.timing)
    sizes = np.array([mp.sqrt(abs(variance)) or mp.one for variance in np.diag(W)], dtype=object)
    units = np.outer(sizes, sizes)
    return max(deviation(W / units, exact(machine.state_covariance(stack)) / units),
               deviation(Z, machine.autocovariance(stack, 0)))


THEOREM = Theorem(
    name="block-recursion",
    title="Covariances over pairs of wide layers",
    statement=r"$W_{ij} = (\Lambda_i V_{i,j-1} F_j^* + B_i U_{i-1,j} M_j^* + B_i Z_{i-1,j-1} F_j^*) \oslash (1 - "
              r"\lambda_i \bar\mu_j)$ with $V_{ij} = W_{ij} M_j^* G_j^* + V_{i,j-1} (G_j F_j + K_j)^*$, $U_{ij} = C_i "
              r"\Lambda_i W_{ij} + (C_i B_i + D_i) U_{i-1,j}$ (delayed: without $M_j$, $\Lambda_i$, $G_j F_j$, $C_i "
              r"B_i$) and $Z_{ij} = E[p_{i+1} q_{j+1}^*]$ gives $W_{ij} = E[x_i z_j^*]$ of two stacks.",
    hypotheses=("diagonal layers of any widths and channels, with feedthrough, one input $u$ for both stacks, "
                "$E[uu^*] = Q$, white in time", "$|\\lambda| < 1$, real or complex, equal or not",
                "current timing; delayed with its own form"),
    origin=Origin.NEW,
    reference="a Sylvester equation solved by the structure of cascades",
    tier=Tier.PROBABILISTIC,
    range="K ≤ 3 layers beside K ≤ 3, up to two states and channels each, both timings; a false identity passes with "
          "probability below 1e−16",
    law=law,
    bug=bug,
    prove=prove,
    shadow=shadow,
    domain=Domain("channels", layers=(1, 3), feedthrough=True),
)
