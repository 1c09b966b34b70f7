"""Normalizations at arbitrary depth: the gains of scalar layers without feedthrough, by the number of the layer."""

import sympy
from sympy import Abs, Eq, FunctionMatrix, Lambda, Piecewise, sqrt

from . import expressions
from .covariances import autocovariance
from .depth_responses import require_plain
from .normalizations import ARMS, gain, normalization, normalize
from .towers import Tower, of_tower


@of_tower(normalization)
def _normalization(tower, arm, process=None):
    """(K, 1), an entry as an expression of its row."""
    row, column = (expressions.fresh(name, tower.depth, *tower.block.entries, least=0) for name in ("row", "column"))
    return FunctionMatrix(tower.depth, 1, Lambda((row, column), _gain(tower, arm, row + 1, process)))


@of_tower(normalize)
def _normalize(tower, arm, process=None):
    """b_k times γ_k."""
    b = tower.block.B[0] * _gain(tower, arm, tower.index, process)
    return Tower(tower.block.replace(B=[b]), tower.depth, tower.index)


def _gain(tower, arm, k, process):
    r"""γ of layer k; depth-aware, with V_k the variance after k equal layers of unit gains:

    γ_k = √(V_{k−1}/V_k)/|bc| for k ≥ 2, as the layer before has unit variance, and γ_1 = 1/(|b| √V_1).
    """
    require_plain(tower, "normalization")
    expressions.choice(arm, "arm", ARMS)
    if arm == "isometric":
        raise ValueError("arm: expected a normalization of given layers at arbitrary depth, got 'isometric', which "
                         "replaces them; pass tower.subs(depth, an int)")
    if arm != "depth-aware":
        return gain(tower.poles[k], arm)
    if not tower.equal:
        raise ValueError("arm: expected equal layers for 'depth-aware' at arbitrary depth, got poles λ[k]; pass "
                         "tower.subs(depth, an int)")
    (b,), (c,), unit = tower.block.B, tower.block.C, tower.block.replace(B=[1], C=[1])

    def V(n):
        return autocovariance(unit if n == 1 else Tower(unit, n, tower.index), 0, process)

    first = 1 / (Abs(b) * sqrt(V(sympy.Integer(1))))
    return Piecewise((first, Eq(k, 1)), (sqrt(sympy.powsimp(V(k - 1) / V(k))) / Abs(b * c), True))
