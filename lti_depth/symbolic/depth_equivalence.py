"""Deep to wide at arbitrary depth: K scalar layers as one layer with K states, entry by entry."""

from sympy import Eq, FunctionMatrix, Lambda, Piecewise, Product

from . import expressions
from .depth_responses import require_plain
from .equivalence import equivalent_layer
from .towers import of_tower


@of_tower(equivalent_layer)
def _equivalent_layer(tower):
    r"""With a_k = b_k c_{k−1}: current A_ij = λ_j Π_{m=j+1}^i a_m, B_i = b_1 Π_{m=2}^i a_m; delayed A bidiagonal,
    A_{k,k−1} = a_k, B = b_1 e_1; in both C = c_K e_Kᵀ, D = 0 (rows and columns counted from 1)."""
    require_plain(tower, "equivalent_layer")
    K, poles, b, c = tower.depth, tower.poles, tower.B, tower.C
    i, j = (expressions.fresh(name, K, *tower.block.entries, least=0) for name in "ij")
    m = expressions.fresh("m", K, *tower.block.entries)

    def passed(low, high):
        return Product(b[m] * tower.block.C[0].xreplace({tower.index: m - 1}), (m, low, high))

    if tower.timing == "current":
        below, into = poles[j + 1] * passed(j + 2, i + 1), b[1] * passed(2, i + 1)
        A = Piecewise((poles[i + 1], Eq(i, j)), (below, i > j), (0, True))
    else:
        link = b[i + 1] * tower.block.C[0].xreplace({tower.index: i})
        A = Piecewise((poles[i + 1], Eq(i, j)), (link, Eq(i, j + 1)), (0, True))
        into = Piecewise((b[1], Eq(i, 0)), (0, True))
    out = Piecewise((c[K], Eq(j, K - 1)), (0, True))
    return tuple(FunctionMatrix(*shape, Lambda((i, j), entry)) for shape, entry in
                 (((K, K), A), ((K, 1), into), ((1, K), out), ((1, 1), 0)))


