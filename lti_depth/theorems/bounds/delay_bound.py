r"""No system with S states recalls u_{t−D} from white noise with a loss below 1 − S/(D+1).

y = Σ_s h_s u_{t−s}, E|u_{t−D} − y|² = Σ_s |e_s|² with e_s = [s = D] − h_s. Current timing without total feedthrough:
h_s = C A^s B, s ≥ 0. In the n × n Hankel matrices over i, j = 0…D, n = D + 1,

    (e_{i+j}) = J − (C A^i · A^j B),    J_ij = [i + j = D],

e_s stands on n_s = #{(i, j): i + j = s} ≤ n places, so ‖(e_{i+j})‖² = Σ_s n_s |e_s|² ≤ n Σ_s |e_s|². The second matrix
on the right has rank ≤ S, and J has n singular values 1: by the theorem of Eckart and Young ‖(e_{i+j})‖² ≥ n − S. Hence

    E|e|² ≥ 1 − S/(D+1).

In delayed timing, or with a total feedthrough, h_0 is free: only h_s = C A^{s−1} B, s ≥ 1, is bound to the states. The
matrices (e_{i+j+1}), i, j = 0…D−1, have n = D and give 1 − S/D. Depth, width and parametrization do not enter. S = n is
reached by shift registers, where the bound is 0.
"""

from fractions import Fraction
from itertools import combinations_with_replacement
from math import prod

import numpy as np

from ...symbolic.rationals import indeterminates
from ..arithmetic import long, mp
from ..domains import Domain
from ..linear import product, rank
from ..theorem import Origin, Step, Theorem, Tier
from .takenaka_malmquist import law as memory


def law(states, delay, free):
    """The least loss; free: whether h_0 is not bound to the states (1) or is (0)."""
    return _least(states, delay + 1 - free)


def bug(states, delay, free):
    """One singular value less taken off: rank $S - 1$."""
    return _least(states - 1, delay + 1 - free)


def _least(states, n):
    return max(1 - Fraction(states, n), Fraction(0))


def prove(law):
    """Multiplicities, ranks, singular values of J; then the bound for many systems, and where it is reached."""
    return (
        Step(r"$n_s \le n$, with equality at $s = D$; $J J^T = I$; $D \le 8$",
             all(_multiplicities(D) and _reversal(D) for D in range(9))),
        *(Step(rf"$S = {S}$: the $n \times n$ matrix $h_{{i+j}}$, $h_s = \sum_k r_k \lambda_k^s$, rank $S$, $n \le 4$",
               all(rank(_hankel(S, n)) == S for n in range(S, 5))) for S in (1, 2)),
        Step(r"Best readout of all states, 1 to 3 poles on a rational grid: the loss is never below the law, $D \le 6$",
             all(_above(law, poles) for S in (1, 2, 3) for poles in combinations_with_replacement(GRID, S))),
        Step(r"Shift registers of $D$ delayed layers reach $0$, and the law is $0$, $D \le 6$",
             all(law(D, D, 1) == 1 - _register(D) == 0 for D in range(1, 7))),
    )  # fmt: skip


GRID = tuple(Fraction(n, 10) for n in (-9, -4, 1, 5, 8))


def _multiplicities(D):
    counts = [sum(i + j == s for i in range(D + 1) for j in range(D + 1)) for s in range(2 * D + 1)]
    return max(counts) == counts[D] == D + 1


def _reversal(D):
    J = [[int(i + j == D) for j in range(D + 1)] for i in range(D + 1)]
    return product(J, J) == [[int(i == j) for j in range(D + 1)] for i in range(D + 1)]


def _hankel(S, n):
    numbers = indeterminates(*(f"{name}{k}" for name in "rp" for k in range(S)))
    h = [sum(r * p**s for r, p in zip(numbers[:S], numbers[S:], strict=True)) for s in range(2 * n)]
    return [[h[i + j] for j in range(n)] for i in range(n)]


def _above(law, poles):
    return all(1 - captured >= law(len(poles), D, 0) for D, captured in enumerate(memory(poles, poles, 7)))


def _register(D):
    """What the states of D delayed layers with the poles 0 hold of u_{t−D}."""
    return memory([Fraction(0)] * D, [Fraction(0)] * D, D)[D - 1]


def shadow(law, stack, machine):
    """How far the loss of the output, at its best gain, is below the law: 1 − |h_D|²/Σ|h|²."""
    free = int(stack.timing == "delayed" or prod(layer.D.item() for layer in stack) != 0)
    delays = np.arange(free, 7)
    energy = mp.re(long(machine.autocovariance(stack, 0)))
    h = machine.impulse_response(stack, delays)
    losses = [1 - abs(long(value)) ** 2 / energy if energy else 1 for value in h]
    bounds = [law(sum(stack.widths), D, free) for D in delays.tolist()]
    return float(max(max(long(float(b)) - loss for b, loss in zip(bounds, losses, strict=True)), 0))


THEOREM = Theorem(
    name="delay-bound",
    title="The least loss of recalling u[t − D] with S states",
    statement=r"White unit input, one channel, $S$ states in all layers together: $E|u_{t-D} - y_t|^2 \ge 1 - S/(D+1)$ "
              r"in current timing with zero total feedthrough, and $\ge 1 - S/D$ in delayed timing or with "
              r"$D_K \cdots D_1 \ne 0$. Depth, width and parametrization do not enter.",
    hypotheses=("linear, time-invariant, stable", "white input of unit variance", "one channel at input and output",
                "D ≥ 1 for the second bound"),
    origin=Origin.CLASSICAL,
    reference="François, Orvieto & Bach, arXiv 2502.09287, Theorem 2, for one layer; any depth, both timings: new here",
    tier=Tier.ANALYTIC,
    range="all S and D by hand from Eckart and Young; systems on a grid for S ≤ 3, D ≤ 6",
    law=law,
    bug=bug,
    prove=prove,
    shadow=shadow,
    domain=Domain("wide", layers=(1, 3), feedthrough=True),
)  # fmt: skip
