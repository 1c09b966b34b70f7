r"""The covariances of two scalar cascades, by a recursion over pairs of layers that divides by 1 − λ_i μ̄_j only.

Both cascades hear the same white noise u. Current timing, states scaled by s: with x⁻ for x one sample earlier,

    x_i = λ_i x_i⁻ + s_i x_{i−1},    z_j = μ_j z_j⁻ + s_j z_{j−1},    x_0 = z_0 = u.

Let W_ij = E[x_i z_j*] = E[x_i⁻ z_j⁻*], V_ij = E[x_i⁻ z_j*], U_ij = E[x_i z_j⁻*]. Multiplied out,

    W_ij = λ_i μ̄_j W_ij + λ_i s_j V_{i,j−1} + μ̄_j s_i U_{i−1,j} + s_i s_j W_{i−1,j−1},
    V_ij = μ̄_j W_ij + s_j V_{i,j−1},    U_ij = λ_i W_ij + s_i U_{i−1,j},

and at the border V_i0 = E[x_i⁻ u*] = 0, U_0j = 0, W_i0 = E[x_i u*] = s_1 ⋯ s_i, likewise W_0j. In delayed timing
x_i = λ_i x_i⁻ + s_i x⁻_{i−1}, so that W_{i,j−1} and W_{i−1,j} take the places of V and U, with W_00 = 1 and
W_i0 = W_0j = 0.

Any scale will do: W_ij is s_1 ⋯ s_i s_1 ⋯ s_j times the unscaled moment. With s_i = 1 − |λ_i| nothing overflows, and
for λ, μ in [0, 1) no term is negative. O(K²) operations; poles may coincide.

The step is the same for every i and j: the products are expanded once, with the earlier moments as indeterminates. The
recursion as a whole is compared with the residues of the theorem autocovariance, where λ and μ may differ in number:
E[x_i z_j*] is the sum over t of the two responses' products, in delayed timing j − i samples apart.
"""

from math import prod

import numpy as np

from ...symbolic.rationals import indeterminates
from ..arithmetic import deviation, exact, mp, parameters
from ..domains import Domain
from ..theorem import Origin, Step, Theorem, Tier
from . import autocovariance


def law(poles, others, scales, other_scales, timing):
    """The table W of all E[x_i z_j*], i, j ≥ 0, in scaled units; `others` are the conjugates μ̄."""
    return _table(poles, others, scales, other_scales, timing, _moment)


def bug(poles, others, scales, other_scales, timing):
    """The sign of $s_i s_j W_{i-1,j-1}$."""
    return _table(poles, others, scales, other_scales, timing, lambda *numbers: _moment(*numbers[:-1], -numbers[-1]))


def _moment(p, q, s, r, V, U, W):
    """W_ij from V_{i,j−1}, U_{i−1,j}, W_{i−1,j−1}."""
    return (p * r * V + q * s * U + s * r * W) / (1 - p * q)


def _ahead(q, r, W, V):
    """V_ij from W_ij and V_{i,j−1}; with λ_i, s_i also U_ij from W_ij and U_{i−1,j}."""
    return q * W + r * V


def _table(poles, others, scales, other_scales, timing, moment):
    current = timing == "current"
    one = scales[0] * 0 + 1
    W = [[prod(other_scales[:j], start=one) if current or j == 0 else 0 * one for j in range(len(others) + 1)]]
    U = [0 * one for _ in W[0]]
    for i, (p, s) in enumerate(zip(poles, scales, strict=True), 1):
        row, V = [prod(scales[:i]) if current else 0 * one], 0 * one
        for j, (q, r) in enumerate(zip(others, other_scales, strict=True), 1):
            left, above = (V, U[j]) if current else (row[j - 1], W[i - 1][j])
            row.append(moment(p, q, s, r, left, above, W[i - 1][j - 1]))
            V, U[j] = _ahead(q, r, row[j], V), _ahead(p, s, row[j], U[j])
        W.append(row)
    return W


