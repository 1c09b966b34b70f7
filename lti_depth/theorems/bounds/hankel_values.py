r"""Hankel singular values: of one layer, and of all-pass cascades, where all are equal.

The Hankel operator maps inputs u_s, s < t, to outputs y_s, s ≥ t: Γ_ij = h_{i+j+1}, i, j ≥ 0. With A, B, C, D of a
state that the present input has not reached, h_{i+j+1} = C A^i · A^j B, and σ² are the eigenvalues of W_o W_c, where

    W_c = A W_c A* + B B*,    W_o = A* W_o A + C* C.

One layer, H = d + r x/(1 − λx), x = z⁻¹: W_c = |b|²/(1−|λ|²), W_o = |c|²/(1−|λ|²), σ = |r|/(1−|λ|²), r = bc in delayed
timing and bcλ in current timing (h_0 is at once and no memory).

All-pass layers r = 1 − |λ|², d = −λ̄: σ = 1. With b = r, c = 1, let Q = diag(1 − |λ_k|²). For a cascade of K such layers

    A Q A* + B B* = Q,    A* Q⁻¹ A + C* C = Q⁻¹:

W_o W_c = I, all K values are 1. By induction: in the state Q^{−½} x, [A B; C D] of one layer is unitary,

    [λ, √(1−|λ|²); √(1−|λ|²), −λ̄],

and of a cascade it is a product of such matrices, each acting on one state and the signal, hence unitary; its rows and
columns are the two equations. (Blocks: the matrix of the cascade k+1 is that of the cascade k times that of a layer.)
"""

import numpy as np

from ...symbolic.rationals import indeterminates
from ..arithmetic import deviation, mp, parameters
from ..domains import Domain
from ..stepping import Numbers, matrices
from ..theorem import Origin, Step, Theorem, Tier


def law(residue, residue_conjugate, pole, conjugate):
    """σ² of one layer d + r z⁻¹/(1 − λz⁻¹)."""
    return _square(residue * residue_conjugate, pole * conjugate)


def bug(residue, residue_conjugate, pole, conjugate):
    r"""$\lambda^2$ instead of $|\lambda|^2$."""
    return _square(residue * residue_conjugate, pole * pole)


def _square(residue, pole):
    return residue / (1 - pole) ** 2


def prove(law):
    """The Gramians of one layer; those of all-pass cascades."""
    b, c, B, C, p, q = indeterminates("b", "c", "B", "C", "p", "q")
    reached, observed = b * B / (1 - p * q), c * C / (1 - p * q)
    return (
        Step(r"One layer: $W_c = |\lambda|^2 W_c + |b|^2$, $W_o = |\lambda|^2 W_o + |c|^2$, and $W_o W_c$ is the law",
             reached == p * q * reached + b * B and observed == p * q * observed + c * C
             and observed * reached == law(b * c, B * C, p, q)),
        Step(r"All-pass, $r = 1 - |\lambda|^2$: $\sigma = 1$", law(1 - p * q, 1 - p * q, p, q) == 1),
        *(Step(rf"All-pass, $K = {K}$: $A Q A^* + B B^* = Q$, $A^* Q^{{-1}} A + C^* C = Q^{{-1}}$; $W_o W_c = I$ has "
               r"the values of the layers", _all_pass(law, K)) for K in (1, 2, 3)),
    )  # fmt: skip


def _all_pass(law, K):
    numbers = indeterminates(*(f"{name}{k}" for name in "pq" for k in range(K)))
    poles, conjugates = numbers[:K], numbers[K:]
    energy = [1 - p * q for p, q in zip(poles, conjugates, strict=True)]
    A, B, C = _realization(poles, conjugates, energy)
    A_star, B_star, C_star = (M.T for M in _realization(conjugates, poles, energy))
    Q, inverse = _diagonal(energy), _diagonal([1 / e for e in energy])
    alone = [law(e, e, p, q) for e, p, q in zip(energy, poles, conjugates, strict=True)]
    return bool(
        (A @ Q @ A_star + B @ B_star == Q).all() and (A_star @ inverse @ A + C_star @ C == inverse).all()
        and (inverse @ Q == _diagonal(alone)).all()
    )  # fmt: skip


def _realization(poles, conjugates, energy):
    """A, B, C of the all-pass cascade with the residues 1 − |λ_k|² in b and c = 1."""
    layers = [Numbers(*(np.array(part, dtype=object) for part in ([p], [[e]], [[1]], [[-q]])))
              for p, q, e in zip(poles, conjugates, energy, strict=True)]  # fmt: skip
    return matrices(layers, "delayed")[:3]


def _diagonal(entries):
    return np.diag(np.array(entries, dtype=object))


def shadow(law, stack, machine):
    """The first layer with its gains, and the all-pass cascade of all poles, whose layers have the law's values."""
    own, late = parameters(stack), stack.timing == "delayed"
    residues = [own.b[0] * own.c[0] * (1 if late else own.poles[0])]
    one = machine.hankel_singular_values(stack[:1])
    energy = 1 - abs(stack.poles) ** 2
    all_pass = stack.replace(B=energy, C=[1.0] * len(stack), D=-stack.poles.conj(), timing="delayed")
    first = [mp.sqrt(abs(law(r, mp.conj(r), p, mp.conj(p)))) for r, p in zip(residues, own.poles[:1], strict=True)]
    energy = [1 - p * q for p, q in zip(own.poles, own.conjugates, strict=True)]
    others = [mp.sqrt(abs(law(e, e, p, q))) for e, p, q in zip(energy, own.poles, own.conjugates, strict=True)]
    return max(deviation(first, one), deviation(others, machine.hankel_singular_values(all_pass)))


THEOREM = Theorem(
    name="hankel-values",
    title="Hankel singular values of one layer and of all-pass cascades",
    statement=r"One layer $d + r z^{-1}/(1 - \lambda z^{-1})$ has $\sigma = |r|/(1 - |\lambda|^2)$; $r = bc$ in "
              r"delayed timing, $bc\lambda$ in current timing. All $K$ values of a cascade of all-pass layers, "
              r"$r = 1 - |\lambda|^2$, $d = -\bar\lambda$, are equal to $1$.",
    hypotheses=("one state and one channel a layer", "$|\\lambda_k| < 1$, real or complex, equal or not",
                "all-pass layers: delayed form; any feedthrough otherwise"),
    origin=Origin.CLASSICAL,
    reference="Antoulas, Approximation of Large-Scale Dynamical Systems, 5 and 8; Glover, Int. J. Control 39, 1984",
    tier=Tier.EXACT,
    range="one layer; all-pass cascades with K ≤ 3, complex poles; all K by hand",
    law=law,
    bug=bug,
    prove=prove,
    shadow=shadow,
    domain=Domain("complex", layers=(1, 3), gap=1e-3),
)  # fmt: skip