def prove(law):
    """The step with abstract moments, all i and j; the tables for few layers against residues."""
    return (
        Step(r"$W_{ij}$, $V_{ij}$, $U_{ij}$ are the expanded products of $x_i = \lambda_i x_i^- + s_i x_{i-1}$ and "
             r"$z_j = \mu_j z_j^- + s_j z_{j-1}$, for any earlier moments", _expanded()),
        *(Step(rf"{timing} timing, ${K}$ layers beside ${L}$: $E[x_i \bar z_j]$ from residues, times its scales",
               _residues(law, K, L, timing))
          for timing in ("current", "delayed") for K, L in ((1, 1), (2, 1), (1, 3), (2, 2))),
    )  # fmt: skip


def _expanded():
    p, q, s, r, V, U, before = indeterminates("p", "q", "s", "r", "V", "U", "W")  # q = μ̄_j
    W = _moment(p, q, s, r, V, U, before)
    moments = {("x-", "z-"): W, ("x-", "z'"): V, ("x'", "z-"): U, ("x'", "z'"): before}  # ' is the layer before
    x, z = {"x-": p, "x'": s}, {"z-": q, "z'": r}

    def product(left, right):
        return sum(a * b * moments[m, n] for m, a in left.items() for n, b in right.items())

    return product(x, z) == W and product({"x-": 1}, z) == _ahead(q, r, W, V) and product(
        x, {"z-": 1}) == _ahead(p, s, W, U)


def _residues(law, K, L, timing):
    names = [f"{name}{k}" for name, size in (("p", K), ("s", K), ("q", L), ("r", L)) for k in range(size)]
    every = indeterminates(*names)
    p, s, q, r = every[:K], every[K : 2 * K], every[2 * K : 2 * K + L], every[2 * K + L :]
    W = law(p, q, s, r, timing)
    return all(
        W[i][j] == prod(s[:i]) * prod(r[:j]) * autocovariance.law(p[:i], q[:j], j - i if timing == "delayed" else 0)
        for i in range(1, K + 1) for j in range(1, L + 1)
    )  # fmt: skip


def shadow(law, stack, machine):
    """The stack beside itself: against the machine's covariance of all states, as correlations."""
    own = parameters(stack)
    scales = [1 - abs(p) for p in own.poles]
    reached = np.cumprod([1, *own.c[:-1]]) * np.cumprod(own.b) / np.cumprod(scales)  # the state's gain over its scale
    W = np.array(law(own.poles, own.conjugates, scales, scales, stack.timing), dtype=object)[1:, 1:]
    W = W * np.outer(reached, np.conj(reached))
    sizes = [mp.sqrt(abs(variance)) for variance in np.diag(W)]
    machine = exact(machine.state_covariance(stack))
    return deviation(W / np.outer(sizes, sizes), machine / np.outer(sizes, sizes))


THEOREM = Theorem(
    name="cascade-recursion",
    title="Covariances over pairs of layers",
    statement=r"$W_{ij} = (\lambda_i s_j V_{i,j-1} + \bar\mu_j s_i U_{i-1,j} + s_i s_j W_{i-1,j-1}) / (1 - \lambda_i "
              r"\bar\mu_j)$, $V_{ij} = \bar\mu_j W_{ij} + s_j V_{i,j-1}$, $U_{ij} = \lambda_i W_{ij} + s_i U_{i-1,j}$, "
              r"$V_{i0} = U_{0j} = 0$, $W_{i0} = \prod_{m \le i} s_m$, gives $W_{ij} = \prod s \prod s\, E[x_i "
              r"\bar z_j]$; delayed: $W$ for $V$ and $U$, $W_{00} = 1$, $W_{i0} = W_{0j} = 0$.",
    hypotheses=("two cascades of scalar layers with one input, $b_k = c_k = 1$, no feedthrough",
                "$|\\lambda_i|, |\\mu_j| < 1$, real or complex, equal or not; any scales $s$, for instance $1 - "
                "|\\lambda_i|$", "white input of unit variance", "current timing; delayed with its own form"),
    origin=Origin.NEW,
    reference="a Sylvester equation solved by the structure of cascades",
    tier=Tier.INDUCTION,
    range="all K",
    law=law,
    bug=bug,
    prove=prove,
    shadow=shadow,
    domain=Domain("complex"),
)
